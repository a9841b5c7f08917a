import re
from pathlib import Path

import pytest

from ui import look

PAIRS = [
    ("--ink", "--paper"), ("--ink", "--ground"), ("--grey", "--paper"), ("--grey", "--ground"), ("--accent", "--paper"),
    ("--accent", "--accent-soft"), ("--on-accent", "--accent"), ("--warn", "--warn-soft"), ("--warn", "--paper"),
    ("--bad", "--bad-soft"), ("--bad", "--paper"), ("--good", "--paper"), ("--good", "--ground"), ("--bad", "--ground"),
]  # fmt: skip


def tokens(theme: str) -> dict[str, str]:
    css = (Path(look.__file__).parent / "theme" / "tokens.css").read_text("utf-8")
    light, dark = css.split(':root[data-theme="dark"]')
    found = dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6});", light))
    return found | (dict(re.findall(r"(--[\w-]+): (#[0-9a-f]{6});", dark)) if theme == "dark" else {})


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_can_be_read_on_its_ground(theme, text, ground):
    found = tokens(theme)
    lighter, darker = sorted((luminance(found[text]), luminance(found[ground])), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def test_no_file_of_the_look_names_another_server():
    for text in (look.style_sheet(), look.script()):
        addresses = set(re.findall(r"https?://[^\s\"')]+", text))
        assert addresses <= {"http://www.w3.org/2000/svg"}
        assert "@import" not in text
        assert "@font-face" not in text


def test_the_chart_library_is_the_installed_one():
    assert look.plotly_script().stat().st_size > 1_000_000


def test_the_page_asks_for_files_of_this_server_only():
    assert re.findall(r'(?:href|src)="([^"?]+)', look.head()) == ["/look/munshi.css", "/look/munshi.js"]
