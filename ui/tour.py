"""Being shown round: the steps, and the address that remembers who was. It blocks nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool

from api.caller import same_page
from api.problems import Problem
from governance.tours import Tours

if TYPE_CHECKING:
    from assistant.munshi import Munshi


@dataclass(frozen=True)
class TourStep:
    """One thing that is pointed at.

    Attributes
    ----------
    at
        Selector of what is pointed at.
    """

    title: str
    text: str
    at: str


STEPS: tuple[TourStep, ...] = (
    TourStep(
        "Ask in your own words",
        "Customers, loans, transactions, rules: type a question, or press one of those "
        "offered. What is not understood is said, never guessed.",
        "#munshi-composer",
    ),
    TourStep(
        "See what an answer rests on",
        "Its whole table, chart, SQL, sources and receipt stand here. Choose another "
        "month, edit the SQL, pin the answer or take it along as a file.",
        "#munshi-right",
    ),
    TourStep(
        "Come back to it",
        "Your conversations can be found again, named, gone on with, and shared by a link that "
        "opens them under the reader's own rights.",
        ".log-head",
    ),
    TourStep(
        "Look at the whole book",
        "Pages show the same figures at a glance. Press a figure to ask for it, narrow a page, open a customer.",
        ".nav",
    ),
    TourStep(
        "Know as of when",
        "Every answer is as of the date up here. Language and light or dark are beside it, and "
        "the question mark shows you round again.",
        ".mast",
    ),
)


def add_tour(app: FastAPI, munshi_of: Callable[[str | None], Munshi]) -> None:
    """Remember whoever was shown round, or put it away; who he is, is who the gate let in."""

    @app.post("/tour", include_in_schema=False)
    async def toured(request: Request) -> Response:
        try:
            same_page(request)
        except Problem as problem:
            return Response(problem.detail, problem.kind.status, media_type="text/plain")
        munshi = munshi_of(getattr(request.state, "visitor", None))
        await run_in_threadpool(Tours(munshi.workspace.control).see, munshi.principal.name)
        return Response(status_code=204)
