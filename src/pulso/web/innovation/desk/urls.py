"""Its addresses: below a city's desk, and where the public pages' forms lead. Each page that is read has its twin."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, re_path

from pulso.web.innovation.desk import pilots, practices, views

CITY = r"^(?P<lang>pt|en)/(?P<city>[-\w]+)/"
N = r"(?P<number>[0-9]{1,9})"
JSON = r"(?:\.json)?$"
PILOT, PRACTICE = rf"desk/pilots/{N}", rf"desk/practices/{N}"
NOUNS = "challenge|comment|pilot|booking|evaluation|practice"

urlpatterns: list[URLPattern | URLResolver] = [
    re_path(CITY + r"desk" + JSON, views.desk, name="desk"),
    re_path(CITY + r"challenges/new" + JSON, views.new_challenge, name="desk-challenge-new"),
    re_path(CITY + rf"challenges/{N}/comment" + JSON, views.comment, name="desk-comment"),
    re_path(CITY + rf"desk/challenges/{N}" + JSON, views.challenge, name="desk-challenge"),
    re_path(CITY + rf"desk/challenges/{N}/edit" + JSON, views.edit_challenge, name="desk-challenge-edit"),
    re_path(CITY + rf"desk/(?P<noun>{NOUNS})s/{N}/step$", views.step, name="desk-step"),
    re_path(CITY + r"pilots/new" + JSON, pilots.new_pilot, name="desk-pilot-new"),
    re_path(CITY + PILOT + JSON, pilots.pilot, name="desk-pilot"),
    re_path(CITY + PILOT + r"/edit" + JSON, pilots.edit_pilot, name="desk-pilot-edit"),
    re_path(CITY + PILOT + r"/parties$", pilots.take_part, name="desk-party"),
    re_path(CITY + PILOT + r"/money$", pilots.fund, name="desk-money"),
    re_path(CITY + PILOT + r"/bookings$", pilots.book, name="desk-booking"),
    re_path(CITY + PILOT + r"/(?P<what>parties|money)/(?P<row>[0-9]{1,9})/out$", pilots.take_out, name="desk-out"),
    re_path(CITY + PILOT + r"/protocol" + JSON, pilots.protocol, name="desk-protocol"),
    re_path(CITY + PILOT + r"/least$", pilots.least, name="desk-least"),
    re_path(CITY + PILOT + r"/freeze" + JSON, pilots.freeze, name="desk-freeze"),
    re_path(CITY + PILOT + r"/amend" + JSON, pilots.amend, name="desk-amend"),
    re_path(CITY + PILOT + r"/evaluate$", pilots.evaluate, name="desk-evaluate"),
    re_path(CITY + rf"desk/evaluations/{N}" + JSON, pilots.evaluation, name="desk-evaluation"),
    re_path(CITY + PILOT + r"/evaluations/(?P<evaluation>[0-9]{1,9})/decide$", pilots.decide, name="desk-decide"),
    re_path(CITY + PILOT + r"/practice" + JSON, practices.new_practice, name="desk-practice-new"),
    re_path(CITY + PRACTICE + JSON, practices.practice, name="desk-practice"),
    re_path(CITY + PRACTICE + r"/edit" + JSON, practices.edit_practice, name="desk-practice-edit"),
    re_path(CITY + PRACTICE + r"/adopt" + JSON, practices.adopt, name="desk-adopt"),
    re_path(CITY + r"desk/testbeds" + JSON, practices.lent, name="desk-testbeds"),
    re_path(CITY + rf"desk/testbeds/{N}" + JSON, practices.lent, name="desk-testbed"),
]
