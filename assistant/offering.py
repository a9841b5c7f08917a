"""What a model is shown of the tools and of the vocabulary: what its question is about, not everything there is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assistant.planner.text import phrase, tokenise

if TYPE_CHECKING:
    from knowledge.vocabulary import Vocabulary
    from tools.registry import Tool

PROMPTS = Path(__file__).parent / "prompts"
#: Tools are all shown where their schemas are no longer than this; else the best few.
ALL_WITHIN = 2_400
SHOWN_TOOLS, SHOWN_METRICS, SHOWN_DIMENSIONS = 3, 6, 5
#: A tool is shown alone where it scores this many times the next; beside others, where it has this share of the best.
ALONE, BESIDE = 2.0, 0.5
#: Takes metrics and dimensions by name, and is shown where nothing else fits.
METRICS_TOOL = "query_metrics"
TAKES_METRICS = (METRICS_TOOL, "forecast_spend")
MORE = "more_tools"
NUMBER = "NUMBER"
FINAL = "final"
#: What JSON schemas say that no model needs: the tool checks its arguments itself and says what was wrong.
_NOISE = frozenset(
    ("title", "default", "additionalProperties", "minItems", "minLength", "maxLength", "minimum", "maximum", "format")
)
_MANY = 3


class Offered:
    """The tools one question's model is shown; more are brought in when it asks for them.

    Parameters
    ----------
    tools
        All that may be called.
    names
        Those shown first; None for all.
    question
        Arguments that only other questions need are left out; none are where it is empty.
    """

    def __init__(self, tools: Sequence[Tool], names: Iterable[str] | None = None, question: str = "") -> None:
        self._tools = {tool.name: tool for tool in tools}
        asked = _said(question) if question else None
        self._shown = {
            name: schema_of(self._tools[name], asked)
            for name in (self._tools if names is None else names)
            if name in self._tools
        }

    @property
    def names(self) -> tuple[str, ...]:
        """Names of those shown."""
        return tuple(self._shown)

    @property
    def shown(self) -> list[dict[str, Any]]:
        """The schemas as they go over the wire, with that of the tool that brings in the others."""
        rest = sorted(set(self._tools) - set(self._shown))
        return [*self._shown.values(), *([_more(rest)] if rest else [])]

    @property
    def characters(self) -> int:
        """How long they are."""
        return len(json.dumps(self.shown, ensure_ascii=False))

    def bring(self, names: Iterable[str]) -> str:
        """Show these tools, whole, from the next call on; return what is said to who asked."""
        wanted = [name for name in names if name in self._tools]
        self._shown |= {name: schema_of(self._tools[name]) for name in wanted}
        if wanted:
            return f"You may call {', '.join(wanted)} now."
        return f"There is no tool of that name. There are: {', '.join(self._tools)}."


def offered(tools: Sequence[Tool], question: str, earlier: Iterable[str] = ()) -> Offered:
    """Return the tools to show for a question.

    Parameters
    ----------
    earlier
        Names of the tools that the turns before called: "the second one" is about what they brought.
    """
    everything = Offered(tools)
    if everything.characters <= ALL_WITHIN:
        return everything
    names = (*ranked(question, [tool.name for tool in tools]), *dict.fromkeys(earlier))
    return Offered(tools, names, question)


def ranked(question: str, names: Sequence[str]) -> list[str]:
    """Return the tools whose words the question uses, the best first; the metrics tool where none are."""
    asked = _said(question)
    scores = {name: float(len(asked & _words().get(name, frozenset(phrase(name))))) for name in names}
    best = sorted((name for name in names if scores[name]), key=lambda name: -scores[name])
    if not best:
        return [name for name in (METRICS_TOOL,) if name in names] or list(names)
    if len(best) == 1 or scores[best[0]] >= ALONE * scores[best[1]]:
        return best[:1]
    return [name for name in best[:SHOWN_TOOLS] if scores[name] >= BESIDE * scores[best[0]]]


def words_for(vocabulary: Vocabulary, views: Iterable[str], question: str, shown: Iterable[str]) -> str:
    """Return the metrics and dimensions a question is about; empty where no tool that is shown takes any."""
    if not set(shown) & set(TAKES_METRICS):
        return ""
    seen = set(views)
    asked = _said(question)
    metrics = _nearest({name: (each.label, *each.synonyms) for name, each in vocabulary.metrics.items()
                        if each.view in seen}, asked, SHOWN_METRICS)  # fmt: skip
    dimensions = _nearest({name: (each.label, *each.synonyms) for name, each in vocabulary.dimensions.items()},
                          asked, SHOWN_DIMENSIONS)  # fmt: skip
    return (
        f"\n\nMetrics near this question: {', '.join(metrics) or 'none'}. Dimensions: {', '.join(dimensions)}. "
        "A wrong name is answered with the right ones."
    )


def schema_of(tool: Tool, asked: frozenset[str] | None = None) -> dict[str, Any]:
    """A tool as a model is shown it: name, the first paragraph on it, the arguments a question may need.

    Parameters
    ----------
    asked
        The question's words; None for every argument.
    """
    parameters = compact(tool.arguments.model_json_schema())
    given = parameters.setdefault("properties", {})
    needed = {} if asked is None else _argument_words().get(tool.name, {})
    left_out = {name for name in given if name in needed and not (asked or frozenset()) & needed[name]}
    kept = {name: schema for name, schema in given.items() if name not in left_out}
    parameters["properties"] = kept | {FINAL: {"type": "boolean"}}
    named = json.dumps(kept)
    parameters["$defs"] = {name: each for name, each in parameters.pop("$defs", {}).items() if f"$defs/{name}" in named}
    told = " ".join(tool.description.split("\n\n")[0].split())
    return _function(tool.name, _without(told, left_out), {name: each for name, each in parameters.items() if each})


def _without(description: str, arguments: set[str]) -> str:
    """A description without the sentences that tell of these arguments."""
    sentences = re.split(r"(?<=\.)\s+", description)
    return " ".join(each for each in sentences if not any(f"`{name}`" in each for name in arguments))


def compact(schema: Any) -> Any:
    """Return a JSON schema without titles, defaults and bounds; an alternative to null is left out."""
    if isinstance(schema, list):
        return [compact(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    kept: dict[str, Any] = {}
    for name, value in schema.items():
        if name == "properties":
            kept[name] = {each: compact(inner) for each, inner in value.items()}
        elif name == "$defs":
            kept[name] = {each: _undescribed(compact(inner)) for each, inner in value.items()}
        elif name == "anyOf":
            kept |= _alternatives(value)
        elif name not in _NOISE:
            kept[name] = compact(value)
    return kept


def _undescribed(schema: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in schema.items() if name != "description"}


def _alternatives(options: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    real = [compact(each) for each in options if each.get("type") != "null"]
    if len(real) == 1:
        return dict(real[0])
    return {} if len(real) > _MANY else {"anyOf": real}


def _more(names: Sequence[str]) -> dict[str, Any]:
    parameters = {"type": "object", "properties": {"names": {"type": "array", "items": {"type": "string"}}}}
    return _function(MORE, f"Shows tools whole: those you have, and {', '.join(names)}.", parameters)


def _function(name: str, description: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "function", "function": {"name": name, "description": description, "parameters": parameters}}


def _nearest(named: Mapping[str, Sequence[str]], asked: frozenset[str], most: int) -> list[str]:
    scores = {name: max(_overlap(asked, text) for text in (name, *texts)) for name, texts in named.items()}
    return sorted((name for name in named if scores[name] > 0), key=lambda name: (-scores[name], name))[:most]


def _overlap(asked: frozenset[str], text: str) -> float:
    words = set(phrase(text))
    return len(words & asked) / len(words) if words else 0.0


def _said(question: str) -> frozenset[str]:
    """The words of a question, "q1" and "fy26" without their figures too, pairs of neighbours, NUMBER for a figure."""
    words = [token.lemma for token in tokenise(question)]
    numbers = {NUMBER} if any(word[0].isdigit() for word in words) else set()
    bare = {word.rstrip("0123456789") for word in words}
    return frozenset(words) | bare | numbers | {f"{left}_{right}" for left, right in pairwise(words)}


@cache
def _argument_words() -> Mapping[str, Mapping[str, frozenset[str]]]:
    import yaml

    declared: Mapping[str, Mapping[str, str]] = yaml.safe_load((PROMPTS / "argument_words.yaml").read_text("utf-8"))
    return {
        tool: {name: frozenset(words.split()) for name, words in arguments.items()}
        for tool, arguments in declared.items()
    }


@cache
def _words() -> Mapping[str, frozenset[str]]:
    import yaml

    declared: Mapping[str, str] = yaml.safe_load((PROMPTS / "tool_words.yaml").read_text("utf-8"))
    return {name: frozenset((*words.split(), *phrase(name))) for name, words in declared.items()}
