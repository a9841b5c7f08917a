"""A file of rules: read, held to its form, each fault named with its place; versions of it are what is approved."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from analytics.features.feature import CONCEPTS
from analytics.rules.conditions import Condition, ConditionFault, condition
from analytics.rules.fields import BANDS, CREDIT, FIELDS, MODELS, PROXIES
from governance.errors import ToolRetry, did_you_mean

Band = Literal["very low", "low", "medium", "high", "very high"]
Decision = Literal["eligible", "refer", "decline"]
#: Model → where each band begins.
Starts = Mapping[str, Mapping[str, float]]
MOST_RULES, MOST_TEXT = 100, 2_000


class _Declared(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Then(_Declared):
    """What a rule does: set the band, or where bands begin; decide; word reasons anew, by concept."""

    band: Band | None = None
    thresholds: Mapping[Band, Annotated[float, Field(gt=0, lt=1)]] = {}
    decision: Decision | None = None
    reasons: Mapping[str, Annotated[str, Field(min_length=3, max_length=300)]] = {}

    @property
    def begins(self) -> dict[str, float]:
        """Where bands begin: band → probability."""
        return {str(band): start for band, start in self.thresholds.items()}

    @property
    def effects(self) -> Mapping[str, Any]:
        """What is set → to what; two rules contradict where they set one thing to two values."""
        band = self.band or (dict(self.thresholds) or None)
        texts = {f"the reason of {concept}": text for concept, text in self.reasons.items()}
        return {name: value for name, value in {"band": band, "decision": self.decision, **texts}.items() if value}


class Valid(_Declared):
    """The as-ofs a rule acts on, both ends included."""

    start: Annotated[dt.date, Field(alias="from")] = dt.date.min
    until: dt.date = dt.date.max


class Rule(_Declared):
    """One rule. Of rules that set the same, the one of higher precedence does."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,31}$")]
    model: Literal["credit", "churn", "both"]
    when: Annotated[str, Field(max_length=4_000)] = ""
    then: Then
    text: Annotated[str, Field(min_length=3, max_length=MOST_TEXT)]
    valid: Valid = Valid()
    precedence: Annotated[int, Field(ge=-1_000, le=1_000)] = 0

    @cached_property
    def condition(self) -> Condition:
        """The condition, parsed."""
        return condition(self.when)

    @property
    def models(self) -> tuple[str, ...]:
        """The models it is about."""
        return MODELS if self.model == "both" else (self.model,)


class RuleSet(_Declared):
    """The rules of one version."""

    rules: Annotated[tuple[Rule, ...], Field(min_length=1, max_length=MOST_RULES)]

    def of(self, model: str) -> tuple[Rule, ...]:
        """The rules about a model, those that prevail first."""
        mine = [rule for rule in self.rules if model in rule.models]
        return tuple(sorted(mine, key=lambda rule: (-rule.precedence, rule.id)))

    @property
    def notes(self) -> tuple[str, ...]:
        """What whoever approves should know."""
        proxies = {rule.id: sorted(rule.condition.fields & PROXIES) for rule in self.rules}
        return tuple(
            f"{name} looks at {' and '.join(fields)}: where somebody lives can stand for a protected group. "
            "Say in its text why, and see the fairness report."
            for name, fields in proxies.items() if fields
        )  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """What is wrong, and where: ``R12.when``."""

    where: str
    what: str

    def __str__(self) -> str:
        """As one line."""
        return f"{self.where}: {self.what}"


def read_rules(content: str, starts: Starts) -> RuleSet:
    """Read a file of rules and hold it to everything that can be wrong with one.

    Parameters
    ----------
    starts
        Where the bands of each model that serves begin, which thresholds are held to.

    Raises
    ------
    ToolRetry
        It is no such file, or wrong; the message names every fault with its place.
    """
    found = parsed_rules(content)
    faults = [fault for rule in found.rules for fault in _of_rule(rule, starts)]
    faults += [Fault(name, "there is another rule of that id.") for name in _twice([rule.id for rule in found.rules])]
    if faults:
        raise _wrong(faults)
    if contradictions := list(_contradictions(found)):
        raise _wrong(contradictions)
    return found


def parsed_rules(content: str) -> RuleSet:
    """Read a file of rules by its form alone: for one that was held to the rest when it was drafted.

    Raises
    ------
    ToolRetry
        It is no such file.
    """
    try:
        told = yaml.safe_load(content)
    except yaml.YAMLError as error:
        raise ToolRetry(f"The rules are no YAML: {' '.join(str(error).split())}.") from None
    if not isinstance(told, dict):
        raise ToolRetry("The rules are no file of rules: it begins with `rules:` and a list under it.")
    try:
        return RuleSet.model_validate(told)
    except ValidationError as error:
        every = error.errors()
        there = [
            each for each in every if each["type"] != "too_short"
        ]  # faulty rules are not counted, and none is left
        raise _wrong([_malformed(each, told) for each in there or every]) from None


def _wrong(faults: Sequence[Fault]) -> ToolRetry:
    said = "\n".join(f"  {fault}" for fault in faults)
    return ToolRetry(f"The rules are wrong in {len(faults)} place{'' if len(faults) == 1 else 's'}:\n{said}")


def _malformed(error: Any, told: Mapping[str, Any]) -> Fault:
    """A fault of form: the rule by its id where it has one, an unknown key with what there is."""
    place = [str(part) for part in error["loc"]]
    rules = told.get("rules")
    if len(place) > 1 and isinstance(rules, list) and place[1].isdigit():
        rule = rules[int(place[1])]
        place = [str(rule.get("id") or f"rule {int(place[1]) + 1}") if isinstance(rule, dict) else place[1], *place[2:]]
    known: Mapping[str, type[BaseModel]] = {"then": Then, "valid": Valid}
    if error["type"] == "extra_forbidden":
        model = known.get(place[-2], Rule) if len(place) > 1 else RuleSet
        names = [field.alias or name for name, field in model.model_fields.items()]
        return Fault(".".join(place), f"is no key here.{did_you_mean(place[-1], names)}")
    if error["type"] == "literal_error" and isinstance(error["input"], str):
        options = str(error["ctx"]["expected"]).replace("' or '", "', '").strip("'").split("', '")
        return Fault(".".join(place), f"cannot be '{error['input']}'.{did_you_mean(error['input'], options)}")
    return Fault(".".join(place), f"{error['msg'][:1].lower()}{error['msg'][1:]}.")


def _of_rule(rule: Rule, starts: Starts) -> Iterator[Fault]:
    try:
        looked_at = rule.condition.fields
    except ConditionFault as wrong:
        yield Fault(f"{rule.id}.when", str(wrong))
        looked_at = frozenset()
    for name in sorted(looked_at):
        for model in rule.models:
            if model not in FIELDS[name].models:
                yield Fault(f"{rule.id}.when", f"looks at {name}, which a {model} score has not.")
    if rule.valid.start > rule.valid.until:
        yield Fault(f"{rule.id}.valid", f"ends on {rule.valid.until}, before it begins on {rule.valid.start}.")
    yield from _of_effects(rule, starts)


def _of_effects(rule: Rule, starts: Starts) -> Iterator[Fault]:
    then = rule.then
    if not then.effects:
        yield Fault(f"{rule.id}.then", "does nothing: set band, thresholds, decision or reasons.")
    if then.band and then.thresholds:
        yield Fault(f"{rule.id}.then", "sets band and thresholds: one of both.")
    if then.decision and rule.model != CREDIT:
        yield Fault(f"{rule.id}.then.decision", "is about credit: no score of leaving declines anybody. model: credit.")
    for concept in then.reasons:
        if concept not in CONCEPTS:
            yield Fault(f"{rule.id}.then.reasons", f"'{concept}' is no concept.{did_you_mean(concept, CONCEPTS)}")
    if BANDS[0] in then.thresholds:
        yield Fault(f"{rule.id}.then.thresholds", f"{BANDS[0]} begins at 0: say where the next band begins.")
    for model in rule.models if then.thresholds else ():
        begins: dict[str, float] = {**starts.get(model, {}), **then.begins}
        ordered = [band for band in BANDS if band in begins]
        for lower, upper in itertools.pairwise(ordered):
            if begins[lower] >= begins[upper]:
                yield Fault(f"{rule.id}.then.thresholds",
                            f"{upper} of {model} would begin at {begins[upper]:g}, not above {lower} at "
                            f"{begins[lower]:g}.")  # fmt: skip


def _twice(names: Sequence[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})


def _contradictions(found: RuleSet) -> Iterator[Fault]:
    """Pairs of one precedence that set one thing to two values and can hold of one customer at once."""
    for first, second in itertools.combinations(found.rules, 2):
        if first.precedence != second.precedence or not set(first.models) & set(second.models):
            continue
        if max(first.valid.start, second.valid.start) > min(first.valid.until, second.valid.until):
            continue
        mine, theirs = first.then.effects, second.then.effects
        torn = [name for name in mine if name in theirs and mine[name] != theirs[name]]
        if torn and first.condition.meets(second.condition):
            yield Fault(
                f"{first.id} and {second.id}",
                f"set {torn[0]} to two values for the same customer at precedence {first.precedence}: "
                f"{mine[torn[0]]} and {theirs[torn[0]]}. Part their conditions, or give one a higher precedence.",
            )
