// What travels between a client and Munshi; made of the interface's description by `python -m api.sdk`.

/** What a check of one rule found; ``cannot say`` tells why. */
export interface AlertChecked {
  rule: string;
  outcome: "raised" | "woken" | "holds" | "settled" | "quiet" | "cannot say";
  alert_id: string;
  why: string;
  measured: Record<string, unknown> | null;
}

/** Something done with an alert; ``at`` in seconds since 1970. */
export interface AlertDeed {
  at: number;
  by: string;
  did: string;
  note: string;
}

/** Alerts, the newest first. */
export interface AlertList {
  alerts: AlertTold[];
}

/** All rules. */
export interface AlertRuleList {
  rules: AlertRuleTold[];
}

/** A new rule, and what it measures now. */
export interface AlertRuleMade {
  name: string;
  made_by: string;
  created_at: number;
  rule: Record<string, unknown>;
  last: Record<string, unknown> | null;
  now: Record<string, unknown>;
}

/** A rule, and what its last check found. */
export interface AlertRuleTold {
  name: string;
  made_by: string;
  created_at: number;
  rule: Record<string, unknown>;
  last: Record<string, unknown> | null;
}

/** An alert; moments are seconds since 1970, figures are texts of plain digits. */
export interface AlertTold {
  alert_id: string;
  rule: string;
  state: "open" | "acknowledged" | "snoozed" | "resolved";
  as_of: string;
  raised_at: number;
  changed_at: number;
  snoozed_until: number | null;
  title: string;
  value: string;
  unit: string;
  bound: string;
  usual: string | null;
  currency: string;
  history: AlertDeed[];
}

/** What a check of all rules found. */
export interface AlertsChecked {
  checked: AlertChecked[];
}

/** Postings of one customer that stand out, the farthest first. */
export interface Anomalies {
  customer_id: string | null;
  model: string;
  version: string;
  as_of: string;
  warnings: string[];
  postings: UnusualPosting[];
}

/** An answer, every number of it grounded; ``munshi ask --json`` prints it. */
export interface Answer {
  receipt_id: string;
  question: string;
  interpretation?: string;
  alternatives?: string[];
  text: string;
  table?: Table | null;
  tables?: Table[];
  chart?: Record<string, unknown> | null;
  steps?: Step[];
  sql?: string[];
  sources?: Source[];
  as_of?: string | null;
  model_versions?: Record<string, string>;
  warnings?: string[];
  status?: "answered" | "abstained" | "refused" | "failed";
  follow_ups?: string[];
  grounded?: boolean;
  usage?: Usage;
  mind?: string;
  conversation_id?: string;
}

/** Whether every entry of the audit log links to the one before it. */
export interface AuditVerified {
  intact: boolean;
  entries?: number | null;
  detail?: string;
}

/** A borrower of whom something adverse was decided: by a rule, or by the band he is in. */
export interface Case {
  case_id: string;
  customer_id: string;
  as_of: string;
  version: string;
  cause: "decline" | "refer" | "band";
  probability_of_default: number;
  score: number;
  band: string;
  model_band: string;
  decision: string | null;
  rule: string | null;
  rule_text: string | null;
  rules_version: number | null;
  exposure: string;
  currency: string | null;
  reasons: Record<string, unknown>[];
  said: string | null;
}

/** Cases that wait, the riskiest first. */
export interface CaseList {
  cases: Case[];
}

/** A figure before and after. */
export interface ChangeTried {
  feature: string;
  label: string;
  unit: string;
  before: number | null;
  after: number;
  lowest: number | null;
  highest: number | null;
  months: number;
  part: string;
  alone: number;
}

/** How likely one customer is to begin to leave within 90 days, and earlier. */
export interface ChurnScore {
  customer_id: string | null;
  model: string;
  version: string;
  as_of: string;
  warnings: string[];
  score: number;
  probability_of_leaving: number;
  within_30: number | null;
  within_60: number | null;
  band: string;
  rank: number | null;
  reasons: Reason[];
  ruled?: Ruled | null;
}

/** One column of a table. ``unit`` tells the screen how to show it; percent values are fractions (0.12 is 12 %). */
export interface Column {
  name: string;
  label: string;
  unit?: "currency" | "percent" | "count" | "days" | "score" | "points" | "ratio" | "date" | "months" | "number" | "text";
  type?: "text" | "integer" | "decimal" | "float" | "date" | "datetime" | "boolean" | "list";
}

/** What stands for each purpose, and everything the customer said. */
export interface Consents {
  customer_id: string;
  purposes: Record<string, unknown>[];
  history: Record<string, unknown>[];
}

/** The caller's own turns of a conversation, oldest first. */
export interface Conversation {
  conversation_id: string;
  turns: Turn[];
}

/** The champion's score of one borrower; rank and expected loss are those among the borrowers of the books. */
export interface CreditScore {
  customer_id: string | null;
  model: string;
  version: string;
  as_of: string;
  warnings: string[];
  score: number;
  probability_of_default: number;
  band: string;
  rank: number | null;
  exposure: string | null;
  expected_loss: string | null;
  currency: string | null;
  days_past_due: number | null;
  reasons: Reason[];
  ruled?: Ruled | null;
}

/** What a person decided, with the case as it stood; ``decided_at`` in seconds since 1970. */
export interface Decided {
  case_id: string;
  outcome: "uphold" | "approve";
  decided_by: string;
  decided_at: number;
  reason: string;
  case: Case;
}

/** Cases that were decided, the newest last. */
export interface DecidedList {
  decisions: Decided[];
}

/** The deliveries to a webhook, the newest first; kept for thirty days. */
export interface DeliveryList {
  deliveries: DeliveryTold[];
}

/** An event on its way to a webhook, without its body; moments are seconds since 1970. */
export interface DeliveryTold {
  delivery_id: string;
  event_id: string;
  event: string;
  state: "waiting" | "delivered" | "failed";
  attempts: number;
  created_at: number;
  changed_at: number;
  next_attempt_at: number | null;
  status: number | null;
  fault: string;
}

/** The documents that the caller may read, or may remove. */
export interface DocumentList {
  documents: DocumentTold[];
}

/** A document that the workspace's people added, without its text. */
export interface DocumentTold {
  document_id: string;
  file_name: string;
  title: string;
  status: string;
  effective_from: string | null;
  effective_to: string | null;
  passages: number;
  roles: string[];
  hidden: number;
  bytes: number;
  added_by: string;
  added_at: string;
  replaced?: boolean;
}

/** What became of each table and record, and the proof: what was searched, where anything was found. */
export interface Erasure {
  erasure_id: string;
  reason: string;
  books: Record<string, unknown>[];
  kept_data: Record<string, Record<string, number>>;
  proof: Record<string, unknown>;
  complete: boolean;
}

/** One figure an answer may lean on. */
export interface Fact {
  value: unknown;
  unit?: "currency" | "percent" | "count" | "days" | "score" | "points" | "ratio" | "date" | "months" | "number" | "text";
}

/** What was kept; ``state`` is that of the correction. */
export interface FeedbackTold {
  feedback_id: string;
  receipt_id: string;
  up: boolean;
  correction: string;
  state: string;
}

/** A figure of the customer's running month before the posting and with it. */
export interface FigureMoved {
  figure: string;
  before: number | null;
  after: number | null;
}

/** What was put on the worklist. */
export interface Filled {
  kind: string;
  as_of: string;
  listed: number;
  held_out: number;
  there_already: number;
  share_held_out: number;
  seed: number;
}

/** A condition on a dimension, or on a metric of the query (``spend > 100000`` keeps the groups above it). */
export interface Filter {
  field: string;
  op?: "=" | "!=" | "in" | "not_in" | ">" | ">=" | "<" | "<=" | "between" | "contains" | "is_null" | "not_null";
  value?: boolean | number | string | (boolean | number | string)[] | null;
}

/** How many records of each kind were erased, and how many stay under a legal hold. */
export interface Forgotten {
  erased: Record<string, number>;
  held: Record<string, number>;
}

/** A goal or life event with its evidence, and what may be suggested where the books say enough. */
export interface GoalFound {
  goal: string;
  confidence: number;
  evidence: string[];
  action?: string | null;
  action_note?: string | null;
}

/** The goals and life events found of one customer, the surest first. */
export interface Goals {
  customer_id: string | null;
  model: string;
  version: string;
  as_of: string;
  warnings: string[];
  findings: GoalFound[];
}

/** An account as `core.accounts` has it. */
export interface InlineAccount {
  account_id: string;
  kind?: "savings" | "current" | "credit_card" | "wallet" | "loan";
  currency?: string;
  credit_limit?: number | string | null;
  opened_on?: string | null;
  closed_on?: string | null;
}

/** An instalment as `core.instalments` has it. */
export interface InlineInstalment {
  loan_id: string;
  instalment_no: number;
  due_on: string;
  amount_due: number | string;
  paid_on?: string | null;
  amount_paid?: number | string | null;
}

/** A loan as `core.loans` has it. */
export interface InlineLoan {
  loan_id: string;
  account_id?: string | null;
  product?: string | null;
  principal: number | string;
  annual_rate: number;
  tenor_months: number;
  disbursed_on: string;
  emi_amount?: number | string | null;
  closed_on?: string | null;
  written_off_on?: string | null;
}

/** A posting as `core.transactions` has it; what is not told is read out of the narration. */
export interface InlinePosting {
  transaction_id?: string | null;
  account_id?: string | null;
  posted_at: string;
  amount: number | string;
  currency?: string;
  value_date?: string | null;
  known_at?: string | null;
  balance_after?: number | string | null;
  mode?: "upi" | "neft" | "imps" | "rtgs" | "nach" | "card" | "pos" | "atm" | "cheque" | "cash" | "netbanking" | "wallet" | "other" | null;
  narration?: string | null;
  counterparty?: string | null;
  vpa?: string | null;
  reference?: string | null;
  ifsc?: string | null;
  bank?: string | null;
  remark?: string | null;
  mcc?: string | null;
  merchant?: string | null;
  category?: string | null;
  subcategory?: string | null;
  category_confidence?: number | null;
  category_rule?: string | null;
  city?: string | null;
  recurring_kind?: string | null;
  is_own_transfer?: boolean | null;
  reversal_of?: string | null;
}

/** A login or an opened app. */
export interface InlineSession {
  started_at: string;
  channel?: string | null;
}

/** Something done with an item; ``at`` in seconds since 1970. */
export interface ItemDeed {
  at: number;
  by: string;
  did: string;
  note: string;
}

/** Items within the caller's sight; those held out are counted and not told. */
export interface ItemList {
  items: ItemTold[];
  count: number;
  held_out: number;
  mine: number;
}

/** An item; ``told`` is what the list said of it on ``as_of``. Moments are seconds since 1970. */
export interface ItemTold {
  item_id: string;
  kind: string;
  subject: string;
  customer_id: string;
  state: "open" | "done";
  as_of: string;
  made_by: string;
  created_at: number;
  changed_at: number;
  assignee: string | null;
  assignee_name: string | null;
  outcome: string | null;
  undoable: boolean;
  told: Record<string, unknown>;
  history: ItemDeed[];
}

/** The caller's own jobs, the newest first. */
export interface JobList {
  jobs: JobTold[];
}

/** A job: how far it is, how many rows could not be scored, columns that nothing reads and, where it failed, why. */
export interface JobTold {
  job_id: string;
  model: string;
  version: string;
  state: "queued" | "running" | "done" | "failed" | "cancelled";
  progress: number;
  rows: number;
  rows_wrong: number;
  bytes: number;
  created_at: number;
  changed_at: number;
  detail: string;
  unused?: string[];
}

/** All keys, also those that are no longer good. */
export interface KeyList {
  keys: KeyListed[];
}

/** A key without its secret; moments are seconds since 1970. */
export interface KeyListed {
  key_id: string;
  label: string;
  role: string;
  scopes: string[];
  partitions: Record<string, string[]>;
  per_minute: number | null;
  created_at: number;
  expires_at: number | null;
  revoked_at: number | null;
  last_used_at: number | null;
}

/** A new key; ``key`` is what to send as ``Authorization: Bearer``, and is kept nowhere. */
export interface KeyMade {
  key_id: string;
  label: string;
  role: string;
  scopes: string[];
  partitions: Record<string, string[]>;
  per_minute: number | null;
  created_at: number;
  expires_at: number | null;
  revoked_at: number | null;
  last_used_at: number | null;
  key: string;
}

/** Public keys (RFC 7517) that tokens are signed with. */
export interface KeySet {
  keys: Record<string, string>[];
}

/** A draft, in Markdown; ``reviewed`` tells whether a person upheld the decision. */
export interface Letter {
  case_id: string;
  customer_id: string;
  reviewed: boolean;
  reasons: string[];
  text: string;
}

/** What was done with a list, and what that was worth. */
export interface ListWorth {
  kind: string;
  label: string;
  items: number;
  done: number;
  held_out: number;
  outcomes: Record<string, number>;
  worth: WorthTold | null;
}

/** Who is asking, and what he may do. */
export interface Me {
  name: string;
  workspace: string;
  role: string;
  scopes: string[];
  partitions: Record<string, string[]>;
  open_sandbox: boolean;
  csrf_token?: string | null;
}

/** The models that serve; `POST /tools/model_card` tells all of one. */
export interface ModelList {
  models: ServingModel[];
}

/** A month with its 80 % interval. */
export interface MonthAhead {
  month: string;
  expected: string;
  low: string;
  high: string;
}

/** Which rows of the whole table these are.
 * 
 * Attributes
 * ----------
 * total
 *     Rows of the whole table, exactly.
 * first
 *     Place of the first row here, from 0.
 * next
 *     What to send as ``cursor`` for the page after; it reads the same snapshot of the books. */
export interface Page {
  total: number;
  first: number;
  rows: number;
  snapshot: number;
  next?: string | null;
}

/** How long each kind of record is kept, why, and how many are past it. */
export interface Periods {
  periods: Record<string, unknown>[];
}

/** A posting enriched; it is on disk, and the next intake brings it into the books. */
export interface PostingTold {
  transaction_id: string;
  customer_id: string;
  account_id: string;
  posted_at: string;
  amount: string;
  currency: string;
  mode: string | null;
  direction: string;
  merchant: string | null;
  category: string | null;
  subcategory: string | null;
  category_confidence: number;
  category_rule: string | null;
  city: string | null;
  anomaly: StandsOut | null;
  changed: FigureMoved[];
  warnings: string[];
}

/** The records of processing. */
export interface Processing {
  workspace: string;
  records: Record<string, unknown>[];
}

/** Why a score is no better: a concept, in approved words, with the points it took. */
export interface Reason {
  concept: string;
  text: string;
  points: number;
}

/** Enough to run an answer again: plan, SQL, snapshot, model versions, passages. */
export interface Receipt {
  receipt_id: string;
  created_at: string;
  status: string;
  question: string;
  interpretation: string;
  text: string;
  conversation_id: string;
  mind: string;
  snapshot: number | null;
  plan: Record<string, unknown>[];
  sql: string[];
  model_versions: Record<string, string>;
  passages: string[];
  warnings: string[];
}

/** One record of the privacy ledger, with what it holds. */
export interface Record {
  record_id: string;
  kind: string;
  at: string;
  by: string;
}

/** Records, the earliest first. */
export interface Records {
  records: Record[];
}

/** An answer, run again. */
export interface Replay {
  receipt_id: string;
  question: string;
  text: string;
  today: boolean;
  calls: ReplayedCall[];
  same: boolean;
}

/** One tool call, run again.
 * 
 * Attributes
 * ----------
 * snapshot
 *     The books it ran on this time.
 * changes
 *     What is not as it was; empty when everything is the same. */
export interface ReplayedCall {
  tool: string;
  args: Record<string, unknown>;
  snapshot: number;
  changes?: string[];
}

/** What a client rule made of a score: the model's own band stands beside it. */
export interface Ruled {
  rule: string;
  text: string;
  rules_version: number;
  model_band: string;
  decision: string | null;
  said: string;
}

/** What a file holds, where nothing is wrong with it. */
export interface RulesChecked {
  rules: number;
  ids: string[];
  notes: string[];
}

/** A version after a decision; ``ruled`` counts the newest scores that the active rules make something of. */
export interface RulesDecided {
  version: number;
  state: "draft" | "simulated" | "approved" | "active" | "retired";
  drafted_by: string;
  drafted_at: string;
  reason: string;
  steps: RulesStep[];
  ruled: number | null;
}

/** Every version, the newest first. */
export interface RulesList {
  versions: RulesVersion[];
}

/** A version with its file and the last simulation of it. */
export interface RulesShown {
  version: number;
  state: "draft" | "simulated" | "approved" | "active" | "retired";
  drafted_by: string;
  drafted_at: string;
  reason: string;
  steps: RulesStep[];
  content: string;
  simulation: Record<string, unknown> | null;
}

/** A version with what it would have done at the last month ends, and what became of those it would have moved. */
export interface RulesSimulated {
  version: number;
  state: "draft" | "simulated" | "approved" | "active" | "retired";
  drafted_by: string;
  drafted_at: string;
  reason: string;
  steps: RulesStep[];
  simulation: Record<string, unknown>;
}

/** What was done with a version; ``alone`` where author and approver were one person. */
export interface RulesStep {
  action: "simulate" | "approve" | "activate" | "retire";
  by: string;
  at: string;
  reason: string;
  alone: boolean;
}

/** A version of the rules with its life. */
export interface RulesVersion {
  version: number;
  state: "draft" | "simulated" | "approved" | "active" | "retired";
  drafted_by: string;
  drafted_at: string;
  reason: string;
  steps: RulesStep[];
}

/** One run; ``missed`` due times before it were made up for by it. Moments are seconds since 1970. */
export interface RunTold {
  run_id: string;
  schedule_id: string;
  due_at: number;
  ran_at: number;
  state: "ok" | "failed";
  missed: number;
  said: string;
  receipt_id: string;
  file_name: string;
}

/** The caller's schedules. */
export interface ScheduleList {
  schedules: ScheduleTold[];
}

/** A schedule of the caller's own. */
export interface ScheduleTold {
  schedule_id: string;
  made_by: string;
  created_at: number;
  active: boolean;
  next_at: number;
  when: string;
  zone: string;
  question: string;
  report: string;
  to: string[];
  attach: boolean;
  runs: RunTold[];
}

/** The segment one customer is in, and what puts him there. */
export interface SegmentPlace {
  customer_id: string | null;
  model: string;
  version: string;
  as_of: string;
  warnings: string[];
  segment: number;
  segment_name: string;
  confidence: number;
  traits: string[];
}

/** A model that serves. */
export interface ServingModel {
  model: string;
  version: string;
  trained_as_of: string;
}

/** One side of a comparison, with the 95 % interval of its share. */
export interface SideTold {
  customers: number;
  met: number;
  share: number | null;
  low: number | null;
  high: number | null;
}

/** A passage an answer may cite. */
export interface Source {
  id: string;
  title: string;
  section: string;
  status: string;
  quote: string;
  effective_from?: string | null;
  effective_to?: string | null;
}

/** What one customer will spend, or receive, in the months after the last whole one. */
export interface SpendForecast {
  customer_id: string | null;
  measure: string;
  as_of: string;
  currency: string | null;
  months: MonthAhead[];
  total: string;
  method: string;
  history_months: number;
  warnings: string[];
}

/** How far a posting stands out, 0 to 100: a place among the lender's postings, not a probability of fraud. */
export interface StandsOut {
  score: number;
  kind: string;
  reasons: string[];
  version: string;
}

/** One tool call: what was asked of which tool, and how long it took. */
export interface Step {
  tool: string;
  args: Record<string, unknown>;
  ms: number;
}

/** A word that was not understood, and one of the vocabulary it resembles. */
export interface SuggestionTold {
  word: string;
  like: string;
  names: string;
  likeness: number;
}

/** Columns and rows; rows are lists in column order. */
export interface Table {
  columns: Column[];
  rows: unknown[][];
  title?: string;
}

/** A token, good for some minutes. */
export interface TokenAnswer {
  access_token: string;
  token_type?: string;
  expires_in: number;
  scope: string;
}

/** A tool's result; ``page`` where its table comes in pages. */
export interface ToolAnswer {
  title: string;
  table?: Table | null;
  tables?: Table[];
  facts?: Record<string, Fact>;
  chart?: Record<string, unknown> | null;
  sql?: string[];
  sources?: Source[];
  model_versions?: Record<string, string>;
  warnings?: string[];
  as_of?: string | null;
  page?: Page | null;
}

/** All tools; ``allowed`` says which of them this caller may use. */
export interface ToolList {
  tools: ToolListed[];
}

/** A tool, with the JSON schema of its arguments. */
export interface ToolListed {
  name: string;
  scope: string;
  allowed: boolean;
  description: string;
  arguments: Record<string, unknown>;
}

/** The answer of a tool: everything a screen, a model or a receipt needs, and nothing of how it was made.
 * 
 * Attributes
 * ----------
 * title
 *     What the result is, in one line.
 * table
 *     The rows, complete; they never pass through a model.
 * facts
 *     Name → figure: what the prose may say.
 * chart
 *     A plotly figure as JSON (``data`` and ``layout``), or None.
 * sql
 *     Every statement that was run.
 * model_versions
 *     Model → version that the figures lean on.
 * as_of
 *     Date the figures are of. */
export interface ToolResult {
  title: string;
  table?: Table | null;
  tables?: Table[];
  facts?: Record<string, Fact>;
  chart?: Record<string, unknown> | null;
  sql?: string[];
  sources?: Source[];
  model_versions?: Record<string, string>;
  warnings?: string[];
  as_of?: string | null;
}

/** A score before and after changes; ``reached`` tells whether a target was. */
export interface Trial {
  before: number;
  after: number;
  score_before: number;
  score_after: number;
  band_before: string;
  band_after: string;
  changes: ChangeTried[];
  reached?: boolean | null;
}

/** A question and its answer; personal data stand as tokens. */
export interface Turn {
  receipt_id: string;
  created_at: string;
  status: string;
  question: string;
  interpretation: string;
  text: string;
}

/** The groups, the most frequent first. */
export interface UnansweredList {
  groups: UnansweredTold[];
  total: number;
}

/** Questions that are alike and found no answer; personal data stand as tokens. */
export interface UnansweredTold {
  typical: string;
  count: number;
  askers: number;
  last_asked: string;
  wordings: string[];
  words: string[];
  suggestions: SuggestionTold[];
}

/** A posting, how far it stands out (0 to 100), and why. */
export interface UnusualPosting {
  transaction_id: string;
  posted_at: string;
  amount: string;
  score: number;
  kind: string;
  reasons: string[];
}

/** What the answer cost. Tokens are counted as characters / 4 for every model alike. */
export interface Usage {
  model_calls?: number;
  prompt_tokens?: number;
  completion_tokens?: number;
  ms?: number;
}

/** All webhooks. */
export interface WebhookList {
  webhooks: WebhookTold[];
}

/** A new webhook; ``secret`` is what its events are signed with, and is told this once. */
export interface WebhookMade {
  webhook_id: string;
  url: string;
  events: ("job.finished" | "alert.raised" | "schedule.ran" | "model.changed" | "rules.changed")[];
  made_by: string;
  created_at: number;
  secret: string;
}

/** A webhook without its secret; ``created_at`` in seconds since 1970. */
export interface WebhookTold {
  webhook_id: string;
  url: string;
  events: ("job.finished" | "alert.raised" | "schedule.ran" | "model.changed" | "rules.changed")[];
  made_by: string;
  created_at: number;
}

/** The score with the changes asked for, and few changes that would bring it under the target.
 * 
 * Statements about the model: no promise that moving a figure helps. */
export interface WhatIf {
  customer_id: string | null;
  model: string;
  version: string;
  as_of: string;
  warnings: string[];
  what_if: Trial | null;
  counterfactual: Trial | null;
}

/** One line for each list. */
export interface WorthList {
  lists: ListWorth[];
}

/** Those listed beside those left alone; ``why`` where there is no difference to tell yet. */
export interface WorthTold {
  label: string;
  after_days: number;
  worked: SideTold;
  held: SideTold;
  difference: number | null;
  low: number | null;
  high: number | null;
  waiting: number;
  why: string;
}

/** Problem */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  instance: string;
}

/** One value for each ``over`` (a customer, a loan), and the statistic of those values that is wanted.
 * 
 * ``count`` counts those that meet the conditions on metrics. */
export interface Each {
  over: string;
  statistic: "average" | "median" | "highest" | "lowest" | "count";
}

/** A column of the result to sort by. */
export interface Order {
  field: string;
  direction?: "asc" | "desc";
}

/** From ``start`` up to, and without, ``end``. */
export interface Period {
  start: string;
  end: string;
}

/** Those of ``over`` whose own figure meets a condition: customers with ``bounces > 0`` in May.
 * 
 * One without any rows has zero of what is counted or summed, so ``= 0`` are those who did nothing of the kind. */
export interface Who {
  metric: string;
  op?: "=" | "!=" | "in" | "not_in" | ">" | ">=" | "<" | "<=" | "between" | "contains" | "is_null" | "not_null";
  value?: boolean | number | string;
  filters?: Filter[];
  period?: Period | null;
  over?: string;
}
