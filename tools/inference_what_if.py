"""What would the score be if: of a borrower of the books, or of rows sent along."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import TYPE_CHECKING

from governance.principal import Principal
from tools.inference_inline import borrower_frame
from tools.inference_results import Trial, WhatIf
from tools.inline_books import inline_books
from tools.inline_rows import WhatIfAsked
from tools.model_state import leant_on
from tools.scored_customer import population, scored_customer
from tools.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

    from analytics.models.protocol import Scorer

MODEL = "credit"


def of_customer(workspace: Workspace, principal: Principal, asked: WhatIfAsked) -> WhatIf:
    """Score a borrower again by his version, with changes and with as few as bring him under a target."""
    found = scored_customer(workspace, principal, str(asked.customer_id), MODEL)
    return _tried(workspace, principal, asked, found.row, found.score["as_of"], found.health.warnings, found.stored)


def of_rows(workspace: Workspace, principal: Principal, asked: WhatIfAsked) -> WhatIf:
    """The same of rows sent along."""
    state = leant_on(workspace, principal, MODEL)
    model = workspace.stored_model(principal, MODEL, state.version)
    with inline_books(asked) as opened:
        row, warnings = borrower_frame(opened)
    told = (*state.warnings, *opened.warnings, *warnings)
    return _tried(workspace, principal, asked, row, opened.as_of, told, model)


def _tried(
    workspace: Workspace, principal: Principal, asked: WhatIfAsked, row: pd.DataFrame, as_of: dt.date,
    warnings: tuple[str, ...], model: Scorer,
) -> WhatIf:  # fmt: skip
    from analytics.explain import what_if as trials

    tried = trials.what_if(model, row, asked.changes) if asked.changes else None
    found = None
    if asked.under is not None:
        reachable = population(workspace, principal, MODEL, model.features)
        found = trials.counterfactual(model, row, reachable, under=asked.under)
    return WhatIf(
        customer_id=asked.customer_id, model=MODEL, version=model.version, as_of=as_of,
        what_if=Trial(**asdict(tried)) if tried else None, counterfactual=Trial(**asdict(found)) if found else None,
        warnings=warnings,
    )  # fmt: skip
