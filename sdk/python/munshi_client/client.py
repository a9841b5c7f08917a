"""One method for each operation; made of the interface's description by `python -m api.sdk`."""

# ruff: noqa

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from munshi_client import models
from munshi_client.calls import Call
from munshi_client.transport import AsyncTransport, Transport


class Munshi(Transport):
    """A client that waits for each answer."""

    def list_tools(self) -> models.ToolList:
        """Every tool, with the schema of its arguments."""
        return self._send(Call("GET", "/tools", path={}, query={}, safe=True), models.ToolList)

    def query_metrics(
        self,
        *,
        metrics: Sequence[str],
        page_size: int | None = None,
        cursor: str | None = None,
        dimensions: Sequence[str] | None = None,
        filters: Sequence[models.Filter | Mapping[str, Any]] | None = None,
        grain: Literal["day", "week", "month", "quarter", "year"] | None = None,
        period: models.Period | Mapping[str, Any] | None = None,
        compare_to: Literal["previous_period", "previous_year"] | None = None,
        order: Sequence[models.Order | Mapping[str, Any]] | None = None,
        limit: int | None = None,
        skip: int | None = None,
        any_filters: Sequence[models.Filter | Mapping[str, Any]] | None = None,
        against: models.Period | Mapping[str, Any] | None = None,
        share: bool | None = None,
        each: models.Each | Mapping[str, Any] | None = None,
        ratio: bool | None = None,
        together: bool | None = None,
        who: Sequence[models.Who | Mapping[str, Any]] | None = None,
    ) -> models.ToolAnswer:
        """Answers with governed metrics: the first choice for any figure about customers, accounts, postings, loans or risk.

        Parameters
        ----------
        page_size
            rows of the table in this page; all by default
        cursor
            `page.next` of the page before
        grain
            bucket of time to split by
        period
            half-open; all time by default
        limit
            rows to keep; the total is told
        skip
            rows to leave out before them
        any_filters
            at least one of these must hold
        against
            a period of one's own to compare with
        share
            add each group's share of the sum over all groups
        each
            a statistic over customers, loans, …
        ratio
            add the first metric over the second
        together
            one row: the sum over the rows shown
        who
            only customers whose own figure meets each
        """
        return self._send(
            Call(
                "POST",
                "/tools/query_metrics",
                path={},
                query={"limit": page_size, "cursor": cursor},
                body={
                    "metrics": metrics,
                    "dimensions": dimensions,
                    "filters": filters,
                    "grain": grain,
                    "period": period,
                    "compare_to": compare_to,
                    "order": order,
                    "limit": limit,
                    "skip": skip,
                    "any_filters": any_filters,
                    "against": against,
                    "share": share,
                    "each": each,
                    "ratio": ratio,
                    "together": together,
                    "who": who,
                },
                safe=True,
            ),
            models.ToolAnswer,
        )

    def run_sql(self, *, sql: str, page_size: int | None = None, cursor: str | None = None) -> models.ToolAnswer:
        """Runs one read-only SELECT over the semantic views, for what `query_metrics` cannot say.

        Parameters
        ----------
        sql
            one SELECT over the semantic views
        page_size
            rows of the table in this page; all by default
        cursor
            `page.next` of the page before
        """
        return self._send(
            Call(
                "POST",
                "/tools/run_sql",
                path={},
                query={"limit": page_size, "cursor": cursor},
                body={"sql": sql},
                safe=True,
            ),
            models.ToolAnswer,
        )

    def top_risky_borrowers(
        self,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        by: Literal["probability_of_default", "expected_loss", "days_past_due"] | None = None,
        city: Sequence[str] | None = None,
        state: Sequence[str] | None = None,
        region: Sequence[str] | None = None,
        product: Sequence[str] | None = None,
        band: Sequence[str] | None = None,
    ) -> models.ToolAnswer:
        """Ranks borrowers by risk and returns the exact list with each borrower's reasons.

        Parameters
        ----------
        page_size
            rows of the table in this page; all by default
        cursor
            `page.next` of the page before
        limit
            how many borrowers
        by
            what risk means
        """
        return self._send(
            Call(
                "POST",
                "/tools/top_risky_borrowers",
                path={},
                query={"limit": page_size, "cursor": cursor},
                body={
                    "limit": limit,
                    "by": by,
                    "city": city,
                    "state": state,
                    "region": region,
                    "product": product,
                    "band": band,
                },
                safe=True,
            ),
            models.ToolAnswer,
        )

    def likely_leavers(
        self,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        city: Sequence[str] | None = None,
        state: Sequence[str] | None = None,
        region: Sequence[str] | None = None,
        occupation: Sequence[str] | None = None,
        band: Sequence[str] | None = None,
    ) -> models.ToolAnswer:
        """Ranks customers by the churn model's probability of leaving within 90 days and returns the exact list with each
        customer's reasons, and the probabilities within 30 and 60 days.

                Parameters
                ----------
                page_size
                    rows of the table in this page; all by default
                cursor
                    `page.next` of the page before
                limit
                    how many customers
        """
        return self._send(
            Call(
                "POST",
                "/tools/likely_leavers",
                path={},
                query={"limit": page_size, "cursor": cursor},
                body={
                    "limit": limit,
                    "city": city,
                    "state": state,
                    "region": region,
                    "occupation": occupation,
                    "band": band,
                },
                safe=True,
            ),
            models.ToolAnswer,
        )

    def customer_segments(
        self,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        segment: Sequence[str] | None = None,
        city: Sequence[str] | None = None,
        state: Sequence[str] | None = None,
        region: Sequence[str] | None = None,
        occupation: Sequence[str] | None = None,
        limit: int | None = None,
    ) -> models.ToolAnswer:
        """Lists the segments of active customers: name, size, share, and how many moved in and out since the month before.

        Parameters
        ----------
        page_size
            rows of the table in this page; all by default
        cursor
            `page.next` of the page before
        limit
            how many members to list
        """
        return self._send(
            Call(
                "POST",
                "/tools/customer_segments",
                path={},
                query={"limit": page_size, "cursor": cursor},
                body={
                    "segment": segment,
                    "city": city,
                    "state": state,
                    "region": region,
                    "occupation": occupation,
                    "limit": limit,
                },
                safe=True,
            ),
            models.ToolAnswer,
        )

    def forecast_spend(
        self,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        measure: Literal["spend", "inflow"] | None = None,
        months: int | None = None,
        skip: int | None = None,
        filters: Sequence[models.Filter | Mapping[str, Any]] | None = None,
    ) -> models.ToolAnswer:
        """Forecasts the governed metric `spend` or `inflow`, one to twelve months after the last whole month, for everyone or for
        what `filters` keep (a city, a category, one customer): each month with an interval that holds eight of ten outcomes, the
        sum, the same number of months before it, and how far such forecasts missed at rolling origins beside a seasonal naive
        one.

                Parameters
                ----------
                page_size
                    rows of the table in this page; all by default
                cursor
                    `page.next` of the page before
                measure
                    what is forecast
                months
                    months ahead
                skip
                    months left out before them
                filters
                    as in query_metrics: city, category, customer_id …
        """
        return self._send(
            Call(
                "POST",
                "/tools/forecast_spend",
                path={},
                query={"limit": page_size, "cursor": cursor},
                body={"measure": measure, "months": months, "skip": skip, "filters": filters},
                safe=True,
            ),
            models.ToolAnswer,
        )

    def unusual_transactions(
        self,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        customer_id: str | None = None,
        since: dt.date | None = None,
        until: dt.date | None = None,
        kind: Sequence[str] | None = None,
        city: Sequence[str] | None = None,
        state: Sequence[str] | None = None,
        region: Sequence[str] | None = None,
        category: Sequence[str] | None = None,
    ) -> models.ToolAnswer:
        """Lists the postings that stand out most against their customer's own habits (amount for the category, hour, place, new
        payee, many within minutes) and against everybody's, each with its kind and its reasons in words.

                Parameters
                ----------
                page_size
                    rows of the table in this page; all by default
                cursor
                    `page.next` of the page before
                limit
                    how many postings
                customer_id
                    of this customer alone
                since
                    posted on this day or later
                until
                    posted before this day
        """
        return self._send(
            Call(
                "POST",
                "/tools/unusual_transactions",
                path={},
                query={"limit": page_size, "cursor": cursor},
                body={
                    "limit": limit,
                    "customer_id": customer_id,
                    "since": since,
                    "until": until,
                    "kind": kind,
                    "city": city,
                    "state": state,
                    "region": region,
                    "category": category,
                },
                safe=True,
            ),
            models.ToolAnswer,
        )

    def customer_goals(
        self,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        customer_id: str | None = None,
        least_confidence: float | None = None,
        goal: Sequence[str] | None = None,
        city: Sequence[str] | None = None,
        state: Sequence[str] | None = None,
        region: Sequence[str] | None = None,
        occupation: Sequence[str] | None = None,
    ) -> models.ToolAnswer:
        """Lists goals and life events that postings give evidence of at the newest month end (a new employer, a step in the salary,
        saving for a large purchase, a need for a loan), each with the figures it rests on, the share of such findings that were
        true on simulated events, and a product that a rule allows to be suggested.

                Parameters
                ----------
                page_size
                    rows of the table in this page; all by default
                cursor
                    `page.next` of the page before
                limit
                    how many findings
                customer_id
                    of this customer alone
                least_confidence
                    leave out what is less sure, 0 to 1
        """
        return self._send(
            Call(
                "POST",
                "/tools/customer_goals",
                path={},
                query={"limit": page_size, "cursor": cursor},
                body={
                    "limit": limit,
                    "customer_id": customer_id,
                    "least_confidence": least_confidence,
                    "goal": goal,
                    "city": city,
                    "state": state,
                    "region": region,
                    "occupation": occupation,
                },
                safe=True,
            ),
            models.ToolAnswer,
        )

    def customer_profile(
        self, *, customer_id: str, page_size: int | None = None, cursor: str | None = None
    ) -> models.ToolAnswer:
        """Describes one customer: who (personal columns masked unless the caller may see them), accounts, loans with days past due,
        the latest risk score with its reasons, the money in and out of the last twelve months, and the payments that come
        back, with the date the next is expected.

                Parameters
                ----------
                customer_id
                    identifier of a customer, such as C_4F21
                page_size
                    rows of the table in this page; all by default
                cursor
                    `page.next` of the page before
        """
        return self._send(
            Call(
                "POST",
                "/tools/customer_profile",
                path={},
                query={"limit": page_size, "cursor": cursor},
                body={"customer_id": customer_id},
                safe=True,
            ),
            models.ToolAnswer,
        )

    def explain_prediction(
        self, *, customer_id: str, page_size: int | None = None, cursor: str | None = None, model: str | None = None
    ) -> models.ToolAnswer:
        """Explains one borrower's risk score: the points each group of behaviour (concept) added or took off, from the average
        borrower to this score, the adverse reasons in approved words, and the figures behind them beside the median borrower's.

                Parameters
                ----------
                customer_id
                    identifier of a customer, such as C_4F21
                page_size
                    rows of the table in this page; all by default
                cursor
                    `page.next` of the page before
                model
                    name of the model
        """
        return self._send(
            Call(
                "POST",
                "/tools/explain_prediction",
                path={},
                query={"limit": page_size, "cursor": cursor},
                body={"customer_id": customer_id, "model": model},
                safe=True,
            ),
            models.ToolAnswer,
        )

    def what_if(
        self,
        *,
        customer_id: str,
        page_size: int | None = None,
        cursor: str | None = None,
        changes: Mapping[str, float | str] | None = None,
        under: float | None = None,
        model: str | None = None,
    ) -> models.ToolAnswer:
        """Scores one customer again with some figures changed (`changes`), or searches few changes within reach that bring the
        probability under a target (`under`, such as 0.

                Parameters
                ----------
                customer_id
                    identifier of a customer, such as C_4F21
                page_size
                    rows of the table in this page; all by default
                cursor
                    `page.next` of the page before
                changes
                    lever or feature → value, "+10%", "-20%", "x2", "+5000"
                under
                    probability to get under, such as 0.05
                model
                    credit or churn
        """
        return self._send(
            Call(
                "POST",
                "/tools/what_if",
                path={},
                query={"limit": page_size, "cursor": cursor},
                body={"customer_id": customer_id, "changes": changes, "under": under, "model": model},
                safe=True,
            ),
            models.ToolAnswer,
        )

    def stress_test(
        self,
        *,
        changes: Mapping[str, float | str],
        page_size: int | None = None,
        cursor: str | None = None,
        city: Sequence[str] | None = None,
        state: Sequence[str] | None = None,
        region: Sequence[str] | None = None,
        product: Sequence[str] | None = None,
        band: Sequence[str] | None = None,
    ) -> models.ToolAnswer:
        """Scores every borrower of the book again with some figures changed for all of them (`changes`, the levers of `what_if`:
        {"income": "-10%", "instalments": "+2%"}) and returns the risk bands and the expected loss before and after.

                Parameters
                ----------
                changes
                    lever → "-10%", "+2%", "x2", "+5000"
                page_size
                    rows of the table in this page; all by default
                cursor
                    `page.next` of the page before
        """
        return self._send(
            Call(
                "POST",
                "/tools/stress_test",
                path={},
                query={"limit": page_size, "cursor": cursor},
                body={
                    "changes": changes,
                    "city": city,
                    "state": state,
                    "region": region,
                    "product": product,
                    "band": band,
                },
                safe=True,
            ),
            models.ToolAnswer,
        )

    def compare_customers(
        self,
        *,
        customer_id: str,
        page_size: int | None = None,
        cursor: str | None = None,
        other: str | None = None,
        city: Sequence[str] | None = None,
        state: Sequence[str] | None = None,
        region: Sequence[str] | None = None,
        occupation: Sequence[str] | None = None,
        product: Sequence[str] | None = None,
        band: Sequence[str] | None = None,
        model: str | None = None,
    ) -> models.ToolAnswer:
        """Compares one scored customer with another (`other`), with a cohort (`city`, `state`, `region`, `occupation`, `product`,
        `band`: the mean of its other members), or without any of these with everybody else the model scores: the difference of
        their scores in points by concept, the figures behind it side by side.

                Parameters
                ----------
                customer_id
                    identifier of a customer, such as C_4F21
                page_size
                    rows of the table in this page; all by default
                cursor
                    `page.next` of the page before
                other
                    customer to compare with
                model
                    credit or churn
        """
        return self._send(
            Call(
                "POST",
                "/tools/compare_customers",
                path={},
                query={"limit": page_size, "cursor": cursor},
                body={
                    "customer_id": customer_id,
                    "other": other,
                    "city": city,
                    "state": state,
                    "region": region,
                    "occupation": occupation,
                    "product": product,
                    "band": band,
                    "model": model,
                },
                safe=True,
            ),
            models.ToolAnswer,
        )

    def search_knowledge(
        self, *, question: str, page_size: int | None = None, cursor: str | None = None, limit: int | None = None
    ) -> models.ToolAnswer:
        """Finds the passages of the knowledge base that answer a question about rules, definitions, the schema, the features, the
        product or a model.

                Parameters
                ----------
                page_size
                    rows of the table in this page; all by default
                cursor
                    `page.next` of the page before
        """
        return self._send(
            Call(
                "POST",
                "/tools/search_knowledge",
                path={},
                query={"limit": page_size, "cursor": cursor},
                body={"question": question, "limit": limit},
                safe=True,
            ),
            models.ToolAnswer,
        )

    def model_card(
        self, *, page_size: int | None = None, cursor: str | None = None, model: str | None = None
    ) -> models.ToolAnswer:
        """Says how good a model is and what it is: discrimination (AUC, Gini, KS) and calibration out of time, each with its 95 %
        interval, the number of bads and a baseline beside it; training window, label, drift, top concepts and limits.

                Parameters
                ----------
                page_size
                    rows of the table in this page; all by default
                cursor
                    `page.next` of the page before
                model
                    name of the model
        """
        return self._send(
            Call(
                "POST",
                "/tools/model_card",
                path={},
                query={"limit": page_size, "cursor": cursor},
                body={"model": model},
                safe=True,
            ),
            models.ToolAnswer,
        )

    def workspace_status(
        self, body: Mapping[str, Any], *, page_size: int | None = None, cursor: str | None = None
    ) -> models.ToolAnswer:
        """Says what the workspace holds and how fresh it is: the data clock, row counts per table, currency, sources, schema
        version, snapshot, and each serving model with its training date.

                Parameters
                ----------
                page_size
                    rows of the table in this page; all by default
                cursor
                    `page.next` of the page before
        """
        return self._send(
            Call(
                "POST",
                "/tools/workspace_status",
                path={},
                query={"limit": page_size, "cursor": cursor},
                body=body,
                safe=True,
            ),
            models.ToolAnswer,
        )

    def call_tool(self, name: str, body: Mapping[str, Any]) -> Any:
        """What is said of a tool that does not exist."""
        return self._send(Call("POST", "/tools/{name}", path={"name": name}, query={}, body=body, safe=True), object)

    def infer_credit_score(
        self,
        *,
        customer_id: str | None = None,
        transactions: Sequence[models.InlinePosting | Mapping[str, Any]] | None = None,
        accounts: Sequence[models.InlineAccount | Mapping[str, Any]] | None = None,
        loans: Sequence[models.InlineLoan | Mapping[str, Any]] | None = None,
        instalments: Sequence[models.InlineInstalment | Mapping[str, Any]] | None = None,
        sessions: Sequence[models.InlineSession | Mapping[str, Any]] | None = None,
        as_of: dt.date | None = None,
    ) -> models.CreditScore:
        """Probability of default of one borrower.

        Parameters
        ----------
        as_of
            month end to score at; the newest whole month by default
        """
        return self._send(
            Call(
                "POST",
                "/inference/credit-score",
                path={},
                query={},
                body={
                    "customer_id": customer_id,
                    "transactions": transactions,
                    "accounts": accounts,
                    "loans": loans,
                    "instalments": instalments,
                    "sessions": sessions,
                    "as_of": as_of,
                },
                safe=True,
            ),
            models.CreditScore,
        )

    def infer_churn_score(
        self,
        *,
        customer_id: str | None = None,
        transactions: Sequence[models.InlinePosting | Mapping[str, Any]] | None = None,
        accounts: Sequence[models.InlineAccount | Mapping[str, Any]] | None = None,
        loans: Sequence[models.InlineLoan | Mapping[str, Any]] | None = None,
        instalments: Sequence[models.InlineInstalment | Mapping[str, Any]] | None = None,
        sessions: Sequence[models.InlineSession | Mapping[str, Any]] | None = None,
        as_of: dt.date | None = None,
    ) -> models.ChurnScore:
        """Probability that one customer begins to leave within 90 days.

        Parameters
        ----------
        as_of
            month end to score at; the newest whole month by default
        """
        return self._send(
            Call(
                "POST",
                "/inference/churn-score",
                path={},
                query={},
                body={
                    "customer_id": customer_id,
                    "transactions": transactions,
                    "accounts": accounts,
                    "loans": loans,
                    "instalments": instalments,
                    "sessions": sessions,
                    "as_of": as_of,
                },
                safe=True,
            ),
            models.ChurnScore,
        )

    def infer_segment(
        self,
        *,
        customer_id: str | None = None,
        transactions: Sequence[models.InlinePosting | Mapping[str, Any]] | None = None,
        accounts: Sequence[models.InlineAccount | Mapping[str, Any]] | None = None,
        loans: Sequence[models.InlineLoan | Mapping[str, Any]] | None = None,
        instalments: Sequence[models.InlineInstalment | Mapping[str, Any]] | None = None,
        sessions: Sequence[models.InlineSession | Mapping[str, Any]] | None = None,
        as_of: dt.date | None = None,
    ) -> models.SegmentPlace:
        """The segment of one customer, and why.

        Parameters
        ----------
        as_of
            month end to score at; the newest whole month by default
        """
        return self._send(
            Call(
                "POST",
                "/inference/segment",
                path={},
                query={},
                body={
                    "customer_id": customer_id,
                    "transactions": transactions,
                    "accounts": accounts,
                    "loans": loans,
                    "instalments": instalments,
                    "sessions": sessions,
                    "as_of": as_of,
                },
                safe=True,
            ),
            models.SegmentPlace,
        )

    def infer_anomaly(
        self,
        *,
        customer_id: str | None = None,
        transactions: Sequence[models.InlinePosting | Mapping[str, Any]] | None = None,
        accounts: Sequence[models.InlineAccount | Mapping[str, Any]] | None = None,
        loans: Sequence[models.InlineLoan | Mapping[str, Any]] | None = None,
        instalments: Sequence[models.InlineInstalment | Mapping[str, Any]] | None = None,
        sessions: Sequence[models.InlineSession | Mapping[str, Any]] | None = None,
        as_of: dt.date | None = None,
    ) -> models.Anomalies:
        """Postings of one customer that stand out.

        Parameters
        ----------
        as_of
            month end to score at; the newest whole month by default
        """
        return self._send(
            Call(
                "POST",
                "/inference/anomaly",
                path={},
                query={},
                body={
                    "customer_id": customer_id,
                    "transactions": transactions,
                    "accounts": accounts,
                    "loans": loans,
                    "instalments": instalments,
                    "sessions": sessions,
                    "as_of": as_of,
                },
                safe=True,
            ),
            models.Anomalies,
        )

    def infer_goals(
        self,
        *,
        customer_id: str | None = None,
        transactions: Sequence[models.InlinePosting | Mapping[str, Any]] | None = None,
        accounts: Sequence[models.InlineAccount | Mapping[str, Any]] | None = None,
        loans: Sequence[models.InlineLoan | Mapping[str, Any]] | None = None,
        instalments: Sequence[models.InlineInstalment | Mapping[str, Any]] | None = None,
        sessions: Sequence[models.InlineSession | Mapping[str, Any]] | None = None,
        as_of: dt.date | None = None,
    ) -> models.Goals:
        """What one customer seems to be up to.

        Parameters
        ----------
        as_of
            month end to score at; the newest whole month by default
        """
        return self._send(
            Call(
                "POST",
                "/inference/goals",
                path={},
                query={},
                body={
                    "customer_id": customer_id,
                    "transactions": transactions,
                    "accounts": accounts,
                    "loans": loans,
                    "instalments": instalments,
                    "sessions": sessions,
                    "as_of": as_of,
                },
                safe=True,
            ),
            models.Goals,
        )

    def infer_spend_forecast(
        self,
        *,
        customer_id: str | None = None,
        transactions: Sequence[models.InlinePosting | Mapping[str, Any]] | None = None,
        accounts: Sequence[models.InlineAccount | Mapping[str, Any]] | None = None,
        loans: Sequence[models.InlineLoan | Mapping[str, Any]] | None = None,
        instalments: Sequence[models.InlineInstalment | Mapping[str, Any]] | None = None,
        sessions: Sequence[models.InlineSession | Mapping[str, Any]] | None = None,
        as_of: dt.date | None = None,
        measure: Literal["spend", "inflow"] | None = None,
        months: int | None = None,
    ) -> models.SpendForecast:
        """What one customer will spend, or receive.

        Parameters
        ----------
        as_of
            month end to score at; the newest whole month by default
        """
        return self._send(
            Call(
                "POST",
                "/inference/spend-forecast",
                path={},
                query={},
                body={
                    "customer_id": customer_id,
                    "transactions": transactions,
                    "accounts": accounts,
                    "loans": loans,
                    "instalments": instalments,
                    "sessions": sessions,
                    "as_of": as_of,
                    "measure": measure,
                    "months": months,
                },
                safe=True,
            ),
            models.SpendForecast,
        )

    def infer_explain(
        self,
        *,
        customer_id: str | None = None,
        transactions: Sequence[models.InlinePosting | Mapping[str, Any]] | None = None,
        accounts: Sequence[models.InlineAccount | Mapping[str, Any]] | None = None,
        loans: Sequence[models.InlineLoan | Mapping[str, Any]] | None = None,
        instalments: Sequence[models.InlineInstalment | Mapping[str, Any]] | None = None,
        sessions: Sequence[models.InlineSession | Mapping[str, Any]] | None = None,
        as_of: dt.date | None = None,
    ) -> models.ToolResult:
        """Why a borrower's score is what it is.

        Parameters
        ----------
        as_of
            month end to score at; the newest whole month by default
        """
        return self._send(
            Call(
                "POST",
                "/inference/explain",
                path={},
                query={},
                body={
                    "customer_id": customer_id,
                    "transactions": transactions,
                    "accounts": accounts,
                    "loans": loans,
                    "instalments": instalments,
                    "sessions": sessions,
                    "as_of": as_of,
                },
                safe=True,
            ),
            models.ToolResult,
        )

    def infer_what_if(
        self,
        *,
        customer_id: str | None = None,
        transactions: Sequence[models.InlinePosting | Mapping[str, Any]] | None = None,
        accounts: Sequence[models.InlineAccount | Mapping[str, Any]] | None = None,
        loans: Sequence[models.InlineLoan | Mapping[str, Any]] | None = None,
        instalments: Sequence[models.InlineInstalment | Mapping[str, Any]] | None = None,
        sessions: Sequence[models.InlineSession | Mapping[str, Any]] | None = None,
        as_of: dt.date | None = None,
        changes: Mapping[str, float] | None = None,
        under: float | None = None,
    ) -> models.WhatIf:
        """What a borrower's score would be with other figures.

        Parameters
        ----------
        as_of
            month end to score at; the newest whole month by default
        changes
            feature → value to score again with
        under
            find few changes that bring the probability under this
        """
        return self._send(
            Call(
                "POST",
                "/inference/what-if",
                path={},
                query={},
                body={
                    "customer_id": customer_id,
                    "transactions": transactions,
                    "accounts": accounts,
                    "loans": loans,
                    "instalments": instalments,
                    "sessions": sessions,
                    "as_of": as_of,
                    "changes": changes,
                    "under": under,
                },
                safe=True,
            ),
            models.WhatIf,
        )

    def submit_batch(self, model: str, content: bytes, *, content_type: str = "text/csv") -> models.JobTold:
        """Score a file of rows, as a job."""
        return self._send(
            Call(
                "POST",
                "/batch/{model}",
                path={"model": model},
                query={},
                content=content,
                content_type=content_type,
                safe=False,
            ),
            models.JobTold,
        )

    def list_jobs(self) -> models.JobList:
        """One's own jobs."""
        return self._send(Call("GET", "/jobs", path={}, query={}, safe=True), models.JobList)

    def get_job(self, job_id: str) -> models.JobTold:
        """How far a job is."""
        return self._send(Call("GET", "/jobs/{job_id}", path={"job_id": job_id}, query={}, safe=True), models.JobTold)

    def delete_job(self, job_id: str) -> None:
        """Cancel a job, or forget its result."""
        return self._send(Call("DELETE", "/jobs/{job_id}", path={"job_id": job_id}, query={}, safe=True), type(None))

    def get_job_result(self, job_id: str, *, format: Literal["csv", "parquet"] | None = None) -> bytes:
        """The scores, as CSV or Parquet."""
        return self._send(
            Call("GET", "/jobs/{job_id}/result", path={"job_id": job_id}, query={"format": format}, safe=True), bytes
        )

    def send_posting(
        self,
        *,
        transaction_id: str,
        account_id: str,
        posted_at: dt.datetime,
        amount: float | str,
        currency: str | None = None,
        value_date: dt.date | None = None,
        known_at: dt.datetime | None = None,
        balance_after: float | str | None = None,
        mode: Literal[
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
        | None = None,
        narration: str | None = None,
        counterparty: str | None = None,
        vpa: str | None = None,
        reference: str | None = None,
        ifsc: str | None = None,
        bank: str | None = None,
        remark: str | None = None,
        mcc: str | None = None,
        merchant: str | None = None,
        category: str | None = None,
        subcategory: str | None = None,
        category_confidence: float | None = None,
        category_rule: str | None = None,
        city: str | None = None,
        recurring_kind: str | None = None,
        is_own_transfer: bool | None = None,
        reversal_of: str | None = None,
    ) -> models.PostingTold:
        """One posting in real time: category, anomaly, what it changes.

        Parameters
        ----------
        amount
            credits positive, debits negative
        """
        return self._send(
            Call(
                "POST",
                "/transactions",
                path={},
                query={},
                body={
                    "transaction_id": transaction_id,
                    "account_id": account_id,
                    "posted_at": posted_at,
                    "amount": amount,
                    "currency": currency,
                    "value_date": value_date,
                    "known_at": known_at,
                    "balance_after": balance_after,
                    "mode": mode,
                    "narration": narration,
                    "counterparty": counterparty,
                    "vpa": vpa,
                    "reference": reference,
                    "ifsc": ifsc,
                    "bank": bank,
                    "remark": remark,
                    "mcc": mcc,
                    "merchant": merchant,
                    "category": category,
                    "subcategory": subcategory,
                    "category_confidence": category_confidence,
                    "category_rule": category_rule,
                    "city": city,
                    "recurring_kind": recurring_kind,
                    "is_own_transfer": is_own_transfer,
                    "reversal_of": reversal_of,
                },
                safe=True,
            ),
            models.PostingTold,
        )

    def chat(
        self, *, question: str, conversation_id: str | None = None, idempotency_key: str | None = None
    ) -> models.Answer:
        """Ask a question; JSON, or a stream of events.

        Parameters
        ----------
        idempotency_key
            Sent twice under one key, it is done once; one is made for each call by default.
        """
        return self._send(
            Call(
                "POST",
                "/chat",
                path={},
                query={},
                body={"question": question, "conversation_id": conversation_id},
                safe=False,
                once=True,
                idempotency_key=idempotency_key,
            ),
            models.Answer,
        )

    def mcp(
        self, *, jsonrpc: Literal["2.0"], method: str, id: Any | None = None, params: Mapping[str, Any] | None = None
    ) -> Any:
        """The Model Context Protocol (streamable HTTP).

        Parameters
        ----------
        id
            a number or a text; without it, nothing is answered
        """
        return self._send(
            Call(
                "POST",
                "/mcp",
                path={},
                query={},
                body={"jsonrpc": jsonrpc, "id": id, "method": method, "params": params},
                safe=True,
            ),
            object,
        )

    def get_conversation(self, conversation_id: str) -> models.Conversation:
        """One's own turns of a conversation."""
        return self._send(
            Call(
                "GET",
                "/conversations/{conversation_id}",
                path={"conversation_id": conversation_id},
                query={},
                safe=True,
            ),
            models.Conversation,
        )

    def get_receipt(self, receipt_id: str) -> models.Receipt:
        """How an answer came about."""
        return self._send(
            Call("GET", "/receipts/{receipt_id}", path={"receipt_id": receipt_id}, query={}, safe=True), models.Receipt
        )

    def replay_receipt(self, receipt_id: str, *, today: bool | None = None) -> models.Replay:
        """Run an answer again and compare."""
        return self._send(
            Call(
                "POST",
                "/receipts/{receipt_id}/replay",
                path={"receipt_id": receipt_id},
                query={},
                body={"today": today},
                safe=False,
            ),
            models.Replay,
        )

    def list_models(self) -> models.ModelList:
        """The models that serve."""
        return self._send(Call("GET", "/models", path={}, query={}, safe=True), models.ModelList)

    def verify_audit(self) -> models.AuditVerified:
        """Whether the audit log is intact."""
        return self._send(Call("GET", "/audit/verify", path={}, query={}, safe=True), models.AuditVerified)

    def list_rules(self) -> models.RulesList:
        """Every version of the client's rules."""
        return self._send(Call("GET", "/rules", path={}, query={}, safe=True), models.RulesList)

    def draft_rules(self, *, content: str, reason: str) -> models.RulesVersion:
        """Draft a version of the rules."""
        return self._send(
            Call("POST", "/rules", path={}, query={}, body={"content": content, "reason": reason}, safe=False),
            models.RulesVersion,
        )

    def check_rules(self, *, content: str) -> models.RulesChecked:
        """What is wrong with a file of rules."""
        return self._send(
            Call("POST", "/rules/check", path={}, query={}, body={"content": content}, safe=True), models.RulesChecked
        )

    def get_rules(self, version: int) -> models.RulesShown:
        """A version with its file and its life."""
        return self._send(
            Call("GET", "/rules/{version}", path={"version": version}, query={}, safe=True), models.RulesShown
        )

    def simulate_rules(self, version: int) -> models.RulesSimulated:
        """Try a version on history."""
        return self._send(
            Call("POST", "/rules/{version}/simulate", path={"version": version}, query={}, safe=True),
            models.RulesSimulated,
        )

    def approve_rules(self, version: int, *, reason: str, alone: bool | None = None) -> models.RulesDecided:
        """Approve a version."""
        return self._send(
            Call(
                "POST",
                "/rules/{version}/approve",
                path={"version": version},
                query={},
                body={"reason": reason, "alone": alone},
                safe=False,
            ),
            models.RulesDecided,
        )

    def activate_rules(self, version: int, *, reason: str) -> models.RulesDecided:
        """Let a version act."""
        return self._send(
            Call(
                "POST",
                "/rules/{version}/activate",
                path={"version": version},
                query={},
                body={"reason": reason},
                safe=False,
            ),
            models.RulesDecided,
        )

    def retire_rules(self, version: int, *, reason: str) -> models.RulesDecided:
        """Let a version act no more."""
        return self._send(
            Call(
                "POST",
                "/rules/{version}/retire",
                path={"version": version},
                query={},
                body={"reason": reason},
                safe=False,
            ),
            models.RulesDecided,
        )

    def list_reviews(self, *, limit: int | None = None) -> models.CaseList:
        """Cases that wait for a person.

        Parameters
        ----------
        limit
            how many cases at the most
        """
        return self._send(Call("GET", "/reviews", path={}, query={"limit": limit}, safe=True), models.CaseList)

    def list_decided_reviews(self, *, limit: int | None = None) -> models.DecidedList:
        """Cases that a person decided.

        Parameters
        ----------
        limit
            how many cases at the most
        """
        return self._send(
            Call("GET", "/reviews/decided", path={}, query={"limit": limit}, safe=True), models.DecidedList
        )

    def decide_review(self, case_id: str, *, outcome: Literal["uphold", "approve"], reason: str) -> models.Decided:
        """Decide a case."""
        return self._send(
            Call(
                "POST",
                "/reviews/{case_id}",
                path={"case_id": case_id},
                query={},
                body={"outcome": outcome, "reason": reason},
                safe=False,
            ),
            models.Decided,
        )

    def draft_letter(self, customer_id: str) -> models.Letter:
        """Draft a letter on an adverse decision."""
        return self._send(
            Call("POST", "/letters/{customer_id}", path={"customer_id": customer_id}, query={}, safe=False),
            models.Letter,
        )

    def get_board_pack(self) -> Any:
        """The board pack as a PDF."""
        return self._send(Call("GET", "/reports/board", path={}, query={}, safe=True), object)

    def export_answer(self, receipt_id: str, form: Literal["csv", "xlsx", "pdf", "html", "svg", "png"]) -> Any:
        """An answer as a file.

        Parameters
        ----------
        form
            kind of file
        """
        return self._send(
            Call(
                "GET",
                "/receipts/{receipt_id}/export/{form}",
                path={"receipt_id": receipt_id, "form": form},
                query={},
                safe=True,
            ),
            object,
        )

    def list_erasures(self) -> models.Records:
        """What was erased, with the proofs."""
        return self._send(Call("GET", "/privacy/erasures", path={}, query={}, safe=True), models.Records)

    def erase_customer(self, *, customer_id: str, reason: str | None = None) -> models.Erasure:
        """Erase a customer, and prove it."""
        return self._send(
            Call(
                "POST",
                "/privacy/erasures",
                path={},
                query={},
                body={"customer_id": customer_id, "reason": reason},
                safe=False,
            ),
            models.Erasure,
        )

    def export_customer(self, customer_id: str) -> bytes:
        """Everything kept of a customer, as a zip."""
        return self._send(
            Call("GET", "/privacy/exports/{customer_id}", path={"customer_id": customer_id}, query={}, safe=True), bytes
        )

    def list_holds(self) -> models.Records:
        """Who is under a legal hold."""
        return self._send(Call("GET", "/privacy/holds", path={}, query={}, safe=True), models.Records)

    def hold_customer(self, *, customer_id: str, reason: str) -> models.Record:
        """Put a customer's data under a legal hold."""
        return self._send(
            Call(
                "POST",
                "/privacy/holds",
                path={},
                query={},
                body={"customer_id": customer_id, "reason": reason},
                safe=False,
            ),
            models.Record,
        )

    def release_customer(self, *, customer_id: str, reason: str) -> models.Record:
        """Release a customer's data from a legal hold."""
        return self._send(
            Call(
                "POST",
                "/privacy/holds/release",
                path={},
                query={},
                body={"customer_id": customer_id, "reason": reason},
                safe=False,
            ),
            models.Record,
        )

    def record_consent(
        self,
        *,
        customer_id: str,
        purpose: str,
        said: Literal["given", "withdrawn"],
        notice: str | None = None,
        days: float | None = None,
    ) -> models.Record:
        """Write down a consent given or withdrawn."""
        return self._send(
            Call(
                "POST",
                "/privacy/consents",
                path={},
                query={},
                body={"customer_id": customer_id, "purpose": purpose, "said": said, "notice": notice, "days": days},
                safe=False,
            ),
            models.Record,
        )

    def list_consents(self, customer_id: str) -> models.Consents:
        """A customer's consents."""
        return self._send(
            Call("GET", "/privacy/consents/{customer_id}", path={"customer_id": customer_id}, query={}, safe=True),
            models.Consents,
        )

    def get_retention(self) -> models.Periods:
        """How long records are kept."""
        return self._send(Call("GET", "/privacy/retention", path={}, query={}, safe=True), models.Periods)

    def run_retention(self) -> models.Forgotten:
        """Erase what is past its period."""
        return self._send(Call("POST", "/privacy/retention", path={}, query={}, safe=False), models.Forgotten)

    def list_breaches(self) -> models.Records:
        """The breach log."""
        return self._send(Call("GET", "/privacy/breaches", path={}, query={}, safe=True), models.Records)

    def log_breach(
        self,
        *,
        what: str,
        aware_at: dt.datetime,
        people: int | None = None,
        measures: str | None = None,
        reported_at: dt.datetime | None = None,
    ) -> models.Record:
        """Log a breach of personal data."""
        return self._send(
            Call(
                "POST",
                "/privacy/breaches",
                path={},
                query={},
                body={
                    "what": what,
                    "aware_at": aware_at,
                    "people": people,
                    "measures": measures,
                    "reported_at": reported_at,
                },
                safe=False,
            ),
            models.Record,
        )

    def list_processing_records(self) -> models.Processing:
        """The records of processing."""
        return self._send(Call("GET", "/privacy/records", path={}, query={}, safe=True), models.Processing)

    def list_documents(self) -> models.DocumentList:
        """The workspace's own documents."""
        return self._send(Call("GET", "/knowledge", path={}, query={}, safe=True), models.DocumentList)

    def add_document(
        self,
        content: bytes,
        *,
        name: str,
        title: str | None = None,
        status: str | None = None,
        valid_from: dt.date | None = None,
        superseded_on: dt.date | None = None,
        role: Sequence[str] | None = None,
        content_type: str = "application/octet-stream",
    ) -> models.DocumentTold:
        """Add a document: PDF, DOCX, Markdown, HTML, text.

        Parameters
        ----------
        name
            the file's name; its ending tells the kind
        role
            only these roles may read it
        """
        return self._send(
            Call(
                "POST",
                "/knowledge",
                path={},
                query={
                    "name": name,
                    "title": title,
                    "status": status,
                    "valid_from": valid_from,
                    "superseded_on": superseded_on,
                    "role": role,
                },
                content=content,
                content_type=content_type,
                safe=False,
            ),
            models.DocumentTold,
        )

    def remove_document(self, document_id: str) -> models.DocumentTold:
        """Remove a document."""
        return self._send(
            Call("DELETE", "/knowledge/{document_id}", path={"document_id": document_id}, query={}, safe=True),
            models.DocumentTold,
        )

    def give_feedback(self, receipt_id: str, *, up: bool, correction: str | None = None) -> models.FeedbackTold:
        """Say what an answer was worth."""
        return self._send(
            Call(
                "POST",
                "/receipts/{receipt_id}/feedback",
                path={"receipt_id": receipt_id},
                query={},
                body={"up": up, "correction": correction},
                safe=False,
            ),
            models.FeedbackTold,
        )

    def list_unanswered(self, *, limit: int | None = None) -> models.UnansweredList:
        """The questions that found no answer."""
        return self._send(Call("GET", "/unanswered", path={}, query={"limit": limit}, safe=True), models.UnansweredList)

    def sign_in(self, *, name: str, password: str) -> models.Me:
        """Sign in with name and password."""
        return self._send(
            Call("POST", "/sessions", path={}, query={}, body={"name": name, "password": password}, safe=False),
            models.Me,
        )

    def sign_out(self) -> None:
        """Sign out."""
        return self._send(Call("DELETE", "/sessions", path={}, query={}, safe=True), type(None))

    def me(self) -> models.Me:
        """Who is asking, and what he may do."""
        return self._send(Call("GET", "/me", path={}, query={}, safe=True), models.Me)

    def get_token(
        self,
        *,
        grant_type: Literal["client_credentials"],
        client_id: str | None = None,
        client_secret: str | None = None,
        scope: str | None = None,
        customer_id: str | None = None,
    ) -> models.TokenAnswer:
        """A token for a key (OAuth 2 client credentials).

        Parameters
        ----------
        client_id
            the key's id
        client_secret
            the key itself
        scope
            scopes to narrow the token to, parted by spaces
        customer_id
            the one customer whose rows the token shall see
        """
        return self._send(
            Call(
                "POST",
                "/token",
                path={},
                query={},
                form={
                    "grant_type": grant_type,
                    "client_id": client_id,
                    "client_secret": client_secret,
                    "scope": scope,
                    "customer_id": customer_id,
                },
                safe=True,
            ),
            models.TokenAnswer,
        )

    def get_jwks(self) -> models.KeySet:
        """The public keys of the tokens."""
        return self._send(Call("GET", "/jwks.json", path={}, query={}, safe=True), models.KeySet)

    def list_keys(self) -> models.KeyList:
        """All API keys."""
        return self._send(Call("GET", "/keys", path={}, query={}, safe=True), models.KeyList)

    def create_key(
        self,
        *,
        label: str,
        role: str | None = None,
        scopes: Sequence[str] | None = None,
        partitions: Mapping[str, Sequence[str]] | None = None,
        days: float | None = None,
        per_minute: int | None = None,
        idempotency_key: str | None = None,
    ) -> models.KeyMade:
        """Make an API key.

        Parameters
        ----------
        idempotency_key
            Sent twice under one key, it is done once; one is made for each call by default.
        """
        return self._send(
            Call(
                "POST",
                "/keys",
                path={},
                query={},
                body={
                    "label": label,
                    "role": role,
                    "scopes": scopes,
                    "partitions": partitions,
                    "days": days,
                    "per_minute": per_minute,
                },
                safe=False,
                once=True,
                idempotency_key=idempotency_key,
            ),
            models.KeyMade,
        )

    def rotate_key(self, key_id: str, *, grace_days: float | None = None) -> models.KeyMade:
        """Make a key's successor."""
        return self._send(
            Call(
                "POST",
                "/keys/{key_id}/rotate",
                path={"key_id": key_id},
                query={},
                body={"grace_days": grace_days},
                safe=False,
            ),
            models.KeyMade,
        )

    def revoke_key(self, key_id: str) -> models.KeyListed:
        """Let a key in no more."""
        return self._send(
            Call("POST", "/keys/{key_id}/revoke", path={"key_id": key_id}, query={}, safe=False), models.KeyListed
        )

    def list_webhooks(self) -> models.WebhookList:
        """All webhooks."""
        return self._send(Call("GET", "/webhooks", path={}, query={}, safe=True), models.WebhookList)

    def register_webhook(
        self,
        *,
        url: str,
        events: Sequence[Literal["job.finished", "alert.raised", "schedule.ran", "model.changed", "rules.changed"]],
    ) -> models.WebhookMade:
        """Register an address for events."""
        return self._send(
            Call("POST", "/webhooks", path={}, query={}, body={"url": url, "events": events}, safe=False),
            models.WebhookMade,
        )

    def remove_webhook(self, webhook_id: str) -> None:
        """Remove a webhook."""
        return self._send(
            Call("DELETE", "/webhooks/{webhook_id}", path={"webhook_id": webhook_id}, query={}, safe=True), type(None)
        )

    def test_webhook(self, webhook_id: str) -> models.DeliveryTold:
        """Send a test event at once."""
        return self._send(
            Call("POST", "/webhooks/{webhook_id}/test", path={"webhook_id": webhook_id}, query={}, safe=False),
            models.DeliveryTold,
        )

    def list_deliveries(self, webhook_id: str, *, limit: int | None = None) -> models.DeliveryList:
        """What was sent to a webhook.

        Parameters
        ----------
        limit
            how many deliveries at the most
        """
        return self._send(
            Call(
                "GET",
                "/webhooks/{webhook_id}/deliveries",
                path={"webhook_id": webhook_id},
                query={"limit": limit},
                safe=True,
            ),
            models.DeliveryList,
        )

    def list_alerts(
        self,
        *,
        state: Literal["unresolved", "open", "acknowledged", "snoozed", "resolved", "all"] | None = None,
        limit: int | None = None,
    ) -> models.AlertList:
        """Alerts, the newest first.

        Parameters
        ----------
        state
            of which state
        limit
            how many at the most
        """
        return self._send(
            Call("GET", "/alerts", path={}, query={"state": state, "limit": limit}, safe=True), models.AlertList
        )

    def check_alerts(self) -> models.AlertsChecked:
        """Hold every alert rule against the books."""
        return self._send(Call("POST", "/alerts/check", path={}, query={}, safe=False), models.AlertsChecked)

    def acknowledge_alert(self, alert_id: str, *, note: str | None = None) -> models.AlertTold:
        """Acknowledge an alert."""
        return self._send(
            Call(
                "POST",
                "/alerts/{alert_id}/acknowledge",
                path={"alert_id": alert_id},
                query={},
                body={"note": note},
                safe=False,
            ),
            models.AlertTold,
        )

    def snooze_alert(self, alert_id: str, *, until: dt.date, note: str | None = None) -> models.AlertTold:
        """Put an alert away until a day."""
        return self._send(
            Call(
                "POST",
                "/alerts/{alert_id}/snooze",
                path={"alert_id": alert_id},
                query={},
                body={"note": note, "until": until},
                safe=False,
            ),
            models.AlertTold,
        )

    def resolve_alert(self, alert_id: str, *, note: str | None = None) -> models.AlertTold:
        """Close an alert."""
        return self._send(
            Call(
                "POST",
                "/alerts/{alert_id}/resolve",
                path={"alert_id": alert_id},
                query={},
                body={"note": note},
                safe=False,
            ),
            models.AlertTold,
        )

    def reopen_alert(self, alert_id: str, *, note: str | None = None) -> models.AlertTold:
        """Open an alert again."""
        return self._send(
            Call(
                "POST",
                "/alerts/{alert_id}/reopen",
                path={"alert_id": alert_id},
                query={},
                body={"note": note},
                safe=False,
            ),
            models.AlertTold,
        )

    def list_alert_rules(self) -> models.AlertRuleList:
        """The rules that raise alerts."""
        return self._send(Call("GET", "/alert-rules", path={}, query={}, safe=True), models.AlertRuleList)

    def add_alert_rule(
        self,
        *,
        name: str,
        title: str | None = None,
        metric: str | None = None,
        filters: Sequence[models.Filter | Mapping[str, Any]] | None = None,
        period: Literal["newest_month", "newest_3_months", "newest_12_months", "all_time"] | None = None,
        list: str | None = None,
        arguments: Mapping[str, Any] | None = None,
        where: Sequence[models.Filter | Mapping[str, Any]] | None = None,
        new: bool | None = None,
        above: float | str | None = None,
        below: float | str | None = None,
        rises: float | str | None = None,
        falls: float | str | None = None,
        months: int | None = None,
    ) -> models.AlertRuleMade:
        """Declare an alert rule."""
        return self._send(
            Call(
                "POST",
                "/alert-rules",
                path={},
                query={},
                body={
                    "name": name,
                    "title": title,
                    "metric": metric,
                    "filters": filters,
                    "period": period,
                    "list": list,
                    "arguments": arguments,
                    "where": where,
                    "new": new,
                    "above": above,
                    "below": below,
                    "rises": rises,
                    "falls": falls,
                    "months": months,
                },
                safe=False,
            ),
            models.AlertRuleMade,
        )

    def remove_alert_rule(self, name: str) -> None:
        """Remove an alert rule."""
        return self._send(Call("DELETE", "/alert-rules/{name}", path={"name": name}, query={}, safe=True), type(None))

    def list_worklist(
        self,
        *,
        kind: str | None = None,
        state: Literal["open", "done", "all"] | None = None,
        assignee: str | None = None,
        limit: int | None = None,
    ) -> models.ItemList:
        """Whom somebody should see to.

        Parameters
        ----------
        kind
            of which list
        state
            of which state
        assignee
            a user, me, or nobody
        limit
            how many at the most
        """
        return self._send(
            Call(
                "GET",
                "/worklist",
                path={},
                query={"kind": kind, "state": state, "assignee": assignee, "limit": limit},
                safe=True,
            ),
            models.ItemList,
        )

    def fill_worklist(
        self,
        *,
        kind: str,
        limit: int | None = None,
        arguments: Mapping[str, Any] | None = None,
        hold_out: float | None = None,
    ) -> models.Filled:
        """Put a list on the worklist."""
        return self._send(
            Call(
                "POST",
                "/worklist/fill",
                path={},
                query={},
                body={"kind": kind, "limit": limit, "arguments": arguments, "hold_out": hold_out},
                safe=False,
            ),
            models.Filled,
        )

    def get_worth_of_acting(self) -> models.WorthList:
        """What acting was worth."""
        return self._send(Call("GET", "/worklist/worth", path={}, query={}, safe=True), models.WorthList)

    def assign_item(self, item_id: str, *, to: str | None = None) -> models.ItemTold:
        """Assign an item."""
        return self._send(
            Call(
                "POST", "/worklist/{item_id}/assign", path={"item_id": item_id}, query={}, body={"to": to}, safe=False
            ),
            models.ItemTold,
        )

    def note_item(self, item_id: str, *, text: str) -> models.ItemTold:
        """Note something with an item."""
        return self._send(
            Call(
                "POST", "/worklist/{item_id}/note", path={"item_id": item_id}, query={}, body={"text": text}, safe=False
            ),
            models.ItemTold,
        )

    def resolve_item(self, item_id: str, *, outcome: str, text: str | None = None) -> models.ItemTold:
        """Say what came of an item."""
        return self._send(
            Call(
                "POST",
                "/worklist/{item_id}/resolve",
                path={"item_id": item_id},
                query={},
                body={"outcome": outcome, "text": text},
                safe=False,
            ),
            models.ItemTold,
        )

    def undo_item(self, item_id: str) -> models.ItemTold:
        """Undo what was done last with an item."""
        return self._send(
            Call("POST", "/worklist/{item_id}/undo", path={"item_id": item_id}, query={}, safe=False), models.ItemTold
        )

    def list_schedules(self) -> models.ScheduleList:
        """One's own schedules."""
        return self._send(Call("GET", "/schedules", path={}, query={}, safe=True), models.ScheduleList)

    def add_schedule(
        self,
        *,
        when: str,
        question: str | None = None,
        report: Literal["", "board"] | None = None,
        to: Sequence[str] | None = None,
        attach: bool | None = None,
        zone: str | None = None,
    ) -> models.ScheduleTold:
        """Schedule a question or a report."""
        return self._send(
            Call(
                "POST",
                "/schedules",
                path={},
                query={},
                body={"when": when, "question": question, "report": report, "to": to, "attach": attach, "zone": zone},
                safe=False,
            ),
            models.ScheduleTold,
        )

    def remove_schedule(self, schedule_id: str) -> None:
        """Remove a schedule."""
        return self._send(
            Call("DELETE", "/schedules/{schedule_id}", path={"schedule_id": schedule_id}, query={}, safe=True),
            type(None),
        )

    def pause_schedule(self, schedule_id: str, *, active: bool | None = None) -> models.ScheduleTold:
        """Pause or resume a schedule."""
        return self._send(
            Call(
                "POST",
                "/schedules/{schedule_id}/pause",
                path={"schedule_id": schedule_id},
                query={},
                body={"active": active},
                safe=False,
            ),
            models.ScheduleTold,
        )

    def get_scheduled_result(self, schedule_id: str, run_id: str) -> models.RunTold:
        """What a run gave."""
        return self._send(
            Call(
                "GET",
                "/schedules/{schedule_id}/runs/{run_id}",
                path={"schedule_id": schedule_id, "run_id": run_id},
                query={},
                safe=True,
            ),
            models.RunTold,
        )


class AsyncMunshi(AsyncTransport):
    """A client whose every call is awaited."""

    async def list_tools(self) -> models.ToolList:
        """Every tool, with the schema of its arguments."""
        return await self._send(Call("GET", "/tools", path={}, query={}, safe=True), models.ToolList)

    async def query_metrics(
        self,
        *,
        metrics: Sequence[str],
        page_size: int | None = None,
        cursor: str | None = None,
        dimensions: Sequence[str] | None = None,
        filters: Sequence[models.Filter | Mapping[str, Any]] | None = None,
        grain: Literal["day", "week", "month", "quarter", "year"] | None = None,
        period: models.Period | Mapping[str, Any] | None = None,
        compare_to: Literal["previous_period", "previous_year"] | None = None,
        order: Sequence[models.Order | Mapping[str, Any]] | None = None,
        limit: int | None = None,
        skip: int | None = None,
        any_filters: Sequence[models.Filter | Mapping[str, Any]] | None = None,
        against: models.Period | Mapping[str, Any] | None = None,
        share: bool | None = None,
        each: models.Each | Mapping[str, Any] | None = None,
        ratio: bool | None = None,
        together: bool | None = None,
        who: Sequence[models.Who | Mapping[str, Any]] | None = None,
    ) -> models.ToolAnswer:
        """Answers with governed metrics: the first choice for any figure about customers, accounts, postings, loans or risk.

        Parameters
        ----------
        page_size
            rows of the table in this page; all by default
        cursor
            `page.next` of the page before
        grain
            bucket of time to split by
        period
            half-open; all time by default
        limit
            rows to keep; the total is told
        skip
            rows to leave out before them
        any_filters
            at least one of these must hold
        against
            a period of one's own to compare with
        share
            add each group's share of the sum over all groups
        each
            a statistic over customers, loans, …
        ratio
            add the first metric over the second
        together
            one row: the sum over the rows shown
        who
            only customers whose own figure meets each
        """
        return await self._send(
            Call(
                "POST",
                "/tools/query_metrics",
                path={},
                query={"limit": page_size, "cursor": cursor},
                body={
                    "metrics": metrics,
                    "dimensions": dimensions,
                    "filters": filters,
                    "grain": grain,
                    "period": period,
                    "compare_to": compare_to,
                    "order": order,
                    "limit": limit,
                    "skip": skip,
                    "any_filters": any_filters,
                    "against": against,
                    "share": share,
                    "each": each,
                    "ratio": ratio,
                    "together": together,
                    "who": who,
                },
                safe=True,
            ),
            models.ToolAnswer,
        )

    async def run_sql(self, *, sql: str, page_size: int | None = None, cursor: str | None = None) -> models.ToolAnswer:
        """Runs one read-only SELECT over the semantic views, for what `query_metrics` cannot say.

        Parameters
        ----------
        sql
            one SELECT over the semantic views
        page_size
            rows of the table in this page; all by default
        cursor
            `page.next` of the page before
        """
        return await self._send(
            Call(
                "POST",
                "/tools/run_sql",
                path={},
                query={"limit": page_size, "cursor": cursor},
                body={"sql": sql},
                safe=True,
            ),
            models.ToolAnswer,
        )

    async def top_risky_borrowers(
        self,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        by: Literal["probability_of_default", "expected_loss", "days_past_due"] | None = None,
        city: Sequence[str] | None = None,
        state: Sequence[str] | None = None,
        region: Sequence[str] | None = None,
        product: Sequence[str] | None = None,
        band: Sequence[str] | None = None,
    ) -> models.ToolAnswer:
        """Ranks borrowers by risk and returns the exact list with each borrower's reasons.

        Parameters
        ----------
        page_size
            rows of the table in this page; all by default
        cursor
            `page.next` of the page before
        limit
            how many borrowers
        by
            what risk means
        """
        return await self._send(
            Call(
                "POST",
                "/tools/top_risky_borrowers",
                path={},
                query={"limit": page_size, "cursor": cursor},
                body={
                    "limit": limit,
                    "by": by,
                    "city": city,
                    "state": state,
                    "region": region,
                    "product": product,
                    "band": band,
                },
                safe=True,
            ),
            models.ToolAnswer,
        )

    async def likely_leavers(
        self,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        city: Sequence[str] | None = None,
        state: Sequence[str] | None = None,
        region: Sequence[str] | None = None,
        occupation: Sequence[str] | None = None,
        band: Sequence[str] | None = None,
    ) -> models.ToolAnswer:
        """Ranks customers by the churn model's probability of leaving within 90 days and returns the exact list with each
        customer's reasons, and the probabilities within 30 and 60 days.

                Parameters
                ----------
                page_size
                    rows of the table in this page; all by default
                cursor
                    `page.next` of the page before
                limit
                    how many customers
        """
        return await self._send(
            Call(
                "POST",
                "/tools/likely_leavers",
                path={},
                query={"limit": page_size, "cursor": cursor},
                body={
                    "limit": limit,
                    "city": city,
                    "state": state,
                    "region": region,
                    "occupation": occupation,
                    "band": band,
                },
                safe=True,
            ),
            models.ToolAnswer,
        )

    async def customer_segments(
        self,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        segment: Sequence[str] | None = None,
        city: Sequence[str] | None = None,
        state: Sequence[str] | None = None,
        region: Sequence[str] | None = None,
        occupation: Sequence[str] | None = None,
        limit: int | None = None,
    ) -> models.ToolAnswer:
        """Lists the segments of active customers: name, size, share, and how many moved in and out since the month before.

        Parameters
        ----------
        page_size
            rows of the table in this page; all by default
        cursor
            `page.next` of the page before
        limit
            how many members to list
        """
        return await self._send(
            Call(
                "POST",
                "/tools/customer_segments",
                path={},
                query={"limit": page_size, "cursor": cursor},
                body={
                    "segment": segment,
                    "city": city,
                    "state": state,
                    "region": region,
                    "occupation": occupation,
                    "limit": limit,
                },
                safe=True,
            ),
            models.ToolAnswer,
        )

    async def forecast_spend(
        self,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        measure: Literal["spend", "inflow"] | None = None,
        months: int | None = None,
        skip: int | None = None,
        filters: Sequence[models.Filter | Mapping[str, Any]] | None = None,
    ) -> models.ToolAnswer:
        """Forecasts the governed metric `spend` or `inflow`, one to twelve months after the last whole month, for everyone or for
        what `filters` keep (a city, a category, one customer): each month with an interval that holds eight of ten outcomes, the
        sum, the same number of months before it, and how far such forecasts missed at rolling origins beside a seasonal naive
        one.

                Parameters
                ----------
                page_size
                    rows of the table in this page; all by default
                cursor
                    `page.next` of the page before
                measure
                    what is forecast
                months
                    months ahead
                skip
                    months left out before them
                filters
                    as in query_metrics: city, category, customer_id …
        """
        return await self._send(
            Call(
                "POST",
                "/tools/forecast_spend",
                path={},
                query={"limit": page_size, "cursor": cursor},
                body={"measure": measure, "months": months, "skip": skip, "filters": filters},
                safe=True,
            ),
            models.ToolAnswer,
        )

    async def unusual_transactions(
        self,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        customer_id: str | None = None,
        since: dt.date | None = None,
        until: dt.date | None = None,
        kind: Sequence[str] | None = None,
        city: Sequence[str] | None = None,
        state: Sequence[str] | None = None,
        region: Sequence[str] | None = None,
        category: Sequence[str] | None = None,
    ) -> models.ToolAnswer:
        """Lists the postings that stand out most against their customer's own habits (amount for the category, hour, place, new
        payee, many within minutes) and against everybody's, each with its kind and its reasons in words.

                Parameters
                ----------
                page_size
                    rows of the table in this page; all by default
                cursor
                    `page.next` of the page before
                limit
                    how many postings
                customer_id
                    of this customer alone
                since
                    posted on this day or later
                until
                    posted before this day
        """
        return await self._send(
            Call(
                "POST",
                "/tools/unusual_transactions",
                path={},
                query={"limit": page_size, "cursor": cursor},
                body={
                    "limit": limit,
                    "customer_id": customer_id,
                    "since": since,
                    "until": until,
                    "kind": kind,
                    "city": city,
                    "state": state,
                    "region": region,
                    "category": category,
                },
                safe=True,
            ),
            models.ToolAnswer,
        )

    async def customer_goals(
        self,
        *,
        page_size: int | None = None,
        cursor: str | None = None,
        limit: int | None = None,
        customer_id: str | None = None,
        least_confidence: float | None = None,
        goal: Sequence[str] | None = None,
        city: Sequence[str] | None = None,
        state: Sequence[str] | None = None,
        region: Sequence[str] | None = None,
        occupation: Sequence[str] | None = None,
    ) -> models.ToolAnswer:
        """Lists goals and life events that postings give evidence of at the newest month end (a new employer, a step in the salary,
        saving for a large purchase, a need for a loan), each with the figures it rests on, the share of such findings that were
        true on simulated events, and a product that a rule allows to be suggested.

                Parameters
                ----------
                page_size
                    rows of the table in this page; all by default
                cursor
                    `page.next` of the page before
                limit
                    how many findings
                customer_id
                    of this customer alone
                least_confidence
                    leave out what is less sure, 0 to 1
        """
        return await self._send(
            Call(
                "POST",
                "/tools/customer_goals",
                path={},
                query={"limit": page_size, "cursor": cursor},
                body={
                    "limit": limit,
                    "customer_id": customer_id,
                    "least_confidence": least_confidence,
                    "goal": goal,
                    "city": city,
                    "state": state,
                    "region": region,
                    "occupation": occupation,
                },
                safe=True,
            ),
            models.ToolAnswer,
        )

    async def customer_profile(
        self, *, customer_id: str, page_size: int | None = None, cursor: str | None = None
    ) -> models.ToolAnswer:
        """Describes one customer: who (personal columns masked unless the caller may see them), accounts, loans with days past due,
        the latest risk score with its reasons, the money in and out of the last twelve months, and the payments that come
        back, with the date the next is expected.

                Parameters
                ----------
                customer_id
                    identifier of a customer, such as C_4F21
                page_size
                    rows of the table in this page; all by default
                cursor
                    `page.next` of the page before
        """
        return await self._send(
            Call(
                "POST",
                "/tools/customer_profile",
                path={},
                query={"limit": page_size, "cursor": cursor},
                body={"customer_id": customer_id},
                safe=True,
            ),
            models.ToolAnswer,
        )

    async def explain_prediction(
        self, *, customer_id: str, page_size: int | None = None, cursor: str | None = None, model: str | None = None
    ) -> models.ToolAnswer:
        """Explains one borrower's risk score: the points each group of behaviour (concept) added or took off, from the average
        borrower to this score, the adverse reasons in approved words, and the figures behind them beside the median borrower's.

                Parameters
                ----------
                customer_id
                    identifier of a customer, such as C_4F21
                page_size
                    rows of the table in this page; all by default
                cursor
                    `page.next` of the page before
                model
                    name of the model
        """
        return await self._send(
            Call(
                "POST",
                "/tools/explain_prediction",
                path={},
                query={"limit": page_size, "cursor": cursor},
                body={"customer_id": customer_id, "model": model},
                safe=True,
            ),
            models.ToolAnswer,
        )

    async def what_if(
        self,
        *,
        customer_id: str,
        page_size: int | None = None,
        cursor: str | None = None,
        changes: Mapping[str, float | str] | None = None,
        under: float | None = None,
        model: str | None = None,
    ) -> models.ToolAnswer:
        """Scores one customer again with some figures changed (`changes`), or searches few changes within reach that bring the
        probability under a target (`under`, such as 0.

                Parameters
                ----------
                customer_id
                    identifier of a customer, such as C_4F21
                page_size
                    rows of the table in this page; all by default
                cursor
                    `page.next` of the page before
                changes
                    lever or feature → value, "+10%", "-20%", "x2", "+5000"
                under
                    probability to get under, such as 0.05
                model
                    credit or churn
        """
        return await self._send(
            Call(
                "POST",
                "/tools/what_if",
                path={},
                query={"limit": page_size, "cursor": cursor},
                body={"customer_id": customer_id, "changes": changes, "under": under, "model": model},
                safe=True,
            ),
            models.ToolAnswer,
        )

    async def stress_test(
        self,
        *,
        changes: Mapping[str, float | str],
        page_size: int | None = None,
        cursor: str | None = None,
        city: Sequence[str] | None = None,
        state: Sequence[str] | None = None,
        region: Sequence[str] | None = None,
        product: Sequence[str] | None = None,
        band: Sequence[str] | None = None,
    ) -> models.ToolAnswer:
        """Scores every borrower of the book again with some figures changed for all of them (`changes`, the levers of `what_if`:
        {"income": "-10%", "instalments": "+2%"}) and returns the risk bands and the expected loss before and after.

                Parameters
                ----------
                changes
                    lever → "-10%", "+2%", "x2", "+5000"
                page_size
                    rows of the table in this page; all by default
                cursor
                    `page.next` of the page before
        """
        return await self._send(
            Call(
                "POST",
                "/tools/stress_test",
                path={},
                query={"limit": page_size, "cursor": cursor},
                body={
                    "changes": changes,
                    "city": city,
                    "state": state,
                    "region": region,
                    "product": product,
                    "band": band,
                },
                safe=True,
            ),
            models.ToolAnswer,
        )

    async def compare_customers(
        self,
        *,
        customer_id: str,
        page_size: int | None = None,
        cursor: str | None = None,
        other: str | None = None,
        city: Sequence[str] | None = None,
        state: Sequence[str] | None = None,
        region: Sequence[str] | None = None,
        occupation: Sequence[str] | None = None,
        product: Sequence[str] | None = None,
        band: Sequence[str] | None = None,
        model: str | None = None,
    ) -> models.ToolAnswer:
        """Compares one scored customer with another (`other`), with a cohort (`city`, `state`, `region`, `occupation`, `product`,
        `band`: the mean of its other members), or without any of these with everybody else the model scores: the difference of
        their scores in points by concept, the figures behind it side by side.

                Parameters
                ----------
                customer_id
                    identifier of a customer, such as C_4F21
                page_size
                    rows of the table in this page; all by default
                cursor
                    `page.next` of the page before
                other
                    customer to compare with
                model
                    credit or churn
        """
        return await self._send(
            Call(
                "POST",
                "/tools/compare_customers",
                path={},
                query={"limit": page_size, "cursor": cursor},
                body={
                    "customer_id": customer_id,
                    "other": other,
                    "city": city,
                    "state": state,
                    "region": region,
                    "occupation": occupation,
                    "product": product,
                    "band": band,
                    "model": model,
                },
                safe=True,
            ),
            models.ToolAnswer,
        )

    async def search_knowledge(
        self, *, question: str, page_size: int | None = None, cursor: str | None = None, limit: int | None = None
    ) -> models.ToolAnswer:
        """Finds the passages of the knowledge base that answer a question about rules, definitions, the schema, the features, the
        product or a model.

                Parameters
                ----------
                page_size
                    rows of the table in this page; all by default
                cursor
                    `page.next` of the page before
        """
        return await self._send(
            Call(
                "POST",
                "/tools/search_knowledge",
                path={},
                query={"limit": page_size, "cursor": cursor},
                body={"question": question, "limit": limit},
                safe=True,
            ),
            models.ToolAnswer,
        )

    async def model_card(
        self, *, page_size: int | None = None, cursor: str | None = None, model: str | None = None
    ) -> models.ToolAnswer:
        """Says how good a model is and what it is: discrimination (AUC, Gini, KS) and calibration out of time, each with its 95 %
        interval, the number of bads and a baseline beside it; training window, label, drift, top concepts and limits.

                Parameters
                ----------
                page_size
                    rows of the table in this page; all by default
                cursor
                    `page.next` of the page before
                model
                    name of the model
        """
        return await self._send(
            Call(
                "POST",
                "/tools/model_card",
                path={},
                query={"limit": page_size, "cursor": cursor},
                body={"model": model},
                safe=True,
            ),
            models.ToolAnswer,
        )

    async def workspace_status(
        self, body: Mapping[str, Any], *, page_size: int | None = None, cursor: str | None = None
    ) -> models.ToolAnswer:
        """Says what the workspace holds and how fresh it is: the data clock, row counts per table, currency, sources, schema
        version, snapshot, and each serving model with its training date.

                Parameters
                ----------
                page_size
                    rows of the table in this page; all by default
                cursor
                    `page.next` of the page before
        """
        return await self._send(
            Call(
                "POST",
                "/tools/workspace_status",
                path={},
                query={"limit": page_size, "cursor": cursor},
                body=body,
                safe=True,
            ),
            models.ToolAnswer,
        )

    async def call_tool(self, name: str, body: Mapping[str, Any]) -> Any:
        """What is said of a tool that does not exist."""
        return await self._send(
            Call("POST", "/tools/{name}", path={"name": name}, query={}, body=body, safe=True), object
        )

    async def infer_credit_score(
        self,
        *,
        customer_id: str | None = None,
        transactions: Sequence[models.InlinePosting | Mapping[str, Any]] | None = None,
        accounts: Sequence[models.InlineAccount | Mapping[str, Any]] | None = None,
        loans: Sequence[models.InlineLoan | Mapping[str, Any]] | None = None,
        instalments: Sequence[models.InlineInstalment | Mapping[str, Any]] | None = None,
        sessions: Sequence[models.InlineSession | Mapping[str, Any]] | None = None,
        as_of: dt.date | None = None,
    ) -> models.CreditScore:
        """Probability of default of one borrower.

        Parameters
        ----------
        as_of
            month end to score at; the newest whole month by default
        """
        return await self._send(
            Call(
                "POST",
                "/inference/credit-score",
                path={},
                query={},
                body={
                    "customer_id": customer_id,
                    "transactions": transactions,
                    "accounts": accounts,
                    "loans": loans,
                    "instalments": instalments,
                    "sessions": sessions,
                    "as_of": as_of,
                },
                safe=True,
            ),
            models.CreditScore,
        )

    async def infer_churn_score(
        self,
        *,
        customer_id: str | None = None,
        transactions: Sequence[models.InlinePosting | Mapping[str, Any]] | None = None,
        accounts: Sequence[models.InlineAccount | Mapping[str, Any]] | None = None,
        loans: Sequence[models.InlineLoan | Mapping[str, Any]] | None = None,
        instalments: Sequence[models.InlineInstalment | Mapping[str, Any]] | None = None,
        sessions: Sequence[models.InlineSession | Mapping[str, Any]] | None = None,
        as_of: dt.date | None = None,
    ) -> models.ChurnScore:
        """Probability that one customer begins to leave within 90 days.

        Parameters
        ----------
        as_of
            month end to score at; the newest whole month by default
        """
        return await self._send(
            Call(
                "POST",
                "/inference/churn-score",
                path={},
                query={},
                body={
                    "customer_id": customer_id,
                    "transactions": transactions,
                    "accounts": accounts,
                    "loans": loans,
                    "instalments": instalments,
                    "sessions": sessions,
                    "as_of": as_of,
                },
                safe=True,
            ),
            models.ChurnScore,
        )

    async def infer_segment(
        self,
        *,
        customer_id: str | None = None,
        transactions: Sequence[models.InlinePosting | Mapping[str, Any]] | None = None,
        accounts: Sequence[models.InlineAccount | Mapping[str, Any]] | None = None,
        loans: Sequence[models.InlineLoan | Mapping[str, Any]] | None = None,
        instalments: Sequence[models.InlineInstalment | Mapping[str, Any]] | None = None,
        sessions: Sequence[models.InlineSession | Mapping[str, Any]] | None = None,
        as_of: dt.date | None = None,
    ) -> models.SegmentPlace:
        """The segment of one customer, and why.

        Parameters
        ----------
        as_of
            month end to score at; the newest whole month by default
        """
        return await self._send(
            Call(
                "POST",
                "/inference/segment",
                path={},
                query={},
                body={
                    "customer_id": customer_id,
                    "transactions": transactions,
                    "accounts": accounts,
                    "loans": loans,
                    "instalments": instalments,
                    "sessions": sessions,
                    "as_of": as_of,
                },
                safe=True,
            ),
            models.SegmentPlace,
        )

    async def infer_anomaly(
        self,
        *,
        customer_id: str | None = None,
        transactions: Sequence[models.InlinePosting | Mapping[str, Any]] | None = None,
        accounts: Sequence[models.InlineAccount | Mapping[str, Any]] | None = None,
        loans: Sequence[models.InlineLoan | Mapping[str, Any]] | None = None,
        instalments: Sequence[models.InlineInstalment | Mapping[str, Any]] | None = None,
        sessions: Sequence[models.InlineSession | Mapping[str, Any]] | None = None,
        as_of: dt.date | None = None,
    ) -> models.Anomalies:
        """Postings of one customer that stand out.

        Parameters
        ----------
        as_of
            month end to score at; the newest whole month by default
        """
        return await self._send(
            Call(
                "POST",
                "/inference/anomaly",
                path={},
                query={},
                body={
                    "customer_id": customer_id,
                    "transactions": transactions,
                    "accounts": accounts,
                    "loans": loans,
                    "instalments": instalments,
                    "sessions": sessions,
                    "as_of": as_of,
                },
                safe=True,
            ),
            models.Anomalies,
        )

    async def infer_goals(
        self,
        *,
        customer_id: str | None = None,
        transactions: Sequence[models.InlinePosting | Mapping[str, Any]] | None = None,
        accounts: Sequence[models.InlineAccount | Mapping[str, Any]] | None = None,
        loans: Sequence[models.InlineLoan | Mapping[str, Any]] | None = None,
        instalments: Sequence[models.InlineInstalment | Mapping[str, Any]] | None = None,
        sessions: Sequence[models.InlineSession | Mapping[str, Any]] | None = None,
        as_of: dt.date | None = None,
    ) -> models.Goals:
        """What one customer seems to be up to.

        Parameters
        ----------
        as_of
            month end to score at; the newest whole month by default
        """
        return await self._send(
            Call(
                "POST",
                "/inference/goals",
                path={},
                query={},
                body={
                    "customer_id": customer_id,
                    "transactions": transactions,
                    "accounts": accounts,
                    "loans": loans,
                    "instalments": instalments,
                    "sessions": sessions,
                    "as_of": as_of,
                },
                safe=True,
            ),
            models.Goals,
        )

    async def infer_spend_forecast(
        self,
        *,
        customer_id: str | None = None,
        transactions: Sequence[models.InlinePosting | Mapping[str, Any]] | None = None,
        accounts: Sequence[models.InlineAccount | Mapping[str, Any]] | None = None,
        loans: Sequence[models.InlineLoan | Mapping[str, Any]] | None = None,
        instalments: Sequence[models.InlineInstalment | Mapping[str, Any]] | None = None,
        sessions: Sequence[models.InlineSession | Mapping[str, Any]] | None = None,
        as_of: dt.date | None = None,
        measure: Literal["spend", "inflow"] | None = None,
        months: int | None = None,
    ) -> models.SpendForecast:
        """What one customer will spend, or receive.

        Parameters
        ----------
        as_of
            month end to score at; the newest whole month by default
        """
        return await self._send(
            Call(
                "POST",
                "/inference/spend-forecast",
                path={},
                query={},
                body={
                    "customer_id": customer_id,
                    "transactions": transactions,
                    "accounts": accounts,
                    "loans": loans,
                    "instalments": instalments,
                    "sessions": sessions,
                    "as_of": as_of,
                    "measure": measure,
                    "months": months,
                },
                safe=True,
            ),
            models.SpendForecast,
        )

    async def infer_explain(
        self,
        *,
        customer_id: str | None = None,
        transactions: Sequence[models.InlinePosting | Mapping[str, Any]] | None = None,
        accounts: Sequence[models.InlineAccount | Mapping[str, Any]] | None = None,
        loans: Sequence[models.InlineLoan | Mapping[str, Any]] | None = None,
        instalments: Sequence[models.InlineInstalment | Mapping[str, Any]] | None = None,
        sessions: Sequence[models.InlineSession | Mapping[str, Any]] | None = None,
        as_of: dt.date | None = None,
    ) -> models.ToolResult:
        """Why a borrower's score is what it is.

        Parameters
        ----------
        as_of
            month end to score at; the newest whole month by default
        """
        return await self._send(
            Call(
                "POST",
                "/inference/explain",
                path={},
                query={},
                body={
                    "customer_id": customer_id,
                    "transactions": transactions,
                    "accounts": accounts,
                    "loans": loans,
                    "instalments": instalments,
                    "sessions": sessions,
                    "as_of": as_of,
                },
                safe=True,
            ),
            models.ToolResult,
        )

    async def infer_what_if(
        self,
        *,
        customer_id: str | None = None,
        transactions: Sequence[models.InlinePosting | Mapping[str, Any]] | None = None,
        accounts: Sequence[models.InlineAccount | Mapping[str, Any]] | None = None,
        loans: Sequence[models.InlineLoan | Mapping[str, Any]] | None = None,
        instalments: Sequence[models.InlineInstalment | Mapping[str, Any]] | None = None,
        sessions: Sequence[models.InlineSession | Mapping[str, Any]] | None = None,
        as_of: dt.date | None = None,
        changes: Mapping[str, float] | None = None,
        under: float | None = None,
    ) -> models.WhatIf:
        """What a borrower's score would be with other figures.

        Parameters
        ----------
        as_of
            month end to score at; the newest whole month by default
        changes
            feature → value to score again with
        under
            find few changes that bring the probability under this
        """
        return await self._send(
            Call(
                "POST",
                "/inference/what-if",
                path={},
                query={},
                body={
                    "customer_id": customer_id,
                    "transactions": transactions,
                    "accounts": accounts,
                    "loans": loans,
                    "instalments": instalments,
                    "sessions": sessions,
                    "as_of": as_of,
                    "changes": changes,
                    "under": under,
                },
                safe=True,
            ),
            models.WhatIf,
        )

    async def submit_batch(self, model: str, content: bytes, *, content_type: str = "text/csv") -> models.JobTold:
        """Score a file of rows, as a job."""
        return await self._send(
            Call(
                "POST",
                "/batch/{model}",
                path={"model": model},
                query={},
                content=content,
                content_type=content_type,
                safe=False,
            ),
            models.JobTold,
        )

    async def list_jobs(self) -> models.JobList:
        """One's own jobs."""
        return await self._send(Call("GET", "/jobs", path={}, query={}, safe=True), models.JobList)

    async def get_job(self, job_id: str) -> models.JobTold:
        """How far a job is."""
        return await self._send(
            Call("GET", "/jobs/{job_id}", path={"job_id": job_id}, query={}, safe=True), models.JobTold
        )

    async def delete_job(self, job_id: str) -> None:
        """Cancel a job, or forget its result."""
        return await self._send(
            Call("DELETE", "/jobs/{job_id}", path={"job_id": job_id}, query={}, safe=True), type(None)
        )

    async def get_job_result(self, job_id: str, *, format: Literal["csv", "parquet"] | None = None) -> bytes:
        """The scores, as CSV or Parquet."""
        return await self._send(
            Call("GET", "/jobs/{job_id}/result", path={"job_id": job_id}, query={"format": format}, safe=True), bytes
        )

    async def send_posting(
        self,
        *,
        transaction_id: str,
        account_id: str,
        posted_at: dt.datetime,
        amount: float | str,
        currency: str | None = None,
        value_date: dt.date | None = None,
        known_at: dt.datetime | None = None,
        balance_after: float | str | None = None,
        mode: Literal[
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
        | None = None,
        narration: str | None = None,
        counterparty: str | None = None,
        vpa: str | None = None,
        reference: str | None = None,
        ifsc: str | None = None,
        bank: str | None = None,
        remark: str | None = None,
        mcc: str | None = None,
        merchant: str | None = None,
        category: str | None = None,
        subcategory: str | None = None,
        category_confidence: float | None = None,
        category_rule: str | None = None,
        city: str | None = None,
        recurring_kind: str | None = None,
        is_own_transfer: bool | None = None,
        reversal_of: str | None = None,
    ) -> models.PostingTold:
        """One posting in real time: category, anomaly, what it changes.

        Parameters
        ----------
        amount
            credits positive, debits negative
        """
        return await self._send(
            Call(
                "POST",
                "/transactions",
                path={},
                query={},
                body={
                    "transaction_id": transaction_id,
                    "account_id": account_id,
                    "posted_at": posted_at,
                    "amount": amount,
                    "currency": currency,
                    "value_date": value_date,
                    "known_at": known_at,
                    "balance_after": balance_after,
                    "mode": mode,
                    "narration": narration,
                    "counterparty": counterparty,
                    "vpa": vpa,
                    "reference": reference,
                    "ifsc": ifsc,
                    "bank": bank,
                    "remark": remark,
                    "mcc": mcc,
                    "merchant": merchant,
                    "category": category,
                    "subcategory": subcategory,
                    "category_confidence": category_confidence,
                    "category_rule": category_rule,
                    "city": city,
                    "recurring_kind": recurring_kind,
                    "is_own_transfer": is_own_transfer,
                    "reversal_of": reversal_of,
                },
                safe=True,
            ),
            models.PostingTold,
        )

    async def chat(
        self, *, question: str, conversation_id: str | None = None, idempotency_key: str | None = None
    ) -> models.Answer:
        """Ask a question; JSON, or a stream of events.

        Parameters
        ----------
        idempotency_key
            Sent twice under one key, it is done once; one is made for each call by default.
        """
        return await self._send(
            Call(
                "POST",
                "/chat",
                path={},
                query={},
                body={"question": question, "conversation_id": conversation_id},
                safe=False,
                once=True,
                idempotency_key=idempotency_key,
            ),
            models.Answer,
        )

    async def mcp(
        self, *, jsonrpc: Literal["2.0"], method: str, id: Any | None = None, params: Mapping[str, Any] | None = None
    ) -> Any:
        """The Model Context Protocol (streamable HTTP).

        Parameters
        ----------
        id
            a number or a text; without it, nothing is answered
        """
        return await self._send(
            Call(
                "POST",
                "/mcp",
                path={},
                query={},
                body={"jsonrpc": jsonrpc, "id": id, "method": method, "params": params},
                safe=True,
            ),
            object,
        )

    async def get_conversation(self, conversation_id: str) -> models.Conversation:
        """One's own turns of a conversation."""
        return await self._send(
            Call(
                "GET",
                "/conversations/{conversation_id}",
                path={"conversation_id": conversation_id},
                query={},
                safe=True,
            ),
            models.Conversation,
        )

    async def get_receipt(self, receipt_id: str) -> models.Receipt:
        """How an answer came about."""
        return await self._send(
            Call("GET", "/receipts/{receipt_id}", path={"receipt_id": receipt_id}, query={}, safe=True), models.Receipt
        )

    async def replay_receipt(self, receipt_id: str, *, today: bool | None = None) -> models.Replay:
        """Run an answer again and compare."""
        return await self._send(
            Call(
                "POST",
                "/receipts/{receipt_id}/replay",
                path={"receipt_id": receipt_id},
                query={},
                body={"today": today},
                safe=False,
            ),
            models.Replay,
        )

    async def list_models(self) -> models.ModelList:
        """The models that serve."""
        return await self._send(Call("GET", "/models", path={}, query={}, safe=True), models.ModelList)

    async def verify_audit(self) -> models.AuditVerified:
        """Whether the audit log is intact."""
        return await self._send(Call("GET", "/audit/verify", path={}, query={}, safe=True), models.AuditVerified)

    async def list_rules(self) -> models.RulesList:
        """Every version of the client's rules."""
        return await self._send(Call("GET", "/rules", path={}, query={}, safe=True), models.RulesList)

    async def draft_rules(self, *, content: str, reason: str) -> models.RulesVersion:
        """Draft a version of the rules."""
        return await self._send(
            Call("POST", "/rules", path={}, query={}, body={"content": content, "reason": reason}, safe=False),
            models.RulesVersion,
        )

    async def check_rules(self, *, content: str) -> models.RulesChecked:
        """What is wrong with a file of rules."""
        return await self._send(
            Call("POST", "/rules/check", path={}, query={}, body={"content": content}, safe=True), models.RulesChecked
        )

    async def get_rules(self, version: int) -> models.RulesShown:
        """A version with its file and its life."""
        return await self._send(
            Call("GET", "/rules/{version}", path={"version": version}, query={}, safe=True), models.RulesShown
        )

    async def simulate_rules(self, version: int) -> models.RulesSimulated:
        """Try a version on history."""
        return await self._send(
            Call("POST", "/rules/{version}/simulate", path={"version": version}, query={}, safe=True),
            models.RulesSimulated,
        )

    async def approve_rules(self, version: int, *, reason: str, alone: bool | None = None) -> models.RulesDecided:
        """Approve a version."""
        return await self._send(
            Call(
                "POST",
                "/rules/{version}/approve",
                path={"version": version},
                query={},
                body={"reason": reason, "alone": alone},
                safe=False,
            ),
            models.RulesDecided,
        )

    async def activate_rules(self, version: int, *, reason: str) -> models.RulesDecided:
        """Let a version act."""
        return await self._send(
            Call(
                "POST",
                "/rules/{version}/activate",
                path={"version": version},
                query={},
                body={"reason": reason},
                safe=False,
            ),
            models.RulesDecided,
        )

    async def retire_rules(self, version: int, *, reason: str) -> models.RulesDecided:
        """Let a version act no more."""
        return await self._send(
            Call(
                "POST",
                "/rules/{version}/retire",
                path={"version": version},
                query={},
                body={"reason": reason},
                safe=False,
            ),
            models.RulesDecided,
        )

    async def list_reviews(self, *, limit: int | None = None) -> models.CaseList:
        """Cases that wait for a person.

        Parameters
        ----------
        limit
            how many cases at the most
        """
        return await self._send(Call("GET", "/reviews", path={}, query={"limit": limit}, safe=True), models.CaseList)

    async def list_decided_reviews(self, *, limit: int | None = None) -> models.DecidedList:
        """Cases that a person decided.

        Parameters
        ----------
        limit
            how many cases at the most
        """
        return await self._send(
            Call("GET", "/reviews/decided", path={}, query={"limit": limit}, safe=True), models.DecidedList
        )

    async def decide_review(
        self, case_id: str, *, outcome: Literal["uphold", "approve"], reason: str
    ) -> models.Decided:
        """Decide a case."""
        return await self._send(
            Call(
                "POST",
                "/reviews/{case_id}",
                path={"case_id": case_id},
                query={},
                body={"outcome": outcome, "reason": reason},
                safe=False,
            ),
            models.Decided,
        )

    async def draft_letter(self, customer_id: str) -> models.Letter:
        """Draft a letter on an adverse decision."""
        return await self._send(
            Call("POST", "/letters/{customer_id}", path={"customer_id": customer_id}, query={}, safe=False),
            models.Letter,
        )

    async def get_board_pack(self) -> Any:
        """The board pack as a PDF."""
        return await self._send(Call("GET", "/reports/board", path={}, query={}, safe=True), object)

    async def export_answer(self, receipt_id: str, form: Literal["csv", "xlsx", "pdf", "html", "svg", "png"]) -> Any:
        """An answer as a file.

        Parameters
        ----------
        form
            kind of file
        """
        return await self._send(
            Call(
                "GET",
                "/receipts/{receipt_id}/export/{form}",
                path={"receipt_id": receipt_id, "form": form},
                query={},
                safe=True,
            ),
            object,
        )

    async def list_erasures(self) -> models.Records:
        """What was erased, with the proofs."""
        return await self._send(Call("GET", "/privacy/erasures", path={}, query={}, safe=True), models.Records)

    async def erase_customer(self, *, customer_id: str, reason: str | None = None) -> models.Erasure:
        """Erase a customer, and prove it."""
        return await self._send(
            Call(
                "POST",
                "/privacy/erasures",
                path={},
                query={},
                body={"customer_id": customer_id, "reason": reason},
                safe=False,
            ),
            models.Erasure,
        )

    async def export_customer(self, customer_id: str) -> bytes:
        """Everything kept of a customer, as a zip."""
        return await self._send(
            Call("GET", "/privacy/exports/{customer_id}", path={"customer_id": customer_id}, query={}, safe=True), bytes
        )

    async def list_holds(self) -> models.Records:
        """Who is under a legal hold."""
        return await self._send(Call("GET", "/privacy/holds", path={}, query={}, safe=True), models.Records)

    async def hold_customer(self, *, customer_id: str, reason: str) -> models.Record:
        """Put a customer's data under a legal hold."""
        return await self._send(
            Call(
                "POST",
                "/privacy/holds",
                path={},
                query={},
                body={"customer_id": customer_id, "reason": reason},
                safe=False,
            ),
            models.Record,
        )

    async def release_customer(self, *, customer_id: str, reason: str) -> models.Record:
        """Release a customer's data from a legal hold."""
        return await self._send(
            Call(
                "POST",
                "/privacy/holds/release",
                path={},
                query={},
                body={"customer_id": customer_id, "reason": reason},
                safe=False,
            ),
            models.Record,
        )

    async def record_consent(
        self,
        *,
        customer_id: str,
        purpose: str,
        said: Literal["given", "withdrawn"],
        notice: str | None = None,
        days: float | None = None,
    ) -> models.Record:
        """Write down a consent given or withdrawn."""
        return await self._send(
            Call(
                "POST",
                "/privacy/consents",
                path={},
                query={},
                body={"customer_id": customer_id, "purpose": purpose, "said": said, "notice": notice, "days": days},
                safe=False,
            ),
            models.Record,
        )

    async def list_consents(self, customer_id: str) -> models.Consents:
        """A customer's consents."""
        return await self._send(
            Call("GET", "/privacy/consents/{customer_id}", path={"customer_id": customer_id}, query={}, safe=True),
            models.Consents,
        )

    async def get_retention(self) -> models.Periods:
        """How long records are kept."""
        return await self._send(Call("GET", "/privacy/retention", path={}, query={}, safe=True), models.Periods)

    async def run_retention(self) -> models.Forgotten:
        """Erase what is past its period."""
        return await self._send(Call("POST", "/privacy/retention", path={}, query={}, safe=False), models.Forgotten)

    async def list_breaches(self) -> models.Records:
        """The breach log."""
        return await self._send(Call("GET", "/privacy/breaches", path={}, query={}, safe=True), models.Records)

    async def log_breach(
        self,
        *,
        what: str,
        aware_at: dt.datetime,
        people: int | None = None,
        measures: str | None = None,
        reported_at: dt.datetime | None = None,
    ) -> models.Record:
        """Log a breach of personal data."""
        return await self._send(
            Call(
                "POST",
                "/privacy/breaches",
                path={},
                query={},
                body={
                    "what": what,
                    "aware_at": aware_at,
                    "people": people,
                    "measures": measures,
                    "reported_at": reported_at,
                },
                safe=False,
            ),
            models.Record,
        )

    async def list_processing_records(self) -> models.Processing:
        """The records of processing."""
        return await self._send(Call("GET", "/privacy/records", path={}, query={}, safe=True), models.Processing)

    async def list_documents(self) -> models.DocumentList:
        """The workspace's own documents."""
        return await self._send(Call("GET", "/knowledge", path={}, query={}, safe=True), models.DocumentList)

    async def add_document(
        self,
        content: bytes,
        *,
        name: str,
        title: str | None = None,
        status: str | None = None,
        valid_from: dt.date | None = None,
        superseded_on: dt.date | None = None,
        role: Sequence[str] | None = None,
        content_type: str = "application/octet-stream",
    ) -> models.DocumentTold:
        """Add a document: PDF, DOCX, Markdown, HTML, text.

        Parameters
        ----------
        name
            the file's name; its ending tells the kind
        role
            only these roles may read it
        """
        return await self._send(
            Call(
                "POST",
                "/knowledge",
                path={},
                query={
                    "name": name,
                    "title": title,
                    "status": status,
                    "valid_from": valid_from,
                    "superseded_on": superseded_on,
                    "role": role,
                },
                content=content,
                content_type=content_type,
                safe=False,
            ),
            models.DocumentTold,
        )

    async def remove_document(self, document_id: str) -> models.DocumentTold:
        """Remove a document."""
        return await self._send(
            Call("DELETE", "/knowledge/{document_id}", path={"document_id": document_id}, query={}, safe=True),
            models.DocumentTold,
        )

    async def give_feedback(self, receipt_id: str, *, up: bool, correction: str | None = None) -> models.FeedbackTold:
        """Say what an answer was worth."""
        return await self._send(
            Call(
                "POST",
                "/receipts/{receipt_id}/feedback",
                path={"receipt_id": receipt_id},
                query={},
                body={"up": up, "correction": correction},
                safe=False,
            ),
            models.FeedbackTold,
        )

    async def list_unanswered(self, *, limit: int | None = None) -> models.UnansweredList:
        """The questions that found no answer."""
        return await self._send(
            Call("GET", "/unanswered", path={}, query={"limit": limit}, safe=True), models.UnansweredList
        )

    async def sign_in(self, *, name: str, password: str) -> models.Me:
        """Sign in with name and password."""
        return await self._send(
            Call("POST", "/sessions", path={}, query={}, body={"name": name, "password": password}, safe=False),
            models.Me,
        )

    async def sign_out(self) -> None:
        """Sign out."""
        return await self._send(Call("DELETE", "/sessions", path={}, query={}, safe=True), type(None))

    async def me(self) -> models.Me:
        """Who is asking, and what he may do."""
        return await self._send(Call("GET", "/me", path={}, query={}, safe=True), models.Me)

    async def get_token(
        self,
        *,
        grant_type: Literal["client_credentials"],
        client_id: str | None = None,
        client_secret: str | None = None,
        scope: str | None = None,
        customer_id: str | None = None,
    ) -> models.TokenAnswer:
        """A token for a key (OAuth 2 client credentials).

        Parameters
        ----------
        client_id
            the key's id
        client_secret
            the key itself
        scope
            scopes to narrow the token to, parted by spaces
        customer_id
            the one customer whose rows the token shall see
        """
        return await self._send(
            Call(
                "POST",
                "/token",
                path={},
                query={},
                form={
                    "grant_type": grant_type,
                    "client_id": client_id,
                    "client_secret": client_secret,
                    "scope": scope,
                    "customer_id": customer_id,
                },
                safe=True,
            ),
            models.TokenAnswer,
        )

    async def get_jwks(self) -> models.KeySet:
        """The public keys of the tokens."""
        return await self._send(Call("GET", "/jwks.json", path={}, query={}, safe=True), models.KeySet)

    async def list_keys(self) -> models.KeyList:
        """All API keys."""
        return await self._send(Call("GET", "/keys", path={}, query={}, safe=True), models.KeyList)

    async def create_key(
        self,
        *,
        label: str,
        role: str | None = None,
        scopes: Sequence[str] | None = None,
        partitions: Mapping[str, Sequence[str]] | None = None,
        days: float | None = None,
        per_minute: int | None = None,
        idempotency_key: str | None = None,
    ) -> models.KeyMade:
        """Make an API key.

        Parameters
        ----------
        idempotency_key
            Sent twice under one key, it is done once; one is made for each call by default.
        """
        return await self._send(
            Call(
                "POST",
                "/keys",
                path={},
                query={},
                body={
                    "label": label,
                    "role": role,
                    "scopes": scopes,
                    "partitions": partitions,
                    "days": days,
                    "per_minute": per_minute,
                },
                safe=False,
                once=True,
                idempotency_key=idempotency_key,
            ),
            models.KeyMade,
        )

    async def rotate_key(self, key_id: str, *, grace_days: float | None = None) -> models.KeyMade:
        """Make a key's successor."""
        return await self._send(
            Call(
                "POST",
                "/keys/{key_id}/rotate",
                path={"key_id": key_id},
                query={},
                body={"grace_days": grace_days},
                safe=False,
            ),
            models.KeyMade,
        )

    async def revoke_key(self, key_id: str) -> models.KeyListed:
        """Let a key in no more."""
        return await self._send(
            Call("POST", "/keys/{key_id}/revoke", path={"key_id": key_id}, query={}, safe=False), models.KeyListed
        )

    async def list_webhooks(self) -> models.WebhookList:
        """All webhooks."""
        return await self._send(Call("GET", "/webhooks", path={}, query={}, safe=True), models.WebhookList)

    async def register_webhook(
        self,
        *,
        url: str,
        events: Sequence[Literal["job.finished", "alert.raised", "schedule.ran", "model.changed", "rules.changed"]],
    ) -> models.WebhookMade:
        """Register an address for events."""
        return await self._send(
            Call("POST", "/webhooks", path={}, query={}, body={"url": url, "events": events}, safe=False),
            models.WebhookMade,
        )

    async def remove_webhook(self, webhook_id: str) -> None:
        """Remove a webhook."""
        return await self._send(
            Call("DELETE", "/webhooks/{webhook_id}", path={"webhook_id": webhook_id}, query={}, safe=True), type(None)
        )

    async def test_webhook(self, webhook_id: str) -> models.DeliveryTold:
        """Send a test event at once."""
        return await self._send(
            Call("POST", "/webhooks/{webhook_id}/test", path={"webhook_id": webhook_id}, query={}, safe=False),
            models.DeliveryTold,
        )

    async def list_deliveries(self, webhook_id: str, *, limit: int | None = None) -> models.DeliveryList:
        """What was sent to a webhook.

        Parameters
        ----------
        limit
            how many deliveries at the most
        """
        return await self._send(
            Call(
                "GET",
                "/webhooks/{webhook_id}/deliveries",
                path={"webhook_id": webhook_id},
                query={"limit": limit},
                safe=True,
            ),
            models.DeliveryList,
        )

    async def list_alerts(
        self,
        *,
        state: Literal["unresolved", "open", "acknowledged", "snoozed", "resolved", "all"] | None = None,
        limit: int | None = None,
    ) -> models.AlertList:
        """Alerts, the newest first.

        Parameters
        ----------
        state
            of which state
        limit
            how many at the most
        """
        return await self._send(
            Call("GET", "/alerts", path={}, query={"state": state, "limit": limit}, safe=True), models.AlertList
        )

    async def check_alerts(self) -> models.AlertsChecked:
        """Hold every alert rule against the books."""
        return await self._send(Call("POST", "/alerts/check", path={}, query={}, safe=False), models.AlertsChecked)

    async def acknowledge_alert(self, alert_id: str, *, note: str | None = None) -> models.AlertTold:
        """Acknowledge an alert."""
        return await self._send(
            Call(
                "POST",
                "/alerts/{alert_id}/acknowledge",
                path={"alert_id": alert_id},
                query={},
                body={"note": note},
                safe=False,
            ),
            models.AlertTold,
        )

    async def snooze_alert(self, alert_id: str, *, until: dt.date, note: str | None = None) -> models.AlertTold:
        """Put an alert away until a day."""
        return await self._send(
            Call(
                "POST",
                "/alerts/{alert_id}/snooze",
                path={"alert_id": alert_id},
                query={},
                body={"note": note, "until": until},
                safe=False,
            ),
            models.AlertTold,
        )

    async def resolve_alert(self, alert_id: str, *, note: str | None = None) -> models.AlertTold:
        """Close an alert."""
        return await self._send(
            Call(
                "POST",
                "/alerts/{alert_id}/resolve",
                path={"alert_id": alert_id},
                query={},
                body={"note": note},
                safe=False,
            ),
            models.AlertTold,
        )

    async def reopen_alert(self, alert_id: str, *, note: str | None = None) -> models.AlertTold:
        """Open an alert again."""
        return await self._send(
            Call(
                "POST",
                "/alerts/{alert_id}/reopen",
                path={"alert_id": alert_id},
                query={},
                body={"note": note},
                safe=False,
            ),
            models.AlertTold,
        )

    async def list_alert_rules(self) -> models.AlertRuleList:
        """The rules that raise alerts."""
        return await self._send(Call("GET", "/alert-rules", path={}, query={}, safe=True), models.AlertRuleList)

    async def add_alert_rule(
        self,
        *,
        name: str,
        title: str | None = None,
        metric: str | None = None,
        filters: Sequence[models.Filter | Mapping[str, Any]] | None = None,
        period: Literal["newest_month", "newest_3_months", "newest_12_months", "all_time"] | None = None,
        list: str | None = None,
        arguments: Mapping[str, Any] | None = None,
        where: Sequence[models.Filter | Mapping[str, Any]] | None = None,
        new: bool | None = None,
        above: float | str | None = None,
        below: float | str | None = None,
        rises: float | str | None = None,
        falls: float | str | None = None,
        months: int | None = None,
    ) -> models.AlertRuleMade:
        """Declare an alert rule."""
        return await self._send(
            Call(
                "POST",
                "/alert-rules",
                path={},
                query={},
                body={
                    "name": name,
                    "title": title,
                    "metric": metric,
                    "filters": filters,
                    "period": period,
                    "list": list,
                    "arguments": arguments,
                    "where": where,
                    "new": new,
                    "above": above,
                    "below": below,
                    "rises": rises,
                    "falls": falls,
                    "months": months,
                },
                safe=False,
            ),
            models.AlertRuleMade,
        )

    async def remove_alert_rule(self, name: str) -> None:
        """Remove an alert rule."""
        return await self._send(
            Call("DELETE", "/alert-rules/{name}", path={"name": name}, query={}, safe=True), type(None)
        )

    async def list_worklist(
        self,
        *,
        kind: str | None = None,
        state: Literal["open", "done", "all"] | None = None,
        assignee: str | None = None,
        limit: int | None = None,
    ) -> models.ItemList:
        """Whom somebody should see to.

        Parameters
        ----------
        kind
            of which list
        state
            of which state
        assignee
            a user, me, or nobody
        limit
            how many at the most
        """
        return await self._send(
            Call(
                "GET",
                "/worklist",
                path={},
                query={"kind": kind, "state": state, "assignee": assignee, "limit": limit},
                safe=True,
            ),
            models.ItemList,
        )

    async def fill_worklist(
        self,
        *,
        kind: str,
        limit: int | None = None,
        arguments: Mapping[str, Any] | None = None,
        hold_out: float | None = None,
    ) -> models.Filled:
        """Put a list on the worklist."""
        return await self._send(
            Call(
                "POST",
                "/worklist/fill",
                path={},
                query={},
                body={"kind": kind, "limit": limit, "arguments": arguments, "hold_out": hold_out},
                safe=False,
            ),
            models.Filled,
        )

    async def get_worth_of_acting(self) -> models.WorthList:
        """What acting was worth."""
        return await self._send(Call("GET", "/worklist/worth", path={}, query={}, safe=True), models.WorthList)

    async def assign_item(self, item_id: str, *, to: str | None = None) -> models.ItemTold:
        """Assign an item."""
        return await self._send(
            Call(
                "POST", "/worklist/{item_id}/assign", path={"item_id": item_id}, query={}, body={"to": to}, safe=False
            ),
            models.ItemTold,
        )

    async def note_item(self, item_id: str, *, text: str) -> models.ItemTold:
        """Note something with an item."""
        return await self._send(
            Call(
                "POST", "/worklist/{item_id}/note", path={"item_id": item_id}, query={}, body={"text": text}, safe=False
            ),
            models.ItemTold,
        )

    async def resolve_item(self, item_id: str, *, outcome: str, text: str | None = None) -> models.ItemTold:
        """Say what came of an item."""
        return await self._send(
            Call(
                "POST",
                "/worklist/{item_id}/resolve",
                path={"item_id": item_id},
                query={},
                body={"outcome": outcome, "text": text},
                safe=False,
            ),
            models.ItemTold,
        )

    async def undo_item(self, item_id: str) -> models.ItemTold:
        """Undo what was done last with an item."""
        return await self._send(
            Call("POST", "/worklist/{item_id}/undo", path={"item_id": item_id}, query={}, safe=False), models.ItemTold
        )

    async def list_schedules(self) -> models.ScheduleList:
        """One's own schedules."""
        return await self._send(Call("GET", "/schedules", path={}, query={}, safe=True), models.ScheduleList)

    async def add_schedule(
        self,
        *,
        when: str,
        question: str | None = None,
        report: Literal["", "board"] | None = None,
        to: Sequence[str] | None = None,
        attach: bool | None = None,
        zone: str | None = None,
    ) -> models.ScheduleTold:
        """Schedule a question or a report."""
        return await self._send(
            Call(
                "POST",
                "/schedules",
                path={},
                query={},
                body={"when": when, "question": question, "report": report, "to": to, "attach": attach, "zone": zone},
                safe=False,
            ),
            models.ScheduleTold,
        )

    async def remove_schedule(self, schedule_id: str) -> None:
        """Remove a schedule."""
        return await self._send(
            Call("DELETE", "/schedules/{schedule_id}", path={"schedule_id": schedule_id}, query={}, safe=True),
            type(None),
        )

    async def pause_schedule(self, schedule_id: str, *, active: bool | None = None) -> models.ScheduleTold:
        """Pause or resume a schedule."""
        return await self._send(
            Call(
                "POST",
                "/schedules/{schedule_id}/pause",
                path={"schedule_id": schedule_id},
                query={},
                body={"active": active},
                safe=False,
            ),
            models.ScheduleTold,
        )

    async def get_scheduled_result(self, schedule_id: str, run_id: str) -> models.RunTold:
        """What a run gave."""
        return await self._send(
            Call(
                "GET",
                "/schedules/{schedule_id}/runs/{run_id}",
                path={"schedule_id": schedule_id, "run_id": run_id},
                query={},
                safe=True,
            ),
            models.RunTold,
        )
