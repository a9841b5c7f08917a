"""What postings that come are held against: the books as a caller sees them, in memory until the next publish."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from governance.errors import NotThere, ToolRefused, ToolRetry
from governance.principal import Principal
from tools.arguments import literal
from tools.grouped import Grouped, grouped
from tools.model_state import leant_on
from tools.workspace import Workspace

if TYPE_CHECKING:
    from analytics.models.anomalies.model import AnomalyModel
    from analytics.models.anomalies.profile import Profile

ACCOUNTS = "SELECT account_id, customer_id, kind FROM semantic.accounts"
PROFILES = "SELECT * FROM books.features.anomaly_profiles"
NEEDED = ("transaction_id", "account_id", "posted_at", "amount", "balance_after", "mode", "category", "subcategory",
          "city", "merchant", "counterparty", "vpa", "known_at", "currency", "customer_id", "recurring_kind",
          "is_own_transfer", "reversal_of")  # fmt: skip
#: Months before that of a posting whose rows are looked at, at most.
MONTHS = 2

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Usual:
    """The model that says how far a posting stands out, and what an answer that leans on it has to say."""

    model: AnomalyModel
    version: str
    trained_as_of: dt.date
    warnings: tuple[str, ...]


class Beneath:
    """The books beneath postings, for one sight of them.

    Each part is read when it is first asked for: a look at the books themselves costs more than all else of a posting.
    """

    def __init__(self, workspace: Workspace, principal: Principal) -> None:
        self._workspace = workspace
        self._principal = principal

    @classmethod
    def of(cls, workspace: Workspace, principal: Principal) -> Beneath:
        """What there is for a caller now."""
        return workspace.remember(principal, "what postings are held against", lambda: cls(workspace, principal))

    @cached_property
    def is_sandbox(self) -> bool:
        """Whether the books are those of the simulated lender."""
        return self._workspace.meta(self._principal).get("source") == "sandbox"

    @cached_property
    def usual(self) -> Usual | str:
        """What tells usual from unusual, or why nothing does."""
        from analytics.models.anomalies.model import AnomalyModel

        try:
            state = leant_on(self._workspace, self._principal, "anomalies")
        except (ToolRetry, ToolRefused) as silent:
            return str(silent)
        model = self._workspace.stored(self._principal, "anomalies", state.version, AnomalyModel.from_bytes)
        return Usual(model, state.version, state.trained_as_of, state.warnings)

    def account(self, account_id: str) -> Row:
        """An account in the caller's sight.

        Raises
        ------
        NotThere
            There is none.
        """
        held = self._all_accounts
        found = held.of(account_id) if held else self._looked_up(ACCOUNTS, "account_id", account_id)
        if not found:
            raise NotThere(f"There is no account '{account_id}' among those you may see.")
        return found[0]

    def profile(self, customer_id: str, without: dt.date) -> Profile:
        """What is usual for a customer; ``without`` one, that of somebody without a posting up to this day."""
        from analytics.models.anomalies.profile import Profile

        held = self._all_profiles
        rows = held.of(customer_id) if held else self._looked_up(PROFILES, "customer_id", customer_id)
        return Profile.of_row(rows[0]) if rows else Profile.empty(customer_id, without)

    def rows(self, customer_id: str, since: dt.datetime) -> list[dict[str, Any]]:
        """A customer's rows posted since a moment, `NEEDED` of each."""
        if since >= self._newest_since and self._newest is not None:
            return self._newest.of(customer_id, since=since)
        found = self._looked_up(_rows_since(since), "customer_id", customer_id)
        return [row for row in found if row["posted_at"] >= since]

    @cached_property
    def _all_accounts(self) -> Grouped | None:
        return grouped(self._workspace, self._principal, ACCOUNTS, "account_id")

    @cached_property
    def _all_profiles(self) -> Grouped | None:
        return grouped(self._workspace, self._principal, PROFILES, "customer_id")

    @cached_property
    def _newest_since(self) -> dt.datetime:
        return earliest_of(self._workspace.data_clock(self._principal))

    @cached_property
    def _newest(self) -> Grouped | None:
        """The newest rows of everybody; of older postings, each customer is looked up."""
        rows = _rows_since(self._newest_since)
        return grouped(self._workspace, self._principal, rows, "customer_id", "posted_at")

    def _looked_up(self, rows: str, key: str, value: str) -> list[dict[str, Any]]:
        workspace, principal = self._workspace, self._principal
        sql = f"SELECT * FROM ({rows}) WHERE {key} = {literal(value)}"
        return workspace.remember(principal, sql, lambda: workspace.query(principal, sql).dicts())


def earliest_of(posted_on: dt.date) -> dt.datetime:
    """The moment from which on rows are held against a posting of a day."""
    from analytics.pipeline.periods import add_months

    return dt.datetime.combine(add_months(posted_on, -MONTHS), dt.time())


def _rows_since(moment: dt.datetime) -> str:
    return f"SELECT {', '.join(NEEDED)} FROM books.core.transactions WHERE posted_at >= DATE '{moment.date()}'"
