"""Public holidays and school breaks, named in both languages: the calendars that we read know most of them in English only."""

from __future__ import annotations

from pulso.show.language import Speech
from pulso.show.language import marked as _

FEASTS: dict[str, str] = {
    "All Saints' Day": _("All Saints' Day"),
    "All Souls' Day": _("All Souls' Day"),
    "Armistice Day": _("Armistice Day"),
    "Ascension Day": _("Ascension Day"),
    "Ash Wednesday": _("Ash Wednesday"),
    "Assumption Day": _("Assumption Day"),
    "Assumption Of Mary Day": _("Assumption Day"),
    "Bank Holiday": _("Bank Holiday"),
    "Boxing Day": _("Boxing Day"),
    "Carnival": _("Carnival"),
    "Christmas Day": _("Christmas Day"),
    "Christmas Eve": _("Christmas Eve"),
    "Constitution Day": _("Constitution Day"),
    "Corpus Christi": _("Corpus Christi"),
    "Day of Repentance and Prayer": _("Day of Repentance and Prayer"),
    "Repentance and Prayer Day": _("Day of Repentance and Prayer"),
    "Easter Monday": _("Easter Monday"),
    "Easter Sunday": _("Easter Sunday"),
    "Epiphany": _("Epiphany"),
    "Europe Day": _("Europe Day"),
    "German Unity Day": _("German Unity Day"),
    "Good Friday": _("Good Friday"),
    "Holy Saturday": _("Holy Saturday"),
    "Immaculate Conception": _("Immaculate Conception"),
    "Independence Day": _("Independence Day"),
    "King's Day": _("King's Day"),
    "Labor Day": _("Labour Day"),
    "Labour Day": _("Labour Day"),
    "May Day": _("Labour Day"),
    "Liberation Day": _("Liberation Day"),
    "Maundy Thursday": _("Maundy Thursday"),
    "Midsummer Day": _("Midsummer Day"),
    "National Day": _("National Day"),
    "National Holiday": _("National Day"),
    "National Unity Day": _("National Unity Day"),
    "New Year's Day": _("New Year's Day"),
    "New Year's Eve": _("New Year's Eve"),
    "Pentecost": _("Whit Sunday"),
    "Pentecost Monday": _("Whit Monday"),
    "Whit Monday": _("Whit Monday"),
    "Reformation Day": _("Reformation Day"),
    "Republic Day": _("Republic Day"),
    "Saint Berchtold's Day": _("Saint Berchtold's Day"),
    "Saint George's Day": _("Saint George's Day"),
    "Saint James' Day": _("Saint James's Day"),
    "Saint James's Day": _("Saint James's Day"),
    "Saint John the Baptist": _("Saint John's Day"),
    "Saint John's Day": _("Saint John's Day"),
    "Saint Joseph's Day": _("Saint Joseph's Day"),
    "Saint Patrick's Day": _("Saint Patrick's Day"),
    "Saint Stephen's Day": _("Saint Stephen's Day"),
    "Saints Peter and Paul": _("Saints Peter and Paul"),
    "Saints Peter and Paul Day": _("Saints Peter and Paul"),
    "Second Day of Christmas": _("Second Day of Christmas"),
    "Victory Day": _("Victory Day"),
    "Women's Day": _("Women's Day"),
    "World Children's Day": _("World Children's Day"),
    "Autumn break": _("Autumn break"),
    "Carnival break": _("Carnival break"),
    "Christmas break": _("Christmas break"),
    "Easter break": _("Easter break"),
    "Sports break": _("Sports break"),
    "Spring break": _("Spring break"),
    "Summer break": _("Summer break"),
    "Whitsun break": _("Whitsun break"),
    "Winter break": _("Winter break"),
}
"""By the name that calendars give them; what each is called is the message."""

BESIDES: dict[str, str] = {" (observed)": _("{day} (observed)"), " (estimated)": _("{day} (estimated)")}
AFTER = "Monday following "


def feast(name: str, speech: Speech) -> str:
    """A holiday, or several on one day, by the names of the calendar; empty for one that we have no word for."""
    if "; " in name:
        several = [feast(one, speech) or one for one in name.split("; ")]
        return "; ".join(dict.fromkeys(several))
    if name in FEASTS:
        return speech.say(FEASTS[name])
    if name.startswith(AFTER) and (day := feast(name.removeprefix(AFTER), speech)):
        return speech.say("Monday after {day}", day=day)
    for ending, message in BESIDES.items():
        if name.endswith(ending) and (day := feast(name.removesuffix(ending), speech)):
            return speech.say(message, day=day)
    return ""
