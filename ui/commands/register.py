"""The commands that have files of their own, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import typer

from ui.commands import (
    access,
    alerts,
    audit,
    doors,
    evaluation,
    explain,
    feedback,
    knowledge,
    mcp,
    models,
    monitor,
    privacy,
    quarantine,
    report,
    review,
    rules,
    schedules,
    semantic,
    tenants,
    theme,
    usage,
    verified,
    worklist,
)  # fmt: skip

GROUPS: Mapping[str, typer.Typer] = MappingProxyType(
    {
        "quarantine": quarantine.app, "models": models.app, "users": access.users, "keys": access.keys,
        "semantic": semantic.app, "verified": verified.app, "usage": usage.app, "rules": rules.app,
        "review": review.app, "tenants": tenants.app, "knowledge": knowledge.app,
        "corrections": feedback.corrections, "report": report.app, "theme": theme.app, "privacy": privacy.app,
        "alerts": alerts.app, "worklist": worklist.app,
        "schedules": schedules.app, "audit": audit.app,
    }
)  # fmt: skip
COMMANDS: Mapping[str, Callable[..., Any]] = MappingProxyType(
    {
        "pull": doors.pull, "watch": doors.watch, "schedule": doors.schedule, "take-in": doors.take_in,
        "monitor": monitor.monitor, "explain": explain.explain, "mcp": mcp.mcp, "letter": review.letter,
        "export": report.export,
        "eval": evaluation.evaluation, "feedback": feedback.feedback, "unanswered": feedback.unanswered,
    }
)  # fmt: skip


def add_all(app: typer.Typer) -> None:
    """Add them to the command."""
    for name, group in GROUPS.items():
        app.add_typer(group, name=name)
    for name, command in COMMANDS.items():
        app.command(name)(command)
