"""What the commands about files of a fibre network share: their arguments, and how a file is opened while somebody waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pulso.cli.words import progress
from pulso.errors import PulsoError

if TYPE_CHECKING:
    from pulso.fibre.files import Opened
    from pulso.fibre.shapes import Plan

NetworkFile = Annotated[Path, typer.Argument(metavar="FILE", help="A file, folder or zip of a network.")]
ColumnMap = Annotated[
    Path | None,
    typer.Option("--columns", metavar="MAP", help="A column map (TOML) that says which column of whose table is what.", show_default=False),
]
NetworkId = Annotated[
    str | None, typer.Option("--network", metavar="ID", help="Which network, where a file has several.", show_default=False)
]
Step = Callable[[str], None]


@contextmanager
def steps(what: str) -> Iterator[Step]:
    """A bar that moves a step each time something is begun; how many there will be nobody knows before."""
    with progress() as bars:
        task = bars.add_task(what, total=None)

        def step(name: str) -> None:
            bars.update(task, description=f"{what}: {name}"[:24], advance=1)

        yield step


def read(file: Path, columns: Path | None, step: Step) -> Opened:
    """Open a file of networks, with a column map where one is said."""
    from pulso.fibre.columns import read_columns
    from pulso.fibre.files import opened

    step(file.name)
    return opened(file, None if columns is None else read_columns(columns), step)


def one_of(plans: tuple[Plan, ...], network: str | None, file: Path) -> Plan:
    """The one network that is meant."""
    some = [p for p in plans if network in (None, p.id)]
    if len(some) == 1:
        return some[0]
    known = ", ".join(p.id for p in plans)
    raise PulsoError(f"{file}: found the networks {known}; say which one" + ("" if network is None else f", not {network!r}"))
