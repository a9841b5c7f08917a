"""Nothing that comes from data, a question or a document becomes markup."""

import json
from html.parser import HTMLParser

import pytest
from scripted import HOSTILE, facts, flagship

from assistant.answer import Answer, Step
from tools.result import Column, Source, Table
from ui.chart_spec import chart_spec
from ui.conversation import Pending, conversation_html
from ui.evidence import evidence_html
from ui.facts import ScreenFacts
from ui.markup import prose, render
from ui.session import Session

ATTACKS = (
    HOSTILE,
    "<script>alert(1)</script>",
    '"><svg onload=alert(1)>',
    "' onmouseover='alert(1)",
    "**<b>**`<i>`",
    "{{ 7 * 7 }}${alert(1)}",
)


class Seen(HTMLParser):
    """The tags, attributes and text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes.update(name for name, _ in attrs)

    def handle_data(self, data):
        self.text += data


def hostile_answer(text: str) -> Answer:
    table = Table(
        title=text,
        columns=(Column(name=text, label=text), Column(name="customer_id", label=text),
                 Column(name="reasons", type="list", label=text), Column(name="band", label=text)),
        rows=((text, text, [text], text),),
    )  # fmt: skip
    source = Source(id=text, title=text, section=text, status=text, quote=text)
    return Answer(
        receipt_id=text, question=text, interpretation=text, alternatives=(text,), text=text, table=table,
        chart={"data": [{"type": "bar", "x": [1], "y": [text], "name": text}], "layout": {"title": {"text": text}}},
        steps=(Step(tool=text, args={text: text}, ms=1),), sql=(text,), sources=(source,), model_versions={text: text},
        warnings=(text,), follow_ups=(text,), mind=text,
    )  # fmt: skip


@pytest.mark.parametrize("text", ATTACKS)
def test_hostile_text_stays_text(text):
    session = Session()
    session.add(hostile_answer(text))
    known = ScreenFacts(text, facts().as_of, mind=text, currency=text, model=text)
    pages = (
        conversation_html(session, known, Pending(text, [Step(tool=text, args={"a": text}, ms=0)])),
        evidence_html(session, known),
        render("header.html", facts=known),
    )
    for page in pages:
        seen = Seen(page)
        assert not seen.tags & {"img", "script", "b2", "iframe", "object"}
        assert not {name for name in seen.attributes if name.startswith("on")}
        assert "${" not in text or "49" not in seen.text


@pytest.mark.parametrize("text", ATTACKS[:4])
def test_hostile_text_can_be_read(text):
    session = Session()
    session.add(hostile_answer(text))
    assert text in Seen(conversation_html(session, facts())).text
    assert text in Seen(evidence_html(session, facts())).text


def test_prose_has_paragraphs_lists_and_emphasis_of_its_own():
    assert prose("one **two** `three`\nfour\n\n- five\n- <six>") == (
        "<p>one <strong>two</strong> <code>three</code><br>four</p><ul><li>five</li><li>&lt;six&gt;</li></ul>"
    )


def test_the_first_sentence_stands_by_itself():
    assert prose("100 of 412, by PD, from 63.0%. The cut-off is 12.5%.\n\nNo drift.") == (
        '<p class="lead">100 of 412, by PD, from 63.0%.</p><p>The cut-off is 12.5%.</p><p>No drift.</p>'
    )
    assert prose("One <b>.") == "<p>One &lt;b&gt;.</p>"
    assert prose("- a list. It stays") == "<ul><li>a list. It stays</li></ul>"


def test_a_cited_passage_becomes_its_number_and_nothing_else_does():
    cited = Source(id="npa#1", title='A "rule"', section="<2>", status="in force", quote="Q")
    assert prose("so it is [npa#1]. see [other] [1]", [cited]) == (
        '<p>so it is<sup class="cite" title="A &#34;rule&#34;, &lt;2&gt;">1</sup>. see [other] [1]</p>'
    )


def test_plotly_is_given_text_not_tags():
    chart = {
        "data": [{"y": [HOSTILE, "R&D"], "x": [float("nan"), 1], "hovertemplate": "%{y}<extra></extra>"}],
        "layout": {"title": {"text": "T <b>"}, "xaxis": {"title": {"text": "a < b"}}},
    }
    spec = chart_spec(chart)
    figure = json.loads(spec.figure)
    assert spec.title == "T <b>"
    assert "title" not in figure["layout"]
    assert figure["data"][0]["y"] == ["&lt;img src=x onerror=alert(1)>", "R&amp;D"]
    assert figure["data"][0]["x"] == [None, 1]
    assert figure["data"][0]["hovertemplate"] == "%{y}<extra></extra>"


def test_a_whole_answer_shows_no_raw_name_and_no_nan():
    session = Session()
    session.add(flagship("c"))
    seen = Seen(conversation_html(session, facts())).text + Seen(evidence_html(session, facts())).text
    sql = " ".join(session.answers[0].sql)
    shown = seen.replace("probability_of_default", "") if "probability_of_default" in sql else seen
    assert not {name for name in ("nan", "None", "days_past_due", "main_product", "expected_loss") if name in shown}
