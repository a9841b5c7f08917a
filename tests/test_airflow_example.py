"""The Airflow example calls commands that exist, with options that they have; Airflow itself is not needed."""

from __future__ import annotations

import ast
import shlex
from pathlib import Path

import pytest
import typer.main

from ui.cli import app

EXAMPLE = Path(__file__).parents[1] / "docs" / "examples" / "airflow_dag.py"
COMMANDS = typer.main.get_command(app).commands


def bash_commands() -> list[str]:
    calls = (node for node in ast.walk(ast.parse(EXAMPLE.read_text("utf-8"))) if isinstance(node, ast.Call))
    return [
        ast.literal_eval(keyword.value)
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id == "BashOperator"
        for keyword in call.keywords
        if keyword.arg == "bash_command"
    ]


def test_the_example_has_the_steps_of_a_day() -> None:
    assert [shlex.split(each)[1] for each in bash_commands()] == ["ingest", "pull", "build", "quality"]


@pytest.mark.parametrize("line", bash_commands(), ids=lambda line: line.split()[1])
def test_its_commands_and_options_are_real(line: str) -> None:
    program, name, *words = shlex.split(line.replace("{{ ds }}", "2026-01-01"))
    assert program == "munshi"
    command = COMMANDS[name]
    with command.make_context(name, list(words), resilient_parsing=False) as context:
        assert context.params["workspace"] == "statements"
