"""The statements' own sums held against the rows the books keep of them: a finding for each figure that differs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from analytics.pipeline.summaries import mismatches, sums_of
from analytics.schema import FINDINGS, arrow_schema

if TYPE_CHECKING:
    import ibis

    from analytics.writer import Writer

SUMMARY_MISMATCH = "summary_mismatch"


def reconcile_summaries(writer: Writer, accounts: ibis.Table) -> int:
    """Judge the files of some accounts again; return how many figures differ.

    Parameters
    ----------
    accounts
        Has ``account_id``: the accounts whose rows changed.
    """
    import pyarrow as pa

    found = writer.table("quality", "findings")
    old = found.filter(found.kind == SUMMARY_MISMATCH).semi_join(accounts, "account_id")
    writer.delete(FINDINGS.qualified, writer.keep("summaries_old", old.select("kind", "account_id").distinct()))
    rows = [finding for file in _telling(writer, accounts) for finding in _of_file(writer, file)]
    if rows:
        writer.append(FINDINGS.qualified, pa.Table.from_pylist(rows, schema=arrow_schema(FINDINGS)))
    return len(rows)


def _telling(writer: Writer, accounts: ibis.Table) -> list[dict[str, Any]]:
    """Return the files of one account that tell what they add up to."""
    writer.keep("summaries_accounts", accounts.select("account_id").distinct())
    return writer.execute(
        "SELECT file_id, account_ids[1] AS account_id, last_day, guessed FROM books.raw.files "
        "WHERE len(account_ids) = 1 AND guessed LIKE '%\"summary\"%' "
        "AND account_ids[1] IN (SELECT account_id FROM summaries_accounts) ORDER BY file_id"
    ).dicts()


def _of_file(writer: Writer, file: dict[str, Any]) -> list[dict[str, Any]]:
    told = json.loads(file["guessed"])["summary"]
    postings = writer.table("raw", "postings")
    postings = postings.filter(postings.file_id == file["file_id"])
    owner = writer.execute(
        "SELECT customer_id FROM books.core.accounts WHERE account_id = ?", [file["account_id"]]
    ).rows
    return [
        {
            "kind": SUMMARY_MISMATCH,
            "account_id": file["account_id"],
            "customer_id": owner[0][0] if owner else None,
            "day": file["last_day"],
            "file_id": file["file_id"],
            "expected": each.told,
            "found": each.found,
            "sentence": each.sentence,
        }
        for each in mismatches(told, sums_of(postings))
    ]
