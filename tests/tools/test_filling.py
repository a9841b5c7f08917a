"""Sources that bring canonical tables: what is doubted, what comes back, what was checked, what came in."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from analytics.schema import ACCOUNTS, CUSTOMERS, TRANSACTIONS, arrow_schema
from governance.principal import local_principal
from governance.settings import Settings
from tools.operations.fill import ingest
from tools.operations.quality import quality
from tools.workspace import Workspace

START = dt.date(2025, 1, 1)


def posting(number: int, day: dt.date, amount: float, balance: float, **more: Any) -> dict[str, Any]:
    moment = dt.datetime.combine(day, dt.time())
    return {
        "transaction_id": f"T{number:03d}", "account_id": "A1", "customer_id": "C1", "posted_at": moment,
        "value_date": day, "known_at": moment, "amount": Decimal(str(amount)), "balance_after": Decimal(str(balance)),
        "currency": "INR", "direction": "credit" if amount > 0 else "debit", "is_own_transfer": False,
        "category": "groceries", "category_rule": "alias:corner_shop", "source": "books", **more,
    }  # fmt: skip


def household(months: int = 6) -> list[dict[str, Any]]:
    """A salary and a shop each month; the balance of one month is off by 500, of another by 40 paise."""
    rows, balance = [], Decimal(0)
    for month in range(months):
        for number, (day, amount, more) in enumerate((
            (1, 50_000, {"category": "income", "subcategory": "salary", "counterparty": "ACME"}),
            (12, -2_000, {}),
        )):  # fmt: skip
            balance += amount
            off = {2: Decimal(500), 4: Decimal("0.40")}.get(month, Decimal(0)) if number else Decimal(0)
            balance += off
            rows.append(posting(len(rows), dt.date(2025, month + 1, day), amount, float(balance), **more))
    return rows


def write(folder: Path, rows: list[dict[str, Any]]) -> Path:
    folder.mkdir(exist_ok=True)
    tables = {
        "customers": (CUSTOMERS, [{"customer_id": "C1", "full_name": "Meera Shah", "contact_flags": []}]),
        "accounts": (ACCOUNTS, [{"account_id": "A1", "customer_id": "C1", "kind": "savings", "currency": "INR",
                                 "opened_on": START}]),
        "transactions": (TRANSACTIONS, rows),
    }  # fmt: skip
    for name, (table, each) in tables.items():
        pq.write_table(pa.Table.from_pylist(each, schema=arrow_schema(table)), folder / f"{name}.parquet")
    return folder


@pytest.fixture
def filled(tmp_path: Path, settings: Settings) -> Settings:
    ingest("canonical", write(tmp_path / "files", household()), "shop", settings=settings)
    return settings


def payments(settings: Settings) -> list[tuple[Any, ...]]:
    with Workspace.open("shop", settings) as workspace:
        sql = (
            "SELECT party, recurring_kind, cadence, hits, amount, last_on, next_expected_on "
            "FROM books.core.recurring_payments"
        )
        return workspace.query(local_principal("shop"), sql).rows


def test_what_does_not_add_up_is_told_by_reason(filled: Settings) -> None:
    found = quality("shop", settings=filled)
    assert {each["kind"]: each["rows"] for each in found["findings"]} == {"balance_break": 1, "balance_rounding": 1}
    assert [each["rows"] for each in found["balances"]] == [10, 1, 0, 1]
    (example,) = next(each for each in found["findings"] if each["kind"] == "balance_break")["examples"]
    assert (example["account_id"], example["day"]) == ("A1", dt.date(2025, 3, 12))
    assert example["found"] - example["expected"] == 500
    assert "Meera" not in repr(found)


def test_checks_run_and_the_build_keeps_files_with_hashes_and_steps(filled: Settings, tmp_path: Path) -> None:
    found = quality("shop", settings=filled)
    assert {each["name"]: each["status"] for each in found["checks"]}["balances_add_up"] == "warn"
    (build,) = found["builds"]
    inputs = {each["name"]: each["file_id"] for each in json.loads(build["inputs"])}
    path = tmp_path / "files" / "transactions.parquet"
    assert inputs["transactions.parquet"] == hashlib.sha256(path.read_bytes()).hexdigest()
    steps = {each["step"]: (each["rows_in"], each["rows_out"]) for each in json.loads(build["steps"])}
    assert steps["write canonical"] == (14, 14)
    assert steps["reconcile"] == (12, 2)
    assert steps["recurring payments"] == (12, 1)


def test_a_salary_is_expected_again(filled: Settings) -> None:
    first, last = dt.date(2025, 6, 1), dt.date(2025, 7, 1)
    assert payments(filled) == [("ACME", "salary", "monthly", 6, Decimal("50000.00"), first, last)]


def test_the_same_files_again_change_neither_doubts_nor_payments(filled: Settings, tmp_path: Path) -> None:
    before = quality("shop", settings=filled)
    ingest("canonical", tmp_path / "files", "shop", settings=filled)
    after = quality("shop", settings=filled)
    assert after["findings"] == before["findings"]
    assert len(payments(filled)) == 1
    assert len(after["builds"]) == 2


def test_the_sandbox_has_a_whole_report(demo_settings: Settings) -> None:
    found = quality("demo", settings=demo_settings)
    assert [each["status"] for each in found["checks"] if each["status"] in ("warn", "fail")] == []
    assert found["balances"][0]["share"] == 1.0, "the simulated balances add up"
    (build,) = found["builds"]
    assert [each["step"] for each in json.loads(build["steps"])] == [
        "write sandbox", "reconcile", "recurring payments", "check",
    ]  # fmt: skip
    assert json.loads(build["inputs"])[0]["seed"] == 11
