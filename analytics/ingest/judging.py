"""Each row of a file judged: posting, wrapped text, heading, footer, blank, or rejected with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from analytics.ingest.amounts import MONEY_TYPE, money, says_side
from analytics.ingest.cells import as_json
from analytics.ingest.dates import moment
from analytics.ingest.layout import BALANCE_ROWS, FOOTERS
from analytics.ingest.shape import Shape

if TYPE_CHECKING:
    import ibis

#: Roles whose text goes into the posting as it is.
TEXTS = (
    "narration", "reference", "mode", "counterparty", "vpa", "mcc", "merchant", "category", "subcategory", "city",
    "posting_id",
)  # fmt: skip


def judged(rows: ibis.Table, shape: Shape) -> ibis.Table:
    """Judge every row below the heading.

    Parameters
    ----------
    rows
        ``(line, cells)``: a row of the file and its cells.
    shape
        Where what stands.

    Returns
    -------
    ibis.Table
        One row for each row below the heading: ``line``, ``kind`` (posting, wrapped, heading, end, footer, blank,
        rejected), ``reason`` and ``content`` of what is no posting, the columns of a posting, and ``account_cell`` and
        ``customer_cell`` as the file has them.
    """
    below = rows.filter(rows.line > shape.heading_line)
    row = below.mutate(**_cells(below, shape))
    clock = row.time_cell if "time" in shape.columns else None
    row = row.mutate(posted_at=moment(row.date_cell, shape.layout.dates, clock))
    row = row.mutate(**_parsed(row, shape))
    row = row.mutate(amount=_amount(row, shape), reason=_reason(row, shape))
    row = row.mutate(kind=_kind(row, shape))
    row = row.mutate(content=_content(row), **_wrapped_text(row, shape))
    return posting_columns(row, shape)


def _cells(row: Any, shape: Shape) -> Mapping[str, Any]:
    """Return each role's cell; text that the delimiter cut in pieces is put together again."""
    import ibis

    narration = shape.columns.get("narration", shape.width)
    over = row.cells.length() > shape.width
    spilt = ibis.ifelse(over, row.cells[shape.width :].join(""), "").strip() != ""
    extra = ibis.ifelse(spilt, row.cells.length() - shape.width, 0)
    found = {}
    for role, position in shape.columns.items():
        cell = row.cells[position]
        if position > narration:
            cell = ibis.ifelse(spilt, row.cells[position + extra], cell)
        if role == "narration" and shape.delimiter:
            whole = row.cells[narration : narration + extra + 1].join(shape.delimiter)
            cell = ibis.ifelse(spilt, whole, cell)
        found[f"{role}_cell"] = ibis.coalesce(cell, "").strip()
    return found


def _parsed(row: Any, shape: Shape) -> Mapping[str, Any]:
    import ibis

    formats = shape.layout.dates
    found = {}
    for role in ("value_date", "known_at"):
        if role in shape.columns:
            cell = row[f"{role}_cell"]
            found[role] = ibis.ifelse(cell == row.date_cell, row.posted_at, moment(cell, formats))
    for role in ("debit", "credit", "balance"):
        if role in shape.columns:
            found[role] = money(row[f"{role}_cell"])
    if "amount" in shape.columns:
        found["signed"] = money(row.amount_cell)
    return found


def _amount(row: Any, shape: Shape) -> Any:
    """Return the signed amount, NULL where it is not told or its side is not."""
    import ibis

    if "debit" in shape.columns:
        zero = ibis.literal(0).cast(MONEY_TYPE)
        return (ibis.coalesce(row.credit, zero) - ibis.coalesce(row.debit, zero).abs()).cast(MONEY_TYPE)
    side = row[f"{shape.layout.sign_in}_cell"].lower() if shape.layout.sign_in in shape.columns else None
    own = says_side(row.amount_cell)
    if side is None:
        return row.signed
    size = row.signed.abs()
    return ibis.cases(
        (own, row.signed),
        (side.re_search(shape.layout.debits), -size),
        (side.re_search(shape.layout.credits), size),
        else_=ibis.null(MONEY_TYPE),
    ).cast(MONEY_TYPE)


def _reason(row: Any, shape: Shape) -> Any:
    """Return why a row is no posting, without its content; NULL where it is one."""
    import ibis

    dates = " or ".join(shape.layout.dates)
    checks = [
        (row.date_cell == "", f"{shape.called('date')} is empty: expected {dates}."),
        (row.posted_at.isnull(), f"{shape.called('date')} is not a date that exists: expected {dates}."),
    ]
    for role in ("value_date", "known_at"):
        if role in shape.columns:
            unread = (row[f"{role}_cell"] != "") & row[role].isnull()
            checks.append((unread, f"{shape.called(role)} is not a date that exists: expected {dates}."))
    for role in ("debit", "credit", "balance"):
        if role in shape.columns:
            unread = (row[f"{role}_cell"] != "") & row[role].isnull() & ~row[f"{role}_cell"].re_search("^-+$")
            checks.append((unread, f"{shape.called(role)} is not an amount: expected one like 1,23,456.78."))
    checks += _two_columns(row, shape) if "debit" in shape.columns else _one_column(row, shape)
    if shape.layout.moved and "status" in shape.columns:
        moved = row.status_cell.lower().re_search(shape.layout.moved)
        checks.append((~moved, f"{shape.called('status')} says that no money moved."))
    if "currency" in shape.columns:
        strange = (row.currency_cell != "") & ~row.currency_cell.re_search("^[A-Za-z]{3}$")
        checks.append(
            (strange, f"{shape.called('currency')} is not a currency: expected three letters as in ISO 4217.")
        )
    return ibis.cases(*checks, else_=ibis.null("string"))


def _two_columns(row: Any, shape: Shape) -> list[tuple[Any, str]]:
    out, into = shape.called("debit"), shape.called("credit")
    has_out, has_in = row.debit.fill_null(0) != 0, row.credit.fill_null(0) != 0
    return [
        (has_out & has_in, f"{out} and {into} both hold an amount: expected one of them."),
        (~has_out & ~has_in, f"Neither {out} nor {into} holds an amount other than 0."),
        (row.credit < 0, f"{into} is negative: expected an amount without a sign."),
    ]


def _one_column(row: Any, shape: Shape) -> list[tuple[Any, str]]:
    amount = shape.called("amount")
    checks = [
        (row.amount_cell == "", f"{amount} is empty."),
        (row.signed.isnull(), f"{amount} is not an amount: expected one like 1,23,456.78."),
        (row.signed == 0, f"{amount} is 0."),
    ]
    if shape.layout.sign_in in shape.columns:
        side = row[f"{shape.layout.sign_in}_cell"].lower()
        told = side.re_search(shape.layout.debits) | side.re_search(shape.layout.credits)
        word = shape.called(shape.layout.sign_in)
        checks.append((~told & ~says_side(row.amount_cell), f"{word} does not say whether money came in or went out."))
    return checks


def _kind(row: Any, shape: Shape) -> Any:
    import ibis

    said = row.cells.join(" ").strip()
    layout = shape.layout
    amounts = [row[f"{role}_cell"] for role in ("debit", "credit", "amount", "balance") if role in shape.columns]
    empty = row.date_cell.re_search(r"^(\d{1,2}:\d{2}( ?[AaPp][Mm])?)?$")
    for cell in amounts:
        empty = empty & (cell == "")
    undated = row.posted_at.isnull()
    about = "|".join(f"(?:{pattern})" for pattern in (*FOOTERS, *layout.footers))
    repeated = (row.date_cell == shape.called("date")) & undated
    balance = said.re_search(f"(?i){BALANCE_ROWS}")
    if "narration" in shape.columns:
        balance = balance | row.narration_cell.re_search(f"(?i){BALANCE_ROWS}")
    without = row.amount_cell == "" if "amount" in shape.columns else row.debit.isnull() & row.credit.isnull()
    ends = said.re_search(f"(?i){layout.ends_with}") if layout.ends_with else ibis.literal(False)
    return ibis.cases(
        (row.reason.isnull(), "posting"),
        (said == "", "blank"),
        (repeated, "heading"),
        (undated & ends, "end"),
        (balance & (without | undated), "footer"),
        (undated & said.re_search(f"(?i){about}"), "footer"),
        (empty, "wrapped"),
        else_="rejected",
    )


def _content(row: Any) -> Any:
    import ibis

    return ibis.ifelse(row.kind.isin(("posting", "blank")), ibis.null("string"), as_json(row.cells))


def _wrapped_text(row: Any, shape: Shape) -> Mapping[str, Any]:
    """Return what a wrapped line says, whichever cell it says it in."""
    import ibis

    if "narration" not in shape.columns:
        return {}
    said = row.cells.map(lambda cell: cell.strip()).filter(lambda cell: cell != "").join(" ")
    return {"narration_cell": ibis.ifelse(row.kind == "wrapped", said, row.narration_cell)}


def posting_columns(row: Any, shape: Shape, *beside: str) -> Any:
    """Return judged rows in the columns of a posting, with what is no posting beside them."""
    import ibis

    def text(role: str) -> Any:
        return row[f"{role}_cell"].nullif("") if role in shape.columns else ibis.null("string")

    kept = {role: text(role) for role in TEXTS}
    balance = row.balance if "balance" in shape.columns else ibis.null(MONEY_TYPE)
    if "balance_sign" in shape.columns:
        balance = ibis.ifelse(row.balance_sign_cell.lower().re_search(r"^dr?\b"), -balance.abs(), balance)
    if shape.layout.mode:
        kept["mode"] = ibis.literal(shape.layout.mode)
    known = row.known_at if "known_at" in shape.columns else ibis.null("timestamp")
    columns = {
        "line": row.line,
        "kind": row.kind,
        "reason": row.reason,
        "content": row.content,
        "posted_at": row.posted_at,
        "value_date": row.value_date.cast("date") if "value_date" in shape.columns else ibis.null("date"),
        "known_at": ibis.coalesce(known, row.posted_at),
        "amount": row.amount,
        "balance_after": balance.cast(MONEY_TYPE),
        "currency": ibis.coalesce(text("currency").upper(), shape.layout.currency),
        "account_cell": text("account"),
        "customer_cell": text("customer"),
        **kept,
    }
    return row.select(**columns, **{name: row[name] for name in beside})
