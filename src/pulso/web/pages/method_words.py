"""The method in short, for a person who wants to know what the number is before they use it. The long texts are in docs/methods."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic import Field
from pydantic.dataclasses import dataclass

from pulso.show import names
from pulso.show.language import Speech
from pulso.show.language import marked as _


@dataclass(frozen=True)
class Paragraph:
    """One part of the method."""

    part: str = Field(description="what it is about, for links")
    title: str = Field(description="its heading, in the page's language")
    text: tuple[str, ...] = Field(description="its sentences, a paragraph each")


TEXT: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (
        "expected",
        _("What 100 is"),
        (
            _(
                "100 is what the city would do on such a day: its weekday, its season, its holidays, at the level of the last four weeks. "
                "A regression that outliers can't bend learns this each month from at most five years before; "
                "a day never informs its own expectation."
            ),
            _(
                "120 means a fifth more activity than expected, 80 a fifth less. "
                "Weather and declared events are not part of the expected day: they show as reasons."
            ),
        ),
    ),
    (
        "index",
        _("From sensors to one number"),
        (
            _(
                "Each sensor's hours are brought to a day, observed against expected. A sensor that is frozen, has jumped "
                "or makes no sense is left out, and the page of the day says so."
            ),
            _(
                "Sensors make metrics, metrics make domains, domains make the index: a weighted mean of the logarithms, "
                "so that a half and a double cancel out. A zone with few sensors leans on the zone around it."
            ),
        ),
    ),
    (
        "weights",
        _("What weighs how much"),
        (
            _(
                "A person writes in the city file how important a domain is. Domains that swing a lot by nature are made lighter, "
                "so that none speaks louder only because it is restless. Of three or more domains, none weighs more than 40%."
            ),
        ),
    ),
    (
        "coverage",
        _("How much was seen, and when there is no number"),
        (
            _(
                "A gap is never a zero. Every number says which share of the living weight was seen; "
                "what is missing is not made up, it widens the interval."
            ),
            _(
                "With four or more living domains a number is published where 65% of the weight was seen, and refused below. "
                "With three or fewer, every living domain must be heard besides; "
                "from 50% on there is a partial number, marked as such, and none below."
            ),
            _(
                "A source that falls silent is missed for three months before it no longer counts. "
                "Without a year of data there is no expected day, and no number; "
                "the first year is judged by a model that has seen it, and says so."
            ),
        ),
    ),
    (
        "reasons",
        _("Why it isn't 100"),
        (
            _(
                "Each reason has points, and all points add up to the index minus 100 exactly; "
                "what no reason explains is called unexplained. "
                "A kind of event earns points only once its effect was learnt from other days: the first time it is named, not credited."
            ),
        ),
    ),
    (
        "uncertainty",
        _("Three ranges, three questions"),
        (
            _("Normal range: nine of ten ordinary days of this kind lie within it. Outside of it the day is unusual."),
            _("90% interval: how well this day's number is known, by what was seen and how well the expected day is known."),
            _("Other reasonable methods: what other weights, means and choices would have said. None of the three is merged with another."),
        ),
    ),
)


def paragraphs(speech: Speech) -> Iterator[Paragraph]:
    """The method in this language; the stages of a number's life last."""
    for part, title, text in TEXT:
        yield Paragraph(part, speech.say(title), tuple(speech.say(t) for t in text))
    stages = (f"{speech.capital(speech.say(short))}: {speech.say(meaning)}" for short, meaning in names.STAGES.values())
    kept = speech.say("What was published stays published: every publication can be asked for by its moment.")
    yield Paragraph("stages", speech.say("The life of a number"), (kept, *stages))
