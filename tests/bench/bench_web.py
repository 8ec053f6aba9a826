"""The site with ten towns of eight years behind it, served by two processes: `python -m tests.bench.bench_web`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import django
import httpx
from playwright.sync_api import sync_playwright

from tests.bench import keyed
from tests.bench.figures import Figure, middle, note, tell
from tests.bench.load import Line, latencies, rate, share
from tests.bench.loops import loop, number
from tests.bench.networks import OF_ENGINEERS, PARTS, networks
from tests.bench.towns import DOMAINS, LAST, METRICS, ZONES, town, twin
from tests.browser.looks import CHROMIUM, FLAGS, SIZES
from tests.browser.server import free_port, serving
from tests.conftest import REPO

TOWNS = tuple(f"t{n}" for n in range(10))
LITTLE = "little"
DAYS, FEW = 2_922, 400
EVENTS, FEW_EVENTS = 10_000, 100
PILOTS = 100
"""And as many challenges and practices, of every town."""
SITES = 2_000
"""And as many access points, of every town."""
SLOW = {"latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8, "offline": False}
"""A telephone on a slow 4G net, as Lighthouse has it; its processor is taken to be four times as slow as this machine's."""
LCP = """() => new Promise(done => new PerformanceObserver(list => done(list.getEntries().at(-1).startTime))
  .observe({type: 'largest-contentful-paint', buffered: true}))"""


def places(home: Path) -> list[tuple[str, str]]:
    """Every page of a city: its name, and its address below the city's own."""
    os.environ |= {"PULSO_HOME": str(home), "DJANGO_SETTINGS_MODULE": "pulso.web.config.settings"}
    django.setup()
    from tests.web.addresses import PAGES, fill, parts_of  # only now: the pages know tables

    parts = {
        "zone": ZONES[3],
        "day": str(LAST - timedelta(days=30)),
        "metric": METRICS[0][0],
        "source": METRICS[0][0],
        "domain": DOMAINS[0],
        "number": "{number}",
    }
    parts |= PARTS
    return [(page.name, fill(page.address, parts)) for page in PAGES if set(parts_of(page)) <= set(parts)]


def described(site: str) -> dict[str, Any]:
    """The addresses of the API, as its own description lists them."""
    found = httpx.get(f"{site}/api/v1/openapi.json")
    if found.status_code != 200:
        note(f"No API: {found.status_code}")
        return {}
    paths: dict[str, Any] = found.json()["paths"]
    return paths


def calls(paths: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Every reading call of the API that needs no key; {city} and {number} stay to be filled in."""
    parts = {"zone": ZONES[3], "day": str(LAST), "metric": METRICS[0][0], "source": METRICS[0][0], "domain": DOMAINS[0]}
    parts |= {"number": "{number}"}
    asked = []
    for address, ways in paths.items():
        filled = address
        for part, value in parts.items():
            filled = filled.replace("{" + part + "}", value)
        if (
            address.startswith("/api/v1/cities")
            and "get" in ways
            and {} in ways["get"].get("security", [{}])  # what needs a key is in `keyed`
            and "{" not in filled.replace("{city}", "").replace("{number}", "")
            and "event-stream" not in str(ways["get"].get("responses"))
        ):
            few = "?limit=100" if "'limit'" in str(ways["get"].get("parameters")) else ""  # as many rows of every town
            asked.append((f"API {address}", filled + few))
    return asked


@contextmanager
def bare() -> Iterator[str]:
    """A server of one bare Django view."""
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--port",
        str(port),
        "--workers",
        "2",
        "tests.bench.bare_django:application",
    ]
    server = subprocess.Popen(command, cwd=REPO, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        site = f"http://127.0.0.1:{port}"
        for _ in range(100):
            try:
                httpx.get(site)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        yield site
    finally:
        server.terminate()
        server.wait(20)


DESKS = {"a desk": "desk", "the desk of a pilot": "desk/pilots/{number}"} | OF_ENGINEERS
"""Pages of whoever signed in, which nobody keeps."""


def uncached(address: str, turn: int, cities: tuple[str, ...] = TOWNS) -> list[str]:
    """Hundred addresses of the same page that no answer was kept of: ten towns, and a word that means nothing; the API keeps none."""
    if address.startswith("/api/"):
        return [address.format(city=c, number=number(c)) for c in cities * (100 // len(cities))]
    mark = "&" if "?" in address else "?"
    each = [(n, cities[n % len(cities)]) for n in range(100)]
    return [f"{address.format(city=c, number=number(c))}{mark}turn={turn}-{n}" for n, c in each]


def figures(turns: int) -> list[Figure]:
    """Measure, turn by turn."""
    with tempfile.TemporaryDirectory(prefix="pulso-web-") as made:
        cities, home = Path(made) / "cities", Path(made) / "home"
        begun = time.perf_counter()
        folders = [town(cities, home, TOWNS[0], DAYS, EVENTS), town(cities, home, LITTLE, FEW, FEW_EVENTS)]
        folders += [twin(cities, home, TOWNS[0], slug) for slug in TOWNS[1:]]
        subprocess.run(
            [sys.executable, "-m", "pulso.web", "migrate", "--verbosity", "0"], check=True, env=os.environ | {"PULSO_HOME": str(home)}
        )
        known = places(home)
        may = loop(dict.fromkeys((*TOWNS, LITTLE), PILOTS))
        networks(dict.fromkeys((*TOWNS, LITTLE), SITES), folders)
        opens = keyed.key((*TOWNS, LITTLE))
        note(f"Towns made in {time.perf_counter() - begun:.0f} s")
        with serving(home, [str(f) for f in folders], workers=2, PULSO_API_A_MINUTE="1000000") as site, bare() as nothing:
            return [*pages(site, known, turns, may, opens), again(site, nothing, turns), many(site, turns), *phone(site, turns)]


def everything(
    site: str, known: list[tuple[str, str]], may: Mapping[str, str], opens: Mapping[str, str]
) -> list[tuple[str, str, Mapping[str, str]]]:
    """Every page and call: its name, its address with {city} and {number} to be filled in, and what whoever asks it sends along."""
    paths = described(site)
    asked = [(name, f"/en/{{city}}/{address}") for name, address in known]
    asked += [(f"{name} as JSON", f"{address}.json") for name, address in asked] + calls(paths)
    of_desks = [(name, f"/en/{{city}}/{address}") for name, address in DESKS.items()]
    sent: list[tuple[list[tuple[str, str]], Mapping[str, str]]] = [(asked, {}), (of_desks, may), (keyed.calls(paths), opens)]
    return [(name, address, headers) for some, headers in sent for name, address in some]


def pages(site: str, known: list[tuple[str, str]], turns: int, may: Mapping[str, str], opens: Mapping[str, str]) -> list[Figure]:
    """How long pages and calls take, and how that grows with what lies behind them."""
    line, asked = Line(site), everything(site, known, may, opens)
    for _name, address, headers in asked:
        for city in (*TOWNS, LITTLE):
            line.ask(address.format(city=city, number=number(city)), headers)
    much: dict[str, list[list[float]]] = {name: [] for name, *_ in asked}
    little: dict[str, list[list[float]]] = {name: [] for name, *_ in asked}
    for turn in range(turns):  # all pages, and again: what else the machine does for a minute is met by a page in one turn, not in all
        for name, address, headers in asked:
            much[name].append([])
            little[name].append([])
            for here, there in zip(uncached(address, turn), uncached(address, turn, (LITTLE,)), strict=True):
                much[name][-1] += latencies(line, [here], headers)
                little[name][-1] += latencies(line, [there], headers)
    slow = {name: middle([share(took, 0.95) for took in much[name]]) for name in much}
    growth = {name: middle([middle(m) / middle(n) for m, n in zip(much[name], little[name], strict=True)]) for name in much}
    for name, p95 in slow.items():
        each = ", ".join(f"{1000 * share(took, 0.95):.1f} ({1000 * middle(took):.1f})" for took in much[name])
        note(f"{name}: p95 {1000 * p95:.1f} ms; p95 and median of each turn {each}; grown {growth[name]:.2f}")
    name, where = max(slow, key=slow.__getitem__), max(growth, key=growth.__getitem__)
    today, p95, grown = slow["today"], slow[name], growth[where]
    return [
        Figure("*Today*, uncached, 95 of 100 within, the middle of all turns", ms(today), bar="≤ 50 ms", met=today <= 0.05),
        Figure(f"The slowest of {len(asked)} pages and calls: {name}", ms(p95), bar="≤ 50 ms", met=p95 <= 0.05),
        Figure(
            f"What grows most from {FEW} to {DAYS:,} days and {FEW_EVENTS} to {EVENTS:,} events: {where}",
            f"{grown:.2f} ×",
            "the little town",
            "1",
            grown,
            "≤ 1.3 ×",
            grown <= 1.3,
        ),
    ]


def again(site: str, nothing: str, turns: int) -> Figure:
    """A page that the browser has."""
    ours, theirs = Line(site), Line(nothing)
    tag = ours.ask("/en/t0/today")[1]["etag"]
    both: list[tuple[list[float], list[float]]] = []
    for _ in range(10 * turns):
        both.append((latencies(ours, ["/en/t0/today"] * 50, {"If-None-Match": tag}, 304), latencies(theirs, ["/"] * 50)))
    mine, bare_view = (middle([v for turn in both for v in turn[i]]) for i in (0, 1))
    return Figure("*Today* as a 304", ms(mine), "a bare Django view", ms(bare_view), mine / bare_view, "≤ 2 ×", mine <= 2 * bare_view)


def many(site: str, turns: int) -> Figure:
    """Many who ask for today at once."""
    addresses = [f"/{lang}/{c}/today" for c in TOWNS for lang in ("pt", "en")]
    found = middle([rate(site, addresses) for _ in range(turns)])
    return Figure("*Today* of ten towns, asked by four at once", f"{found:,.0f} a second", bar="≥ 100 a second", met=found >= 100)


def phone(site: str, turns: int) -> list[Figure]:
    """What a telephone is sent, and when it shows the largest thing."""
    if not Path(CHROMIUM).is_file():
        note(f"No Chromium at {CHROMIUM}: a telephone is not measured")
        return []
    sent, shown = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        for _ in range(2 * turns + 1):
            page = browser.new_context(viewport=SIZES["phone"]).new_page()
            wire = page.context.new_cdp_session(page)
            size: list[float] = []
            wire.on("Network.loadingFinished", lambda done, size=size: size.append(done["encodedDataLength"]))
            wire.send("Network.enable")
            wire.send("Network.emulateNetworkConditions", SLOW)
            wire.send("Emulation.setCPUThrottlingRate", {"rate": 4})
            page.goto(f"{site}/pt/t0/today", wait_until="networkidle")
            shown.append(page.evaluate(LCP) / 1000)
            sent.append(sum(size))
            page.context.close()
        browser.close()
    return [
        Figure("All that *Today* sends, compressed", f"{middle(sent) / 1000:.0f} kB", bar="< 200 kB", met=middle(sent) < 200_000),
        Figure("*Today*'s largest paint on a slow telephone", f"{middle(shown):.2f} s", bar="< 1.5 s", met=middle(shown) < 1.5),
    ]


def ms(seconds: float) -> str:
    """Milliseconds, as a person reads them."""
    return f"{1000 * seconds:.1f} ms"


if __name__ == "__main__":
    tell(figures, turns=3)
