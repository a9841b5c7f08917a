"""What can be done with an answer, driven: another month, an edited statement, its program, a pin."""

from asking import answered, ask
from playwright.sync_api import Page, expect
from test_browser_access import faults
from test_browser_pages import shown

QUESTION = "What is the expected loss?"


def test_an_answer_is_run_again_as_of_another_month(demo: Page):
    ask(demo, QUESTION)
    month = demo.get_by_label("Run again as of")
    expect(month).to_have_value("2026-06-30")
    month.select_option("2026-03-31")
    answered(demo, f"{QUESTION} – as of 31 Mar 2026 instead of 30 Jun 2026")
    expect(demo.locator(".turn .text").last).to_contain_text(", against ")
    expect(demo.get_by_label("Run again as of")).to_have_value("2026-03-31")


def test_a_statement_is_edited_refused_with_the_reason_and_run(demo: Page):
    ask(demo, "Expected loss by city")
    demo.get_by_role("tab", name="SQL").click()
    demo.get_by_text("Edit and run").first.click()
    written = demo.get_by_label("Statement to run").first
    written.fill("SELECT full_name FROM core.customers")
    written.press("Control+Enter")
    expect(demo.get_by_role("alert")).to_contain_text("core.customers is outside the semantic views")
    assert faults(demo) == []
    expect(demo.get_by_label("Statement to run")).to_have_value("SELECT full_name FROM core.customers")
    expect(demo.locator(".turn")).to_have_count(1)
    statement = "SELECT state, count(*) AS n FROM semantic.customers GROUP BY 1 ORDER BY 2 DESC LIMIT 3"
    demo.get_by_label("Statement to run").fill(statement)
    demo.get_by_role("button", name="Run", exact=True).click()
    answered(demo, statement)
    expect(demo.locator(".sheet tbody tr")).to_have_count(3)
    demo.get_by_role("tab", name="Receipt").click()
    program = demo.locator(".receipt pre code").inner_text()
    assert f'Munshi("{demo.url.split("/#")[0].rstrip("/")}"' in program
    assert "client.run_sql(" in program


def test_an_answer_is_pinned_and_unpinned_and_both_are_taken_back(demo: Page):
    ask(demo, "Expected loss by city")
    toast = demo.locator("[data-toast]")
    demo.get_by_role("button", name="Pin", exact=True).click()
    expect(toast).to_contain_text("It is pinned")
    toast.get_by_role("button", name="Undo").click()
    expect(toast).to_contain_text("no longer pinned")
    demo.get_by_role("button", name="Pin", exact=True).click()
    expect(toast).to_contain_text("It is pinned")
    demo.get_by_role("link", name="Pinned").click()
    shown(demo, "Pinned")
    pin = demo.get_by_role("article", name="Expected loss by city")
    expect(pin.locator(".plot .main-svg").first).to_be_visible()
    assert faults(demo) == []
    pin.get_by_role("button", name="Unpin").click()
    expect(pin).to_have_count(0)
    expect(demo.locator('[data-block="pins"]')).to_contain_text("Nothing is pinned yet")
    toast.get_by_role("button", name="Undo").click()
    expect(pin).to_be_visible()
    pin.get_by_role("button", name="Unpin").click()
    expect(pin).to_have_count(0)


def test_a_conversation_is_shared_read_and_gone_on_with(demo: Page, demo_address: str):
    ask(demo, "Expected loss by city")
    ask(demo, "and by state?")
    demo.get_by_role("button", name="Share by link").click()
    demo.get_by_role("dialog").get_by_role("button", name="Share by link").click()
    link = demo.get_by_role("dialog").locator("code").inner_text()
    assert link.startswith(f"{demo_address}/#/shared/")
    demo.get_by_role("dialog").get_by_role("button", name="Close").click()
    demo.goto(link)
    demo.reload()
    shown(demo, "A shared conversation")
    expect(demo.get_by_role("article")).to_have_count(2)
    assert link.rpartition("/")[2] not in demo.title()
    demo.get_by_role("link", name="Ask", exact=True).first.click()
    demo.get_by_role("link", name="Conversations").click()
    shown(demo, "Conversations")
    demo.get_by_role("link", name="Expected loss by city").first.click()
    answered(demo, "and by state?")
    expect(demo.locator(".turn")).to_have_count(2)
    ask(demo, "only Maharashtra")
    expect(demo.locator(".turn")).to_have_count(3)
