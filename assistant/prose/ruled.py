"""What an answer says of the client's rules: whose bands they are, which rule acts and why."""

from __future__ import annotations

from assistant.prose.health import fact, present, told
from tools.result import ToolResult


def ruled_line(result: ToolResult) -> str:
    """Return the sentence about rules that act on a list or on one customer; nothing where none does."""
    if present(result, "rule_said"):
        return f"A client rule acts: {told(result, 'rule_said')}."
    if not present(result, "ruled"):
        return ""
    moved = fact(result, "ruled_to_another_band").value
    bands = f", {told(result, 'ruled_to_another_band')} of them into another band than the model's" if moved else ""
    version = str(fact(result, "rules_version").value)
    return (
        f"Client rules (version {version}) act on {told(result, 'ruled')} of them{bands}: {told(result, 'ruled_by')}."
    )
