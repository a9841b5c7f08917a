"""What a person does on the screen."""

from playwright.sync_api import Page, expect


def ask(page: Page, question: str) -> None:
    """Type a question, press Enter, wait for its answer."""
    page.get_by_label("Question", exact=True).fill(question)
    page.keyboard.press("Enter")
    answered(page, question)


def answered(page: Page, question: str) -> None:
    """Wait until the newest answer is the one to ``question``."""
    newest = page.locator(".turn").last
    expect(newest.locator(".question")).to_have_text(question)
    expect(page.locator("[data-pending]")).to_have_count(0)
    expect(newest).to_have_attribute("aria-current", "true")


def rows(page: Page) -> list[list[str]]:
    """The cells of the table on screen."""
    return page.locator(".sheet tbody tr").evaluate_all(
        "rows => rows.map(row => [...row.cells].map(cell => cell.innerText))"
    )


def sort_by(page: Page, heading: str, direction: str) -> None:
    """Press a column's heading and wait for the direction."""
    column = page.locator("th", has_text=heading)
    column.get_by_role("button").click()
    expect(column).to_have_attribute("aria-sort", direction)
