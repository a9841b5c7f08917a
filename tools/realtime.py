"""One posting as it happens: what it was for, how far it stands out, what it changes of the month; then kept."""

from __future__ import annotations

import datetime as dt
import gc
import json
import threading
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from governance.control import entry_of
from governance.errors import ToolRetry
from governance.permission import permit
from governance.principal import Principal, local_principal
from tools.arrivals import Arrival, Arrivals
from tools.inline_rows import Id, InlinePosting, unused_warnings
from tools.realtime_books import NEEDED, Beneath, Usual, earliest_of
from tools.result import LocalMoment, Plain
from tools.workspace import Workspace

if TYPE_CHECKING:
    from analytics.intake.one_by_one import OneByOne
    from analytics.models.anomalies.profile import Profile
    from analytics.models.anomalies.realtime import Posting

SCOPE = "postings:write"
SOURCE = "realtime"
#: View of the postings that the model lists; the least of their scores is its cut-off.
UNUSUAL = "unusual_transactions"
#: What of an enriched posting is told: nothing personal.
TOLD = ("transaction_id", "customer_id", "account_id", "posted_at", "amount", "currency", "mode", "direction",
        "merchant", "category", "subcategory", "category_confidence", "category_rule", "city")  # fmt: skip
#: What a source may tell of a posting that is enriched on.
SAID = ("narration", "reference", "mode", "counterparty", "vpa", "mcc", "merchant", "category", "subcategory", "city")
SANDBOX = "The sandbox takes in no postings: this one was answered, and is in no figure."


class PostingSent(InlinePosting):
    """A posting of an account of the books. Its id is its key: sent twice, it counts once."""

    transaction_id: Id
    account_id: Id

    def known(self) -> dict[str, Any]:
        """What it says, in JSON's types, without members that nothing reads."""
        return self.model_dump(mode="json", exclude=set(self.unused))


class StandsOut(BaseModel):
    """How far a posting stands out, 0 to 100: a place among the lender's postings, not a probability of fraud."""

    model_config = ConfigDict(frozen=True)

    score: float
    kind: str
    reasons: tuple[str, ...]
    version: str


class FigureMoved(BaseModel):
    """A figure of the customer's running month before the posting and with it."""

    model_config = ConfigDict(frozen=True)

    figure: str
    before: float | None
    after: float | None


class PostingTold(BaseModel):
    """A posting enriched; it is on disk, and the next intake brings it into the books."""

    model_config = ConfigDict(frozen=True)

    transaction_id: str
    customer_id: str
    account_id: str
    posted_at: LocalMoment
    amount: Plain
    currency: str
    mode: str | None
    direction: str
    merchant: str | None
    category: str | None
    subcategory: str | None
    category_confidence: float
    category_rule: str | None
    city: str | None
    anomaly: StandsOut | None
    changed: tuple[FigureMoved, ...]
    warnings: tuple[str, ...]


class RealTime:
    """Takes postings of one workspace as they come."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._arrivals = Arrivals(workspace.control)
        self._engine: OneByOne | None = None
        self._corrected = ""
        self._settled = False
        self._making = threading.Lock()

    def take(self, principal: Principal, sent: PostingSent) -> tuple[PostingTold, bool]:
        """Enrich a posting, hold it against what is usual, keep it; say whether it had come before.

        Raises
        ------
        ToolRefused
            The caller may not send postings; audited.
        NotThere
            There is no such account within the caller's sight.
        ToolRetry
            A posting of that id says something else.
        """
        permit(self._workspace.control, principal, SCOPE, doing="POST /transactions", what="sending postings")
        books = Beneath.of(self._workspace, principal)
        account = books.account(sent.account_id)
        mark = self._arrivals.content_mark(sent.known())
        before = self._arrivals.find(sent.transaction_id)
        if before is not None:
            if before[1] != mark:
                raise ToolRetry(f"A posting '{sent.transaction_id}' came before and says something else: its id is its "
                                "key. Send a correction under an id of its own.")  # fmt: skip
            return PostingTold.model_validate(before[0].reply), True
        posting = _raw(sent, account["customer_id"])
        engine = self._one_by_one(principal)
        (enriched,) = engine.enriched([posting])
        told = self._told(engine, books, enriched, unused_warnings(postings=[sent]))
        if not self._settled:
            self._settled = True
            gc.freeze()  # what the first posting had made lives on: collections that walk it hold every caller up
        arrival = Arrival(sent.transaction_id, account["customer_id"], _plain(posting), _plain(enriched),
                          told.model_dump(mode="json"))  # fmt: skip
        about = self._workspace.keys.token("customer", account["customer_id"])
        kept, is_first = self._arrivals.add(
            arrival, mark, told=entry_of(principal.name, "posting", "taken", {"customer": about})
        )
        return (told, False) if is_first else (PostingTold.model_validate(kept.reply), True)

    def is_alert(self, told: PostingTold) -> bool:
        """Whether a posting stands out as far as those that the books list as unusual."""
        if told.anomaly is None:
            return False
        ours, sql = local_principal(self._workspace.name), f"SELECT min(score) FROM semantic.{UNUSUAL}"
        least = self._workspace.remember(ours, sql, lambda: self._workspace.query(ours, sql).rows[0][0])
        return least is not None and told.anomaly.score >= least

    def _told(
        self, engine: OneByOne, books: Beneath, enriched: Mapping[str, Any], unused: tuple[str, ...]
    ) -> PostingTold:
        usual, anomaly = books.usual, None
        if isinstance(usual, str):
            recent = self._recent(books, enriched, None)
        else:
            profile = books.profile(enriched["customer_id"], usual.trained_as_of)
            recent = self._recent(books, enriched, profile)
            anomaly = _stands_out(usual, profile, enriched, recent)
        warnings = (usual,) if isinstance(usual, str) else usual.warnings
        said = (*warnings, *((SANDBOX,) if books.is_sandbox else ()), *unused)
        told = {name: enriched[name] for name in TOLD}
        told |= {"amount": enriched["amount"], "category_confidence": enriched["category_confidence"] or 0.0}
        changed = _changed(engine, books, enriched, recent)
        return PostingTold(**told, anomaly=anomaly, changed=changed, warnings=said)

    def _one_by_one(self, principal: Principal) -> OneByOne:
        """The engine, made when the first posting comes, with the corrections of the newest books."""
        from analytics.intake.one_by_one import OneByOne

        with self._making:
            if self._engine is None:
                self._engine = OneByOne(self._workspace.meta(principal).get("currency") or "INR")
            published = self._workspace.reader(principal).published
            if self._corrected != published:
                sql = "SELECT * FROM books.quality.corrections"
                self._engine.correct(self._workspace.query(principal, sql).dicts())
                self._corrected = published
            return self._engine

    def _recent(self, books: Beneath, posting: Mapping[str, Any], profile: Profile | None) -> list[Mapping[str, Any]]:
        """The customer's rows that the posting is held against, of the books and those that wait, up to it."""
        from analytics.models.anomalies.realtime import context_of

        month = posting["posted_at"].replace(day=1, hour=0, minute=0, second=0, microsecond=0)
        since = month if profile is None else min(month, context_of(profile))
        since = max(since, earliest_of(posting["posted_at"].date()))
        held = books.rows(posting["customer_id"], since)
        waiting = [_typed(each.enriched) for each in self._arrivals.waiting(posting["customer_id"])]
        known = {row["transaction_id"] for row in held}
        rows = [*held, *(row for row in waiting if row["transaction_id"] not in known)]
        earlier = [row for row in rows if row["posted_at"] <= posting["posted_at"]]
        return sorted(earlier, key=lambda row: (row["posted_at"], row["transaction_id"]))


def _changed(
    engine: OneByOne, books: Beneath, enriched: Mapping[str, Any], recent: Sequence[Mapping[str, Any]]
) -> tuple[FigureMoved, ...]:
    """The figures of the month that the posting moves, by the measures that features are made of."""
    at = enriched["posted_at"]
    month = [row for row in recent if (row["posted_at"].year, row["posted_at"].month) == (at.year, at.month)]
    rows = [*month, enriched]
    kinds = {account: books.account(account)["kind"] for account in {row["account_id"] for row in rows}}
    before, after = engine.months(rows, kinds)
    return tuple(FigureMoved(figure=name, before=before.get(name), after=value)
                 for name, value in after.items() if value != before.get(name))  # fmt: skip


def _stands_out(
    usual: Usual, profile: Profile, enriched: Mapping[str, Any], recent: Sequence[Mapping[str, Any]]
) -> StandsOut:
    from analytics.models.anomalies.realtime import score_one

    found = score_one(usual.model, profile, _posting(enriched), [_posting(row) for row in recent])
    return StandsOut(score=found.score, kind=found.kind, reasons=found.reasons, version=usual.version)


def _raw(sent: PostingSent, customer_id: str) -> dict[str, Any]:
    """The posting as a row of `analytics.schema.RAW_POSTINGS`."""
    told = {name: getattr(sent, name) for name in SAID}
    return {
        "posting_id": sent.transaction_id, "file_id": SOURCE, "line": 1, "ordinal": 0, "account_id": sent.account_id,
        "customer_id": customer_id, "posted_at": sent.posted_at, "value_date": sent.value_date,
        "known_at": sent.known_at, "amount": sent.amount, "currency": sent.currency,
        "balance_after": sent.balance_after, "source": SOURCE, **told,
    }  # fmt: skip


def _posting(row: Mapping[str, Any]) -> Posting:
    from analytics.models.anomalies.realtime import Posting

    balance = row["balance_after"]
    return Posting(
        row["account_id"], row["posted_at"], float(row["amount"]), None if balance is None else float(balance),
        row["mode"], row["category"], row["subcategory"], row["city"],
        row["merchant"] or row["counterparty"] or row["vpa"],
    )  # fmt: skip


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    """A row in JSON's types."""
    plain: dict[str, Any] = json.loads(json.dumps(dict(row), default=lambda value: (
        value.isoformat() if isinstance(value, dt.date) else format(value, "f"))))  # fmt: skip
    return plain


def _typed(row: Mapping[str, Any]) -> dict[str, Any]:
    """Undo `_plain`, for what later postings are held against."""
    moments = {name: dt.datetime.fromisoformat(row[name]) for name in ("posted_at", "known_at") if row.get(name)}
    money = {name: Decimal(row[name]) for name in ("amount", "balance_after") if row.get(name) is not None}
    return {name: row.get(name) for name in NEEDED} | moments | money
