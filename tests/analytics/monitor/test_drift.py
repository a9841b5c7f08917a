"""A month like those before says nothing, one that is not says so, and a festival that comes every year is no drift."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.models.metrics import population_stability
from analytics.monitor.cusum import cusum
from analytics.monitor.drift import (
    FAMILY_WISE,
    distances,
    examined,
    histories,
    holm,
    judged,
    stability_threshold,
    tail,
)

MONTHS = 36
LAST = 24_000 + MONTHS - 1


def counts(seed: int, *, series: int = 8, shift: float = 0.0, festival: float = 0.0, people: int = 800) -> pd.DataFrame:
    """Amounts by bin: a month's level wobbles; ``festival`` lifts every twelfth, ``shift`` the last."""
    draw = np.random.default_rng(seed)
    parts = []
    for number in range(series):
        for month in range(MONTHS):
            level = 0.05 * draw.normal()
            level += festival * (month % 12 == (MONTHS - 1) % 12) + shift * (month == MONTHS - 1 and number == 0)
            bins, n = np.unique(np.rint(4 * draw.normal(10 + level, 0.8, people)).astype(int), return_counts=True)
            parts.append(
                pd.DataFrame({"series": f"s{number}", "period": 24_000 + month, "bin": bins.astype(str), "n": n})
            )
    return pd.concat(parts, ignore_index=True)


def test_quiet_months_alarm_no_more_often_than_was_asked_for() -> None:
    alarms = [any(each.drifted() for each in examined(counts(seed, series=6), LAST)) for seed in range(40)]
    assert np.mean(alarms) <= FAMILY_WISE + 2 * np.sqrt(FAMILY_WISE * (1 - FAMILY_WISE) / len(alarms))


@pytest.mark.parametrize("seed", range(5))
def test_a_shift_is_flagged_in_its_month_and_in_its_series(seed: int) -> None:
    found = examined(counts(seed, shift=0.8), LAST)
    assert found[0].drifted()
    assert found[0].series == "s0"
    assert not any(each.drifted() for each in examined(counts(seed, shift=0.8), LAST - 1)), "it looks at later months"


def test_one_pass_judges_a_month_as_a_look_at_it_alone_does() -> None:
    rows = counts(4, shift=0.8)
    known = histories(rows)
    for period in (LAST - 5, LAST):
        assert judged(known, period) == examined(rows, period)


def test_a_festival_of_every_year_is_no_drift_and_a_first_one_is() -> None:
    yearly = counts(3, festival=0.5)
    assert not any(each.drifted() for each in examined(yearly, LAST))
    first = yearly[(yearly["period"] == LAST) | (yearly["period"] % 12 != LAST % 12)]
    assert any(each.drifted() for each in examined(first, LAST))


def test_new_names_in_a_mix_are_seen() -> None:
    draw = np.random.default_rng(1)
    rows = [
        {"series": "merchant mix", "period": 24_000 + month, "bin": name, "n": int(draw.poisson(mean))}
        for month in range(MONTHS)
        for name, mean in (("Grofers", 900), ("Airtel", 500), ("Uber", 300), ("Newcomer", 250 * (month == MONTHS - 1)))
    ]
    found = examined(pd.DataFrame(rows), LAST)
    assert found[0].drifted()
    assert found[0].value > 10 * found[0].expected


def test_tails_are_shares_of_customers_far_from_their_own_past() -> None:
    rows = pd.DataFrame({"period": [1, 1, 1, 2, 2], "bin": ["-3", "0", "2", "-2", "1"], "n": [2, 5, 3, 4, 4]})
    assert tail(rows, -1) == {1: 0.2, 2: 0.5}
    assert tail(rows, 1) == {1: 0.3, 2: 0.0}


def test_too_little_history_says_nothing() -> None:
    young = counts(1)
    assert examined(young[young["period"] >= LAST - 14], LAST) == []
    assert len(distances(young[young["series"] == "s0"])) == MONTHS - 12


def test_holm_against_the_textbook() -> None:
    assert holm([0.01, 0.04, 0.03, 0.005]) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm([]) == []


@pytest.mark.parametrize(("n", "m"), [(400, 400), (2_000, 500)])
def test_the_stability_threshold_is_what_chance_gives(n: int, m: int) -> None:
    draw = np.random.default_rng(0)
    found = [population_stability(draw.normal(size=n), draw.normal(size=m)) for _ in range(600)]
    limit = stability_threshold(n, m, 10, quantile=0.95)
    assert 0.02 <= np.mean(np.array(found) > limit) <= 0.09


def test_the_cusum_alarms_on_more_defaults_and_seldom_without() -> None:
    draw = np.random.default_rng(0)
    expected = [8.0] * 12
    quiet = [cusum(draw.poisson(8.0, 12).tolist(), expected).alarm for _ in range(100)]
    risen = [cusum(draw.poisson(14.0, 12).tolist(), expected).alarm for _ in range(100)]
    assert np.mean(quiet) <= 0.12
    assert np.mean(risen) >= 0.9
    assert not cusum([], []).alarm
