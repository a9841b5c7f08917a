"""What the book would lose if everybody's income fell or instalments rose: the credit model on changed figures."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from governance.errors import ToolRetry
from governance.principal import Principal
from tools import charts
from tools.arguments import OneOrMore
from tools.filters import Wanted, among, checked, condition
from tools.model_health import model_health
from tools.result import Column, Fact, Table, ToolResult
from tools.scored_customer import as_figures, population
from tools.what_if import CAVEAT, lever_of, move_of
from tools.workspace import Workspace

if TYPE_CHECKING:
    import pandas as pd

    from analytics.features.levers import Move
    from analytics.models.protocol import Scorer

MODEL = "credit"
#: Borrowers scored again at most; of more a sample is drawn.
MOST, SEED = 5_000, 20_260_630
COLUMNS: tuple[Column, ...] = (
    Column(name="band", label="Risk band"),
    Column(name="borrowers_before", label="Borrowers now", unit="count", type="integer"),
    Column(name="borrowers_after", label="Borrowers then", unit="count", type="integer"),
    Column(name="expected_loss_before", label="Expected loss now", unit="currency", type="float"),
    Column(name="expected_loss_after", label="Expected loss then", unit="currency", type="float"),
)


@dataclass(frozen=True)
class _Scored:
    """One borrower, scored before and after."""

    band_before: str
    band_after: str
    before: float
    after: float
    loss: float

    @property
    def loss_after(self) -> float:
        """The expected loss, grown as the probability grew: loss given default and exposure stay."""
        return self.loss * self.after / self.before if self.before else 0.0


def stress_test(
    workspace: Workspace,
    principal: Principal,
    *,
    changes: Annotated[dict[str, float | str], Field(min_length=1, description='lever → "-10%", "+2%", "x2", "+5000"')],
    city: OneOrMore = [],  # noqa: B006
    state: OneOrMore = [],  # noqa: B006
    region: OneOrMore = [],  # noqa: B006
    product: OneOrMore = [],  # noqa: B006
    band: OneOrMore = [],  # noqa: B006
) -> ToolResult:
    """Score every borrower again with some figures changed; return bands and expected loss before and after.

    Raises
    ------
    ToolRetry
        No credit model serves, it reads nothing of a lever, a value is none, or nobody matches the filters.
    """
    health = model_health(workspace, principal, MODEL)
    model = workspace.stored_model(principal, MODEL, health.versions[MODEL])
    filters = {"city": city, "state": state, "region": region, "main_product": product, "band": band}
    wanted = checked(workspace, principal, "borrowers", filters, who="borrower", called={"main_product": "product"})
    moves = {lever_of(name, model.features, MODEL): move_of(written) for name, written in changes.items()}
    frame, losses, sql = _borrowers(workspace, principal, model, wanted)
    scored, unmoved = _scored(model, frame, losses, moves)
    said = ", ".join(f"{name.replace('_', ' ')} {written}" for name, written in changes.items())
    title = f"The book with {said}{among(wanted)}"
    rows = tuple(_rows(scored, [name for _, name in model.bands]))
    return ToolResult(
        title=title,
        table=Table(title=title, columns=COLUMNS, rows=rows),
        facts=_facts(workspace, principal, scored, unmoved, len(losses)) | dict(health.facts),
        chart=charts.grouped(
            [row[0] for row in rows], {"now": [row[1] for row in rows], "then": [row[2] for row in rows]},
            label="borrowers", unit="count", title=title,
        ),
        sql=(sql,),
        model_versions=health.versions,
        warnings=health.warnings,
        as_of=health.as_of,
    )  # fmt: skip


def _borrowers(
    workspace: Workspace, principal: Principal, model: Scorer, wanted: Wanted
) -> tuple[pd.DataFrame, dict[str, float], str]:
    """The figures and the expected losses of those whom the serving version scored; of many, of a sample."""
    where = condition(wanted)
    sql = (
        "SELECT customer_id, expected_loss::DOUBLE FROM semantic.borrowers "
        f"WHERE version = '{model.version}' AND {where} ORDER BY customer_id"
    )
    losses = {row[0]: row[1] or 0.0 for row in workspace.query(principal, sql).rows}
    if not losses:
        raise ToolRetry(f"No borrower{among(wanted)} has a score of the model that serves. Loosen a filter.")
    frame = population(workspace, principal, MODEL, model.features)
    frame = frame[frame["customer_id"].isin(losses)]
    kept = sorted(frame["customer_id"])
    if len(kept) > MOST:
        kept = random.Random(SEED).sample(kept, MOST)
    return frame[frame["customer_id"].isin(kept)].reset_index(drop=True), losses, sql


def _scored(
    model: Scorer, frame: pd.DataFrame, losses: Mapping[str, float], moves: Mapping[str, Move]
) -> tuple[list[_Scored], int]:
    import pandas as pd

    moved, unmoved = [], 0
    for row in frame.to_dict("records"):
        changed, known = _changed(row, moves)
        moved.append(changed)
        unmoved += not known
    before = model.score(frame)
    after = model.score(as_figures(pd.DataFrame(moved, columns=frame.columns)))
    rows = zip(frame["customer_id"], before["band"], after["band"], before["probability"], after["probability"],
               strict=True)  # fmt: skip
    return [_Scored(b, a, float(p), float(q), losses[who]) for who, b, a, p, q in rows], unmoved


def _changed(row: dict[Any, Any], moves: Mapping[str, Move]) -> tuple[dict[Any, Any], bool]:
    """A borrower's figures after every move, and whether each could be made."""
    from analytics.features.application import EVERY
    from analytics.features.levers import pulled

    own = {name: float(value) for name, value in row.items() if name in EVERY}
    known = True
    for lever, move in moves.items():
        try:
            own |= pulled(lever, move, own)
        except ToolRetry:  # nothing is known of this borrower that could be moved
            known = False
    return row | own, known


def _rows(scored: Sequence[_Scored], bands: Sequence[str]) -> Iterator[tuple[Any, ...]]:
    for band in bands:
        were = [each for each in scored if each.band_before == band]
        are = [each for each in scored if each.band_after == band]
        yield (band, len(were), len(are), sum(each.loss for each in were), sum(each.loss_after for each in are))


def _facts(
    workspace: Workspace, principal: Principal, scored: Sequence[_Scored], unmoved: int, borrowers: int
) -> dict[str, Fact]:
    risky = ("high", "very high")
    loss, loss_after = sum(each.loss for each in scored), sum(each.loss_after for each in scored)
    return {
        "borrowers": Fact(value=borrowers, unit="count"),
        "scored_again": Fact(value=len(scored), unit="count"),
        "unmoved": Fact(value=unmoved, unit="count"),
        "expected_loss_before": Fact(value=loss, unit="currency"),
        "expected_loss_after": Fact(value=loss_after, unit="currency"),
        "expected_loss_growth": Fact(value=loss_after / loss - 1 if loss else None, unit="percent"),
        "average_pd_before": Fact(value=sum(each.before for each in scored) / len(scored), unit="percent"),
        "average_pd_after": Fact(value=sum(each.after for each in scored) / len(scored), unit="percent"),
        "high_risk_before": Fact(value=sum(each.band_before in risky for each in scored), unit="count"),
        "high_risk_after": Fact(value=sum(each.band_after in risky for each in scored), unit="count"),
        "currency": Fact(value=workspace.meta(principal).get("currency", "")),
        "caveat": Fact(value=CAVEAT),
    }
