"""Berka (PKDD'99): a Czech bank's accounts, postings and loans as canonical tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from analytics.ingest.berka_codes import STATUSES
from analytics.ingest.berka_postings import loan_histories, read_postings, transactions
from analytics.ingest.canonical import canonical, look_up
from analytics.ingest.loan_terms import add_months, annual_rate
from analytics.ingest.records import Records, iso_date, read_delimited
from analytics.schema import ACCOUNTS, CUSTOMERS, INSTALMENTS, LOANS, SESSIONS
from governance.errors import SourceError

CURRENCY = "CZK"
#: The last day the bank's sample covers: what a running loan's status is of.
OBSERVED_TO = dt.date(1998, 12, 31)

#: File → columns it must have.
FILES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "account": ("account_id", "district_id", "date"),
        "client": ("client_id", "district_id"),
        "disp": ("client_id", "account_id", "type"),
        "district": ("district_id", "A2", "A3"),
        "loan": ("loan_id", "account_id", "date", "amount", "duration", "payments", "status"),
        "order": ("account_id", "bank_to", "account_to", "k_symbol"),
    }
)
RENAMED: Mapping[str, str] = MappingProxyType({"A1": "district_id"})

OUTCOMES_SCHEMA = pa.schema(
    [("loan_id", pa.string()), ("bad", pa.bool_()), ("observed_on", pa.date32()), ("complete", pa.bool_())]
)


def read(folder: Path) -> Mapping[str, pa.Table]:
    """Read the Berka files of ``folder``.

    Parameters
    ----------
    folder
        Holds account, client, disp, district, loan and order (``.csv.gz``, ``.csv`` or ``.asc``; commas and ISO dates,
        or the challenge's own semicolons, YYMMDD dates and birth numbers), and the transactions: ``trans`` whole,
        else ``trans_partial.parquet``.

    Returns
    -------
    Mapping
        The six canonical tables; ``loan_outcomes(loan_id, bad, observed_on, complete)``, where a finished loan (A, B)
        is complete and B or D is bad; ``loan_histories(loan_id, complete, part)``, whether every posting before the
        loan is there and in which part of the files.

    Raises
    ------
    SourceError
        A file is missing, or a line of it is not what it should be.
    """
    files = {stem: read_delimited(folder, stem, columns, RENAMED) for stem, columns in FILES.items()}
    postings = read_postings(folder)
    accounts = _accounts(files)
    loans = _loans(files["loan"], accounts)
    return {
        "customers": _customers(files),
        "accounts": accounts,
        "transactions": transactions(postings, accounts, files["order"], CURRENCY),
        "loans": loans,
        "instalments": canonical(INSTALMENTS, {}, 0),
        "sessions": canonical(SESSIONS, {}, 0),
        "loan_outcomes": _outcomes(files["loan"], loans),
        "loan_histories": loan_histories(postings, loans),
    }


def _accounts(files: Mapping[str, Records]) -> pa.Table:
    account, disposals = files["account"], files["disp"]
    account_ids = account.text("account_id", required=True)
    owning = pc.equal(disposals.text("type", required=True), "OWNER")
    owned, owner = (disposals.text(column, required=True).filter(owning) for column in ("account_id", "client_id"))
    owners = look_up(account_ids, owned, owner)
    if owners.null_count:
        row = int(pc.index(owners.is_null(), True).as_py())
        raise account.error(row, "account_id", f"{account_ids[row].as_py()} has no OWNER in {disposals.path.name}")
    columns = {
        "account_id": account_ids,
        "customer_id": owners,
        "kind": "savings",
        "currency": CURRENCY,
        "branch": _district(account, files["district"], "A2"),
        "opened_on": account.dates("date"),
    }
    return canonical(ACCOUNTS, columns, len(account))


def _customers(files: Mapping[str, Records]) -> pa.Table:
    client, districts = files["client"], files["district"]
    genders, births = _gender_and_birth(client)
    states = _district(client, districts, "A3")
    columns = {
        "customer_id": client.text("client_id", required=True),
        "gender": genders,
        "birth_date": births,
        "city": _district(client, districts, "A2"),
        "state": states,
        "region": pc.replace_substring_regex(states, r"^.* ", ""),
        "contact_flags": [],
        "joined_on": _joined_on(files),
    }
    return canonical(CUSTOMERS, columns, len(client))


def _joined_on(files: Mapping[str, Records]) -> Any:
    """Return for each client the opening date of the first account at his disposal."""
    disposals, account = files["disp"], files["account"]
    opened = look_up(disposals.text("account_id"), account.text("account_id"), account.dates("date"))
    openings = pa.table({"client": disposals.text("client_id"), "opened": opened})
    first = openings.group_by("client").aggregate([("opened", "min")])
    return look_up(files["client"].text("client_id"), first["client"], first["opened_min"].combine_chunks())


def _gender_and_birth(client: Records) -> tuple[Any, Any]:
    """Read gender and birth date, or decode the birth number: YYMMDD, with 50 added to a woman's month."""
    if client.has("gender") and client.has("birth_date"):
        return client.text("gender"), client.dates("birth_date")
    if not client.has("birth_number"):
        raise SourceError(
            f"{client.path.name} lacks gender and birth_date, or birth_number; there is: {client.present}."
        )
    number = client.integers("birth_number").to_numpy()
    is_woman = number // 100 % 100 > 50
    plain = pc.utf8_lpad(pa.array(number - 5000 * is_woman).cast(pa.string()), 6, "0")
    return pa.array(np.where(is_woman, "F", "M").tolist()), client.parsed_dates(
        iso_date(plain), "birth_number", "YYMMDD, a woman's month plus 50"
    )


def _district(records: Records, districts: Records, column: str) -> Any:
    return look_up(records.text("district_id"), districts.text("district_id"), districts.text(column))


def _loans(loan: Records, accounts: pa.Table) -> pa.Table:
    account_ids = loan.text("account_id", required=True)
    borrowers = look_up(account_ids, accounts["account_id"], accounts["customer_id"].combine_chunks())
    if borrowers.null_count:
        row = int(pc.index(borrowers.is_null(), True).as_py())
        raise loan.error(row, "account_id", f"is {account_ids[row].as_py()!r}, which the account file does not have")
    principal, emi, tenor = loan.money("amount"), loan.money("payments"), loan.integers("duration")
    rates = annual_rate(*(column.cast(pa.float64()).to_numpy() for column in (principal, emi, tenor)))
    ends = _term_ends(loan)
    finished = [STATUSES[status].complete for status in loan.code("status", STATUSES).to_pylist()]
    columns = {
        "loan_id": loan.text("loan_id", required=True),
        "customer_id": borrowers,
        "account_id": account_ids,
        "product": "personal_loan",
        "principal": principal,
        "annual_rate": pa.array(rates),
        "tenor_months": tenor,
        "disbursed_on": loan.dates("date"),
        "emi_amount": emi,
        "closed_on": pa.array([end if done else None for end, done in zip(ends, finished, strict=True)], pa.date32()),
    }
    return canonical(LOANS, columns, len(loan))


def _term_ends(loan: Records) -> list[dt.date]:
    months = loan.integers("duration").to_pylist()
    return [add_months(day, months) for day, months in zip(loan.dates("date").to_pylist(), months, strict=True)]


def _outcomes(loan: Records, loans: pa.Table) -> pa.Table:
    statuses = [STATUSES[status] for status in loan.code("status", STATUSES).to_pylist()]
    columns = [
        loans["loan_id"].combine_chunks(),
        pa.array([status.bad for status in statuses], pa.bool_()),
        pc.fill_null(loans["closed_on"].combine_chunks(), pa.scalar(OBSERVED_TO, pa.date32())),
        pa.array([status.complete for status in statuses], pa.bool_()),
    ]
    return pa.Table.from_arrays(columns, schema=OUTCOMES_SCHEMA)
