"""From a question to its answer, and what becomes of the answer when the books go on, leave and come back."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest

from assistant.answer import Answer
from assistant.munshi import Munshi
from assistant.replay import Replay
from governance.errors import KeyUnusable, SourceError, WorkspaceNotFound
from governance.settings import Settings
from tools.operations.backups import back_up, destroy, restore
from tools.operations.fill import Filled, build_workspace, ingest

FLAGSHIP = "Who are my top 100 risky borrowers?"
QUESTIONS = (
    FLAGSHIP,
    "What is the total outstanding by product?",
    "How much was spent on groceries last month?",
    "How good is the credit model?",
    "When is a loan an NPA?",
)
NEW_POSTINGS = 10_000

RANKED = """
SELECT s.customer_id, s.probability, s.score, s.band, s.exposure, c.city
FROM books.scores.latest AS s JOIN books.core.customers AS c USING (customer_id) WHERE s.model = 'credit'
ORDER BY s.probability DESC, s.exposure DESC, s.customer_id LIMIT 100
"""


def copied(shared_home: Path, folder: Path) -> Settings:
    shutil.copytree(shared_home, folder, dirs_exist_ok=True)
    return Settings(
        home=folder / "munshi", key_file=folder / "config" / "master.key", master_key=None, model="embedded"
    )


def by_plain_sql(munshi: Munshi) -> list[tuple[Any, ...]]:
    return munshi.workspace.query(munshi.principal, RANKED).rows


def ranking(answer: Answer) -> list[tuple[Any, ...]]:
    names = [column.name for column in answer.table.columns]
    wanted = ("customer_id", "probability_of_default", "score", "band", "exposure", "city")
    return [tuple(row[names.index(name)] for name in wanted) for row in answer.table.rows]


def without_times(answer: Answer) -> dict[str, Any]:
    """The answer but for what differs each time it is given."""
    told = answer.model_dump(mode="json", exclude={"receipt_id", "conversation_id"})
    told["steps"] = [{**step, "ms": 0} for step in told["steps"]]
    return {**told, "usage": {**told["usage"], "ms": 0}}


# ── the books go on ──────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Story:
    """An answer, then 10,000 postings more, a build, and the answer again."""

    answer: Answer
    expected: list[tuple[Any, ...]]
    first: Filled
    again: Filled
    postings: tuple[int, int]
    same: Replay
    on_newest: Replay
    later: Answer
    later_expected: list[tuple[Any, ...]]
    audited: int


def new_postings(munshi: Munshi) -> pa.Table:
    """Penalties and purchases of the last month, spread over the savings accounts of those who owe."""
    accounts = munshi.workspace.query(
        munshi.principal,
        "SELECT a.account_id, a.customer_id FROM books.core.accounts AS a JOIN books.scores.latest USING (customer_id) "
        "WHERE model = 'credit' AND a.kind = 'savings' ORDER BY a.account_id",
    ).rows
    clock = munshi.workspace.data_clock(munshi.principal)
    rows = []
    for number in range(NEW_POSTINGS):
        account, customer = accounts[number % len(accounts)]
        penalty = number % 3 == 0
        rows.append({
            "transaction_id": f"LATE_{number:05}", "account_id": account, "customer_id": customer,
            "posted_at": dt.datetime.combine(clock.replace(day=1 + number % clock.day), dt.time(12, number % 60)),
            "amount": Decimal(-(250 + number % 700)), "currency": "INR", "mode": "other" if penalty else "upi",
            "category": "fees" if penalty else "shopping", "subcategory": "bounce_charge" if penalty else None,
        })  # fmt: skip
    return pa.Table.from_pylist(rows)


@pytest.fixture(scope="module")
def story(shared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Story:
    settings = copied(shared_home, tmp_path_factory.mktemp("story"))
    source = tmp_path_factory.mktemp("canonical")
    with Munshi.open("demo", settings=settings) as munshi:
        answer, expected = munshi.ask(FLAGSHIP), by_plain_sql(munshi)
        before = munshi.workspace.query(munshi.principal, "SELECT count(*) FROM books.core.transactions").rows[0][0]
        pa.parquet.write_table(new_postings(munshi), source / "transactions.parquet")
    first, again = (ingest("canonical", source, "demo", settings=settings) for _ in range(2))
    build_workspace("demo", settings=settings)
    with Munshi.open("demo", settings=settings) as munshi:
        after = munshi.workspace.query(munshi.principal, "SELECT count(*) FROM books.core.transactions").rows[0][0]
        return Story(
            answer, expected, first, again, (before, after),
            same=munshi.replay(answer.receipt_id), on_newest=munshi.replay(answer.receipt_id, today=True),
            later=munshi.ask(FLAGSHIP), later_expected=by_plain_sql(munshi),
            audited=munshi.workspace.control.verify_audit(),
        )  # fmt: skip


def test_the_flagship_question_lists_exactly_whom_plain_sql_lists(story: Story) -> None:
    assert len(story.expected) == 100
    assert ranking(story.answer) == story.expected
    assert (story.answer.status, story.answer.grounded) == ("answered", True)


def test_the_answer_names_definition_cut_off_exclusions_and_model(story: Story) -> None:
    text = story.answer.text
    assert "probability of default" in text
    assert f"{story.expected[-1][1]:.1%}" in text.replace(" %", "%")
    assert all(word in text for word in ("NPA", "written-off", "expected loss", "days past due"))
    assert story.answer.model_versions.keys() == {"credit"}
    assert story.answer.model_versions["credit"] in text


def test_what_arrives_is_added_once(story: Story) -> None:
    assert story.first.added["transactions"] == NEW_POSTINGS
    assert set(story.again.added.values()) == {0}
    assert story.postings[1] - story.postings[0] == NEW_POSTINGS


def test_a_replay_on_its_own_snapshot_is_the_same_to_the_last_row(story: Story) -> None:
    assert story.same.same
    assert [call.changes for call in story.same.calls] == [()]
    assert "every figure and every row is the same" in story.same.summary()


def test_a_replay_on_the_newest_books_says_what_changed(story: Story) -> None:
    assert not story.on_newest.same
    assert story.on_newest.calls[0].snapshot > story.same.calls[0].snapshot
    assert any("rows differ" in change for change in story.on_newest.calls[0].changes)


def test_the_later_answer_is_that_of_the_later_books(story: Story) -> None:
    assert ranking(story.later) == story.later_expected
    assert story.later_expected != story.expected
    assert story.later.receipt_id != story.answer.receipt_id


# ── the books leave and come back ────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Journey:
    """A workspace that was asked, backed up, destroyed, restored and asked again."""

    settings: Settings
    backup: Path
    before: list[Answer]
    left_over: list[Path]
    gone: bool
    after: list[Answer]
    replayed: Replay


def asked(settings: Settings) -> list[Answer]:
    with Munshi.open("demo", settings=settings) as munshi:
        return [munshi.ask(question) for question in QUESTIONS]


@pytest.fixture(scope="module")
def journey(shared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Journey]:
    folder = tmp_path_factory.mktemp("journey")
    settings = copied(shared_home, folder)
    before = asked(settings)
    backup = back_up("demo", folder / "demo.tar", settings=settings)
    destroy("demo", settings=settings)
    left_over = [path for path in settings.home.rglob("*") if path.is_file()]
    try:
        Munshi.open("demo", settings=settings).close()
        gone = False
    except WorkspaceNotFound:
        gone = True
    restore(backup, settings=settings)
    with Munshi.open("demo", settings=settings) as munshi:
        replayed = munshi.replay(before[0].receipt_id)
    yield Journey(settings, backup, before, left_over, gone, asked(settings), replayed)
    shutil.rmtree(folder)


def test_a_destroyed_workspace_leaves_no_file_and_answers_nothing(journey: Journey) -> None:
    assert journey.left_over == []
    assert journey.gone


@pytest.mark.parametrize("place", range(len(QUESTIONS)), ids=QUESTIONS)
def test_a_restored_workspace_gives_the_same_answer(journey: Journey, place: int) -> None:
    assert journey.before[place].status == "answered"
    assert without_times(journey.after[place]) == without_times(journey.before[place])


def test_receipts_come_back_too(journey: Journey) -> None:
    assert journey.replayed.same
    assert journey.replayed.question == FLAGSHIP


def test_a_backup_is_refused_under_another_master_key(journey: Journey, tmp_path: Path) -> None:
    key = tmp_path / "master.key"
    key.write_text("5a" * 32)
    stranger = Settings(home=tmp_path / "munshi", key_file=key, master_key=None)
    with pytest.raises(KeyUnusable, match="master key does not open this workspace"):
        restore(journey.backup, settings=stranger)
    assert list(stranger.workspaces.iterdir()) == []


def test_a_backup_with_one_byte_changed_is_refused_with_nothing_changed(journey: Journey, tmp_path: Path) -> None:
    body = bytearray(journey.backup.read_bytes())
    body[len(body) // 2] ^= 1
    damaged = tmp_path / "damaged.tar"
    damaged.write_bytes(body)
    elsewhere = Settings(home=tmp_path / "munshi", key_file=journey.settings.key_file, master_key=None)
    with pytest.raises(SourceError, match=r"damaged: lake/\S+ changed since\. Nothing was changed\."):
        restore(damaged, settings=elsewhere)
    assert list(elsewhere.workspaces.iterdir()) == []
