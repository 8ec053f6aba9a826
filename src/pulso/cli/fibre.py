"""Commands about files of a fibre network: check, convert, merge, what can be asked of one; and load, which keeps one."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from pulso.cli.fibre_asked import capacity, coverage, cut, lengths, nearest
from pulso.cli.fibre_file import ColumnMap, NetworkFile, NetworkId, one_of, read, steps
from pulso.cli.web import become
from pulso.cli.words import AsJson, HomeFolder, InLanguage, say, say_json, speech
from pulso.errors import PulsoError

EXAMPLES = {
    "check": "pulso fibre check network-package.json",
    "lengths": "pulso fibre lengths porto.gpkg --by owner",
    "convert": "pulso fibre convert porto.gpkg open/ --public --form geojson",
    "merge": "pulso fibre merge porto.gpkg metro.gpkg both.gpkg --take",
    "load": 'pulso fibre load demo porto.gpkg --why "survey of May"',
    "cut": "pulso fibre cut porto.gpkg --duct d-1042 --duct d-1043",
    "nearest": "pulso fibre nearest porto.gpkg --at -8.6291,41.1579 --least 4",
    "capacity": "pulso fibre capacity porto.gpkg --of ducts --most 50",
    "coverage": "pulso fibre coverage porto.gpkg --metres 100 --zones zones.geojson",
}
"""An example of each, as its help ends with it."""

fibre = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Work on files of a fibre network: check, measure, convert, merge, and ask who goes dark, what is spare and what it reaches.\n\n"
    "A file is of the Open Fibre Data Standard (0.3 or 0.4: JSON, GeoJSON, CSV, a folder or zip of them), a GeoPackage that Pulso "
    "wrote, or any GeoPackage, GeoJSON, CSV or folder of these with a column map (--columns). Only load needs a "
    "city, and keeps what it reads.",
    epilog=f"Example:  {EXAMPLES['check']}",
)


def join(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (check, lengths, convert, merge, cut, nearest, capacity, coverage, load):
        fibre.command(epilog=f"Example:  {EXAMPLES[command.__name__]}")(command)
    app.add_typer(fibre, name="fibre", rich_help_panel="Work on a fibre network")


def check(file: NetworkFile, columns: ColumnMap = None, lang: InLanguage = None, as_json: AsJson = False) -> None:
    """Say everything that is wrong or doubtful in a file of a network, and in the network itself.

    Each finding says where, what was found, what is accepted. Exit code 1: there is an error among them. Exit code 2: it can't be read at
    all.
    """
    from pulso.fibre.check import check as look
    from pulso.fibre.check import measures
    from pulso.fibre.findings import errors, worst_first
    from pulso.show import plant as words

    with steps("check") as step:
        plans, findings, measured = read(file, columns, step)
        for plan in plans:
            step(plan.name)
            told = set(measures(plan)) if measured else set()
            findings = findings + [f for f in look(plan) if f not in told]
    findings = worst_first(findings)
    if as_json:
        say_json([f._asdict() for f in findings])
    else:
        language = speech(lang)
        for plan in plans:
            say(words.held(plan, language))
        say(words.found(findings, language))
    if errors(findings):
        raise typer.Exit(1)


def convert(
    file: NetworkFile,
    out: Annotated[
        Path, typer.Argument(metavar="OUT", help="A .gpkg, a .json of the standard, or a .zip or folder of its CSV or GeoJSON files.")
    ],
    columns: ColumnMap = None,
    public: Annotated[
        bool, typer.Option("--public", help="Only what everybody may know: no strands, no hidden things, nothing that names them.")
    ] = False,
    form: Annotated[
        Literal["json", "geojson", "csv", "gpkg"] | None,
        typer.Option("--form", help="Which form. (default: as the ending of OUT says; of a folder or zip csv)", show_default=False),
    ] = None,
    version: Annotated[Literal["0.3", "0.4"], typer.Option("--version", help="Which version of the standard is written.")] = "0.4",
    force: Annotated[bool, typer.Option("--force", help="Write over what is there.")] = False,
    lang: InLanguage = None,
    as_json: AsJson = False,
) -> None:
    """Read a network in one form and write it in another.

    A GeoPackage keeps everything; the standard has no strands, splices, ports, splitters or works. What is left out is told. Exit code 1:
    some of the file could not be taken.
    """
    from pulso.fibre.files import form_of, save
    from pulso.fibre.findings import errors, worst_first
    from pulso.fibre.public import UNTOLD
    from pulso.fibre.public import public as for_all
    from pulso.show import plant as words

    form_of(out, form)
    _free(out, force)
    with steps("convert") as step:
        plans, findings, _measured = read(file, columns, step)
        plans = tuple(map(for_all, plans)) if public else plans
        lost = errors(findings)
        findings = worst_first([*findings, *save(plans, out, form, version, step, without=UNTOLD if public else ())])
    if as_json:
        say_json([f._asdict() for f in findings])
    else:
        language = speech(lang)
        if findings:
            say(words.found(findings, language))
        for plan in plans:
            say(words.written(out, plan, language))
    if lost:
        raise typer.Exit(1)


def merge(
    one: Annotated[Path, typer.Argument(metavar="A", help="A file, folder or zip of a network.")],
    other: Annotated[Path, typer.Argument(metavar="B", help="Another record of it, or of a network that meets it.")],
    out: Annotated[Path, typer.Argument(metavar="OUT", help="Where to: as `pulso fibre convert` writes; a .gpkg keeps everything.")],
    prefer: Annotated[Literal["A", "B"], typer.Option("--prefer", help="Whose word stands where they disagree.")] = "A",
    within: Annotated[float, typer.Option("--within", min=0.0, help="How far apart the same place may be drawn twice, in m.")] = 5.0,
    take: Annotated[bool, typer.Option("--take", help="Take proposed pairs of ids as one thing. (default: only say them)")] = False,
    prefix: Annotated[
        str, typer.Option("--prefix", help="Put this before every id of B: where both count from 1, the same id is not the same thing.")
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Write over what is there.")] = False,
    lang: InLanguage = None,
    as_json: AsJson = False,
) -> None:
    """Make one network of two records of it, and say every disagreement.

    What has the same id is one thing. What one says and the other doesn't know is kept; where both say something else, it is told field by
    field, and the preferred record's word stands. The same thing under two ids is proposed (? A = B), and taken only with --take.
    """
    from pulso.fibre.files import form_of, save
    from pulso.fibre.merge import merge as together
    from pulso.fibre.renaming import prefixed
    from pulso.show import plant as words

    form_of(out)
    _free(out, force)
    with steps("merge") as step:
        a, b = (one_of(read(file, None, step)[0], None, file) for file in (one, other))
        step("merge")
        found = together(
            a, prefixed(b, prefix) if prefix else b, prefer="one" if prefer == "A" else "other", within=within, take="all" if take else ()
        )
        told = save([found.plan], out, tell=step)
    if as_json:
        say_json(
            {
                "conflicts": [_row(c) for c in found.conflicts],
                "filled": [_row(f) for f in found.filled],
                "taken": [m._asdict() for m in found.taken],
                "proposed": [m._asdict() for m in found.proposed],
                "findings": [f._asdict() for f in told],
            }
        )
        return
    language = speech(lang)
    say(words.merged(found, language))
    if told:
        say(words.found(told, language))
    say(words.written(out, found.plan, language))


def load(
    city: Annotated[str, typer.Argument(metavar="CITY", help="A city of the site.")],
    file: NetworkFile,
    why: Annotated[str, typer.Option("--why", metavar="TEXT", help="Why: it is kept with every change.")],
    merge: Annotated[bool, typer.Option("--merge", help="Leave what the file lacks as it is. (default: it is taken away)")] = False,
    disclose: Annotated[
        bool,
        typer.Option("--disclose", help="Let more people know of things than now may, where the file says so. (default: it is refused)"),
    ] = False,
    columns: ColumnMap = None,
    network: NetworkId = None,
    by: Annotated[
        str | None, typer.Option("--by", metavar="EMAIL", help="Who loads it. (default: the machine)", show_default=False)
    ] = None,
    home: HomeFolder = None,
) -> None:
    """Keep a network on the site: what differs from what is kept becomes a revision, with its reason.

    The site must have been made ready in the home (pulso serve, pulso upgrade). What was kept before stays in the history.
    """
    said = {"--columns": None if columns is None else str(columns.absolute()), "--network": network, "--by": by}
    options = [word for name, value in said.items() if value is not None for word in (name, value)]
    become(
        home,
        "fibre_load",
        city,
        str(file.absolute()),
        "--why",
        why,
        *(["--merge"] if merge else []),
        *(["--disclose"] if disclose else []),
        *options,
    )


def _free(out: Path, force: bool) -> None:
    """Refuse to write over something that nobody said may go."""
    there = any(out.iterdir()) if out.is_dir() else out.exists()
    if there and not force:
        raise PulsoError(f"{out} is there already; --force writes over it")


def _row(row: object) -> dict[str, object]:
    """A conflict or a filled gap for machines: rows within it as objects."""
    from pulso.shapes import Row

    def plain(value: object) -> object:
        if isinstance(value, Row):
            return value.model_dump(mode="json")
        return [plain(v) for v in value] if isinstance(value, tuple | list) else value

    return {k: plain(v) for k, v in row._asdict().items()}  # type: ignore[attr-defined]
