"""All that a home holds, told in JSON: `PULSO_HOME=… PULSO_CITIES=… python -m tests.web.running.tell`.

An earlier version's code tells it when a home is made, this version's when that home is brought up: what was told is to be found again.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from typing import Any

PASSING = ("contenttypes.", "auth.", "sessions.")
"""What Django makes anew by itself."""


def told() -> dict[str, Any]:
    """Every row of every table of the database, and of each shown city what was published, entered, flagged and measured."""
    from django.apps import apps

    from pulso.web import readings

    models = [m for m in apps.get_models() if not m._meta.label_lower.startswith(PASSING)]
    rows = {m._meta.label_lower: list(m._base_manager.order_by("pk").values()) for m in models}
    return {"rows": rows, "cities": {slug: _city(slug) for slug in readings.cities()}}


def _city(slug: str) -> dict[str, Any]:
    from pulso.web.readings import reading

    here = reading(slug)
    lake = here.river.lake
    seen = lake.backend.to_pyarrow(lake.observations()).to_pylist()
    said = lake.vintages(["zone", "day", "vintage", "index", "verdict"]).to_pylist()
    return {
        "observations": [len(seen), _digest(*sorted(str(sorted(r.items())) for r in seen))],
        "published": sorted([str(r["zone"]), str(r["day"]), str(r["vintage"]), r["index"], _digest(r["verdict"])] for r in said),
        "shown": {str(day): _digest(*(f"{z}: {t}" for z, t in sorted(here.texts(day).items(), key=str))) for day in here.days() or ()},
        "entered": [[e.id, e.sign, e.who, _span(e.span)] for e in lake.entered()],
        "events": [_span(span) for span in lake.events()],
        "flags": [[f["sensor"], str(f["first"]), str(f["last"]), f["why"], f["who"]] for f in lake.flags()],
    }


def _span(span: Any) -> list[str]:
    return [span.kind, span.name, span.zone or "", str(span.first), str(span.last)]


def _digest(*texts: str) -> str:
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "pulso.web.config.settings")
    import django
    from django.core.serializers.json import DjangoJSONEncoder

    django.setup()
    json.dump(told(), sys.stdout, cls=DjangoJSONEncoder, indent=1)
