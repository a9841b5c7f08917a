"""Features of a loan asked for: its terms against what the accounts show on the eve of the loan.

They serve sources that tell how a loan ended but not its instalments; beside them stand the few features of the
catalogue that every bank statement has.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from analytics.features.catalogue import FEATURES
from analytics.features.feature import Feature
from analytics.features.windows import Windows, ratio

#: Columns of the spine that `TERMS` read, in currency and months.
TERM_COLUMNS = ("emi_amount", "principal", "tenor_months")


def _asked(column: str) -> Any:
    import ibis

    return ibis._[column].cast("float64")


def _mean_balance(w: Windows) -> Any:
    return w.total("balance_total", 3) / w.total("balance_count", 3).nullif(0)


TERMS: Mapping[str, Feature] = MappingProxyType(
    {
        feature.name: feature
        for feature in (
            Feature("emi_asked", lambda _: _asked("emi_amount"), 1, "currency", 1, "borrowing",
                    "an instalment of {value}", "Instalment of the loan asked for"),
            Feature("tenor_asked", lambda _: _asked("tenor_months"), 1, "months", 0, "borrowing", "",
                    "Instalments of the loan asked for"),
            Feature("emi_asked_to_inflow_12m", lambda w: ratio(_asked("emi_amount"), w.mean("inflow", 12), 5.0), 12,
                    "percent", 1, "obligations", "the instalment would take {value} of what comes in",
                    "Instalment asked for against monthly inflow"),
            Feature("average_balance_to_emi_asked_3m", lambda w: ratio(_mean_balance(w), _asked("emi_amount"), 20.0), 3,
                    "ratio", -1, "obligations", "average balances cover {value} instalments",
                    "Mean balance after postings against the instalment asked for"),
            Feature("lowest_balance_to_emi_asked_3m",
                    lambda w: ratio(w.lowest("lowest_balance", 3), _asked("emi_amount"), 20.0), 3,
                    "ratio", -1, "obligations", "balances fall to {value} instalments",
                    "Lowest balance against the instalment asked for"),
        )
    }
)  # fmt: skip

#: What an application is scored on: few features, since outcomes are few.
APPLICATION: Mapping[str, Feature] = MappingProxyType(
    dict(TERMS)
    | {
        name: FEATURES[name]
        for name in (
            "inflow_12m",
            "outflow_to_inflow_12m",
            "average_balance_3m",
            "lowest_balance_3m",
            "lowest_balance_to_inflow_6m",
            "balance_to_outflow_3m",
            "negative_days_6m",
            "penalties_12m",
        )
    }
)

#: Every declared feature, by name.
EVERY: Mapping[str, Feature] = MappingProxyType({**FEATURES, **TERMS})
