"""The screen: a gradio application that carries our own page.

Gradio keeps the session, the queue and the stream; what stands on the page is markup of ours, made on the server
with every value escaped. The browser's side is ``ui/theme/munshi.js``; each part below names the events it sends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ui import look
from ui.asking import Chat
from ui.desk import Desk, Shown, State, payload
from ui.facts import ScreenFacts
from ui.gradio_door import gr
from ui.markup import render

#: Questions answered at a time, over all sessions; further ones wait their turn.
QUESTIONS_AT_ONCE = 8

_HEADER = "munshi.header(element)"
_COMPOSER = """munshi.composer(element, {
  ask: (data) => trigger('ask', data), stop: (data) => trigger('stop', data), fresh: (data) => trigger('fresh', data),
})"""
_CONVERSATION = "munshi.conversation(element, { pick: (data) => trigger('pick', data) }, watch)"
_EVIDENCE = """munshi.evidence(element, {
  sort: (data) => trigger('sort', data), turn: (data) => trigger('turn', data), csv: (data) => trigger('csv', data),
}, watch)"""
_CARRIER = "watch('value', () => munshi.download(JSON.parse(props.value)))"


def build_screen(chat: Chat, facts: Callable[[], ScreenFacts]) -> gr.Blocks:
    """Lay the screen out and join its events to the desk.

    Parameters
    ----------
    chat
        Who answers.
    facts
        What the head of the screen says; read when a page opens.
    """
    desk = Desk(chat, facts)
    opened = desk.opened()
    with gr.Blocks(title="Munshi", analytics_enabled=False, fill_width=True) as screen:
        state = gr.State(opened.state)
        header = _part("header", desk.header(), _HEADER)
        with gr.Row(elem_id="munshi-frame"):
            with gr.Column(elem_id="munshi-left"):
                conversation = _part("conversation", opened.conversation, _CONVERSATION)
                composer = _part("composer", render("composer.html"), _COMPOSER)
            with gr.Column(elem_id="munshi-right"):
                evidence = _part("evidence", opened.evidence, _EVIDENCE)
                carrier = _part("carrier", "", _CARRIER, html_template="<span></span>")
        _join(desk, state, composer, conversation, evidence, carrier)
        screen.load(desk.header, None, header, queue=False, show_progress="hidden", api_visibility="private")
    return screen


def _part(name: str, value: str | None, script: str, **options: Any) -> gr.HTML:
    """One part of the page; the head makes sure that our script is there before the part's own line runs."""
    return gr.HTML(
        value, elem_id=f"munshi-{name}", js_on_load=script, head=look.head(), apply_default_css=False, **options
    )


def _join(
    desk: Desk, state: gr.State, composer: gr.HTML, conversation: gr.HTML, evidence: gr.HTML, carrier: gr.HTML
) -> None:
    parts = [state, conversation, evidence]
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    now = {**quiet, "queue": False, "trigger_mode": "always_last"}

    def ask(held: State, event: gr.EventData) -> Iterator[list[Any]]:
        for shown in desk.ask(held, *payload(event._data, "question")):
            yield _drawn(shown)

    def stop(held: State) -> list[Any]:
        return _drawn(desk.stop(held))

    def fresh() -> list[Any]:
        return _drawn(desk.opened())

    def pick(held: State, event: gr.EventData) -> list[Any]:
        return _drawn(desk.pick(held, *payload(event._data, "place")))

    def sort(held: State, event: gr.EventData) -> list[Any]:
        return _drawn(desk.sort(held, *payload(event._data, "table", "column")))

    def turn(held: State, event: gr.EventData) -> list[Any]:
        return _drawn(desk.page(held, *payload(event._data, "table", "page")))

    def csv(held: State, event: gr.EventData) -> Any:
        return desk.csv(held, *payload(event._data, "table")) or gr.skip()

    # The browser asks one thing at a time; gradio's own guard would drop a question that follows an answer closely.
    asking = composer.ask(ask, state, parts, trigger_mode="multiple", concurrency_limit=QUESTIONS_AT_ONCE, **quiet)
    composer.stop(stop, state, parts, cancels=[asking], **now)
    composer.fresh(fresh, None, parts, cancels=[asking], **now)
    conversation.pick(pick, state, parts, **now)
    evidence.sort(sort, state, parts, **now)
    evidence.turn(turn, state, parts, **now)
    evidence.csv(csv, state, carrier, **now)


def _drawn(shown: Shown) -> list[Any]:
    return [gr.skip() if part is None else part for part in shown]


__all__ = ["build_screen"]
