"""Where the browser gets pages: ``GET /screen/<page>?of=…&block=…&region=…`` answers markup for the page part."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, JSONResponse, Response

from governance.errors import MunshiError, NotThere, ReceiptNotFound, ToolRefused
from tools.newest import Newest
from tools.toolbox import Toolbox
from ui.facts import facts_of
from ui.language import say, spoken
from ui.markup import render
from ui.pages.act_door import add_acts
from ui.pages.filters import choices
from ui.pages.intake_door import add_intake
from ui.pages.page import Page
from ui.pages.registry import COUNTS, PAGES, page_named
from ui.pages.troubles import Trouble, trouble_of
from ui.pages.visit import Visit, split, standing
from ui.paper.answer_file import answer_file
from ui.paper.page_file import FORMS, File, page_file
from ui.paper.run_file import run_file

if TYPE_CHECKING:
    from assistant.munshi import Munshi
    from governance.principal import Principal

#: Pages and parts kept as markup, and visits kept with what they read.
MOST_HELD, MOST_VISITS = 512, 24
#: Words of the address beyond which something else than our own page wrote it.
MOST_WORDS, LONGEST_WORD = 24, 200

_log = logging.getLogger(__name__)


class Pages:
    """Makes pages for callers, and keeps what it made until the books are published anew."""

    def __init__(self) -> None:
        self._held: Newest[str] = Newest(MOST_HELD)
        self._visits: Newest[Visit] = Newest(MOST_VISITS)

    def html(self, munshi: Munshi, page: Page, told: Mapping[str, str]) -> tuple[str, int]:
        """The page, or its block, for what the address says, and the HTTP status."""
        if not munshi.principal.may(page.scope_of(munshi.principal)):
            return _instead(page, _locked(page, munshi.principal)), 403
        try:
            return self._kept(munshi, page, dict(told))
        except MunshiError as error:
            return _instead(page, trouble_of(error)), 200
        except Exception:  # noqa: BLE001
            return _instead(page, _fault(page)), 500

    def file(self, munshi: Munshi, page: Page, told: Mapping[str, str], form: str) -> File:
        """The page as a file, of what the address says.

        Raises
        ------
        ToolRefused
            The caller may not see the page, or may not make reports.
        """
        toolbox = Toolbox(munshi.workspace, munshi.principal)
        asked, rest = split(dict(told))
        chosen = {each.field: each.chosen for each in choices(toolbox, page.filters, asked) if each.chosen}
        return page_file(page, Visit(toolbox, facts_of(munshi), rest.pop("of", ""), chosen, rest), form)

    def _kept(self, munshi: Munshi, page: Page, told: dict[str, str]) -> tuple[str, int]:
        """What was made of the same before, else what is made now; a filter's value that does not occur is left out."""
        toolbox = Toolbox(munshi.workspace, munshi.principal)
        of, block = told.pop("of", ""), told.pop("block", "")
        asked, rest = split(told)
        chosen = {each.field: each.chosen for each in choices(toolbox, page.filters, asked) if each.chosen}
        books = standing(munshi.workspace)
        face = (munshi.workspace.themes.now().version, spoken())
        words = (*chosen.items(), *sorted(rest.items()))
        who = (munshi.principal.identity, books, *face, page.key, of, *words)
        fleeting = block in page.live if block else bool(page.live_at_once)
        held = None if fleeting else self._held.get((*who, block))
        if held is not None:
            return held, 200
        visit = self._visits.get(who) or Visit(toolbox, facts_of(munshi), of, chosen, rest)
        self._visits.keep(who, visit)  # its parts are fetched one by one, and share what was read
        made = page.block(visit, block) if block else page.html(visit)
        if made is None:
            return _instead(page, _no_block(block)), 404
        if not fleeting:
            self._held.keep((*who, block), made)
        return made, 200


def add_pages(app: FastAPI, munshi_of: Callable[[str | None], Munshi]) -> None:
    """Serve the pages and what can be done on them; who asks is who the gate let in."""
    pages = Pages()
    add_acts(app, munshi_of)
    add_intake(app, munshi_of)

    @app.get("/screen/{key}", include_in_schema=False)
    def screen(request: Request, key: str) -> HTMLResponse:
        page = page_named(key)
        told = {name: value[:LONGEST_WORD] for name, value in list(request.query_params.items())[:MOST_WORDS]}
        if page is None:
            made, status = render("pages/nowhere.html", pages=PAGES), 404
        else:
            made, status = pages.html(munshi_of(getattr(request.state, "visitor", None)), page, told)
        return HTMLResponse(made, status, {"Cache-Control": "no-store"})

    @app.get("/counts", include_in_schema=False)
    def counts(request: Request) -> JSONResponse:
        munshi = munshi_of(getattr(request.state, "visitor", None))
        found = {key: count(munshi.workspace, munshi.principal) for key, count in COUNTS.items()}
        return JSONResponse(found, headers={"Cache-Control": "no-store"})

    @app.get("/run/{run_id}", include_in_schema=False)
    def run(request: Request, run_id: str) -> Response:
        munshi = munshi_of(getattr(request.state, "visitor", None))
        try:
            return _sent(run_file(munshi.workspace, munshi.principal, run_id[:LONGEST_WORD]))
        except MunshiError as error:
            return Response(str(error), _refusal(error), media_type="text/plain")

    @app.get("/export/{receipt_id}.{form}", include_in_schema=False)
    def export(request: Request, receipt_id: str, form: str) -> Response:
        munshi = munshi_of(getattr(request.state, "visitor", None))
        try:
            return _sent(answer_file(munshi.workspace, munshi.principal, receipt_id[:LONGEST_WORD], form))
        except MunshiError as error:
            return Response(str(error), _refusal(error), media_type="text/plain")

    @app.get("/file/{key}.{form}", include_in_schema=False)
    def file(request: Request, key: str, form: str) -> Response:
        page = page_named(key)
        if page is None or form not in FORMS:
            return Response(f"There is no {form} of a page '{key}'. Kinds: {', '.join(FORMS)}.", 404)
        told = {name: value[:LONGEST_WORD] for name, value in list(request.query_params.items())[:MOST_WORDS]}
        try:
            return _sent(pages.file(munshi_of(getattr(request.state, "visitor", None)), page, told, form))
        except MunshiError as error:
            return Response(str(error), _refusal(error), media_type="text/plain")


def _sent(made: File) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"', "Cache-Control": "no-store"}
    return Response(made.content, media_type=made.media, headers=headers)


def _refusal(error: MunshiError) -> int:
    return 403 if isinstance(error, ToolRefused) else 404 if isinstance(error, ReceiptNotFound | NotThere) else 422


def _instead(page: Page, trouble: Trouble) -> str:
    return render("pages/instead.html", label=page.label, told=trouble)


def _locked(page: Page, principal: Principal) -> Trouble:
    needed = page.scope_of(principal)
    text = say("{page} takes the permission {scope}.", page=say(page.label), scope=needed)
    return Trouble("locked", "Not within your permissions", text)


def _no_block(block: str) -> Trouble:
    return Trouble("unavailable", "Nothing of that name", f"There is no part '{block}' on this page. Load it anew.")


def _fault(page: Page) -> Trouble:
    incident = f"e_{secrets.token_hex(4)}"
    _log.exception("Making the page %s failed, incident %s", page.key, incident)
    return Trouble(
        "unavailable", "Something broke inside Munshi",
        f"Making this page failed; it is noted in the server's log as {incident}. Your books are unharmed: a page only "
        "reads. Load it again; if it happens again, hand that number to whoever runs this server.",
    )  # fmt: skip
