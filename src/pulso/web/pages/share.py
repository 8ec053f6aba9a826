"""A day as a picture of 1200 × 630, for wherever a link to it is shared."""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path

from django.http import HttpRequest, HttpResponse
from PIL import Image, ImageDraw, ImageFont

from pulso.shapes import Verdict
from pulso.show import bulletin, charts, limits, words
from pulso.show.language import Speech
from pulso.web.pages.asked import Asked
from pulso.web.pages.day import OF_A_DAY, place, the_verdict, weeks_about
from pulso.web.pages.frame import NOT_QUALITY, credit, whose
from pulso.web.pages.twin import handed

WIDTH, HEIGHT, EDGE = 1200, 630, 64
TWICE = 2  # drawn so much larger, so that lines are smooth
COLOURS = 96  # a few flat ones and their edges: a third of the size
PAPER, INK, SOFT, RULE, BAND, QUIET, BUSY = "#fbfaf6", "#0c2340", "#52627a", "#d9d5ca", "#cfe0ec", "#14507f", "#a84a0c"
HATCH = "#b9b4a6"
SIX_WEEKS = charts.Frame("share", WIDTH - 2 * EDGE, 150, 1)
FACES = {"serif": "DejaVuSerif.ttf", "sans": "DejaVuSans.ttf"}
"""Faces with every letter of our languages; they come with matplotlib, which the engine needs anyway."""


def picture(request: HttpRequest, lang: str, city: str, day: str) -> HttpResponse:
    """The picture of a day; `zone` and `as_of` as for the day itself."""
    return handed(request, lang, city, {"day": day}, _picture, reads=OF_A_DAY)


def _picture(asked: Asked) -> HttpResponse:
    day, as_of = asked.day() or asked.last_day(), asked.moment()
    verdict = the_verdict(asked, day, as_of)
    weeks = [b for b in weeks_about(asked, day, as_of) if b.day <= day]
    return HttpResponse(draw(verdict, [*weeks[:-1], verdict], asked), content_type="image/png")


def draw(verdict: Verdict, weeks: list[charts.Drawn], asked: Asked) -> bytes:
    """Draw a day, the last of `weeks`, as a PNG."""
    image = Image.new("RGB", (WIDTH * TWICE, HEIGHT * TWICE), PAPER)
    pen = Pen(ImageDraw.Draw(image))
    speech, city = asked.speech, asked.reading.city
    top = 0
    if city.city.synthetic or verdict.synthetic:
        pen.box(0, 0, WIDTH, 36, BAND)
        pen.write(WIDTH / 2, 18, speech.say("Synthetic city: every value is simulated."), "sans", 18, INK, "mm")
        top = 18
    pen.write(EDGE, 62 + top, f"pulso·{place(asked)}", "serif", 32, INK, "ls")
    pen.write(WIDTH - EDGE, 62 + top, speech.capital(speech.day(verdict.day)), "sans", 24, SOFT, "rs")
    pen.line([(EDGE, 82 + top), (WIDTH - EDGE, 82 + top)], RULE, 1)
    seen = " · ".join(filter(None, (speech.capital(limits.one_only(verdict, city, speech)), words.seen(verdict, speech.code))))
    pen.write(WIDTH - EDGE, 106 + top, seen, "sans", 17, SOFT, "rs")
    colour = _colour(verdict)
    if verdict.index is None:
        pen.hatch(EDGE, 130 + top, EDGE + 380, 300 + top)
        pen.write(EDGE, 340 + top, speech.capital(speech.say("no number")), "sans", 22, SOFT, "ls")
        lead = speech.capital(words.refusal(verdict, speech.code))
    else:
        pen.write(EDGE - 6, 290 + top, speech.number(verdict.index), "serif", 210, colour, "ls")
        pen.write(EDGE, 340 + top, speech.say("100 = the expected day"), "sans", 22, SOFT, "ls")
        lead = words.standing(verdict, speech.code)
    title = bulletin.title(verdict, city, speech)
    bottom = pen.paragraph(530, 142 + top, WIDTH - EDGE - 530, title, "serif", 34, INK, 4)
    pen.paragraph(530, bottom + 12, WIDTH - EDGE - 530, lead, "sans", 23, SOFT, 3)
    _weeks(pen, charts.lines(weeks, [], speech, SIX_WEEKS), EDGE, 360 + top, colour)
    _legend(pen, speech, EDGE + 34, 528 + top)
    pen.write(WIDTH - EDGE, 528 + top, f"{asked.site}/{speech.code}/{asked.reading.slug}", "sans", 15, SOFT, "rs")
    pen.write(EDGE, HEIGHT - 56, speech.say(NOT_QUALITY), "sans", 19, SOFT, "ls")
    pen.paragraph(EDGE, HEIGHT - 48, WIDTH - 2 * EDGE, _whose(asked), "sans", 12, SOFT, 3)
    out = BytesIO()
    few = image.reduce(TWICE).quantize(COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    few.save(out, "PNG", compress_level=4)
    return out.getvalue()


def _whose(asked: Asked) -> str:
    """Owners and licences of the data."""
    return f"{asked.speech.say('Data:')} {whose(credit(asked.reading.city), asked.speech)}."


def _colour(verdict: Verdict) -> str:
    """Blue below the normal range, orange above it, as on the page."""
    if verdict.index is None or verdict.normal_range is None:
        return INK
    index, (low, high) = round(verdict.index), map(round, verdict.normal_range)
    return QUIET if index < low else BUSY if index > high else INK


def _weeks(pen: Pen, lines: charts.Lines, x: float, y: float, colour: str) -> None:
    for left, width in lines.holes:
        pen.hatch(x + left, y + lines.top, x + left + width, y + lines.bottom)
    for band in lines.bands:
        pen.area(_points(band, x, y), BAND)
    for tick in lines.rows:
        pen.line([(x + lines.left, y + tick.at), (x + lines.right, y + tick.at)], RULE, 1)
        pen.write(x + lines.left - 8, y + tick.at, tick.label, "sans", 16, SOFT, "rm")
    for tick in lines.columns:
        pen.write(x + tick.at, y + lines.bottom + 18, tick.label, "sans", 16, SOFT, "mm")
    for path in lines.paths:
        pen.line(_points(path, x, y), INK, 2.5)
    for point in lines.points:
        pen.dot(x + point.x, y + point.y, 8 if point.kind == "today" else 4, colour if point.kind == "today" else INK)


def _legend(pen: Pen, speech: Speech, x: float, y: float) -> None:
    """Say what the line, the band and the hatching are."""
    for drawn, called in (("line", "index"), ("band", "normal range"), ("hole", "no number")):
        if drawn == "line":
            pen.line([(x, y - 5), (x + 24, y - 5)], INK, 2.5)
        elif drawn == "band":
            pen.box(x, y - 12, x + 24, y + 1, BAND)
        else:
            pen.hatch(x, y - 12, x + 24, y + 1)
        x = pen.write(x + 32, y, speech.say(called), "sans", 15, SOFT, "ls") + 28


def _points(path: str, x: float, y: float) -> list[tuple[float, float]]:
    """The corners of a path that consists of straight lines."""
    return [(x + float(a), y + float(b)) for a, b in re.findall(r"(-?[\d.]+),(-?[\d.]+)", path)]


class Pen:
    """Draws in units of the finished picture."""

    def __init__(self, onto: ImageDraw.ImageDraw) -> None:
        self.onto = onto

    def box(self, left: float, top: float, right: float, bottom: float, colour: str) -> None:
        """Fill a rectangle."""
        self.onto.rectangle((left * TWICE, top * TWICE, right * TWICE, bottom * TWICE), fill=colour)

    def hatch(self, left: float, top: float, right: float, bottom: float) -> None:
        """Fill a rectangle as pages do where there is no number: with slanting lines."""
        apart = 9
        for start in range(int(left - (bottom - top)) // apart * apart, int(right) + 1, apart):  # so that neighbours' lines go on
            ends = (max(0.0, left - start), min(bottom - top, right - start))
            if ends[0] < ends[1]:
                self.line([(start + far, bottom - far) for far in ends], HATCH, 2)

    def area(self, corners: list[tuple[float, float]], colour: str) -> None:
        """Fill a polygon."""
        self.onto.polygon([(a * TWICE, b * TWICE) for a, b in corners], fill=colour)

    def line(self, corners: list[tuple[float, float]], colour: str, width: float) -> None:
        """Draw a line through these points."""
        self.onto.line([(a * TWICE, b * TWICE) for a, b in corners], fill=colour, width=round(width * TWICE), joint="curve")

    def dot(self, x: float, y: float, radius: float, colour: str) -> None:
        """Draw a dot with an edge of paper."""
        for r, fill in ((radius + 2, PAPER), (radius, colour)):
            self.onto.ellipse(((x - r) * TWICE, (y - r) * TWICE, (x + r) * TWICE, (y + r) * TWICE), fill=fill)

    def write(self, x: float, y: float, text: str, face: str, size: int, colour: str, anchor: str) -> float:
        """Write one line; gives back where it ends, if it is written from the left."""
        self.onto.text((x * TWICE, y * TWICE), text, fill=colour, font=_font(face, size), anchor=anchor)
        return x + _font(face, size).getlength(text) / TWICE

    def paragraph(self, x: float, y: float, width: float, text: str, face: str, size: int, colour: str, most: int) -> float:
        """Write a text in at most so many lines, the last of which says by "…" that there was more; gives back where it ends."""
        lines = fold(text, _font(face, size), width * TWICE, most)
        for i, line in enumerate(lines):
            self.write(x, y + size * (0.8 + 1.28 * i), line, face, size, colour, "ls")
        return y + size * 1.28 * len(lines)


def fold(text: str, font: ImageFont.FreeTypeFont, width: float, most: int) -> list[str]:
    """Break a text between words."""
    lines: list[str] = []
    for word in text.split(" "):
        if lines and font.getlength(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines if len(lines) <= most else [*lines[: most - 1], lines[most - 1].rstrip(",:;. ") + " …"]


@cache
def _font(face: str, size: int) -> ImageFont.FreeTypeFont:
    spec = find_spec("matplotlib")
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError("matplotlib, whose DejaVu faces the pictures are written in, is not installed")
    folder = Path(spec.submodule_search_locations[0]) / "mpl-data/fonts/ttf"
    return ImageFont.truetype(folder / FACES[face], size * TWICE)
