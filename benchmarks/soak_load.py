"""What is asked of a server while it soaks: scores, questions, tools, postings, files, pages, each at its pace."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import httpx

from benchmarks.processes import MeasurementError

QUESTIONS = (
    "Who are my top 100 risky borrowers?", "How many customers are there in Pune?",
    "What did customers spend last month?",
    "Which customers are likely to leave?", "When is an account an NPA?", "Show unusual transactions of last month",
)  # fmt: skip
TOOLS: Sequence[tuple[str, Mapping[str, Any]]] = (
    ("top_risky_borrowers", {"limit": 100}), ("query_metrics", {"metrics": ["customers"], "dimensions": ["city"]}),
    ("run_sql", {"sql": "SELECT city, count(*) AS customers FROM customers GROUP BY city ORDER BY 2 DESC"}),
    ("unusual_transactions", {"limit": 50}), ("search_knowledge", {"question": "When is an account an NPA?"}),
)  # fmt: skip
PAGES = ("/", "/healthz", "/readyz", "/metrics", "/api/v1/openapi.json", "/look/munshi.css")
FILE_ROWS = 2_000


@dataclass(frozen=True)
class Known:
    """The server's address, keys, and what there is in its books."""

    address: str
    keys: Mapping[str, str]
    customers: Sequence[str]
    accounts: Sequence[str]
    features: Sequence[str]
    day: str
    run: str

    @classmethod
    def read(cls, address: str, told: str) -> Known:
        """Ask the server itself."""
        keys = json.loads(told)
        headers = {"Authorization": f"Bearer {keys['risk_manager']}"}
        with httpx.Client(base_url=f"{address}/api/v1", headers=headers, timeout=120) as client:
            customers = _column(client, "SELECT customer_id FROM borrowers ORDER BY 1 LIMIT 500")
            accounts = _column(client, "SELECT account_id FROM accounts WHERE kind = 'savings' ORDER BY 1 LIMIT 1000")
            day = str(_column(client, "SELECT max(posted_at)::DATE + 1 FROM transactions")[0])[:10]
            lacks = client.post("/batch/credit", content=b"customer_id\n1\n", headers={"Content-Type": "text/csv"})
            features = lacks.json()["detail"].partition("lacks the columns ")[2].partition(".")[0].split(", ")
        return cls(address, keys, customers, accounts, features, day, secrets.token_hex(4))

    def headers(self, role: str) -> dict[str, str]:
        """What a caller of a role sends."""
        return {"Authorization": f"Bearer {self.keys[role]}"}

    def audit_entries(self) -> int:
        """Have the audit log verified; how many entries it has."""
        address = f"{self.address}/api/v1/audit/verify"
        told = httpx.get(address, headers=self.headers("compliance"), timeout=300)
        if told.status_code != 200:
            raise MeasurementError(f"The audit log was not verified: {told.text[:300]}")
        return int(told.json()["entries"])


@dataclass(frozen=True)
class Asked:
    """One kind of request.

    Attributes
    ----------
    every
        Seconds between two.
    ask
        Sends the request of a number; returns what is wrong with the answer, or nothing.
    """

    name: str
    role: str
    every: float
    ask: Callable[[httpx.Client, Known, int], str]


def _column(client: httpx.Client, sql: str) -> list[Any]:
    told = client.post("/tools/run_sql", json={"sql": sql})
    if told.status_code != 200:
        raise MeasurementError(f"{sql}: {told.text[:300]}")
    return [row[0] for row in told.json()["table"]["rows"]]


def _fault(answer: httpx.Response, expected: int = 200) -> str:
    return "" if answer.status_code == expected else f"{answer.status_code} {answer.text[:120]}"


def _score(client: httpx.Client, known: Known, number: int) -> str:
    asked = {"customer_id": known.customers[number % len(known.customers)]}
    name = ("credit-score", "churn-score", "credit-score", "explain")[number % 4]
    answer = client.post(f"/api/v1/inference/{name}", json=asked)
    return "" if answer.status_code == 422 and name == "churn-score" else _fault(answer)  # a dormant one has no score


def _question(client: httpx.Client, known: Known, number: int) -> str:  # noqa: ARG001
    answer = client.post("/api/v1/chat", json={"question": QUESTIONS[number % len(QUESTIONS)]})
    return _fault(answer) or ("" if answer.json()["status"] == "answered" else f"{answer.json()['status']}")


def _tool(client: httpx.Client, known: Known, number: int) -> str:  # noqa: ARG001
    name, arguments = TOOLS[number % len(TOOLS)]
    return _fault(client.post(f"/api/v1/tools/{name}", json=dict(arguments)))


def _posting(client: httpx.Client, known: Known, number: int) -> str:
    body = {
        "transaction_id": f"soak-{known.run}-{number}", "account_id": known.accounts[number % len(known.accounts)],
        "posted_at": f"{known.day}T{number // 3600 % 24:02d}:{number // 60 % 60:02d}:{number % 60:02d}",
        "amount": f"-{100 + number % 900}.00", "narration": "UPI/DR/618212345678/SWIGGY/YESB/swiggy@ybl/food",
    }  # fmt: skip
    return _fault(client.post("/api/v1/transactions", json=body))


def _file(client: httpx.Client, known: Known, number: int) -> str:
    head = ",".join(("customer_id", *known.features))
    row = ",".join(str((number + at) % 7) for at in range(len(known.features)))
    content = "\n".join((head, *(f"C{at},{row}" for at in range(FILE_ROWS)))).encode()
    taken = client.post("/api/v1/batch/credit", content=content, headers={"Content-Type": "text/csv"})
    if taken.status_code != 202:
        return _fault(taken, 202)
    job = taken.json()
    while job["state"] in ("queued", "running"):
        job = client.get(f"/api/v1/jobs/{job['job_id']}").json()
    result = client.get(f"/api/v1/jobs/{job['job_id']}/result")
    return _fault(result) or _fault(client.delete(f"/api/v1/jobs/{job['job_id']}"), 204)


def _page(client: httpx.Client, known: Known, number: int) -> str:  # noqa: ARG001
    return _fault(client.get(PAGES[number % len(PAGES)], follow_redirects=True))


KINDS: Mapping[str, Asked] = MappingProxyType(
    {
        each.name: each
        for each in (
            Asked("scores", "service", 0.05, _score),
            Asked("questions", "risk_manager", 1.0, _question),
            Asked("tools", "risk_manager", 0.5, _tool),
            Asked("postings", "service", 0.25, _posting),
            Asked("files", "risk_manager", 10.0, _file),
            Asked("pages", "risk_manager", 0.5, _page),
        )
    }
)
