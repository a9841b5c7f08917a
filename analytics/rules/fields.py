"""What a rule may look at: one declared table; every feature of the catalogue stands in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

from analytics.features.application import EVERY

Kind = Literal["number", "text", "flag"]
#: Where a field of a scored row lies; see `analytics.rules.scored`.
Source = Literal["score", "customer", "loans", "segment", "features"]

CREDIT, CHURN = "credit", "churn"
MODELS: tuple[str, ...] = (CREDIT, CHURN)
#: From the safest to the riskiest.
BANDS: tuple[str, ...] = ("very low", "low", "medium", "high", "very high")
FLAGS: tuple[str, ...] = ("dispute", "deceased", "legal", "do_not_contact")
#: No rule looks at these, nor at anything else that says who somebody is.
PROTECTED = frozenset(
    {
        "gender", "sex", "age", "age_band", "birth_date", "religion", "caste", "marital_status", "nationality",
        "full_name", "phone", "email", "tax_pan",
    }
)  # fmt: skip
#: Where somebody lives can stand for a group that the law protects.
PROXIES = frozenset({"city", "state", "region", "branch"})


@dataclass(frozen=True)
class Field:
    """A quantity or quality of one scored customer.

    Attributes
    ----------
    sql
        Its expression over the source, see `analytics.rules.scored`.
    values
        Everything it can be; empty where the books decide.
    models
        Models whose rows have it.
    """

    name: str
    kind: Kind
    source: Source
    description: str
    sql: str
    values: tuple[str, ...] = ()
    models: tuple[str, ...] = MODELS

    @property
    def every(self) -> frozenset[str | bool]:
        """All that it can be, where that is known; empty where the books decide."""
        return frozenset({True, False}) if self.kind == "flag" else frozenset(self.values)


def _declared() -> Iterator[Field]:
    only = (CREDIT,)
    yield Field("probability", "number", "score", "the model's probability, 0 to 1", "s.probability")
    yield Field("score", "number", "score", "points", "s.score")
    yield Field("band", "text", "score", "the model's own band", "s.band", BANDS)
    yield Field("percentile", "number", "score", "share of customers with a lower probability", "s.percentile")
    yield Field("thin_file", "flag", "score", "the books know too little of the customer", "s.thin_file")
    yield Field("exposure", "number", "score", "outstanding over the open loans", "s.exposure::DOUBLE", models=only)
    yield Field("expected_loss", "number", "score", "PD × LGD × exposure", "s.expected_loss::DOUBLE", models=only)
    for name in ("city", "state", "region", "occupation", "kyc_status"):
        yield Field(name, "text", "customer", f"{name.replace('_', ' ')} of the customer", f"c.{name}")
    for flag in FLAGS:
        words = f"flagged {flag.replace('_', ' ')}"
        yield Field(flag, "flag", "customer", words, f"coalesce(list_contains(c.contact_flags, '{flag}'), FALSE)")
    yield Field("product", "text", "loans", "product of the largest open loan", "o.product", models=only)
    yield Field("branch", "text", "loans", "branch of the largest open loan", "o.branch", models=only)
    yield Field("sma_class", "text", "loans", "class of the worst open loan", "o.sma_class", models=only)
    yield Field("open_loans", "number", "loans", "open loans", "o.open_loans", models=only)
    yield Field("segment", "text", "segment", "what sets the customer's segment apart", "g.segment")
    for name, feature in EVERY.items():
        yield Field(name, "number", "features", feature.description, name)


FIELDS: Mapping[str, Field] = MappingProxyType({field.name: field for field in _declared()})
