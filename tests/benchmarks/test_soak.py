"""Growth is told from noise: by its slope once warm, with an interval that holds what it was made of."""

from __future__ import annotations

import threading
import time
from typing import Any

import httpx
import numpy as np
import pytest

from benchmarks.soak import Done, _ask, hourly
from benchmarks.soak_load import Asked, Known


def test_a_slope_is_found_in_noise_and_none_where_there_is_none() -> None:
    chance = np.random.default_rng(5)
    at = np.arange(240) * 5.0  # twenty minutes
    noise = 700.0 + chance.normal(0, 3, len(at))
    slope, low, high = hourly(at.tolist(), (noise + at * 300 / 3_600).tolist())
    assert low < 300 < high
    assert (low > 60, slope) == (True, pytest.approx(300, abs=25))
    _, low, high = hourly(at.tolist(), noise.tolist())
    assert low < 0 < high
    assert np.isnan(hourly([0.0, 1.0], [1.0, 2.0])).all()


def test_what_has_a_bound_is_filled_without_a_pause_before_anything_is_looked_at() -> None:
    asked: list[int] = []

    def ask(_client: httpx.Client, _known: Known, number: int) -> str:
        asked.append(number)
        time.sleep(0.002)
        return "" if number else "wrong at first"

    kind, done, now = Asked("scores", "service", 0.05, ask), Done(), time.monotonic()
    known: Any = Known("http://127.0.0.1:1", {"service": "key"}, (), (), (), "", "")
    worker = threading.Thread(target=_ask, args=(known, kind, done, now + 0.3, now + 0.6))
    worker.start()
    worker.join(5)
    assert done.hurried["scores"] > 3 * len(done.seconds["scores"]) > 0
    assert done.hurried["scores"] + len(done.seconds["scores"]) == len(asked)
    assert done.wrong == {"scores: wrong at first": 1}
