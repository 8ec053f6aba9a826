"""docs/reference/table-connector.md: its examples read, and it has every key."""

from __future__ import annotations

import re
import tomllib

import pytest

from pulso.sources import open_source
from pulso.sources.table_options import Address, Dated, Options, Place, Special, Time, Values
from tests.conftest import REPO
from tests.sources.tables import Files, city, rows, window

PAGE = (REPO / "docs" / "reference" / "table-connector.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(toml|csv|text)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
SECTIONS = [body for kind, body in BLOCKS if kind == "toml"]
EXAMPLES = [
    (a[1], b[1], c[1]) for a, b, c in zip(BLOCKS, BLOCKS[1:], BLOCKS[2:], strict=False) if [a[0], b[0], c[0]] == ["toml", "csv", "text"]
]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e[1].splitlines()[0])
def test_an_example_gives_what_stands_under_it(tmp_path, example):
    section, body, expected = example
    c = city(tmp_path, section)
    url = tomllib.loads(section).get("url", "https://example.org/data.csv").replace("{day}", "2023-05-01")
    (answer,) = open_source(c.sources["x"], c).fetch(window(), Files({url: body.encode()}))
    found = [f"{s} {m} {t} {v:g}" for s, m, t, v in rows(answer, "sensor", "metric", "start", "value")]
    assert found == expected.splitlines()


@pytest.mark.parametrize("section", SECTIONS, ids=lambda s: s.splitlines()[0])
def test_every_section_is_one_that_the_connector_takes(tmp_path, section):
    c = city(tmp_path, section)
    open_source(c.sources["x"], c)


@pytest.mark.parametrize("model", [Options, Time, Values, Special, Dated, Address, Place])
def test_every_key_has_its_place_on_the_page(model):
    for name, field in model.model_fields.items():
        assert f"`{field.alias or name}`" in PAGE, name


def test_the_page_has_an_example_for_each_shape():
    assert len(EXAMPLES) >= 8
