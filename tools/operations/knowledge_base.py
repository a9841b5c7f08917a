"""What a workspace's knowledge base holds: the documents of the house, and those generated from code and models."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import yaml

from analytics.features.feature import CONCEPTS
from analytics.features.store import feature_sets
from analytics.schema import OWN_DOCUMENTS, PASSAGES, TABLES, arrow_schema
from knowledge.documents import Document, document_from_markdown, load_documents
from tools.card_figures import Figure, counted, figures, learner

if TYPE_CHECKING:
    import datetime as dt

    from analytics.features.store import FeatureSet
    from analytics.warehouse import Writer


CARDS = (
    "SELECT model, version, trained_at_as_of, card FROM books.models.registry WHERE alias = 'champion' ORDER BY model"
)


def write_passages(writer: Writer, day: dt.date) -> int:
    """Put every passage into the books in place of those there; return how many.

    Parameters
    ----------
    writer
        Open books.
    day
        Data clock: the day the generated documents speak of.
    """
    cards = writer.execute(CARDS).rows
    sets = [feature_document(each, day) for each in feature_sets().values()]
    generated = [schema_document(day), *sets]
    generated += [card_document(name, which, on, json.loads(card), day) for name, which, on, card in cards]
    return write_documents(writer, (*load_documents(), *generated))


def write_documents(writer: Writer, documents: Iterable[Document]) -> int:
    """Put the passages of documents into the books in place of those there; return how many.

    Documents that the workspace's people added stay as they are.
    """
    own = f"SELECT document_id FROM books.{OWN_DOCUMENTS.qualified}"
    writer.execute(f"DELETE FROM books.{PASSAGES.qualified} WHERE document_id NOT IN ({own})")
    return append_passages(writer, documents)


def append_passages(writer: Writer, documents: Iterable[Document]) -> int:
    """Put the passages of documents into the books beside those there; return how many."""
    import pyarrow as pa

    rows = [row for document in documents for row in _rows(document)]
    writer.append(PASSAGES.qualified, pa.Table.from_pylist(rows, schema=arrow_schema(PASSAGES)))
    return len(rows)


def _rows(document: Document) -> Iterator[dict[str, Any]]:
    for position, passage in enumerate(document.passages, start=1):
        yield {
            "passage_id": passage.id, "document_id": passage.document_id, "position": position, "title": passage.title,
            "section": passage.section, "text": passage.text, "kind": passage.kind, "status": passage.status,
            "effective_from": passage.effective_from, "effective_to": passage.effective_to, "source": passage.source,
            "verified_on": passage.verified_on,
        }  # fmt: skip


def _generated(name: str, title: str, kind: str, source: str, day: dt.date, sections: dict[str, str]) -> Document:
    standing = {"id": name, "title": title, "kind": kind, "status": "in force", "source": source, "verified_on": day}
    body = "\n".join(f"## {head}\n\n{text}\n" for head, text in sections.items())
    return document_from_markdown(f"---\n{yaml.safe_dump(standing)}---\n{body}")


def schema_document(day: dt.date) -> Document:
    """The canonical tables, a section each, from their declarations."""
    sections = {
        f"Table {table.qualified}": f"{table.description} Columns: "
        + "; ".join(f"{column.name} ({column.type}): {column.description}" for column in table.columns)
        + "."
        for table in TABLES
    }
    return _generated("canonical-schema", "Canonical schema", "schema", "analytics/schema.py", day, sections)


def feature_document(feature_set: FeatureSet, day: dt.date) -> Document:
    """A set of the feature store, a section per concept, from its declarations."""
    direction = {1: "higher is riskier", -1: "higher is safer", 0: "free direction"}
    kept = "kept at every month end" if feature_set.stored else "computed for the dates asked for"
    sections = {
        f"The feature set {feature_set.name}": f"{feature_set.description} {len(feature_set.features)} features, "
        f"version {feature_set.version}, owned by {feature_set.owner}, {kept}; the books reach {day:%d %b %Y}."
    }
    for concept in CONCEPTS.values():
        lines = [
            f"{feature.name}: {feature.description} ({feature.unit}, {feature.window} months, "
            f"{direction[feature.direction]})"
            for feature in feature_set.features.values()
            if feature.concept == concept.name
        ]
        if lines:
            sections[f"Features on {concept.label.lower()}"] = ". ".join(lines) + "."
    name, title = f"features-{feature_set.name}", f"Feature catalogue: {feature_set.name}"
    return _generated(name, title, "schema", "analytics/features", day, sections)


def card_document(model: str, version: str, trained: dt.date, card: dict[str, Any], day: dt.date) -> Document:
    """A model's card in prose."""
    on = f" on {counted(card)}" if counted(card) else ""
    sections = {
        "What it predicts": card["label"],
        "How it was trained": f"Version {version} is a {learner(card)}, trained as of {trained}{on}.",
        **({f"How good the {model} model is": _performance(card["validation"])} if card.get("validation") else {}),
        "Its limits": " ".join(card["limits"]),
    }
    if weights := card.get("top_concepts"):
        sections["What moves it"] = "By weight: " + ", ".join(each["concept"] for each in weights) + "."
    return _generated(f"model-card-{model}", f"Model card: {model}", "model", f"registry {version}", day, sections)


def _performance(validation: dict[str, Any]) -> str:
    found = figures(validation)
    if not found:
        return str(validation.get("refused", "It is not measured against outcomes."))
    tested = [f"{len(validation['folds'])} folds"] if validation.get("folds") else []
    tested += [f"{validation['n']:,} rows", f"{validation['bads']:,} with the event"] if "n" in validation else []
    return f"Out of time{' over ' + ', '.join(tested) if tested else ''}: " + "; ".join(map(_figure, found)) + "."


def _figure(figure: Figure) -> str:
    between = f" (95 % interval {figure.low:.3f} to {figure.high:.3f})" if figure.low is not None else ""
    beside = f", the baseline {figure.baseline:.3f}" if figure.baseline is not None else ""
    return f"{figure.label} {figure.value:.3f}{between}{beside}"
