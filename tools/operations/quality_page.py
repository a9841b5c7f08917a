"""The quality report as one page: what came in, what was checked, what is doubted, what is unknown."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from tools.operations.quality_words import RULE_KINDS, counts_of, verdict_of

TEMPLATE = Path(__file__).with_name("quality.html")
#: Status of a check → how it reads, in the order of the page.
STATUSES: Mapping[str, str] = {  # nosec B105  # "pass" is a verdict
    "fail": "wrong",
    "warn": "worth a look",
    "pass": "in order",
    "not applicable": "no data",
}
#: Kind of doubt → its name on the page.
KINDS: Mapping[str, str] = {
    "balance_break": "Balance does not follow",
    "balance_rounding": "Balance rounded",
    "missing_period": "Stretch missing",
    "summary_mismatch": "Statement's own sums differ",
    "impossible_date": "Impossible date",
    "tampering": "Sign of tampering",
    "incomplete_month": "Month not whole",
    "duplicate": "Same posting again",
    "near_duplicate": "Same posting, written otherwise",
    "corrected": "Posting sent again, corrected",
}
NONE = "–"


def page(found: Mapping[str, Any]) -> str:
    """Return the page, complete in itself.

    Parameters
    ----------
    found
        What `tools.operations.quality.quality` returns.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    filters: dict[str, Any] = {
        "number": number, "day": day, "share": share, "moment": moment, "money": money, "grouped": grouped,
    }  # fmt: skip
    environment.filters |= filters
    order = list(STATUSES)
    checks = sorted(found["checks"], key=lambda check: order.index(check["status"]))
    builds = [
        {**build, "steps": json.loads(build["steps"]), "inputs": json.loads(build["inputs"])}
        for build in found["builds"]
    ]
    counts = counts_of(checks)
    template = environment.from_string(TEMPLATE.read_text("utf-8"))
    return template.render(
        **{**found, "checks": checks, "builds": builds}, statuses=STATUSES, counts=counts, dash=NONE, kinds=KINDS,
        verdict=verdict_of(counts), rules=rules(found["categories"]), tiles=_tiles(found),
        slowest=max((step["seconds"] for build in builds[:1] for step in build["steps"]), default=0) or 1,
    )  # fmt: skip


def rules(categories: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the share of postings that each kind of rule answered, the widest first, what is unknown last."""
    rows = sum(each["rows"] for each in categories) or 1
    merged: dict[tuple[str, bool], int] = {}
    for each in categories:
        words = RULE_KINDS.get(each["kind"], "another rule")
        key = (words, each["kind"] == "abstain")
        merged[key] = merged.get(key, 0) + each["rows"]
    found = [{"words": words, "unknown": unknown, "rows": count, "share": count / rows}
             for (words, unknown), count in merged.items()]  # fmt: skip
    return sorted(found, key=lambda each: (each["unknown"], -each["rows"]))


def _tiles(found: Mapping[str, Any]) -> list[tuple[str, str, str]]:
    """Return the figures at the head of the page: figure, what it is, and the status whose colour it has."""
    postings = sum(each["rows"] for each in found["freshness"])
    if not postings:
        return []
    unknown = sum(each["unknown"] for each in found["categories"]) / postings
    waiting = sum(each["rows"] for each in found["quarantine"] if each["state"] == "open")
    tiles = [(number(postings), "postings", ""),
             (day(max(each["last_day"] for each in found["freshness"])), "newest posting", "")]  # fmt: skip
    if found["balances"]:
        adds = found["balances"][0]["share"]
        tiles.append((share(adds), "of balances add up", "pass" if adds >= 0.999 else "warn"))
    tiles.append((share(1 - unknown), "of postings have a category", "pass" if unknown <= 0.2 else "warn"))
    tiles.append((number(waiting), "rows wait in quarantine", "warn" if waiting else "pass"))
    return tiles


def number(value: Any) -> str:
    """Return a whole number in Indian grouping, 12,34,567; a dash for none."""
    if value is None:
        return NONE
    sign, digits = ("−" if value < 0 else ""), str(abs(int(value)))
    head, tail = digits[:-3], digits[-3:]
    groups: list[str] = []
    while head:
        groups.insert(0, head[-2:])
        head = head[:-2]
    return sign + ",".join([*groups, tail])


def grouped(sentence: str) -> str:
    """Return a sentence with its large numbers in Indian grouping."""
    return re.sub(r"\d{1,3}(?:,\d{3})+", lambda hit: number(int(hit[0].replace(",", ""))), sentence)


def money(value: Any) -> str:
    """Return an amount in Indian grouping with its paise; a dash for none."""
    if value is None:
        return NONE
    size = abs(Decimal(value))
    whole, cents = divmod(size.quantize(Decimal("0.01")), 1)
    return f"{'−' if value < 0 else ''}{number(int(whole))}.{int(cents * 100):02d}"


def day(value: dt.date | None) -> str:
    """Return a day as 30 Jun 2026; a dash for none."""
    return f"{value.day} {value:%b %Y}" if value else NONE


def moment(value: dt.datetime) -> str:
    """Return a moment as 30 Jun 2026, 14:05."""
    return f"{day(value)}, {value:%H:%M}"


def share(value: float) -> str:
    """Return a share as a percentage with one decimal, never 100 % or 0 % where a row stands against it."""
    if 0 < value < 0.0005:
        return "under 0.1 %"
    return "over 99.9 %" if 0.9995 <= value < 1 else f"{value:.1%}".replace("%", " %")
