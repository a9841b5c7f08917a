"""JSON, NDJSON and XML files as batches of records."""

from __future__ import annotations

import json
from typing import Any

from analytics.ingest.account_aggregator import DEPOSIT, as_document, deposit_records, is_deposit
from analytics.ingest.lines import decoded_lines
from analytics.ingest.record_batch import FLAT_RECORD, Batch, Refused, batch_of
from analytics.ingest.survey import Survey, chunks
from governance.errors import SourceError

#: A document is held in memory several times over while it is read.
LARGEST = 48 << 20


def read_batch(survey: Survey) -> Batch:
    """Read a file of records.

    Raises
    ------
    SourceError
        It is too large, no JSON or XML, declares entities, or holds no records.
    """
    size = sum(map(len, chunks(survey)))
    if size > LARGEST:
        raise SourceError(
            f"{survey.path.name} holds {size >> 20} MiB of records, more than {LARGEST >> 20}: "
            "give it in parts, or as CSV."
        )
    return _xml(survey) if survey.kind == "xml" else _json(survey)


def _json(survey: Survey) -> Batch:
    lines = list(decoded_lines(survey))
    text = "\n".join(lines).lstrip("\ufeff")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        if isinstance(error, RecursionError) or not _is_stream(lines):
            raise SourceError(f"{survey.path.name} is not JSON ({_where(error)}): fetch it again.") from None
        return _stream(lines)
    if is_deposit(document):
        return batch_of(enumerate(deposit_records(document), 1), DEPOSIT)
    records = document if isinstance(document, list) else [document]
    return batch_of(enumerate(records, 1), FLAT_RECORD)


def _is_stream(lines: list[str]) -> bool:
    """Whether the first line with anything in it is a record of its own."""
    first = next((line for line in lines if line.strip()), "")
    return isinstance(_loaded(first.lstrip("\ufeff")), dict)


def _stream(lines: list[str]) -> Batch:
    records: list[tuple[int, Any]] = []
    refused: list[Refused] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        record = _loaded(line.lstrip("\ufeff"))
        if record is None:
            refused.append(Refused(number, "The line is not JSON: expected one object.", line))
        else:
            records.append((number, record))
    return batch_of(records, FLAT_RECORD, refused)


def _loaded(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _where(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"line {error.lineno}, column {error.colno}"
    return "it is nested too deeply" if isinstance(error, RecursionError) else "a number is too long"


def _xml(survey: Survey) -> Batch:
    from xml.etree.ElementTree import ParseError  # nosec B405  # the error alone: defusedxml parses

    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        root = fromstring(b"".join(chunks(survey)), forbid_dtd=True)
        document = as_document(root)
    except DefusedXmlException:
        raise SourceError(f"{survey.path.name} declares a document type or entities, which is not read.") from None
    except (ParseError, ValueError, LookupError, RecursionError) as error:
        raise SourceError(f"{survey.path.name} is not readable XML ({type(error).__name__}): fetch it again.") from None
    if not is_deposit(document):
        raise SourceError(
            f"{survey.path.name} is XML, but holds no accounts of the Account Aggregator's deposit profile: "
            "expected Account, Transactions, Transaction."
        )
    return batch_of(enumerate(deposit_records(document), 1), DEPOSIT)
