"""One person's data erased from everything Munshi keeps, and the proof that they are."""

from __future__ import annotations

import secrets
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from governance.acts import acting
from governance.errors import ToolRefused
from tools.arguments import literal
from tools.operations.privacy.kept_data import erase_kept
from tools.operations.privacy.people import known, permitted
from tools.operations.privacy.proof import prove
from tools.operations.progress import Progress, silent

if TYPE_CHECKING:
    from governance.principal import Principal
    from governance.privacy.records import PrivacyLedger
    from tools.workspace import Workspace

DOING = "privacy:erase"
HOLDER = "erasing a customer"
ON_REQUEST = "the person asked for it"
#: Flags of a customer's row that stand for a legal hold.
FLAGS = ("legal", "dispute")


def erase(
    workspace: Workspace, by: Principal, customer_id: str, *, reason: str = "", progress: Progress = silent
) -> dict[str, Any]:
    """Erase a customer, then search every file under the home for him, with the keys.

    What is kept: the loan records that law has a lender keep and decisions on him, both under a token that is random;
    consents, holds and this erasure under a keyed digest; the audit log, which never named him.

    Returns
    -------
    dict
        ``books`` what became of each table, ``kept_data`` of what lies beside them, ``proof``, ``complete``.

    Raises
    ------
    ToolRefused
        The caller may not, the customer is under a legal hold, or has a loan that is not repaid; audited.
    NotThere
        There is no such customer.
    WorkspaceBusy
        The books are being written.
    """
    ledger = permitted(workspace, by, "erase", "erasing a customer")
    again = _begun(ledger, customer_id)
    if not again:
        known(workspace, by, customer_id)
    _refuse_held(workspace, by, ledger, customer_id)
    token = f"ERASED_{secrets.token_hex(6)}"
    progress("Erasing", 0.0)
    workspace.lake.clean_up(HOLDER)
    with acting(workspace.control, workspace.folder, by.name, DOING, {}) as act:
        done = _erased(workspace, by, ledger, customer_id, token, reason, progress)
        proof = done["proof"]
        act.outcome = "done" if done["complete"] else "incomplete"
        act.details |= {"record": done["erasure_id"], "files": proof["files"], "bytes": proof["bytes"],
                        "found": len(proof["found"]), "unopened": len(proof["unopened"])}  # fmt: skip
    return done


def _erased(
    workspace: Workspace, by: Principal, ledger: PrivacyLedger, customer_id: str, token: str, reason: str,
    progress: Progress,
) -> dict[str, Any]:  # fmt: skip
    from analytics.traces import erase as erase_rows
    from analytics.traces import identifiers

    ledger.add("erasure_begun", by.name, {}, customer_id=customer_id, named=False)
    with workspace.lake.erasing(HOLDER) as writer:
        who = identifiers(writer.execute, customer_id)
        kept_data = erase_kept(workspace, who, token)
        books = erase_rows(writer, customer_id, who, token)
    progress("Searching for what is left", 0.6)
    proof = prove(workspace, who)
    content = {"reason": who.redacted(reason.strip(), token) or ON_REQUEST, "books": [asdict(each) for each in books],
               "kept_data": kept_data, "proof": proof.told(), "complete": proof.clean}  # fmt: skip
    made = ledger.add("erasure", by.name, content, customer_id=customer_id, named=False)
    return {"erasure_id": made.record_id, **content}


def _begun(ledger: PrivacyLedger, customer_id: str) -> bool:
    """Whether an erasure of him broke off, or its proof stayed open: what is left is looked for by his id alone."""
    rows = ledger.of(customer_id, "erasure_begun", "erasure")
    return bool(rows) and not rows[-1].content.get("complete", False)


def _refuse_held(workspace: Workspace, by: Principal, ledger: PrivacyLedger, customer_id: str) -> None:
    held = ledger.hold(customer_id)
    who = literal(customer_id)
    flags = f"SELECT contact_flags FROM books.core.customers WHERE customer_id = {who}"
    owed = f"SELECT count(*) FROM books.core.loans WHERE customer_id = {who} AND closed_on IS NULL"
    marked = [flag for row in workspace.query(by, flags).rows for flag in row[0] or () if flag in FLAGS]
    open_loans = workspace.query(by, owed).rows[0][0]
    if held:
        why = f"{customer_id} is under a legal hold: {held.content['reason']}. `munshi privacy release` ends it."
    elif marked:
        why = f"The books mark {customer_id} '{marked[0]}': while that lasts his data are evidence, and stay."
    elif open_loans:
        loans = "a loan that is" if open_loans == 1 else f"{open_loans} loans that are"
        why = (f"{customer_id} has {loans} not repaid: contract and law need the data until then (GDPR Article "
               "17(3)(b); DPDP Act section 12).")  # fmt: skip
    else:
        return
    workspace.control.audit(by.name, DOING, "refused", {"why": "hold" if held or marked else "open loan"})
    raise ToolRefused(why)
