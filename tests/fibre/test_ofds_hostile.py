"""Whatever is sent as a network: a clear letter or clear findings, in moderate time, never a crash."""

from __future__ import annotations

import io
import json
import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pulso.fibre import ofds
from pulso.fibre.findings import FibreFileError, Finding
from pulso.fibre.ofds import text
from pulso.fibre.ofds.standard import SCHEMAS
from tests.fibre.ofds_agreement import example, spoilt, ways_to_spoil

ID = "a096d627-72e1-4f9b-b129-951b1737bff4"
DESCRIBED = {"rel": "describedby", "href": SCHEMAS["0.4"]}


def packed(files: dict[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as z:
        for name, body in files.items():
            z.writestr(name, body)
    return stream.getvalue()


def network(**fields: Any) -> bytes:
    return json.dumps({"networks": [{"id": ID, "links": [DESCRIBED], **fields}]}).encode()


def codes(findings: list[Finding]) -> set[str]:
    return {f.code for f in findings}


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b'{"networks": [', "no JSON"),
        (b'{"networks": [{"accuracy": NaN}]}', "NaN is no number"),
        (b'{"networks": [{"accuracy": -Infinity}]}', "Infinity is no number"),
        (b'{"networks": [{"accuracy": 1e999}]}', "too large"),
        (b'{"networks": [{"accuracy": ' + b"9" * 5000 + b"}]}", "too large"),
        (b'{"networks": ' + b"[" * 100_000, "too deep"),
        (b'{"networks": ' + b"[" * 60 + b"]" * 60 + b"}", "too deep"),
        (b'{"networks": [{"name": "\\ud800"}]}', "lone surrogate"),
        (b'{"networks": [{"name": "\xe7"}]}', "no UTF-8"),
        (b'{"something": 1}', "not a file of the standard"),
        (b"[]", "not a file of the standard"),
        (b"{}", "not a file of the standard"),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_a_json_file_that_cannot_be_read_gets_a_letter_that_names_it_and_what_is_wrong(body: bytes, said: str) -> None:
    with pytest.raises(FibreFileError, match=said) as letter:
        ofds.parse({"porto.json": body})
    assert "porto.json" in str(letter.value)
    assert len(str(letter.value)) < 300


@pytest.mark.parametrize(
    ("name", "body", "said"),
    [
        ("n.json", b"", "nothing in it"),
        ("n.json", b"\xef\xbb\xbf \n", "nothing in it"),
        ("n.json.gz", b"\x1f\x8b\x08\x00\xff\xfe", "packed by gzip; unpack it"),
        ("n.shp", b"\x00\x00\x27\x0a" + bytes(96), "a shapefile; save it as GeoPackage"),
        ("n.kml", b'<?xml version="1.0"?><kml/>', "KML is XML too"),
        ("n.json", b"\n <!DOCTYPE html>", "a web page"),
        ("n.png", b"\x89PNG\r\n\x1a\n\x00", "a picture"),
        ("n.xlsx", packed({"[Content_Types].xml": b"<Types/>", "xl/workbook.xml": b"<workbook/>"}), "save its sheets as CSV"),
        ("n.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "save its sheets as CSV"),
        ("n.dbf", b"id,name\x00\x00\n1,2\n", "no text: it holds bytes of zero"),
        ("n.csv", b'id,name\n1,"A"\n2,"B\n3,C\n', "in the row that begins at line 3, and none closes it"),
    ],
    ids=lambda x: x if isinstance(x, str) else "",
)
def test_a_file_of_another_kind_gets_a_letter_that_says_what_it_is_and_what_to_do(name: str, body: bytes, said: str) -> None:
    with pytest.raises(FibreFileError, match=re.escape(said)) as letter:
        ofds.parse({name: body})
    assert str(letter.value).startswith(f"{name}: ")


def test_inches_in_a_cell_are_no_open_quotation() -> None:
    assert ofds.parse({"networks.csv": b'id,name\n1,4" pipe\n'}).plans[0].name == '4" pipe'


def test_a_device_without_an_end_is_read_no_further_than_any_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "MOST", 1 << 20)
    (tmp_path / "n.json").symlink_to("/dev/zero")
    with pytest.raises(FibreFileError, match="too much"):
        ofds.read(tmp_path / "n.json")


def test_a_key_that_stands_twice_is_told_with_the_id_of_its_thing_and_the_last_counts() -> None:
    read = ofds.parse({"n.json": b'{"networks": [{"id": "%s", "name": "A", "name": "B"}]}' % ID.encode()})
    (found,) = [f for f in read.findings if f.code == "duplicate-key"]
    assert "'name'" in found.found
    assert ID in found.found
    assert read.plans[0].name == "B"


def test_of_a_thousand_keys_that_stand_twice_only_some_are_told() -> None:
    body = b'{"networks": [' + b",".join([b'{"a": 1, "a": 2}'] * 1000) + b"]}"
    assert len([f for f in ofds.parse({"n.json": body}).findings if f.code == "duplicate-key"]) == text.MOST_REPEATED


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_json_is_read_in_every_encoding_that_json_may_have(encoding: str) -> None:
    body = network(name="Câmara").decode().encode(encoding)
    assert ofds.parse({"n.json": body}).plans[0].name == "Câmara"


def test_a_zip_that_unpacks_to_too_much_is_refused_before_it_fills_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "MOST", 1 << 20)
    bomb = packed({"n.json": b" " * (8 << 20)})
    assert len(bomb) < 1 << 14
    with pytest.raises(FibreFileError, match="at most 200 files and 1 MiB together"):
        ofds.parse({"n.zip": bomb})


def test_a_zip_whose_many_files_are_too_much_together_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "MOST", 1 << 20)
    with pytest.raises(FibreFileError, match="too much"):
        ofds.parse({"n.zip": packed({f"{i}.csv": b" " * (300 << 10) for i in range(4)})})


def test_a_zip_of_too_many_files_is_refused() -> None:
    with pytest.raises(FibreFileError, match="at most 200 files"):
        ofds.parse({"n.zip": packed({f"{i}.csv": b"id" for i in range(300)})})


@pytest.mark.parametrize(
    "body",
    [b"PK\x03\x04 and then nothing", packed({"networks.csv": b"id\n1\n"})[:-10], packed({"a/nodes.csv": b"id", "b/nodes.csv": b"id"})],
    ids=["no zip", "cut off", "two of one name"],
)
def test_a_zip_that_is_broken_or_unclear_gets_a_letter(body: bytes) -> None:
    with pytest.raises(FibreFileError, match=r"n\.zip|nodes\.csv"):
        ofds.parse({"n.zip": body})


def test_a_zip_within_a_zip_is_not_opened() -> None:
    with pytest.raises(FibreFileError):
        ofds.parse({"n.zip": packed({"inner.zip": packed({"networks.csv": b"id\n1\n"}), "x.json": b"{}"})})


def test_names_in_a_zip_lead_nowhere(tmp_path: Path) -> None:
    read = ofds.parse({"n.zip": packed({"../../networks.csv": f"id,name\n{ID},Porto\n".encode()})})
    assert read.plans[0].name == "Porto"


def test_a_file_that_is_too_large_or_absent_gets_a_letter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(text, "MOST", 10)
    (tmp_path / "n.json").write_bytes(network())
    with pytest.raises(FibreFileError, match="too much"):
        ofds.read(tmp_path / "n.json")
    with pytest.raises(FibreFileError, match="can't be read"):
        ofds.read(tmp_path / "nobody.json")
    (tmp_path / "empty").mkdir()
    with pytest.raises(FibreFileError, match="no CSV files"):
        ofds.read(tmp_path / "empty")


@pytest.mark.parametrize(
    "files",
    [{"a.json": network(), "b.csv": b"id\n"}, {"a.json": network(), "b.geojson": b'{"type": "FeatureCollection", "features": []}'}, {}],
    ids=["tables and json", "maps and json", "nothing"],
)
def test_forms_that_do_not_belong_together_get_a_letter(files: dict[str, bytes]) -> None:
    with pytest.raises(FibreFileError, match="accepted"):
        ofds.parse(files)


@pytest.mark.parametrize(
    "table",
    [
        b"id,nodes/0/id,nodes/0/name\n{id},1,Foz\n",
        b"id;nodes/0/id;nodes/0/name\r\n{id};1;Foz\r\n",
        "id\tnodes/0/id\tnodes/0/name\n{id}\t1\tFoz\n".encode("utf-16"),
        b'\xef\xbb\xbfid,nodes/0/id,nodes/0/name\n\n{id},1,"Foz"\n,,\n',
    ],
    ids=["commas", "semicolons", "tabs in UTF-16", "mark and empty lines"],
)
def test_tables_of_any_spreadsheet_are_read(table: bytes) -> None:
    read = ofds.parse({"nodes.csv": table})
    assert [(s.id, s.name) for s in read.plans[0].sites] == [("1", "Foz")]


def test_a_table_in_an_old_encoding_is_read_and_told() -> None:
    read = ofds.parse({"networks.csv": f"id,name\n{ID},Câmara\n".encode("cp1252")})
    assert read.plans[0].name == "Câmara"
    assert "encoding" in codes(read.findings)


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({"nodes.csv": b"id,nodes/0/id,spans/0/id\n1,2,3\n"}, "strange-column"),
        ({"nodes_networkProviders.csv": b"id,nodes/0/id,nodes/0/networkProviders/0/id\n1,9,x\n"}, "left-out"),
        ({"nodes.csv": b"id,nodes/0/id\n1,2,3,4\n"}, "long-row"),
        ({"nodes.csv": b""}, "empty"),
        ({"nodes.csv": b"id,nodes/0/id,nodes/0/location\n1,2,POINT (nan 3)\n"}, "wrong-type"),
        ({"nodes.csv": b"id,nodes/0/id,nodes/0/location\n1,2,POINT (\n"}, "wrong-type"),
        ({"nodes.csv": b'id,nodes/0/id,nodes/0/location\n1,2,"POLYGON ((0 0, 1 0, 1 1, 0 0))"\n'}, "wrong-geometry"),
        ({"spans.csv": b"id,spans/0/id,spans/0/fibreCount\n1,2,1e400\n"}, "wrong-type"),
        ({"spans.csv": b"id,spans/0/id,spans/0/directed\n1,2,perhaps\n"}, "wrong-type"),
    ],
)
def test_what_is_wrong_in_a_table_is_told_with_its_line(files: dict[str, bytes], code: str) -> None:
    found = [f for f in ofds.parse(files).findings if f.code == code]
    assert any(name in f.where for f in found for name in files)


def test_a_heading_of_a_thousand_parts_gets_a_letter() -> None:
    with pytest.raises(FibreFileError, match="1000 parts"):
        ofds.parse({"nodes.csv": "/".join(["a"] * 1000).encode() + b"\nx\n"})


def test_places_that_cannot_be_are_told_and_not_drawn() -> None:
    nodes = [
        {"id": str(i), "location": {"type": "Point", "coordinates": c}}
        for i, c in enumerate([[41.15, -95.0], [-950_000, 5_030_000], [-8.6, 41.1, 90]])
    ]
    read = ofds.parse({"n.json": network(nodes=nodes)})
    told = {f.where.split("/")[4]: f.found for f in read.findings if f.code == "bad-coordinates"}
    assert "latitude before longitude?" in told["0"]
    assert "metres of a projected system?" in told["1"]
    assert [s.at for s in read.plans[0].sites] == [None, None, (-8.6, 41.1)]
    assert json.loads(ofds.files(read.plans, "json").files["network-package.json"])["networks"][0]["nodes"] == nodes


def test_a_version_that_nobody_knows_is_read_as_the_nearest_and_told() -> None:
    for number, nearest in (("0__1__0", "0.3"), ("0__9__0", "0.4")):
        links = [{"rel": "describedby", "href": f"https://example.org/{number}/network-schema.json"}]
        read = ofds.parse({"n.json": network(links=links)})
        assert read.version == nearest
        assert "version" in codes(read.findings)


def test_a_file_of_hundreds_of_networks_and_odd_letters_is_read() -> None:
    body = json.dumps({"networks": [{"id": f"{i}", "name": "🏙️\u202eطريق\x00", "links": [DESCRIBED]} for i in range(300)]}).encode()
    read = ofds.parse({"n.json": body})
    assert len(read.plans) == 300
    assert json.loads(ofds.files(read.plans, "json").files["network-package.json"])["networks"][7]["name"] == "🏙️\u202eطريق\x00"


KEYS = """
    id name nodes spans phases organisations links start end route location type coordinates status fibreCount fibreLength phase owner
    supportingInfrastructure physicalInfrastructureProvider contracts deployment funders wayleaves grantor relatedPhases featureType
"""
LEAVES = st.none() | st.booleans() | st.integers(-10, 10) | st.floats(allow_nan=False, allow_infinity=False)
JSONS = st.recursive(
    LEAVES | st.sampled_from(["", "1", "2", "x", "pop", "G.652", "Point", "LineString", ID]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS.split()), inner, max_size=5),
    max_leaves=25,
)


def _survives(read: Callable[[], ofds.Package]) -> None:
    try:
        package = read()
    except FibreFileError:
        return
    for form in ofds.FORMS:
        for version in ofds.VERSIONS:
            ofds.files(package.plans, form, version, more=package.more)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(JSONS)
def test_any_json_is_read_or_refused_and_what_was_read_can_be_written_in_every_form(value: Any) -> None:
    for body in ({"networks": [value]}, {"networks": [{"id": ID, "links": [DESCRIBED], "nodes": value, "spans": value}]}, value):
        _survives(lambda body=body: ofds.parse({"n.json": json.dumps(body).encode()}))  # type: ignore[misc]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(JSONS, max_size=4), JSONS)
def test_any_map_is_read_or_refused_and_what_was_read_can_be_written_in_every_form(values: list[Any], network: Any) -> None:
    made = [{"type": "Feature", "properties": v, "geometry": network} for v in values]
    made += [{"type": "Feature", "properties": {**v, "network": network}} for v in values if isinstance(v, dict)]
    body = json.dumps({"type": "FeatureCollection", "features": [*values, *made]}).encode()
    _survives(lambda: ofds.parse({"n.geojson": body}))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.lists(
            st.sampled_from(["id", "nodes/0/id", "nodes/0/x/0/y", "spans/0/route", "1", "POINT (1 2)", "", "/", "0", "links/0/href"]),
            max_size=4,
        ),
        max_size=5,
    )
)
def test_any_table_is_read_or_refused_and_what_was_read_can_be_written_in_every_form(rows: list[list[str]]) -> None:
    body = "\n".join(",".join(row) for row in rows).encode()
    _survives(lambda: ofds.parse({"a.csv": body, "b.csv": body[: len(body) // 2]}))


def test_the_example_spoilt_in_any_one_place_can_be_read_and_written_in_every_form(shared: Path) -> None:
    whole = example(shared / "data" / "ofds", "0.4")
    maps = {
        name: json.loads(body)
        for name, body in ofds.files(ofds.parse({"n.json": json.dumps(whole).encode()}).plans, "geojson").files.items()
    }
    for name, value in {"n.json": whole, **maps}.items():
        for path, other in random.Random(3).sample(list(ways_to_spoil(value)), 15):
            body = json.dumps(spoilt(value, path, other)).encode()
            _survives(lambda name=name, body=body: ofds.parse({name: body}))  # type: ignore[misc]
