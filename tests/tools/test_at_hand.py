"""What is answered out of memory is what is looked up, and it stays so through a publish, a consent, a suspension."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from governance.principal import Principal, local_principal
from governance.privacy import consents
from governance.settings import Settings
from governance.suspension import resume, suspend
from tools.at_hand import AtHand, NotAtHand
from tools.inference import INFERENCES
from tools.inline_rows import Subject
from tools.workspace import Workspace

LIGHT = {each.name: each for each in INFERENCES if each.light}
ME = local_principal("demo")


@pytest.fixture(scope="module")
def workspace(shared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    folder = tmp_path_factory.mktemp("at-hand")
    shutil.copytree(shared_home, folder, dirs_exist_ok=True)
    settings = Settings(home=folder / "munshi", key_file=folder / "config" / "master.key", master_key=None,
                        model="embedded", tracking="off")  # fmt: skip
    with Workspace.open("demo", settings) as opened:
        yield opened


@pytest.fixture(scope="module")
def asked(workspace: Workspace) -> Subject:
    sql = "SELECT customer_id FROM semantic.borrowers SEMI JOIN semantic.leavers USING (customer_id) ORDER BY 1 LIMIT 1"
    return Subject(customer_id=workspace.query(ME, sql).rows[0][0])


@pytest.mark.parametrize("name", ["credit-score", "churn-score"])
def test_what_is_at_hand_is_what_is_looked_up(workspace: Workspace, asked: Subject, name: str) -> None:
    inference = LIGHT[name]
    said = inference.of(workspace, ME, asked)
    assert inference.at_hand(workspace, ME, asked) == said


def test_nothing_is_at_hand_for_who_may_not_or_sees_other_rows_or_asks_after_nobody(
    workspace: Workspace, asked: Subject
) -> None:
    inference = LIGHT["credit-score"]
    inference.of(workspace, ME, asked)
    others = (Principal("x", "demo", "viewer"), Principal("x", "elsewhere", "risk_manager"),
              Principal("x", "demo", "risk_manager", {"city": ("Nowhere",)}))  # fmt: skip
    assert [inference.at_hand(workspace, each, asked) for each in others] == [None] * 3
    assert inference.at_hand(workspace, ME, Subject(customer_id="C_nobody")) is None


def test_nothing_is_at_hand_once_the_workspace_is_suspended_a_consent_changed_or_books_were_published(
    workspace: Workspace, asked: Subject
) -> None:
    inference = LIGHT["credit-score"]

    def there() -> bool:
        return inference.at_hand(workspace, ME, asked) is not None

    inference.of(workspace, ME, asked)
    assert there()
    suspend(workspace.folder, by="test", reason="test")
    assert not there()
    resume(workspace.folder)
    assert there()
    consents.changed(workspace.folder)
    assert not there()
    inference.of(workspace, ME, asked)
    assert there()
    with workspace.lake.writer("publishing") as writer:
        writer.set_meta("told_by_test", "yes")
    assert not there()


def test_it_reads_and_runs_nothing(workspace: Workspace) -> None:
    workspace.withheld()
    at_hand = AtHand(workspace)
    for attempt in (lambda: at_hand.query(ME, "SELECT 1"), lambda: at_hand.worker(ME),
                    lambda: at_hand.remember(ME, "what nobody asked for", dict)):  # fmt: skip
        with pytest.raises(NotAtHand):
            attempt()


def test_of_those_who_come_together_one_computes(workspace: Workspace) -> None:
    computed, together = [], threading.Barrier(8)

    def ask(_: int) -> int:
        together.wait()
        return workspace.remember(ME, "test: once", lambda: computed.append(1) or len(computed))

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, range(8))) == {1}
    assert computed == [1]
    assert not workspace._computing


def test_who_fails_to_compute_leaves_it_to_the_next(workspace: Workspace) -> None:
    with pytest.raises(ZeroDivisionError):
        workspace.remember(ME, "test: fails", lambda: 1 // 0)
    assert workspace.remember(ME, "test: fails", lambda: 7) == 7
    assert not workspace._computing
