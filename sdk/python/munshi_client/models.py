"""What travels between a client and Munshi; made of the interface's description by `python -m api.sdk`."""

# ruff: noqa

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict


class Model(BaseModel):
    """Base of all: members that a newer server adds are kept, and reached by their name."""

    model_config = ConfigDict(extra="allow", protected_namespaces=())


class AlertChecked(Model):
    """What a check of one rule found; ``cannot say`` tells why."""

    rule: str
    outcome: Literal["raised", "woken", "holds", "settled", "quiet", "cannot say"]
    alert_id: str
    why: str
    measured: dict[str, Any] | None


class AlertDeed(Model):
    """Something done with an alert; ``at`` in seconds since 1970."""

    at: float
    by: str
    did: str
    note: str


class AlertList(Model):
    """Alerts, the newest first."""

    alerts: list[AlertTold]


class AlertRuleList(Model):
    """All rules."""

    rules: list[AlertRuleTold]


class AlertRuleMade(Model):
    """A new rule, and what it measures now."""

    name: str
    made_by: str
    created_at: float
    rule: dict[str, Any]
    last: dict[str, Any] | None
    now: dict[str, Any]


class AlertRuleTold(Model):
    """A rule, and what its last check found."""

    name: str
    made_by: str
    created_at: float
    rule: dict[str, Any]
    last: dict[str, Any] | None


class AlertTold(Model):
    """An alert; moments are seconds since 1970, figures are texts of plain digits."""

    alert_id: str
    rule: str
    state: Literal["open", "acknowledged", "snoozed", "resolved"]
    as_of: str
    raised_at: float
    changed_at: float
    snoozed_until: float | None
    title: str
    value: str
    unit: str
    bound: str
    usual: str | None
    currency: str
    history: list[AlertDeed]


class AlertsChecked(Model):
    """What a check of all rules found."""

    checked: list[AlertChecked]


class Anomalies(Model):
    """Postings of one customer that stand out, the farthest first."""

    customer_id: str | None
    model: str
    version: str
    as_of: dt.date
    warnings: list[str]
    postings: list[UnusualPosting]


class Answer(Model):
    """An answer, every number of it grounded; ``munshi ask --json`` prints it."""

    receipt_id: str
    question: str
    interpretation: str = ""
    alternatives: list[str] = []
    text: str
    table: Table | None = None
    tables: list[Table] = []
    chart: dict[str, Any] | None = None
    steps: list[Step] = []
    sql: list[str] = []
    sources: list[Source] = []
    as_of: dt.date | None = None
    model_versions: dict[str, str] | None = None
    warnings: list[str] = []
    status: Literal["answered", "abstained", "refused", "failed"] = "answered"
    follow_ups: list[str] = []
    grounded: bool = True
    usage: Usage | None = None
    mind: str = "embedded"
    conversation_id: str = ""


class AuditVerified(Model):
    """Whether every entry of the audit log links to the one before it."""

    intact: bool
    entries: int | None = None
    detail: str = ""


class Case(Model):
    """A borrower of whom something adverse was decided: by a rule, or by the band he is in."""

    case_id: str
    customer_id: str
    as_of: str
    version: str
    cause: Literal["decline", "refer", "band"]
    probability_of_default: float
    score: int
    band: str
    model_band: str
    decision: str | None
    rule: str | None
    rule_text: str | None
    rules_version: int | None
    exposure: str
    currency: str | None
    reasons: list[dict[str, Any]]
    said: str | None


class CaseList(Model):
    """Cases that wait, the riskiest first."""

    cases: list[Case]


class ChangeTried(Model):
    """A figure before and after."""

    feature: str
    label: str
    unit: str
    before: float | None
    after: float
    lowest: float | None
    highest: float | None
    months: int
    part: str
    alone: float


class ChurnScore(Model):
    """How likely one customer is to begin to leave within 90 days, and earlier."""

    customer_id: str | None
    model: str
    version: str
    as_of: dt.date
    warnings: list[str]
    score: int
    probability_of_leaving: float
    within_30: float | None
    within_60: float | None
    band: str
    rank: int | None
    reasons: list[Reason]
    ruled: Ruled | None = None


class Column(Model):
    """One column of a table. ``unit`` tells the screen how to show it; percent values are fractions (0.12 is 12 %)."""

    name: str
    label: str
    unit: Literal[
        "currency", "percent", "count", "days", "score", "points", "ratio", "date", "months", "number", "text"
    ] = "text"
    type: Literal["text", "integer", "decimal", "float", "date", "datetime", "boolean", "list"] = "text"


class Consents(Model):
    """What stands for each purpose, and everything the customer said."""

    customer_id: str
    purposes: list[dict[str, Any]]
    history: list[dict[str, Any]]


class Conversation(Model):
    """The caller's own turns of a conversation, oldest first."""

    conversation_id: str
    turns: list[Turn]


class CreditScore(Model):
    """The champion's score of one borrower; rank and expected loss are those among the borrowers of the books."""

    customer_id: str | None
    model: str
    version: str
    as_of: dt.date
    warnings: list[str]
    score: int
    probability_of_default: float
    band: str
    rank: int | None
    exposure: str | None
    expected_loss: str | None
    currency: str | None
    days_past_due: int | None
    reasons: list[Reason]
    ruled: Ruled | None = None


class Decided(Model):
    """What a person decided, with the case as it stood; ``decided_at`` in seconds since 1970."""

    case_id: str
    outcome: Literal["uphold", "approve"]
    decided_by: str
    decided_at: float
    reason: str
    case: Case


class DecidedList(Model):
    """Cases that were decided, the newest last."""

    decisions: list[Decided]


class DeliveryList(Model):
    """The deliveries to a webhook, the newest first; kept for thirty days."""

    deliveries: list[DeliveryTold]


class DeliveryTold(Model):
    """An event on its way to a webhook, without its body; moments are seconds since 1970."""

    delivery_id: str
    event_id: str
    event: str
    state: Literal["waiting", "delivered", "failed"]
    attempts: int
    created_at: float
    changed_at: float
    next_attempt_at: float | None
    status: int | None
    fault: str


class DocumentList(Model):
    """The documents that the caller may read, or may remove."""

    documents: list[DocumentTold]


class DocumentTold(Model):
    """A document that the workspace's people added, without its text."""

    document_id: str
    file_name: str
    title: str
    status: str
    effective_from: dt.date | None
    effective_to: dt.date | None
    passages: int
    roles: list[str]
    hidden: int
    bytes: int
    added_by: str
    added_at: dt.datetime
    replaced: bool = False


class Erasure(Model):
    """What became of each table and record, and the proof: what was searched, where anything was found."""

    erasure_id: str
    reason: str
    books: list[dict[str, Any]]
    kept_data: dict[str, dict[str, int]]
    proof: dict[str, Any]
    complete: bool


class Fact(Model):
    """One figure an answer may lean on."""

    value: Any
    unit: Literal[
        "currency", "percent", "count", "days", "score", "points", "ratio", "date", "months", "number", "text"
    ] = "text"


class FeedbackTold(Model):
    """What was kept; ``state`` is that of the correction."""

    feedback_id: str
    receipt_id: str
    up: bool
    correction: str
    state: str


class FigureMoved(Model):
    """A figure of the customer's running month before the posting and with it."""

    figure: str
    before: float | None
    after: float | None


class Filled(Model):
    """What was put on the worklist."""

    kind: str
    as_of: str
    listed: int
    held_out: int
    there_already: int
    share_held_out: float
    seed: int


class Filter(Model):
    """A condition on a dimension, or on a metric of the query (``spend > 100000`` keeps the groups above it)."""

    field: str
    op: Literal["=", "!=", "in", "not_in", ">", ">=", "<", "<=", "between", "contains", "is_null", "not_null"] = "="
    value: bool | int | float | str | dt.date | list[bool | int | float | str | dt.date] | None = None


class Forgotten(Model):
    """How many records of each kind were erased, and how many stay under a legal hold."""

    erased: dict[str, int]
    held: dict[str, int]


class GoalFound(Model):
    """A goal or life event with its evidence, and what may be suggested where the books say enough."""

    goal: str
    confidence: float
    evidence: list[str]
    action: str | None = None
    action_note: str | None = None


class Goals(Model):
    """The goals and life events found of one customer, the surest first."""

    customer_id: str | None
    model: str
    version: str
    as_of: dt.date
    warnings: list[str]
    findings: list[GoalFound]


class InlineAccount(Model):
    """An account as `core.accounts` has it."""

    account_id: str
    kind: Literal["savings", "current", "credit_card", "wallet", "loan"] = "savings"
    currency: str = "INR"
    credit_limit: float | str | None = None
    opened_on: dt.date | None = None
    closed_on: dt.date | None = None


class InlineInstalment(Model):
    """An instalment as `core.instalments` has it."""

    loan_id: str
    instalment_no: int
    due_on: dt.date
    amount_due: float | str
    paid_on: dt.date | None = None
    amount_paid: float | str | None = None


class InlineLoan(Model):
    """A loan as `core.loans` has it."""

    loan_id: str
    account_id: str | None = None
    product: str | None = None
    principal: float | str
    annual_rate: float
    tenor_months: int
    disbursed_on: dt.date
    emi_amount: float | str | None = None
    closed_on: dt.date | None = None
    written_off_on: dt.date | None = None


class InlinePosting(Model):
    """A posting as `core.transactions` has it; what is not told is read out of the narration."""

    transaction_id: str | None = None
    account_id: str | None = None
    posted_at: dt.datetime
    amount: float | str
    currency: str = "INR"
    value_date: dt.date | None = None
    known_at: dt.datetime | None = None
    balance_after: float | str | None = None
    mode: (
        Literal[
            "upi",
            "neft",
            "imps",
            "rtgs",
            "nach",
            "card",
            "pos",
            "atm",
            "cheque",
            "cash",
            "netbanking",
            "wallet",
            "other",
        ]
        | None
    ) = None
    narration: str | None = None
    counterparty: str | None = None
    vpa: str | None = None
    reference: str | None = None
    ifsc: str | None = None
    bank: str | None = None
    remark: str | None = None
    mcc: str | None = None
    merchant: str | None = None
    category: str | None = None
    subcategory: str | None = None
    category_confidence: float | None = None
    category_rule: str | None = None
    city: str | None = None
    recurring_kind: str | None = None
    is_own_transfer: bool | None = None
    reversal_of: str | None = None


class InlineSession(Model):
    """A login or an opened app."""

    started_at: dt.datetime
    channel: str | None = None


class ItemDeed(Model):
    """Something done with an item; ``at`` in seconds since 1970."""

    at: float
    by: str
    did: str
    note: str


class ItemList(Model):
    """Items within the caller's sight; those held out are counted and not told."""

    items: list[ItemTold]
    count: int
    held_out: int
    mine: int


class ItemTold(Model):
    """An item; ``told`` is what the list said of it on ``as_of``. Moments are seconds since 1970."""

    item_id: str
    kind: str
    subject: str
    customer_id: str
    state: Literal["open", "done"]
    as_of: str
    made_by: str
    created_at: float
    changed_at: float
    assignee: str | None
    assignee_name: str | None
    outcome: str | None
    undoable: bool
    told: dict[str, Any]
    history: list[ItemDeed]


class JobList(Model):
    """The caller's own jobs, the newest first."""

    jobs: list[JobTold]


class JobTold(Model):
    """A job: how far it is, how many rows could not be scored, columns that nothing reads and, where it failed, why."""

    job_id: str
    model: str
    version: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    progress: float
    rows: int
    rows_wrong: int
    bytes: int
    created_at: float
    changed_at: float
    detail: str
    unused: list[str] = []


class KeyList(Model):
    """All keys, also those that are no longer good."""

    keys: list[KeyListed]


class KeyListed(Model):
    """A key without its secret; moments are seconds since 1970."""

    key_id: str
    label: str
    role: str
    scopes: list[str]
    partitions: dict[str, list[str]]
    per_minute: int | None
    created_at: float
    expires_at: float | None
    revoked_at: float | None
    last_used_at: float | None


class KeyMade(Model):
    """A new key; ``key`` is what to send as ``Authorization: Bearer``, and is kept nowhere."""

    key_id: str
    label: str
    role: str
    scopes: list[str]
    partitions: dict[str, list[str]]
    per_minute: int | None
    created_at: float
    expires_at: float | None
    revoked_at: float | None
    last_used_at: float | None
    key: str


class KeySet(Model):
    """Public keys (RFC 7517) that tokens are signed with."""

    keys: list[dict[str, str]]


class Letter(Model):
    """A draft, in Markdown; ``reviewed`` tells whether a person upheld the decision."""

    case_id: str
    customer_id: str
    reviewed: bool
    reasons: list[str]
    text: str


class ListWorth(Model):
    """What was done with a list, and what that was worth."""

    kind: str
    label: str
    items: int
    done: int
    held_out: int
    outcomes: dict[str, int]
    worth: WorthTold | None


class Me(Model):
    """Who is asking, and what he may do."""

    name: str
    workspace: str
    role: str
    scopes: list[str]
    partitions: dict[str, list[str]]
    open_sandbox: bool
    csrf_token: str | None = None


class ModelList(Model):
    """The models that serve; `POST /tools/model_card` tells all of one."""

    models: list[ServingModel]


class MonthAhead(Model):
    """A month with its 80 % interval."""

    month: dt.date
    expected: str
    low: str
    high: str


class Page(Model):
    """Which rows of the whole table these are.

    Attributes
    ----------
    total
        Rows of the whole table, exactly.
    first
        Place of the first row here, from 0.
    next
        What to send as ``cursor`` for the page after; it reads the same snapshot of the books."""

    total: int
    first: int
    rows: int
    snapshot: int
    next: str | None = None


class Periods(Model):
    """How long each kind of record is kept, why, and how many are past it."""

    periods: list[dict[str, Any]]


class PostingTold(Model):
    """A posting enriched; it is on disk, and the next intake brings it into the books."""

    transaction_id: str
    customer_id: str
    account_id: str
    posted_at: str
    amount: str
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
    changed: list[FigureMoved]
    warnings: list[str]


class Processing(Model):
    """The records of processing."""

    workspace: str
    records: list[dict[str, Any]]


class Reason(Model):
    """Why a score is no better: a concept, in approved words, with the points it took."""

    concept: str
    text: str
    points: float


class Receipt(Model):
    """Enough to run an answer again: plan, SQL, snapshot, model versions, passages."""

    receipt_id: str
    created_at: dt.datetime
    status: str
    question: str
    interpretation: str
    text: str
    conversation_id: str
    mind: str
    snapshot: int | None
    plan: list[dict[str, Any]]
    sql: list[str]
    model_versions: dict[str, str]
    passages: list[str]
    warnings: list[str]


class Record(Model):
    """One record of the privacy ledger, with what it holds."""

    record_id: str
    kind: str
    at: str
    by: str


class Records(Model):
    """Records, the earliest first."""

    records: list[Record]


class Replay(Model):
    """An answer, run again."""

    receipt_id: str
    question: str
    text: str
    today: bool
    calls: list[ReplayedCall]
    same: bool


class ReplayedCall(Model):
    """One tool call, run again.

    Attributes
    ----------
    snapshot
        The books it ran on this time.
    changes
        What is not as it was; empty when everything is the same."""

    tool: str
    args: dict[str, Any]
    snapshot: int
    changes: list[str] = []


class Ruled(Model):
    """What a client rule made of a score: the model's own band stands beside it."""

    rule: str
    text: str
    rules_version: int
    model_band: str
    decision: str | None
    said: str


class RulesChecked(Model):
    """What a file holds, where nothing is wrong with it."""

    rules: int
    ids: list[str]
    notes: list[str]


class RulesDecided(Model):
    """A version after a decision; ``ruled`` counts the newest scores that the active rules make something of."""

    version: int
    state: Literal["draft", "simulated", "approved", "active", "retired"]
    drafted_by: str
    drafted_at: str
    reason: str
    steps: list[RulesStep]
    ruled: int | None


class RulesList(Model):
    """Every version, the newest first."""

    versions: list[RulesVersion]


class RulesShown(Model):
    """A version with its file and the last simulation of it."""

    version: int
    state: Literal["draft", "simulated", "approved", "active", "retired"]
    drafted_by: str
    drafted_at: str
    reason: str
    steps: list[RulesStep]
    content: str
    simulation: dict[str, Any] | None


class RulesSimulated(Model):
    """A version with what it would have done at the last month ends, and what became of those it would have moved."""

    version: int
    state: Literal["draft", "simulated", "approved", "active", "retired"]
    drafted_by: str
    drafted_at: str
    reason: str
    steps: list[RulesStep]
    simulation: dict[str, Any]


class RulesStep(Model):
    """What was done with a version; ``alone`` where author and approver were one person."""

    action: Literal["simulate", "approve", "activate", "retire"]
    by: str
    at: str
    reason: str
    alone: bool


class RulesVersion(Model):
    """A version of the rules with its life."""

    version: int
    state: Literal["draft", "simulated", "approved", "active", "retired"]
    drafted_by: str
    drafted_at: str
    reason: str
    steps: list[RulesStep]


class RunTold(Model):
    """One run; ``missed`` due times before it were made up for by it. Moments are seconds since 1970."""

    run_id: str
    schedule_id: str
    due_at: float
    ran_at: float
    state: Literal["ok", "failed"]
    missed: int
    said: str
    receipt_id: str
    file_name: str


class ScheduleList(Model):
    """The caller's schedules."""

    schedules: list[ScheduleTold]


class ScheduleTold(Model):
    """A schedule of the caller's own."""

    schedule_id: str
    made_by: str
    created_at: float
    active: bool
    next_at: float
    when: str
    zone: str
    question: str
    report: str
    to: list[str]
    attach: bool
    runs: list[RunTold]


class SegmentPlace(Model):
    """The segment one customer is in, and what puts him there."""

    customer_id: str | None
    model: str
    version: str
    as_of: dt.date
    warnings: list[str]
    segment: int
    segment_name: str
    confidence: float
    traits: list[str]


class ServingModel(Model):
    """A model that serves."""

    model: str
    version: str
    trained_as_of: dt.date


class SideTold(Model):
    """One side of a comparison, with the 95 % interval of its share."""

    customers: int
    met: int
    share: float | None
    low: float | None
    high: float | None


class Source(Model):
    """A passage an answer may cite."""

    id: str
    title: str
    section: str
    status: str
    quote: str
    effective_from: dt.date | None = None
    effective_to: dt.date | None = None


class SpendForecast(Model):
    """What one customer will spend, or receive, in the months after the last whole one."""

    customer_id: str | None
    measure: str
    as_of: dt.date
    currency: str | None
    months: list[MonthAhead]
    total: str
    method: str
    history_months: int
    warnings: list[str]


class StandsOut(Model):
    """How far a posting stands out, 0 to 100: a place among the lender's postings, not a probability of fraud."""

    score: float
    kind: str
    reasons: list[str]
    version: str


class Step(Model):
    """One tool call: what was asked of which tool, and how long it took."""

    tool: str
    args: dict[str, Any]
    ms: float


class SuggestionTold(Model):
    """A word that was not understood, and one of the vocabulary it resembles."""

    word: str
    like: str
    names: str
    likeness: float


class Table(Model):
    """Columns and rows; rows are lists in column order."""

    columns: list[Column]
    rows: list[list[Any]]
    title: str = ""


class TokenAnswer(Model):
    """A token, good for some minutes."""

    access_token: str
    token_type: str = "Bearer"
    expires_in: int
    scope: str


class ToolAnswer(Model):
    """A tool's result; ``page`` where its table comes in pages."""

    title: str
    table: Table | None = None
    tables: list[Table] = []
    facts: dict[str, Fact] | None = None
    chart: dict[str, Any] | None = None
    sql: list[str] = []
    sources: list[Source] = []
    model_versions: dict[str, str] | None = None
    warnings: list[str] = []
    as_of: dt.date | None = None
    page: Page | None = None


class ToolList(Model):
    """All tools; ``allowed`` says which of them this caller may use."""

    tools: list[ToolListed]


class ToolListed(Model):
    """A tool, with the JSON schema of its arguments."""

    name: str
    scope: str
    allowed: bool
    description: str
    arguments: dict[str, Any]


class ToolResult(Model):
    """The answer of a tool: everything a screen, a model or a receipt needs, and nothing of how it was made.

    Attributes
    ----------
    title
        What the result is, in one line.
    table
        The rows, complete; they never pass through a model.
    facts
        Name → figure: what the prose may say.
    chart
        A plotly figure as JSON (``data`` and ``layout``), or None.
    sql
        Every statement that was run.
    model_versions
        Model → version that the figures lean on.
    as_of
        Date the figures are of."""

    title: str
    table: Table | None = None
    tables: list[Table] = []
    facts: dict[str, Fact] | None = None
    chart: dict[str, Any] | None = None
    sql: list[str] = []
    sources: list[Source] = []
    model_versions: dict[str, str] | None = None
    warnings: list[str] = []
    as_of: dt.date | None = None


class Trial(Model):
    """A score before and after changes; ``reached`` tells whether a target was."""

    before: float
    after: float
    score_before: int
    score_after: int
    band_before: str
    band_after: str
    changes: list[ChangeTried]
    reached: bool | None = None


class Turn(Model):
    """A question and its answer; personal data stand as tokens."""

    receipt_id: str
    created_at: dt.datetime
    status: str
    question: str
    interpretation: str
    text: str


class UnansweredList(Model):
    """The groups, the most frequent first."""

    groups: list[UnansweredTold]
    total: int


class UnansweredTold(Model):
    """Questions that are alike and found no answer; personal data stand as tokens."""

    typical: str
    count: int
    askers: int
    last_asked: dt.datetime
    wordings: list[str]
    words: list[str]
    suggestions: list[SuggestionTold]


class UnusualPosting(Model):
    """A posting, how far it stands out (0 to 100), and why."""

    transaction_id: str
    posted_at: str
    amount: str
    score: float
    kind: str
    reasons: list[str]


class Usage(Model):
    """What the answer cost. Tokens are counted as characters / 4 for every model alike."""

    model_calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    ms: float = 0.0


class WebhookList(Model):
    """All webhooks."""

    webhooks: list[WebhookTold]


class WebhookMade(Model):
    """A new webhook; ``secret`` is what its events are signed with, and is told this once."""

    webhook_id: str
    url: str
    events: list[Literal["job.finished", "alert.raised", "schedule.ran", "model.changed", "rules.changed"]]
    made_by: str
    created_at: float
    secret: str


class WebhookTold(Model):
    """A webhook without its secret; ``created_at`` in seconds since 1970."""

    webhook_id: str
    url: str
    events: list[Literal["job.finished", "alert.raised", "schedule.ran", "model.changed", "rules.changed"]]
    made_by: str
    created_at: float


class WhatIf(Model):
    """The score with the changes asked for, and few changes that would bring it under the target.

    Statements about the model: no promise that moving a figure helps."""

    customer_id: str | None
    model: str
    version: str
    as_of: dt.date
    warnings: list[str]
    what_if: Trial | None
    counterfactual: Trial | None


class WorthList(Model):
    """One line for each list."""

    lists: list[ListWorth]


class WorthTold(Model):
    """Those listed beside those left alone; ``why`` where there is no difference to tell yet."""

    label: str
    after_days: int
    worked: SideTold
    held: SideTold
    difference: float | None
    low: float | None
    high: float | None
    waiting: int
    why: str


class Problem(Model):
    """Problem"""

    type: str
    title: str
    status: int
    detail: str
    instance: str


class Each(Model):
    """One value for each ``over`` (a customer, a loan), and the statistic of those values that is wanted.

    ``count`` counts those that meet the conditions on metrics."""

    over: str
    statistic: Literal["average", "median", "highest", "lowest", "count"]


class Order(Model):
    """A column of the result to sort by."""

    field: str
    direction: Literal["asc", "desc"] = "desc"


class Period(Model):
    """From ``start`` up to, and without, ``end``."""

    start: dt.date
    end: dt.date


class Who(Model):
    """Those of ``over`` whose own figure meets a condition: customers with ``bounces > 0`` in May.

    One without any rows has zero of what is counted or summed, so ``= 0`` are those who did nothing of the kind."""

    metric: str
    op: Literal["=", "!=", "in", "not_in", ">", ">=", "<", "<=", "between", "contains", "is_null", "not_null"] = ">"
    value: bool | int | float | str | dt.date = 0
    filters: list[Filter] = []
    period: Period | None = None
    over: str = "customer_id"
