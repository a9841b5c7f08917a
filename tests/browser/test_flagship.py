"""The whole of Munshi in a browser: the sandbox's books, the embedded mind, the screen."""

import pytest
from asking import ask, rows
from playwright.sync_api import Page, expect

from ui.conversation import EXAMPLES

FLAGSHIP = "Who are my top 100 risky borrowers?"


def reasons(page: Page) -> list[tuple[str, list[str]]]:
    """Customer and reasons, as the Why panel gives them."""
    page.get_by_role("tab", name="Why").click()
    return [
        (who, said)
        for who, said in page.locator("#panel-why .reasons > li").evaluate_all(
            """items => items.map(item => [item.querySelector('strong').innerText,
                [...item.querySelectorAll('ol li')].map(reason => reason.firstChild.textContent)])"""
        )
    ]


def test_the_top_hundred_and_why_the_first_one(demo: Page):
    ask(demo, FLAGSHIP)
    listed = rows(demo)
    assert [row[0] for row in listed] == [str(place) for place in range(1, 101)]
    shares = [float(row[2].rstrip("%")) for row in listed]
    assert shares == sorted(shares, reverse=True)
    why = reasons(demo)
    assert [who for who, _ in why] == [row[1] for row in listed]
    assert all(1 <= len(said) <= 4 for _, said in why[:20])

    ask(demo, "why the first one?")
    first, said = why[0]
    expect(demo.locator(".turn .text").last).to_contain_text(first)
    assert reasons(demo) == [(first, said)]

    demo.locator(".turn").first.get_by_role("button", name="Evidence").click()
    demo.get_by_role("tab", name="Table").click()
    expect(demo.locator(".sheet tbody tr").first).to_contain_text(first)
    assert rows(demo) == listed


@pytest.mark.parametrize("question", [example.question for example in EXAMPLES])
def test_every_question_offered_at_first_is_answered(demo: Page, question: str):
    demo.get_by_role("button", name=question).click()
    turn = demo.locator(".turn")
    expect(turn).to_have_attribute("aria-current", "true")
    expect(turn).to_have_class("turn answered")
    assert demo.locator(".evidence").get_attribute("data-first") != "receipt"


def test_what_the_head_says_is_read_from_the_books(demo: Page):
    head = demo.locator(".mast")
    expect(head).to_contain_text("as of 30 Jun 2026")
    expect(head).to_contain_text("credit ")
    expect(head).to_contain_text("mind: embedded · nothing leaves this machine")
