"""What is usual for a customer: robust centres by purpose, hours, days, cities, other parties, up to a cut-off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from analytics.models.anomalies.postings import (
    Floats,
    Ints,
    Keys,
    Postings,
    as_keys,
    digest,
    keys_of,
    mixed,
)  # fmt: skip

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

#: A normal distribution's standard deviation over its median absolute deviation.
MAD_TO_SIGMA = 1.4826
#: Spread of log amounts within a purpose that stands in where a customer has few postings, and for how many it counts.
USUAL_SPREAD, USUAL_WEIGHT = 0.6, 4.0
DEBIT, CREDIT = "debit", "credit"
_OF_CELLS = ("cell_counts", "cell_centres", "cell_spreads", "cell_days", "cell_day_spreads")


@dataclass(frozen=True)
class Profiles:
    """Profiles of many customers as sorted arrays, looked up by key.

    Attributes
    ----------
    cell
        Sorted keys of customer and purpose/direction; ``count, centre, spread, day, day_spread`` have a row for each.
    levels
        (customers, 4) over all categories: centre and spread of debits, of credits; NaN where there is none.
    hours
        (customers, 24) postings by hour.
    city, party
        Sorted keys of what was seen; ``city_count`` has a row for each city.
    """

    cell: Keys
    count: Floats
    centre: Floats
    spread: Floats
    day: Floats
    day_spread: Floats
    levels: Floats
    hours: Floats
    city: Keys
    city_count: Floats
    party: Keys


def direction_keys(purpose: Keys, amount: Floats) -> Keys:
    """Return the key of purpose and direction."""
    return np.asarray(purpose ^ np.where(amount > 0, _TOWARDS[CREDIT], _TOWARDS[DEBIT]))


_TOWARDS: Mapping[str, np.uint64] = {name: as_keys([digest(name)])[0] for name in (DEBIT, CREDIT)}


def build(postings: Postings, customers: int) -> Profiles:
    """Return the profiles of postings that are all of the past."""
    cell = mixed(postings.customer, direction_keys(postings.purpose, postings.amount))
    order = np.lexsort((postings.size, cell))
    sorted_cell = cell[order]
    starts = np.flatnonzero(np.r_[True, sorted_cell[1:] != sorted_cell[:-1]]) if len(cell) else np.zeros(0, np.int64)
    counts = np.diff(np.r_[starts, len(cell)])
    count = counts.astype(float)
    centre, mad = _robust(postings.size[order], starts, counts)
    day, day_mad = _robust(postings.day[order], starts, counts)
    spread = np.sqrt((count * (MAD_TO_SIGMA * mad) ** 2 + USUAL_WEIGHT * USUAL_SPREAD**2) / (count + USUAL_WEIGHT))
    owner, is_credit = postings.customer[order][starts], postings.amount[order][starts] > 0
    levels = [
        _level(owner[side], count[side], centre[side], spread[side], customers) for side in (~is_credit, is_credit)
    ]
    hours = np.bincount(postings.customer * 24 + postings.hour, minlength=customers * 24).reshape(customers, 24)
    placed = postings.city != 0
    city, city_count = np.unique(mixed(postings.customer, postings.city)[placed], return_counts=True)
    return Profiles(
        sorted_cell[starts], count, centre, spread, day, MAD_TO_SIGMA * day_mad, np.hstack(levels), hours.astype(float),
        city, city_count.astype(float), np.unique(postings.party[postings.party != 0]),
    )  # fmt: skip


def _robust(values: Floats, starts: Ints, counts: Ints) -> tuple[Floats, Floats]:
    """Return median and median absolute deviation of consecutive groups."""
    group = np.repeat(np.arange(len(starts)), counts)
    centre = _medians(values[np.lexsort((values, group))], starts, counts)
    away = np.abs(values - centre[group])
    return centre, _medians(away[np.lexsort((away, group))], starts, counts)


def _level(owner: Ints, count: Floats, centre: Floats, spread: Floats, customers: int) -> Floats:
    """Return (customers, 2): mean and spread of log amounts over a customer's cells, by their counts."""
    total, first, second = (
        np.bincount(owner, weights=weight, minlength=customers)
        for weight in (count, count * centre, count * (centre**2 + spread**2))
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = first / total
        return np.stack([mean, np.sqrt(np.maximum(second / total - mean**2, 0.0))], axis=1)


def _medians(values: Floats, starts: Ints, counts: Ints) -> Floats:
    """Return the medians of consecutive sorted groups."""
    return np.asarray((values[starts + (counts - 1) // 2] + values[starts + counts // 2]) / 2)


def found(keys: Keys, wanted: Keys) -> tuple[Ints, Any]:
    """Return where each wanted key is among sorted keys, and whether it is there."""
    if not len(keys):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), bool)
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return place, keys[place] == wanted


@dataclass(frozen=True)
class Profile:
    """One customer's stored profile (a row of ``features.anomaly_profiles``) as arrays of one."""

    customer_id: str
    as_of: dt.date
    arrays: Profiles

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> Profile:
        """Read a stored row."""
        first = np.zeros(len(row["cells"]), np.int64)
        purpose, towards = (
            [cell.rsplit("/", 1)[part] for cell in row["cells"]] for part in (0, 1)
        )  # fmt: skip
        sign = np.array([1.0 if each == CREDIT else -1.0 for each in towards])
        cell = mixed(first, direction_keys(keys_of(purpose), sign))
        city = mixed(np.zeros(len(row["cities"]), np.int64), keys_of(list(row["cities"])))
        by_cell, by_city = np.argsort(cell), np.argsort(city)
        count, centre, spread, day, day_spread = (np.asarray(row[name], float)[by_cell] for name in _OF_CELLS)
        arrays = Profiles(
            cell[by_cell], count, centre, spread, day, day_spread, np.asarray(row["levels"], float).reshape(1, 4),
            np.asarray(row["hours"], float).reshape(1, 24), city[by_city],
            np.asarray(row["city_counts"], float)[by_city], np.sort(as_keys(list(row["parties"]))),
        )  # fmt: skip
        return cls(row["customer_id"], row["as_of"], arrays)

    @classmethod
    def empty(cls, customer_id: str, as_of: dt.date) -> Profile:
        """Return the profile of a customer without a posting."""
        lists = dict.fromkeys(("cells", *_OF_CELLS, "cities", "city_counts", "parties"), ())
        none = {"hours": np.zeros(24), "levels": np.full(4, np.nan)}
        return cls.of_row({"customer_id": customer_id, "as_of": as_of, **none, **lists})


def stored(
    profiles: Profiles, postings: Postings, rows: pd.DataFrame, customers: Sequence[str], as_of: dt.date
) -> pa.Table:
    """Return profiles as rows of ``features.anomaly_profiles``.

    Parameters
    ----------
    postings, rows, customers
        What the profiles were built of (`analytics.models.anomalies.postings.of_frame`).
    """
    import pandas as pd
    import pyarrow as pa

    purpose = rows["purpose"].astype(str).to_numpy(dtype=object)
    label = pd.Series(purpose) + np.where(postings.amount > 0, f"/{CREDIT}", f"/{DEBIT}")
    cell = mixed(postings.customer, direction_keys(postings.purpose, postings.amount))
    _, first = np.unique(cell, return_index=True)
    cells = pd.DataFrame({"customer": postings.customer[first], "cells": label.to_numpy()[first]})
    for column in _OF_CELLS:
        cells[column] = getattr(profiles, column.removeprefix("cell_").removesuffix("s"))
    cells["cell_counts"] = cells["cell_counts"].astype(int)
    table = _listed(cells, len(customers))
    placed = np.flatnonzero(postings.city != 0)
    places = pd.DataFrame(
        {"customer": postings.customer[placed], "cities": rows["city"].to_numpy(dtype=object)[placed]}
    )
    places = places.groupby(["customer", "cities"], sort=True).size().reset_index(name="city_counts")
    parties = pd.DataFrame({"customer": postings.customer, "parties": rows["party"].to_numpy(dtype=object)})
    parties = parties[parties["parties"] != ""].drop_duplicates().sort_values(["customer", "parties"])
    table |= _listed(places, len(customers)) | _listed(parties, len(customers))
    hours = profiles.hours.astype(np.int32)
    return pa.table(
        {
            "customer_id": pa.array(list(customers), pa.string()),
            "as_of": pa.array([as_of] * len(customers), pa.date32()),
            "postings": pa.array(hours.sum(axis=1), pa.int32()),
            "hours": pa.ListArray.from_arrays(np.arange(0, 24 * len(customers) + 1, 24), hours.reshape(-1)),
            "levels": pa.ListArray.from_arrays(np.arange(0, 4 * len(customers) + 1, 4), profiles.levels.reshape(-1)),
            **table,
        }
    )


def _listed(rows: pd.DataFrame, customers: int) -> dict[str, pa.Array]:
    """Return each column but ``customer`` as a list for each customer."""
    import pyarrow as pa

    rows = rows.sort_values("customer", kind="stable")
    offsets = np.r_[0, np.cumsum(np.bincount(rows["customer"], minlength=customers))].astype(np.int32)
    return {
        str(name): pa.ListArray.from_arrays(offsets, pa.array(rows[name]))
        for name in rows.columns if name != "customer"
    }  # fmt: skip
