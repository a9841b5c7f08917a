"""A client's own face: what it may say, what is refused and why, and what is kept of it."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from governance.errors import ConfigurationError
from governance.look.colours import LEAST, complete, contrast, house, pairs, unreadable
from governance.look.currency import Currency, is_indian, sign_of
from governance.look.logo import MOST_BYTES, checked_logo
from governance.look.theme import Theme, read_theme

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">{}</svg>'
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + (40).to_bytes(4) + (20).to_bytes(4) + b"\x08\x06\x00\x00\x00"
HARMFUL = [
    ("<script>alert(1)</script>", "element <script>"),
    ('<rect onload="x()"/>', "onload of <rect>"),
    ('<use href="http://elsewhere.example/a.svg#b"/>', "href of <use>"),
    ('<image href="data:image/png;base64,AAAA"/>', "element <image>"),
    ('<rect fill="url(http://elsewhere.example/x)"/>', "fill of <rect>"),
    ('<rect style="background: URL( //elsewhere.example )"/>', "style of <rect>"),
    ("<style>@import 'x'</style>", "element <style>"),
    ("<foreignObject><p/></foreignObject>", "element <foreignObject>"),
    ('<a href="javascript:alert(1)"><rect/></a>', "element <a>"),
    ('<x:rect xmlns:x="http://elsewhere.example"/>', "elsewhere.example"),
]


@pytest.mark.parametrize(("inside", "said"), HARMFUL)
def test_a_logo_that_does_more_than_show_is_refused_and_what_it_holds_is_named(inside, said):
    with pytest.raises(ConfigurationError, match="must not") as refused:
        checked_logo(SVG.format(inside).encode())
    assert said in str(refused.value)


@pytest.mark.parametrize("content", [
    b"GIF89a", b"<html/>", b"<svg", b'<!DOCTYPE svg [<!ENTITY a "b">]><svg xmlns="http://www.w3.org/2000/svg">&a;</svg>',
    b"x" * (MOST_BYTES + 1), PNG[:16] + (9_000).to_bytes(4) + PNG[20:],
])  # fmt: skip
def test_what_is_no_picture_is_refused(content):
    with pytest.raises(ConfigurationError, match="logo"):
        checked_logo(content)


def test_a_drawing_is_written_anew_and_refers_within_itself():
    kept = checked_logo(SVG.format('<defs><g id="a"/></defs><use href="#a"/><rect fill="url(#a)"/><!-- x -->').encode())
    assert b"<!--" not in kept.content
    assert b'href="#a"' in kept.content
    assert checked_logo(kept.content).content == kept.content
    assert checked_logo(PNG).is_png


def test_a_theme_is_read_with_its_logo_beside_it(tmp_path: Path):
    (tmp_path / "logo.svg").write_text(SVG.format("<rect/>"))
    theme = read_theme(
        "name: Sahyadri\nlogo: logo.svg\ncolours: {accent: '#0B6E4F'}\nlanguage: hi\nnumbers: international\n"
        "currency_sign: Rs\nfonts: [Mukta]", tmp_path,
    )  # fmt: skip
    assert (theme.name, theme.language, theme.fonts, theme.colours.accent) == ("Sahyadri", "hi", ("Mukta",), "#0b6e4f")
    assert theme.picture is not None
    assert Theme.model_validate_json(theme.model_dump_json()) == theme


@pytest.mark.parametrize(("text", "said"), [
    ("accent: blue", "accent"),
    ("colours: {accent: blue}", "accent blue is no #rrggbb"),
    ("colours: {light: {inky: '#000000'}}", "there is no colour 'inky'"),
    ("colours: {accent: '#f0c000'}", "accent #f0c000 on paper #ffffff has a contrast of 1.71, 2.79 short of 4.5"),
    ("colours: {dark: {ink: '#222222'}}", "dark: ink #222222 on paper #14181d"),
    ("language: fr", "language"),
    ("numbers: roman", "numbers"),
    ("fonts: ['x; } body {']", "no names of fonts"),
    ("name: <b>x", "does not belong in a name"),
    ("logo: nowhere.svg", "no file nowhere.svg"),
    ("logo: ../../etc/passwd", "logo"),
    ("- a\n- b", "this is a list"),
    ("a: [", "no YAML"),
])  # fmt: skip
def test_a_wrong_theme_says_what_is_wrong(text: str, said: str, tmp_path: Path):
    with pytest.raises(ConfigurationError) as refused:
        read_theme(text, tmp_path)
    assert said in str(refused.value)


def test_without_a_folder_only_a_picture_within_the_file_is_taken():
    with pytest.raises(ConfigurationError, match="data:image"):
        read_theme("logo: /etc/passwd")
    inside = base64.b64encode(SVG.format("<rect/>").encode()).decode()
    assert read_theme(f"logo: data:image/svg+xml;base64,{inside}").picture is not None


def test_an_accent_alone_gives_both_schemes_colours_that_can_be_read():
    for accent in ("#0b6e4f", "#7a1fa2", "#003366", "#a8261d"):
        for scheme in ("light", "dark"):
            colours = complete(scheme, {}, accent)
            assert unreadable(scheme, colours) == [], (accent, scheme)
            assert colours["ink"] == house(scheme)["ink"]


def test_contrast_is_wcags():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)
    assert LEAST == 4.5
    assert ("accent", "paper") in pairs()


def test_a_currency_knows_how_the_client_writes_it():
    own = Currency("INR", "international", "Rs")
    assert own == "INR"
    assert (is_indian(own, True), sign_of(own, "₹")) == (False, "Rs ")
    assert (is_indian("INR", True), sign_of("INR", "₹")) == (True, "₹")
    assert sign_of(Currency("USD", None, "$"), "") == "$"
