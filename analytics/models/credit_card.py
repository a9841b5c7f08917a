"""The credit model's card: what is to be known before anyone leans on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from analytics.models import card, fairness, loss, reject_inference, thin_files, validation
from analytics.models.credit import CREDIT

if TYPE_CHECKING:
    import pandas as pd

    from analytics.models.supervised import SupervisedModel

LIMITS: tuple[str, ...] = (
    "Ranks borrowers with an open loan; it is not an application score and says nothing of customers without a loan.",
    "Knows only what passes through the accounts and loans in these books; other lenders appear as postings at best.",
    "Contributions say what moved the score, not what would happen if a figure were changed.",
    "Probabilities lean on the bad rate of the training window; a turn in the economy shows in the calibration first.",
    f"Expected loss uses {loss.UNSECURED:.0%} of the outstanding on unsecured and {loss.SECURED:.0%} on secured loans, "
    "not this lender's own recoveries.",
    "No automatic increase of a limit: a score alone never raises one (RBI Digital Lending Directions, 8 May 2025).",
    "A thin file is scored and marked; a person decides on it.",
)
#: Probability from which on the fairness table counts a borrower as declined: the upper end of the band "medium".
CUT_OFF = 0.08


def completed(
    model: SupervisedModel,
    training: pd.DataFrame,
    scoring: pd.DataFrame,
    folds: Sequence[validation.Fold],
    *,
    ours: str,
    groups: Mapping[str, Any],
) -> SupervisedModel:
    """Return the model with everything its card says beyond the fit.

    Parameters
    ----------
    folds
        Each with a column ``ours`` and ``baseline``, and ``thin_file``.
    ours
        The column of this model.
    groups
        Attribute → group of each row of the folds together, see `analytics.models.fairness.table`.
    """
    model = card.completed(CREDIT, model, training, scoring, limits=LIMITS).with_facts(
        loss_given_default={"unsecured": loss.UNSECURED, "secured": loss.SECURED,
                            "secured_products": list(loss.SECURED_PRODUCTS)},
    )  # fmt: skip
    if not folds:
        return model.with_facts(validation={"refused": "Too little history for a fold out of time."})
    pooled = validation.pooled_rows(folds)
    bad, probability = pooled["bad"].to_numpy(dtype=float), pooled[ours].to_numpy(dtype=float)
    return model.with_facts(
        validation=validation.report(folds, ours=ours),
        thin_files=thin_files.told(pooled, ours),
        fairness=fairness.table(groups, pooled["customer_id"].to_numpy(), bad, probability, cut_off=CUT_OFF),
        reject_inference=reject_inference.band(bad, probability),
    )
