"""Whom an inference is about: a customer of the books, or rows sent along that are scored and forgotten."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

#: The books' time zone: moments with an offset are written in it.
ZONE = ZoneInfo("Asia/Kolkata")
MOST_POSTINGS, MOST_LOANS, MOST_INSTALMENTS, MOST_SESSIONS = 20_000, 100, 5_000, 20_000
#: The account of postings that name none, where no accounts are sent.
ONLY_ACCOUNT = "account-1"
MODES = ("upi", "neft", "imps", "rtgs", "nach", "card", "pos", "atm", "cheque", "cash", "netbanking", "wallet", "other")


def _local(moment: dt.datetime) -> dt.datetime:
    try:
        return moment.astimezone(ZONE).replace(tzinfo=None) if moment.tzinfo else moment
    except OverflowError:
        raise ValueError("a moment lies between the years 1 and 9999") from None


def _not_zero(amount: Decimal) -> Decimal:
    if not amount:
        raise ValueError("an amount is not zero")
    return amount


Moment = Annotated[dt.datetime, AfterValidator(_local)]
Money = Annotated[Decimal, Field(max_digits=18, decimal_places=2)]
Id = Annotated[str, Field(min_length=1, max_length=128)]
Text = Annotated[str | None, Field(max_length=1_024)]
Currency = Annotated[str, Field(pattern=r"^[A-Z]{3}$")]


class InlineRow(BaseModel):
    """A row sent along. Members that it does not know are told of, and not used."""

    model_config = ConfigDict(extra="allow")

    @property
    def unused(self) -> tuple[str, ...]:
        """Names of members that nothing reads."""
        return tuple(self.model_extra or ())

    def told(self) -> dict[str, Any]:
        """The members that are known."""
        return {name: getattr(self, name) for name in type(self).model_fields}


class InlinePosting(InlineRow):
    """A posting as `core.transactions` has it; what is not told is read out of the narration."""

    transaction_id: Id | None = None
    account_id: Id | None = None
    posted_at: Moment
    amount: Annotated[Money, AfterValidator(_not_zero)] = Field(description="credits positive, debits negative")
    currency: Currency = "INR"
    value_date: dt.date | None = None
    known_at: Moment | None = None
    balance_after: Money | None = None
    mode: Literal[MODES] | None = None  # type: ignore[valid-type]
    narration: Text = None
    counterparty: Text = None
    vpa: Text = None
    reference: Text = None
    ifsc: Text = None
    bank: Text = None
    remark: Text = None
    mcc: Text = None
    merchant: Text = None
    category: Text = None
    subcategory: Text = None
    category_confidence: Annotated[float | None, Field(ge=0, le=1)] = None
    category_rule: Text = None
    city: Text = None
    recurring_kind: Text = None
    is_own_transfer: bool | None = None
    reversal_of: Id | None = None


class InlineAccount(InlineRow):
    """An account as `core.accounts` has it."""

    account_id: Id
    kind: Literal["savings", "current", "credit_card", "wallet", "loan"] = "savings"
    currency: Currency = "INR"
    credit_limit: Money | None = None
    opened_on: dt.date | None = None
    closed_on: dt.date | None = None


class InlineLoan(InlineRow):
    """A loan as `core.loans` has it."""

    loan_id: Id
    account_id: Id | None = None
    product: Text = None
    principal: Annotated[Money, Field(gt=0)]
    annual_rate: Annotated[float, Field(ge=0, le=10)]
    tenor_months: Annotated[int, Field(ge=1, le=600)]
    disbursed_on: dt.date
    emi_amount: Money | None = None
    closed_on: dt.date | None = None
    written_off_on: dt.date | None = None


class InlineInstalment(InlineRow):
    """An instalment as `core.instalments` has it."""

    loan_id: Id
    instalment_no: Annotated[int, Field(ge=1)]
    due_on: dt.date
    amount_due: Money
    paid_on: dt.date | None = None
    amount_paid: Money | None = None


class InlineSession(InlineRow):
    """A login or an opened app."""

    started_at: Moment
    channel: Text = None


class Subject(BaseModel):
    """Either ``customer_id``, for a customer of the books, or ``transactions``: scored, and stored nowhere."""

    model_config = ConfigDict(extra="forbid")

    customer_id: Annotated[str | None, Field(min_length=1, max_length=64)] = None
    transactions: Annotated[list[InlinePosting] | None, Field(min_length=1, max_length=MOST_POSTINGS)] = None
    accounts: Annotated[list[InlineAccount], Field(max_length=MOST_LOANS)] = []
    loans: Annotated[list[InlineLoan], Field(max_length=MOST_LOANS)] = []
    instalments: Annotated[list[InlineInstalment], Field(max_length=MOST_INSTALMENTS)] = []
    sessions: Annotated[list[InlineSession], Field(max_length=MOST_SESSIONS)] = []
    as_of: Annotated[dt.date | None, Field(description="month end to score at; the newest whole month by default")] = (
        None
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> Subject:
        if (self.customer_id is None) == (self.transactions is None):
            raise ValueError("give either customer_id or transactions")
        beside = [name for name in ("accounts", "loans", "instalments", "sessions", "as_of") if getattr(self, name)]
        if self.customer_id is not None and beside:
            raise ValueError(f"{', '.join(beside)}: only beside transactions, the books tell those of a customer")
        if faults := list(_faults(self)):
            more = f"; and {len(faults) - 20} more" if len(faults) > 20 else ""
            raise ValueError("; ".join(faults[:20]) + more)
        return self


#: Members that nothing reads: so many are told, of each so many characters.
MOST_UNUSED, LONGEST_NAME = 20, 64


def unused_warnings(**rows: Sequence[InlineRow]) -> tuple[str, ...]:
    """Say which members of rows nothing reads, by the place the rows were sent in, and how many rows have each."""
    said = []
    for place, sent in rows.items():
        counts = Counter(name[:LONGEST_NAME] for row in sent for name in row.unused)
        shown = ", ".join(f"'{name}' ({count:,})" for name, count in counts.most_common(MOST_UNUSED))
        more = f" and {len(counts) - MOST_UNUSED} more" if len(counts) > MOST_UNUSED else ""
        if counts:
            said.append(f"Not used, since nothing here knows them, of {place}: {shown}{more}.")
    return tuple(said)


class WhatIfAsked(Subject):
    """Figures to change, and a probability to come under."""

    changes: Annotated[dict[str, float], Field(max_length=20, description="feature → value to score again with")] = {}
    under: Annotated[
        float | None, Field(gt=0, lt=1, description="find few changes that bring the probability under this")
    ] = None

    @model_validator(mode="after")
    def _something(self) -> WhatIfAsked:
        if not self.changes and self.under is None:
            raise ValueError("give changes, or a probability to come under, or both")
        return self


class ForecastAsked(Subject):
    """What is forecast, and how far."""

    measure: Literal["spend", "inflow"] = "spend"
    months: Annotated[int, Field(ge=1, le=12)] = 3


def _faults(sent: Subject) -> Sequence[str]:
    """What is wrong between the rows, each with its place."""
    faults: list[str] = []
    postings = sent.transactions or []
    accounts = {each.account_id for each in sent.accounts}
    for at, each in enumerate(postings):
        if each.account_id is None and len(accounts) > 1:
            faults.append(f"transactions.{at}.account_id: missing, and there are {len(accounts)} accounts")
        elif each.account_id is not None and accounts and each.account_id not in accounts:
            faults.append(f"transactions.{at}.account_id: none of the accounts sent")
    faults += _twice("transactions", "transaction_id", [each.transaction_id for each in postings])
    faults += _twice("accounts", "account_id", [each.account_id for each in sent.accounts])
    faults += _twice("loans", "loan_id", [each.loan_id for each in sent.loans])
    numbers = [(each.loan_id, each.instalment_no) for each in sent.instalments]
    faults += _twice("instalments", "loan_id and instalment_no", numbers)
    loans = {each.loan_id for each in sent.loans}
    faults += [f"instalments.{at}.loan_id: none of the loans sent"
               for at, each in enumerate(sent.instalments) if each.loan_id not in loans]  # fmt: skip
    if sent.as_of is not None and (sent.as_of + dt.timedelta(days=1)).day != 1:
        faults.append("as_of: not the last day of a month")
    return faults


def _twice(rows: str, key: str, values: Sequence[Any]) -> list[str]:
    counts: Mapping[Any, int] = Counter(value for value in values if value is not None)
    seen: set[Any] = set()
    faults = []
    for at, value in enumerate(values):
        if counts.get(value, 0) > 1 and value in seen:
            faults.append(f"{rows}.{at}.{key}: there already")
        seen.add(value)
    return faults
