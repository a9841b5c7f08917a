"""What a file would bring, before anything is written: its layout, the first rows, what is left out, what adds up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.errors import SourceError
from governance.personal_data import PERSONAL_COLUMNS

if TYPE_CHECKING:
    from analytics.ingest.parsed import Parsed

#: Columns of the first rows that are shown.
SHOWN = (
    "line", "posted_at", "value_date", "amount", "currency", "balance_after", "narration", "reference", "category",
    "counterparty", "vpa", "account_id", "customer_id",
)  # fmt: skip
MASKED = "•••"
#: Stands for an account nobody has named yet.
UNNAMED = "(to be named)"


@dataclass(frozen=True)
class BalanceCheck:
    """Whether each balance follows from the one before: rows compared, breaks, and the first lines that break."""

    compared: int
    breaks: int
    lines: tuple[int, ...] = ()


@dataclass(frozen=True)
class SummaryLine:
    """One figure the statement tells of itself, and what its rows add up to; ``found`` is None where no row tells."""

    what: str
    told: str
    found: str | None
    agrees: bool


@dataclass(frozen=True)
class Preview:
    """What reading a file gives, personal columns masked.

    ``needs`` says what is missing before it can be ingested; ``told`` has the counts of rows.
    """

    name: str
    source: str
    bytes: int
    guessed: Mapping[str, Any]
    told: Mapping[str, Any]
    notes: tuple[str, ...]
    rows: list[dict[str, Any]]
    rejected: list[dict[str, Any]]
    reasons: Mapping[str, int]
    balance: BalanceCheck
    accounts: int
    needs: tuple[str, ...] = field(default=())
    summary: tuple[SummaryLine, ...] = field(default=())


def preview_file(
    path: Path,
    *,
    source: str | None = None,
    account: str | None = None,
    customer: str | None = None,
    mapping_file: Path | None = None,
    save_mapping: Path | None = None,
    currency: str | None = None,
    rows: int = 10,
) -> Preview:
    """Read a file and show what it would bring; needs no workspace and writes nothing but ``save_mapping``.

    Raises
    ------
    SourceError
        The file cannot be read, or nothing can be guessed of it.
    """
    from analytics.engine import passing_backend
    from analytics.ingest.mapping import ColumnMapping, load_mapping, save_mapping_of
    from analytics.ingest.reading import GUESS, read_file

    mapping: ColumnMapping | None = load_mapping(mapping_file) if mapping_file else None
    backend = passing_backend()
    options: dict[str, Any] = {"source": source or GUESS, "mapping": mapping, "currency": currency}
    needs: tuple[str, ...] = ()
    try:
        parsed = read_file(path, backend, account=account, customer=customer, **options)
    except SourceError as error:
        if account is not None:
            raise
        # whose it is may be all that is missing: then it can be looked at, and any other error comes again
        parsed = read_file(path, backend, account=UNNAMED, customer=customer or UNNAMED, **options)
        needs = (str(error),)
    if save_mapping is not None:
        save_mapping_of(parsed.guessed, save_mapping)
    if "reasons" in parsed.guessed:
        needs += ("Its columns were guessed: confirm them with --save-mapping FILE, then --mapping FILE.",)
    return preview_of(parsed, rows, needs)


def preview_of(parsed: Parsed, rows: int = 10, needs: tuple[str, ...] = ()) -> Preview:
    """Show what was read, personal columns masked."""
    rejected = parsed.rejected.order_by("line").select("line", "reason").limit(rows).to_pyarrow().to_pylist()
    reasons = parsed.rejected.group_by("reason").agg(n=parsed.rejected.count()).to_pyarrow().to_pylist()
    first = parsed.postings.order_by("line").select(*SHOWN).limit(rows).to_pyarrow().to_pylist()
    return Preview(
        name=parsed.name,
        source=parsed.source,
        bytes=parsed.bytes,
        guessed=parsed.guessed,
        told=parsed.told,
        notes=parsed.notes,
        rows=[_masked(row) for row in first],
        rejected=rejected,
        reasons={each["reason"]: each["n"] for each in sorted(reasons, key=lambda each: -each["n"])},
        balance=_balance_check(parsed.postings),
        accounts=parsed.accounts.num_rows,
        needs=needs,
        summary=_summary(parsed),
    )


def _summary(parsed: Parsed) -> tuple[SummaryLine, ...]:
    """Hold what the statement says it adds up to against its rows."""
    from analytics.pipeline.summaries import CALLED, mismatches, sums_of

    told: Mapping[str, str] = parsed.guessed.get("summary", {})
    sums = sums_of(parsed.postings) if told else None
    if sums is None:
        return ()
    wrong = {each.what for each in mismatches(told, sums)}
    return tuple(
        SummaryLine(CALLED[name], told[name], None if sums[name] is None else str(sums[name]), name not in wrong)
        for name in CALLED
        if name in told
    )


def _masked(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: MASKED if value and name in PERSONAL_COLUMNS else value for name, value in row.items()}


def _balance_check(postings: Any) -> BalanceCheck:
    """Compare each balance with the one before in its account, in order of time."""
    import ibis

    window = ibis.window(group_by=postings.account_id, order_by=[postings.posted_at, postings.ordinal])
    steps = postings.select("line", "amount", "balance_after", before=postings.balance_after.lag().over(window))
    steps = steps.filter(steps.before.notnull() & steps.balance_after.notnull())
    broken = steps.filter(steps.before + steps.amount != steps.balance_after)
    lines = broken.order_by("line").limit(5).to_pyarrow()["line"].to_pylist()
    return BalanceCheck(steps.count().to_pyarrow().as_py(), broken.count().to_pyarrow().as_py(), tuple(lines))
