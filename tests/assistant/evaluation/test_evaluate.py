"""`munshi eval`: files of questions in both formats, asked, judged, and told as table, data and page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.evaluation.evaluate import evaluate
from assistant.evaluation.files import in_workspace, read_questions
from assistant.evaluation.report import percentile
from assistant.evaluation.run import query_of
from assistant.munshi import Munshi
from governance.errors import SourceError

YAML = """
questions:
- {kind: count, ask: "how many books are there", sql: "select count(*) from source.book",
   then: [{ask: "by genre", sql: "select genre, count(*) from source.book group by 1"}]}
- {kind: count, ask: "how many lendings are lost", sql: "select 1 + count(*) from source.order_ where state = 'L'"}
- {kind: decline, ask: "who is the tallest author?", decline: true}
- {kind: broken, ask: "how many shelves", sql: "select count(*) from source.shelf"}
"""
BENCHMARK = [
    {"question": "How many members are there?", "query": "SELECT count(*) FROM Member", "db_id": "library"},
    {"question": "Average fee of lendings", "SQL": 'SELECT avg(T1.fee) FROM "Order" AS T1', "db_id": "library"},
    {"question": "How many singers are there?", "query": "SELECT count(*) FROM singer", "db_id": "concerts"},
]


def test_golden_questions_are_judged_counted_and_told(library: Munshi, tmp_path: Path) -> None:
    file = tmp_path / "questions.yaml"
    file.write_text(YAML, "utf-8")
    found = evaluate(file, workspace="library", settings=library.workspace.settings)
    told = found.as_dict()["minds"]["embedded"]
    assert (told["accuracy"]["hits"], told["accuracy"]["count"]) == (2, 3)
    assert (told["precision"]["hits"], told["precision"]["count"]) == (2, 3)
    assert (told["declined"]["hits"], told["declined"]["count"]) == (1, 1)
    assert told["follow_ups"]["hits"] == 1
    assert told["kinds"]["count"] == {"value": 0.5, "low": pytest.approx(0.0945, abs=1e-3),
                                      "high": pytest.approx(0.9055, abs=1e-3), "hits": 1, "count": 2, "wrong": 1,
                                      "declined": 0}  # fmt: skip
    assert told["latency_ms"]["p95"] >= told["latency_ms"]["p50"] > 0
    assert len(found.left_out) == 1
    assert "how many lendings are lost" in found.text()
    assert "<td>how many lendings are lost</td>" in found.html()


def test_a_text_to_sql_benchmark_is_asked_of_one_of_its_databases(library: Munshi, tmp_path: Path) -> None:
    file = tmp_path / "dev.json"
    file.write_text(json.dumps(BENCHMARK), "utf-8")
    found = evaluate(file, workspace="library", only="library", settings=library.workspace.settings)
    assert [each.verdict for each in found.minds["embedded"]] == ["right", "right"]


def test_the_sql_of_a_benchmark_is_read_as_the_workspace_has_it() -> None:
    sql = in_workspace(
        "SELECT Song_Name FROM singer WHERE Age > 20 LIMIT 1", {"singer": "singer", "song_name": "song_name"}
    )
    assert 'source."singer"' in sql
    assert '"song_name"' in sql


def test_a_file_that_is_none_says_so(library: Munshi, tmp_path: Path) -> None:
    query = query_of(library)
    for content, name, why in (("{}", "a.json", "no list"), ('[{"question": "x"}]', "b.json", "needs 'question'"),
                               ("questions: [{ask: x}]", "c.yaml", "no golden questions")):  # fmt: skip
        (tmp_path / name).write_text(content, "utf-8")
        with pytest.raises(SourceError, match=why):
            read_questions(tmp_path / name, query, names={})
    with pytest.raises(SourceError, match="There is no"):
        read_questions(tmp_path / "gone.yaml", query, names={})


def test_percentiles_are_values_that_occurred() -> None:
    assert percentile([5.0, 1.0, 3.0], 0.5) == 3.0
    assert percentile(list(map(float, range(1, 101))), 0.95) == 95.0
    assert percentile([], 0.5) == 0.0
