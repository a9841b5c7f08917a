"""Twenty conversations of one Munshi at the same time: every follow-up goes on from its own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from conversing import COUNT, TURNS, all_at_once

from assistant.munshi import Munshi
from governance.settings import Settings


@pytest.fixture(scope="module")
def opened(shared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    home = tmp_path_factory.mktemp("apart") / "home"
    shutil.copytree(shared_home, home)
    yield Settings(home=home / "munshi", key_file=home / "config" / "master.key", master_key=None, model="embedded",
                   tracking="off")  # fmt: skip
    shutil.rmtree(home)


def test_twenty_conversations_of_one_munshi_do_not_mix(opened: Settings) -> None:
    with Munshi.open("demo", settings=opened) as munshi:
        all_at_once(lambda question, conversation: munshi.ask(question, conversation).model_dump(mode="json"))
        for size in range(2, COUNT + 2):
            kept = munshi.workspace.control.conversation(f"apart-{size}")
            asked = [receipt.content["question"] for receipt in kept]
            assert asked == [turn.format(size=size) for turn in TURNS]
            assert [receipt.sequence for receipt in kept] == [1, 2, 3, 4]
