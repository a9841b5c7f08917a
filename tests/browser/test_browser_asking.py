"""Asking, reading the answer, going on, going back."""

from asking import answered, ask, rows
from playwright.sync_api import Page, expect
from scripted import FLAGSHIP, HOSTILE, REASONS, SLOW, TREND, WHY


def test_the_flagship_question_shows_a_hundred_rows_and_their_reasons(page: Page):
    page.get_by_role("button", name=FLAGSHIP).click()
    answered(page, FLAGSHIP)
    shown = rows(page)
    assert len(shown) == 100
    assert shown[0][:8] == ["1", "C_4F21", "63.0%", "480", "high", "1,20,000", "34,020", "0"]
    assert shown[0][9:] == ["–", REASONS[0]]
    assert shown[99][0] == "100"
    text = page.locator(".turn .text").inner_text()
    assert text.startswith("100 of 412 active borrowers, by probability of default within 12 months")
    steps = page.locator(".turn details")
    expect(steps.locator("summary")).to_have_text("2 steps, 84 ms")
    steps.locator("summary").click()
    expect(steps).to_contain_text("limit 100, by probability of default")
    page.get_by_role("tab", name="Why").click()
    expect(page.locator("#panel-why .reasons > li")).to_have_count(100)


def test_a_follow_up_asks_and_the_first_answer_can_be_looked_at_again(page: Page):
    ask(page, FLAGSHIP)
    page.get_by_role("button", name=WHY).click()
    answered(page, WHY)
    assert [row[1] for row in rows(page)] == ["−64.0", "−31.5", "+9.0"]
    first = page.locator(".turn").first
    first.locator(".text").click()
    expect(page.locator(".sheet h3")).to_have_text("Riskiest borrowers")
    assert len(rows(page)) == 100
    expect(first).to_have_attribute("aria-current", "true")
    page.locator(".turn").last.get_by_role("button", name="Evidence").click()
    expect(page.locator(".sheet h3")).to_have_text("Reasons for C_4F21")


def test_an_open_fold_stays_open_when_the_conversation_goes_on(page: Page):
    ask(page, FLAGSHIP)
    page.locator(".turn summary").click()
    ask(page, WHY)
    expect(page.locator(".turn details").first).to_have_attribute("open", "")
    expect(page.locator(".turn details").last).not_to_have_attribute("open", "")


def test_a_customer_in_the_table_opens(page: Page):
    ask(page, FLAGSHIP)
    page.get_by_role("button", name="C_4F46", exact=True).click()
    answered(page, "Tell me about C_4F46")


def test_markup_in_data_is_text(page: Page):
    ask(page, FLAGSHIP)
    assert rows(page)[3][8] == HOSTILE
    assert page.locator("img").count() == 0
    ask(page, HOSTILE)
    expect(page.locator(".turn .question").last).to_have_text(HOSTILE)


def test_a_refusal_and_a_fault_say_what_happened_and_what_to_do(page: Page):
    ask(page, "Show me their phone numbers")
    refused = page.locator(".turn").last
    expect(refused.locator(".banner")).to_contain_text("Refused.")
    expect(refused.locator(".text")).to_contain_text("pii:read")
    ask(page, "Break")
    broken = page.locator(".turn").last
    expect(broken.locator(".banner")).to_contain_text("unharmed")
    expect(broken.locator(".text")).to_contain_text("Ask again")
    ask(page, "What is love?")
    expect(page.locator(".turn").last.get_by_role("button", name=FLAGSHIP)).to_be_visible()


def test_the_question_box_is_a_keyboard_s_friend(page: Page):
    box = page.get_by_label("Question", exact=True)
    expect(box).to_be_focused()
    ask(page, FLAGSHIP)
    ask(page, TREND)
    expect(box).to_have_value("")
    for key, text in (("ArrowUp", TREND), ("ArrowUp", FLAGSHIP), ("ArrowDown", TREND), ("ArrowDown", "")):
        box.press(key)
        expect(box).to_have_value(text)
    box.fill("one")
    box.press("Shift+Enter")
    box.press_sequentially("two")
    expect(box).to_have_value("one\ntwo")
    assert page.locator(".turn").count() == 2


def test_a_question_on_its_way_can_be_stopped_and_is_given_back(page: Page):
    ask(page, FLAGSHIP)
    box = page.get_by_label("Question", exact=True)
    box.fill(SLOW)
    box.press("Enter")
    expect(page.locator(".pending .question")).to_have_text(SLOW)
    expect(page.locator(".evidence")).to_have_class("evidence waiting")
    page.locator(".send").click()
    expect(page.locator(".pending")).to_have_count(0)
    expect(box).to_have_value(SLOW)
    ask(page, WHY)
    assert page.locator(".turn").count() == 2


def test_a_question_asked_too_early_is_asked_next(page: Page):
    box = page.get_by_label("Question", exact=True)
    for question in (FLAGSHIP, WHY):
        box.fill(question)
        box.press("Enter")
    answered(page, WHY)
    assert page.locator(".turn .question").all_inner_texts() == [FLAGSHIP, WHY]
    expect(box).to_have_value("")


def test_a_new_conversation_is_empty_and_a_second_window_is_another(page: Page, opened):
    ask(page, FLAGSHIP)
    other = opened()
    assert other.locator(".turn").count() == 0
    page.get_by_role("button", name="New conversation").click()
    expect(page.locator(".turn")).to_have_count(0)
    expect(page.locator(".example")).to_have_count(5)
    expect(page.locator(".evidence")).to_contain_text("will stand here")
