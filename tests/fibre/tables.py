"""Tables of other people to read networks from, and a column map for a folder of them."""

from __future__ import annotations

import json
import textwrap
import tomllib
from pathlib import Path
from typing import Any

import pyproj

from pulso.fibre.columns import columns
from pulso.fibre.findings import Finding
from tests.fibre.plans import PORTO

TM06 = pyproj.Transformer.from_crs(4326, 3763, always_xy=True)

PORTO_MAP = """
    [network]
    id = "porto"
    name = "Rede do Porto"
    crs = "EPSG:3763"

    [sites]
    table = "caixas"
    id = "ID"
    name = "DESIGNACAO"
    at = { x = "X", y = "Y" }
    kind = { column = "TIPO", values = { CVP = "manhole", JSO = "closure" }, otherwise = "other" }
    source = { column = "CENTRAL", values = { "S" = true, "N" = false } }
    owner = { always = "cmp" }
    keep = ["OBS"]

    [ducts]
    table = "condutas"
    decimal = ","
    id = "ID"
    start = "DE"
    end = "PARA"
    route = { wkt = "GEOM" }
    length = { column = "COMP_KM", unit = "km" }
    inner = { column = "DIAM", unit = "cm" }
    status = { column = "ESTADO", values = { "em serviço" = "operational", projeto = "planned" } }

    [cables]
    table = "cabos"
    id = "ID"
    start = "DE"
    end = "PARA"
    ducts = { column = "CONDUTAS", separator = "|" }
    fibres = "FO"
    length = { column = "PES", unit = "ft" }

    [[works]]
    table = "obras"
    only = { TIPO = ["obra", "vala"] }
    id = "ID"
    name = "NOME"
    first = "INICIO"
    last = "FIM"
"""


def mapped(text: str) -> Any:
    return columns(tomllib.loads(textwrap.dedent(text)), "map.toml")


def csv(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    path = folder / f"{name}.csv"
    path.write_text(textwrap.dedent(text).lstrip(), encoding=encoding)
    return path


def geojson(folder: Path, name: str, *features: tuple[dict[str, Any], Any], **more: Any) -> Path:
    path = folder / f"{name}.geojson"
    some = [{"type": "Feature", "properties": p, "geometry": g} for p, g in features]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": some, **more}))
    return path


def of(findings: list[Finding], severity: str = "error") -> list[Finding]:
    return [f for f in findings if f.severity == severity]


def surveyed(folder: Path) -> Path:
    """A folder as a surveyor hands it over: metres, commas, two encodings."""
    (x, y), (u, v) = (TM06.transform(*p) for p in (PORTO, (PORTO[0] + 0.01, PORTO[1])))
    csv(
        folder,
        "caixas",
        f"ID;DESIGNACAO;X;Y;TIPO;CENTRAL;OBS\n1;Estação central;{x};{y};CVP;S;chave no porteiro\n2;;{u};{v};XYZ;N;\n3;Sem lugar;;;JSO;;\n",
        "cp1252",
    )
    csv(
        folder,
        "condutas",
        "ID\tDE\tPARA\tCOMP_KM\tDIAM\tESTADO\tGEOM\n"
        f"d1\t1\t2\t1.000,5\t4\tem serviço\tLINESTRING ({x} {y}, {u} {v})\nd2\t2\t3\t\t\tprojeto\t\n",
    )
    csv(folder, "cabos", "ID,DE,PARA,CONDUTAS,FO,PES\nc1,1,3,d1|d2,48,1000\n")
    csv(folder, "obras", "ID,NOME,TIPO,INICIO,FIM\nw1,Vala,obra,01/05/2026,2026-05-03\nw2,Festa,festa,x,y\n")
    (folder / "map.toml").write_text(textwrap.dedent(PORTO_MAP), encoding="utf-8")
    return folder
