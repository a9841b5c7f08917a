"""The screen: a gradio application that carries our own page.

Gradio keeps the session, the queue and the stream; what stands on the page is markup of ours, made on the server
with every value escaped. The browser's side is ``ui/theme/munshi.js``; each part below names the events it sends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from governance.look.theme import Language
from ui import look
from ui.desk import Desk, Shown, State, payload
from ui.gradio_door import gr
from ui.language import chosen, speaking
from ui.markup import render

#: Questions answered at a time, over all sessions; further ones wait their turn.
QUESTIONS_AT_ONCE = 8

_HEADER = "munshi.header(element, watch)"
_PAGE = "munshi.page(element)"
_COMPOSER = """munshi.composer(element, {
  ask: (data) => trigger('ask', data), stop: (data) => trigger('stop', data), fresh: (data) => trigger('fresh', data),
  resume: (data) => trigger('resume', data),
})"""
_CONVERSATION = "munshi.conversation(element, { pick: (data) => trigger('pick', data) }, watch)"
_EVIDENCE = """munshi.evidence(element, {
  sort: (data) => trigger('sort', data), turn: (data) => trigger('turn', data), csv: (data) => trigger('csv', data),
  month: (data) => trigger('month', data), run: (data) => trigger('run', data),
}, watch)"""
_CARRIER = "watch('value', () => munshi.download(JSON.parse(props.value)))"


#: Name of whoever is signed in, None where nobody has to → his desk.
DeskOf = Callable[[str | None], Desk]


def build_screen(desk_of: DeskOf, usual: Callable[[], Language] = lambda: "en") -> gr.Blocks:
    """Lay the screen out and join its events to the desks.

    Parameters
    ----------
    desk_of
        The desk of whoever a request comes from; asked at every event.
    usual
        The workspace's language, for those who chose none.
    """

    def language(request: gr.Request) -> Language:
        return chosen(dict(request.cookies), usual)

    desk = desk_of(None)
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
        _part("page", desk.frame(), _PAGE)
        _join(desk_of, language, state, composer, conversation, evidence, carrier)

        def head(request: gr.Request) -> str:
            with speaking(language(request)):
                return desk_of(request.username).header()

        screen.load(head, None, header, queue=False, show_progress="hidden", api_visibility="private")
    return screen


def _part(name: str, value: str | None, script: str, **options: Any) -> gr.HTML:
    """One part of the page; the head makes sure that our script is there before the part's own line runs."""
    return gr.HTML(
        value, elem_id=f"munshi-{name}", js_on_load=script, head=look.head(), apply_default_css=False, **options
    )


def _join(
    desk_of: DeskOf, language: Callable[[gr.Request], Language], state: gr.State, composer: gr.HTML,
    conversation: gr.HTML, evidence: gr.HTML, carrier: gr.HTML,
) -> None:  # fmt: skip
    parts = [state, conversation, evidence]
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    now = {**quiet, "queue": False, "trigger_mode": "always_last"}

    def ask(held: State, event: gr.EventData, request: gr.Request) -> Iterator[list[Any]]:
        steps = desk_of(request.username).ask(held, *payload(event._data, "question"))
        yield from _spoken(steps, lambda: language(request))

    def stop(held: State, request: gr.Request) -> list[Any]:
        with speaking(language(request)):
            return _drawn(desk_of(request.username).stop(held))

    def fresh(request: gr.Request) -> list[Any]:
        with speaking(language(request)):
            return _drawn(desk_of(request.username).opened())

    def resume(event: gr.EventData, request: gr.Request) -> list[Any]:
        with speaking(language(request)):
            return _drawn(desk_of(request.username).resume(*payload(event._data, "conversation_id")))

    def pick(held: State, event: gr.EventData, request: gr.Request) -> list[Any]:
        with speaking(language(request)):
            return _drawn(desk_of(request.username).pick(held, *payload(event._data, "place")))

    def sort(held: State, event: gr.EventData, request: gr.Request) -> list[Any]:
        with speaking(language(request)):
            return _drawn(desk_of(request.username).sort(held, *payload(event._data, "table", "column")))

    def turn(held: State, event: gr.EventData, request: gr.Request) -> list[Any]:
        with speaking(language(request)):
            return _drawn(desk_of(request.username).page(held, *payload(event._data, "table", "page")))

    def csv(held: State, event: gr.EventData, request: gr.Request) -> Any:
        with speaking(language(request)):
            return desk_of(request.username).csv(held, *payload(event._data, "table")) or gr.skip()

    def month(held: State, event: gr.EventData, request: gr.Request) -> Iterator[list[Any]]:
        steps = desk_of(request.username).as_of(held, *payload(event._data, "month"))
        yield from _spoken(steps, lambda: language(request))

    def run(held: State, event: gr.EventData, request: gr.Request) -> list[Any]:
        with speaking(language(request)):
            return _drawn(desk_of(request.username).run_sql(held, *payload(event._data, "sql")))

    # The browser asks one thing at a time; gradio's own guard would drop a question that follows an answer closely.
    asking = composer.ask(ask, state, parts, trigger_mode="multiple", concurrency_limit=QUESTIONS_AT_ONCE, **quiet)
    moving = evidence.month(month, state, parts, trigger_mode="once", concurrency_limit=QUESTIONS_AT_ONCE, **quiet)
    composer.stop(stop, state, parts, cancels=[asking, moving], **now)
    composer.fresh(fresh, None, parts, cancels=[asking, moving], **now)
    composer.resume(resume, None, parts, cancels=[asking, moving], **now)
    conversation.pick(pick, state, parts, **now)
    evidence.sort(sort, state, parts, **now)
    evidence.turn(turn, state, parts, **now)
    evidence.run(run, state, parts, trigger_mode="once", concurrency_limit=QUESTIONS_AT_ONCE, **quiet)
    evidence.csv(csv, state, carrier, **now)


def _spoken(steps: Iterator[Shown], language: Callable[[], Language]) -> Iterator[list[Any]]:
    """Each step in the reader's language: each may be taken by another thread."""
    while True:
        with speaking(language()):
            shown = next(steps, None)
        if shown is None:
            return
        yield _drawn(shown)


def _drawn(shown: Shown) -> list[Any]:
    return [gr.skip() if part is None else part for part in shown]


__all__ = ["build_screen"]
