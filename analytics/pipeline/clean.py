"""One row per real posting: what a row's id is, which rows are copies of another, and which copy stays.

Equal rows of one file are one posting where something in them can be told once only: the source's id, a reference, or
the balance after them, which a second posting would have moved. Else they are as many postings as there are rows (two
teas at one stall), and the n-th in one file is the copy of the n-th in another. Rows that are merely alike are copies
only across files. Which copy stays depends on what the rows say, not on the order the files came in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from analytics.pipeline.books import Keep, as_it_is
from analytics.pipeline.findings import findings

if TYPE_CHECKING:
    import ibis

#: A row of the raw postings, and the row that stays in its stead.
PLACE = ("file_id", "line")
KEPT = ("kept_file_id", "kept_line")
#: Between the parts of what is digested; no narration holds it.
SEPARATOR = "\x1f"
#: What a reference must hold to be one: six digits in a row, not all of them zeros.
REFERENCE = r"[1-9][0-9]{5,}"
#: Twelve digits alone: the retrieval reference number of UPI and IMPS, where only the narration tells it.
RRN = r"(^|[^0-9])([1-9][0-9]{11})([^0-9]|$)"


@dataclass(frozen=True)
class Likeness:
    """One way in which a row of another file is the same posting though it reads otherwise.

    Attributes
    ----------
    keys
        Columns that agree; a row in which one is NULL is like no other.
    days
        Days that may lie between the copies.
    """

    name: str
    keys: tuple[str, ...]
    days: int


LIKENESSES: tuple[Likeness, ...] = (
    Likeness("reference", ("account_id", "amount", "reference_key"), days=3),
    Likeness("balance", ("account_id", "day", "amount", "balance_after", "text_key"), days=0),
)
#: Files whose postings of an account lie further apart than this hold no copies of each other.
REACH_DAYS = max(likeness.days for likeness in LIKENESSES)

SENTENCES: Mapping[str, str] = MappingProxyType(
    {
        "duplicate": "The same posting came more than once; this copy is left out.",
        "corrected": "The source sent this posting again under the same id with other content; the newest is kept.",
        "near_duplicate_reference": "Another file has a posting of the same account, amount and reference within three "
        "days; this copy is left out.",
        "near_duplicate_balance": "Another file has the same day, amount, balance and letters, spaced or punctuated "
        "otherwise; this copy is left out.",
    }
)


@dataclass(frozen=True)
class Cleaned:
    """Postings that stay, and a finding for each that is left out."""

    kept: ibis.Table
    findings: ibis.Table


def identified(postings: ibis.Table, again: ibis.Table | None = None) -> ibis.Table:
    """Return the postings with a ``posting_id`` each: the source's, else a digest of what the row says.

    Parameters
    ----------
    postings
        Columns of `analytics.schema.RAW_POSTINGS`, whole files.
    again
        What `repeated` says of them, where that is known already; then they are of one file, whole or in part.

    Returns
    -------
    ibis.Table
        The same columns. The digest is of account, time, amount, balance, narration and reference; of equal rows in a
        file that nothing tells to be one, the second has another than the first, in the order of ``line``.
    """
    import ibis

    rows = postings.mutate(digest=_says(postings))
    marked, place = (repeated(postings), list(PLACE)) if again is None else (again.drop("file_id"), ["line"])
    joined = rows.left_join(marked, place, rname="{name}_again")
    numbered = ibis.ifelse(
        joined.nth.isnull(), joined.digest, (joined.digest + "#" + joined.nth.cast("string")).hexdigest("md5")
    )
    return joined.mutate(posting_id=ibis.coalesce(joined.posting_id, numbered)).select(*postings.columns)


def repeated(postings: ibis.Table) -> ibis.Table:
    """Return the second and further of equal rows in a file that nothing tells to be one: ``file_id, line, nth``."""
    import ibis

    unnamed = postings.filter(postings.posting_id.isnull(), ~_told_once(postings))
    unnamed = unnamed.select(*PLACE, digest=_says(unnamed))
    nth = ibis.row_number().over(ibis.window(group_by=["file_id", "digest"], order_by="line"))
    return unnamed.mutate(nth=nth).filter(ibis._.nth > 0).drop("digest")


def _told_once(rows: ibis.Table) -> Any:
    """Whether a row holds what no second posting could hold too."""
    moved = rows.balance_after.notnull() & (rows.amount != 0)  # the cheaper question first: most rows need no other
    return moved | rows.reference.fill_null("").re_search(REFERENCE) | rows.narration.fill_null("").re_search(RRN)


def _says(rows: ibis.Table) -> Any:
    """Return the digest of what a row says, the same on every engine."""
    import ibis

    parts = (
        rows.account_id,
        rows.posted_at.cast("string").substr(0, 19),
        rows.amount.cast("decimal(18, 2)").cast("string"),
        rows.balance_after.cast("decimal(18, 2)").cast("string"),
        _single_spaced(rows.narration).strip().upper(),
        rows.reference.strip().upper(),
    )
    return ibis.literal(SEPARATOR).join([part.fill_null("") for part in parts]).hexdigest("md5")


def _single_spaced(text: Any) -> Any:
    """Return the text with a space for each run of blanks; most texts hold none and are not searched."""
    import ibis

    uneven = reduce(or_, [text.contains(blank) for blank in ("  ", "\t", "\n", "\r", "\f")])
    return ibis.ifelse(uneven, text.re_replace(r"\s+", " "), text)


def cleaned(postings: ibis.Table) -> Cleaned:
    """Return one row per real posting, and a finding for each copy left out.

    Parameters
    ----------
    postings
        Columns of `analytics.schema.RAW_POSTINGS` with ids (`identified`), of any files in any order.

    Returns
    -------
    Cleaned
        The kept rows have the same columns and distinct pairs of account and id.
    """
    left_out = copies(postings)
    return Cleaned(postings.anti_join(left_out, list(PLACE)), copy_findings(postings, left_out))


def copies(postings: ibis.Table, keep: Keep = as_it_is) -> ibis.Table:
    """Return the rows that are copies: ``file_id``, ``line`` and the ``kind`` of copy, a key of `SENTENCES`.

    A row that stays stands for its copies' files too: no other row of those files is a copy of it.

    Parameters
    ----------
    keep
        Computes a step once; each is read several times over.
    """
    pairs = keep("copies_by_id", _copies_by_id(postings))
    rows = keep("contested", _with_keys(_contested(postings).anti_join(pairs, list(PLACE))))
    for likeness in LIKENESSES:
        alike = keep(f"copies_by_{likeness.name}", _copies_alike(rows, likeness, pairs))
        rows = rows.anti_join(alike, list(PLACE))
        pairs = pairs.union(alike)
    return pairs.select(*PLACE, "kind")


def _copies_by_id(postings: ibis.Table) -> ibis.Table:
    """Find the copies that carry one id: of equal ones the first known stays, of differing ones the last known."""
    import ibis

    ids = ["account_id", "posting_id"]
    repeated = postings.group_by(ids).aggregate(rows=postings.count()).filter(ibis._.rows > 1)
    rows = postings.semi_join(repeated, ids)
    rows = rows.select(*ids, *PLACE, says=_says(rows), known=rows.known_at.fill_null(rows.posted_at))
    rows = rows.mutate(heard=rows.known.min().over(ibis.window(group_by=[*ids, "says"])))
    best_first = [rows.heard.desc(), rows.says, rows.known, rows.file_id, rows.line]
    window = ibis.window(group_by=ids, order_by=best_first)
    ranked = rows.mutate(
        place=ibis.row_number().over(window), kept=rows.says.first().over(window), **_kept(rows, window)
    )
    found = ranked.filter(ranked.place > 0)
    return found.select(*PLACE, *KEPT, kind=ibis.ifelse(found.says == found.kept, "duplicate", "corrected"))


def _kept(rows: ibis.Table, window: Any) -> dict[str, Any]:
    """Return the place of the row that stays of each window: its first."""
    return {kept: rows[name].first().over(window) for kept, name in zip(KEPT, PLACE, strict=True)}


def _contested(postings: ibis.Table) -> ibis.Table:
    """Return the rows on days of their account that another file speaks of too, `REACH_DAYS` on either side."""
    import ibis

    day = postings.posted_at.date()
    spans = postings.group_by(["account_id", "file_id"]).aggregate(first=day.min(), last=day.max())
    others, reach = spans.view(), ibis.interval(days=REACH_DAYS)
    overlaps = spans.inner_join(
        others,
        [
            spans.account_id == others.account_id,
            spans.file_id != others.file_id,
            spans.first <= others.last + reach,
            others.first <= spans.last + reach,
        ],
    ).select(
        "account_id",
        "file_id",
        start=ibis.greatest(spans.first, others.first) - reach,
        end=ibis.least(spans.last, others.last) + reach,
    )
    spoken = overlaps.group_by(["account_id", "file_id"]).aggregate(
        start=overlaps.start.cast("date").min(), end=overlaps.end.cast("date").max()
    )
    rows = postings.inner_join(spoken, ["account_id", "file_id"])
    moment = rows.posted_at.date()
    return rows.filter(moment >= rows.start, moment <= rows.end).select(*postings.columns)


def _with_keys(rows: ibis.Table) -> ibis.Table:
    """Return what likeness is judged by."""
    import ibis

    told = rows.reference.fill_null("").re_extract(REFERENCE, 0)
    in_text = rows.narration.fill_null("").re_extract(RRN, 2)
    return rows.select(
        "account_id",
        *PLACE,
        "amount",
        "balance_after",
        day=rows.posted_at.date(),
        known=rows.known_at.fill_null(rows.posted_at),
        length=rows.narration.fill_null("").length(),
        reference_key=ibis.coalesce(told.nullif(""), in_text.nullif("")),
        text_key=rows.narration.fill_null("").upper().re_replace(r"[^A-Z0-9]+", ""),
    )


def _copies_alike(rows: ibis.Table, likeness: Likeness, pairs: ibis.Table) -> ibis.Table:
    """Find the copies by one likeness: those of a run of days that stand at the same number in their files."""
    import ibis

    keys = list(likeness.keys)
    known = rows.filter([rows[key].notnull() for key in keys])
    several = known.group_by(keys).aggregate(files=known.file_id.nunique()).filter(ibis._.files > 1)
    known = known.semi_join(several, keys)
    in_time = ibis.window(group_by=keys, order_by=["day", *PLACE])
    gap = known.day.delta(known.day.lag().over(in_time), unit="day")
    known = known.mutate(opens=(gap > likeness.days).fill_null(False).cast("int64"))
    known = known.mutate(run=known.opens.sum().over(ibis.cumulative_window(group_by=keys, order_by=["day", *PLACE])))
    in_file = ibis.window(group_by=[*keys, "run", "file_id"], order_by=["day", "line"])
    known = known.mutate(nth=ibis.row_number().over(in_file))
    standing = pairs.select(**dict(zip(PLACE, KEPT, strict=True))).distinct()
    known = known.left_join(standing.mutate(stands=True), list(PLACE), rname="{name}_kept")
    known = known.mutate(stands=known.stands.fill_null(False))
    best_first = [
        ~known.stands, known.balance_after.isnull(), known.length.desc(), known.known, known.file_id, known.line
    ]  # fmt: skip
    window = ibis.window(group_by=[*keys, "run", "nth"], order_by=best_first)
    ranked = known.mutate(
        place=ibis.row_number().over(window), kept_balance=known.balance_after.first().over(window),
        **_kept(known, window),
    )  # fmt: skip
    agrees = ranked.balance_after.isnull() | (ranked.balance_after == ranked.kept_balance)
    found = ranked.filter(ranked.place > 0, agrees, ~ranked.stands)
    found = found.select(*PLACE, *KEPT, kind=ibis.literal(f"near_duplicate_{likeness.name}"))
    return found.anti_join(pairs, ["file_id", *KEPT])


def copy_findings(postings: ibis.Table, left_out: ibis.Table) -> ibis.Table:
    """Return a finding for each row of ``left_out``, as `copies` returns it."""
    import ibis

    rows = postings.inner_join(left_out, list(PLACE))
    sentence = ibis.cases(*((rows.kind == kind, text) for kind, text in SENTENCES.items()), else_="")
    kind = ibis.ifelse(rows.kind.startswith("near_duplicate"), "near_duplicate", rows.kind)
    return findings(rows, kind, sentence, transaction_id=rows.posting_id, day=rows.posted_at.date(), found=rows.amount)
