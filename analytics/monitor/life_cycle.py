"""From trained to serving and back: every step a decision with a name and a reason.

A challenger serves only when the gate passed and a person approved. What serves is scored by the caller afterwards:
these functions change aliases, decisions and, where a model is switched off, take its scores away.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from analytics.models import registry
from analytics.monitor import gate
from analytics.monitor.decisions import Decision, decide, decisions, switched_off
from governance.errors import ModelError, ToolRefused

if TYPE_CHECKING:
    from analytics.models.protocol import Fitted
    from analytics.monitor.gate import Judgement
    from analytics.pipeline.books import BooksWriter

FIRST = "The first training of the workspace serves at once."
REFIT = "Each build fits it anew on the newest month end."


@dataclass(frozen=True)
class Enrolled:
    """What became of a newly trained version.

    Attributes
    ----------
    alias
        ``champion`` where it serves, ``challenger`` where it waits.
    serving
        Version that serves now, None where none does.
    refusal
        Why a first version does not serve; None where it does, or where another serves.
    """

    version: str
    alias: registry.Alias
    serving: str | None
    refusal: str | None = None


def enrol(
    writer: BooksWriter,
    name: str,
    models: Sequence[Fitted],
    *,
    beside: Sequence[Fitted] = (),
    reason: str = "Trained.",
) -> Enrolled:
    """Register a model's versions with the gate's judgement of the newest.

    The first of a workspace serves at once, unless its validation found it wanting: then it waits, nothing serves, and
    the decisions keep which checks it failed. One that could not be validated for want of history does serve; its
    answers say so.
    """
    newest = models[0]
    serving = registry.champion(writer, name)
    judgements = gate.judged(newest.card(), serving.card if serving else None)
    wanting = gate.found_wanting(judgements)
    alias: registry.Alias = "challenger" if serving or wanting else "champion"
    registry.register(writer, name, models, beside, alias=alias)
    decide(writer, name, newest.version, "register", reason=reason, judgements=judgements)
    if alias == "champion":
        decide(writer, name, newest.version, "promote", reason=FIRST, judgements=judgements)
    told = f"The {name} model {newest.version} did not pass its validation and does not serve: {gate.told(wanting)}."
    return Enrolled(
        newest.version,
        alias,
        serving.version if serving else newest.version if alias == "champion" else None,
        told if wanting and not serving else None,
    )


def refit(writer: BooksWriter, name: str, model: Fitted) -> None:
    """Let a model that each build fits anew serve at once, and keep that it does."""
    registry.replace_champion(writer, name, model)
    decide(writer, name, model.version, "promote", reason=REFIT)


def retire_unreadable(writer: BooksWriter, name: str) -> None:
    """Retire a champion that this Munshi can no longer read, so that the next training serves; the books keep why."""
    from analytics.models.serving import load

    serving = registry.champion(writer, name)
    if serving is None:
        return
    try:
        load(writer, name, serving.version)
    except ModelError as unreadable:
        registry.realias(writer, name, {serving.version: "retired"})
        decide(writer, name, serving.version, "reject", reason=str(unreadable))


def approve(writer: BooksWriter, name: str, version: str, *, by: str, reason: str) -> tuple[Judgement, ...]:
    """Let a challenger serve: the gate judges it beside the champion, a person takes it on himself.

    Raises
    ------
    ModelError
        There is no such version, it is no challenger, or nobody stands for it.
    ToolRefused
        It did not pass the gate; the message says which checks and with what figures.
    """
    signed(by, reason)
    wanted = registry.find(writer, name, version)
    if wanted.alias != "challenger":
        waiting = [each.version for each in registry.versions(writer, name) if each.alias == "challenger"]
        raise ModelError(
            f"{name} {version} is {_a(wanted.alias)}, no challenger. "
            + (f"Waiting: {', '.join(waiting)}." if waiting else f"None waits: `munshi train {name}` makes one.")
        )
    serving = registry.champion(writer, name)
    judgements = gate.judged(wanted.card, serving.card if serving else None)
    if failed := gate.failures(judgements):
        kept = "The champion keeps serving." if serving else f"No {name} model serves."
        raise ToolRefused(f"{name} {version} did not pass the gate: {gate.told(failed)}. {kept}")
    decide(writer, name, version, "approve", by=by, reason=reason, judgements=judgements)
    before = {each.version: "retired" for each in registry.versions(writer, name) if each.alias == "previous"}
    if serving:
        before[serving.version] = "previous"
    registry.realias(writer, name, {**before, version: "champion"})  # type: ignore[dict-item]
    decide(writer, name, version, "promote", by=by, reason=reason)
    return judgements


def reject(writer: BooksWriter, name: str, version: str, *, by: str, reason: str) -> None:
    """Retire a challenger.

    Raises
    ------
    ModelError
        It is no challenger, or nobody stands for the decision.
    """
    signed(by, reason)
    wanted = registry.find(writer, name, version)
    if wanted.alias != "challenger":
        raise ModelError(f"{name} {version} is {_a(wanted.alias)}; only a challenger can be rejected.")
    registry.realias(writer, name, {version: "retired"})
    decide(writer, name, version, "reject", by=by, reason=reason)


def rollback(writer: BooksWriter, name: str, *, by: str, reason: str) -> str:
    """Let the version that served before serve again, and retire the one that does; return its version.

    Raises
    ------
    ModelError
        None served before, or nobody stands for the decision.
    """
    signed(by, reason)
    serving = _serving(writer, name)
    before = next((each for each in registry.versions(writer, name) if each.alias == "previous"), None)
    if before is None:
        raise ModelError(f"No version of {name} served before {serving.version}: there is nothing to roll back to.")
    registry.realias(writer, name, {before.version: "champion", serving.version: "retired"})
    decide(writer, name, before.version, "rollback", by=by, reason=f"{reason} (in place of {serving.version})")
    return before.version


def switch_off(writer: BooksWriter, name: str, *, by: str, reason: str) -> Decision:
    """Stop a model from serving: its latest scores leave the books, so that no statement finds them.

    Raises
    ------
    ModelError
        It is off already, none serves, or nobody stands for the decision.
    """
    signed(by, reason)
    serving = _serving(writer, name)
    if off := switched_off(writer, name):
        raise ModelError(f"{name} is switched off already, by {off.by}: {off.reason}")
    registry.forget(writer, name, "scores.latest")
    return decide(writer, name, serving.version, "switch_off", by=by, reason=reason)


def switch_on(writer: BooksWriter, name: str, *, by: str, reason: str) -> Decision:
    """Let a model serve again; the caller scores.

    Raises
    ------
    ModelError
        It is not off, or nobody stands for the decision.
    """
    signed(by, reason)
    serving = _serving(writer, name)
    if not switched_off(writer, name):
        raise ModelError(f"{name} is not switched off.")
    return decide(writer, name, serving.version, "switch_on", by=by, reason=reason)


def history(writer: BooksWriter, name: str) -> list[Decision]:
    """Return what was decided about a model, the oldest first."""
    return decisions(writer, name)


def _serving(writer: BooksWriter, name: str) -> registry.Version:
    found = registry.champion(writer, name)
    if found is None:
        known = sorted({each.model for each in registry.versions(writer)})
        raise ModelError(f"No version of '{name}' serves. There are: {', '.join(known) or 'no models yet'}.")
    return found


def signed(by: str, reason: str) -> None:
    """Refuse a decision without a name or a reason.

    Raises
    ------
    ModelError
        One is missing.
    """
    if not by.strip() or not reason.strip():
        raise ModelError("A decision about a model needs a name and a reason: --by NAME --reason WHY.")


def _a(alias: str) -> str:
    return {"retired": "retired"}.get(alias, f"a {alias}" if alias != "previous" else "the previous champion")
