"""The features the churn model reads, with its own directions and texts.

The quantities are those of the catalogue; what they say of leaving differs from what they say of default. Directions:
+1 may only raise the probability of leaving, −1 may only lower it, 0 where either is thinkable. Texts are for those who
look after customers, not for letters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from analytics.features.catalogue import FEATURES
from analytics.features.feature import Direction, Feature

#: Name → direction, text. Without a text it is never a reason.
_DECLARED: Mapping[str, tuple[Direction, str]] = MappingProxyType(
    {
        # use of the account
        "postings_3m": (-1, "only {value} postings a month"),
        "postings_change_3m": (-1, "postings are down to {value} of the year's mean"),
        "active_days_3m": (-1, "active on only {value} days a month"),
        "logins_3m": (-1, "{value} logins in the last 3 months"),
        "logins_change_3m": (-1, "logins are down to {value} of the half-year's"),
        # what comes in
        "income_6m": (0, ""),
        "inflow_3m": (0, ""),
        "salary_share_6m": (0, ""),
        "income_variation_6m": (1, "monthly income varies by {value}"),
        "inflow_variation_12m": (1, "monthly inflow varies by {value}"),
        "income_change_1m": (-1, "last month's income is {value} of the half-year's mean"),
        "income_change_3m": (-1, "recent income is {value} of the year's mean"),
        "inflow_change_3m": (-1, "recent inflow is {value} of the year's mean"),
        "income_months_6m": (-1, "income in {value} of the last 6 months"),
        "months_since_salary": (1, "no salary for {value} months"),
        "salary_day_shift_6m": (0, ""),
        # balances
        "closing_balance": (0, ""),
        "average_balance_3m": (0, ""),
        "balance_to_outflow_3m": (0, ""),
        "balance_change_3m": (-1, "recent balances are {value} of the year's mean"),
        "low_balance_days_3m": (0, ""),
        "card_utilisation": (0, ""),
        # what goes out
        "outflow_to_inflow_3m": (0, ""),
        "outflow_variation_6m": (0, ""),
        "discretionary_to_inflow_3m": (-1, "everyday wants take only {value} of what comes in"),
        "discretionary_change_3m": (-1, "spending on wants is {value} of the year's mean"),
        "essentials_to_inflow_3m": (0, ""),
        "saving_rate_6m": (-1, "{value} of what comes in is saved here"),
        "saving_change_3m": (-1, "recent saving is {value} of the year's mean"),
        "cash_share_3m": (0, ""),
        "from_persons_share_3m": (0, ""),
        # friction and ties
        "bounces_6m": (1, "{value} returned payments in the last 6 months"),
        "penalties_3m": (1, "{value} penalty charges in the last 3 months"),
        "emi_to_income_3m": (0, ""),
        "days_past_due": (0, ""),
        "open_loans": (0, ""),
        "months_left": (0, ""),
        "repaid_share": (0, ""),
    }
)

#: Feature → the catalogue's, with the churn model's direction and text.
LEAVING: Mapping[str, Feature] = MappingProxyType(
    {name: replace(FEATURES[name], direction=way, reason=text) for name, (way, text) in _DECLARED.items()}
)
