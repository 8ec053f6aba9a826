"""Three statements that every page leads to: what is kept of whom, who can use the site and how that is known, whom to write to."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe
from pydantic import Field, TypeAdapter
from pydantic.dataclasses import dataclass

from pulso.show.language import Speech
from pulso.show.language import marked as _
from pulso.web.api.hooks.delivery import KEPT
from pulso.web.pages.twin import OPEN, VERSION, around
from pulso.web.people.pages import speech
from pulso.web.people.retention import CLOSED_KEYS, IDLE, UNVERIFIED


@dataclass(frozen=True)
class Way:
    """Somewhere to go on."""

    called: str = Field(description="what is there")
    address: str = Field(description="its address, on this site or a mailto:")


@dataclass(frozen=True)
class Part:
    """A part of a statement."""

    about: str = Field(description="what it is about")
    says: tuple[str, ...] = Field(description="what it says, a sentence or a few each")
    ways: tuple[Way, ...] = Field(description="where to go on; none where nowhere")


@dataclass(frozen=True)
class Statement:
    """What whoever runs the site states about it."""

    language: str = Field(description="pt or en: of the words on this page")
    title: str = Field(description="what it states")
    lead: str = Field(description="the whole in a sentence or two")
    parts: tuple[Part, ...] = Field(description="its parts, in order")


WRITER = TypeAdapter(Statement)
NOBODY = _("Whoever runs this site has not said yet whom to write to.")
UNSET = _("If that is you: set PULSO_CONTACT to a name, an address of e-mail in < > and, after a comma, where letters on paper go.")


def privacy(speech: Speech) -> Statement:
    """What is kept of whom, why, how long; what they may ask for. It says what the code does: change both together."""
    say, kept = speech.say, {"unverified": UNVERIFIED.days, "idle": IDLE.days // 365, "keys": CLOSED_KEYS.days, "messages": KEPT.days}
    sessions = settings.SESSION_COOKIE_AGE // 86_400
    at = f"/{speech.code}/account/"
    return Statement(
        language=speech.code,
        title=say("Privacy"),
        lead=say(
            "To read, nobody needs an account, and nobody is followed. Of whoever has an account, little is kept, and it can be erased."
        ),
        parts=(
            Part(
                say("Who only reads"),
                (
                    say("No cookie is set, and nothing is asked of any other machine than this one."),
                    say(
                        "Of each request, the log keeps the moment, the kind of page, and how long it took: no address of "
                        "the network, no name, "
                        "nothing of what was asked."
                    ),
                    say(
                        "How often an address asks the API or tries a password is counted in memory, against abuse, and "
                        "written down nowhere."
                    ),
                ),
                (),
            ),
            Part(
                say("Who has an account"),
                (
                    say(
                        "Kept are: the address of e-mail, a name where one is given, the language, digests of the password "
                        "and of keys, second "
                        "factors, what the municipality's directory says of a person who comes by it, roles, webhooks and what was sent by "
                        "them, and when the account was made and last opened."
                    ),
                    say("They serve to let people in, to know what they may do, and to write to them about the account; nothing else."),
                    say(
                        "Cookies come with the pages of an account: one that knows who is signed in, one that guards forms, "
                        "and one that carries "
                        "a notice to the next page."
                    ),
                    say(
                        "What is entered for the city is public in the name of the office, never of the person. Every change "
                        "leaves a row under "
                        "a pseudonym; whoever administers a city or the site sees by name who did what, until they are erased."
                    ),
                    say("Who speaks about a challenge is named beside it, until they are erased. What they said stays, without a name."),
                ),
                (),
            ),
            Part(
                say("How long"),
                (
                    say("An account whose address was never verified: {n} days.", n=kept["unverified"]),
                    say(
                        "An account without a role that nobody opens: {n} years. With a role: until it is taken, or erased.", n=kept["idle"]
                    ),
                    say("A key: {n} days after it was revoked or has expired. A signing-in: {m} days.", n=kept["keys"], m=sessions),
                    say("What was sent to a webhook: {n} days.", n=kept["messages"]),
                    say("What was erased lasts in backups that were made before, until these are thrown away."),
                ),
                (),
            ),
            Part(
                say("What you may ask for"),
                (
                    say("You see and correct what is kept of you on your own page, take all of it along as a file, and erase it there."),
                    say(
                        "With anything else, or an objection, turn to whom you find below, or to your country's data protection authority."
                    ),
                ),
                (Way(say("My page"), at), Way(say("Take my data along"), f"{at}data.json"), Way(say("Erase me"), f"{at}erase/")),
            ),
            _whom(speech),
        ),
    )


def accessibility(speech: Speech) -> Statement:
    """Who can use the site, how that is known, and what is known not to be so."""
    say = speech.say
    return Statement(
        language=speech.code,
        title=say("Accessibility"),
        lead=say("The site is made so that everybody can use it: to WCAG 2.1, level AA."),
        parts=(
            Part(
                say("What was done for it"),
                (
                    say("Each chart and map has a table or a list with the same values, and can be reached and left by keyboard."),
                    say("Pages can be read without JavaScript, in light and dark, on a phone and on paper, in Portuguese and English."),
                    say("Nothing is said by colour alone, and nothing moves by itself."),
                ),
                (),
            ),
            Part(
                say("How it is tested"),
                (
                    say(
                        "Before each version, axe-core looks at every public page and at those of an account, in both "
                        "languages, light and dark, "
                        "on a phone and a desk; a program walks through all of them by keyboard. Both find nothing that is wrong."
                    ),
                    say(
                        "That is a test by machines, in one browser, by the makers themselves. Nobody has examined the site "
                        "from outside, and it "
                        "was not tried out with people who use a screen reader."
                    ),
                ),
                (),
            ),
            Part(
                say("What is known to fall short"),
                (
                    say("The names of sensors, sources and events are in the language of whoever gave them, and not marked as such."),
                    say("The administration, for a few people, is Django's own: it was not tested, and speaks partly English."),
                ),
                (),
            ),
            _whom(speech),
            Part(say("This statement"), (say("It is of Pulso {version}, and comes with it.", version=VERSION),), ()),
        ),
    )


def contact(speech: Speech) -> Statement:
    """Whom to write to."""
    said = settings.CONTACT
    lead = speech.say("{name} runs this site.", name=said.name) if said else speech.say(NOBODY)
    return Statement(speech.code, speech.say("Contact"), lead, (_whom(speech),))


def _whom(speech: Speech) -> Part:
    said, about = settings.CONTACT, speech.say("Whom to write to")
    if said is None:
        return Part(about, (speech.say(NOBODY), speech.say(UNSET)), ())
    return Part(about, tuple(filter(None, (said.name, said.place))), (Way(said.mail, f"mailto:{said.mail}"),))


STATEMENTS: dict[str, Callable[[Speech], Statement]] = {"privacy": privacy, "accessibility": accessibility, "contact": contact}


@require_safe
def statement(request: HttpRequest, which: str, *, as_json: bool = False) -> HttpResponse:
    """One of them, for people or for machines."""
    made = STATEMENTS[which](speech())
    if as_json:
        return HttpResponse(WRITER.dump_json(made), content_type="application/json; charset=utf-8", headers=OPEN)
    context = {"page": made, "name": which} | around(request, speech(), None)
    return HttpResponse(render_to_string("people/statement.html", context, using="pages"))
