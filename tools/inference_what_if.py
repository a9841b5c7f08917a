"""What would the score be if: of a borrower of the books, or of rows sent along."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from governance.principal import Principal
from tools.inference_inline import borrower_frame
from tools.inference_results import Trial, WhatIf
from tools.inline_books import inline_books
from tools.inline_rows import WhatIfAsked
from tools.model_state import leant_on
from tools.rulings import ruled_trial, ruling_of_values
from tools.scored_customer import population, scored_customer
from tools.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

    from analytics.explain.what_if import WhatIf as Tried
    from analytics.models.protocol import Scorer

MODEL = "credit"


#: A trial with the bands that the client's rules make of it.
Ruled = Callable[["Tried"], "Tried"]


def of_customer(workspace: Workspace, principal: Principal, asked: WhatIfAsked) -> WhatIf:
    """Score a borrower again by his version, with changes and with as few as bring him under a target."""
    found = scored_customer(workspace, principal, str(asked.customer_id), MODEL)

    def ruled(trial: Tried) -> Tried:
        return ruled_trial(workspace, principal, found.score, MODEL, trial)[0]

    about = found.score["as_of"], found.health.warnings
    return _tried(workspace, principal, asked, found.row, *about, found.stored, ruled)


def of_rows(workspace: Workspace, principal: Principal, asked: WhatIfAsked) -> WhatIf:
    """The same of rows sent along."""
    state = leant_on(workspace, principal, MODEL)
    model = workspace.stored_model(principal, MODEL, state.version)
    with inline_books(asked) as opened:
        row, warnings = borrower_frame(opened)
    own = {str(name): value for name, value in row.iloc[0].items()}

    def band_of(**anew: Any) -> str:
        fields = {**own, **anew, "reasons": ()}
        found = ruling_of_values(workspace, principal, MODEL, state.version, opened.as_of, fields)[0]
        return found.band if found else str(anew["band"])

    def ruled(trial: Tried) -> Tried:
        moved = {change.feature: change.after for change in trial.changes}
        before = band_of(probability=trial.before, score=trial.score_before, band=trial.band_before)
        after = band_of(**moved, probability=trial.after, score=trial.score_after, band=trial.band_after)
        return replace(trial, band_before=before, band_after=after)

    told = (*state.warnings, *opened.warnings, *warnings)
    return _tried(workspace, principal, asked, row, opened.as_of, told, model, ruled)


def _tried(
    workspace: Workspace, principal: Principal, asked: WhatIfAsked, row: pd.DataFrame, as_of: dt.date,
    warnings: tuple[str, ...], model: Scorer, ruled: Ruled,
) -> WhatIf:  # fmt: skip
    from analytics.explain import what_if as trials

    tried = trials.what_if(model, row, asked.changes) if asked.changes else None
    found = None
    if asked.under is not None:
        reachable = population(workspace, principal, MODEL, model.features)
        found = trials.counterfactual(model, row, reachable, under=asked.under)
    return WhatIf(
        customer_id=asked.customer_id, model=MODEL, version=model.version, as_of=as_of,
        what_if=_told(tried, ruled), counterfactual=_told(found, ruled), warnings=warnings,
    )  # fmt: skip


def _told(trial: Tried | None, ruled: Ruled) -> Trial | None:
    return None if trial is None else Trial(**asdict(ruled(trial)))
