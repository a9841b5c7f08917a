"""How a model's reasons are told: whose directions, whose texts, and which concepts may be spoken of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from analytics.features.application import EVERY
from analytics.features.feature import CONCEPTS
from analytics.features.leaving import LEAVING

if TYPE_CHECKING:
    from analytics.features.feature import Feature


@dataclass(frozen=True)
class Wording:
    """What the explaining side takes from a model.

    Attributes
    ----------
    features
        Name → feature with the model's direction and text.
    to_the_customer
        Whether reasons go into a letter to the customer: then only concepts he can act on are spoken of.
    """

    features: Mapping[str, Feature]
    to_the_customer: bool = True

    def speaks_of(self, name: str) -> bool:
        """Whether a feature may stand as a reason."""
        feature = self.features[name]
        told = bool(feature.reason) and feature.direction != 0
        return told and (CONCEPTS[feature.concept].actionable or not self.to_the_customer)


CREDIT = Wording(EVERY)
#: What keeps a customer is for those who look after him to read.
CHURN = Wording(LEAVING, to_the_customer=False)
WORDINGS: Mapping[str, Wording] = MappingProxyType({"credit": CREDIT, "churn": CHURN})


def wording_of(card: Mapping[str, Any]) -> Wording:
    """Return the wording of the model a card describes; that of credit where it names none of ours."""
    return WORDINGS.get(str(card.get("model")), CREDIT)
