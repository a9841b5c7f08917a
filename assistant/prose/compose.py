"""An answer's text: one teller per kind of question, their sentences joined."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from assistant.planner.frame import Frame, Intent
from assistant.prose.about import tell_model, tell_sql, tell_status
from assistant.prose.customer import tell_explanation, tell_profile
from assistant.prose.knowledge import tell_knowledge
from assistant.prose.metrics import tell_metrics
from assistant.prose.modelled import tell_anomalies, tell_forecast, tell_goals, tell_leavers, tell_segments
from assistant.prose.ranking import tell_ranking
from assistant.prose.supposing import tell_comparison, tell_stress, tell_what_if
from knowledge.vocabulary import Vocabulary
from tools.result import ToolResult

Teller = Callable[[Frame, ToolResult, Vocabulary], list[str]]

TELLERS: Mapping[Intent, Teller] = MappingProxyType(
    {
        "ranking": tell_ranking, "metrics": tell_metrics, "profile": tell_profile, "explain": tell_explanation,
        "model": tell_model, "knowledge": tell_knowledge, "status": tell_status, "sql": tell_sql,
        "leavers": tell_leavers, "anomalies": tell_anomalies, "segments": tell_segments, "goals": tell_goals,
        "forecast": tell_forecast, "what_if": tell_what_if, "compare": tell_comparison,
        "stress": tell_stress,
    }
)  # fmt: skip


def compose(frame: Frame, result: ToolResult, vocabulary: Vocabulary) -> str:
    """Return the text that answers ``frame`` from ``result``."""
    return " ".join(sentence for sentence in TELLERS[frame.intent](frame, result, vocabulary) if sentence)
