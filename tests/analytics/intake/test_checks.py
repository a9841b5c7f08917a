"""Each check finds what is wrong, passes where all is well, and says when there is nothing to check."""

from __future__ import annotations

from pathlib import Path

import pytest
from intake_books import new_lake, parsed, put, read
from raw_rows import raw

from analytics.pipeline.quality.checks import CHECKED, Check, run, write
from analytics.warehouse import Lake

CORE = "UPDATE books.core.transactions SET"
ROWS = [raw("", 0, "2024-05-01", -50, balance=950, category="groceries"),
        raw("", 0, "2024-05-31", -10, balance=940, category="fees")]  # fmt: skip

#: Check → a statement that makes it find something.
SPOILS = {
    "complete_keys": f"{CORE} currency = NULL WHERE amount = -50",
    "unique_ids": f"{CORE} transaction_id = 'same'",
    "accounts_known": f"{CORE} account_id = 'nobody'",
    "owners_known": "DELETE FROM books.core.customers",
    "currency_known": f"{CORE} currency = 'rupees'",
    "currency_agrees": f"{CORE} currency = 'USD'",
    "dates_reasonable": f"{CORE} posted_at = TIMESTAMP '1900-01-01'",
    "signs_agree": f"{CORE} direction = 'credit'",
    "categorised": f"{CORE} category = NULL",
    "balances_add_up": "INSERT INTO books.quality.findings (kind) VALUES ('balance_break')",
    "summaries_agree": "INSERT INTO books.quality.findings (kind) VALUES ('summary_mismatch')",
    "nothing_missing": "INSERT INTO books.quality.findings (kind) VALUES ('missing_period')",
    "months_whole": "INSERT INTO books.quality.findings (kind) VALUES ('incomplete_month')",
    "untampered": "INSERT INTO books.quality.findings (kind) VALUES ('tampering')",
    "copies_few": "INSERT INTO books.quality.findings (kind) SELECT 'duplicate' FROM range(2)",
    "quarantine_small": "INSERT INTO books.quality.quarantine (file_id, line, state) VALUES ('f', 1, 'open')",
    "fresh": "INSERT INTO books.core.transactions (transaction_id, account_id, posted_at) "
    "VALUES ('late', 'A2', TIMESTAMP '2025-05-01')",
}


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    made = new_lake(tmp_path_factory.mktemp("checks") / "demo")
    put(made, parsed(ROWS))
    return made


def statuses(lake: Lake) -> dict[str, str]:
    """What all checks say; what they keep is then undone."""
    found: dict[str, str] = {}
    with pytest.raises(InterruptedError), lake.writer("a test") as writer:
        found |= {outcome.check.name: outcome.status for outcome in write(writer, "B1")}
        assert writer.execute("SELECT count(*) FROM books.quality.checks").rows == [(len(CHECKED),)]
        raise InterruptedError
    return found


def test_sound_books_pass(lake: Lake) -> None:
    assert set(statuses(lake).values()) == {"pass"}


def test_every_check_is_tried() -> None:
    assert set(SPOILS) == {check.name for check in CHECKED}


@pytest.mark.parametrize("check", CHECKED, ids=lambda check: check.name)
def test_a_check_finds_what_is_wrong(lake: Lake, check: Check) -> None:
    with pytest.raises(InterruptedError), lake.writer("a test") as writer:
        writer.execute(SPOILS[check.name])
        (outcome,) = run(
            lambda name: writer.table(*name.split(".")), lambda one: writer.execute(writer.select(one)).rows[0], [check]
        )
        assert outcome.status == check.severity
        raise InterruptedError


def test_empty_books_have_nothing_to_check(tmp_path: Path) -> None:
    empty = new_lake(tmp_path / "empty")
    assert set(statuses(empty).values()) == {"not applicable"}
    assert read(empty, "SELECT count(*) FROM books.quality.checks") == [(0,)]
