from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.errors import ConfigurationError
from governance.personal_data import PERSONAL_COLUMNS
from knowledge.compile import view_sql
from knowledge.vocabulary import load_vocabulary

VIEWS = load_vocabulary().views


@pytest.fixture(scope="module")
def unmasked(open_books):
    return open_books(show_personal=True)


@pytest.mark.parametrize("view", VIEWS.values(), ids=lambda view: view.name)
def test_columns_are_as_declared(books, view):
    found = [(name, kind) for name, kind, *_ in books.execute(f"DESCRIBE semantic.{view.name}").fetchall()]
    declared = [(column.name, column.type) for column in view.columns]
    assert found[: len(declared)] == declared
    assert (len(found) > len(declared)) == bool(view.further)


@pytest.mark.parametrize("view", VIEWS.values(), ids=lambda view: view.name)
def test_personal_columns_are_masked(books, unmasked, view):
    for column in {column.name for column in view.columns} & PERSONAL_COLUMNS:
        query = f"SELECT DISTINCT {column}::VARCHAR FROM semantic.{view.name} WHERE {column} IS NOT NULL"
        shown, masked = ({row[0] for row in source.execute(query).fetchall()} for source in (unmasked, books))
        assert not shown & masked - {"1970-01-01", "1985-01-01"}


def test_partitions_bind_every_view(open_books, vocabulary):
    fresh = open_books(partitions={"city": ("Pune",), "occupation": ("salaried", "gig")})
    for name in vocabulary.views:
        customers = {row[0] for row in fresh.execute(f"SELECT customer_id FROM semantic.{name}").fetchall()}
        assert customers <= {"A", "B"}
    assert fresh.execute("SELECT count(*) FROM semantic.transactions").fetchone() == (6,)


def test_an_empty_partition_lets_nothing_through(open_books):
    fresh = open_books(partitions={"city": ()})
    assert fresh.execute("SELECT count(*) FROM semantic.customers").fetchone() == (0,)


@given(value=st.text(alphabet=st.sampled_from("aP'\";\\-%\n पु🙂"), max_size=12) | st.just("O'Hara; DROP"))
def test_a_partition_value_stays_a_value(books, value):
    sql = view_sql(VIEWS["customers"], show_personal=True, partitions={"city": (value,)})
    wanted = books.execute("SELECT count(*) FROM books.core.customers WHERE city = ?", [value]).fetchone()
    assert books.execute(f"SELECT count(*) FROM ({sql})").fetchone() == wanted


def test_rows_cannot_be_partitioned_by_anything():
    with pytest.raises(ConfigurationError, match="'gender'"):
        view_sql(VIEWS["customers"], show_personal=False, partitions={"gender": ("F",)})


def test_borrowers_are_one_row_each(books):
    wanted = (
        "SELECT customer_id, probability_of_default, exposure, days_past_due, sma_class, open_loans, "
        "products, main_product, main_branch, city, currency "
        "FROM semantic.borrowers ORDER BY rank"
    )
    assert books.execute(wanted).fetchall() == [
        ("B", 0.3, 58000, 71, "SMA-2", 1, ["two_wheeler"], "two_wheeler", "Camp", "Pune", "INR"),
        ("A", 0.04, 370000, 12, "SMA-0", 2, ["gold_loan", "personal_loan"], "gold_loan", "Camp", "Pune", "INR"),
    ]


def test_borrowers_left_out_are_told_with_the_cause(books):
    found = books.execute("SELECT customer_id, cause, outstanding, loans FROM semantic.excluded_borrowers ORDER BY 1")
    assert found.fetchall() == [("C", "NPA", 450000, 1), ("E", "written off", 20000, 1)]


def test_age_is_told_in_bands(books):
    found = books.execute("SELECT customer_id, age_band FROM semantic.customers ORDER BY 1").fetchall()
    assert found == [("A", "35-44"), ("B", "25-34"), ("C", None), ("D", "55 and over"), ("E", "35-44")]
