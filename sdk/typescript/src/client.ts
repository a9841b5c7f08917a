// One method for each operation; made of the interface's description by `python -m api.sdk`.

import { Transport } from "./transport.js";
import type {
  AlertChecked,
  AlertDeed,
  AlertList,
  AlertRuleList,
  AlertRuleMade,
  AlertRuleTold,
  AlertTold,
  AlertsChecked,
  Anomalies,
  Answer,
  AuditVerified,
  Case,
  CaseList,
  ChangeTried,
  ChurnScore,
  Column,
  Consents,
  Conversation,
  CreditScore,
  Decided,
  DecidedList,
  DeliveryList,
  DeliveryTold,
  DocumentList,
  DocumentTold,
  Erasure,
  Fact,
  FeedbackTold,
  FigureMoved,
  Filled,
  Filter,
  Forgotten,
  GoalFound,
  Goals,
  InlineAccount,
  InlineInstalment,
  InlineLoan,
  InlinePosting,
  InlineSession,
  ItemDeed,
  ItemList,
  ItemTold,
  JobList,
  JobTold,
  KeyList,
  KeyListed,
  KeyMade,
  KeySet,
  Letter,
  ListWorth,
  Me,
  ModelList,
  MonthAhead,
  Page,
  Periods,
  PostingTold,
  Processing,
  Reason,
  Receipt,
  Record,
  Records,
  Replay,
  ReplayedCall,
  Ruled,
  RulesChecked,
  RulesDecided,
  RulesList,
  RulesShown,
  RulesSimulated,
  RulesStep,
  RulesVersion,
  RunTold,
  ScheduleList,
  ScheduleTold,
  SegmentPlace,
  ServingModel,
  SideTold,
  Source,
  SpendForecast,
  StandsOut,
  Step,
  SuggestionTold,
  Table,
  TokenAnswer,
  ToolAnswer,
  ToolList,
  ToolListed,
  ToolResult,
  Trial,
  Turn,
  UnansweredList,
  UnansweredTold,
  UnusualPosting,
  Usage,
  WebhookList,
  WebhookMade,
  WebhookTold,
  WhatIf,
  WorthList,
  WorthTold,
  Problem,
  Each,
  Order,
  Period,
  Who,
} from "./models.js";

/** A client of Munshi. */
export class Munshi extends Transport {
  /** Every tool, with the schema of its arguments. */
  listTools(
  ): Promise<ToolList> {
    return this.send<ToolList>({
      method: "GET",
      path: "/tools",
      safe: true,
      answer: "json",
    });
  }

  /** Answers with governed metrics: the first choice for any figure about customers, accounts, postings, loans or risk. */
  queryMetrics(
    given: {
      metrics: string[];
      /** rows of the table in this page; all by default */
      page_size?: number | null;
      /** `page.next` of the page before */
      cursor?: string | null;
      dimensions?: string[];
      filters?: Filter[];
      /** bucket of time to split by */
      grain?: "day" | "week" | "month" | "quarter" | "year" | null;
      /** half-open; all time by default */
      period?: Period | null;
      compare_to?: "previous_period" | "previous_year" | null;
      order?: Order[];
      /** rows to keep; the total is told */
      limit?: number | null;
      /** rows to leave out before them */
      skip?: number;
      /** at least one of these must hold */
      any_filters?: Filter[];
      /** a period of one's own to compare with */
      against?: Period | null;
      /** add each group's share of the sum over all groups */
      share?: boolean;
      /** a statistic over customers, loans, … */
      each?: Each | null;
      /** add the first metric over the second */
      ratio?: boolean;
      /** one row: the sum over the rows shown */
      together?: boolean;
      /** only customers whose own figure meets each */
      who?: Who[];
    },
  ): Promise<ToolAnswer> {
    return this.send<ToolAnswer>({
      method: "POST",
      path: "/tools/query_metrics",
      query: { limit: given.page_size, cursor: given.cursor },
      body: { metrics: given.metrics, dimensions: given.dimensions, filters: given.filters, grain: given.grain, period: given.period, compare_to: given.compare_to, order: given.order, limit: given.limit, skip: given.skip, any_filters: given.any_filters, against: given.against, share: given.share, each: given.each, ratio: given.ratio, together: given.together, who: given.who },
      safe: true,
      answer: "json",
    });
  }

  /** Runs one read-only SELECT over the semantic views, for what `query_metrics` cannot say. */
  runSql(
    given: {
      /** one SELECT over the semantic views */
      sql: string;
      /** rows of the table in this page; all by default */
      page_size?: number | null;
      /** `page.next` of the page before */
      cursor?: string | null;
    },
  ): Promise<ToolAnswer> {
    return this.send<ToolAnswer>({
      method: "POST",
      path: "/tools/run_sql",
      query: { limit: given.page_size, cursor: given.cursor },
      body: { sql: given.sql },
      safe: true,
      answer: "json",
    });
  }

  /** Ranks borrowers by risk and returns the exact list with each borrower's reasons. */
  topRiskyBorrowers(
    given: {
      /** rows of the table in this page; all by default */
      page_size?: number | null;
      /** `page.next` of the page before */
      cursor?: string | null;
      /** how many borrowers */
      limit?: number;
      /** what risk means */
      by?: "probability_of_default" | "expected_loss" | "days_past_due";
      city?: string[];
      state?: string[];
      region?: string[];
      product?: string[];
      band?: string[];
    } = {},
  ): Promise<ToolAnswer> {
    return this.send<ToolAnswer>({
      method: "POST",
      path: "/tools/top_risky_borrowers",
      query: { limit: given.page_size, cursor: given.cursor },
      body: { limit: given.limit, by: given.by, city: given.city, state: given.state, region: given.region, product: given.product, band: given.band },
      safe: true,
      answer: "json",
    });
  }

  /** Ranks customers by the churn model's probability of leaving within 90 days and returns the exact list with each
customer's reasons, and the probabilities within 30 and 60 days. */
  likelyLeavers(
    given: {
      /** rows of the table in this page; all by default */
      page_size?: number | null;
      /** `page.next` of the page before */
      cursor?: string | null;
      /** how many customers */
      limit?: number;
      city?: string[];
      state?: string[];
      region?: string[];
      occupation?: string[];
      band?: string[];
    } = {},
  ): Promise<ToolAnswer> {
    return this.send<ToolAnswer>({
      method: "POST",
      path: "/tools/likely_leavers",
      query: { limit: given.page_size, cursor: given.cursor },
      body: { limit: given.limit, city: given.city, state: given.state, region: given.region, occupation: given.occupation, band: given.band },
      safe: true,
      answer: "json",
    });
  }

  /** Lists the segments of active customers: name, size, share, and how many moved in and out since the month before. */
  customerSegments(
    given: {
      /** rows of the table in this page; all by default */
      page_size?: number | null;
      /** `page.next` of the page before */
      cursor?: string | null;
      segment?: string[];
      city?: string[];
      state?: string[];
      region?: string[];
      occupation?: string[];
      /** how many members to list */
      limit?: number;
    } = {},
  ): Promise<ToolAnswer> {
    return this.send<ToolAnswer>({
      method: "POST",
      path: "/tools/customer_segments",
      query: { limit: given.page_size, cursor: given.cursor },
      body: { segment: given.segment, city: given.city, state: given.state, region: given.region, occupation: given.occupation, limit: given.limit },
      safe: true,
      answer: "json",
    });
  }

  /** Forecasts the governed metric `spend` or `inflow`, one to twelve months after the last whole month, for everyone or for
what `filters` keep (a city, a category, one customer): each month with an interval that holds eight of ten outcomes, the
sum, the same number of months before it, and how far such forecasts missed at rolling origins beside a seasonal naive
one. */
  forecastSpend(
    given: {
      /** rows of the table in this page; all by default */
      page_size?: number | null;
      /** `page.next` of the page before */
      cursor?: string | null;
      /** what is forecast */
      measure?: "spend" | "inflow";
      /** months ahead */
      months?: number;
      /** months left out before them */
      skip?: number;
      /** as in query_metrics: city, category, customer_id … */
      filters?: Filter[];
    } = {},
  ): Promise<ToolAnswer> {
    return this.send<ToolAnswer>({
      method: "POST",
      path: "/tools/forecast_spend",
      query: { limit: given.page_size, cursor: given.cursor },
      body: { measure: given.measure, months: given.months, skip: given.skip, filters: given.filters },
      safe: true,
      answer: "json",
    });
  }

  /** Lists the postings that stand out most against their customer's own habits (amount for the category, hour, place, new
payee, many within minutes) and against everybody's, each with its kind and its reasons in words. */
  unusualTransactions(
    given: {
      /** rows of the table in this page; all by default */
      page_size?: number | null;
      /** `page.next` of the page before */
      cursor?: string | null;
      /** how many postings */
      limit?: number;
      /** of this customer alone */
      customer_id?: string | null;
      /** posted on this day or later */
      since?: string | null;
      /** posted before this day */
      until?: string | null;
      kind?: string[];
      city?: string[];
      state?: string[];
      region?: string[];
      category?: string[];
    } = {},
  ): Promise<ToolAnswer> {
    return this.send<ToolAnswer>({
      method: "POST",
      path: "/tools/unusual_transactions",
      query: { limit: given.page_size, cursor: given.cursor },
      body: { limit: given.limit, customer_id: given.customer_id, since: given.since, until: given.until, kind: given.kind, city: given.city, state: given.state, region: given.region, category: given.category },
      safe: true,
      answer: "json",
    });
  }

  /** Lists goals and life events that postings give evidence of at the newest month end (a new employer, a step in the salary,
saving for a large purchase, a need for a loan), each with the figures it rests on, the share of such findings that were
true on simulated events, and a product that a rule allows to be suggested. */
  customerGoals(
    given: {
      /** rows of the table in this page; all by default */
      page_size?: number | null;
      /** `page.next` of the page before */
      cursor?: string | null;
      /** how many findings */
      limit?: number;
      /** of this customer alone */
      customer_id?: string | null;
      /** leave out what is less sure, 0 to 1 */
      least_confidence?: number;
      goal?: string[];
      city?: string[];
      state?: string[];
      region?: string[];
      occupation?: string[];
    } = {},
  ): Promise<ToolAnswer> {
    return this.send<ToolAnswer>({
      method: "POST",
      path: "/tools/customer_goals",
      query: { limit: given.page_size, cursor: given.cursor },
      body: { limit: given.limit, customer_id: given.customer_id, least_confidence: given.least_confidence, goal: given.goal, city: given.city, state: given.state, region: given.region, occupation: given.occupation },
      safe: true,
      answer: "json",
    });
  }

  /** Describes one customer: who (personal columns masked unless the caller may see them), accounts, loans with days past due,
the latest risk score with its reasons, the money in and out of the last twelve months, and the payments that come
back, with the date the next is expected. */
  customerProfile(
    given: {
      /** identifier of a customer, such as C_4F21 */
      customer_id: string;
      /** rows of the table in this page; all by default */
      page_size?: number | null;
      /** `page.next` of the page before */
      cursor?: string | null;
    },
  ): Promise<ToolAnswer> {
    return this.send<ToolAnswer>({
      method: "POST",
      path: "/tools/customer_profile",
      query: { limit: given.page_size, cursor: given.cursor },
      body: { customer_id: given.customer_id },
      safe: true,
      answer: "json",
    });
  }

  /** Explains one borrower's risk score: the points each group of behaviour (concept) added or took off, from the average
borrower to this score, the adverse reasons in approved words, and the figures behind them beside the median borrower's. */
  explainPrediction(
    given: {
      /** identifier of a customer, such as C_4F21 */
      customer_id: string;
      /** rows of the table in this page; all by default */
      page_size?: number | null;
      /** `page.next` of the page before */
      cursor?: string | null;
      /** name of the model */
      model?: string;
    },
  ): Promise<ToolAnswer> {
    return this.send<ToolAnswer>({
      method: "POST",
      path: "/tools/explain_prediction",
      query: { limit: given.page_size, cursor: given.cursor },
      body: { customer_id: given.customer_id, model: given.model },
      safe: true,
      answer: "json",
    });
  }

  /** Scores one customer again with some figures changed (`changes`), or searches few changes within reach that bring the
probability under a target (`under`, such as 0. */
  whatIf(
    given: {
      /** identifier of a customer, such as C_4F21 */
      customer_id: string;
      /** rows of the table in this page; all by default */
      page_size?: number | null;
      /** `page.next` of the page before */
      cursor?: string | null;
      /** lever or feature → value, "+10%", "-20%", "x2", "+5000" */
      changes?: Record<string, number | string>;
      /** probability to get under, such as 0.05 */
      under?: number | null;
      /** credit or churn */
      model?: string;
    },
  ): Promise<ToolAnswer> {
    return this.send<ToolAnswer>({
      method: "POST",
      path: "/tools/what_if",
      query: { limit: given.page_size, cursor: given.cursor },
      body: { customer_id: given.customer_id, changes: given.changes, under: given.under, model: given.model },
      safe: true,
      answer: "json",
    });
  }

  /** Scores every borrower of the book again with some figures changed for all of them (`changes`, the levers of `what_if`:
{"income": "-10%", "instalments": "+2%"}) and returns the risk bands and the expected loss before and after. */
  stressTest(
    given: {
      /** lever → "-10%", "+2%", "x2", "+5000" */
      changes: Record<string, number | string>;
      /** rows of the table in this page; all by default */
      page_size?: number | null;
      /** `page.next` of the page before */
      cursor?: string | null;
      city?: string[];
      state?: string[];
      region?: string[];
      product?: string[];
      band?: string[];
    },
  ): Promise<ToolAnswer> {
    return this.send<ToolAnswer>({
      method: "POST",
      path: "/tools/stress_test",
      query: { limit: given.page_size, cursor: given.cursor },
      body: { changes: given.changes, city: given.city, state: given.state, region: given.region, product: given.product, band: given.band },
      safe: true,
      answer: "json",
    });
  }

  /** Compares one scored customer with another (`other`), with a cohort (`city`, `state`, `region`, `occupation`, `product`,
`band`: the mean of its other members), or without any of these with everybody else the model scores: the difference of
their scores in points by concept, the figures behind it side by side. */
  compareCustomers(
    given: {
      /** identifier of a customer, such as C_4F21 */
      customer_id: string;
      /** rows of the table in this page; all by default */
      page_size?: number | null;
      /** `page.next` of the page before */
      cursor?: string | null;
      /** customer to compare with */
      other?: string | null;
      city?: string[];
      state?: string[];
      region?: string[];
      occupation?: string[];
      product?: string[];
      band?: string[];
      /** credit or churn */
      model?: string;
    },
  ): Promise<ToolAnswer> {
    return this.send<ToolAnswer>({
      method: "POST",
      path: "/tools/compare_customers",
      query: { limit: given.page_size, cursor: given.cursor },
      body: { customer_id: given.customer_id, other: given.other, city: given.city, state: given.state, region: given.region, occupation: given.occupation, product: given.product, band: given.band, model: given.model },
      safe: true,
      answer: "json",
    });
  }

  /** Finds the passages of the knowledge base that answer a question about rules, definitions, the schema, the features, the
product or a model. */
  searchKnowledge(
    given: {
      question: string;
      /** rows of the table in this page; all by default */
      page_size?: number | null;
      /** `page.next` of the page before */
      cursor?: string | null;
      limit?: number;
    },
  ): Promise<ToolAnswer> {
    return this.send<ToolAnswer>({
      method: "POST",
      path: "/tools/search_knowledge",
      query: { limit: given.page_size, cursor: given.cursor },
      body: { question: given.question, limit: given.limit },
      safe: true,
      answer: "json",
    });
  }

  /** Says how good a model is and what it is: discrimination (AUC, Gini, KS) and calibration out of time, each with its 95 %
interval, the number of bads and a baseline beside it; training window, label, drift, top concepts and limits. */
  modelCard(
    given: {
      /** rows of the table in this page; all by default */
      page_size?: number | null;
      /** `page.next` of the page before */
      cursor?: string | null;
      /** name of the model */
      model?: string;
    } = {},
  ): Promise<ToolAnswer> {
    return this.send<ToolAnswer>({
      method: "POST",
      path: "/tools/model_card",
      query: { limit: given.page_size, cursor: given.cursor },
      body: { model: given.model },
      safe: true,
      answer: "json",
    });
  }

  /** Says what the workspace holds and how fresh it is: the data clock, row counts per table, currency, sources, schema
version, snapshot, and each serving model with its training date. */
  workspaceStatus(given: { page_size?: number | null; cursor?: string | null; body: Record<string, unknown> },
  ): Promise<ToolAnswer> {
    return this.send<ToolAnswer>({
      method: "POST",
      path: "/tools/workspace_status",
      query: { limit: given.page_size, cursor: given.cursor },
      body: given.body,
      safe: true,
      answer: "json",
    });
  }

  /** What is said of a tool that does not exist. */
  callTool(given: { name: string; body: Record<string, unknown> },
  ): Promise<unknown> {
    return this.send<unknown>({
      method: "POST",
      path: "/tools/{name}",
      at: { name: given.name },
      body: given.body,
      safe: true,
      answer: "json",
    });
  }

  /** Probability of default of one borrower. */
  inferCreditScore(
    given: {
      customer_id?: string | null;
      transactions?: InlinePosting[] | null;
      accounts?: InlineAccount[];
      loans?: InlineLoan[];
      instalments?: InlineInstalment[];
      sessions?: InlineSession[];
      /** month end to score at; the newest whole month by default */
      as_of?: string | null;
    } = {},
  ): Promise<CreditScore> {
    return this.send<CreditScore>({
      method: "POST",
      path: "/inference/credit-score",
      body: { customer_id: given.customer_id, transactions: given.transactions, accounts: given.accounts, loans: given.loans, instalments: given.instalments, sessions: given.sessions, as_of: given.as_of },
      safe: true,
      answer: "json",
    });
  }

  /** Probability that one customer begins to leave within 90 days. */
  inferChurnScore(
    given: {
      customer_id?: string | null;
      transactions?: InlinePosting[] | null;
      accounts?: InlineAccount[];
      loans?: InlineLoan[];
      instalments?: InlineInstalment[];
      sessions?: InlineSession[];
      /** month end to score at; the newest whole month by default */
      as_of?: string | null;
    } = {},
  ): Promise<ChurnScore> {
    return this.send<ChurnScore>({
      method: "POST",
      path: "/inference/churn-score",
      body: { customer_id: given.customer_id, transactions: given.transactions, accounts: given.accounts, loans: given.loans, instalments: given.instalments, sessions: given.sessions, as_of: given.as_of },
      safe: true,
      answer: "json",
    });
  }

  /** The segment of one customer, and why. */
  inferSegment(
    given: {
      customer_id?: string | null;
      transactions?: InlinePosting[] | null;
      accounts?: InlineAccount[];
      loans?: InlineLoan[];
      instalments?: InlineInstalment[];
      sessions?: InlineSession[];
      /** month end to score at; the newest whole month by default */
      as_of?: string | null;
    } = {},
  ): Promise<SegmentPlace> {
    return this.send<SegmentPlace>({
      method: "POST",
      path: "/inference/segment",
      body: { customer_id: given.customer_id, transactions: given.transactions, accounts: given.accounts, loans: given.loans, instalments: given.instalments, sessions: given.sessions, as_of: given.as_of },
      safe: true,
      answer: "json",
    });
  }

  /** Postings of one customer that stand out. */
  inferAnomaly(
    given: {
      customer_id?: string | null;
      transactions?: InlinePosting[] | null;
      accounts?: InlineAccount[];
      loans?: InlineLoan[];
      instalments?: InlineInstalment[];
      sessions?: InlineSession[];
      /** month end to score at; the newest whole month by default */
      as_of?: string | null;
    } = {},
  ): Promise<Anomalies> {
    return this.send<Anomalies>({
      method: "POST",
      path: "/inference/anomaly",
      body: { customer_id: given.customer_id, transactions: given.transactions, accounts: given.accounts, loans: given.loans, instalments: given.instalments, sessions: given.sessions, as_of: given.as_of },
      safe: true,
      answer: "json",
    });
  }

  /** What one customer seems to be up to. */
  inferGoals(
    given: {
      customer_id?: string | null;
      transactions?: InlinePosting[] | null;
      accounts?: InlineAccount[];
      loans?: InlineLoan[];
      instalments?: InlineInstalment[];
      sessions?: InlineSession[];
      /** month end to score at; the newest whole month by default */
      as_of?: string | null;
    } = {},
  ): Promise<Goals> {
    return this.send<Goals>({
      method: "POST",
      path: "/inference/goals",
      body: { customer_id: given.customer_id, transactions: given.transactions, accounts: given.accounts, loans: given.loans, instalments: given.instalments, sessions: given.sessions, as_of: given.as_of },
      safe: true,
      answer: "json",
    });
  }

  /** What one customer will spend, or receive. */
  inferSpendForecast(
    given: {
      customer_id?: string | null;
      transactions?: InlinePosting[] | null;
      accounts?: InlineAccount[];
      loans?: InlineLoan[];
      instalments?: InlineInstalment[];
      sessions?: InlineSession[];
      /** month end to score at; the newest whole month by default */
      as_of?: string | null;
      measure?: "spend" | "inflow";
      months?: number;
    } = {},
  ): Promise<SpendForecast> {
    return this.send<SpendForecast>({
      method: "POST",
      path: "/inference/spend-forecast",
      body: { customer_id: given.customer_id, transactions: given.transactions, accounts: given.accounts, loans: given.loans, instalments: given.instalments, sessions: given.sessions, as_of: given.as_of, measure: given.measure, months: given.months },
      safe: true,
      answer: "json",
    });
  }

  /** Why a borrower's score is what it is. */
  inferExplain(
    given: {
      customer_id?: string | null;
      transactions?: InlinePosting[] | null;
      accounts?: InlineAccount[];
      loans?: InlineLoan[];
      instalments?: InlineInstalment[];
      sessions?: InlineSession[];
      /** month end to score at; the newest whole month by default */
      as_of?: string | null;
    } = {},
  ): Promise<ToolResult> {
    return this.send<ToolResult>({
      method: "POST",
      path: "/inference/explain",
      body: { customer_id: given.customer_id, transactions: given.transactions, accounts: given.accounts, loans: given.loans, instalments: given.instalments, sessions: given.sessions, as_of: given.as_of },
      safe: true,
      answer: "json",
    });
  }

  /** What a borrower's score would be with other figures. */
  inferWhatIf(
    given: {
      customer_id?: string | null;
      transactions?: InlinePosting[] | null;
      accounts?: InlineAccount[];
      loans?: InlineLoan[];
      instalments?: InlineInstalment[];
      sessions?: InlineSession[];
      /** month end to score at; the newest whole month by default */
      as_of?: string | null;
      /** feature → value to score again with */
      changes?: Record<string, number>;
      /** find few changes that bring the probability under this */
      under?: number | null;
    } = {},
  ): Promise<WhatIf> {
    return this.send<WhatIf>({
      method: "POST",
      path: "/inference/what-if",
      body: { customer_id: given.customer_id, transactions: given.transactions, accounts: given.accounts, loans: given.loans, instalments: given.instalments, sessions: given.sessions, as_of: given.as_of, changes: given.changes, under: given.under },
      safe: true,
      answer: "json",
    });
  }

  /** Score a file of rows, as a job. */
  submitBatch(
    given: {
      model: string;
      content: BodyInit;
      contentType?: string;
    },
  ): Promise<JobTold> {
    return this.send<JobTold>({
      method: "POST",
      path: "/batch/{model}",
      at: { model: given.model },
      content: given.content,
      contentType: given.contentType ?? "text/csv",
      safe: false,
      answer: "json",
    });
  }

  /** One's own jobs. */
  listJobs(
  ): Promise<JobList> {
    return this.send<JobList>({
      method: "GET",
      path: "/jobs",
      safe: true,
      answer: "json",
    });
  }

  /** How far a job is. */
  getJob(
    given: {
      job_id: string;
    },
  ): Promise<JobTold> {
    return this.send<JobTold>({
      method: "GET",
      path: "/jobs/{job_id}",
      at: { job_id: given.job_id },
      safe: true,
      answer: "json",
    });
  }

  /** Cancel a job, or forget its result. */
  deleteJob(
    given: {
      job_id: string;
    },
  ): Promise<void> {
    return this.send<void>({
      method: "DELETE",
      path: "/jobs/{job_id}",
      at: { job_id: given.job_id },
      safe: true,
      answer: "nothing",
    });
  }

  /** The scores, as CSV or Parquet. */
  getJobResult(
    given: {
      job_id: string;
      format?: "csv" | "parquet";
    },
  ): Promise<ArrayBuffer> {
    return this.send<ArrayBuffer>({
      method: "GET",
      path: "/jobs/{job_id}/result",
      at: { job_id: given.job_id },
      query: { format: given.format },
      safe: true,
      answer: "bytes",
    });
  }

  /** One posting in real time: category, anomaly, what it changes. */
  sendPosting(
    given: {
      transaction_id: string;
      account_id: string;
      posted_at: string;
      /** credits positive, debits negative */
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
    },
  ): Promise<PostingTold> {
    return this.send<PostingTold>({
      method: "POST",
      path: "/transactions",
      body: { transaction_id: given.transaction_id, account_id: given.account_id, posted_at: given.posted_at, amount: given.amount, currency: given.currency, value_date: given.value_date, known_at: given.known_at, balance_after: given.balance_after, mode: given.mode, narration: given.narration, counterparty: given.counterparty, vpa: given.vpa, reference: given.reference, ifsc: given.ifsc, bank: given.bank, remark: given.remark, mcc: given.mcc, merchant: given.merchant, category: given.category, subcategory: given.subcategory, category_confidence: given.category_confidence, category_rule: given.category_rule, city: given.city, recurring_kind: given.recurring_kind, is_own_transfer: given.is_own_transfer, reversal_of: given.reversal_of },
      safe: true,
      answer: "json",
    });
  }

  /** Ask a question; JSON, or a stream of events. */
  chat(
    given: {
      question: string;
      conversation_id?: string | null;
      idempotencyKey?: string;
    },
  ): Promise<Answer> {
    return this.send<Answer>({
      method: "POST",
      path: "/chat",
      body: { question: given.question, conversation_id: given.conversation_id },
      idempotencyKey: given.idempotencyKey ?? crypto.randomUUID(),
      safe: false,
      answer: "json",
    });
  }

  /** The Model Context Protocol (streamable HTTP). */
  mcp(
    given: {
      jsonrpc: "2.0";
      method: string;
      /** a number or a text; without it, nothing is answered */
      id?: unknown;
      params?: Record<string, unknown> | null;
    },
  ): Promise<unknown> {
    return this.send<unknown>({
      method: "POST",
      path: "/mcp",
      body: { jsonrpc: given.jsonrpc, id: given.id, method: given.method, params: given.params },
      safe: true,
      answer: "json",
    });
  }

  /** One's own turns of a conversation. */
  getConversation(
    given: {
      conversation_id: string;
    },
  ): Promise<Conversation> {
    return this.send<Conversation>({
      method: "GET",
      path: "/conversations/{conversation_id}",
      at: { conversation_id: given.conversation_id },
      safe: true,
      answer: "json",
    });
  }

  /** How an answer came about. */
  getReceipt(
    given: {
      receipt_id: string;
    },
  ): Promise<Receipt> {
    return this.send<Receipt>({
      method: "GET",
      path: "/receipts/{receipt_id}",
      at: { receipt_id: given.receipt_id },
      safe: true,
      answer: "json",
    });
  }

  /** Run an answer again and compare. */
  replayReceipt(
    given: {
      receipt_id: string;
      today?: boolean;
    },
  ): Promise<Replay> {
    return this.send<Replay>({
      method: "POST",
      path: "/receipts/{receipt_id}/replay",
      at: { receipt_id: given.receipt_id },
      body: { today: given.today },
      safe: false,
      answer: "json",
    });
  }

  /** The models that serve. */
  listModels(
  ): Promise<ModelList> {
    return this.send<ModelList>({
      method: "GET",
      path: "/models",
      safe: true,
      answer: "json",
    });
  }

  /** Whether the audit log is intact. */
  verifyAudit(
  ): Promise<AuditVerified> {
    return this.send<AuditVerified>({
      method: "GET",
      path: "/audit/verify",
      safe: true,
      answer: "json",
    });
  }

  /** Every version of the client's rules. */
  listRules(
  ): Promise<RulesList> {
    return this.send<RulesList>({
      method: "GET",
      path: "/rules",
      safe: true,
      answer: "json",
    });
  }

  /** Draft a version of the rules. */
  draftRules(
    given: {
      content: string;
      reason: string;
    },
  ): Promise<RulesVersion> {
    return this.send<RulesVersion>({
      method: "POST",
      path: "/rules",
      body: { content: given.content, reason: given.reason },
      safe: false,
      answer: "json",
    });
  }

  /** What is wrong with a file of rules. */
  checkRules(
    given: {
      content: string;
    },
  ): Promise<RulesChecked> {
    return this.send<RulesChecked>({
      method: "POST",
      path: "/rules/check",
      body: { content: given.content },
      safe: true,
      answer: "json",
    });
  }

  /** A version with its file and its life. */
  getRules(
    given: {
      version: number;
    },
  ): Promise<RulesShown> {
    return this.send<RulesShown>({
      method: "GET",
      path: "/rules/{version}",
      at: { version: given.version },
      safe: true,
      answer: "json",
    });
  }

  /** Try a version on history. */
  simulateRules(
    given: {
      version: number;
    },
  ): Promise<RulesSimulated> {
    return this.send<RulesSimulated>({
      method: "POST",
      path: "/rules/{version}/simulate",
      at: { version: given.version },
      safe: true,
      answer: "json",
    });
  }

  /** Approve a version. */
  approveRules(
    given: {
      version: number;
      reason: string;
      alone?: boolean;
    },
  ): Promise<RulesDecided> {
    return this.send<RulesDecided>({
      method: "POST",
      path: "/rules/{version}/approve",
      at: { version: given.version },
      body: { reason: given.reason, alone: given.alone },
      safe: false,
      answer: "json",
    });
  }

  /** Let a version act. */
  activateRules(
    given: {
      version: number;
      reason: string;
    },
  ): Promise<RulesDecided> {
    return this.send<RulesDecided>({
      method: "POST",
      path: "/rules/{version}/activate",
      at: { version: given.version },
      body: { reason: given.reason },
      safe: false,
      answer: "json",
    });
  }

  /** Let a version act no more. */
  retireRules(
    given: {
      version: number;
      reason: string;
    },
  ): Promise<RulesDecided> {
    return this.send<RulesDecided>({
      method: "POST",
      path: "/rules/{version}/retire",
      at: { version: given.version },
      body: { reason: given.reason },
      safe: false,
      answer: "json",
    });
  }

  /** Cases that wait for a person. */
  listReviews(
    given: {
      /** how many cases at the most */
      limit?: number;
    } = {},
  ): Promise<CaseList> {
    return this.send<CaseList>({
      method: "GET",
      path: "/reviews",
      query: { limit: given.limit },
      safe: true,
      answer: "json",
    });
  }

  /** Cases that a person decided. */
  listDecidedReviews(
    given: {
      /** how many cases at the most */
      limit?: number;
    } = {},
  ): Promise<DecidedList> {
    return this.send<DecidedList>({
      method: "GET",
      path: "/reviews/decided",
      query: { limit: given.limit },
      safe: true,
      answer: "json",
    });
  }

  /** Decide a case. */
  decideReview(
    given: {
      case_id: string;
      outcome: "uphold" | "approve";
      reason: string;
    },
  ): Promise<Decided> {
    return this.send<Decided>({
      method: "POST",
      path: "/reviews/{case_id}",
      at: { case_id: given.case_id },
      body: { outcome: given.outcome, reason: given.reason },
      safe: false,
      answer: "json",
    });
  }

  /** Draft a letter on an adverse decision. */
  draftLetter(
    given: {
      customer_id: string;
    },
  ): Promise<Letter> {
    return this.send<Letter>({
      method: "POST",
      path: "/letters/{customer_id}",
      at: { customer_id: given.customer_id },
      safe: false,
      answer: "json",
    });
  }

  /** The board pack as a PDF. */
  getBoardPack(
  ): Promise<unknown> {
    return this.send<unknown>({
      method: "GET",
      path: "/reports/board",
      safe: true,
      answer: "json",
    });
  }

  /** An answer as a file. */
  exportAnswer(
    given: {
      receipt_id: string;
      /** kind of file */
      form: "csv" | "xlsx" | "pdf" | "html" | "svg" | "png";
    },
  ): Promise<unknown> {
    return this.send<unknown>({
      method: "GET",
      path: "/receipts/{receipt_id}/export/{form}",
      at: { receipt_id: given.receipt_id, form: given.form },
      safe: true,
      answer: "json",
    });
  }

  /** What was erased, with the proofs. */
  listErasures(
  ): Promise<Records> {
    return this.send<Records>({
      method: "GET",
      path: "/privacy/erasures",
      safe: true,
      answer: "json",
    });
  }

  /** Erase a customer, and prove it. */
  eraseCustomer(
    given: {
      customer_id: string;
      reason?: string;
    },
  ): Promise<Erasure> {
    return this.send<Erasure>({
      method: "POST",
      path: "/privacy/erasures",
      body: { customer_id: given.customer_id, reason: given.reason },
      safe: false,
      answer: "json",
    });
  }

  /** Everything kept of a customer, as a zip. */
  exportCustomer(
    given: {
      customer_id: string;
    },
  ): Promise<ArrayBuffer> {
    return this.send<ArrayBuffer>({
      method: "GET",
      path: "/privacy/exports/{customer_id}",
      at: { customer_id: given.customer_id },
      safe: true,
      answer: "bytes",
    });
  }

  /** Who is under a legal hold. */
  listHolds(
  ): Promise<Records> {
    return this.send<Records>({
      method: "GET",
      path: "/privacy/holds",
      safe: true,
      answer: "json",
    });
  }

  /** Put a customer's data under a legal hold. */
  holdCustomer(
    given: {
      customer_id: string;
      reason: string;
    },
  ): Promise<Record> {
    return this.send<Record>({
      method: "POST",
      path: "/privacy/holds",
      body: { customer_id: given.customer_id, reason: given.reason },
      safe: false,
      answer: "json",
    });
  }

  /** Release a customer's data from a legal hold. */
  releaseCustomer(
    given: {
      customer_id: string;
      reason: string;
    },
  ): Promise<Record> {
    return this.send<Record>({
      method: "POST",
      path: "/privacy/holds/release",
      body: { customer_id: given.customer_id, reason: given.reason },
      safe: false,
      answer: "json",
    });
  }

  /** Write down a consent given or withdrawn. */
  recordConsent(
    given: {
      customer_id: string;
      purpose: string;
      said: "given" | "withdrawn";
      notice?: string;
      days?: number | null;
    },
  ): Promise<Record> {
    return this.send<Record>({
      method: "POST",
      path: "/privacy/consents",
      body: { customer_id: given.customer_id, purpose: given.purpose, said: given.said, notice: given.notice, days: given.days },
      safe: false,
      answer: "json",
    });
  }

  /** A customer's consents. */
  listConsents(
    given: {
      customer_id: string;
    },
  ): Promise<Consents> {
    return this.send<Consents>({
      method: "GET",
      path: "/privacy/consents/{customer_id}",
      at: { customer_id: given.customer_id },
      safe: true,
      answer: "json",
    });
  }

  /** How long records are kept. */
  getRetention(
  ): Promise<Periods> {
    return this.send<Periods>({
      method: "GET",
      path: "/privacy/retention",
      safe: true,
      answer: "json",
    });
  }

  /** Erase what is past its period. */
  runRetention(
  ): Promise<Forgotten> {
    return this.send<Forgotten>({
      method: "POST",
      path: "/privacy/retention",
      safe: false,
      answer: "json",
    });
  }

  /** The breach log. */
  listBreaches(
  ): Promise<Records> {
    return this.send<Records>({
      method: "GET",
      path: "/privacy/breaches",
      safe: true,
      answer: "json",
    });
  }

  /** Log a breach of personal data. */
  logBreach(
    given: {
      what: string;
      aware_at: string;
      people?: number;
      measures?: string;
      reported_at?: string | null;
    },
  ): Promise<Record> {
    return this.send<Record>({
      method: "POST",
      path: "/privacy/breaches",
      body: { what: given.what, aware_at: given.aware_at, people: given.people, measures: given.measures, reported_at: given.reported_at },
      safe: false,
      answer: "json",
    });
  }

  /** The records of processing. */
  listProcessingRecords(
  ): Promise<Processing> {
    return this.send<Processing>({
      method: "GET",
      path: "/privacy/records",
      safe: true,
      answer: "json",
    });
  }

  /** The workspace's own documents. */
  listDocuments(
  ): Promise<DocumentList> {
    return this.send<DocumentList>({
      method: "GET",
      path: "/knowledge",
      safe: true,
      answer: "json",
    });
  }

  /** Add a document: PDF, DOCX, Markdown, HTML, text. */
  addDocument(
    given: {
      /** the file's name; its ending tells the kind */
      name: string;
      title?: string;
      status?: string;
      valid_from?: string | null;
      superseded_on?: string | null;
      /** only these roles may read it */
      role?: string[] | null;
      content: BodyInit;
      contentType?: string;
    },
  ): Promise<DocumentTold> {
    return this.send<DocumentTold>({
      method: "POST",
      path: "/knowledge",
      query: { name: given.name, title: given.title, status: given.status, valid_from: given.valid_from, superseded_on: given.superseded_on, role: given.role },
      content: given.content,
      contentType: given.contentType ?? "application/octet-stream",
      safe: false,
      answer: "json",
    });
  }

  /** Remove a document. */
  removeDocument(
    given: {
      document_id: string;
    },
  ): Promise<DocumentTold> {
    return this.send<DocumentTold>({
      method: "DELETE",
      path: "/knowledge/{document_id}",
      at: { document_id: given.document_id },
      safe: true,
      answer: "json",
    });
  }

  /** Say what an answer was worth. */
  giveFeedback(
    given: {
      receipt_id: string;
      up: boolean;
      correction?: string;
    },
  ): Promise<FeedbackTold> {
    return this.send<FeedbackTold>({
      method: "POST",
      path: "/receipts/{receipt_id}/feedback",
      at: { receipt_id: given.receipt_id },
      body: { up: given.up, correction: given.correction },
      safe: false,
      answer: "json",
    });
  }

  /** The questions that found no answer. */
  listUnanswered(
    given: {
      limit?: number;
    } = {},
  ): Promise<UnansweredList> {
    return this.send<UnansweredList>({
      method: "GET",
      path: "/unanswered",
      query: { limit: given.limit },
      safe: true,
      answer: "json",
    });
  }

  /** Sign in with name and password. */
  signIn(
    given: {
      name: string;
      password: string;
    },
  ): Promise<Me> {
    return this.send<Me>({
      method: "POST",
      path: "/sessions",
      body: { name: given.name, password: given.password },
      safe: false,
      answer: "json",
    });
  }

  /** Sign out. */
  signOut(
  ): Promise<void> {
    return this.send<void>({
      method: "DELETE",
      path: "/sessions",
      safe: true,
      answer: "nothing",
    });
  }

  /** Who is asking, and what he may do. */
  me(
  ): Promise<Me> {
    return this.send<Me>({
      method: "GET",
      path: "/me",
      safe: true,
      answer: "json",
    });
  }

  /** A token for a key (OAuth 2 client credentials). */
  getToken(
    given: {
      grant_type: "client_credentials";
      /** the key's id */
      client_id?: string;
      /** the key itself */
      client_secret?: string;
      /** scopes to narrow the token to, parted by spaces */
      scope?: string;
      /** the one customer whose rows the token shall see */
      customer_id?: string;
    },
  ): Promise<TokenAnswer> {
    return this.send<TokenAnswer>({
      method: "POST",
      path: "/token",
      form: { grant_type: given.grant_type, client_id: given.client_id, client_secret: given.client_secret, scope: given.scope, customer_id: given.customer_id },
      safe: true,
      answer: "json",
    });
  }

  /** The public keys of the tokens. */
  getJwks(
  ): Promise<KeySet> {
    return this.send<KeySet>({
      method: "GET",
      path: "/jwks.json",
      safe: true,
      answer: "json",
    });
  }

  /** All API keys. */
  listKeys(
  ): Promise<KeyList> {
    return this.send<KeyList>({
      method: "GET",
      path: "/keys",
      safe: true,
      answer: "json",
    });
  }

  /** Make an API key. */
  createKey(
    given: {
      label: string;
      role?: string;
      scopes?: string[] | null;
      partitions?: Record<string, string[]>;
      days?: number;
      per_minute?: number | null;
      idempotencyKey?: string;
    },
  ): Promise<KeyMade> {
    return this.send<KeyMade>({
      method: "POST",
      path: "/keys",
      body: { label: given.label, role: given.role, scopes: given.scopes, partitions: given.partitions, days: given.days, per_minute: given.per_minute },
      idempotencyKey: given.idempotencyKey ?? crypto.randomUUID(),
      safe: false,
      answer: "json",
    });
  }

  /** Make a key's successor. */
  rotateKey(
    given: {
      key_id: string;
      grace_days?: number;
    },
  ): Promise<KeyMade> {
    return this.send<KeyMade>({
      method: "POST",
      path: "/keys/{key_id}/rotate",
      at: { key_id: given.key_id },
      body: { grace_days: given.grace_days },
      safe: false,
      answer: "json",
    });
  }

  /** Let a key in no more. */
  revokeKey(
    given: {
      key_id: string;
    },
  ): Promise<KeyListed> {
    return this.send<KeyListed>({
      method: "POST",
      path: "/keys/{key_id}/revoke",
      at: { key_id: given.key_id },
      safe: false,
      answer: "json",
    });
  }

  /** All webhooks. */
  listWebhooks(
  ): Promise<WebhookList> {
    return this.send<WebhookList>({
      method: "GET",
      path: "/webhooks",
      safe: true,
      answer: "json",
    });
  }

  /** Register an address for events. */
  registerWebhook(
    given: {
      url: string;
      events: ("job.finished" | "alert.raised" | "schedule.ran" | "model.changed" | "rules.changed")[];
    },
  ): Promise<WebhookMade> {
    return this.send<WebhookMade>({
      method: "POST",
      path: "/webhooks",
      body: { url: given.url, events: given.events },
      safe: false,
      answer: "json",
    });
  }

  /** Remove a webhook. */
  removeWebhook(
    given: {
      webhook_id: string;
    },
  ): Promise<void> {
    return this.send<void>({
      method: "DELETE",
      path: "/webhooks/{webhook_id}",
      at: { webhook_id: given.webhook_id },
      safe: true,
      answer: "nothing",
    });
  }

  /** Send a test event at once. */
  testWebhook(
    given: {
      webhook_id: string;
    },
  ): Promise<DeliveryTold> {
    return this.send<DeliveryTold>({
      method: "POST",
      path: "/webhooks/{webhook_id}/test",
      at: { webhook_id: given.webhook_id },
      safe: false,
      answer: "json",
    });
  }

  /** What was sent to a webhook. */
  listDeliveries(
    given: {
      webhook_id: string;
      /** how many deliveries at the most */
      limit?: number;
    },
  ): Promise<DeliveryList> {
    return this.send<DeliveryList>({
      method: "GET",
      path: "/webhooks/{webhook_id}/deliveries",
      at: { webhook_id: given.webhook_id },
      query: { limit: given.limit },
      safe: true,
      answer: "json",
    });
  }

  /** Alerts, the newest first. */
  listAlerts(
    given: {
      /** of which state */
      state?: "unresolved" | "open" | "acknowledged" | "snoozed" | "resolved" | "all";
      /** how many at the most */
      limit?: number;
    } = {},
  ): Promise<AlertList> {
    return this.send<AlertList>({
      method: "GET",
      path: "/alerts",
      query: { state: given.state, limit: given.limit },
      safe: true,
      answer: "json",
    });
  }

  /** Hold every alert rule against the books. */
  checkAlerts(
  ): Promise<AlertsChecked> {
    return this.send<AlertsChecked>({
      method: "POST",
      path: "/alerts/check",
      safe: false,
      answer: "json",
    });
  }

  /** Acknowledge an alert. */
  acknowledgeAlert(
    given: {
      alert_id: string;
      note?: string;
    },
  ): Promise<AlertTold> {
    return this.send<AlertTold>({
      method: "POST",
      path: "/alerts/{alert_id}/acknowledge",
      at: { alert_id: given.alert_id },
      body: { note: given.note },
      safe: false,
      answer: "json",
    });
  }

  /** Put an alert away until a day. */
  snoozeAlert(
    given: {
      alert_id: string;
      until: string;
      note?: string;
    },
  ): Promise<AlertTold> {
    return this.send<AlertTold>({
      method: "POST",
      path: "/alerts/{alert_id}/snooze",
      at: { alert_id: given.alert_id },
      body: { note: given.note, until: given.until },
      safe: false,
      answer: "json",
    });
  }

  /** Close an alert. */
  resolveAlert(
    given: {
      alert_id: string;
      note?: string;
    },
  ): Promise<AlertTold> {
    return this.send<AlertTold>({
      method: "POST",
      path: "/alerts/{alert_id}/resolve",
      at: { alert_id: given.alert_id },
      body: { note: given.note },
      safe: false,
      answer: "json",
    });
  }

  /** Open an alert again. */
  reopenAlert(
    given: {
      alert_id: string;
      note?: string;
    },
  ): Promise<AlertTold> {
    return this.send<AlertTold>({
      method: "POST",
      path: "/alerts/{alert_id}/reopen",
      at: { alert_id: given.alert_id },
      body: { note: given.note },
      safe: false,
      answer: "json",
    });
  }

  /** The rules that raise alerts. */
  listAlertRules(
  ): Promise<AlertRuleList> {
    return this.send<AlertRuleList>({
      method: "GET",
      path: "/alert-rules",
      safe: true,
      answer: "json",
    });
  }

  /** Declare an alert rule. */
  addAlertRule(
    given: {
      name: string;
      title?: string;
      metric?: string;
      filters?: Filter[];
      period?: "newest_month" | "newest_3_months" | "newest_12_months" | "all_time";
      list?: string;
      arguments?: Record<string, unknown>;
      where?: Filter[];
      new?: boolean;
      above?: number | string | null;
      below?: number | string | null;
      rises?: number | string | null;
      falls?: number | string | null;
      months?: number;
    },
  ): Promise<AlertRuleMade> {
    return this.send<AlertRuleMade>({
      method: "POST",
      path: "/alert-rules",
      body: { name: given.name, title: given.title, metric: given.metric, filters: given.filters, period: given.period, list: given.list, arguments: given.arguments, where: given.where, new: given.new, above: given.above, below: given.below, rises: given.rises, falls: given.falls, months: given.months },
      safe: false,
      answer: "json",
    });
  }

  /** Remove an alert rule. */
  removeAlertRule(
    given: {
      name: string;
    },
  ): Promise<void> {
    return this.send<void>({
      method: "DELETE",
      path: "/alert-rules/{name}",
      at: { name: given.name },
      safe: true,
      answer: "nothing",
    });
  }

  /** Whom somebody should see to. */
  listWorklist(
    given: {
      /** of which list */
      kind?: string;
      /** of which state */
      state?: "open" | "done" | "all";
      /** a user, me, or nobody */
      assignee?: string;
      /** how many at the most */
      limit?: number;
    } = {},
  ): Promise<ItemList> {
    return this.send<ItemList>({
      method: "GET",
      path: "/worklist",
      query: { kind: given.kind, state: given.state, assignee: given.assignee, limit: given.limit },
      safe: true,
      answer: "json",
    });
  }

  /** Put a list on the worklist. */
  fillWorklist(
    given: {
      kind: string;
      limit?: number;
      arguments?: Record<string, unknown>;
      hold_out?: number | null;
    },
  ): Promise<Filled> {
    return this.send<Filled>({
      method: "POST",
      path: "/worklist/fill",
      body: { kind: given.kind, limit: given.limit, arguments: given.arguments, hold_out: given.hold_out },
      safe: false,
      answer: "json",
    });
  }

  /** What acting was worth. */
  getWorthOfActing(
  ): Promise<WorthList> {
    return this.send<WorthList>({
      method: "GET",
      path: "/worklist/worth",
      safe: true,
      answer: "json",
    });
  }

  /** Assign an item. */
  assignItem(
    given: {
      item_id: string;
      to?: string;
    },
  ): Promise<ItemTold> {
    return this.send<ItemTold>({
      method: "POST",
      path: "/worklist/{item_id}/assign",
      at: { item_id: given.item_id },
      body: { to: given.to },
      safe: false,
      answer: "json",
    });
  }

  /** Note something with an item. */
  noteItem(
    given: {
      item_id: string;
      text: string;
    },
  ): Promise<ItemTold> {
    return this.send<ItemTold>({
      method: "POST",
      path: "/worklist/{item_id}/note",
      at: { item_id: given.item_id },
      body: { text: given.text },
      safe: false,
      answer: "json",
    });
  }

  /** Say what came of an item. */
  resolveItem(
    given: {
      item_id: string;
      outcome: string;
      text?: string;
    },
  ): Promise<ItemTold> {
    return this.send<ItemTold>({
      method: "POST",
      path: "/worklist/{item_id}/resolve",
      at: { item_id: given.item_id },
      body: { outcome: given.outcome, text: given.text },
      safe: false,
      answer: "json",
    });
  }

  /** Undo what was done last with an item. */
  undoItem(
    given: {
      item_id: string;
    },
  ): Promise<ItemTold> {
    return this.send<ItemTold>({
      method: "POST",
      path: "/worklist/{item_id}/undo",
      at: { item_id: given.item_id },
      safe: false,
      answer: "json",
    });
  }

  /** One's own schedules. */
  listSchedules(
  ): Promise<ScheduleList> {
    return this.send<ScheduleList>({
      method: "GET",
      path: "/schedules",
      safe: true,
      answer: "json",
    });
  }

  /** Schedule a question or a report. */
  addSchedule(
    given: {
      when: string;
      question?: string;
      report?: "" | "board";
      to?: string[];
      attach?: boolean;
      zone?: string;
    },
  ): Promise<ScheduleTold> {
    return this.send<ScheduleTold>({
      method: "POST",
      path: "/schedules",
      body: { when: given.when, question: given.question, report: given.report, to: given.to, attach: given.attach, zone: given.zone },
      safe: false,
      answer: "json",
    });
  }

  /** Remove a schedule. */
  removeSchedule(
    given: {
      schedule_id: string;
    },
  ): Promise<void> {
    return this.send<void>({
      method: "DELETE",
      path: "/schedules/{schedule_id}",
      at: { schedule_id: given.schedule_id },
      safe: true,
      answer: "nothing",
    });
  }

  /** Pause or resume a schedule. */
  pauseSchedule(
    given: {
      schedule_id: string;
      active?: boolean;
    },
  ): Promise<ScheduleTold> {
    return this.send<ScheduleTold>({
      method: "POST",
      path: "/schedules/{schedule_id}/pause",
      at: { schedule_id: given.schedule_id },
      body: { active: given.active },
      safe: false,
      answer: "json",
    });
  }

  /** What a run gave. */
  getScheduledResult(
    given: {
      schedule_id: string;
      run_id: string;
    },
  ): Promise<RunTold> {
    return this.send<RunTold>({
      method: "GET",
      path: "/schedules/{schedule_id}/runs/{run_id}",
      at: { schedule_id: given.schedule_id, run_id: given.run_id },
      safe: true,
      answer: "json",
    });
  }
}
