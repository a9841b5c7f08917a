"""Every sealed column of the control data, and what each is bound to: so that all of it can be opened and searched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa

from governance.errors import BooksCorrupt

if TYPE_CHECKING:
    from governance.control import ControlStore

#: What becomes of a row that names an erased person: it goes, it stays with a token in his place, or it stays as it is
#: since it names nobody.
Fate = Literal["deleted", "redacted", "kept"]


@dataclass(frozen=True)
class SealedColumn:
    """A column of sealed text.

    Attributes
    ----------
    about
        What it is bound to, of the row's other columns.
    at
        The column that says when the row was made; empty where there is none.
    of_staff
        The text names one who works here, not a customer: rows are judged by their readable columns alone.
    """

    column: str
    about: str
    fate: Fate
    at: str = ""
    of_staff: bool = False


#: Table → its sealed column.
SEALED: Mapping[str, SealedColumn] = MappingProxyType(
    {
        "receipts": SealedColumn("sealed", "{receipt_id}", "deleted", "created_at"),
        "feedback": SealedColumn("sealed", "feedback {feedback_id}", "deleted", "given_at"),
        "verified_questions": SealedColumn("sealed", "verified {question_id}", "deleted", "proposed_at"),
        "review_decisions": SealedColumn("sealed", "review {case_id}", "redacted", "decided_at"),
        "arrivals": SealedColumn("sealed", "{posting_mac}", "deleted", "at"),
        "replies": SealedColumn("sealed", "{key_mac}", "deleted", "at"),
        "privacy_records": SealedColumn("sealed", "privacy {record_id}", "redacted", "at"),
        "webhooks": SealedColumn("sealed", "{webhook_id}", "kept", of_staff=True),
        "webhook_deliveries": SealedColumn("sealed", "{delivery_id}", "deleted", "created_at"),
        "alert_rules": SealedColumn("sealed", "alert rule {name}", "deleted", "created_at"),
        "alerts": SealedColumn("sealed", "alert {alert_id}", "deleted", "raised_at"),
        "worklist": SealedColumn("sealed", "item {item_id}", "deleted", "created_at"),
        "conversation_names": SealedColumn("sealed", "conversation {conversation_id}", "deleted", "named_at"),
        "workspace_words": SealedColumn("sealed", "word {word_id}", "deleted", "added_at"),
        "pins": SealedColumn("sealed", "pin {pin_id}", "deleted", "created_at"),
        "schedules": SealedColumn("sealed", "schedule {schedule_id}", "deleted", "created_at"),
        "schedule_runs": SealedColumn("sealed", "run {run_id}", "deleted", "ran_at"),
        "mails": SealedColumn("sealed", "mail {mail_id}", "deleted", "created_at"),
        "users": SealedColumn("name_sealed", "{user_id}", "deleted", of_staff=True),
        "api_keys": SealedColumn("label_sealed", "{key_id}", "deleted", of_staff=True),
        "sign_ins_begun": SealedColumn("sealed", "{state_mac}", "kept", "at", of_staff=True),
        "signing_keys": SealedColumn("private_sealed", "{kid}", "kept", of_staff=True),
    }
)


@dataclass(frozen=True)
class Opened:
    """A sealed row, opened; ``key`` finds it again, ``plain`` are its readable columns."""

    table: sa.Table
    declared: SealedColumn
    key: Mapping[str, Any]
    plain: Mapping[str, Any]
    text: str

    @property
    def where(self) -> tuple[sa.ColumnElement[bool], ...]:
        """The condition that finds the row."""
        return tuple(self.table.c[name] == value for name, value in self.key.items())


def tables_of(control: ControlStore) -> Mapping[str, sa.Table]:
    """Return the tables as they are in the database, whoever made them.

    Raises
    ------
    BooksCorrupt
        One has a column of bytes that is not declared here.
    """
    found = sa.MetaData()
    found.reflect(control.engine)
    for name, table in found.tables.items():
        for column in table.columns:
            declared = SEALED.get(name)
            if isinstance(column.type, sa.LargeBinary) and (declared is None or declared.column != column.name):
                raise BooksCorrupt(f"The control data hold bytes in {name}.{column.name} that nobody declared: "
                                   "governance/sealed.py says how each is opened.")  # fmt: skip
    return found.tables


def opened_rows(control: ControlStore) -> Iterator[Opened]:
    """Open every sealed row of the workspace, table by table.

    Raises
    ------
    KeyUnusable
        A row was changed, or sealed with another key.
    """
    tables = tables_of(control)
    for name, declared in SEALED.items():
        if name in tables:
            yield from _opened(control, tables[name], declared)


def _opened(control: ControlStore, table: sa.Table, declared: SealedColumn) -> Iterator[Opened]:
    query = sa.select(table).where(table.c.workspace == control.workspace)
    keys = [column.name for column in table.primary_key]
    with control.reading() as connection:
        for row in connection.execute(query).mappings():
            sealed = row[declared.column]
            if sealed is not None:
                about = declared.about.format(**row)
                plain = {name: value for name, value in row.items() if name != declared.column}
                text = control.keys.unseal(sealed, about=about)
                yield Opened(table, declared, {name: row[name] for name in keys}, plain, text)
