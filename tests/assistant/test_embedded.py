"""The whole assistant on the sandbox with the embedded planner: no key, no network."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.munshi import Munshi
from governance.settings import Settings

ROOT = Path(__file__).parents[2]

QUESTIONS = (
    "Who are my top 100 risky borrowers?",
    "Top 20 borrowers by expected loss",
    "Riskiest 10 borrowers in Maharashtra",
    "Borrowers with PD above 20%",
    "How many customers do we have by city?",
    "Portfolio outstanding by product",
    "Gross NPA ratio by month",
    "Which state has the highest 30+ DPD rate?",
    "Average PD by product",
    "Collection efficiency last quarter by product",
    "EMI bounces this month against last month",
    "Top 10 merchants by spend last month",
    "Compare spend in Pune and Mumbai",
    "Monthly outflow this year",
    "logins last week",
    "How good is the credit model?",
    "What is SMA-2?",
    "What does the RBI say about digital lending?",
    "Tell me about customer C_0000X",
    "Why did the NPA ratio rise?",
)

#: What `munshi ask` can do without, each a second or more to import.
HEAVY = {
    "openai",
    "langchain_openai",
    "pandas",
    "numpy",
    "pyarrow",
    "ibis",
    "chromadb",
    "sklearn",
    "shap",
    "gradio",
    "fastapi",
}

COLD = """
import json, sys
from assistant.munshi import Munshi
with Munshi.open("demo") as munshi:
    answer = munshi.ask("Who are my top 100 risky borrowers?")
print(json.dumps({"status": answer.status, "rows": len(answer.table.rows), "modules": sorted(sys.modules)}))
"""


@pytest.fixture(scope="module")
def opened(shared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Settings of a copy of the sandbox that these tests ask, for receipts are kept in it."""
    import shutil

    home = tmp_path_factory.mktemp("embedded") / "home"
    shutil.copytree(shared_home, home)
    yield Settings(
        home=home / "munshi", key_file=home / "config" / "master.key", master_key=None, model="embedded",
        model_base_url=None, model_api_key=None,
    )  # fmt: skip
    shutil.rmtree(home)


@pytest.fixture(scope="module")
def munshi(opened: Settings) -> Iterator[Munshi]:
    with Munshi.open("demo", settings=opened) as asked:
        yield asked


@pytest.mark.parametrize("question", QUESTIONS)
def test_all_of_the_planner_s_prose_is_kept(munshi: Munshi, question: str) -> None:
    answer = munshi.ask(question)
    assert answer.status in ("answered", "abstained")
    assert (answer.grounded, [warning for warning in answer.warnings if "left out:" in warning]) == (True, [])
    assert answer.text


def test_the_list_is_exact_and_the_first_one_can_be_asked_about_in_another_process(opened: Settings) -> None:
    with Munshi.open("demo", settings=opened) as asked:
        listed = asked.ask("Who are my top 100 risky borrowers?")
    assert listed.table is not None
    assert len(listed.table.rows) == 100
    place = [column.name for column in listed.table.columns].index("customer_id")
    with Munshi.open("demo", settings=opened) as later:
        why = later.ask("why the first one?", listed.conversation_id)
        assert why.status == "answered", why.text
        assert [(step.tool, step.args["customer_id"]) for step in why.steps] == [
            ("explain_prediction", listed.table.rows[0][place])
        ]
        assert later.replay(listed.receipt_id).same


def test_the_planner_answers_where_an_outside_model_is_out_of_reach(opened: Settings) -> None:
    dead = opened.model_copy(update={"model": "openai:gone", "model_base_url": "http://127.0.0.1:9/v1"})
    with Munshi.open("demo", settings=dead) as asked:
        answer = asked.ask("Who are my top 10 risky borrowers?")
    assert (answer.status, answer.mind, answer.table and len(answer.table.rows)) == ("answered", "embedded", 10)
    assert "openai:gone gave no answer: its provider failed (OpenAIConnectionError)" in answer.warnings[0]


def test_a_cold_question_loads_nothing_heavy(opened: Settings) -> None:
    environment = {
        "PATH": "/usr/bin:/bin",
        "HOME": str(opened.home),
        "MUNSHI_HOME": str(opened.home),
        "MUNSHI_KEY_FILE": str(opened.key_file),
    }
    done = subprocess.run([sys.executable, "-c", COLD], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["status"], told["rows"]) == ("answered", 100)
    assert HEAVY & set(told["modules"]) == set()
