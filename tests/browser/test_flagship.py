"""The whole of Munshi in a browser: the sandbox's books, the embedded mind, the screen."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from asking import ask, rows
from playwright.sync_api import Page, expect
from serving import served_by

from ui.conversation import EXAMPLES

FLAGSHIP = "Who are my top 100 risky borrowers?"
SERVE = "import sys; from ui.server import serve; serve('demo', port=int(sys.argv[1]))"


@pytest.fixture(scope="module")
def demo_address(shared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    home = tmp_path_factory.mktemp("served")
    shutil.copytree(shared_home, home, dirs_exist_ok=True)
    places = {"MUNSHI_HOME": str(home / "munshi"), "MUNSHI_KEY_FILE": str(home / "config" / "master.key")}
    with served_by("-c", SERVE, seconds=300, MUNSHI_MODEL="embedded", **places) as found:
        yield found


@pytest.fixture
def demo(opened: Callable[..., Page], demo_address: str) -> Page:
    return opened(demo_address)


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
