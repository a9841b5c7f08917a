from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.errors import ToolRefused, ToolRetry
from knowledge.compile import MetricQuery, compile_query
from knowledge.vocabulary import load_vocabulary, with_values

DATE = dt.date
MAY, JUNE = DATE(2026, 5, 1), DATE(2026, 6, 1)
IN_MAY = {"period": {"start": MAY, "end": JUNE}}
VALUES = st.text(alphabet=st.sampled_from("aS'\";\\-%_$1(\n\t पुé🙂\u202e"), max_size=12)
AWKWARD = st.sampled_from(["'", "''; DROP TABLE x; --", "\\", "O'Hara; DROP", "पुणे", "Swiggy", "%", '"', "\n", "/*"])

TYPES = {
    "decimal": {"DECIMAL(38,2)"}, "float": {"DOUBLE"}, "integer": {"BIGINT", "HUGEINT"}, "text": {"VARCHAR"},
    "date": {"DATE"},
}  # fmt: skip
IN_APRIL = {"period": {"start": DATE(2026, 4, 1), "end": MAY}}
IN_JUNE = {"period": {"start": JUNE, "end": DATE(2026, 7, 1)}}
#: Question → SQL over the tables, written by hand.
BY_HAND = [
    (("customers",), {}, "SELECT 4"),
    (("customers",), IN_MAY, "SELECT 3"),
    (("new_customers",), IN_JUNE, "SELECT 1"),
    (("closed_customers",), {}, "SELECT 1"),
    (("transactions",), {}, "SELECT count(*) FROM books.core.transactions WHERE posted_at < '2026-06-21'"),
    (("active_customers",), IN_MAY, "SELECT 2"),
    (("inflow",), {}, "SELECT 50000"),
    (("outflow",), IN_MAY, "SELECT 8000 - 8000 + 1200.50 + 700"),
    (("net_cash_flow",), IN_MAY, "SELECT 50000 - 1900.50"),
    (("spend",), {}, "SELECT 1200.50 + 20000 + 700 + 5000 + 10"),
    (("salary_income", "income"), IN_MAY, "SELECT 50000, 50000"),
    (("emi_paid", "emi_bounces", "bounce_rate"), IN_MAY, "SELECT 0, 1, 1.0"),
    (("gambling_spend", "refunds", "cash_withdrawals"), {}, "SELECT 5000, 0, 700"),
    (("outstanding",), {}, "SELECT 90000 + 280000 + 58000 + 450000"),
    (("outstanding", "npa_ratio"), IN_APRIL, "SELECT 895000, 450000 / 895000"),
    (("npa_amount", "sma1_amount", "sma2_amount"), {}, "SELECT 450000, 0, 58000"),
    (("delinquency_rate", "overdue_loans", "borrowers"), {}, "SELECT 508000 / 878000, 3, 3"),
    (("average_pd", "expected_loss"), {}, "SELECT 0.17, 14490"),
    (("average_churn_risk", "average_pd"), {}, "SELECT 0.5, 0.17"),
    (("high_risk_borrowers", "scored_borrowers", "high_risk_share"), {}, "SELECT 1, 2, 0.5"),
    (("excluded_borrowers",), {}, "SELECT 2"),
    (("amount_due", "amount_collected", "collection_rate"), {}, "SELECT 22140, 17067, 17067 / 22140"),
    (("overdue_amount", "on_time_rate"), {}, "SELECT 5073, 1 / 3"),
    (("average_rate",), {"filters": [{"field": "vintage", "value": "2026-Q1"}]}, "SELECT 0.115"),
    (("credit_utilisation", "average_foir"), {}, "SELECT 0.2, 0.4"),
    (("average_balance", "total_balance"), IN_MAY, "SELECT 29549.75, 59099.50"),
    (("average_income", "negative_balance_accounts"), {}, "SELECT 50000, 1"),
    (("outstanding",), {"period": {"start": DATE(2020, 1, 1), "end": DATE(2020, 2, 1)}}, "SELECT NULL"),
    (("transactions", "outflow"), {"period": {"start": DATE(2020, 1, 1), "end": DATE(2020, 2, 1)}}, "SELECT 0, 0"),
    (("open_loans",), {"filters": [{"field": "product", "value": "Gold Loan"}]}, "SELECT 1"),
    (("open_loans",), {"filters": [{"field": "loan_amount", "op": "between", "value": (90000, "300000")}]}, "SELECT 2"),
    (("outstanding",), {"filters": [{"field": "branch", "value": "Camp"}]}, "SELECT 428000"),
    (("loans_disbursed",), {"filters": [{"field": "disbursed_on", "op": ">=", "value": "2026-01-05"}]}, "SELECT 2"),
    (("outstanding",), {"filters": [{"field": "as_of", "value": "2026-04-30"}]}, "SELECT 895000"),
    (("spend",), {"filters": [{"field": "band", "value": "very high risk"}]}, "SELECT 700"),
    (("transactions",), {"filters": [{"field": "category", "op": "!=", "value": "shopping"}]}, "SELECT 8"),
    (("transactions",), {"filters": [{"field": "category", "op": "not_in", "value": ["shopping"]}]}, "SELECT 8"),
    (("transactions",), {"filters": [{"field": "merchant", "op": "contains", "value": "SWIG"}]}, "SELECT 2"),
    (("transactions",), {"filters": [{"field": "merchant", "value": "SWIGGY"}]}, "SELECT 2"),
    (("open_loans",), {"filters": [{"field": "customer_id", "value": "a"}]}, "SELECT 0"),
    (("open_loans",), {"filters": [{"field": "sma_class", "op": "contains", "value": "sma"}]}, "SELECT 2"),
    (("transactions",), {"filters": [{"field": "merchant", "op": "is_null"}]}, "SELECT 5"),
    (("transactions",), {"filters": [{"field": "is_own_transfer", "value": True}]}, "SELECT 1"),
    (("sessions", "app_customers"), {}, "SELECT 3, 2"),
    (
        ("outstanding",), {"who": [{"metric": "spend", "op": ">", "value": 4000}]},
        """SELECT sum(outstanding) FROM books.core.loan_status
           WHERE as_of = DATE '2026-05-31' AND sma_class <> 'written_off' AND customer_id IN (
             SELECT customer_id FROM semantic.transactions WHERE amount < 0 AND NOT is_own_transfer
             AND coalesce(category, '') NOT IN ('loan_payment', 'investment', 'transfer')
             GROUP BY 1 HAVING -sum(amount) > 4000)""",
    ),
    (
        ("customers",), {"who": [{"metric": "sessions", "op": "=", "value": 0}, {"metric": "transactions", **IN_JUNE}]},
        """SELECT count(*) FROM books.core.customers WHERE closed_on IS NULL
           AND customer_id NOT IN (SELECT customer_id FROM books.core.sessions WHERE started_at < DATE '2026-06-21')
           AND customer_id IN (SELECT customer_id FROM books.core.transactions
                               WHERE posted_at >= DATE '2026-06-01' AND posted_at < DATE '2026-07-01')""",
    ),
    (
        ("outstanding",), {"dimensions": ["city"]},
        "VALUES ('Bengaluru', 450000), ('Pune', 428000)",
    ),
    (
        ("spend", "outstanding"), {"dimensions": ["city"]},
        "VALUES ('Pune', 21900.50, 428000), ('Bengaluru', 5000, 450000), (NULL, 10, NULL)",
    ),
    (
        ("spend",), {"dimensions": ["customer_id"], "filters": [{"field": "spend", "op": ">", "value": 1000}]},
        "VALUES ('A', 21200.50), ('C', 5000)",
    ),
    (
        ("spend",), {"grain": "month"},
        "VALUES (DATE '2026-05-01', 1900.50), (DATE '2026-06-01', 25010)",
    ),
    (
        ("outstanding", "npa_amount"),
        {"dimensions": ["month", "region"], "filters": [{"field": "region", "op": "in", "value": ["west", "South"]}]},
        """VALUES (DATE '2026-04-01', 'South', 450000, 450000), (DATE '2026-04-01', 'West', 445000, 0),
                  (DATE '2026-05-01', 'South', 450000, 450000), (DATE '2026-05-01', 'West', 428000, 0)""",
    ),
    (
        ("customers",), {"grain": "month", "period": {"start": DATE(2026, 4, 1), "end": DATE(2026, 7, 1)}},
        "VALUES (DATE '2026-04-01', 4), (DATE '2026-05-01', 3), (DATE '2026-06-01', 4)",
    ),
    (
        ("outstanding",), {"dimensions": ["as_of"], "order": [{"field": "as_of", "direction": "asc"}]},
        "VALUES (DATE '2026-04-30', 895000), (DATE '2026-05-31', 878000)",
    ),
    (
        ("outstanding",), {"dimensions": ["customer_id"], "limit": 1}, "VALUES ('C', 450000, 3)",
    ),
    (
        ("outstanding",), {"dimensions": ["customer_id"], "order": [{"field": "outstanding", "direction": "asc"}]},
        "VALUES ('B', 58000), ('A', 370000), ('C', 450000)",
    ),
    (
        ("spend",), {**IN_MAY, "compare_to": "previous_period"},
        "SELECT 1900.50, 0, 1900.50, NULL",
    ),
    (
        ("average_pd", "expected_loss"), {"compare_to": "previous_period"},
        "SELECT 0.17, 0.085, 0.085, 14490, 7515, 6975, 6975 / 7515",
    ),
    (
        ("outstanding", "customers"), {"compare_to": "previous_year"},
        "SELECT 878000, NULL, NULL, NULL, 4, 4, 0, 0",
    ),
    (
        ("outstanding",), {"grain": "month", "compare_to": "previous_period"},
        """VALUES (DATE '2026-04-01', 895000, NULL, NULL, NULL),
                  (DATE '2026-05-01', 878000, 895000, -17000, -17000 / 895000)""",
    ),
    (
        ("spend",), {"dimensions": ["city"], **IN_JUNE, "compare_to": "previous_period"},
        """VALUES ('Pune', 20000, 1900.50, 18099.50, 18099.50 / 1900.50), ('Bengaluru', 5000, 0, 5000, NULL),
                  ('O''Hara; DROP', 99, 0, 99, NULL), (NULL, 10, 0, 10, NULL)""",
    ),
    (
        ("disbursed_amount",), {"dimensions": ["vintage"], "grain": "year"},
        """VALUES (DATE '2024-01-01', '2024-Q3', 50000), (DATE '2025-01-01', '2025-Q3', 580000),
                  (DATE '2026-01-01', '2026-Q1', 400000)""",
    ),
]  # fmt: skip


def as_told(row):
    return tuple(pytest.approx(float(value)) if isinstance(value, int | float | Decimal) else value for value in row)


@pytest.mark.parametrize(("metrics", "question", "by_hand"), BY_HAND)
def test_compiled_sql_gives_what_hand_written_sql_gives(books, asked, metrics, question, by_hand):
    assert asked(*metrics, **question) == [as_told(row) for row in books.execute(by_hand).fetchall()]


@pytest.mark.parametrize("metric", load_vocabulary().metrics)
@pytest.mark.parametrize(
    "question",
    [
        {},
        {"dimensions": ["quarter", "customer_id"], "compare_to": "previous_year", "limit": 2},
    ],
    ids=["plain", "split and compared"],
)
def test_every_metric_compiles_to_its_declared_columns(books, vocabulary, clock, metric, question):
    compiled = compile_query(vocabulary, MetricQuery(metrics=(metric,), **question), clock)
    found = books.execute(compiled.sql).description
    names = [column.name for column in compiled.columns] + ["total_rows"] * compiled.counts_rows
    assert [name for name, *_ in found] == names
    for (_, kind, *_), column in zip(found, compiled.columns, strict=False):
        assert str(kind) in TYPES[column.type]


@given(value=VALUES | AWKWARD, op=st.sampled_from(["=", "!=", "in", "not_in", "contains"]))
def test_a_text_stays_a_value(books, asked, value, op):
    by_hand = {
        "=": "lower(merchant) = lower($1)", "!=": "lower(merchant) IS DISTINCT FROM lower($1)",
        "in": "lower(merchant) IN (lower($1))", "contains": "contains(lower(merchant), lower($1))",
        "not_in": "merchant IS NULL OR lower(merchant) NOT IN (lower($1))",
    }[op]  # fmt: skip
    wanted = books.execute(
        f"SELECT count(*) FROM books.core.transactions WHERE posted_at < '2026-06-21' AND ({by_hand})", [value]
    ).fetchall()
    filters = [{"field": "merchant", "op": op, "value": [value] if op in ("in", "not_in") else value}]
    assert asked("transactions", filters=filters) == wanted


@given(value=st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**9), max_value=10**9))
def test_a_number_stays_a_value(books, asked, value):
    wanted = books.execute(
        "SELECT count(*) FROM books.core.transactions WHERE posted_at < '2026-06-21' AND abs(amount) >= $1", [value]
    ).fetchall()
    assert asked("transactions", filters=[{"field": "amount", "op": ">=", "value": value}]) == wanted


@pytest.mark.parametrize(
    ("metrics", "question", "message"),
    [
        (("spendd",), {}, "There is no metric 'spendd'. Did you mean 'spend'"),
        (("GNPA",), {}, "Did you mean 'npa_ratio'"),
        (("spend",), {"dimensions": ["town"]}, "There is no dimension 'town'. Did you mean 'city'"),
        (("outstanding",), {"dimensions": ["merchant"]}, "'merchant' does not apply to 'outstanding'"),
        (("spend",), {"filters": [{"field": "city", "value": "Atlantis"}]}, "'city' has no value 'Atlantis'"),
        (("spend",), {"filters": [{"field": "mode", "value": "telepathy"}]}, "has no value 'telepathy'"),
        (("spend",), {"filters": [{"field": "city", "op": ">", "value": "Pune"}]}, "'>' does not apply to 'city'"),
        (("spend",), {"filters": [{"field": "amount", "op": ">", "value": "lots"}]}, "'lots' is not a number"),
        (("spend",), {"filters": [{"field": "amount", "op": ">", "value": "nan"}]}, "'nan' is not a number"),
        (("spend",), {"filters": [{"field": "joined_on", "op": ">", "value": "soon"}]}, "'soon' is not a date"),
        (("spend",), {"filters": [{"field": "amount", "op": "between", "value": 5}]}, "takes two values"),
        (("spend",), {"filters": [{"field": "amount", "op": "in", "value": []}]}, "takes a list of values"),
        (("spend",), {"filters": [{"field": "city"}]}, "takes one value"),
        (("spend",), {"filters": [{"field": "merchant", "value": "a\x00b"}]}, "is not a text"),
        (("spend",), {"filters": [{"field": "is_own_transfer", "value": "perhaps"}]}, "is not a true or false"),
        (("spend",), {"filters": [{"field": "inflow", "op": ">", "value": 5}]}, "add it to 'metrics'"),
        (("spend",), {"filters": [{"field": "month", "value": "2026-05-01"}]}, "give a 'period'"),
        (("spend",), {"order": [{"field": "outflow"}]}, "no column 'outflow' to sort by"),
        (("spend",), {"dimensions": ["month"], "grain": "week"}, "Give one grain"),
        (("spend",), {"compare_to": "previous_year"}, "give a period or a grain"),
        (("spend",), {"who": [{"metric": "bouncess"}]}, "There is no metric 'bouncess'. Did you mean 'bounces'"),
        (("spend",), {"who": [{"metric": "bounces", "op": "between", "value": 3}]}, "does not tell who is meant"),
        (("spend",), {"who": [{"metric": "bounces", "op": "=", "value": "x"}]}, "'x' is not a number"),
        (("spend",), {"who": [{"metric": "bounces", "over": "loanid"}]}, "There is no dimension 'loanid'"),
    ],
)
def test_what_cannot_be_asked_says_what_can(asked, metrics, question, message):
    with pytest.raises(ToolRetry, match=message):
        asked(*metrics, **question)


@pytest.mark.parametrize(
    "question",
    [
        {"dimensions": ["customer_id", "gender"]},
        {"dimensions": ["customer_id"], "filters": [{"field": "gender", "value": "women"}]},
        {"dimensions": ["age_band"], "filters": [{"field": "customer_id", "value": "A"}]},
    ],
)
def test_gender_and_age_are_told_of_groups_only(asked, question):
    with pytest.raises(ToolRefused, match="groups of customers only"):
        asked("spend", **question)
    assert asked("customers", dimensions=["gender"]) == [("F", 3), ("M", 1)]


def test_a_period_goes_forward():
    with pytest.raises(ValueError, match="ends before it starts"):
        MetricQuery(metrics=("spend",), period={"start": JUNE, "end": MAY})


@pytest.mark.parametrize(
    ("question", "kept_apart"),
    [
        ({"metrics": ("spend",)}, True),
        ({"metrics": ("spend", "transactions"), "dimensions": ("city",)}, True),
        ({"metrics": ("transactions",)}, False),
        ({"metrics": ("spend",), "dimensions": ("currency",)}, False),
        ({"metrics": ("spend",), "filters": [{"field": "currency", "value": "rupees"}]}, False),
    ],
)
def test_money_of_different_currencies_is_kept_apart(clock, question, kept_apart):
    vocabulary = with_values(load_vocabulary(), {"currency": ["INR", "EUR"]})
    compiled = compile_query(vocabulary, MetricQuery(**question), clock)
    by_currency = "currency" in [column.name for column in compiled.columns]
    assert by_currency == (kept_apart or "currency" in question.get("dimensions", ()))
    assert ("Sums of different currencies are kept apart." in compiled.definitions) == kept_apart


def test_definitions_say_everything(vocabulary, clock):
    query = MetricQuery(
        metrics=("spend", "outstanding"), dimensions=("city",), filters=[{"field": "city", "value": "poona"}],
        period={"start": MAY, "end": JUNE}, compare_to="previous_period",
    )  # fmt: skip
    compiled = compile_query(vocabulary, query, clock)
    assert compiled.definitions[0].startswith("Spend: Debits in the period")
    assert compiled.definitions[3:] == (
        "Only where City is Pune.",
        "Period: 1 May 2026 to 31 May 2026.",
        "States are those of the last as-of up to 31 May 2026.",
        "Compared with 1 Apr 2026 to 30 Apr 2026.",
    )


def test_states_tell_their_as_of(books, vocabulary, clock):
    def as_of(*metrics):
        compiled = compile_query(vocabulary, MetricQuery(metrics=metrics), clock)
        return compiled.as_of_sql and books.execute(compiled.as_of_sql).fetchone()[0]

    assert as_of("outstanding", "average_pd", "spend") == DATE(2026, 5, 31)
    assert as_of("spend") is None


def test_the_same_question_compiles_to_the_same_sql(vocabulary, clock):
    query = MetricQuery(metrics=("spend", "outstanding"), dimensions=("city", "month"), compare_to="previous_year")
    assert len({compile_query(vocabulary, query, clock).sql for _ in range(3)}) == 1
