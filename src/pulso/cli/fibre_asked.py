"""Commands that ask something of a file of a fibre network: how long it is, who goes dark, what is spare, which buildings it reaches."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from pulso.cli.fibre_file import ColumnMap, NetworkFile, NetworkId, one_of, read, steps
from pulso.cli.words import AsJson, HomeFolder, InLanguage, MirrorFolder, opened, say, say_json, speech

if TYPE_CHECKING:
    import shapely
    from rich.console import RenderableType

    from pulso.fibre.lengths import Length
    from pulso.fibre.shapes import Plan, Point


def _place(text: str) -> Point:
    """Read a place that a person wrote."""
    try:
        lon, lat = map(float, text.split(","))
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a place; write it in degrees as LON,LAT: -8.6291,41.1579") from None
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise typer.BadParameter(f"{text!r} lies nowhere; longitude comes first, from -180 to 180, then latitude, from -90 to 90")
    return lon, lat


def _tell(plan: Plan, answer: RenderableType, lang: str | None) -> None:
    """Print an answer, and of an invented network that it is one: numbers outlive the file that they came from."""
    say(answer)
    if plan.synthetic:
        say(speech(lang).say("This network is invented."))


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
    with steps("lengths") as step:
        plan = one_of(read(file, columns, step)[0], network, file)
        names = {o.id: o.name for o in plan.organisations} if by == "owner" else {p.id: p.name for p in plan.phases}
        zones: dict[str, shapely.Geometry] | None = None
        if city is not None:
            leaves = opened(city, home, mirror).zones.leaves
            zones, names = {z.id: z.shape for z in leaves}, {z.id: z.name for z in leaves}
        step(plan.name)
        rows = measure(plan, by, zones)
    if as_json:
        parts = ("route", "sheath", "strand")
        say_json([{"group": r.group, **{part: _length(getattr(r, part)) for part in parts}} for r in rows])
    else:
        _tell(plan, words.lengths(rows, by, names, speech(lang)), lang)


def _length(found: Length) -> dict[str, float | None]:
    """A length for machines: null where it is known of nothing."""
    return {**found._asdict(), "metres": found.told}


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

    With a duct all cables in it fail, with a site all that end there. Who has another way through cables, and loses all the strands that
    are recorded, is dark until somebody switches over. Nothing is changed by asking.
    """
    from pulso.fibre.ask.answers import cut as answer
    from pulso.fibre.ask.drawn import draw
    from pulso.show import plant as words

    if not (duct or cable or site):
        raise typer.BadParameter("say what is cut: --duct, --cable or --site, each as often as needed")
    with steps("cut") as step:
        plan = one_of(read(file, columns, step)[0], network, file)
        step("cut")
        found = answer(draw(plan), ducts=duct or (), cables=cable or (), sites=site or ())
    if as_json:
        say_json({**found._asdict(), "thin": found.thin._asdict()})
    else:
        _tell(plan, words.cut(found, plan, speech(lang)), lang)


def nearest(
    file: NetworkFile,
    at: Annotated[str, typer.Option("--at", metavar="LON,LAT", help="From where: degrees, WGS 84, the longitude first.")],
    least: Annotated[int, typer.Option("--least", min=1, help="How many strands a cable must have to spare.")] = 1,
    most: Annotated[int, typer.Option("--most", min=1, help="How many cables are told.")] = 10,
    columns: ColumnMap = None,
    network: NetworkId = None,
    lang: InLanguage = None,
    as_json: AsJson = False,
) -> None:
    """Say which cables with strands to spare end nearest to a place.

    Cables in operation, by the nearer of their two sites, straight on the ellipsoid: the way to dig is longer. A strand of which nothing
    is said counts as spare, and it is told how many are so only for that. Cables that end nobody knows where are counted, not listed.
    """
    from pulso.fibre.spare import nearest as ask
    from pulso.fibre.spare import offers
    from pulso.show import plant as words

    place = _place(at)
    with steps("nearest") as step:
        plan = one_of(read(file, columns, step)[0], network, file)
        step("nearest")
        found = ask(offers(plan), place, least=least, most=most)
    if as_json:
        say_json({**found._asdict(), "found": [n._asdict() for n in found.found]})
    else:
        _tell(plan, words.nearest(found, plan, speech(lang)), lang)


def capacity(
    file: NetworkFile,
    of: Annotated[Literal["cables", "ducts"], typer.Option("--of", help="What is listed.")] = "cables",
    most: Annotated[int, typer.Option("--most", min=1, help="How many are told.")] = 20,
    columns: ColumnMap = None,
    network: NetworkId = None,
    lang: InLanguage = None,
    as_json: AsJson = False,
) -> None:
    """Say how full cables or ducts are, the fullest first.

    Of cables in place, by the share of their strands that is used, leased, reserved or broken. A strand of which nothing is said counts as
    spare, and it is told how many are so only for that. Of ducts, by the cross-sections of all cables in them. What nobody can say stands
    last.
    """
    from pulso.fibre.capacity import by_fill, by_use
    from pulso.fibre.capacity import capacity as reckon
    from pulso.show import plant as words

    with steps("capacity") as step:
        plan = one_of(read(file, columns, step)[0], network, file)
        step("capacity")
        found = reckon(plan)
        cables, ducts = (by_use(plan.cables, found), []) if of == "cables" else ([], by_fill(plan.ducts, found))
    if as_json:
        rows = [{"id": t.cable.id, "name": t.cable.name, "share": t.share, **t.strands._asdict()} for t in cables[:most]]
        rows += [
            {"id": f.duct.id, "name": f.duct.name, "inner": f.duct.inner, **f.fill._asdict(), "strands": f.strands._asdict()}
            for f in ducts[:most]
        ]
        say_json(
            {
                "all": len(cables) + len(ducts),
                "unknown": sum(share is None for share in (*(t.share for t in cables), *(f.share for f in ducts))),
                "found": rows,
            }
        )
    else:
        _tell(plan, words.taken(cables, most, speech(lang)) if of == "cables" else words.filled(ducts, most, speech(lang)), lang)


def coverage(
    file: NetworkFile,
    metres: Annotated[
        float, typer.Option("--metres", min=0, max=20_000, help="How near is near: to a route, or to a site that is no building, straight.")
    ],
    zones: Annotated[
        Path | None,
        typer.Option(
            "--zones",
            metavar="ZONES",
            exists=True,
            dir_okay=False,
            help="A GeoJSON of polygons with the properties id and name, in degrees: each gets a line. (default: all in one)",
            show_default=False,
        ),
    ] = None,
    columns: ColumnMap = None,
    network: NetworkId = None,
    lang: InLanguage = None,
    as_json: AsJson = False,
) -> None:
    """Say how many public buildings the network is near to, and how many it is connected to.

    Near is within --metres of a route or a site in operation; connected is where a cable in operation ends. Of a building that lies nobody
    knows where, nobody can say whether the network is near: it is counted, and not as placed.
    """
    from pulso.city import ZonesFile
    from pulso.fibre.reach import coverage as ask
    from pulso.show import plant as words
    from pulso.zones import polygons

    with steps("coverage") as step:
        plan = one_of(read(file, columns, step)[0], network, file)
        drawn = polygons(zones.read_bytes(), str(zones), ZonesFile(file=zones.name, id="id", name="name")).all if zones else ()
        step("coverage")
        rows = ask(plan, metres, {z.id: z.shape for z in drawn})
    if as_json:
        say_json([r._asdict() for r in rows])
    else:
        _tell(plan, words.coverage(rows, {z.id: z.name for z in drawn}, speech(lang)), lang)
