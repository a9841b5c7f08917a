"""The quality report as one page: what was checked, what is doubted, what came in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

TEMPLATE = Path(__file__).with_name("quality.html")
#: Status of a check → how it reads, in the order of the page.
STATUSES: Mapping[str, str] = {"fail": "wrong", "warn": "worth a look", "pass": "in order", "not applicable": "no data"}


def page(found: Mapping[str, Any]) -> str:
    """Return the page, complete in itself.

    Parameters
    ----------
    found
        What `tools.operations.quality.quality` returns.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    order = list(STATUSES)
    checks = sorted(found["checks"], key=lambda check: order.index(check["status"]))
    builds = [{**build, "steps": json.loads(build["steps"])} for build in found["builds"]]
    counts = {status: sum(check["status"] == status for check in checks) for status in STATUSES}
    template = environment.from_string(TEMPLATE.read_text("utf-8"))
    return template.render(
        **{**found, "checks": checks, "builds": builds}, statuses=STATUSES, counts=counts, verdict=_verdict(counts)
    )


def _verdict(counts: Mapping[str, int]) -> str:
    if not sum(counts.values()):
        return "Nothing has been checked yet."
    if counts["fail"]:
        return f"{counts['fail']} of the checks found something wrong."
    if counts["warn"]:
        return f"Nothing is wrong; {counts['warn']} of the checks found something worth a look."
    return "The books are in order."
