"""One look at the models that serve: drift, performance where labels are complete, calibration, age.

Of models that each build fits anew, the mix of what they said and their age. Drift alone warns. Drift, and performance
or calibration that say so too, call for a new model.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from analytics.monitor.drift import FAMILY_WISE, FEATURES_WISE, Drift, histories, judged, stability_threshold
from analytics.monitor.drift import examined as drift_of
from analytics.monitor.inputs import FEATURE
from analytics.monitor.limits import stale_after
from analytics.monitor.watched import COHORTS_APART, OUTPUTS, WATCHED, output_counts
from analytics.pipeline.periods import period_number

if TYPE_CHECKING:
    import pandas as pd

    from analytics.models.supervised import SupervisedModel
    from analytics.pipeline.books import Books, BooksWriter

Status = Literal["ok", "warn", "alarm", "cannot say"]
HEALTH = "models.health"
#: Month ends whose scores and features are counted, and scores that a stability index is taken from at the most.
COUNTED = 36
#: Bins of the stability index of scores.
BINS = 10
SHOWN = 3


@dataclass(frozen=True)
class Finding:
    """One row of ``models.health``."""

    model: str
    version: str
    as_of: dt.date
    check: str
    value: float | None
    threshold: float | None
    status: Status
    detail: str


def drifted(counts: pd.DataFrame, period: int) -> list[Drift]:
    """Return what drifted in a month: flows, mixes and scores at one level, the model's features at their own."""
    return drifted_in(counts[counts["period"] <= period], (period,))[period]


def drifted_in(counts: pd.DataFrame, periods: Sequence[int]) -> dict[int, list[Drift]]:
    """Return `drifted` of several months, each judged by what came before it, from one pass over the counts."""
    of_model = counts["series"].str.startswith(FEATURE)
    parts = ((histories(counts[~of_model]), FAMILY_WISE), (histories(counts[of_model]), FEATURES_WISE))
    return {
        period: [each for known, level in parts for each in judged(known, period) if each.drifted(level)]
        for period in periods
    }


def examine(writer: BooksWriter, books: Books, data_clock: dt.date) -> list[Finding]:
    """Examine every model that serves at its newest month end, and keep what was found.

    Returns
    -------
    list of Finding
        Empty where no model serves or there is no whole month.
    """
    from analytics.features.tables import written_features
    from analytics.models.registry import versions

    ends = tuple(end for end in written_features(writer, books).month_ends if end <= data_clock)[-COUNTED:]
    if not ends:
        return []
    found = []
    for serving in (each for each in versions(writer) if each.alias == "champion"):
        of_model = _Found(serving.model, serving.version, ends[-1])
        if serving.model in WATCHED:
            _predictions(of_model, writer, books, ends, data_clock)
        elif serving.model in OUTPUTS:
            _output(of_model, writer, ends)
        _age(of_model, serving.trained_as_of, data_clock)
        _verdict(of_model)
        keep(writer, of_model.rows)
        found += of_model.rows
    return found


def _predictions(
    found: _Found, writer: BooksWriter, books: Books, ends: Sequence[dt.date], data_clock: dt.date
) -> None:
    """Look at a model whose predictions come true or do not."""
    from analytics.models.serving import serving_versions

    watched = WATCHED[found.key[0]]
    champion = serving_versions(writer, found.key[0])[0]
    scored = champion.score(watched.scored(writer, books, ends))
    _drift(found, writer, books, champion, scored, ends)
    _stability(found, champion, scored)
    rows = watched.labelled(writer, books, list(ends), data_clock)
    outcomes = rows[["customer_id", "as_of", "bad", "indeterminate"]]
    _performance(found, champion, scored, outcomes)
    _calibration(found, champion, scored, outcomes)


def _output(found: _Found, writer: BooksWriter, ends: Sequence[dt.date]) -> None:
    """Look at the mix of what a model said, where the months before say enough."""
    counts = output_counts(writer, found.key[0])
    told = drift_of(counts[counts["period"] <= period_number(ends[-1])], period_number(ends[-1]))
    _told(found, "drift", told, FAMILY_WISE)


class _Found:
    """Findings of one model as they come."""

    def __init__(self, model: str, version: str, as_of: dt.date) -> None:
        self.key = (model, version, as_of)
        self.rows: list[Finding] = []

    def add(
        self, check: str, status: Status, detail: str, value: float | None = None, limit: float | None = None
    ) -> None:
        self.rows.append(Finding(*self.key, check, value, limit, status, detail))

    def status(self, check: str) -> str:
        return next((row.status for row in self.rows if row.check == check), "cannot say")


def keep(writer: BooksWriter, rows: Sequence[Finding]) -> None:
    """Write findings in place of earlier ones of the same version and month end."""
    import ibis
    import pyarrow as pa

    from analytics.schema import MODELS_HEALTH, arrow_schema

    if not rows:
        return
    first, there = rows[0], writer.table(*HEALTH.split("."))
    same = (there.model == first.model) & (there.version == first.version) & (there.as_of == ibis.literal(first.as_of))
    writer.replace(HEALTH, there.filter(~same))
    schema = arrow_schema(MODELS_HEALTH)
    writer.append(HEALTH, pa.Table.from_pylist([vars(row) for row in rows], schema=schema))


def _drift(
    found: _Found,
    writer: BooksWriter,
    books: Books,
    model: SupervisedModel,
    scored: pd.DataFrame,
    ends: Sequence[dt.date],
) -> None:
    import pandas as pd

    from analytics.monitor import inputs

    counts = pd.concat(
        [
            inputs.monthly_counts(writer, books, ends[-1], COUNTED),
            inputs.score_counts(scored["log_odds"], scored["as_of"]),
            inputs.feature_counts(writer, model.features, ends, WATCHED[found.key[0]].whom),
        ],
        ignore_index=True,
    )
    of_model, period = counts["series"].str.startswith(FEATURE), period_number(ends[-1])
    for check, rows, level in (
        ("drift", counts[~of_model], FAMILY_WISE),
        ("features", counts[of_model], FEATURES_WISE),
    ):
        _told(found, check, drift_of(rows, period), level)


def _told(found: _Found, check: str, told_of: Sequence[Drift], level: float) -> None:
    if not told_of:
        found.add(check, "cannot say", "There is too little history to tell drift from chance.")
        return
    beyond = [each for each in told_of if each.drifted(level)]
    worst = beyond[0] if beyond else told_of[0]
    told = "; ".join(_words(each) for each in beyond[:SHOWN]) or f"most surprising: {_words(worst)}"
    found.add(check, "alarm" if beyond else "ok", told, worst.adjusted, level)


def _words(drift: Drift) -> str:
    name = drift.series.removeprefix(FEATURE)
    if drift.is_tail:
        return f"{name} for {drift.value:.0%} of customers, {drift.expected:.0%} usual"
    return f"{name} at a distance of {drift.value:.3f}, {drift.expected:.3f} usual"


def _stability(found: _Found, model: SupervisedModel, scored: pd.DataFrame) -> None:
    """Set this month's scores against those of the month end the model was trained at."""
    import pandas as pd

    from analytics.models.metrics import population_stability

    days = pd.to_datetime(scored["as_of"]).dt.date
    at_training = days[days <= model.trained_as_of]
    reference = scored.loc[days == (at_training.max() if len(at_training) else days.min()), "log_odds"]
    current = scored.loc[days == found.key[2], "log_odds"]
    if not len(current) or reference.index.equals(current.index):
        found.add("score_psi", "cannot say", "The model was trained at this month end: there is no later one yet.")
        return
    value = population_stability(reference.to_numpy(dtype=float), current.to_numpy(dtype=float), bins=BINS)
    chance = stability_threshold(len(reference), len(current), BINS)
    watched, shifted = max(0.10, chance), max(0.25, chance)
    status: Status = "alarm" if value > shifted else "warn" if value > watched else "ok"
    people = WATCHED[found.key[0]].scheme.people
    told = f"PSI {value:.3f} since training on {len(reference)} and {len(current)} {people}"
    found.add("score_psi", status, f"{told}; chance alone gives {chance:.3f} once in a hundred", value, watched)


def _performance(found: _Found, model: SupervisedModel, scored: pd.DataFrame, outcomes: pd.DataFrame) -> None:
    """Judge discrimination where a label window has passed since the model scored: never on labels still open."""
    import pandas as pd

    from analytics.models.metrics import Replicates, auc
    from analytics.pipeline.periods import add_months

    since = outcomes[pd.to_datetime(outcomes["as_of"]) >= pd.Timestamp(model.trained_as_of)]
    rows = since.merge(scored, on=["customer_id", "as_of"])
    if not len(rows) or not rows["bad"].any() or rows["bad"].all():
        first = add_months(model.trained_as_of, WATCHED[found.key[0]].scheme.window_months)
        found.add("performance", "cannot say", f"What it scored since training is labelled from {first:%d %b %Y} on.")
        return
    bad = rows["bad"].to_numpy(dtype=float)
    draws = Replicates.by_customer(rows["customer_id"].to_numpy())
    now = draws.estimate(auc, bad, rows["probability"].to_numpy(dtype=float))
    promised = model.card().get("validation", {}).get("metrics", {}).get("auc")
    below = promised is not None and now.high < promised["low"]
    weak = promised is not None and now.high < promised["value"]
    status: Status = "alarm" if below else "warn" if weak else "ok"
    limit = promised["value"] if promised else None
    interval = f"AUC {now.value:.3f} ({now.low:.3f} to {now.high:.3f})"
    told = f"{interval} on {len(rows)} complete labels, {int(bad.sum())} bad"
    found.add("performance", status, told, now.value, limit)


def _calibration(found: _Found, model: SupervisedModel, scored: pd.DataFrame, outcomes: pd.DataFrame) -> None:
    """Add up defaults beside predictions over cohorts a quarter apart whose labels are complete.

    Where their windows overlap an event stands in several cohorts: each counts for its share.
    """
    from analytics.monitor.cusum import cusum

    rows = outcomes.merge(scored, on=["customer_id", "as_of"])
    by_end: Any = rows.groupby("as_of", sort=True).agg(bad=("bad", "sum"), expected=("probability", "sum"))
    later = by_end[by_end.index >= _stamp(model.trained_as_of)].iloc[::-COHORTS_APART].iloc[::-1]
    if not len(later):
        found.add("calibration", "cannot say", "Nobody it scored since training has a complete label yet.")
        return
    watched = WATCHED[found.key[0]]
    chart = cusum((later["bad"] * watched.weight).tolist(), (later["expected"] * watched.weight).tolist())
    came, expected = later["bad"].sum(), later["expected"].sum()
    told = f"{came:.0f} {watched.scheme.went} where {expected:.1f} were predicted, in {len(later)} cohorts"
    found.add("calibration", "alarm" if chart.alarm else "ok", told, max(chart.levels), chart.limit)


def _stamp(day: dt.date) -> Any:
    import pandas as pd

    return pd.Timestamp(day)


def _age(found: _Found, trained_as_of: dt.date, data_clock: dt.date) -> None:
    age, limit = data_clock - trained_as_of, stale_after(found.key[0])
    status: Status = "warn" if age > limit else "ok"
    found.add("staleness", status, f"trained {age.days} days before the newest posting", age.days, limit.days)


def _verdict(found: _Found) -> None:
    """Retrain when drift and performance both say so; drift alone is watched."""
    shifted = "alarm" in (found.status("drift"), found.status("features"), found.status("score_psi"))
    worse = "alarm" in (found.status("performance"), found.status("calibration"))
    stale = found.status("staleness") == "warn"
    if (shifted and worse) or stale:
        why = "it is stale" if stale else "drift and performance both say so"
        found.add("retraining", "alarm", f"Train a challenger: {why}.")
    elif shifted or worse:
        found.add("retraining", "warn", "Watch: drift alone is no reason to replace a model that may still rank well."
                  if shifted else "Watch: performance fell without a drift that explains it.")  # fmt: skip
    else:
        found.add("retraining", "ok", "Nothing calls for another model.")
