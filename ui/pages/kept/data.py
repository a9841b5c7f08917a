"""Data: how fresh it is, what was checked, what waits, what people corrected."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from governance.principal import Principal
from tools.operations import corrections, data_state
from tools.result import ToolResult
from tools.workspace import Workspace
from ui.pages.kept.tables import count, date, listing, moment, share, words
from ui.pages.operation import Done, Operation, Undo

#: Step of the lineage → what it is called.
STAGES = {
    "files": "Files as they came",
    "postings": "Postings as the sources said them",
    "transactions": "Transactions",
    "loan_status": "Loan status by month end",
    "customer_monthly": "Features by customer and month end",
    "scores": "Scores by customer and month end",
}


def freshness(workspace: Workspace, by: Principal) -> ToolResult:
    """How new each source is, beside the newest of all."""
    rows = data_state.state(workspace, by)["freshness"]
    newest = max((each["last_day"] for each in rows), default=None)
    told = [{**each, "behind": (newest - each["last_day"]).days if newest else None} for each in rows]
    columns = (
        words("source", "Source"),
        count("rows", "Rows"),
        count("accounts", "Accounts"),
        date("first_day", "From"),
        date("last_day", "To"),
        count("behind", "Days behind"),
    )
    return listing("Freshness", columns, told)


def checks(workspace: Workspace, by: Principal) -> ToolResult:
    """What the newest build checked."""
    rows = data_state.state(workspace, by)["checks"]
    order = {result: place for place, result in enumerate(("fail", "warn", "pass"))}
    columns = (words("title", "Check"), words("status", "Result"), words("sentence", "Finding"))
    return listing("Checks", columns, sorted(rows, key=lambda each: order.get(each["status"], 3)))


def findings(workspace: Workspace, by: Principal) -> ToolResult:
    """What is doubted of rows that came in."""
    columns = (words("sentence", "What is doubted"), count("rows", "Rows"), count("accounts", "Accounts"))
    return listing("Findings", columns, data_state.state(workspace, by)["findings"])


def categories(workspace: Workspace, by: Principal) -> ToolResult:
    """By what kind of rule postings got their category."""
    rows = data_state.state(workspace, by)["categories"]
    total = sum(each["rows"] for each in rows) or 1
    columns = (
        words("kind", "Decided by"),
        count("rows", "Postings"),
        share("share", "Share"),
        count("unknown", "Unknown"),
    )
    return listing("Categories", columns, [{**each, "share": each["rows"] / total} for each in rows])


def files(workspace: Workspace, by: Principal) -> ToolResult:
    """The files that were read."""
    columns = (
        words("name", "File"),
        words("source", "Layout"),
        date("first_day", "From"),
        date("last_day", "To"),
        count("rows_read", "Rows read"),
        count("rows_kept", "Rows kept"),
        count("rows_rejected", "Refused"),
    )
    return listing("Files", columns, data_state.state(workspace, by)["files"])


def builds(workspace: Workspace, by: Principal) -> ToolResult:
    """The newest builds."""
    columns = (
        moment("started_at", "When"),
        words("kind", "Kind"),
        count("seconds", "Seconds"),
        words("build_id", "Build"),
    )
    return listing("Builds", columns, data_state.state(workspace, by)["builds"])


def lineage(workspace: Workspace, by: Principal) -> ToolResult:
    """From files to scores."""
    rows = [{**each, "stage": STAGES[each["stage"]]} for each in data_state.lineage(workspace, by)]
    return listing("Lineage", (words("stage", "Step"), count("rows", "Rows"), date("newest", "Newest")), rows)


def quarantine(workspace: Workspace, by: Principal) -> ToolResult:
    """Rows that could not be read, without their content."""
    columns = (
        words("name", "File"),
        count("line", "Line"),
        words("reason", "Why it waits"),
        words("source", "Layout"),
        words("file_id", "File id"),
    )
    return listing("Quarantine", columns, data_state.waiting(workspace, by))


def merchants(workspace: Workspace, by: Principal) -> ToolResult:
    """Merchants with their categories."""
    columns = (
        words("merchant", "Merchant"),
        words("category", "Category"),
        words("subcategory", "Subcategory"),
        count("postings", "Postings"),
    )
    return listing("Merchants", columns, corrections.merchants(workspace, by))


def corrected(workspace: Workspace, by: Principal) -> ToolResult:
    """Corrections that hold."""
    columns = (
        words("matches", "Merchant"),
        words("category", "Category"),
        words("subcategory", "Subcategory"),
        words("made_by", "By"),
        moment("made_at", "When"),
        words("correction_id", "Correction"),
    )
    return listing("Corrections", columns, corrections.listed(workspace, by))


def correct(workspace: Workspace, by: Principal, merchant: str, category: str, subcategory: str = "") -> Done:
    """Correct a merchant's category."""
    made = corrections.correct(workspace, by, merchant, category, subcategory)
    said = f"{merchant} is {category.replace('_', ' ')} from the next intake on."
    return Done(said, Undo("category.withdraw", {"correction_id": made["correction_id"]}))


def withdraw(workspace: Workspace, by: Principal, correction_id: str) -> Done:
    """Take a correction back."""
    gone = corrections.withdraw(workspace, by, correction_id)
    again = {"merchant": gone["matches"], "category": gone["category"], "subcategory": gone["subcategory"] or ""}
    return Done(
        f"{gone['matches']} is categorised by the rules again, from the next intake on.",
        Undo("category.correct", again),
    )


def mend(workspace: Workspace, by: Principal, file_id: str, line: int, column: str, text: str) -> Done:
    """Change one cell of a row in quarantine and take it in."""
    came = data_state.mend(workspace, by, file_id, line, {column: text})
    return Done(f"Line {line} was read: {came} new postings.", _back(file_id, line))


def ignore(workspace: Workspace, by: Principal, file_id: str, line: int, reason: str) -> Done:
    """Leave a row out."""
    data_state.ignore(workspace, by, file_id, line, reason)
    return Done(f"Line {line} is left out.", _back(file_id, line))


def put_back(workspace: Workspace, by: Principal, file_id: str, line: int) -> Done:
    """Let a row wait again."""
    data_state.put_back(workspace, by, file_id, line)
    return Done(f"Line {line} waits again.")


def replay(workspace: Workspace, by: Principal) -> Done:
    """Read every waiting row again."""
    return Done(f"Read again with the layouts of today: {data_state.replay(workspace, by)} new postings.")


def _back(file_id: str, line: int) -> Undo:
    return Undo("quarantine.put_back", {"file_id": file_id, "line": line})


LISTINGS: Mapping[str, Callable[..., ToolResult]] = {
    "data.freshness": freshness,
    "data.checks": checks,
    "data.findings": findings,
    "data.categories": categories,
    "data.files": files,
    "data.builds": builds,
    "data.lineage": lineage,
    "data.quarantine": quarantine,
    "data.merchants": merchants,
    "data.corrections": corrected,
}
OPERATIONS: Mapping[str, Operation] = {
    "category.correct": Operation(correct, corrections.SCOPE),
    "category.withdraw": Operation(withdraw, corrections.SCOPE),
    "quarantine.mend": Operation(mend, data_state.WRITE),
    "quarantine.ignore": Operation(ignore, data_state.WRITE),
    "quarantine.put_back": Operation(put_back, data_state.WRITE),
    "quarantine.replay": Operation(replay, data_state.WRITE),
}
