"""Commands about files of a fibre network: check, lengths, convert, merge, cut; and load, which keeps one on the site."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pulso.cli.web import _become as become
from pulso.cli.words import AsJson, HomeFolder, InLanguage, MirrorFolder, opened, progress, say, say_json, speech
from pulso.errors import PulsoError

if TYPE_CHECKING:
    import shapely

    from pulso.fibre.files import Opened
    from pulso.fibre.shapes import Plan

EXAMPLES = {
    "check": "pulso fibre check network-package.json",
    "lengths": "pulso fibre lengths porto.gpkg --by owner",
    "convert": "pulso fibre convert porto.gpkg open/ --public --form geojson",
    "merge": "pulso fibre merge porto.gpkg metro.gpkg both.gpkg --take",
    "load": 'pulso fibre load demo porto.gpkg --why "survey of May"',
    "cut": "pulso fibre cut porto.gpkg --duct d-1042 --duct d-1043",
}
"""An example of each, as its help ends with it."""

fibre = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Work on files of a fibre network: check, measure, convert, merge, and ask who goes dark.\n\n"
    "A file is of the Open Fibre Data Standard (0.3 or 0.4: JSON, GeoJSON, CSV, a folder or zip of them), a GeoPackage that Pulso "
    "wrote, or any GeoPackage, GeoJSON, CSV or folder of these with a column map (--columns). Only load needs a "
    "city, and keeps what it reads.",
    epilog=f"Example:  {EXAMPLES['check']}",
)

NetworkFile = Annotated[Path, typer.Argument(metavar="FILE", help="A file, folder or zip of a network.")]
ColumnMap = Annotated[
    Path | None,
    typer.Option("--columns", metavar="MAP", help="A column map (TOML) that says which column of whose table is what.", show_default=False),
]
NetworkId = Annotated[
    str | None, typer.Option("--network", metavar="ID", help="Which network, where a file has several.", show_default=False)
]


def join(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    for command in (check, lengths, convert, merge, cut, load):
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

    with _steps("check") as step:
        plans, findings, measured = _opened(file, columns, step)
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


def lengths(
    file: NetworkFile,
    by: Annotated[
        Literal["all", "status", "owner", "phase", "disclosure", "zone"], typer.Option("--by", help="What the lengths are grouped by.")
    ] = "status",
    city: Annotated[
        str | None, typer.Option("--city", metavar="CITY", help="Whose zones, with --by zone: a city as other commands take it.")
    ] = None,
    columns: ColumnMap = None,
    network: NetworkId = None,
    lang: InLanguage = None,
    home: HomeFolder = None,
    mirror: MirrorFolder = None,
    as_json: AsJson = False,
) -> None:
    """Measure a network: routes, sheaths and strands, three lengths that are never added to each other.

    A route is what is dug, a sheath what is bought, strands what is lit. On the ellipsoid, not on a map. Each says of how many ducts or
    cables it is known; the others are not in it. With --by zone, routes are cut at the zones' borders.
    """
    from pulso.fibre.lengths import lengths as measure
    from pulso.show import plant as words

    if (by == "zone") != (city is not None):
        raise typer.BadParameter("--by zone and --city CITY go together: zones are a city's")
    with _steps("lengths") as step:
        plan = _one(_opened(file, columns, step)[0], network, file)
        names = {o.id: o.name for o in plan.organisations} if by == "owner" else {p.id: p.name for p in plan.phases}
        zones: dict[str, shapely.Geometry] | None = None
        if city is not None:
            leaves = opened(city, home, mirror).zones.leaves
            zones, names = {z.id: z.shape for z in leaves}, {z.id: z.name for z in leaves}
        step(plan.name)
        rows = measure(plan, by, zones)
    if as_json:
        parts = ("route", "sheath", "strand")
        say_json([{"group": r.group, **{part: getattr(r, part)._asdict() for part in parts}} for r in rows])
    else:
        say(words.lengths(rows, by, names, speech(lang)))


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
    from pulso.fibre.public import public as for_all
    from pulso.show import plant as words

    form_of(out, form)
    _free(out, force)
    with _steps("convert") as step:
        plans, findings, _measured = _opened(file, columns, step)
        plans = tuple(map(for_all, plans)) if public else plans
        lost = errors(findings)
        findings = worst_first([*findings, *save(plans, out, form, version, step)])
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
    with _steps("merge") as step:
        a, b = (_one(_opened(file, None, step)[0], None, file) for file in (one, other))
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


def cut(
    file: NetworkFile,
    duct: Annotated[
        list[str] | None, typer.Option("--duct", metavar="ID", help="A duct that is cut; may be said again.", show_default=False)
    ] = None,
    cable: Annotated[list[str] | None, typer.Option("--cable", metavar="ID", help="A cable that is cut.", show_default=False)] = None,
    site: Annotated[list[str] | None, typer.Option("--site", metavar="ID", help="A site that fails.", show_default=False)] = None,
    columns: ColumnMap = None,
    network: NetworkId = None,
    lang: InLanguage = None,
    as_json: AsJson = False,
) -> None:
    """Say who goes dark if these ducts, cables and sites fail together, and who is left with one path.

    With a duct all cables in it fail, with a site all that end there. Nothing is changed by asking.
    """
    from pulso.fibre.ask.answers import cut as answer
    from pulso.fibre.ask.drawn import draw
    from pulso.show import plant as words

    if not (duct or cable or site):
        raise typer.BadParameter("say what is cut: --duct, --cable or --site, each as often as needed")
    with _steps("cut") as step:
        plan = _one(_opened(file, columns, step)[0], network, file)
        step("cut")
        found = answer(draw(plan), ducts=duct or (), cables=cable or (), sites=site or ())
    if as_json:
        say_json({**found._asdict(), "thin": found.thin._asdict()})
    else:
        say(words.cut(found, plan, speech(lang)))


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


Step = Callable[[str], None]


@contextmanager
def _steps(what: str) -> Iterator[Step]:
    """A bar that moves a step each time something is begun; how many there will be nobody knows before."""
    with progress() as bars:
        task = bars.add_task(what, total=None)

        def step(name: str) -> None:
            bars.update(task, description=f"{what}: {name}"[:24], advance=1)

        yield step


def _opened(file: Path, columns: Path | None, step: Step) -> Opened:
    from pulso.fibre.columns import read_columns
    from pulso.fibre.files import opened as read

    step(file.name)
    return read(file, None if columns is None else read_columns(columns), step)


def _one(plans: tuple[Plan, ...], network: str | None, file: Path) -> Plan:
    """The one network that is meant."""
    some = [p for p in plans if network in (None, p.id)]
    if len(some) == 1:
        return some[0]
    known = ", ".join(p.id for p in plans)
    raise PulsoError(f"{file}: found the networks {known}; say which one" + ("" if network is None else f", not {network!r}"))


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
