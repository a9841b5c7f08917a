"""Themes, widths, names, and a page that stays at home."""

import json
import re
import urllib.error
import urllib.request

import pytest
from asking import ask
from playwright.sync_api import Page, expect
from scripted import FLAGSHIP, TREND

PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True, "device_scale_factor": 2}


def ground(page: Page) -> str:
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_the_theme_follows_the_system_until_it_is_chosen(opened):
    page = opened(color_scheme="dark")
    dark = ground(page)
    page.get_by_role("button", name="Switch between light and dark").click()
    light = ground(page)
    assert (dark, light) == ("rgb(15, 18, 22)", "rgb(246, 247, 249)")
    page.reload()
    page.wait_for_selector(".example")
    assert ground(page) == light


def test_the_chart_changes_with_the_theme(page: Page):
    ask(page, FLAGSHIP)
    page.get_by_role("tab", name="Chart").click()
    bar = page.locator(".plot .bars .point path").first
    expect(bar).to_have_css("fill", "rgb(0, 114, 178)")
    page.get_by_role("button", name="Switch between light and dark").click()
    expect(bar).to_have_css("fill", "rgb(74, 163, 223)")


@pytest.mark.parametrize("question", [FLAGSHIP, TREND])
def test_a_phone_scrolls_down_never_sideways(opened, question):
    page = opened(**PHONE)
    ask(page, question)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width == 390
    conversation, evidence = (page.locator(part).bounding_box() for part in ("#munshi-left", "#munshi-right"))
    assert evidence["y"] >= conversation["y"] + conversation["height"] - 1
    page.get_by_label("Part of the evidence").select_option("chart")
    expect(page.locator(".plot .main-svg").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize("width", [760, 1080, 1440, 1920])
def test_nothing_is_cut_off_at_any_width(opened, width):
    page = opened(viewport={"width": width, "height": 900})
    ask(page, FLAGSHIP)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    cut = page.evaluate(
        """() => [...document.querySelectorAll('.mast *, .turn > *, .sheet-head *, .composer *, .tabs *')]
            .filter(each => each.offsetParent && each.scrollWidth > each.clientWidth + 1
                && getComputedStyle(each).overflowX === 'hidden' && !each.closest('.sr'))
            .map(each => each.outerHTML.slice(0, 80))"""
    )
    assert cut == []


def test_the_head_tells_what_is_asked_of_it(page: Page):
    head = page.locator(".mast")
    for words in ("Munshi", "demo", "as of 30 Jun 2026", "credit v7", "3 months old", "nothing leaves this machine"):
        expect(head).to_contain_text(words)
    assert page.title() == "Munshi"


def test_nothing_speaks_of_the_workshop(page: Page):
    expect(page.locator("footer:visible")).to_have_count(0)
    assert "gradio" not in page.locator("body").inner_text().lower()


def test_every_control_has_a_name(page: Page):
    ask(page, FLAGSHIP)
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll('button, textarea, select, [role=region], [role=tablist]')]
            .filter(each => each.offsetParent)
            .filter(each => !(each.innerText.trim() || each.getAttribute('aria-label') || each.labels?.length))
            .map(each => each.outerHTML.slice(0, 80))"""
    )
    assert unnamed == []
    assert page.locator("[role=log][aria-live=polite]").count() == 1


def test_the_server_turns_other_names_away_and_forbids_other_servers(address: str):
    with urllib.request.urlopen(address) as response:
        assert "default-src 'self'" in response.headers["Content-Security-Policy"]
        config = json.loads(
            re.search(r"window\.gradio_config = (\{.*?\});</script>", response.read().decode()).group(1)
        )
    assert config["analytics_enabled"] is False
    elsewhere = urllib.request.Request(address, headers={"Host": "bank.example"})
    with pytest.raises(urllib.error.HTTPError, match="400"):
        urllib.request.urlopen(elsewhere)
