"""An example of each command, as its help ends with it: each can be typed as it stands after `make demo`."""

from __future__ import annotations

EXAMPLES = {
    "collect": "pulso collect muenster --from 2024-01-01",
    "publish": "pulso publish demo",
    "flag": 'pulso flag demo traffic-aldoar-1 --from 2025-03-01 --to 2025-03-09 --why "works on the bridge"',
    "rebuild": "pulso rebuild demo",
    "presence": "pulso presence porto --correct 2026-05-04",
    "show": "pulso show demo --day 2025-06-14 --zone bonfim",
    "series": "pulso series demo --from 2025-06-01 --to 2025-06-30 --csv",
    "explain": "pulso explain demo --day 2025-10-16 --lang pt",
    "bulletin": "pulso bulletin demo --day 2025-10-16 --out strike.html",
    "sources": "pulso sources demo",
    "effect": 'pulso effect demo --event "São João night"',
    "events": "pulso events demo --rank",
    "revisions": "pulso revisions demo",
    "weights": "pulso weights demo --day 2025-06-14",
    "idu": "pulso idu demo --from 2025-01-01 --to 2025-12-31",
    "check": "pulso check demo",
    "draft": "pulso draft var/demo/simulated/demo.pulso.example/trotinetes/2025-10.csv",
    "simulate": "pulso simulate demo --from 2025-01-01 --to 2025-12-31 --seed 7",
    "schema": "pulso schema",
    "fibre": "pulso fibre check network-package.json",
    "walk": "pulso walk demo --home var/loop",
    "serve": "PULSO_CITIES=demo pulso serve --port 8080",
    "worker": "pulso worker --once",
    "admin": "pulso admin ana@vila.example",
    "backup": "pulso backup pulso.tar.gz",
    "restore": "pulso restore pulso.tar.gz --home elsewhere",
    "upgrade": "pulso upgrade",
}
