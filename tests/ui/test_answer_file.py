"""An answer as a file opens again: the same figures, whose it is, masked as the caller sees it; nothing in it runs."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable, Iterator
from xml.etree import ElementTree

import pytest
from python_calamine import CalamineWorkbook

from assistant.answer import Answer
from assistant.munshi import Munshi
from governance.control import ControlStore
from governance.errors import ReceiptNotFound, ToolRefused, ToolRetry
from governance.principal import Principal
from governance.settings import Settings
from ui.csv_file import exact
from ui.pages.door import add_pages
from ui.paper.answer_file import FORMS, answer_file
from ui.table_page import View, table_page

NOW = dt.datetime(2026, 7, 2, 9, 30, tzinfo=dt.UTC)
QUESTION = "Top 12 risky borrowers in the West region"
HOSTILE = "SELECT '=1+1' AS formula, '<b>bold</b>' AS markup, '+2' AS sum FROM customers LIMIT 1"


@pytest.fixture(scope="module")
def munshi(demo_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Munshi]:
    with Munshi.open("demo", settings=demo_settings) as opened:
        audit = f"sqlite:///{tmp_path_factory.mktemp('audit')}/control.sqlite"
        opened.workspace.control = ControlStore(audit, "demo", opened.workspace.keys)
        yield opened


@pytest.fixture(scope="module")
def answer(munshi: Munshi) -> Answer:
    return munshi.ask(QUESTION)


@pytest.fixture(scope="module")
def file_of(munshi: Munshi) -> Callable[[Answer, str], bytes]:
    def made(answer: Answer, form: str) -> bytes:
        return answer_file(munshi.workspace, munshi.principal, answer.receipt_id, form, now=NOW).content

    return made


def marks(answer: Answer) -> tuple[str, ...]:
    return ("CONFIDENTIAL", "made 2 Jul 2026, 09:30 UTC for local (risk manager)", answer.receipt_id, "the whole book")


def written(answer: Answer) -> list[str]:
    """Every cell as the screen writes it."""
    return [cell.text for row in table_page(answer.table, View()).rows for cell in row]


def test_the_csv_has_every_row_to_the_last_digit(answer: Answer, file_of) -> None:
    rows = list(csv.reader(io.StringIO(file_of(answer, "csv").decode("utf-8-sig"))))
    assert rows[0] == [column.label for column in answer.table.columns]
    assert len(rows) == len(answer.table.rows) + 1 == 13
    assert [row[1] for row in rows[1:]] == [row[1] for row in answer.table.rows]
    exposure = [column.name for column in answer.table.columns].index("exposure")
    assert [row[exposure] for row in rows[1:]] == [exact(row[exposure]) for row in answer.table.rows]


def test_the_workbook_has_the_rows_and_whose_it_is(answer: Answer, file_of) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(file_of(answer, "xlsx")))
    about = {row[0]: row[1] for row in book.get_sheet_by_name("About").to_python()}
    assert about["Receipt"] == answer.receipt_id
    assert about["Marked"] == "CONFIDENTIAL"
    assert about["For"] == "local (risk manager)"
    assert "probability of default" in about["Answer"]
    assert any(name.startswith("Definition") for name in about)
    rows = book.get_sheet_by_name(answer.table.title).to_python()
    names = [column.name for column in answer.table.columns]
    for name in ("probability_of_default", "exposure"):
        place = names.index(name)
        assert [row[place] for row in rows[1:]] == pytest.approx([float(row[place]) for row in answer.table.rows])


def test_the_pdf_has_the_screens_text_on_marked_pages(answer: Answer, file_of) -> None:
    from pypdf import PdfReader

    pages = [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(file_of(answer, "pdf"))).pages]
    whole = " ".join(pages)
    assert all(answer.receipt_id in page and "CONFIDENTIAL" in page for page in pages)
    missing = [text for text in written(answer) if " ".join(text.split()) not in whole]
    assert missing == []
    assert answer.text.split(". ")[0].replace("**", "") in whole
    assert "as of 30 Jun 2026" in whole or "as of" in whole


def test_the_html_needs_nothing_and_runs_nothing(answer: Answer, file_of) -> None:
    text = file_of(answer, "html").decode()
    assert all(mark in text for mark in marks(answer))
    assert "<script" not in text
    assert "http://" not in text.replace("http://www.w3.org/2000/svg", "")
    assert [each for each in written(answer) if each.replace("'", "&#39;") not in text] == []


def test_the_chart_is_drawn_with_its_values_as_a_picture_too(answer: Answer, file_of) -> None:
    drawing = ElementTree.fromstring(file_of(answer, "svg"))
    texts = [each.text or "" for each in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert texts[0].startswith("CONFIDENTIAL")
    assert QUESTION in texts
    assert any(answer.receipt_id in each for each in texts)
    trace = answer.chart["data"][0]
    assert set(trace["y"]) <= set(texts)
    assert f"{max(trace['x']):.1%}" in texts
    picture = file_of(answer, "png")
    assert picture.startswith(b"\x89PNG\r\n")
    assert int.from_bytes(picture[16:20], "big") > 1_200  # as wide as two screens' points ask for


def test_what_a_spreadsheet_or_browser_would_run_is_text(munshi: Munshi, file_of) -> None:
    answer = munshi.ask(HOSTILE)
    assert answer.table.rows[0] == ("=1+1", "<b>bold</b>", "+2")
    (_, row) = csv.reader(io.StringIO(file_of(answer, "csv").decode("utf-8-sig")))
    assert row == ["'=1+1", "<b>bold</b>", "'+2"]
    book = CalamineWorkbook.from_filelike(io.BytesIO(file_of(answer, "xlsx")))
    assert book.get_sheet_by_index(1).to_python()[1][0] == "'=1+1"
    assert '<td class=" "><b>bold' not in file_of(answer, "html").decode()
    assert "&lt;b&gt;bold&lt;/b&gt;" in file_of(answer, "html").decode()
    for form in ("svg", "png"):
        with pytest.raises(ToolRetry, match="no chart"):
            file_of(answer, form)


def test_names_stand_in_the_file_of_who_may_see_them_and_of_nobody_else(munshi: Munshi) -> None:
    sql = "SELECT customer_id, full_name FROM books.core.customers ORDER BY 1 LIMIT 1"
    (customer, name), *_ = munshi.workspace.query(munshi.principal, sql).rows
    officer = Principal("vera", "demo", "compliance")
    for who, shown in ((officer, True), (munshi.principal, False)):
        asked = Munshi(munshi.workspace, who).ask(
            f"SELECT customer_id, full_name FROM customers WHERE customer_id = '{customer}'"
        )
        text = answer_file(munshi.workspace, who, asked.receipt_id, "html").content.decode()
        assert (name in text) is shown
        assert f"personal data {'shown' if shown else 'masked'}" in text


def test_another_callers_answer_is_not_taken_along(munshi: Munshi, answer: Answer) -> None:
    for who in (Principal("ana", "demo", "analyst"), Principal("v", "demo", "viewer")):
        with pytest.raises(ToolRefused):
            answer_file(munshi.workspace, who, answer.receipt_id, "pdf")
    with pytest.raises(ReceiptNotFound):
        answer_file(munshi.workspace, munshi.principal, "none", "pdf")
    with pytest.raises(ToolRetry, match="There are: csv"):
        answer_file(munshi.workspace, munshi.principal, answer.receipt_id, "docx")
    nothing = munshi.ask("What will the weather be tomorrow?")
    with pytest.raises(ToolRetry, match="no answer to take along"):
        answer_file(munshi.workspace, munshi.principal, nothing.receipt_id, "pdf")


def test_the_screen_and_the_machine_hand_out_the_same_file(munshi: Munshi, answer: Answer) -> None:
    from fastapi import FastAPI
    from fastapi.testclient import TestClient

    app = FastAPI()
    add_pages(app, lambda _: munshi)
    with TestClient(app) as client:
        told = client.get(f"/export/{answer.receipt_id}.csv")
        assert told.headers["content-disposition"].endswith(f'{answer.receipt_id}.csv"')
        made = answer_file(munshi.workspace, munshi.principal, answer.receipt_id, "csv")
        assert told.content == made.content
        assert client.get("/export/none.csv").status_code == 404
        assert client.get(f"/export/{answer.receipt_id}.docx").status_code == 422
    assert set(FORMS) == {"csv", "xlsx", "pdf", "html", "svg", "png"}
