"""The feature catalogue: one declaration for each feature.

Money enters as a share of income or inflow wherever that makes sense, so that a feature means the same for every
customer. Gender, age, religion, surname, pincode and city are never features. Directions hold the credit model: +1 may
only raise the probability of default, −1 may only lower it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from analytics.features.feature import Direction, Feature, Unit
from analytics.features.windows import Windows, ratio

W = Windows
Row = tuple[str, Callable[[Windows], Any], int, Unit, Direction, str, str]


def _change(w: W, column: str, recent: int, past: int) -> Any:
    """Recent monthly mean against the mean of the longer window, both ending at the as-of."""
    return ratio(w.mean(column, recent), w.mean(column, past), 5.0)


# fmt: off
REPAYMENT: tuple[Row, ...] = (
    ("days_past_due", lambda w: w.latest("days_past_due"), 1, "days", 1, "{value} days past due",
     "Days past due of the worst open loan at the as-of"),
    ("worst_days_past_due_6m", lambda w: w.highest("days_past_due", 6), 6, "days", 1,
     "up to {value} days past due in the last 6 months", "Worst month-end days past due"),
    ("worst_days_past_due_12m", lambda w: w.highest("days_past_due", 12), 12, "days", 1,
     "up to {value} days past due in the last 12 months", "Worst month-end days past due"),
    ("overdue_months_6m", lambda w: w.months_with("days_past_due", 6), 6, "count", 1,
     "overdue at {value} of the last 6 month ends", "Month ends with anything overdue"),
    ("overdue_months_12m", lambda w: w.months_with("days_past_due", 12), 12, "count", 1,
     "overdue at {value} of the last 12 month ends", "Month ends with anything overdue"),
    ("late_instalments_3m", lambda w: w.total("instalments_late", 3), 3, "count", 1,
     "{value} instalments paid late in the last 3 months", "Instalments paid after their due date, by date paid"),
    ("late_instalments_12m", lambda w: w.total("instalments_late", 12), 12, "count", 1,
     "{value} instalments paid late in the last 12 months", "Instalments paid after their due date, by date paid"),
    ("average_days_late_6m",
     lambda w: ratio(w.total("days_late", 6), w.total("instalments_paid", 6), 90.0), 6, "days", 1,
     "instalments paid {value} days late on average", "Mean delay of the instalments paid"),
    ("worst_days_late_12m", lambda w: w.highest("worst_days_late", 12), 12, "days", 1,
     "an instalment paid {value} days late", "Longest delay of an instalment paid"),
    ("emi_paid_share_3m", lambda w: ratio(w.total("emi", 3), w.total("emi_contracted", 3), 2.0), 3, "percent", -1,
     "instalments paid cover {value} of those agreed in the last 3 months", "EMI debits that held against EMI agreed"),
)

BOUNCES: tuple[Row, ...] = (
    ("emi_bounces_1m", lambda w: w.total("emi_bounces", 1), 1, "count", 1, "{value} EMI bounces in the last month",
     "EMI debits returned"),
    ("emi_bounces_3m", lambda w: w.total("emi_bounces", 3), 3, "count", 1, "{value} EMI bounces in the last 3 months",
     "EMI debits returned"),
    ("bounces_6m", lambda w: w.total("bounces", 6), 6, "count", 1, "{value} returned payments in the last 6 months",
     "Mandated debits returned: EMI, SIP, insurance, utilities"),
    ("bounces_12m", lambda w: w.total("bounces", 12), 12, "count", 1, "{value} returned payments in the last 12 months",
     "Mandated debits returned: EMI, SIP, insurance, utilities"),
    ("months_since_bounce", lambda w: w.months_since("bounces"), 12, "months", -1,
     "", "Months since a debit was last returned, at most 12"),
    ("penalties_3m", lambda w: w.total("penalties", 3), 3, "count", 1, "{value} penalty charges in the last 3 months",
     "Bounce charges, overdraft penalties, card interest"),
    ("penalties_12m",
     lambda w: w.total("penalties", 12), 12, "count", 1, "{value} penalty charges in the last 12 months",
     "Bounce charges, overdraft penalties, card interest"),
    ("penalty_fees_to_inflow_6m",
     lambda w: ratio(w.total("penalty_fees", 6), w.total("inflow", 6), 1.0), 6, "percent", 1,
     "penalty charges take {value} of what comes in", "Penalty charges against inflow"),
)

OBLIGATIONS: tuple[Row, ...] = (
    ("emi_to_income_3m", lambda w: ratio(w.total("emi", 3), w.total("income", 3), 3.0), 3, "percent", 0,
     "", "EMI debits that held against income"),
    ("obligations_to_income_6m",
     lambda w: ratio(w.total("emi", 6) + w.total("commitments", 6), w.total("income", 6), 3.0), 6, "percent", 1,
     "obligations take {value} of income",
     "Fixed obligations (EMI, rent, insurance, subscriptions, utilities) to income: FOIR"),
    ("contracted_emi_to_income_6m",
     lambda w: ratio(w.latest("emi_contracted"), w.mean("income", 6), 3.0), 6, "percent", 1,
     "instalments agreed take {value} of income", "EMI agreed over open loans against mean monthly income"),
    ("contracted_emi_to_inflow_3m",
     lambda w: ratio(w.latest("emi_contracted"), w.mean("inflow", 3), 3.0), 3, "percent", 1,
     "instalments agreed take {value} of what comes in", "EMI agreed over open loans against mean monthly inflow"),
    ("outstanding_to_income_6m",
     lambda w: ratio(w.latest("outstanding"), 12 * w.mean("income", 6), 20.0), 6, "ratio", 1,
     "loans outstanding are {value} years of income", "Principal outstanding against a year's income"),
    ("balance_to_emi", lambda w: ratio(w.latest("closing_balance"), w.latest("emi_contracted"), 20.0), 1, "ratio", -1,
     "balances cover {value} monthly instalments", "Closing balances against EMI agreed"),
    ("average_balance_to_emi_3m",
     lambda w: ratio(w.total("balance_total", 3) / w.total("balance_count", 3).nullif(0), w.latest("emi_contracted"),
     20.0),
     3, "ratio", -1, "average balances cover {value} monthly instalments",
     "Mean balance after postings against EMI agreed"),
)

INCOME_LEVEL: tuple[Row, ...] = (
    ("income_6m", lambda w: w.mean("income", 6), 6, "currency", -1, "mean monthly income of {value}",
     "Mean monthly income: salary, pension, business and gig receipts"),
    ("inflow_3m", lambda w: w.mean("inflow", 3), 3, "currency", -1, "{value} a month come in",
     "Mean monthly inflow, without own transfers, borrowed money and refunds"),
    ("inflow_12m", lambda w: w.mean("inflow", 12), 12, "currency", -1, "{value} a month come in",
     "Mean monthly inflow, without own transfers, borrowed money and refunds"),
    ("salary_share_6m", lambda w: ratio(w.total("salary", 6), w.total("inflow", 6), 1.0), 6, "percent", 0, "",
     "Regular salary or pension as a share of inflow"),
    ("from_persons_share_3m",
     lambda w: ratio(w.total("from_persons", 3), w.total("inflow", 3), 1.0), 3, "percent", 0, "",
     "Transfers from persons as a share of inflow"),
)

INCOME_STABILITY: tuple[Row, ...] = (
    ("income_variation_6m", lambda w: w.variation("income", 6), 6, "percent", 1,
     "monthly income varies by {value}", "Coefficient of variation of monthly income"),
    ("inflow_variation_12m", lambda w: w.variation("inflow", 12), 12, "percent", 1,
     "monthly inflow varies by {value}", "Coefficient of variation of monthly inflow"),
    ("income_change_1m", lambda w: _change(w, "income", 1, 6), 6, "percent", -1,
     "last month's income is {value} of the half-year's mean", "Newest month's income against 6 months' mean"),
    ("income_change_3m", lambda w: _change(w, "income", 3, 12), 12, "percent", -1,
     "recent income is {value} of the year's mean", "3 months' mean income against 12 months' mean"),
    ("inflow_change_3m", lambda w: _change(w, "inflow", 3, 12), 12, "percent", -1,
     "recent inflow is {value} of the year's mean", "3 months' mean inflow against 12 months' mean"),
    ("income_months_6m", lambda w: w.months_with("income", 6), 6, "count", -1,
     "income in {value} of the last 6 months", "Months with income"),
    ("months_since_salary", lambda w: w.months_since("salary"), 12, "months", 0, "",
     "Months since a salary or pension credit, at most 12"),
    ("salary_day_shift_6m", lambda w: w.latest("salary_day") - w.average("salary_day", 6), 6, "days", 1,
     "salary came {value} days later than usual", "Newest month's salary day against 6 months' mean"),
)

BALANCES: tuple[Row, ...] = (
    ("closing_balance", lambda w: w.latest("closing_balance"), 1, "currency", -1, "balances of {value}",
     "Month-end balance over deposit accounts"),
    ("average_balance_3m",
     lambda w: w.total("balance_total", 3) / w.total("balance_count", 3).nullif(0), 3, "currency", -1,
     "average balance of {value}", "Mean balance after postings"),
    ("lowest_balance_3m", lambda w: w.lowest("lowest_balance", 3), 3, "currency", -1,
     "a balance as low as {value}", "Lowest balance of any deposit account"),
    ("balance_to_outflow_3m",
     lambda w: ratio(w.average("closing_balance", 3), w.mean("outflow", 3), 20.0), 3, "ratio", -1,
     "balances cover {value} months of spending", "Mean month-end balance in months of outflow"),
    ("balance_change_3m", lambda w: ratio(w.average("closing_balance", 3), w.average("closing_balance", 12), 5.0), 12,
     "percent", -1, "recent balances are {value} of the year's mean",
     "3 months' mean month-end balance against 12 months'"),
    ("lowest_balance_to_inflow_6m",
     lambda w: ratio(w.average("lowest_balance", 6), w.mean("inflow", 6), 20.0), 6, "ratio", -1,
     "balances fall to {value} months of inflow", "Mean of monthly lowest balances against monthly inflow"),
    ("low_balance_days_3m", lambda w: w.total("low_days", 3), 3, "days", 1,
     "{value} days with a nearly empty account in the last 3 months",
     "Days on which a balance fell under the low threshold"),
    ("negative_days_6m", lambda w: w.total("negative_days", 6), 6, "days", 1,
     "{value} days overdrawn in the last 6 months", "Days on which a balance was negative"),
    ("card_utilisation", lambda w: ratio(-w.latest("card_balance"), w.latest("card_limit"), 2.0), 1, "percent", 1,
     "{value} of card limits used", "Card balances owed against limits"),
)

CASH_FLOW: tuple[Row, ...] = (
    ("outflow_to_inflow_3m", lambda w: ratio(w.total("outflow", 3), w.total("inflow", 3), 5.0), 3, "percent", 1,
     "{value} of what comes in goes out", "Outflow against inflow"),
    ("outflow_to_inflow_12m", lambda w: ratio(w.total("outflow", 12), w.total("inflow", 12), 5.0), 12, "percent", 1,
     "{value} of what comes in goes out", "Outflow against inflow"),
    ("deficit_months_6m", lambda w: w.months_with("deficit", 6), 6, "count", 1,
     "more spent than earned in {value} of the last 6 months", "Months with outflow above inflow"),
    ("outflow_variation_6m", lambda w: w.variation("outflow", 6), 6, "percent", 0, "",
     "Coefficient of variation of monthly outflow"),
    ("largest_debit_to_inflow_3m",
     lambda w: ratio(w.highest("largest_debit", 3), w.mean("inflow", 3), 5.0), 3, "percent", 0,
     "", "Largest single debit against monthly inflow"),
    ("cash_share_3m", lambda w: ratio(w.total("cash_withdrawn", 3), w.total("outflow", 3), 1.0), 3, "percent", 0, "",
     "Cash withdrawn as a share of outflow"),
)

SPENDING: tuple[Row, ...] = (
    ("discretionary_to_inflow_3m",
     lambda w: ratio(w.total("discretionary", 3), w.total("inflow", 3), 3.0), 3, "percent", 1,
     "wants take {value} of what comes in", "Dining, shopping, entertainment, travel, gambling against inflow"),
    ("essentials_to_inflow_3m", lambda w: ratio(w.total("essentials", 3), w.total("inflow", 3), 3.0), 3, "percent", 1,
     "daily needs take {value} of what comes in",
     "Groceries, rent, utilities, health, school, transport against inflow"),
    ("discretionary_change_3m", lambda w: _change(w, "discretionary", 3, 12), 12, "percent", 0, "",
     "3 months' mean discretionary spending against 12 months'"),
    ("gambling_to_inflow_6m", lambda w: ratio(w.total("gambling", 6), w.total("inflow", 6), 1.0), 6, "percent", 1,
     "betting takes {value} of what comes in", "Gambling against inflow"),
    ("saving_rate_6m", lambda w: ratio(w.total("saving", 6), w.total("inflow", 6), 1.0), 6, "percent", -1,
     "{value} of what comes in is saved", "Investments and SIP against inflow"),
    ("saving_change_3m", lambda w: _change(w, "saving", 3, 12), 12, "percent", -1,
     "recent saving is {value} of the year's mean", "3 months' mean saving against 12 months'"),
)

BORROWING: tuple[Row, ...] = (
    ("loan_app_uses_3m", lambda w: w.total("loan_app_count", 3), 3, "count", 1,
     "{value} loan-app postings in the last 3 months", "Postings from and to loan apps"),
    ("loan_app_uses_12m", lambda w: w.total("loan_app_count", 12), 12, "count", 1,
     "{value} loan-app postings in the last 12 months", "Postings from and to loan apps"),
    ("loan_app_owed_to_inflow_6m",
     lambda w: ratio(w.total("loan_app_net", 6), w.mean("inflow", 6), 5.0), 6, "percent", 1,
     "loan-app money of {value} of a month's inflow", "Loan-app money received less repaid against monthly inflow"),
    ("open_loans", lambda w: w.latest("open_loans"), 1, "count", 1, "{value} open loans", "Loans open at the as-of"),
    ("highest_rate", lambda w: w.latest("highest_rate"), 1, "percent", 1, "a loan at {value} a year",
     "Highest nominal rate over open loans"),
    ("repaid_share", lambda w: 1 - ratio(w.latest("outstanding"), w.latest("borrowed"), 1.0), 1, "percent", -1,
     "{value} of the principal repaid", "Share of principal repaid over open loans"),
    ("newest_loan_months", lambda w: w.latest("newest_loan_months"), 1, "months", 0, "", "Age of the newest open loan"),
    ("months_left", lambda w: w.latest("months_left"), 1, "months", 0, "", "Months left on the longest open loan"),
    ("outstanding", lambda w: w.latest("outstanding"), 1, "currency", 0, "", "Principal outstanding over open loans"),
)

ENGAGEMENT: tuple[Row, ...] = (
    ("postings_3m", lambda w: w.mean("postings", 3), 3, "count", 0, "", "Postings a month"),
    ("postings_change_3m", lambda w: _change(w, "postings", 3, 12), 12, "percent", 0, "",
     "3 months' mean postings against 12 months'"),
    ("active_days_3m", lambda w: w.mean("active_days", 3), 3, "days", 0, "", "Days a month with a posting"),
    ("logins_3m", lambda w: w.total("logins", 3), 3, "count", 0, "", "Logins and app opens"),
    ("logins_change_3m", lambda w: ratio(w.total("logins", 3) * 2, w.total("logins", 6), 5.0), 6, "percent", 0, "",
     "3 months' logins against half of 6 months'"),
)

# fmt: on
_GROUPS: Mapping[str, tuple[Row, ...]] = MappingProxyType(
    {
        "repayment": REPAYMENT,
        "bounces": BOUNCES,
        "obligations": OBLIGATIONS,
        "income_level": INCOME_LEVEL,
        "income_stability": INCOME_STABILITY,
        "balances": BALANCES,
        "cash_flow": CASH_FLOW,
        "spending": SPENDING,
        "borrowing": BORROWING,
        "engagement": ENGAGEMENT,
    }
)
#: What a customer cannot change by acting.
_FIXED = frozenset({"highest_rate", "newest_loan_months", "months_left", "open_loans", "postings_3m"})

FEATURES: Mapping[str, Feature] = MappingProxyType(
    {
        name: Feature(name, expression, window, unit, direction, concept, reason, text, mutable=name not in _FIXED)
        for concept, rows in _GROUPS.items()
        for name, expression, window, unit, direction, reason, text in rows
    }
)
