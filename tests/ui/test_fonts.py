"""A paper is set in Hindi where a font here writes it; where none does it is in English, and says what to do."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from font_file import devanagari_font
from pypdf import PdfReader

from governance.principal import local_principal
from governance.settings import Settings
from tools.toolbox import Toolbox
from tools.workspace import Workspace
from ui.facts import facts_of
from ui.language import speaking
from ui.pages.registry import page_named
from ui.pages.visit import Visit
from ui.paper import fonts
from ui.paper.fonts import FOLDER, SCRIPTS, Fonts, fonts_of
from ui.paper.page_file import page_file
from ui.paper.sheet import Paper


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home's folder of fonts with one that writes Devanagari."""
    made = tmp_path_factory.mktemp("home") / FOLDER
    made.mkdir()
    (made / "own.ttf").write_bytes(devanagari_font("Lohit Devanagari"))
    return made


@pytest.fixture
def in_hindi(demo_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Callable[[Fonts], str]:
    """The words of the page of models as a PDF, asked for in Hindi, with the fonts given."""

    def made(given: Fonts) -> str:
        monkeypatch.setattr("ui.paper.page_file.fonts_of", lambda _: given)
        with Workspace.open("demo", demo_settings) as workspace, speaking("hi"):
            toolbox = Toolbox(workspace, local_principal("demo"))
            found = page_file(page_named("models"), Visit(toolbox, facts_of(toolbox)), "pdf")
        return " ".join(" ".join(page.extract_text() for page in PdfReader(io.BytesIO(found.content)).pages).split())

    return made


def test_a_folder_of_ones_own_is_enough(folder: Path, in_hindi: Callable[[Fonts], str]):
    given = Fonts(folder, system=False)
    assert (given.language("hi"), given.notice("hi")) == ("hi", "")
    text = in_hindi(given)
    assert len(re.findall(r"[\u0900-\u097f]", text)) > 300
    assert "CONFIDENTIAL" not in text
    assert "no font" not in text


def test_without_a_font_it_is_in_english_and_says_what_to_install(in_hindi: Callable[[Fonts], str]):
    given = Fonts(system=False)
    assert given.language("hi") == "en"
    text = in_hindi(given)
    assert "CONFIDENTIAL" in text
    assert "there is no font for Devanagari here. Install fonts-lohit-deva" in text
    assert f"folder {FOLDER} in MUNSHI_HOME" in text


def test_english_asks_for_no_font():
    given = Fonts(system=False)
    assert (given.language("en"), given.notice("en")) == ("en", "")


def test_the_folder_is_the_homes_where_there_is_one(folder: Path, demo_settings: Settings):
    with Workspace.open("demo", demo_settings) as workspace:
        assert fonts_of(workspace) == Fonts(None)
        workspace.settings = demo_settings.model_copy(update={"home": folder.parent})
        assert fonts_of(workspace) == Fonts(folder)


def test_text_of_the_books_is_written_in_an_english_paper_too(folder: Path):
    said = {
        "tenant": "बैंक",
        "title": "Book",
        "as_of": "",
        "made": "",
        "by": "",
        "scope": "",
        "personal": "",
        "snapshot": "",
        "logo": "",
        "cover": False,
        "sections": [],
        "definitions": [],
        "versions": [],
        "sql": [],
    }
    written = PdfReader(io.BytesIO(Paper(said, Fonts(folder, system=False)).as_pdf()))
    assert SCRIPTS["hi"].fonts == fonts.OF_SCRIPTS
    assert any("Lohit" in str(font["/BaseFont"]) for font in _fonts(written))


def _fonts(written: PdfReader) -> list[dict[str, object]]:
    return [font.get_object() for page in written.pages for font in page["/Resources"]["/Font"].values()]
