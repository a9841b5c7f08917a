"""Entries that come together share a transaction, each caller returns when his is durable, an error reaches all."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from governance.control import ControlStore
from governance.group_commit import GroupCommit
from governance.keys import WorkspaceKeys


class Slow:
    """A disk that takes its time."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []
        self.written: set[int] = set()

    def __call__(self, entries: Sequence[int]) -> None:
        time.sleep(0.01)
        if -1 in entries:
            raise OSError("full")
        self.batches.append(list(entries))
        self.written |= set(entries)


def test_every_entry_is_written_once_and_before_its_caller_goes_on() -> None:
    disk = Slow()
    group: GroupCommit[int] = GroupCommit(disk)

    def add(number: int) -> bool:
        group.add(number)
        return number in disk.written

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(add, range(400)))
    assert sorted(entry for batch in disk.batches for entry in batch) == list(range(400))
    assert len(disk.batches) < 120


def test_an_error_reaches_all_that_waited_for_it_and_nobody_else() -> None:
    disk = Slow()
    group: GroupCommit[int] = GroupCommit(disk)
    outcomes: dict[int, bool] = {}

    def add(number: int) -> None:
        try:
            group.add(number)
            outcomes[number] = True
        except OSError:
            outcomes[number] = False

    threads = [threading.Thread(target=add, args=(number,)) for number in (1, 2, -1, 3, 4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert outcomes[-1] is False
    assert {number for number, kept in outcomes.items() if kept} == disk.written
    group.add(9)
    assert 9 in disk.written


def test_the_chain_holds_whatever_comes_at_the_same_time_from_two_stores(tmp_path: Path) -> None:
    folder = tmp_path / "bank"
    folder.mkdir()
    stores = [ControlStore.in_folder(folder, WorkspaceKeys(bytes(32))) for _ in range(2)]

    def add(number: int) -> None:
        stores[number % 2].audit("local", "x", "ok", {"n": number})

    with ThreadPoolExecutor(24) as pool:
        list(pool.map(add, range(300)))
    assert stores[0].verify_audit() == 300
    assert {entry["details"] for entry in stores[1].audit_entries()} == {f'{{"n": {n}}}' for n in range(300)}
    for store in stores:
        store.close()


def test_an_entry_that_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "bank"
    folder.mkdir()
    store = ControlStore.in_folder(folder, WorkspaceKeys(bytes(32)))

    def full(*_: object) -> None:
        raise OSError("No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(store._group, "_write", full)
        with pytest.raises(OSError, match="No space left"):
            store.audit("local", "x", "ok", {})
    store.audit("local", "y", "ok", {})
    assert [entry["action"] for entry in store.audit_entries()] == ["y"]
    store.close()
