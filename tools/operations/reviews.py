"""Adverse decisions wait for a person: the queue, what he decides, and the letter that is drafted on it."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.errors import NotThere, ToolRetry
from governance.permission import permit
from governance.reviews import Outcome, ReviewDecision, Reviews
from tools.arguments import literal
from tools.customer_profile import unknown_customer
from tools.model_state import leant_on
from tools.rulings import Ruling

if TYPE_CHECKING:
    from governance.principal import Principal
    from tools.workspace import Workspace

SCOPE = "reviews:decide"
#: Bands that a person looks at where no rule decides.
REVIEWED_BANDS = ("very high",)
#: Reg B's commentary: more than four reasons are not likely to help.
MOST_REASONS = 4
LETTER = Path(__file__).parents[1] / "letters" / "adverse_action.md"
_CASES = (
    "SELECT customer_id, as_of, version, probability_of_default, score, band, model_band, decision, rule, rule_text, "
    "rules_version, exposure, currency, reasons FROM semantic.borrowers WHERE {} ORDER BY rank"
)
_ADVERSE = "(decision IN ('refer', 'decline') OR (decision IS NULL AND band IN ({})))".format(
    ", ".join(literal(band) for band in REVIEWED_BANDS)
)
NO_REASON = "1. The sum of your record with us; no single figure stands out."
_DECIDED = {
    "decline": "decided to decline it",
    "refer": "did not agree to it without a person's review",
    "band": "placed it in our band of highest risk",
}


def queue(workspace: Workspace, by: Principal, *, decided: bool = False, limit: int = 100) -> list[dict[str, Any]]:
    """Cases that wait for a person, the riskiest first, within the caller's sight; or those decided.

    Raises
    ------
    ToolRefused
        The caller may not decide cases, or no answer may lean on the credit model.
    """
    permit(workspace.control, by, SCOPE, doing="review:list", what="seeing cases that wait for a person")
    taken = Reviews(workspace.control).all()
    if decided:
        seen = {row[0] for row in workspace.query(by, "SELECT customer_id FROM semantic.customers").rows}
        return [_told(each) for each in taken.values() if each.case["customer_id"] in seen][-limit:]
    waiting = (case for case in _cases(workspace, by, _ADVERSE) if case["case_id"] not in taken)
    return list(itertools.islice(waiting, limit))


def decide(workspace: Workspace, by: Principal, case_id: str, outcome: Outcome, *, reason: str) -> dict[str, Any]:
    """Uphold an adverse decision, or approve against it; what was decided stands for the as-of it was about.

    Raises
    ------
    NotThere
        No such case waits within the caller's sight.
    ToolRetry
        It is decided already, or no reason was given.
    """
    doing = "review:decide"
    permit(workspace.control, by, SCOPE, doing=doing, what="deciding cases")
    if not reason.strip():
        raise ToolRetry("Say why: a decision without a reason cannot be defended.")
    found = next((case for case in _cases(workspace, by, _ADVERSE) if case["case_id"] == case_id), None)
    if found is None:
        raise NotThere(f"No case '{case_id}' waits for you. `munshi review list` shows those that do.")
    with workspace.control.together():
        kept = Reviews(workspace.control).decide(case_id, outcome, found, by=by.name, reason=reason.strip())
        workspace.control.audit(by.name, doing, "ok", {"case": case_id, "outcome": outcome, "cause": found["cause"]})
    return _told(kept)


def letter(workspace: Workspace, by: Principal, customer_id: str) -> dict[str, Any]:
    """Draft a letter on an adverse decision; nothing is sent.

    It tells at most four principal reasons in approved words: the text of the rule that decides where one does, then
    the model's own. Features hold nothing protected by law, nor do rules.

    Raises
    ------
    NotThere
        There is no such customer within the caller's sight.
    ToolRetry
        Nothing adverse was decided of him, or a person approved against it.
    """
    doing = "review:letter"
    permit(workspace.control, by, SCOPE, doing=doing, what="drafting letters")
    found = _cases(workspace, by, f"customer_id = {literal(customer_id)} AND {_ADVERSE}")
    case = next(found, None)
    if case is None:
        raise _no_letter(workspace, by, customer_id)
    taken = Reviews(workspace.control).all().get(case["case_id"])
    if taken is not None and taken.outcome == "approve":
        raise ToolRetry(f"A person approved against it: {taken.reason} There is nothing adverse to write.")
    name = workspace.query(by, f"SELECT full_name FROM semantic.customers WHERE customer_id = {literal(customer_id)}")
    text = _written(case, taken, str(name.rows[0][0] or ""), workspace.data_clock(by))
    workspace.control.audit(by.name, doing, "ok", {"case": case["case_id"], "upheld": taken is not None})
    return {"case_id": case["case_id"], "customer_id": customer_id, "reviewed": taken is not None,
            "reasons": principal_reasons(case), "text": text}  # fmt: skip


def principal_reasons(case: Mapping[str, Any]) -> list[str]:
    """The reasons a letter tells: of the rule where one decides, then of the model; at most four."""
    own = [each["text"] for each in case["reasons"]]
    decides = case["rule"] and (case["decision"] or case["band"] != case["model_band"])
    rule = [case["rule_text"].rstrip(".")] if decides else []
    return [*rule, *own][:MOST_REASONS]


def _cases(workspace: Workspace, by: Principal, where: str) -> Iterator[dict[str, Any]]:
    leant_on(workspace, by, "credit")
    reviews = Reviews(workspace.control)
    for row in workspace.query(by, _CASES.format(where)).dicts():
        ruling = Ruling.of(row, row["probability_of_default"])
        cause = row["decision"] or "band"
        about = (row["customer_id"], row["as_of"], row["version"], row["rules_version"], cause)
        yield {**row, "as_of": row["as_of"].isoformat(), "exposure": str(row["exposure"]), "cause": cause,
               "said": ruling.said, "case_id": reviews.case_id(*about)}  # fmt: skip


def _no_letter(workspace: Workspace, by: Principal, customer_id: str) -> Exception:
    there = f"SELECT 1 FROM semantic.customers WHERE customer_id = {literal(customer_id)}"
    if not workspace.query(by, there).rows:
        return NotThere(unknown_customer(workspace, by, customer_id))
    return ToolRetry(f"Nothing adverse was decided of {customer_id}: there is no letter to write. `munshi review list` "
                     "shows of whom something was.")  # fmt: skip


def _written(case: Mapping[str, Any], taken: ReviewDecision | None, name: str, clock: dt.date) -> str:
    reasons = principal_reasons(case)
    listed = "\n".join(f"{place}. {_sentence(reason)}" for place, reason in enumerate(reasons, start=1))
    standing = "Draft, upheld by a person's review." if taken else "Draft: no person has reviewed the decision yet."
    return LETTER.read_text("utf-8").format(
        standing=standing, date=f"{clock:%d %B %Y}", name=name, case_id=case["case_id"], as_of=case["as_of"],
        decided=_DECIDED[case["cause"]], reasons=listed or NO_REASON,
        by_rule=f" and of our credit policy (rule {case['rule']})" if case["rule"] else "",
    )  # fmt: skip


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}."


def _told(kept: ReviewDecision) -> dict[str, Any]:
    return asdict(kept)
