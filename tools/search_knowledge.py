"""Passages of the knowledge base, with status and dates."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from governance.principal import Principal
from tools.result import Fact, Source, ToolResult
from tools.workspace import Workspace


def search_knowledge(
    workspace: Workspace,
    principal: Principal,
    *,
    question: Annotated[str, Field(min_length=2, max_length=1_000)],
    limit: Annotated[int, Field(ge=1, le=20)] = 5,
) -> ToolResult:
    """Return the best passages for a question; none when nothing really matches."""
    retriever = workspace.retriever(principal)
    hits = retriever.search(question, limit=limit)
    sources = tuple(
        Source(
            id=hit.passage.id, title=hit.passage.title, section=hit.passage.section, status=hit.passage.status,
            quote=hit.passage.text, effective_from=hit.passage.effective_from, effective_to=hit.passage.effective_to,
        )
        for hit in hits
    )  # fmt: skip
    dated = {
        f"{name}_{position}": Fact(value=value, unit="date")
        for position, source in enumerate(sources, start=1)
        for name, value in (("effective_from", source.effective_from), ("effective_to", source.effective_to))
        if value is not None
    }
    return ToolResult(
        title=f"Passages on: {question}",
        facts={"passages": Fact(value=len(sources), unit="count"), **dated},
        sources=sources,
        warnings=(*(() if sources else ("The knowledge base has no passage on this.",)), *retriever.notes),
    )
