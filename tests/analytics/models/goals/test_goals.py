"""Goals in the books: evidence without names, actions by rule, nothing from the future, nothing sensitive unasked."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa
import pytest
from memory_books import MemoryWriter, customer, posting

from analytics.features.tables import write_features
from analytics.models.goals import run as runs
from analytics.models.goals.actions import Product, action, declared, products
from analytics.models.goals.detect import DETECTORS, SENSITIVE
from analytics.models.goals.model import GoalModel, calibrated
from analytics.models.protocol import Fitted
from governance.errors import ConfigurationError, ModelError

LAST = dt.date(2025, 6, 30)
FORMER, NEW, SCHOOL = "Cognizant Limited", "Galaxy Logistics", "Narayana Institute"


def _rows() -> list[dict[str, Any]]:
    """C1 changed employer in April, C2 earns more from May on, C3 pays school fees; each spends a little."""
    rows = []
    for month in range(18):
        day = f"{2024 + month // 12}-{month % 12 + 1:02d}"
        employer = NEW if month >= 15 else FORMER
        pay = {"C1": 70_000 if month >= 15 else 50_000, "C2": 55_000 if month >= 16 else 50_000, "C3": 50_000}
        for name, amount in pay.items():
            payer = employer if name == "C1" else FORMER
            rows.append(posting(name, f"{day}-05T05:00:00", amount, category="income", subcategory="salary",
                                merchant=payer, counterparty=payer, balance_after=60_000))  # fmt: skip
            rows.append(posting(name, f"{day}-09T15:00:00", -9_000, category="groceries", subcategory="kirana",
                                merchant="Gupta Store", balance_after=20_000))  # fmt: skip
        if month in (9, 15):
            rows.append(posting("C3", f"{day}-12T11:00:00", -15_000, category="education", subcategory="school_fees",
                                merchant=SCHOOL, balance_after=10_000))  # fmt: skip
    return rows


@pytest.fixture(scope="module")
def books() -> MemoryWriter:
    writer = MemoryWriter()
    for name in ("C1", "C2", "C3"):
        customer(writer, name)
    rows = _rows()
    names = sorted({name for row in rows for name in row})
    writer.append("core.transactions", pa.table({name: [row.get(name) for row in rows] for name in names}))
    write_features(writer, writer.books, LAST, progress=lambda *_: None)
    return writer


def build(writer: MemoryWriter, last: dt.date = LAST, **more: Any) -> Any:
    ends = [
        moment[0] for moment in writer.rows("SELECT DISTINCT as_of FROM books.features.customer_monthly ORDER BY 1")
    ]
    ends = [end for end in ends if end <= last]
    return runs.run(writer, writer.books, ends, last, progress=lambda *_: None, **more)


def goals(writer: MemoryWriter) -> dict[str, str]:
    return dict(writer.rows("SELECT customer_id, goal FROM books.scores.goals ORDER BY 1"))


def test_each_customer_his_own(books: MemoryWriter) -> None:
    outcome = build(books)
    assert goals(books) == {"C1": "job_change", "C2": "salary_step"}
    assert outcome.metrics["by_goal"] == {"job_change": 1, "salary_step": 1, "purchase_saving": 0, "loan_need": 0}
    told = str(books.rows("SELECT * FROM books.scores.goals")) + str(
        books.rows("SELECT card FROM books.models.registry")
    )
    for name in (FORMER, NEW, SCHOOL, "Gupta"):
        assert name not in told


def test_school_fees_only_where_switched_on(books: MemoryWriter) -> None:
    build(books, switched_on=["school_fees"])
    assert goals(books)["C3"] == "school_fees"
    build(books)
    assert "C3" not in goals(books)
    with pytest.raises(ModelError, match=r"pregnancy cannot be switched on. There is school_fees"):
        build(books, switched_on=["pregnancy"])


def test_the_future_changes_nothing(books: MemoryWriter) -> None:
    """At the end of May a rise of one month is none yet; with June deleted the same rows come out."""
    build(books, dt.date(2025, 5, 31))
    there = books.rows("SELECT * FROM books.scores.goals ORDER BY ALL")
    assert [row[2] for row in there] == ["job_change"]
    books.connection.execute("BEGIN")
    books.connection.execute("DELETE FROM books.core.transactions WHERE posted_at >= '2025-06-01'")
    books.connection.execute("DELETE FROM books.features.monthly WHERE ends_on >= '2025-06-01'")
    books.connection.execute("DELETE FROM books.features.customer_monthly WHERE as_of >= '2025-06-01'")
    build(books, dt.date(2025, 5, 31))
    again = books.rows("SELECT * FROM books.scores.goals ORDER BY ALL")
    books.connection.execute("ROLLBACK")
    assert again == there


def test_too_short_a_history_is_refused_in_words(books: MemoryWriter) -> None:
    assert "8 whole months of postings; there are 3" in build(books, dt.date(2024, 3, 31)).refusal


CREDIT = Product("talk", ("loan_need",), True, "Invite.", (("income_months_6m", 5, None),))
GOOD = {"days_past_due": 0.0, "bounces_6m": 0.0, "income_months_6m": 6.0}


@pytest.mark.parametrize(
    ("features", "band", "flags", "note"),
    [
        (GOOD, "low", (), "Invite."),
        (GOOD, None, (), "Invite."),
        (GOOD, "high", (), "No suggestion. talk: the PD band is high."),
        (GOOD, "very high", (), "No suggestion. talk: the PD band is very high."),
        (GOOD, "low", ("do_not_contact",), "No suggestion: the customer is flagged do not contact."),
        ({**GOOD, "bounces_6m": 1.0}, "low", (), "No suggestion. talk: bounces_6m is 1.00, above 0."),
        ({**GOOD, "income_months_6m": 3.0}, "low", (), "No suggestion. talk: income_months_6m is 3.00, below 5."),
        ({"days_past_due": 0.0}, "low", (), "No suggestion. talk: income_months_6m is not known."),
        ({**GOOD, "days_past_due": float("nan")}, "low", (), "Invite."),
    ],
)
def test_credit_is_suggested_by_rule(
    features: dict[str, float], band: str | None, flags: tuple[str], note: str
) -> None:
    found = action("loan_need", features, band=band, flags=flags, offered=[CREDIT])
    assert found.note == note
    assert bool(found.product) == (note == "Invite.")


def test_a_goal_nobody_has_a_product_for() -> None:
    assert action("job_change", GOOD, band="low", offered=[CREDIT]).note == "No product is offered for this goal."


def test_the_products_that_come_with_the_package() -> None:
    assert {goal for product in products() for goal in product.goals} == set(DETECTORS)


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        (
            {"name": "card_limit_increase", "goals": ["loan_need"], "credit": True, "text": "", "rules": []},
            "raises a limit",
        ),
        ({"name": "x", "goals": ["pregnancy"], "credit": False, "text": "", "rules": []}, "is for pregnancy"),
        ({"name": "x", "goals": ["loan_need"], "credit": False, "text": ""}, "lacks rules"),
    ],
)
def test_products_that_may_not_be_declared(row: dict[str, Any], wrong: str) -> None:
    with pytest.raises(ConfigurationError, match=wrong):
        declared([row])


def test_a_risky_borrower_is_offered_no_credit_in_the_books(books: MemoryWriter) -> None:
    books.connection.execute(
        "INSERT INTO books.scores.latest (customer_id, as_of, model, band) VALUES ('C1', ?, 'credit', 'high')", [LAST]
    )
    loan = Product("talk", ("job_change", "salary_step"), True, "Invite.", ())
    build(books, offered=[loan])
    assert books.rows("SELECT customer_id, action FROM books.scores.goals ORDER BY 1") == [("C1", ""), ("C2", "talk")]


def test_bytes_there_and_back() -> None:
    model = calibrated(LAST, ["school_fees"])
    assert isinstance(model, Fitted)
    again = GoalModel.from_bytes(model.to_bytes())
    assert again.to_bytes() == model.to_bytes()
    assert again.goals == tuple(DETECTORS)
    assert set(calibrated(LAST).goals) == set(DETECTORS) - SENSITIVE
    with pytest.raises(ModelError, match="not a goals model"):
        GoalModel.from_bytes(b"nonsense")
    strange = GoalModel("1", LAST, {"religion": (0.9, 0.9, 0.9)}, 0.5)
    with pytest.raises(ModelError, match="looks for religion"):
        GoalModel.from_bytes(strange.to_bytes())
