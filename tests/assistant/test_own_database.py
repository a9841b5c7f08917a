"""A database that is no lender's, asked through the same parser, tools and guards."""

from __future__ import annotations

import pytest

from assistant.evaluation.rows import holds_rows
from assistant.evaluation.run import query_of
from assistant.munshi import Munshi
from governance.errors import ToolRefused, ToolRetry
from governance.principal import Principal
from tools.registry import tool, tools_of

LENT = "books.source.order_"
OF_BOOKS = f"{LENT} JOIN books.source.book USING (book_id)"
OF_MEMBERS = f"{LENT} JOIN books.source.member USING (member_id)"
IN = "sum(fee) FILTER (WHERE year(lent_on) = {})"

#: Question → SQL by hand on the tables as they were copied.
ANSWERED: tuple[tuple[str, str], ...] = (
    ("How many members does the library have?", "SELECT count(*) FROM books.source.member"),
    ("how many women joined in 2023",
     "SELECT count(*) FROM books.source.member WHERE gender = 'F' AND year(joined_on) = 2023"),
    ("lendings by genre", f"SELECT genre, count(*) FROM {OF_BOOKS} GROUP BY 1"),
    ("total fees in 2024", f"SELECT sum(fee) FROM {LENT} WHERE year(lent_on) = 2024"),
    ("average fee of crime books", f"SELECT avg(fee) FROM {OF_BOOKS} WHERE genre = 'crime'"),
    ("median length of books", "SELECT median(pages) FROM books.source.book"),
    ("average length of lendings", f"SELECT avg(days) FROM {LENT}"),
    ("the longest book", "SELECT max(pages) FROM books.source.book"),
    ("lendings above 5 euro", f"SELECT count(*) FROM {LENT} WHERE fee > 5"),
    ("how many lost lendings in Bonn or Ulm",
     f"SELECT count(*) FROM {OF_MEMBERS} WHERE state = 'L' AND town IN ('Bonn', 'Ulm')"),
    ("share of lendings by state", f"SELECT state, count(*), count(*)::DOUBLE / 300 FROM {LENT} GROUP BY 1"),
    ("lendings with a duration of 14 days", f"SELECT count(*) FROM {LENT} WHERE days = 14"),
    ("average number of lendings per member", f"SELECT count(*)::DOUBLE / count(DISTINCT member_id) FROM {LENT}"),
    ("how did fees change between 2023 and 2024", f"SELECT {IN.format(2024)}, {IN.format(2023)} FROM {LENT}"),
)  # fmt: skip
DECLINED = (
    "what is the altitude of Bonn",
    "who are my riskiest members?",
    "which members are likely to churn",
    "forecast the fees of next year",
    "average credit score by town",
    "how many members are married",
    "average length by town",  # of the book or of the lending: nothing says which
    "total length of books",  # pages were said not to add up
    "number of books in 2023",  # books have no dates
)


@pytest.mark.parametrize(("question", "sql"), ANSWERED, ids=[question for question, _ in ANSWERED])
def test_a_question_is_answered_as_sql_by_hand_says(library: Munshi, question: str, sql: str) -> None:
    answer = library.ask(question)
    assert answer.status == "answered", answer.text
    assert answer.table is not None
    true = query_of(library)(sql)
    assert not holds_rows(answer.table.rows, true, ordered=False, tolerance=1e-4)
    assert answer.grounded
    assert answer.receipt_id


@pytest.mark.parametrize("question", DECLINED)
def test_what_the_layer_does_not_hold_is_declined(library: Munshi, question: str) -> None:
    answer = library.ask(question)
    assert answer.status == "abstained", (answer.interpretation, answer.text)
    assert not answer.steps
    assert answer.alternatives


def test_what_only_a_model_knows_is_declined_as_such(library: Munshi) -> None:
    assert "model of risk" in library.ask("who are my riskiest members?").text


def test_figures_of_one_name_are_told_apart_or_asked_about(library: Munshi) -> None:
    assert "say whether of books or lendings" in library.ask("average length").text


def test_a_conversation_goes_on(library: Munshi) -> None:
    first = library.ask("average fee by genre")
    answer = library.ask("and the median?", first.conversation_id)
    sql = "SELECT genre, median(fee) FROM books.source.order_ JOIN books.source.book USING (book_id) GROUP BY 1"
    assert answer.table is not None
    assert not holds_rows(answer.table.rows, query_of(library)(sql), ordered=False, tolerance=1e-4)


def test_words_of_the_layer_are_defined(library: Munshi) -> None:
    assert "Days a book was out" in library.ask("what is meant by duration?").text


def test_the_database_says_what_it_holds(library: Munshi) -> None:
    text = library.ask("what data do you have?").text
    assert "40 members" in text
    assert "No model serves here" in text


def test_only_tools_that_have_something_to_work_on_are_offered(library: Munshi) -> None:
    names = {each.name for each in tools_of(library.workspace)}
    assert names == {"query_metrics", "run_sql", "search_knowledge", "workspace_status"}


def test_the_same_guards_stand_before_it(library: Munshi) -> None:
    run, workspace, who = tool("run_sql"), library.workspace, library.principal
    rows = run.call(workspace, who, {"sql": "SELECT email FROM members LIMIT 1"}).table
    assert rows is not None
    assert rows.rows == (("•••@example.org",),)
    with pytest.raises(ToolRefused):
        run.call(workspace, who, {"sql": "SELECT * FROM books.source.member"})
    with pytest.raises(ToolRetry, match="has no dates"):
        tool("query_metrics").call(workspace, who, {"metrics": ["books"], "grain": "month"})
    stranger = Principal(name="p", tenant="library", role="analyst", partitions={"city": ("Bonn",)})
    seen = tool("query_metrics").call(workspace, stranger, {"metrics": ["members"]}).table
    assert seen is not None
    assert seen.rows == ((0,),)  # rows are partitioned by a lender's customers: none is within sight


def test_an_answer_is_replayed_by_the_layer_it_was_made_with(library: Munshi) -> None:
    answer = library.ask("total fees in 2023")
    assert library.replay(answer.receipt_id).same
