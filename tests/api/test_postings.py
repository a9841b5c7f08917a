"""A posting in real time: what an intake would make of it, how far it stands out, once, and taken up by the intake."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pyarrow as pa
import pytest

from analytics.schema import ACCOUNTS, CUSTOMERS, arrow_schema
from api.service import Service
from governance.errors import NotThere, ToolRetry
from governance.identity.rights import Rights
from governance.principal import Principal
from governance.settings import Settings
from tools.arrivals import ARRIVALS
from tools.operations.intake import take_in_arrivals
from tools.realtime import PostingSent, RealTime
from tools.workspace import Workspace

ADDRESS = "/api/v1/transactions"
FOOD = "UPI/DR/618212345678/SWIGGY/YESB/swiggy@ybl/food"


@pytest.fixture(scope="module")
def account(service: Service) -> dict[str, Any]:
    """A savings account of a customer of Pune."""
    sql = """SELECT a.account_id, customer_id FROM semantic.accounts AS a JOIN semantic.customers USING (customer_id)
             WHERE kind = 'savings' AND city = 'Pune' AND a.closed_on IS NULL ORDER BY 1 LIMIT 1"""
    return service.workspace.query(service.local, sql).dicts()[0]


def posting(account: dict[str, Any], key: str, **more: Any) -> dict[str, Any]:
    return {"transaction_id": key, "account_id": account["account_id"], "posted_at": "2026-07-02T10:15:00",
            "amount": "-450.00", "narration": FOOD, **more}  # fmt: skip


def test_a_posting_comes_back_enriched_and_counts_once(ask, service: Service, account) -> None:
    sent = posting(account, "RT-1")
    first, again = (ask("POST", ADDRESS, "service", json=sent) for _ in range(2))
    assert first.status_code == 200, first.text
    told = first.json()
    assert (told["customer_id"], told["merchant"], told["category"]) == (
        account["customer_id"],
        "Swiggy",
        "food_and_dining",
    )
    assert told["category_rule"].startswith("alias:")
    assert told["category_confidence"] > 0.9
    assert (told["mode"], told["direction"]) == ("upi", "debit")
    assert 0 <= told["anomaly"]["score"] <= 100
    moved = {each["figure"]: each for each in told["changed"]}
    assert moved["postings"]["after"] == (moved["postings"]["before"] or 0) + 1
    assert moved["outflow"]["after"] == pytest.approx((moved["outflow"]["before"] or 0) + 450)
    assert any("sandbox" in each for each in told["warnings"])
    assert again.json() == told
    assert again.headers["idempotency-replayed"] == "true"
    assert "swiggy@ybl" not in first.text
    kept = [each for each in service.realtime._arrivals.waiting() if each.posting_id == "RT-1"]
    assert len(kept) == 1


def test_members_that_nothing_reads_are_told_and_make_no_other_posting(ask, account) -> None:
    first = ask("POST", ADDRESS, "service", json=posting(account, "RT-1b", colour="green")).json()
    assert any("of postings: 'colour' (1)" in each for each in first["warnings"])
    again = ask("POST", ADDRESS, "service", json=posting(account, "RT-1b", colour="blue"))
    assert (again.json(), again.headers["idempotency-replayed"]) == (first, "true")


def test_another_posting_under_the_same_id_is_turned_away(ask, account) -> None:
    assert ask("POST", ADDRESS, "service", json=posting(account, "RT-2")).status_code == 200
    told = ask("POST", ADDRESS, "service", json=posting(account, "RT-2", amount="-451.00"))
    assert told.status_code == 422
    assert "says something else" in told.json()["detail"]


def test_a_posting_that_waits_counts_for_the_next(ask, account) -> None:
    rows = [posting(account, f"RT-3-{at}", posted_at=f"2026-07-03T11:0{at}:00", amount="-7777.00",
                    narration="UPI/DR/618212345999/ZZTOP TRADERS/YESB/zztop@ybl/x") for at in range(2)]  # fmt: skip
    first, second = (ask("POST", ADDRESS, "service", json=row).json() for row in rows)
    assert second["anomaly"]["kind"] == "duplicate_debit", (first["anomaly"], second["anomaly"])
    count = {each["figure"]: each for each in second["changed"]}["postings"]
    assert count["before"] >= 1


def test_books_too_large_for_memory_and_older_postings_say_the_same(
    ask, service: Service, account, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = PostingSent.model_validate(posting(account, "RT-7", posted_at="2026-06-20T11:00:00", amount="-812.00"))
    principal = Principal("key_x", service.workspace.name, "service")
    in_memory, _ = RealTime(service.workspace).take(principal, sent)
    with monkeypatch.context() as few, Workspace.open(service.workspace.name, service.workspace.settings) as again:
        few.setattr("tools.grouped.MOST_ROWS", 0)
        other = sent.model_copy(update={"transaction_id": "RT-8", "amount": sent.amount})
        with again.control.writing() as connection:
            connection.execute(ARRIVALS.delete().where(ARRIVALS.c.posting_mac == again_mac(service, "RT-7")))
        looked_up, _ = RealTime(again).take(principal, other)
    assert looked_up.model_copy(update={"transaction_id": "RT-7"}) == in_memory
    assert in_memory.changed


def again_mac(service: Service, posting_id: str) -> str:
    return service.realtime._arrivals._mac("posting", posting_id)


def test_letters_beyond_ascii_are_read_as_the_intake_reads_them(ask, account) -> None:
    told = ask("POST", ADDRESS, "service", json=posting(account, "RT-9", narration=FOOD.replace("food", "खाना"))).json()
    plain = ask("POST", ADDRESS, "service", json=posting(account, "RT-10")).json()
    assert (told["merchant"], told["category"]) == (plain["merchant"], plain["category"])


def test_a_posting_is_audited_once_with_it(ask, service: Service, account) -> None:
    count = service.workspace.control.verify_audit()
    for _ in range(2):
        ask("POST", ADDRESS, "service", json=posting(account, "RT-11"))
    entries = service.workspace.control.audit_entries()
    assert service.workspace.control.verify_audit() == len(entries) == count + 1
    assert (entries[-1]["action"], entries[-1]["outcome"]) == ("posting", "taken")


def test_many_at_once_under_one_id_are_one(ask, service: Service, account) -> None:
    sent = posting(account, "RT-4")
    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(lambda _: ask("POST", ADDRESS, "service", json=sent), range(6)))
    assert {each.status_code for each in told} == {200}
    assert len({each.text for each in told}) == 1
    assert [each.posting_id for each in service.realtime._arrivals.waiting()].count("RT-4") == 1


def test_an_account_out_of_sight_is_not_there_and_who_may_not_send_is_refused(ask, service: Service, account) -> None:
    _, elsewhere = service.identity.api_keys.create("x", Rights("service", None, {"city": ("Mumbai",)}))
    told = ask("POST", ADDRESS, None, json=posting(account, "RT-5"), headers={"Authorization": f"Bearer {elsewhere}"})
    assert told.status_code == 404
    assert ask("POST", ADDRESS, "service", json=posting({"account_id": "nobody"}, "RT-5")).status_code == 404
    assert ask("POST", ADDRESS, "analyst", json=posting(account, "RT-5")).status_code == 403


def test_what_is_kept_is_sealed(service: Service, ask, account) -> None:
    ask("POST", ADDRESS, "service", json=posting(account, "RT-6", narration="XYZZY MARK 42"))
    with service.workspace.control.reading() as connection:
        rows = connection.execute(ARRIVALS.select()).all()
    assert rows
    assert not any(b"XYZZY" in bytes(row.sealed) or "RT-6" in row.posting_mac for row in rows)


@pytest.fixture
def bank(settings: Settings) -> Settings:
    """A workspace of its own with one account, no posting and no model."""
    rows = {CUSTOMERS: {"customer_id": "C1", "contact_flags": []},
            ACCOUNTS: {"account_id": "A1", "customer_id": "C1", "kind": "savings", "currency": "INR"}}  # fmt: skip
    with Workspace.create("bank", settings) as workspace, workspace.lake.writer("making the bank") as writer:
        for table, row in rows.items():
            writer.append(table.qualified, pa.Table.from_pylist([row], schema=arrow_schema(table)))
        for key, value in {"currency": "INR", "source": "statements", "data_clock": "2026-02-28"}.items():
            writer.set_meta(key, value)
    return settings


def test_the_next_intake_takes_them_in_with_the_same_category_and_once(bank: Settings) -> None:
    principal = Principal("key_x", "bank", "service")
    with Workspace.open("bank", bank) as workspace:
        told, _ = RealTime(workspace).take(principal, PostingSent.model_validate(
            {"transaction_id": "N1", "account_id": "A1", "posted_at": "2026-03-29T09:30:00", "amount": "-321.00",
             "narration": FOOD}))  # fmt: skip
        assert told.anomaly is None
        assert any("No model 'anomalies' serves" in each for each in told.warnings)
    report = take_in_arrivals("bank", settings=bank)
    assert (report.derived.added, [each.name for each in report.files]) == (1, ["postings sent in real time"])
    with Workspace.open("bank", bank) as workspace:
        sql = "SELECT category, category_rule, merchant, posted_at, amount, source FROM books.core.transactions " \
              "WHERE transaction_id = 'N1'"  # fmt: skip
        ((category, rule, merchant, at, amount, source),) = workspace.query(principal, sql).rows
        assert (category, rule, merchant) == (told.category, told.category_rule, told.merchant)
        assert (at, amount, source) == (dt.datetime(2026, 3, 29, 9, 30), told.amount, "realtime")
        again, before = RealTime(workspace).take(principal, PostingSent.model_validate(
            {"transaction_id": "N1", "account_id": "A1", "posted_at": "2026-03-29T09:30:00", "amount": "-321.00",
             "narration": FOOD}))  # fmt: skip
        assert (before, again) == (True, told)
        with pytest.raises(NotThere):
            RealTime(workspace).take(principal, PostingSent.model_validate(
                {"transaction_id": "N2", "account_id": "A9", "posted_at": "2026-03-29", "amount": "1"}))  # fmt: skip
        with pytest.raises(ToolRetry):
            RealTime(workspace).take(principal, PostingSent.model_validate(
                {"transaction_id": "N1", "account_id": "A1", "posted_at": "2026-03-29", "amount": "1"}))  # fmt: skip
    assert not take_in_arrivals("bank", settings=bank).changed
