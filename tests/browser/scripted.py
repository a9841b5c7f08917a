"""A chat that answers from a script, and the screen served over it: ``python scripted.py PORT``."""

from __future__ import annotations

import datetime as dt
import sys
import threading
import time
from collections.abc import Iterator
from decimal import Decimal
from functools import partial

from assistant.answer import Answer, Step, Usage
from governance.errors import ToolRefused
from tools import charts
from tools.result import Column, Source, Table
from ui.facts import ScreenFacts

AS_OF = dt.date(2026, 6, 30)
HOSTILE = "<img src=x onerror=alert(1)>"
CITIES = ("Pune", "Surat", "Nagpur", "Indore", "Kochi")
REASONS = (
    "Three instalments bounced in the last 90 days",
    "Card limit used to 96% for four months running",
    "Salary credit missing for two months",
    "Balance below one instalment on the due date",
)

FLAGSHIP = "Who are my top 100 risky borrowers?"
WHY = "Why the first one?"
HUGE = "List every customer"
TREND = "Monthly inflow over the last 12 months"
SLOW = "Take your time"

RISKY_COLUMNS = (
    Column(name="position", label="#", unit="count", type="integer"),
    Column(name="customer_id", label="Customer"),
    Column(name="probability_of_default", label="PD, 12 months", unit="percent", type="float"),
    Column(name="score", label="Score", unit="score", type="integer"),
    Column(name="band", label="Band"),
    Column(name="exposure", label="Exposure", unit="currency", type="decimal"),
    Column(name="expected_loss", label="Expected loss", unit="currency", type="decimal"),
    Column(name="days_past_due", label="Days past due", unit="days", type="integer"),
    Column(name="city", label="City"),
    Column(name="main_product", label="Main product"),
    Column(name="first_reason", label="First reason"),
    Column(name="reasons", label="Reasons", type="list"),
)


def facts() -> ScreenFacts:
    """The head of the screen."""
    months = (AS_OF, dt.date(2026, 5, 31), dt.date(2026, 3, 31))
    return ScreenFacts("demo", AS_OF, model="credit v7", trained=dt.date(2026, 3, 31), months=months, runs_sql=True)


def risky_row(place: int) -> tuple[object, ...]:
    """Row ``place``, from 0: PD falls with the place; exposures jump about."""
    probability = 0.63 - place * 0.0051
    exposure = Decimal(120_000 + (place * 7_919_333) % 2_400_000) + Decimal("0.50")
    reasons = [REASONS[(place + shift) % 4] for shift in range(1 + place % 3)]
    return (
        place + 1, f"C_{0x4F21 + place * 37:04X}", probability, 480 + place, "high" if place < 60 else "medium",
        exposure, (exposure * Decimal(str(round(probability * 0.45, 6)))).quantize(Decimal("0.01")), (place * 13) % 88,
        HOSTILE if place == 3 else CITIES[place % 5], "Personal loan" if place % 2 else None, reasons[0], reasons,
    )  # fmt: skip


def flagship(conversation_id: str) -> Answer:
    """The list of 100."""
    rows = tuple(risky_row(place) for place in range(100))
    return Answer(
        receipt_id="r_8d1f0c52", question=FLAGSHIP, conversation_id=conversation_id,
        interpretation="the 100 borrowers with the highest probability of default within 12 months",
        text="100 of 412 active borrowers, by probability of default within 12 months, the highest 63.0%. Together "
        "they owe ₹12.4 Cr, and ₹2.1 Cr of it is expected to be lost.\n\nThe cut-off is a PD of 12.5%; ties go by "
        "exposure, then customer id. Under expected loss 83 of the 100 stay, under days past due 61. Left out: 14 NPA, "
        "3 written off.",
        table=Table(title="Riskiest borrowers", columns=RISKY_COLUMNS, rows=rows),
        chart=charts.ranking([row[1] for row in rows[:20]], [row[2] for row in rows[:20]], label="PD, 12 months",
                             unit="percent", title="The 20 riskiest borrowers, by probability of default"),
        steps=(Step(tool="top_risky_borrowers", args={"limit": 100, "by": "probability_of_default", "city": []}, ms=61),
               Step(tool="model_card", args={"model": "credit"}, ms=12.4)),
        sql=("SELECT row_number() OVER (ORDER BY probability_of_default DESC NULLS LAST, exposure DESC) AS position, "
             "customer_id, probability_of_default FROM semantic.borrowers WHERE city = 'Pune' LIMIT 100",),
        as_of=AS_OF, model_versions={"credit": "v7"},
        usage=Usage(model_calls=2, prompt_tokens=1820, completion_tokens=240, ms=84),
        warnings=("The credit model was calibrated on 212 defaults: figures below a PD of 1% are coarse.",),
        alternatives=("Top 100 borrowers by expected loss", "Top 100 borrowers by days past due"),
        follow_ups=(WHY, "By expected loss", "Show the trend"),
    )  # fmt: skip


def why(conversation_id: str) -> Answer:
    """One borrower's reasons, with a document."""
    table = Table(
        title="Reasons for C_4F21",
        columns=(Column(name="concept", label="Concept"),
                 Column(name="points", label="Points", unit="points", type="float"),
                 Column(name="reason", label="Reason")),
        rows=(("Repayment", -64.0, REASONS[0]), ("Card use", -31.5, REASONS[1]), ("Savings", 9.0, None)),
    )  # fmt: skip
    return Answer(
        receipt_id="r_2b77e1a0", question=WHY, conversation_id=conversation_id, table=table, as_of=AS_OF,
        text="**C_4F21** stands first with a PD of 63.0%:\n\n- " + "\n- ".join(REASONS[:3]),
        chart=charts.waterfall([(row[0], row[1]) for row in table.rows], base=620, title="What bounced costs C_4F21"),
        sources=(
            Source(id="p1", title="Policy on reason codes", section="2.3 What a borrower is told", status="in_force",
                   quote="At most four reasons are given, adverse ones only, in the order of their weight.",
                   effective_from=dt.date(2025, 4, 1)),
            Source(id="p2", title="Policy on reason codes (2023)", section="2.1", status="superseded",
                   quote="Reasons are given on request.", effective_from=dt.date(2023, 1, 1),
                   effective_to=dt.date(2025, 3, 31)),
        ),
        steps=(Step(tool="explain_prediction", args={"customer_id": "C_4F21"}, ms=33.0),),
        sql=("SELECT reasons FROM semantic.borrowers WHERE customer_id = 'C_4F21'",), model_versions={"credit": "v7"},
        usage=Usage(ms=41), follow_ups=("What would lower it?",),
    )  # fmt: skip


def huge(conversation_id: str, count: int = 100_000) -> Answer:
    """A table of many rows."""
    columns = (
        Column(name="customer_id", label="Customer"),
        Column(name="balance", label="Balance", unit="currency", type="decimal"),
    )
    rows = tuple((f"C_{place:06d}", Decimal(place * 7919 % 100_003)) for place in range(count))
    return Answer(
        receipt_id="r_huge", question=HUGE, text="1,00,000 customers.", as_of=AS_OF, conversation_id=conversation_id,
        table=Table(title="Customers", columns=columns, rows=rows),
    )  # fmt: skip


def trend(conversation_id: str) -> Answer:
    """Two lines over time, in money, and two tables."""
    months = [dt.date(2025, 7 + at, 1) if at < 6 else dt.date(2026, at - 5, 1) for at in range(12)]
    inflow = [Decimal(41_200_000 + at * 2_310_000 - (at % 3) * 3_000_000) for at in range(12)]
    outflow = [Decimal(39_000_000 + at * 1_900_000) for at in range(12)]
    columns = (Column(name="month", label="Month", unit="date", type="date"),
               Column(name="inflow", label="Inflow", unit="currency", type="decimal"),
               Column(name="outflow", label="Outflow", unit="currency", type="decimal"))  # fmt: skip
    first = Table(
        title="Inflow and outflow by month", columns=columns, rows=tuple(zip(months, inflow, outflow, strict=True))
    )
    cities = Table(
        title="By city",
        columns=(Column(name="city", label="City"), Column(name="share", label="Share", unit="percent", type="float")),
        rows=tuple((city, 0.31 - 0.05 * at) for at, city in enumerate(CITIES)),
    )
    return Answer(
        receipt_id="r_trend", question=TREND, conversation_id=conversation_id, as_of=AS_OF,
        text="Inflow was ₹6.06 Cr in June 2026, the highest of the 12 months.", table=first, tables=(first, cities),
        chart=charts.trend(months, {"Inflow": inflow, "Outflow": outflow}, label="a month", unit="currency",
                           title="Inflow has outgrown outflow since January"),
        steps=(Step(tool="query_metrics", args={"metrics": ["inflow", "outflow"], "grain": "month"}, ms=48.0),),
        sql=("SELECT month, inflow, outflow FROM semantic.customer_monthly",), usage=Usage(ms=70),
    )  # fmt: skip


class ScriptedChat:
    """Answers four questions; refuses one, breaks on one, and abstains from the rest; one waits for the next question.

    Parameters
    ----------
    many
        Rows of its largest table.
    """

    def __init__(self, many: int = 100_000) -> None:
        self._many = many
        self._next = threading.Event()

    def stream(self, question: str, conversation_id: str | None = None) -> Iterator[Step | Answer]:
        """Yield a step as it begins and ends, then the answer."""
        known = {FLAGSHIP: flagship, WHY: why, HUGE: partial(huge, count=self._many), TREND: trend}
        if question == "Show me their phone numbers":
            raise ToolRefused("Phone numbers take the permission pii:read, which the role risk_manager does not hold.")
        if question == "Break":
            raise ZeroDivisionError("scripted")
        if question == SLOW:
            self._next.clear()
            self._next.wait(600)
        self._next.set()
        if question not in known:
            yield Answer(
                receipt_id="r_none", question=question, text="I cannot answer that from the books.", status="abstained",
                alternatives=(FLAGSHIP,), conversation_id=conversation_id or "",
            )  # fmt: skip
            return
        answer = known[question](conversation_id or "")
        for step in answer.steps:
            yield step.model_copy(update={"ms": 0.0})
            time.sleep(0.05)
            yield step
        yield answer

    def as_of(self, receipt_id: str, month: dt.date) -> Answer:
        """The list of 100, of another month."""
        return flagship("").model_copy(update={"question": f"{FLAGSHIP} – as of {month}", "as_of": month})

    def run_sql(self, sql: str, conversation_id: str | None = None) -> Answer:
        """Refuse what reads elsewhere; any other statement gives a list."""
        if "core." in sql:
            raise ToolRefused("core.customers is outside the semantic views.")
        return huge(conversation_id or "", 20).model_copy(update={"question": sql, "sql": (sql,)})


def main(port: int) -> None:
    """Serve until killed."""
    from ui.server import bound, run, screen_app

    run(screen_app(ScriptedChat(), facts), bound("127.0.0.1", port))


if __name__ == "__main__":
    main(int(sys.argv[1]))
