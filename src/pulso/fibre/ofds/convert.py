"""Version 0.3 becomes 0.4, and 0.4 becomes 0.3. What one of them has no field for is counted, and told.

What changed: `physicalInfrastructureProvider` became `transmissionMediumOwner` (who owns the cable) and `supportingInfrastructure.owner`
(who owns the duct, the building); `deploymentDetails.description` became `supportingInfrastructure.description`; wayleaves, cable types,
codeployment and a network's local identifier are new.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from pulso.fibre.findings import Finding
from pulso.fibre.ofds.standard import SCHEMAS, Version

REFERRING = ("phase", "transmissionMediumOwner", "supplier", "networkProviders", "funders", "relatedPhases")
"""Fields with references: in 0.4 they hold an id and a name, and nothing else."""

Told = Counter[str]
"""How often each field, by its path, could not be carried."""


def converted(item: dict[str, Any], path: str, was: Version, to: Version, told: Told) -> dict[str, Any]:
    """
    Bring a node, a span or another part of a network from one version to another.

    Parameters
    ----------
    item
        As a JSON file of version `was` has it. It is not changed.
    path
        What it is, for what is told: "nodes", "spans", "phases", "contracts" …
    was, to
        Versions.
    told
        What can't be carried is counted here, by path.

    Returns
    -------
    dict
        As a JSON file of version `to` has it.
    """
    if was == to:
        return item
    if was == "0.3":
        return _later(dict(item), path, told)
    return _earlier(dict(item), path, told)


def described(links: Any, to: Version) -> list[Any]:
    """A network's links, the first saying the version."""
    rest = [link for link in links if not (isinstance(link, dict) and link.get("rel") == "describedby")] if isinstance(links, list) else []
    return [{"rel": "describedby", "href": SCHEMAS[to]}, *rest]


def telling(told: Told, to: Version, at: str) -> list[Finding]:
    """What could not be carried, one finding a field."""
    accepted = f"version {to} of the standard has no field for it; it is kept here, and not in the file"
    return [Finding("not-carried", "warning", f"{at}/{path}", f"{n} ×", accepted) for path, n in told.items()]


def _later(item: dict[str, Any], path: str, told: Told) -> dict[str, Any]:
    owner = item.pop("physicalInfrastructureProvider", None) if path in ("nodes", "spans") else None
    support: dict[str, Any] = {}
    if owner is not None:
        trimmed = _trimmed(owner, f"{path}/*/physicalInfrastructureProvider", told)
        item["transmissionMediumOwner"] = trimmed
        support["owner"] = trimmed
    details = item.pop("deploymentDetails", None) if path == "spans" else None
    if isinstance(details, dict):
        support |= {"description": details["description"]} if "description" in details else {}
        told.update(f"{path}/*/deploymentDetails/{key}" for key in details if key != "description")
    elif details is not None:
        told[f"{path}/*/deploymentDetails"] += 1
    if support:
        before = item.get("supportingInfrastructure")  # an unknown field of 0.3 that somebody used ahead of time
        item["supportingInfrastructure"] = {**support, **before} if isinstance(before, dict) else support
    for field in REFERRING:
        if field in item:
            item[field] = _trimmed(item[field], f"{path}/*/{field}", told)
    return item


def _trimmed(reference: Any, path: str, told: Told) -> Any:
    if isinstance(reference, list):
        return [_trimmed(r, path, told) for r in reference]
    if not isinstance(reference, dict):
        return reference
    told.update(f"{path}/{key}" for key in reference if key not in ("id", "name"))
    return {key: value for key, value in reference.items() if key in ("id", "name")}


def _earlier(item: dict[str, Any], path: str, told: Told) -> dict[str, Any]:
    if path not in ("nodes", "spans"):
        for field in ("identifier", "wayleaves") if path == "network" else ():
            told[field] += item.pop(field, None) is not None
        return item
    owner = item.pop("transmissionMediumOwner", None)
    support = item.pop("supportingInfrastructure", None)
    support = dict(support) if isinstance(support, dict) else {}
    holder = support.pop("owner", None)
    if (provider := owner or holder) is not None:
        item["physicalInfrastructureProvider"] = provider
    told[f"{path}/*/supportingInfrastructure/owner"] += holder is not None and holder != provider
    if path == "spans" and "description" in support:
        item["deploymentDetails"] = {"description": support.pop("description")}
    kind = support.pop("type", None)
    if path == "nodes" and isinstance(kind, str) and not item.get("type"):
        item["type"] = [kind]  # the list of node types is open, and 0.3 had most of these words in it
    else:
        told[f"{path}/*/supportingInfrastructure/type"] += kind is not None and kind not in item.get("type", ())
    told.update(f"{path}/*/supportingInfrastructure/{key}" for key in support)
    for field in ("codeployment", "cableType", "wayleaves") if path == "spans" else ():
        told[f"{path}/*/{field}"] += item.pop(field, None) is not None
    return item
