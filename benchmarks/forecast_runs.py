"""One simulated lender, forecast out of time, as a process: ``python -m benchmarks.forecast_runs SEED``.

Prints as JSON what the model's card says of its folds, a neural net beside it, what the ensemble covers on customers
and cohorts, how the chance of a short balance compares with what came, and seconds.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from analytics.build import open_books
from analytics.models import metrics
from analytics.models.forecast import validation
from analytics.models.forecast.accuracy import Tested, mean, naive_scale
from analytics.models.forecast.boosted import MOST_ROWS, columns_of, training_rows
from analytics.models.forecast.cash_books import KINDS, CashBooks, read_cash_books
from analytics.models.forecast.ensemble import forecast_series
from analytics.models.forecast.history import read_cells
from analytics.models.forecast.lags import YEAR, window
from analytics.models.forecast.panel import Codes, Panel
from analytics.models.forecast.points import HORIZONS, spend_of
from analytics.models.forecast.run import run
from analytics.models.metrics import Floats, Replicates
from analytics.pipeline.periods import add_months, month_ends
from analytics.sandbox import SandboxProfile, simulate
from analytics.schema import CORE
from governance.settings import Settings
from tools.workspace import Workspace

if TYPE_CHECKING:
    from analytics.pipeline.books import Books
    from analytics.warehouse import Writer

CUSTOMERS, MONTHS = 2_000, 42
#: Single series that the ensemble is tried on, its months ahead and its origins, months before the newest.
SERIES, AHEAD, BACK = 30, 6, (6, 10)
#: As-ofs of the balance paths, months before the newest; paths of each customer.
BALANCES_BACK, PATHS = (2, 6, 10), 300
MOST_DAYS = 45


def main(seed: int) -> None:
    """Simulate, forecast, measure."""
    with tempfile.TemporaryDirectory(prefix="munshi-forecast-") as home:
        settings = Settings(home=Path(home) / "munshi", key_file=Path(home) / "master.key", master_key=None)
        with Workspace.create("forecast", settings) as workspace, workspace.lake.writer("benchmark") as writer:
            print(json.dumps(_measured(writer, seed)))


def _measured(writer: Writer, seed: int) -> dict[str, Any]:
    profile = SandboxProfile(CUSTOMERS, MONTHS, seed)
    for chunk in simulate(profile):
        for table in CORE:
            if table.name in chunk.tables:
                writer.append(table.qualified, chunk.tables[table.name])
    writer.settle()
    books, clock = open_books(writer), profile.last_month
    ends = month_ends(add_months(clock, 1 - MONTHS), clock)
    started = time.perf_counter()
    outcome = run(writer, books, ends, clock, progress=lambda *_: None)
    seconds = time.perf_counter() - started
    codes = Codes.of(read_cells(writer, books, clock))
    panel = codes.panel(clock)
    return {
        "seconds": seconds,
        "forecast": outcome.scored,
        "book": outcome.metrics,
        "neural": _neural(codes, panel, validation.fold_dates(clock)[0]),
        "customers": _ensemble(_some_customers(panel, seed)),
        "cohorts": _ensemble(_cohorts(writer, books, panel)),
        "balances": _balances(writer, books, [add_months(clock, -back) for back in BALANCES_BACK]),
    }


def _neural(codes: Codes, after: Panel, day: dt.date) -> dict[str, Any]:
    """Return the MASE of a neural net on the booster's own columns, at one fold."""
    from sklearn.impute import SimpleImputer
    from sklearn.neural_network import MLPRegressor
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, StandardScaler

    panel = codes.panel(day)
    series, origin = spend_of(panel), panel.months - 1
    rows, targets = training_rows(series, HORIZONS)
    drawn = np.random.default_rng(0).permutation(len(rows))[:MOST_ROWS]
    finite = FunctionTransformer(_finite)
    network = MLPRegressor(hidden_layer_sizes=(64, 32), early_stopping=True, max_iter=40, random_state=0)
    fitted = make_pipeline(finite, SimpleImputer(), StandardScaler(), network).fit(rows[drawn], targets[drawn])
    at, known = window(series.values, series.start, origin), series.known(origin, HORIZONS)
    unit = naive_scale(panel.total, YEAR, panel.start)
    mine = at.enough & np.isfinite(unit)
    misses = []
    for place, horizon in enumerate(HORIZONS):
        rest = fitted.predict(columns_of(series, origin, horizon, known[:, place])) * at.level
        expected = known[:, place] + np.maximum(rest, 0.0)
        misses.append(np.abs(after.total[:, origin + horizon] - expected)[mine] / unit[mine])
    draws = Replicates.by_customer(panel.customers[mine], count=200)
    return mean(np.mean(misses, axis=0), draws).as_dict()


def _finite(values: Floats) -> Floats:
    """Return shares of nothing as missing: trees take infinities, a network does not."""
    return np.asarray(np.where(np.isfinite(values), values, np.nan))


def _some_customers(panel: Panel, seed: int) -> list[tuple[str, Floats]]:
    drawn = np.random.default_rng(seed).permutation(len(panel.customers))[:SERIES]
    return [(str(panel.customers[one]), panel.total[one, panel.start[one] :]) for one in drawn]


def _cohorts(writer: Writer, books: Books, panel: Panel) -> list[tuple[str, Floats]]:
    """Return monthly spend of every region and occupation and of the larger cities."""
    people = writer.frame(books.customers.select("customer_id", "city", "region", "occupation"))
    people = people.set_index("customer_id").reindex(panel.customers)
    cohorts: list[tuple[str, Floats]] = []
    for column, most in (("city", 12), ("region", 6), ("occupation", 6)):
        largest = people[column].value_counts().index[:most]
        members = {str(value): (people[column] == value).to_numpy() for value in largest}
        cohorts += [(value, panel.total[mine].sum(axis=0)) for value, mine in members.items()]
    return cohorts


def _ensemble(series: Sequence[tuple[str, Floats]]) -> dict[str, Any]:
    """Return MASE beside the seasonal naive and coverage of the ensemble, at origins its intervals do not know."""
    rows: list[tuple[Any, ...]] = []
    started, asked = time.perf_counter(), 0
    for back in BACK:
        for name, values in series:
            past, actual = values[: len(values) - back], values[len(values) - back :][:AHEAD]
            if len(past) < 2 * YEAR or not past[-3:].sum():
                continue
            found, asked = forecast_series(past, AHEAD), asked + 1
            scale, naive = float(naive_scale(past[None, :], YEAR)[0]), np.resize(past[-YEAR:], AHEAD)
            rows += [
                (
                    name,
                    step + 1,
                    actual[step],
                    scale,
                    found.points[step],
                    naive[step],
                    found.low[step],
                    found.high[step],
                )
                for step in range(min(AHEAD, len(actual)))
            ]
    seconds = (time.perf_counter() - started) / max(asked, 1)
    who, horizon, actual, unit, ours, naive, low, high = (np.array(column) for column in zip(*rows, strict=True))
    tested = Tested(who.astype(object), horizon, actual, unit, {"ensemble": ours, "seasonal naive": naive}, low, high)
    draws = Replicates.by_customer(tested.who, count=500)
    return {
        "mase": {name: each.as_dict() for name, each in tested.mase(draws).items()},
        "gap": tested.gap("ensemble", "seasonal naive", draws).as_dict(),
        "coverage": tested.coverage(draws).as_dict(),
        "series": len(np.unique(who)),
        "seconds": seconds,
    }


def _balances(writer: Writer, books: Books, days: Sequence[dt.date]) -> dict[str, Any]:
    """Return how the chance of a short balance before the next instalment compares with what came."""
    who: list[str] = []
    chances: list[float] = []
    short: list[bool] = []
    for day in days:
        known = read_cash_books(writer, books, day)
        after = _net_after(writer, day)
        for customer, instalment in sorted(known.instalments.items()):
            ahead = (instalment.due_on - day).days
            if customer in known.flows and customer in known.balances and ahead <= MOST_DAYS:
                who.append(customer)
                chances.append(known.ask(customer, paths=PATHS).chance_short)
                short.append(_was_short(known, customer, after.get(customer, {}), ahead))
    bad, chance = np.array(short, dtype=float), np.array(chances)
    draws = Replicates.by_customer(np.array(who, dtype=object), count=500)
    edges = np.searchsorted([0.05, 0.2, 0.5, 0.8], chance, side="right")
    table = [
        (len(chance[edges == band]), float(chance[edges == band].mean()), float(bad[edges == band].mean()))
        for band in range(5) if (edges == band).any()
    ]  # fmt: skip
    return {
        "asked": len(bad),
        "short": int(bad.sum()),
        "brier_skill": draws.estimate(metrics.brier_skill, bad, chance).as_dict(),
        "auc": draws.estimate(metrics.auc, bad, chance).as_dict(),
        "mean_chance": float(chance.mean()),
        "reliability": table,
    }


def _net_after(writer: Writer, day: dt.date) -> dict[str, dict[int, float]]:
    """Return what really moved on each day after ``day``, by customer."""
    kinds = ", ".join(f"'{kind}'" for kind in KINDS)
    rows = writer.execute(
        "SELECT t.customer_id, t.posted_at::DATE - ?::DATE AS ahead, sum(t.amount)::DOUBLE "
        f"FROM books.core.transactions t JOIN books.core.accounts a USING (account_id) WHERE a.kind IN ({kinds}) "
        "AND t.posted_at::DATE > ?::DATE AND t.posted_at::DATE <= ?::DATE + 62 GROUP BY ALL",
        [day, day, day],
    ).rows
    out: dict[str, dict[int, float]] = {}
    for customer, ahead, net in rows:
        out.setdefault(customer, {})[int(ahead)] = net
    return out


def _was_short(known: CashBooks, customer: str, after: dict[int, float], ahead: int) -> bool:
    balance, lowest = known.balances[customer], np.inf
    for day in range(1, ahead):
        balance += after.get(day, 0.0)
        lowest = min(lowest, balance)
    return bool(lowest < 0 or balance < known.instalments[customer].amount)


if __name__ == "__main__":
    main(int(sys.argv[1]))
