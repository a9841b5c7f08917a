"""The forecast of the whole book: what each customer will spend, in total and by category, and receive.

Label. Spend of a calendar month is the sum of a customer's debits in the books' currency that are no own transfer, no
transfer to others, no loan payment and no investment, refunds not taken off: the governed metric ``spend``. Inflow is
the governed metric of that name. At a month end a customer is forecast one to three months ahead where his relationship
is open, six whole months of history are there and the last three saw something. Expected is the mean, so that sums over
customers are forecasts of sums; low and high hold 80 of 100 outcomes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analytics.models.forecast import stored
from analytics.models.forecast.boosted import Boosted
from analytics.models.forecast.conformal import LEVEL, Conformal
from analytics.models.forecast.history import RECEIVED, SPEND
from analytics.models.forecast.lags import LEAST_MONTHS
from analytics.models.forecast.panel import Codes, Panel
from analytics.models.forecast.points import HORIZONS, Boosters, Points, points
from analytics.pipeline.periods import add_months
from governance.errors import ModelError

Floats = NDArray[np.float64]

NAME = "forecast"
TOTAL = "total"
#: Months between two trainings, and how many earlier ones the intervals are calibrated on.
MONTHS_PER_VINTAGE, VINTAGES = 3, 4
#: Months before the first training: half a year to look back on, three to look ahead, and some to learn from.
FIRST_TRAINING = LEAST_MONTHS + 2 * MONTHS_PER_VINTAGE


@dataclass(frozen=True)
class Interval:
    """Expected with low and high, (rows, horizons) each."""

    expected: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class ForecastModel:
    """A fitted forecast of the book.

    Attributes
    ----------
    trained_as_of
        Nothing it learnt from is later than the end of this day.
    categories
        Of spend, as at training.
    bands
        Intervals by ``spend``, ``inflow`` and category.
    facts
        The card as far as the fit knows it; validation adds to it (`with_facts`).
    """

    version: str
    trained_as_of: dt.date
    categories: tuple[str, ...]
    boosters: Boosters
    bands: Mapping[str, Conformal]
    facts: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    def card(self) -> Mapping[str, Any]:
        """Return what is to be known before use, as plain JSON values."""
        return self.facts

    def with_facts(self, **facts: Any) -> ForecastModel:
        """Return the model with more on its card."""
        return replace(self, facts=MappingProxyType({**self.facts, **facts}))

    def points(self, panel: Panel) -> Points:
        """Return what is expected after the panel's last month."""
        return points(self.boosters, panel, panel.months - 1)

    def spend(self, found: Points) -> Interval:
        """Return total spend of every customer with its interval."""
        return self._banded(SPEND, found.total, found.scale)

    def inflow(self, found: Points) -> Interval:
        """Return inflow of every customer with its interval."""
        return self._banded(RECEIVED, found.inflow, found.inflow_scale)

    def category(self, found: Points, name: str, place: int) -> Interval:
        """Return a category of every customer with its interval; ``place`` is its index in the panel."""
        return self._banded(name, found.parts[:, place], found.parts_scale[:, place])

    def _banded(self, name: str, expected: Floats, scale: Floats) -> Interval:
        band = self.bands.get(name, self.bands[SPEND])
        return Interval(expected, *band.apply(expected, scale))

    def to_bytes(self) -> bytes:
        """Return a zip of JSON and the boosters' documents with its digest: data only, nothing executable."""
        described = {
            "version": self.version,
            "trained_as_of": self.trained_as_of.isoformat(),
            "categories": list(self.categories),
            "bands": {name: band.as_dict() for name, band in self.bands.items()},
            "facts": dict(self.facts),
        }
        fitted = {"spend": self.boosters.spend, "inflow": self.boosters.inflow}
        return stored.pack(described, {name: each.document for name, each in fitted.items() if each})

    @classmethod
    def from_bytes(cls, packed: bytes) -> ForecastModel:
        """Undo `to_bytes`.

        Raises
        ------
        ModelError
            The bytes are not a forecast model, or not those that were written.
        """
        described, documents = stored.unpack(packed)
        try:
            fitted = {name: Boosted(documents[name]) if name in documents else None for name in ("spend", "inflow")}
            return cls(
                described["version"],
                dt.date.fromisoformat(described["trained_as_of"]),
                tuple(described["categories"]),
                Boosters(**fitted),
                {name: Conformal.from_dict(band) for name, band in described["bands"].items()},
                MappingProxyType(described["facts"]),
            )
        except (KeyError, ValueError, TypeError) as error:
            raise ModelError(stored.STRANGE) from error


@dataclass(frozen=True)
class Vintage:
    """One training and what it expected on its own day."""

    as_of: dt.date
    boosters: Boosters
    points: Points


def vintage_dates(as_of: dt.date, count: int = VINTAGES) -> list[dt.date]:
    """Return the as-ofs trained at for a model of ``as_of``, newest first, its own among them."""
    return [add_months(as_of, -MONTHS_PER_VINTAGE * back) for back in range(count + 1)]


def train(codes: Codes, as_ofs: Collection[dt.date], *, seed: int = 0) -> dict[dt.date, Vintage]:
    """Train at each as-of that has history enough, two at a time, each on what was known at its own cut-off."""
    from concurrent.futures import ThreadPoolExecutor

    def one(as_of: dt.date) -> Vintage:
        panel = codes.panel(as_of)
        boosters = Boosters.fit(panel, seed=seed)
        return Vintage(as_of, boosters, points(boosters, panel, panel.months - 1))

    days = [as_of for as_of in sorted(set(as_ofs)) if _months(codes, as_of) >= FIRST_TRAINING]
    with ThreadPoolExecutor(2) as pool:
        return dict(zip(days, pool.map(one, days), strict=True))


def _months(codes: Codes, as_of: dt.date) -> int:
    return as_of.year * 12 + as_of.month - codes.first_period + 1


def fit(
    codes: Codes, as_of: dt.date, *, vintages: Mapping[dt.date, Vintage] | None = None, seed: int = 0
) -> ForecastModel:
    """Return the model of ``as_of``, its intervals calibrated on what earlier trainings missed by.

    Parameters
    ----------
    codes
        Cells that reach to ``as_of`` at least; later ones change nothing.
    vintages
        Trainings that exist already, by as-of; those that lack are made.

    Raises
    ------
    ModelError
        Too little history; the message says how many months there are.
    """
    if (there := _months(codes, as_of)) < FIRST_TRAINING + MONTHS_PER_VINTAGE:
        raise ModelError(
            f"The books hold {max(there, 0)} whole months up to {as_of:%d %b %Y}; a forecast of the book needs "
            f"{FIRST_TRAINING + MONTHS_PER_VINTAGE}. Add history, or ask for a single series: six months are enough."
        )
    wanted = vintage_dates(as_of)
    made = dict(vintages or {})
    made |= train(codes, [day for day in wanted if day not in made], seed=seed)
    panel = codes.panel(as_of)
    earlier = [made[day] for day in wanted[1:] if day in made]
    bands = calibrated(panel, as_of, earlier)
    return ForecastModel(
        version=f"{as_of:%Y-%m-%d}{f'-{seed}' if seed else ''}",
        trained_as_of=as_of,
        categories=panel.categories,
        boosters=made[as_of].boosters,
        bands=MappingProxyType(bands),
        facts=MappingProxyType(_facts(as_of, panel, bands, [each.as_of for each in earlier])),
    )


def calibrated(panel: Panel, as_of: dt.date, earlier: Sequence[Vintage]) -> dict[str, Conformal]:
    """Return bands from the misses of earlier trainings on the months that followed them, up to ``as_of``."""
    misses: dict[str, list[list[Floats]]] = {
        name: [[] for _ in HORIZONS] for name in (SPEND, RECEIVED, *panel.categories)
    }
    for vintage in earlier:
        back = (as_of.year - vintage.as_of.year) * 12 + as_of.month - vintage.as_of.month
        _collect(misses, panel, vintage.points, panel.months - 1 - back)
    return {
        name: Conformal.of([np.concatenate(each) if each else np.empty(0) for each in by_horizon])
        for name, by_horizon in misses.items()
    }  # fmt: skip


def _collect(misses: dict[str, list[list[Floats]]], panel: Panel, found: Points, origin: int) -> None:
    """Add the scaled misses of the months after ``origin`` that have come."""
    total = found.total
    for place in range(min(len(HORIZONS), panel.months - 1 - origin)):
        month = origin + HORIZONS[place]
        missed = (panel.total[:, month] - total[:, place]) / found.scale
        misses[SPEND][place].append(missed[found.enough])
        came = (panel.inflow[:, month] - found.inflow[:, place]) / found.inflow_scale
        misses[RECEIVED][place].append(came[found.inflow_enough])
        for number, name in enumerate(panel.categories):
            rows = found.enough & (found.parts_scale[:, number] > 0)
            gap = panel.spend[rows, number, month] - found.parts[rows, number, place]
            misses[name][place].append(gap / found.parts_scale[rows, number])


def _facts(as_of: dt.date, panel: Panel, bands: Mapping[str, Conformal], earlier: Sequence[dt.date]) -> dict[str, Any]:
    return {
        "model": NAME,
        "event": "monthly spend and inflow, one to three months ahead",
        "label": " ".join((__doc__ or "").split("Label. ")[1].split()),
        "learner": "gradient boosting on lags, one for all customers; mandates deterministic; categories reconciled",
        "trained_as_of": as_of.isoformat(),
        "training_months": panel.months,
        "training_customers": len(panel.customers),
        "categories": list(panel.categories),
        "horizons": list(HORIZONS),
        "interval": {
            "level": LEVEL,
            "calibrated_on": [day.isoformat() for day in earlier],
            "misses": [int(count) for count in bands[SPEND].misses],
        },
    }
