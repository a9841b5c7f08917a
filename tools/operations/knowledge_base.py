"""What a workspace's knowledge base holds: the documents of the house, and those generated from code and models."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import yaml

from analytics.features.feature import CONCEPTS
from analytics.features.store import feature_sets
from analytics.schema import PASSAGES, TABLES, arrow_schema
from knowledge.documents import Document, document_from_markdown, load_documents

if TYPE_CHECKING:
    import datetime as dt

    from analytics.features.store import FeatureSet
    from analytics.warehouse import Writer


def write_passages(writer: Writer, day: dt.date) -> int:
    """Put every passage into the books in place of those there; return how many.

    Parameters
    ----------
    writer
        Open books.
    day
        Data clock: the day the generated documents speak of.
    """
    import pyarrow as pa

    serving = "SELECT model, version, card FROM books.models.registry WHERE alias = 'champion' ORDER BY model"
    cards = writer.execute(serving).rows
    sets = [feature_document(each, day) for each in feature_sets().values()]
    generated = [schema_document(day), *sets]
    generated += [card_document(model, version, json.loads(card), day) for model, version, card in cards]
    rows = [row for document in (*load_documents(), *generated) for row in _rows(document)]
    writer.execute(f"DELETE FROM books.{PASSAGES.qualified}")
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


def card_document(model: str, version: str, card: dict[str, Any], day: dt.date) -> Document:
    """A model's card in prose."""
    trained = (
        f"Version {version} is a {card['learner']}, trained as of {card['trained_as_of']} on {card['training_rows']} "
        f"rows of {card['training_customers']} borrowers with {len(card['features'])} features."
    )
    sections = {
        "What it predicts": card["label"],
        "How it was trained": trained,
        "How good it is": _performance(card["validation"]),
        "Its limits": " ".join(card["limits"]),
    }
    if weights := card.get("top_concepts"):
        sections["What moves it"] = "By weight: " + ", ".join(each["concept"] for each in weights) + "."
    return _generated(f"model-card-{model}", f"Model card: {model}", "model", f"registry {version}", day, sections)


def _performance(validation: dict[str, Any]) -> str:
    if "metrics" not in validation:
        return str(validation["refused"])
    metrics = validation["metrics"]
    auc, slope = metrics["auc"], metrics["calibration_slope"]
    return (
        f"Out of time over {len(validation['folds'])} folds with {validation['n']} borrowers and "
        f"{validation['bads']} bads: AUC {auc['value']:.3f} (95 % interval {auc['low']:.3f} to {auc['high']:.3f}), "
        f"Gini {metrics['gini']['value']:.3f}, KS {metrics['ks']['value']:.3f}, calibration slope "
        f"{slope['value']:.2f} ({slope['low']:.2f} to {slope['high']:.2f}). "
        f"The logistic baseline has AUC {validation['baseline']['auc']['value']:.3f}."
    )
