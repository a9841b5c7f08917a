"""What would the score be if: of a borrower of the books, or of rows sent along."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict
from typing import TYPE_CHECKING

from governance.errors import ToolRetry
from governance.principal import Principal
from tools.arguments import literal
from tools.explain_prediction import scored_borrower
from tools.inference_inline import borrower_frame
from tools.inference_results import Trial, WhatIf
from tools.inline_books import inline_books
from tools.inline_rows import WhatIfAsked
from tools.model_state import leant_on
from tools.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

MODEL = "credit"
#: Borrowers within the caller's sight whose figures say what can be reached.
POPULATION = 20_000
FEATURES = (
    "SELECT f.* FROM books.features.customer_monthly AS f JOIN semantic.borrowers AS s USING (customer_id, as_of) "
    "{where} ORDER BY customer_id LIMIT {most}"
)


def of_customer(workspace: Workspace, principal: Principal, asked: WhatIfAsked) -> WhatIf:
    """Score a borrower again, with changes and with as few as bring him under a target."""
    customer_id = str(asked.customer_id)
    _, score = scored_borrower(workspace, principal, customer_id)
    where = f"WHERE customer_id = {literal(customer_id)}"
    row = _frame(workspace, principal, FEATURES.format(where=where, most=1))
    if row.empty:
        raise ToolRetry(f"{customer_id} was not scored on features of a month end, so nothing can be tried.")
    return _tried(workspace, principal, asked, row, score["as_of"], ())


def of_rows(workspace: Workspace, principal: Principal, asked: WhatIfAsked) -> WhatIf:
    """The same of rows sent along."""
    leant_on(workspace, principal, MODEL)
    with inline_books(asked) as opened:
        row, warnings = borrower_frame(opened)
    return _tried(workspace, principal, asked, row, opened.as_of, (*opened.warnings, *warnings))


def _tried(
    workspace: Workspace, principal: Principal, asked: WhatIfAsked, row: pd.DataFrame, as_of: dt.date,
    warnings: tuple[str, ...],
) -> WhatIf:  # fmt: skip
    from analytics.explain import what_if as trials

    state = leant_on(workspace, principal, MODEL)
    model = workspace.stored_model(principal, MODEL, state.version)
    tried = trials.what_if(model, row, asked.changes) if asked.changes else None
    found = None
    if asked.under is not None:
        population = workspace.remember(
            principal, "features of borrowers",
            lambda: _frame(workspace, principal, FEATURES.format(where="", most=POPULATION)),
        )  # fmt: skip
        found = trials.counterfactual(model, row, population, under=asked.under)
    return WhatIf(
        customer_id=asked.customer_id, model=MODEL, version=state.version, as_of=as_of,
        what_if=Trial(**asdict(tried)) if tried else None, counterfactual=Trial(**asdict(found)) if found else None,
        warnings=(*state.warnings, *warnings),
    )  # fmt: skip


def _frame(workspace: Workspace, principal: Principal, sql: str) -> pd.DataFrame:
    from tools.operations.model_report import features_frame

    return features_frame(workspace.query(principal, sql))
