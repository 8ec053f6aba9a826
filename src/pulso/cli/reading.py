"""Commands that show what was published: show, series, explain, bulletin, sources."""

from __future__ import annotations

import csv
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pulso.cli.words import (
    AsJson,
    AsOf,
    CityName,
    First,
    HomeFolder,
    InLanguage,
    Last,
    PageLanguage,
    TheDay,
    ZoneName,
    in_order,
    language,
    opened,
    say,
    say_json,
    speech,
)

if TYPE_CHECKING:
    from pulso.shapes import Verdict


def join(app: typer.Typer) -> None:
    """Add these commands to the command line."""
    panel = "See what was published"
    for command in (show, series, explain, bulletin, sources):
        app.command(rich_help_panel=panel)(command)


def show(
    city: CityName,
    day: TheDay,
    zone: ZoneName = None,
    as_of: AsOf = None,
    lang: InLanguage = None,
    home: HomeFolder = None,
    as_json: AsJson = False,
) -> None:
    """Show one day: the index, its interval, the normal range, how much was seen, and why."""
    from pulso.flow import reading
    from pulso.show import terminal

    river = opened(city, home)
    if as_json:
        typer.echo(reading.as_published(river, day, zone, as_of))
    else:
        say(terminal.show_verdict(reading.verdict(river, day, zone, as_of), river.city, language(lang)))


def series(
    city: CityName,
    first: First = None,
    last: Last = None,
    zone: ZoneName = None,
    metric: Annotated[str | None, typer.Option("--metric", help="One metric instead of the headline.", show_default=False)] = None,
    as_of: AsOf = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="As CSV, one row a day.")] = False,
    lang: InLanguage = None,
    home: HomeFolder = None,
    as_json: AsJson = False,
) -> None:
    """Show the index over time; without days, all that was published."""
    from pulso.flow import reading
    from pulso.show import terminal

    in_order(first, last)
    river = opened(city, home)
    verdicts = reading.series(river, first, last, zone, as_of)
    if metric is not None:
        reading.known_metric(river, metric)
    if not (as_csv or as_json or metric):
        say(terminal.show_series(verdicts, language(lang)))
        return
    rows = [_row(v, metric) for v in verdicts]
    if as_json:
        say_json(rows)
        return
    writer = csv.DictWriter(sys.stdout, fieldnames=list(rows[0]) if rows else ["day"], lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)


def _row(verdict: Verdict, metric: str | None) -> dict[str, object]:
    """A verdict, or one metric of it, as a flat row; what is unknown is empty."""
    row: dict[str, object] = {"day": verdict.day, "zone": verdict.zone}
    if metric is not None:
        found = next((m for m in verdict.metrics if m.metric == metric), None)
        row |= {"metric": metric, "index": found.index if found else None, "weight": found.weight if found else 0.0}
        return row | {"sensors_seen": found.sensors_seen if found else 0, "flags": "; ".join(found.flags) if found else ""}
    low, high = verdict.interval or (None, None)
    least, most = verdict.normal_range or (None, None)
    other_low, other_high = verdict.method_band or (None, None)
    return row | {
        "status": verdict.status,
        "index": verdict.index,
        "interval_low": low,
        "interval_high": high,
        "normal_low": least,
        "normal_high": most,
        "method_low": other_low,
        "method_high": other_high,
        "level_index": verdict.level_index,
        "weight_seen": verdict.weight_seen,
        "sources_seen": verdict.sources_seen,
        "stage": verdict.stage,
        "vintage": verdict.vintage.isoformat(),
    }


def explain(
    city: CityName,
    day: TheDay,
    zone: ZoneName = None,
    as_of: AsOf = None,
    lang: InLanguage = None,
    home: HomeFolder = None,
    as_json: AsJson = False,
) -> None:
    """Say in words why a day was as it was, with the points by domain and driver."""
    from pulso.flow import reading
    from pulso.show import terminal, words

    river = opened(city, home)
    verdict = reading.verdict(river, day, zone, as_of)
    spoken = language(lang)
    if as_json:
        points = [{"domain": p.domain, "driver": p.driver, "points": p.points} for p in verdict.table]
        reasons = [r.model_dump() for r in verdict.reasons]
        said = words.headline(verdict, river.city, spoken)
        say_json({"day": day, "zone": verdict.zone, "index": verdict.index, "sentence": said, "reasons": reasons, "table": points})
    else:
        say(terminal.show_explanation(verdict, river.city, spoken))


def bulletin(
    city: CityName,
    day: TheDay,
    lang: PageLanguage = None,
    out: Annotated[Path | None, typer.Option("--out", help="Where to write it. (default: under PULSO_HOME)", show_default=False)] = None,
    as_of: AsOf = None,
    home: HomeFolder = None,
) -> None:
    """Write one day's bulletin: a single HTML page that needs nothing else."""
    from pulso.flow import reading
    from pulso.show import river as words

    river = opened(city, home)
    written_in = lang or river.city.city.language
    path = out or river.home.folder(river.city) / "bulletins" / f"{day}.{written_in}.html"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(reading.bulletin(river, day, written_in, as_of), encoding="utf-8")
    say(words.written(path, speech(None)))


def sources(city: CityName, lang: InLanguage = None, home: HomeFolder = None, as_json: AsJson = False) -> None:
    """Show what each source gave: observations, days, what was turned away and why, gaps, and the sensors left out."""
    from pulso.flow import status
    from pulso.show import terminal

    river = opened(city, home)
    lines = status.sources(river)
    if as_json:
        say_json([asdict(line) for line in lines])
    else:
        say(terminal.show_sources(status.lines(lines), language(lang)))
