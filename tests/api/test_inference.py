"""Every inference of a customer of the books, and of the same rows sent along: the same values, and nothing kept."""

from __future__ import annotations

import json
from typing import Any

import pytest

from api.service import Service
from tools.inline_rows import (
    MOST_POSTINGS,
    InlineAccount,
    InlineInstalment,
    InlineLoan,
    InlinePosting,
    InlineSession,
)
from tools.result import _in_json

#: Where the rows of one customer lie.
OF_ONE = {"transactions": InlinePosting, "accounts": InlineAccount, "loans": InlineLoan, "sessions": InlineSession}


@pytest.fixture(scope="module")
def somebody(service: Service) -> str:
    """A borrower with a score of every model, and an unusual posting."""
    sql = """SELECT customer_id FROM semantic.borrowers SEMI JOIN semantic.leavers USING (customer_id)
             SEMI JOIN semantic.unusual_transactions USING (customer_id) SEMI JOIN semantic.goals USING (customer_id)
             ORDER BY rank LIMIT 1"""
    return service.workspace.query(service.local, sql).rows[0][0]


@pytest.fixture(scope="module")
def sent(service: Service, somebody: str) -> dict[str, Any]:
    """His rows as a caller would send them."""

    def rows(table: str, model: Any, where: str) -> list[dict[str, Any]]:
        names = ", ".join(f'"{name}"' for name in model.model_fields)
        found = service.workspace.query(service.local, f"SELECT {names} FROM books.core.{table} WHERE {where}").dicts()
        return [{name: _in_json(value) for name, value in row.items() if value is not None} for row in found]

    mine = f"customer_id = '{somebody}'"
    body = {table: rows(table, model, mine) for table, model in OF_ONE.items()}
    body["instalments"] = rows(
        "instalments", InlineInstalment, f"loan_id IN (SELECT loan_id FROM books.core.loans WHERE {mine})"
    )
    as_of = service.workspace.query(service.local, "SELECT max(as_of) FROM semantic.borrowers").rows[0][0]
    return json.loads(json.dumps({**body, "as_of": as_of}, default=lambda value: value.isoformat()))


def both(ask, name: str, somebody: str, sent: dict[str, Any], **more: Any) -> tuple[dict, dict]:
    """What is said of the customer, and of his rows."""
    told = [ask("POST", f"/api/v1/inference/{name}", json={**asked, **more})
            for asked in ({"customer_id": somebody}, sent)]  # fmt: skip
    assert [each.status_code for each in told] == [200, 200], [each.text[:500] for each in told]
    return told[0].json(), told[1].json()


#: Inference → members that are the same of the books and of the rows.
SAME = {
    "credit-score": ("version", "as_of", "score", "band", "exposure", "expected_loss", "days_past_due", "reasons"),
    "churn-score": ("version", "as_of", "score", "band", "reasons"),
    "segment": ("version", "as_of", "segment", "segment_name", "traits"),
}
PROBABILITIES = {"credit-score": "probability_of_default", "churn-score": "probability_of_leaving",
                 "segment": "confidence"}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_rows_sent_along_score_as_the_books_do(ask, somebody: str, sent, name: str) -> None:
    books, rows = both(ask, name, somebody, sent)
    assert {each: rows[each] for each in SAME[name]} == {each: books[each] for each in SAME[name]}
    assert rows[PROBABILITIES[name]] == pytest.approx(books[PROBABILITIES[name]], abs=1e-9)
    assert rows["customer_id"] is None
    assert "kept nowhere" in " ".join(rows["warnings"])


def test_goals_are_found_in_rows_as_in_the_books(ask, somebody: str, sent) -> None:
    books, rows = both(ask, "goals", somebody, sent)
    of = [[(each["goal"], each["confidence"], each["evidence"]) for each in told["findings"]] for told in (books, rows)]
    assert of[0] == of[1] != []


def test_a_posting_stands_out_as_far_among_rows_as_in_the_books(ask, somebody: str, sent) -> None:
    books, rows = both(ask, "anomaly", somebody, sent)
    mine = {each["transaction_id"]: each for each in rows["postings"]}
    assert books["postings"]
    for each in books["postings"]:
        assert mine[each["transaction_id"]] == {**each, "score": pytest.approx(each["score"], abs=1e-6)}


def test_a_forecast_of_rows_is_that_of_the_books(ask, somebody: str, sent) -> None:
    books, rows = both(ask, "spend-forecast", somebody, sent, measure="inflow", months=2)
    assert rows["months"] == books["months"]
    assert len(rows["months"]) == 2


def test_an_explanation_of_rows_is_that_of_the_books(ask, somebody: str, sent) -> None:
    books, rows = both(ask, "explain", somebody, sent)
    assert rows["table"]["rows"] == books["table"]["rows"]
    assert rows["facts"]["base_points"] == books["facts"]["base_points"]


def test_what_if_tries_changes_and_finds_few_that_do(ask, somebody: str, sent) -> None:
    known = ask("POST", "/api/v1/inference/what-if", json={"customer_id": somebody, "changes": {"nothing": 1}})
    assert known.status_code == 422
    assert "There are: " in known.json()["detail"]
    feature = known.json()["detail"].partition("There are: ")[2].split(",")[0].split(" ")[0].strip(".")
    books, rows = both(ask, "what-if", somebody, sent, changes={feature: 0}, under=0.02)
    for member in ("what_if", "counterfactual"):
        assert rows[member]["after"] == pytest.approx(books[member]["after"], abs=1e-9)
        assert rows[member]["score_after"] == books[member]["score_after"]
    assert books["what_if"]["changes"][0]["after"] == 0
    assert books["counterfactual"]["after"] <= books["counterfactual"]["before"]
    assert len(books["counterfactual"]["changes"]) <= 4


def test_nothing_of_rows_sent_along_is_kept(service: Service, ask, sent) -> None:
    before = service.workspace.lake.publish_id()
    marked = {**sent, "transactions": [{**each, "narration": "XYZZY MARK"} for each in sent["transactions"][:40]]}
    marked |= {"as_of": None, "loans": [], "instalments": []}
    told = ask("POST", "/api/v1/inference/segment", json={key: value for key, value in marked.items() if value})
    assert told.status_code == 200, told.text
    assert service.workspace.lake.publish_id() == before
    last = service.workspace.control.audit_entries()[-1]
    assert (last["action"], json.loads(last["details"])) == ("inference:segment", {"rows": 40})
    for path in service.workspace.folder.rglob("*"):
        assert not path.is_file() or b"XYZZY" not in path.read_bytes(), path


def month(day: str, amount: str, narration: str) -> list[dict[str, Any]]:
    return [{"posted_at": f"2025-{number:02d}-{day}T10:00:00", "amount": amount, "narration": narration}
            for number in range(1, 10)]  # fmt: skip


def test_narrations_are_read_where_no_category_is_told(ask) -> None:
    rows = [*month("01", "60000.00", "NEFT CR-HDFC0000001-ACME LTD-SALARY-REF123456789"),
            *month("05", "-18000.00", "UPI/DR/123456789012/RENT/SBIN/owner@okaxis/rent")]  # fmt: skip
    told = ask("POST", "/api/v1/inference/credit-score", json={"transactions": rows})
    assert told.status_code == 200, told.text
    answer = told.json()
    assert answer["as_of"] == "2025-08-31"
    assert any("read out of the narration" in each for each in answer["warnings"])
    assert any("No open loan" in each for each in answer["warnings"])
    assert (answer["exposure"], answer["rank"]) == (None, None)


def test_members_that_nothing_reads_are_told_with_their_place_and_change_nothing(ask) -> None:
    rows = month("01", "60000.00", "NEFT CR-HDFC0000001-ACME LTD-SALARY-REF123456789")
    account = {"account_id": "A", "kind": "savings"}
    more = [{**row, "colour": "green", **({"told": 1} if at else {})} for at, row in enumerate(rows)]
    plain, other = (
        ask("POST", "/api/v1/inference/credit-score", json=body).json()
        for body in ({"transactions": rows, "accounts": [account]},
                     {"transactions": more, "accounts": [{**account, "branch_code": 7}]})
    )  # fmt: skip
    said = [each for each in other["warnings"] if each not in plain["warnings"]]
    assert said == ["Not used, since nothing here knows them, of transactions: 'colour' (9), 'told' (8).",
                    "Not used, since nothing here knows them, of accounts: 'branch_code' (1)."]  # fmt: skip
    assert {**other, "warnings": plain["warnings"]} == plain


#: What is sent, and what is said of which row.
BAD = (
    ({}, "give either customer_id or transactions"),
    ({"customer_id": "C_1", "transactions": [{"posted_at": "2025-01-01", "amount": "1"}]}, "give either"),
    ({"customer_id": "C_1", "loans": [{"loan_id": "L", "principal": "5", "annual_rate": 0.1, "tenor_months": 2,
                                       "disbursed_on": "2025-01-01"}]}, "only beside transactions"),
    ({"transactions": [{"posted_at": "2025-01-01", "amount": "1"}, {"posted_at": "soon", "amount": "x"}]},
     "transactions.1.amount"),
    ({"transactions": [{"posted_at": "2025-01-01", "amount": "0"}]}, "transactions.0.amount"),
    ({"transactions": [{"posted_at": "2025-01-01", "amount": "1.005"}]}, "transactions.0.amount"),
    ({"transactions": [{"posted_at": "2025-01-01", "amount": "1", "transaction_id": "a"}] * 2},
     "transactions.1.transaction_id: there already"),
    ({"transactions": [{"posted_at": "2025-01-01", "amount": "1", "account_id": "B"}],
      "accounts": [{"account_id": "A"}]}, "transactions.0.account_id: none of the accounts sent"),
    ({"transactions": [{"posted_at": "2025-01-01", "amount": "1"}], "as_of": "2025-01-15"}, "as_of: not the last day"),
    ({"transactions": [{"posted_at": "2025-02-01", "amount": "1"}]}, "The postings begin after 2025-01-31"),
    ({"transactions": [{"posted_at": "2025-01-01", "amount": "1"}], "owner": "x"}, "owner"),
)  # fmt: skip


@pytest.mark.parametrize(("asked", "said"), BAD)
def test_rows_that_are_wrong_are_told_by_their_place(ask, asked, said: str) -> None:
    told = ask("POST", "/api/v1/inference/credit-score", json=asked)
    assert told.status_code == 422
    assert said in told.json()["detail"]


def test_the_list_of_faults_is_short_however_many_there_are(ask) -> None:
    rows = [{"posted_at": "x", "amount": 0}] * 3_000
    told = ask("POST", "/api/v1/inference/credit-score", json={"transactions": rows})
    assert told.status_code == 422
    assert len(told.content) < 40_000
    assert told.json()["faults_in_all"] == 6_000
    many = [{"posted_at": "2025-01-01", "amount": 1}] * (MOST_POSTINGS + 1)
    assert ask("POST", "/api/v1/inference/credit-score", json={"transactions": many}).status_code in (413, 422)


def test_a_loan_that_is_npa_is_not_scored(ask) -> None:
    rows = month("01", "1000.00", "UPI/CR/123456789012/x/SBIN/a@okaxis/x")
    loan = {
        "loan_id": "L1",
        "principal": "120000",
        "annual_rate": 0.12,
        "tenor_months": 12,
        "disbursed_on": "2024-12-05",
    }
    due = [{"loan_id": "L1", "instalment_no": at, "due_on": f"2025-{at:02d}-05", "amount_due": "10661.85"}
           for at in range(1, 13)]  # fmt: skip
    told = ask(
        "POST", "/api/v1/inference/credit-score", json={"transactions": rows, "loans": [loan], "instalments": due}
    )
    assert told.status_code == 422
    assert "a loan is NPA" in told.json()["detail"]
