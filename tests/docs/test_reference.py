"""The reference pages say all there is, and nothing that isn't."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
from pydantic import BaseModel

from pulso import errors, metrics
from pulso.city import DomainConf, MetricConf, Place, Sensor, SourceConf, Span, Weather, ZonesFile, load
from pulso.shapes import Row
from pulso.sources import connectors, open_source, openmeteo
from tests.conftest import REPO
from tests.docs import commands

CITY_FILE = (REPO / "docs" / "reference" / "city-file.md").read_text(encoding="utf-8")

SECTIONS: dict[str, type[Row]] = {
    "## `[city]`": Place,
    "## `[zones]`": ZonesFile,
    "## `[sources.x]`": SourceConf,
    "### Sensors files": Sensor,
    "## `[domains.x]`": DomainConf,
    "## `[metrics.x]`": MetricConf,
    "## `[weather]`": Weather,
    "### Weather from Open-Meteo": openmeteo.Options,
    "## The calendar": Span,
}
UNSAID = {SourceConf: {"name", "options"}}
"""Fields that no person writes: they are the section's name and what is left for the connector."""


def section(title: str) -> str:
    """A section's text, up to the next heading."""
    return re.split(r"^##", CITY_FILE.split(f"{title}\n", 1)[1], maxsplit=1, flags=re.MULTILINE)[0]


def rows(title: str) -> dict[str, str]:
    """The keys that a section's table names, and what stands in the second column."""
    return dict(re.findall(r"^\| `([a-z_]+)` \|([^|]*)\|", section(title), re.MULTILINE))


def keys(model: type[BaseModel]) -> dict[str, bool]:
    """The keys that a person may write, and whether each is needed."""
    unsaid = UNSAID.get(model, set())  # type: ignore[call-overload]
    return {f.alias or name: f.is_required() for name, f in model.model_fields.items() if name not in unsaid}


@pytest.mark.parametrize("title", SECTIONS)
def test_the_city_file_s_page_has_every_key_and_no_other(title: str):
    assert set(rows(title)) == set(keys(SECTIONS[title]))


@pytest.mark.parametrize("title", SECTIONS)
def test_the_page_says_which_keys_are_needed(title: str):
    assert {k for k, second in rows(title).items() if second.strip() == "needed"} == {
        k for k, need in keys(SECTIONS[title]).items() if need
    }


@pytest.mark.parametrize("title", SECTIONS)
def test_the_page_s_defaults_are_the_code_s(title: str):
    model = SECTIONS[title]
    for name, field in model.model_fields.items():
        shown = re.fullmatch(r"`(.+)`", rows(title).get(field.alias or name, "").strip())
        if shown:
            assert tomllib.loads(f"x = {shown[1]}")["x"] == field.default, name


def test_the_small_city_on_the_page_is_a_city(tmp_path: Path):
    text = re.search(r"```toml\n(.*?)```", CITY_FILE, re.DOTALL)
    assert text is not None
    (tmp_path / "city.toml").write_text(text[1])
    (tmp_path / "counters.csv").write_text("sensor,lon,lat\nn1,-8.6,41.1\n")
    city = load(tmp_path)
    assert city.slug == "gaia"
    for source in city.sources.values():
        open_source(source, city)
    assert list(metrics.recipes(city))


def test_every_connector_and_every_metric_that_the_page_names_exists():
    named = re.search(r"^\| `connector` \| needed \| (.*) \|$", CITY_FILE, re.MULTILINE)
    assert named is not None
    assert re.findall("`([a-z]+)`", named[1]) == [c for c in ("table", "openmeteo", "radius") if c in connectors()]
    assert set(re.findall("`([a-z]+)`", named[1])) == set(connectors())
    text = section("## `[metrics.x]`")
    listed = (
        re.findall(r"`([a-z0-9_]{2,})`", text.split("| key |")[0])
        + re.findall(r"`([a-z_]+)`", re.findall(r"^\| `like` .*$", text, re.M)[0])[1:]
    )
    assert set(listed) <= set(metrics.CATALOGUE)
    variables = re.findall(r"`([a-z_]+)`", re.findall(r"^\| `variables` .*$", CITY_FILE, re.M)[0])[1:]
    assert variables == list(openmeteo.VARIABLES)


def test_the_page_of_all_commands_is_up_to_date():
    assert commands.PAGE.read_text(encoding="utf-8") == commands.page(), "renew it: python -m tests.docs.commands"


def test_the_exit_codes_on_the_page_are_those_of_the_errors():
    shown = {int(code) for code in re.findall(r"^\| (\d+) \|", commands.HEAD, re.MULTILINE)}
    ours = {e.exit_code for e in vars(errors).values() if isinstance(e, type) and issubclass(e, errors.PulsoError)}
    assert ours <= shown


def test_every_page_of_the_methods_is_on_their_list():
    folder = REPO / "docs" / "methods"
    listed = set(re.findall(r"\]\(([a-z-]+\.md)\)", (folder / "README.md").read_text(encoding="utf-8")))
    assert listed == {p.name for p in folder.glob("*.md")} - {"README.md"}


def test_the_rows_on_the_page_of_events_are_events():
    page = (REPO / "docs" / "how-to" / "write-events.md").read_text(encoding="utf-8")
    block = re.search(r"```csv\n(.*?)```", page, re.DOTALL)
    assert block is not None
    head, *lines = [line.strip().split(",") for line in block[1].strip().splitlines()]
    events = [Span.model_validate({k: v for k, v in zip(head, line, strict=True) if v}) for line in lines]
    assert [e.kind for e in events] == ["strike", "festival", "feast", "storm"]


def test_the_kinds_of_silence_on_the_page_are_those_of_the_code():
    from pulso.flow.panels import SILENCING

    page = (REPO / "docs" / "how-to" / "write-events.md").read_text(encoding="utf-8")
    line = next(line for line in page.splitlines() if "kinds of silence" in line)
    assert tuple(re.findall("`([a-z_]+)`", line)) == SILENCING
