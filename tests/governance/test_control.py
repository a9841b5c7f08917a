"""Receipts are sealed; the audit log is a chain."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from governance.control import AUDIT, ControlStore
from governance.errors import BooksCorrupt, ReceiptNotFound
from governance.keys import WorkspaceKeys


@pytest.fixture
def store(tmp_path: Path):
    made = ControlStore.in_folder(tmp_path, WorkspaceKeys(bytes(32)))
    yield made
    made.close()


def test_a_receipt_comes_back_as_it_was_kept_and_lies_sealed(store: ControlStore, tmp_path: Path) -> None:
    store.keep_receipt("R1", "K1", "local", "answered", {"question": "who is riskiest"})
    assert store.receipt("R1").content == {"question": "who is riskiest"}
    assert b"riskiest" not in (tmp_path / "control.sqlite").read_bytes()


def test_an_unknown_receipt_is_said(store: ControlStore) -> None:
    with pytest.raises(ReceiptNotFound, match="no receipt 'R9'"):
        store.receipt("R9")


def test_a_conversation_is_its_receipts_in_order(store: ControlStore) -> None:
    for number in range(5):
        store.keep_receipt(f"R{number}", "K1", "local", "answered", {"n": number})
    store.keep_receipt("other", "K2", "local", "answered", {})
    assert [receipt.content["n"] for receipt in store.conversation("K1", last=3)] == [2, 3, 4]


def test_the_audit_chain_verifies(store: ControlStore) -> None:
    for number in range(4):
        store.audit("local", "tool:run_sql", "refused", {"n": number})
    assert store.verify_audit() == 4


@pytest.mark.parametrize(
    "tamper",
    [
        AUDIT.update().where(AUDIT.c.sequence == 2).values(outcome="allowed"),
        AUDIT.delete().where(AUDIT.c.sequence == 2),
        AUDIT.update().where(AUDIT.c.sequence == 4).values(sequence=5),
    ],
    ids=["changed", "removed", "moved"],
)
def test_a_changed_audit_log_is_caught(store: ControlStore, tamper: sa.sql.dml.DMLWhereBase) -> None:
    for number in range(4):
        store.audit("local", "tool:run_sql", "refused", {"n": number})
    with store.engine.begin() as connection:
        connection.execute(tamper)
    with pytest.raises(BooksCorrupt, match="broken at entry"):
        store.verify_audit()


def test_workspaces_share_a_store_and_see_only_their_own(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'shared.sqlite'}"
    mine, yours = (ControlStore(url, name, WorkspaceKeys(bytes(32))) for name in ("a", "b"))
    mine.keep_receipt("R1", "K1", "local", "answered", {})
    mine.audit("local", "x", "ok", {})
    with pytest.raises(ReceiptNotFound):
        yours.receipt("R1")
    assert yours.audit_entries() == []
    mine.close()
    yours.close()
