"""A statement's rows with their owners: the last step to what the books take in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from analytics.ingest.canonical import canonical
from analytics.ingest.owners import Owner, Pseudonym, accounts_of, owner_of
from analytics.ingest.parsed import Parsed
from analytics.ingest.preamble import Told, told
from analytics.ingest.shape import Shape
from analytics.ingest.statement import Statement
from analytics.ingest.survey import Survey
from analytics.schema import ACCOUNTS, CUSTOMERS, QUARANTINE, RAW_POSTINGS, arrow_schema
from governance.errors import SourceError

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa

#: Kinds of rows that are left out, and what they are called.
LEFT_OUT: Mapping[str, str] = {
    "footer": "{n} lines about the statement itself were left out (totals, page numbers, balances, legends).",
    "end": "{n} lines say that the statement ends.",
    "heading": "{n} repeated headings were left out.",
    "wrapped": "{n} wrapped lines were joined to the narration above them.",
}


@dataclass(frozen=True)
class Asked:
    """What the caller says of the file's owner, and how ids are made."""

    account: str | None
    customer: str | None
    currency: str | None
    pseudonym: Pseudonym


def parsed(
    survey: Survey,
    shape: Shape,
    before: Sequence[Sequence[str]],
    statement: Statement,
    asked: Asked,
    guessed: Mapping[str, Any],
) -> Parsed:
    """Put owners, file and source to a statement's rows.

    Raises
    ------
    SourceError
        Whose postings these are is told neither by the file nor by the caller.
    """
    preamble = told(before, shape.layout)
    postings = statement.postings
    if asked.currency:
        postings = postings.mutate(currency=_currency(postings, shape, asked.currency))
    postings, owners = _owned(postings, survey.path.name, shape, preamble, asked)
    postings = postings.mutate(file_id=_text(survey.file_id), source=_text(shape.layout.name))
    rejected = statement.rejected.mutate(file_id=_text(survey.file_id), source=_text(shape.layout.name))
    return Parsed(
        file_id=survey.file_id,
        name=survey.path.name,
        source=shape.layout.name,
        bytes=survey.bytes,
        postings=postings.select(*(column.name for column in RAW_POSTINGS.columns)),
        rejected=rejected.select(*(column.name for column in QUARANTINE.columns if column.name != "state")),
        accounts=_accounts(owners, shape, preamble, _currencies(postings)),
        customers=_customers(owners, preamble),
        guessed=guessed,
        notes=_notes(statement),
        told=_told(statement, preamble),
    )


def _text(value: str) -> Any:
    import ibis

    return ibis.literal(value, type="string")


def _currency(postings: Any, shape: Shape, currency: str) -> Any:
    return postings.currency if "currency" in shape.columns else _text(currency.upper())


def _owned(
    postings: ibis.Table, name: str, shape: Shape, preamble: Told, asked: Asked
) -> tuple[ibis.Table, tuple[Owner, ...]]:
    """Put an account and a customer to every row."""
    if not {"account", "customer"} & set(shape.columns):
        owner = owner_of(name, shape.layout.bank, preamble, asked.account, asked.customer, asked.pseudonym)
        return postings.mutate(account_id=_text(str(owner.account)), customer_id=_text(str(owner.customer))), (owner,)
    pairs = postings.select("account_cell", "customer_cell").distinct().to_pyarrow().to_pylist()
    named = accounts_of(
        ((pair["account_cell"], pair["customer_cell"]) for pair in pairs),
        shape.layout.bank, asked.account, asked.customer, asked.pseudonym,
    )  # fmt: skip
    unnamed = sum(owner.account is None for owner in named.values())
    if unnamed:
        raise SourceError(
            f"{name} has rows that name neither account nor customer. Name them for these: --account ID --customer ID."
        )
    return _joined(postings, named), tuple(dict.fromkeys(named.values()))


def _joined(postings: Any, named: Mapping[tuple[str | None, str | None], Owner]) -> Any:
    import ibis
    import pyarrow as pa

    columns = {
        "of_account": [pair[0] or "" for pair in named],
        "of_customer": [pair[1] or "" for pair in named],
        "account_id": [owner.account for owner in named.values()],
        "customer_id": [owner.customer for owner in named.values()],
    }
    owners = ibis.memtable(pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()}))
    keyed = postings.mutate(
        of_account=postings.account_cell.fill_null(""), of_customer=postings.customer_cell.fill_null("")
    )
    return keyed.inner_join(owners, ["of_account", "of_customer"])


def _currencies(postings: Any) -> Mapping[str, str]:
    found = postings.group_by("account_id").agg(currency=postings.currency.min()).to_pyarrow().to_pydict()
    return dict(zip(found["account_id"], found["currency"], strict=True))


def _accounts(owners: Sequence[Owner], shape: Shape, preamble: Told, currencies: Mapping[str, str]) -> pa.Table:
    import pyarrow as pa

    unique = list({owner.account: owner for owner in owners}.values())
    columns = {
        "account_id": pa.array([owner.account for owner in unique], pa.string()),
        "customer_id": pa.array([owner.customer for owner in unique], pa.string()),
        "kind": preamble.kind or shape.layout.kind,
        "currency": pa.array([currencies.get(str(owner.account), shape.layout.currency) for owner in unique]),
        "branch": preamble.branch,
    }
    return canonical(ACCOUNTS, columns, len(unique))


def _customers(owners: Sequence[Owner], preamble: Told) -> pa.Table:
    import pyarrow as pa

    unique = sorted({str(owner.customer) for owner in owners})
    if not unique:
        return arrow_schema(CUSTOMERS).empty_table()
    holder = preamble.holder if len(unique) == 1 else None
    columns = {"customer_id": pa.array(unique, pa.string()), "full_name": holder, "contact_flags": []}
    return canonical(CUSTOMERS, columns, len(unique))


def _notes(statement: Statement) -> tuple[str, ...]:
    notes = [text.format(n=statement.counts[kind]) for kind, text in LEFT_OUT.items() if statement.counts[kind]]
    if statement.newest_first:
        notes.append("The newest row stands first; the order was turned.")
    return tuple(notes)


def _told(statement: Statement, preamble: Told) -> Mapping[str, Any]:
    counts = statement.counts
    rows = sum(counts[kind] for kind in ("posting", "rejected"))
    found = {
        "ifsc": preamble.ifsc,
        "first_day": preamble.first_day,
        "last_day": preamble.last_day,
        "opening_balance": preamble.opening_balance,
    }
    return {"rows_read": rows, "rows_kept": counts["posting"], "rows_rejected": counts["rejected"]} | {
        name: value for name, value in found.items() if value is not None
    }
