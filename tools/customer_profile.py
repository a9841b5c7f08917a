"""One customer: accounts, loans, score, cash flow."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from governance.errors import NotThere
from governance.principal import Principal
from tools import charts
from tools.arguments import CustomerId, literal
from tools.credit_health import credit_health
from tools.model_state import refusal
from tools.result import Column, Fact, Table, ToolResult
from tools.rulings import Ruling
from tools.workspace import Workspace

LOAN_COLUMNS: tuple[Column, ...] = (
    Column(name="loan_id", label="Loan"),
    Column(name="product", label="Product"),
    Column(name="principal", label="Principal", unit="currency", type="decimal"),
    Column(name="annual_rate", label="Rate a year", unit="percent", type="float"),
    Column(name="emi_amount", label="EMI", unit="currency", type="decimal"),
    Column(name="disbursed_on", label="Disbursed", unit="date", type="date"),
    Column(name="outstanding", label="Outstanding", unit="currency", type="decimal"),
    Column(name="days_past_due", label="Days past due", unit="days", type="integer"),
    Column(name="sma_class", label="Class"),
)
ACCOUNT_COLUMNS: tuple[Column, ...] = (
    Column(name="account_id", label="Account"),
    Column(name="kind", label="Kind"),
    Column(name="currency", label="Currency"),
    Column(name="opened_on", label="Opened", unit="date", type="date"),
    Column(name="closed_on", label="Closed", unit="date", type="date"),
)
FLOW_COLUMNS: tuple[Column, ...] = (
    Column(name="month", label="Month", unit="date", type="date"),
    Column(name="inflow", label="Inflow", unit="currency", type="decimal"),
    Column(name="outflow", label="Outflow", unit="currency", type="decimal"),
    Column(name="transactions", label="Transactions", unit="count", type="integer"),
)
RECURRING_COLUMNS: tuple[Column, ...] = (
    Column(name="recurring_kind", label="What"),
    Column(name="party", label="With"),
    Column(name="direction", label="Direction"),
    Column(name="cadence", label="How often"),
    Column(name="amount", label="Usual amount", unit="currency", type="decimal"),
    Column(name="hits", label="Times", unit="count", type="integer"),
    Column(name="bounces", label="Came back", unit="count", type="integer"),
    Column(name="last_on", label="Last", unit="date", type="date"),
    Column(name="next_expected_on", label="Next expected", unit="date", type="date"),
)

_FLOW = """
SELECT date_trunc('month', posted_at)::DATE AS month, sum(amount) FILTER (WHERE amount > 0) AS inflow,
       -sum(amount) FILTER (WHERE amount < 0) AS outflow, count(*) AS transactions
FROM semantic.transactions
WHERE customer_id = {id} AND NOT is_own_transfer AND posted_at >= DATE '{start}' GROUP BY ALL ORDER BY month
""".strip()
_LOANS = """
SELECT l.loan_id, l.product, l.principal, l.annual_rate, l.emi_amount, l.disbursed_on, s.outstanding, s.days_past_due,
       s.sma_class
FROM semantic.loans AS l
LEFT JOIN semantic.loan_status AS s ON s.loan_id = l.loan_id AND s.as_of = (SELECT max(as_of) FROM semantic.loan_status)
WHERE l.customer_id = {id} ORDER BY l.disbursed_on, l.loan_id
""".strip()
_ACCOUNTS = """
SELECT account_id, kind, currency, opened_on, closed_on FROM semantic.accounts WHERE customer_id = {id}
ORDER BY opened_on, account_id
""".strip()

_RECURRING = """
SELECT recurring_kind, party, direction, cadence, amount, hits, bounces, last_on, next_expected_on
FROM semantic.recurring_payments WHERE customer_id = {id} ORDER BY next_expected_on DESC, amount DESC, recurring_kind
""".strip()


def customer_profile(workspace: Workspace, principal: Principal, *, customer_id: CustomerId) -> ToolResult:
    """Return what the books know of one customer.

    Raises
    ------
    NotThere
        There is no such customer within the caller's sight.
    """
    quoted = literal(customer_id)
    who_sql = f"SELECT * FROM semantic.customers WHERE customer_id = {quoted}"
    found = workspace.query(principal, who_sql).dicts()
    if not found:
        raise NotThere(unknown_customer(workspace, principal, customer_id))
    clock = workspace.data_clock(principal)
    statements = {
        "flow": _FLOW.format(id=quoted, start=_year_before(clock)),
        "loans": _LOANS.format(id=quoted),
        "accounts": _ACCOUNTS.format(id=quoted),
        "recurring": _RECURRING.format(id=quoted),
    }
    rows = {name: workspace.query(principal, sql).rows for name, sql in statements.items()}
    score_sql = f"SELECT * FROM semantic.borrowers WHERE customer_id = {quoted}"
    refused = refusal(workspace, principal, "credit") if principal.may("scores:read") else None
    score = workspace.query(principal, score_sql).dicts() if principal.may("scores:read") and not refused else []
    health = credit_health(workspace, principal) if score else None
    return ToolResult(
        title=f"Customer {customer_id}",
        table=Table(title="Loans", columns=LOAN_COLUMNS, rows=tuple(rows["loans"])),
        tables=(
            Table(title="Accounts", columns=ACCOUNT_COLUMNS, rows=tuple(rows["accounts"])),
            Table(title="Cash flow of the last twelve months", columns=FLOW_COLUMNS, rows=tuple(rows["flow"])),
            Table(title="Payments that come back", columns=RECURRING_COLUMNS, rows=tuple(rows["recurring"])),
        ),
        facts=_facts(found[0], rows, score[0] if score else None) | (dict(health.facts) if health else {}),
        chart=charts.trend(
            [row[0] for row in rows["flow"]],
            {"Inflow": [row[1] for row in rows["flow"]], "Outflow": [row[2] for row in rows["flow"]]},
            label="a month", unit="currency", title=f"Money in and out of {customer_id}, by month",
        ),
        sql=(who_sql, *statements.values(), *([score_sql] if score else [])),
        model_versions=health.versions if health else {},
        warnings=health.warnings if health else (refused,) if refused else (),
        as_of=clock,
    )  # fmt: skip


def unknown_customer(workspace: Workspace, principal: Principal, customer_id: str) -> str:
    """The sentence for a customer that is not there: what the nearest ones are."""
    from rapidfuzz import process

    known = [row[0] for row in workspace.query(principal, "SELECT customer_id FROM semantic.customers").rows]
    nearest = [name for name, score, _ in process.extract(customer_id, known, limit=3) if score >= 60]
    hint = f" Nearest: {', '.join(nearest)}." if nearest else ""
    return f"There is no customer '{customer_id}' among the {len(known)} you may see.{hint}"


def _year_before(clock: dt.date) -> str:
    start = (clock.replace(day=1) - dt.timedelta(days=334)).replace(day=1)
    return start.isoformat()


def _facts(who: Mapping[str, Any], rows: Mapping[str, list[Any]], score: Mapping[str, Any] | None) -> dict[str, Fact]:
    facts = {
        "customer_id": Fact(value=who["customer_id"]),
        "full_name": Fact(value=who["full_name"]),
        "city": Fact(value=who["city"]),
        "state": Fact(value=who["state"]),
        "occupation": Fact(value=who["occupation"]),
        "kyc_status": Fact(value=who["kyc_status"]),
        "contact_flags": Fact(value=", ".join(who["contact_flags"] or ())),
        "joined_on": Fact(value=who["joined_on"], unit="date"),
        "closed_on": Fact(value=who["closed_on"], unit="date"),
        "accounts": Fact(value=len(rows["accounts"]), unit="count"),
        "loans": Fact(value=len(rows["loans"]), unit="count"),
        "inflow_12_months": Fact(value=sum(row[1] or 0 for row in rows["flow"]), unit="currency"),
        "outflow_12_months": Fact(value=sum(row[2] or 0 for row in rows["flow"]), unit="currency"),
        "currency": Fact(value=", ".join(sorted({row[2] for row in rows["accounts"] if row[2]}))),
    }
    if score is None:
        return facts
    return facts | {
        "probability_of_default": Fact(value=score["probability_of_default"], unit="percent"),
        "score": Fact(value=score["score"], unit="score"),
        "band": Fact(value=score["band"]),
        "rank": Fact(value=score["rank"], unit="count"),
        "exposure": Fact(value=score["exposure"], unit="currency"),
        "expected_loss": Fact(value=score["expected_loss"], unit="currency"),
        "days_past_due": Fact(value=score["days_past_due"], unit="days"),
        **{
            f"reason_{position}": Fact(value=reason["text"])
            for position, reason in enumerate(score["reasons"] or (), start=1)
        },
        **Ruling.of(score, score["probability_of_default"]).facts,
    }
