"""What is spent on models outside, and how much of it may be: a ledger and budgets, per person and per workspace.

A call is written down before it is made, at the size of its prompt, in the transaction that looks at the budgets; what
came back is added afterwards. So calls that begin together cannot each spend the rest.
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from types import MappingProxyType
from typing import Any, Literal

import sqlalchemy as sa

from governance.control import METADATA, ControlStore
from governance.errors import BudgetSpent, ConfigurationError
from governance.identity.tables import Clock, wall_clock

Span = Literal["day", "month"]
SPANS: tuple[Span, ...] = ("day", "month")
#: Whom a budget binds that is nobody's own: all together, and each who has none.
WORKSPACE, EACH = "*workspace", "*each"
MILLIONTHS = 1_000_000

LEDGER = sa.Table(
    "model_calls",
    METADATA,
    sa.Column("workspace", sa.String(64), primary_key=True),
    sa.Column("entry_id", sa.String(32), primary_key=True),
    sa.Column("at", sa.Float, nullable=False, index=True),
    sa.Column("principal", sa.String(64), nullable=False),
    sa.Column("mind", sa.String(128), nullable=False),
    sa.Column("prompt_tokens", sa.Integer, nullable=False),
    sa.Column("completion_tokens", sa.Integer, nullable=False),
    sa.Column("cost_millionths", sa.BigInteger, nullable=False),
)

BUDGETS = sa.Table(
    "model_budgets",
    METADATA,
    sa.Column("workspace", sa.String(64), primary_key=True),
    sa.Column("whose", sa.String(64), primary_key=True),
    sa.Column("span", sa.String(8), primary_key=True),
    sa.Column("tokens", sa.BigInteger),
    sa.Column("cost_millionths", sa.BigInteger),
)


@dataclass(frozen=True)
class Price:
    """What a million tokens cost, in the currency of the operator's bill."""

    prompt: Decimal = Decimal(0)
    completion: Decimal = Decimal(0)

    def millionths(self, prompt_tokens: int, completion_tokens: int = 0) -> int:
        """Cost in millionths, rounded up."""
        cost = self.prompt * prompt_tokens + self.completion * completion_tokens
        return int(cost.to_integral_value(ROUND_CEILING))


@dataclass(frozen=True)
class Budget:
    """What may be spent in a day or a month; None for no bound."""

    whose: str
    span: Span
    tokens: int | None
    cost: Decimal | None


@dataclass(frozen=True)
class Spent:
    """What was spent by one principal on one mind."""

    principal: str
    mind: str
    calls: int
    prompt_tokens: int
    completion_tokens: int
    cost: Decimal


class Ledger:
    """The ledger and the budgets of one workspace."""

    def __init__(self, control: ControlStore, clock: Clock = wall_clock) -> None:
        self._control = control
        self._clock = clock
        control.create(METADATA)

    def reserve(self, principal: str, mind: str, prompt_tokens: int, price: Price) -> str:
        """Write a call down before it is made; return the entry's id.

        Raises
        ------
        BudgetSpent
            A budget has no room for it; nothing was written.
        """
        now = self._clock()
        cost = price.millionths(prompt_tokens)
        entry_id = secrets.token_hex(12)
        with self._control.writing() as connection:
            for budget in _binding(self._budgets(connection), principal):
                whose = None if budget.whose == WORKSPACE else principal
                tokens, spent = self._sums(connection, opening(now, budget.span), whose)
                _within(budget, principal, tokens + prompt_tokens, spent + cost)
            connection.execute(LEDGER.insert().values(
                workspace=self._control.workspace, entry_id=entry_id, at=now, principal=principal, mind=mind,
                prompt_tokens=prompt_tokens, completion_tokens=0, cost_millionths=cost,
            ))  # fmt: skip
        return entry_id

    def settle(self, entry_id: str, prompt_tokens: int, completion_tokens: int, price: Price) -> None:
        """Write down what the call came to."""
        known = sa.and_(LEDGER.c.workspace == self._control.workspace, LEDGER.c.entry_id == entry_id)
        with self._control.writing() as connection:
            connection.execute(LEDGER.update().where(known).values(
                prompt_tokens=prompt_tokens, completion_tokens=completion_tokens,
                cost_millionths=price.millionths(prompt_tokens, completion_tokens),
            ))  # fmt: skip

    def spent(self, span: Span) -> list[Spent]:
        """What each principal spent on each mind in the running day or month, most tokens first."""
        total = [sa.func.sum(LEDGER.c[name]) for name in ("prompt_tokens", "completion_tokens", "cost_millionths")]
        query = (
            sa.select(LEDGER.c.principal, LEDGER.c.mind, sa.func.count(), *total)
            .where(LEDGER.c.workspace == self._control.workspace, LEDGER.c.at >= opening(self._clock(), span))
            .group_by(LEDGER.c.principal, LEDGER.c.mind)
        )
        with self._control.reading() as connection:
            found = [
                Spent(who, mind, calls, prompt, completion, Decimal(int(cost)) / MILLIONTHS)
                for who, mind, calls, prompt, completion, cost in connection.execute(query)
            ]
        return sorted(found, key=lambda each: -each.prompt_tokens - each.completion_tokens)

    def set_budget(self, budget: Budget) -> None:
        """Keep a budget in the place of the one before; without tokens and cost there is none any more.

        Raises
        ------
        ConfigurationError
            A bound is below nought.
        """
        if (budget.tokens or 0) < 0 or (budget.cost or 0) < 0:
            raise ConfigurationError("A budget cannot be below nought. Nought lets nobody ask a model outside.")
        cost = None if budget.cost is None else int(budget.cost * MILLIONTHS)
        key = {"workspace": self._control.workspace, "whose": budget.whose, "span": budget.span}
        with self._control.writing() as connection:
            connection.execute(BUDGETS.delete().where(*(BUDGETS.c[name] == value for name, value in key.items())))
            if budget.tokens is not None or cost is not None:
                connection.execute(BUDGETS.insert().values(**key, tokens=budget.tokens, cost_millionths=cost))

    def budgets(self) -> list[Budget]:
        """Every budget, by whose it is."""
        with self._control.reading() as connection:
            return self._budgets(connection)

    def _budgets(self, connection: sa.Connection) -> list[Budget]:
        query = sa.select(BUDGETS).where(BUDGETS.c.workspace == self._control.workspace)
        rows = connection.execute(query.order_by(BUDGETS.c.whose, BUDGETS.c.span)).all()
        return [Budget(row.whose, row.span, row.tokens, _money(row.cost_millionths)) for row in rows]

    def _sums(self, connection: sa.Connection, since: float, principal: str | None) -> tuple[int, int]:
        """Tokens and cost since a moment, of one principal or of all."""
        tokens = sa.func.sum(LEDGER.c.prompt_tokens + LEDGER.c.completion_tokens)
        query = sa.select(tokens, sa.func.sum(LEDGER.c.cost_millionths)).where(
            LEDGER.c.workspace == self._control.workspace, LEDGER.c.at >= since
        )
        if principal is not None:
            query = query.where(LEDGER.c.principal == principal)
        row = connection.execute(query).one()
        return int(row[0] or 0), int(row[1] or 0)


def opening(now: float, span: Span) -> float:
    """The moment the running day or month began, UTC."""
    at = dt.datetime.fromtimestamp(now, dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return (at if span == "day" else at.replace(day=1)).timestamp()


def described(budget: Budget) -> Mapping[str, Any]:
    """A budget as it is listed."""
    return MappingProxyType({"whose": budget.whose, "per": budget.span, "tokens": budget.tokens, "cost": budget.cost})


def _binding(budgets: Sequence[Budget], principal: str) -> list[Budget]:
    """Budgets that bind a principal: the workspace's, and for each span his own or else everybody's."""
    own = {budget.span for budget in budgets if budget.whose == principal}
    return [
        budget
        for budget in budgets
        if budget.whose in (WORKSPACE, principal) or (budget.whose == EACH and budget.span not in own)
    ]


def _within(budget: Budget, principal: str, tokens: int, cost: int) -> None:
    whose = "the workspace" if budget.whose == WORKSPACE else principal
    if budget.tokens is not None and tokens > budget.tokens:
        raise BudgetSpent(f"the budget of {whose}, {budget.tokens:,} tokens a {budget.span}, is spent")
    if budget.cost is not None and cost > budget.cost * MILLIONTHS:
        raise BudgetSpent(f"the budget of {whose}, {budget.cost:f} a {budget.span}, is spent")


def _money(millionths: int | None) -> Decimal | None:
    return None if millionths is None else Decimal(millionths) / MILLIONTHS
