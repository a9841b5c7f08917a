import re

import pytest

from governance.look.colours import SCHEMES, house, unreadable
from governance.look.store import KeptTheme
from governance.look.theme import Theme, read_theme
from ui import look

OWN = """
name: Sahyadri Finance
colours: {accent: "#0b6e4f", dark: {paper: "#101418"}}
fonts: [Mukta, Noto Sans]
"""


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_can_be_read_on_its_ground(scheme):
    assert unreadable(scheme, house(scheme)) == []


def test_no_file_of_the_look_names_another_server():
    for text in (look.style_sheet(), look.script(), look.tenant_style_sheet(KeptTheme(read_theme(OWN), 1))):
        addresses = set(re.findall(r"https?://[^\s\"')]+", text))
        assert addresses <= {"http://www.w3.org/2000/svg"}
        assert "@import" not in text
        assert "@font-face" not in text


def test_the_chart_library_is_the_installed_one():
    assert look.plotly_script().stat().st_size > 1_000_000


def test_the_page_asks_for_files_of_this_server_only():
    own = ["/look/munshi.css", "/look/munshi.js", "/look/tenant.css", "/look/tenant.js"]
    assert re.findall(r'(?:href|src)="([^"?]+)', look.head()) == own


def test_the_sheet_has_every_colour_of_the_house():
    sheet = look.style_sheet()
    for scheme in SCHEMES:
        assert all(f"--{name}: {colour};" in sheet for name, colour in house(scheme).items())


def test_a_client_changes_what_he_sets_and_nothing_else():
    assert look.tenant_style_sheet(KeptTheme(Theme())) == ""
    sheet = look.tenant_style_sheet(KeptTheme(read_theme(OWN), 1))
    assert "--accent: #0b6e4f;" in sheet
    assert '--sans: "Mukta", "Noto Sans", sans-serif;' in sheet
    assert "--ink:" not in sheet
    assert sheet.count("--paper") == 1
