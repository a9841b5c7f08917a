"""The next best action: the first product of a list whose rules a customer meets, or why there is none."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from analytics.models.goals.detect import DETECTORS
from governance.errors import ConfigurationError

#: Bands of the probability of default in which no credit is suggested.
HIGH_BANDS = frozenset({"high", "very high"})
#: Flags of a customer to whom nothing is suggested.
LEFT_ALONE = frozenset({"dispute", "deceased", "legal", "do_not_contact"})
#: What every credit product asks for, beside its own rules.
CREDIT_RULES: tuple[tuple[str, float | None, float | None], ...] = (
    ("days_past_due", None, 0.0), ("bounces_6m", None, 0.0),
)  # fmt: skip
#: A word in a product's name that says a limit is raised.
LIMIT = "limit"

Rule = tuple[str, float | None, float | None]


@dataclass(frozen=True)
class Product:
    """A product a workspace offers. ``rules`` are (feature, least, most)."""

    name: str
    goals: tuple[str, ...]
    credit: bool
    text: str
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Action:
    """What may be suggested: ``product`` empty where nothing may, and ``note`` says why."""

    product: str
    note: str


@cache
def products() -> tuple[Product, ...]:
    """Return the package's products."""
    import yaml

    text = resources.files("analytics.models.goals").joinpath("products.yaml").read_text("utf-8")
    return declared(yaml.safe_load(text)["products"])


def declared(rows: Sequence[Mapping[str, Any]]) -> tuple[Product, ...]:
    """Read products as a workspace declares them.

    Raises
    ------
    ConfigurationError
        A product is for an unknown goal, raises a limit, or lacks a field.
    """
    found = []
    for row in rows:
        name = str(row.get("name", "without a name"))
        lacking = [key for key in ("name", "goals", "credit", "text", "rules") if key not in row]
        unknown = [goal for goal in row.get("goals", ()) if goal not in DETECTORS]
        if lacking or unknown:
            what = f"lacks {', '.join(lacking)}" if lacking else f"is for {', '.join(unknown)}"
            raise ConfigurationError(f"Product {name} {what}. There are the goals {', '.join(DETECTORS)}.")
        if LIMIT in name:
            raise ConfigurationError(f"Product {name} raises a limit; no limit is raised by a suggestion. Take it out.")
        rules = tuple((str(feature), least, most) for feature, least, most in row["rules"])
        found.append(Product(name, tuple(row["goals"]), bool(row["credit"]), str(row["text"]), rules))
    return tuple(found)


def action(
    goal: str,
    features: Mapping[str, float],
    *,
    band: str | None,
    flags: Collection[str] = (),
    offered: Sequence[Product] | None = None,
) -> Action:
    """Return the first product for a goal whose rules are met.

    Parameters
    ----------
    features
        Of ``features.customer_monthly`` at the as-of.
    band
        Of the customer's probability of default, None where nobody scored it.
    flags
        ``contact_flags`` of the customer.
    """
    if alone := sorted(LEFT_ALONE & set(flags)):
        return Action("", f"No suggestion: the customer is flagged {alone[0].replace('_', ' ')}.")
    refused: list[str] = []
    for product in products() if offered is None else offered:
        if goal not in product.goals:
            continue
        why = _against(product, features, band)
        if why is None:
            return Action(product.name, product.text)
        refused.append(f"{product.name}: {why}")
    return Action("", f"No suggestion. {'; '.join(refused)}." if refused else "No product is offered for this goal.")


def _against(product: Product, features: Mapping[str, float], band: str | None) -> str | None:
    """Return why a product may not be suggested, None where it may."""
    if product.credit and band in HIGH_BANDS:
        return f"the PD band is {band}"
    for name, least, most in (*(CREDIT_RULES if product.credit else ()), *product.rules):
        value = features.get(name, float("nan"))
        if value != value:
            if (name, least, most) in CREDIT_RULES:
                continue  # no loan, nothing past due; no mandate, nothing returned
            return f"{name} is not known"
        if (least is not None and value < least) or (most is not None and value > most):
            bound = f"below {least:g}" if least is not None and value < least else f"above {most:g}"
            return f"{name} is {value:.2f}, {bound}"
    return None
