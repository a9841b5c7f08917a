"""Thumbs and corrections: what a person thinks of an answer, and how a correction comes to answer for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from assistant.privacy import TOKEN, Veil
from assistant.replay import visible_to
from assistant.screening import Screening
from governance.errors import ToolRetry
from governance.feedback import Feedback, FeedbackBook
from governance.permission import permit
from tools.operations import verified

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace

LONGEST_CORRECTION = 4_000


def give_feedback(workspace: Workspace, by: Principal, receipt_id: str, *, up: bool, correction: str = "") -> Feedback:
    """Keep a thumb, and a correction beside it; given again it takes the place of the one before.

    Parameters
    ----------
    correction
        What would have answered: a question in words, or a SELECT. Personal data in it is kept as tokens.

    Raises
    ------
    ReceiptNotFound
        There is no such answer.
    ToolRetry
        The correction is too long.
    ToolRefused
        The answer was given to another caller, or the caller may not ask.
    """
    permit(workspace.control, by, "chat:ask", doing="feedback", what="giving feedback")
    visible_to(workspace.control.receipt(receipt_id), workspace, by, doing="feedback")
    if len(correction) > LONGEST_CORRECTION:
        raise ToolRetry(f"A correction may have {LONGEST_CORRECTION:,} characters; this has {len(correction):,}.")
    plain = Screening(workspace, by).screen(correction, Veil(workspace.keys)).text if correction.strip() else ""
    with workspace.control.together():
        kept = FeedbackBook(workspace.control).give(receipt_id, by.name, up, plain)
        details = {"receipt": receipt_id, "up": up, "correction": bool(plain)}
        workspace.control.audit(by.name, "feedback", "done", details)
    return kept


def corrections(workspace: Workspace, by: Principal) -> list[tuple[Feedback, str]]:
    """The corrections that wait, each with the question that was asked.

    Raises
    ------
    ToolRefused
    """
    permit(workspace.control, by, verified.SCOPE, doing="corrections:list", what="seeing corrections")
    waiting = FeedbackBook(workspace.control).all("open")
    return [(each, workspace.control.receipt(each.receipt_id).content["question"]) for each in waiting]


def approve_correction(workspace: Workspace, by: Principal, feedback_id: str) -> Feedback:
    """Make the correction's own plan the one that answers what was asked, for all who ask it again.

    The correction is asked first, in the approver's sight: what it calls is the plan.

    Raises
    ------
    NotThere
        There is no such feedback.
    ToolRetry
        It holds no correction that waits, or one that finds no answer, or the question leant on an earlier one.
    ToolRefused
    """
    permit(workspace.control, by, verified.SCOPE, doing="corrections:approve", what="approving a correction")
    book = FeedbackBook(workspace.control)
    given = _waiting(book, feedback_id)
    receipt = workspace.control.receipt(given.receipt_id)
    if receipt.sequence != 1:
        raise ToolRetry(
            f"Feedback {feedback_id} is on a question that went on from an earlier one. Ask it whole, and correct that."
        )
    question = receipt.content["question"]
    if TOKEN.search(question) or TOKEN.search(given.correction):
        raise ToolRetry(f"Feedback {feedback_id} holds personal data. Ask anew, naming the customer by his id.")
    plan = _plan_of(workspace, by, given)
    with workspace.control.together():
        kept = verified.approve(workspace, by, verified.propose(workspace, by, question, plan).question_id)
        workspace.control.audit(by.name, "corrections:approve", "done", {"feedback": feedback_id})
        return book.decide(feedback_id, "approved", by.name, kept.question_id)


def dismiss_correction(workspace: Workspace, by: Principal, feedback_id: str) -> Feedback:
    """Let a correction rest.

    Raises
    ------
    NotThere, ToolRetry, ToolRefused
    """
    permit(workspace.control, by, verified.SCOPE, doing="corrections:dismiss", what="dismissing a correction")
    book = FeedbackBook(workspace.control)
    _waiting(book, feedback_id)
    with workspace.control.together():
        workspace.control.audit(by.name, "corrections:dismiss", "done", {"feedback": feedback_id})
        return book.decide(feedback_id, "dismissed", by.name)


def _waiting(book: FeedbackBook, feedback_id: str) -> Feedback:
    given = book.one(feedback_id)
    if given.state != "open":
        why = "holds no correction" if given.state == "none" else f"was {given.state} already"
        raise ToolRetry(f"Feedback {feedback_id} {why}. `munshi corrections list` shows those that wait.")
    return given


def _plan_of(workspace: Workspace, by: Principal, given: Feedback) -> list[dict[str, object]]:
    from assistant.minds import embedded_mind
    from assistant.munshi import Munshi

    answer = Munshi(workspace, by, mind=embedded_mind(workspace, by)).ask(given.correction)
    if answer.status != "answered" or not answer.steps:
        raise ToolRetry(f"The correction “{given.correction}” finds no answer itself: {answer.text}")
    plan: list[dict[str, object]] = workspace.control.receipt(answer.receipt_id).content["plan"]
    return plan
