"""The deposit profile of India's Account Aggregators (ReBIT), JSON or XML, as records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree.ElementTree import Element  # nosec B405  # the type alone: defusedxml parses

from analytics.ingest.layout import Layout

DEPOSIT = Layout(
    name="account_aggregator",
    title="Account Aggregator, deposit profile (ReBIT)",
    bank="account_aggregator",
    headings={
        "posting_id": ("txnId",),
        "account": ("account",),
        "date": ("transactionTimestamp",),
        "value_date": ("valueDate",),
        "amount": ("amount",),
        "sign": ("type",),
        "balance": ("currentBalance",),
        "narration": ("narration",),
        "reference": ("reference",),
        "mode": ("mode",),
    },
    dates=("YYYY-MM-DD",),
)
#: What names the account, the surest first.
_ACCOUNT = ("linkedAccRef", "maskedAccNumber")
_DEPTH = 12


def is_deposit(document: Any) -> bool:
    """Whether a JSON document holds accounts of the profile."""
    return next(_accounts(document), None) is not None


def deposit_records(document: Any) -> Iterator[dict[str, Any]]:
    """Return the transactions of every account in a JSON document, each with its account's name."""
    for account in _accounts(document):
        name = next((str(_value(account, key)) for key in _ACCOUNT if _value(account, key)), "")
        transactions = _value(_value(account, "Transactions"), "Transaction")
        for each in transactions if isinstance(transactions, list) else [transactions]:
            if isinstance(each, Mapping):
                yield {str(key).removeprefix("@").removeprefix("_"): value for key, value in each.items()} | {
                    "account": name
                }


def as_document(root: Element) -> dict[str, Any]:
    """Return an XML account as the JSON document it stands for."""
    return {_local_name(root.tag): _element(root)}


def _element(element: Element) -> dict[str, Any]:
    found: dict[str, Any] = dict(element.attrib)
    for child in element:
        found.setdefault(_local_name(child.tag), []).append(_element(child))
    return {name: value[0] if isinstance(value, list) and len(value) == 1 else value for name, value in found.items()}


def _local_name(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]


def _value(record: Any, key: str) -> Any:
    """Return a value whatever the case of its name, marked as an attribute or not."""
    if not isinstance(record, Mapping):
        return None
    wanted = key.lower()
    return next((value for name, value in record.items() if str(name).lstrip("@_").lower() == wanted), None)


def _accounts(document: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """Find the accounts, however deep the response wraps them."""
    if depth > _DEPTH:
        return
    if isinstance(document, Mapping):
        if _value(_value(document, "Transactions"), "Transaction") is not None:
            yield document
            return
        for value in document.values():
            yield from _accounts(value, depth + 1)
    elif isinstance(document, list):
        for value in document:
            yield from _accounts(value, depth + 1)
