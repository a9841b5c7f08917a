"""What the books think of themselves: what came in, what was checked, what is doubted, what waits, how fresh it is."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from governance.principal import local_principal
from governance.settings import Settings
from tools.workspace import Workspace

#: Rows shown of each kind of doubt.
EXAMPLES = 3
#: What a balance that was compared can be, in the order of the report → the kind of finding; None adds up.
BALANCES: Mapping[str, str | None] = {
    "add up": None,
    "are off by a rounding (less than one unit)": "balance_rounding",
    "moved over a stretch without postings (rows missing)": "missing_period",
    "do not follow from the row before": "balance_break",
}

_FILES = "SELECT * EXCLUDE (file_id, guessed) FROM books.raw.files ORDER BY name"
_BUILDS = "SELECT * FROM books.quality.builds ORDER BY started_at DESC LIMIT 10"
_CHECKS = "SELECT * FROM books.quality.checks WHERE build_id = (SELECT max(build_id) FROM books.quality.checks)"
_FINDINGS = """
SELECT kind, any_value(sentence ORDER BY sentence) AS sentence, count(*) AS "rows",
       count(DISTINCT account_id) AS accounts
FROM books.quality.findings GROUP BY kind ORDER BY 3 DESC, 1
"""
_EXAMPLES = f"""
SELECT kind, account_id, day, line, expected, found FROM books.quality.findings
QUALIFY row_number() OVER (PARTITION BY kind ORDER BY day DESC, account_id, transaction_id) <= {EXAMPLES}
ORDER BY kind, day DESC, account_id, transaction_id
"""
_QUARANTINE = (
    'SELECT reason, state, count(*) AS "rows" FROM books.quality.quarantine GROUP BY ALL ORDER BY 3 DESC, 1, 2'
)
_BALANCES = """
SELECT (SELECT count(*) FROM books.core.transactions WHERE balance_after IS NOT NULL),
       (SELECT map_from_entries(list((kind, n))) FROM
        (SELECT kind, count(*) AS n FROM books.quality.findings GROUP BY kind))
"""
#: A rule's id begins with its kind: ``alias:swiggy``, ``mcc:5411``; unknown is told, never guessed.
_CATEGORIES = """
SELECT split_part(coalesce(nullif(category_rule, ''), 'abstain'), ':', 1) AS kind, count(*) AS "rows",
       count(*) FILTER (WHERE coalesce(category, '') = '') AS unknown
FROM books.core.transactions GROUP BY 1 ORDER BY 2 DESC, 1
"""
_FRESHNESS = """
SELECT source, count(*) AS "rows", count(DISTINCT account_id) AS accounts, min(posted_at)::DATE AS first_day,
       max(posted_at)::DATE AS last_day
FROM books.core.transactions GROUP BY source ORDER BY last_day DESC, source
"""


def quality(name: str, *, settings: Settings | None = None) -> dict[str, Any]:
    """Return the report as plain data.

    Returns
    -------
    dict
        ``files``, ``builds`` (newest first), ``checks`` of the newest, ``findings`` by kind with ``examples``,
        ``balances`` by reason, ``quarantine`` by reason, ``categories`` by kind of rule, ``freshness`` by source.
        Nothing in it is personal: accounts by id, amounts and days.
    """
    with Workspace.open(name, settings) as workspace:
        return quality_of(workspace)


def quality_of(workspace: Workspace) -> dict[str, Any]:
    """The report of an open workspace."""
    findings = _dicts(workspace, _FINDINGS)
    examples = _dicts(workspace, _EXAMPLES)
    for each in findings:
        each["examples"] = [{k: v for k, v in row.items() if k != "kind"}
                            for row in examples if row["kind"] == each["kind"]]  # fmt: skip
    return {
        "workspace": workspace.name,
        "files": _dicts(workspace, _FILES),
        "builds": _dicts(workspace, _BUILDS),
        "checks": _dicts(workspace, _CHECKS),
        "findings": findings,
        "balances": _balances(workspace),
        "quarantine": _dicts(workspace, _QUARANTINE),
        "categories": _dicts(workspace, _CATEGORIES),
        "freshness": _dicts(workspace, _FRESHNESS),
    }


def write_report(found: Mapping[str, Any], target: Path) -> None:
    """Write the quality report as one page of its own."""
    from tools.operations.quality_page import page

    target.write_text(page(found), encoding="utf-8")


def _balances(workspace: Workspace) -> list[dict[str, Any]]:
    """Count the balances that add up, and those that do not by the reason; none where no row has one."""
    compared, kinds = workspace.query(local_principal(workspace.name), _BALANCES).rows[0]
    if not compared:
        return []
    kinds = kinds or {}
    wrong = sum(kinds.get(kind, 0) for kind in BALANCES.values() if kind)
    counts = {reason: kinds.get(kind, 0) if kind else compared - wrong for reason, kind in BALANCES.items()}
    return [{"reason": reason, "rows": rows, "share": rows / compared} for reason, rows in counts.items()]


def _dicts(workspace: Workspace, sql: str) -> list[dict[str, Any]]:
    return workspace.query(local_principal(workspace.name), sql.strip()).dicts()
