"""The hand-written SQL is an independent oracle: every value of loan status, months and features, by another route."""

from __future__ import annotations

import pytest

from analytics.warehouse import Writer
from benchmarks import feature_runs
from benchmarks.feature_values import PAIRS, compared
from governance.settings import Settings
from tools.workspace import Workspace

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")


@pytest.fixture
def writer(own_demo: Settings):
    with Workspace.open("demo", own_demo) as workspace, workspace.lake.writer("test") as writer:
        yield writer


def test_the_build_and_the_hand_written_sql_agree(writer: Writer) -> None:
    feature_runs.munshi(writer, lambda _: None)
    feature_runs.by_hand(writer, lambda _: None)
    found = [each for table, (other, key) in PAIRS.items() for each in compared(writer, table, other, key)]
    assert len(found) > 100
    assert all(each.values > 1_000 for each in found)
    assert [str(each) for each in found if not each.same] == []


def test_comparing_sees_values_keys_and_columns(writer: Writer) -> None:
    writer.execute("CREATE SCHEMA books.pair")
    writer.execute(
        "CREATE TABLE books.pair.ours AS SELECT * FROM (VALUES (1, 1.0, 'x', 5), (2, NULL, 'y', 6), (3, 3.0, 'z', 7)) "
        "AS rows(id, amount, word, here)"
    )
    writer.execute(
        "CREATE TABLE books.pair.theirs AS SELECT * FROM (VALUES (1, 1.0000001, 'x'), (2, 2.0, 'yy'), (4, 3.0, 'z')) "
        "AS rows(id, amount, word)"
    )
    unequal = {each.column: each.unequal for each in compared(writer, "pair.ours", "pair.theirs", ("id",))}
    assert unequal == {"id": 2, "amount": 3, "word": 3, "here": 4}
