import datetime as dt
from dataclasses import replace

import pytest
from scripted import facts, flagship, trend, why

from assistant.answer import Answer
from tools.result import Source
from ui.evidence import evidence_html, pages_of, panels_of, validity
from ui.reasons import reasons_of
from ui.session import Session, tables_of
from ui.sql_text import pretty


def shown(answer: Answer) -> str:
    session = Session()
    session.add(answer)
    return evidence_html(session, facts())


def panel_names(answer: Answer) -> list[str]:
    return [panel.label for panel in panels_of(answer, pages_of(answer, {}, "INR"), reasons_of(answer))]


def test_why_stands_there_when_there_are_reasons():
    assert panel_names(flagship("c")) == ["Table", "Chart", "Why", "SQL 1", "Sources", "Receipt"]
    assert panel_names(trend("c")) == ["Table", "Chart", "SQL 1", "Sources", "Receipt"]


def test_reasons_of_a_list_are_given_per_customer():
    first = reasons_of(flagship("c"))[0]
    assert first.name == "C_4F21"
    assert first.figures == (("PD, 12 months", "63.0%"), ("Score", "480"), ("Band", "high"))
    assert [reason.text for reason in first.reasons] == ["Three instalments bounced in the last 90 days"]


def test_reasons_of_one_customer_come_with_their_points():
    (only,) = reasons_of(why("c"))
    assert only.name == "C_4F21"
    assert [reason.points for reason in only.reasons] == ["−64.0 points", "−31.5 points"]


def test_each_table_is_shown_once_the_principal_one_first():
    answer = trend("c")
    assert [table.title for table in tables_of(answer)] == ["Inflow and outflow by month", "By city"]
    assert shown(answer).count("<table ") == 2


def test_an_empty_part_says_what_would_be_there():
    bare = Answer(receipt_id="r_1", question="?", text="No.", status="abstained")
    html = shown(bare)
    assert 'data-first="receipt"' in html
    for words in ("No table", "No chart", "No SQL", "No sources"):
        assert words in html


def test_an_answer_from_documents_opens_on_its_sources():
    source = Source(id="p", title="T", section="1", status="in_force", quote="Q", effective_from=dt.date(2025, 4, 1))
    html = shown(Answer(receipt_id="r_1", question="?", text="Yes.", sources=(source,)))
    assert 'data-first="sources"' in html
    assert '<span class="badge good">in force</span>' in html
    assert "from 1 Apr 2025" in html


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (None, None, ""),
        (dt.date(2025, 4, 1), None, "from 1 Apr 2025"),
        (None, dt.date(2025, 3, 31), "until 31 Mar 2025"),
        (dt.date(2023, 1, 1), dt.date(2025, 3, 31), "1 Jan 2023 to 31 Mar 2025"),
    ],
)
def test_validity(start, end, words):
    source = Source(id="p", title="T", section="1", status="x", quote="Q", effective_from=start, effective_to=end)
    assert validity(source) == words


def test_the_receipt_says_how_to_run_it_again_and_what_it_leaned_on():
    html = shown(flagship("c"))
    assert "munshi replay r_8d1f0c52</code>" in html
    assert "credit <code>v7</code>" in html
    assert "every figure of the text stands in a result" in html
    assert "61 ms" in html


def test_an_ungrounded_answer_says_so():
    html = shown(flagship("c").model_copy(update={"grounded": False}))
    assert "a figure of the text stands in no result" in html


def test_sql_is_laid_out_and_what_cannot_be_parsed_is_left_alone():
    assert pretty("select a from b where c = '  x'") == "SELECT\n  a\nFROM b\nWHERE\n  c = '  x'"
    assert pretty(" SELECT FROM WHERE ((") == "SELECT FROM WHERE (("


def test_an_answer_is_a_program_too_and_only_who_may_edits_statements():
    told = shown(flagship("c"))
    assert "client.top_risky_borrowers(" in told
    assert "Edit and run" in told
    session = Session()
    session.add(flagship("c"))
    assert "Edit and run" not in evidence_html(session, replace(facts(), runs_sql=False))
