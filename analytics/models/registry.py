"""Model versions and their scores in the books: who serves, who waits, who served before."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from analytics.models.scores import as_arrow
from governance.errors import ModelError, did_you_mean

if TYPE_CHECKING:
    import pandas as pd

    from analytics.models.protocol import Fitted
    from analytics.pipeline.books import BooksWriter

#: ``champion`` serves, ``challenger`` waits for a decision, ``previous`` served before and is what a rollback brings
#: back, ``retired`` never serves again, ``vintage`` only scores month ends of before the champion was trained,
#: ``beside`` was fitted with it and not chosen, and ``route`` scores part of the people in its place.
Alias = Literal["champion", "challenger", "previous", "retired", "vintage", "beside", "route"]
REGISTRY = "models.registry"


@dataclass(frozen=True)
class Version:
    """One row of the registry without its payload."""

    model: str
    version: str
    trained_as_of: dt.date
    alias: Alias
    card: Mapping[str, Any]


def versions(writer: BooksWriter, name: str | None = None) -> list[Version]:
    """Return the versions of a model, or of all, the newest training first; the champion before its equals."""
    there = writer.table(*REGISTRY.split("."))
    rows = there if name is None else there.filter(there.model == name)
    found = writer.frame(rows.select("model", "version", "trained_at_as_of", "alias", "card"))
    read = [
        Version(row["model"], row["version"], row["trained_at_as_of"].date(), row["alias"], json.loads(row["card"]))
        for row in found.to_dict("records")
    ]
    return sorted(
        read,
        key=lambda each: (
            each.model,
            -each.trained_as_of.toordinal(),
            each.alias != "champion",
            each.alias,
            each.version,
        ),
    )


def champion(writer: BooksWriter, name: str) -> Version | None:
    """Return the version that serves; None before the first training."""
    return next((each for each in versions(writer, name) if each.alias == "champion"), None)


def find(writer: BooksWriter, name: str, version: str) -> Version:
    """Return one version.

    Raises
    ------
    ModelError
        The registry holds no such model, or no such version of it; the message lists what it holds.
    """
    known = versions(writer)
    models = sorted({each.model for each in known})
    if name not in models:
        raise ModelError(f"The registry holds no model '{name}'.{did_you_mean(name, models) or ' Train one first.'}")
    of_model = {each.version: each for each in known if each.model == name}
    if version not in of_model:
        raise ModelError(f"The registry holds no version '{version}' of {name}.{did_you_mean(version, of_model)}")
    return of_model[version]


def payload(writer: BooksWriter, name: str, version: str) -> bytes:
    """Return a version's stored bytes."""
    there = writer.table(*REGISTRY.split("."))
    found = writer.frame(there.filter(there.model == name, there.version == version).select("payload"))
    if not len(found):
        find(writer, name, version)
    return bytes(found["payload"].iloc[0])


def fresh_version(writer: BooksWriter, name: str, wanted: str) -> str:
    """Return ``wanted``, or ``wanted.2``, ``wanted.3`` … where the registry has it already."""
    taken = {each.version for each in versions(writer, name)}
    number = 1
    while (version := wanted if number == 1 else f"{wanted}.{number}") in taken:
        number += 1
    return version


def register(
    writer: BooksWriter, name: str, models: Sequence[Fitted], beside: Sequence[Fitted] = (), *, alias: Alias
) -> None:
    """Add a model's versions; a challenger of before is retired.

    Parameters
    ----------
    writer
        Open books; other models keep their versions.
    name
        Of the model.
    models
        The newest first; the others are its vintages. A vintage that is there already stays as it is.
    beside
        Fitted with the newest, and not chosen.

    alias
        Of the newest.

    Raises
    ------
    ModelError
        The registry has the first one's version already (`fresh_version` gives one that is free).
    """
    there = {each.version: each for each in versions(writer, name)}
    newest = models[0]
    if newest.version in there:
        raise ModelError(f"The registry holds version '{newest.version}' of {name} already; a version is written once.")
    realias(writer, name, {each.version: "retired" for each in there.values() if each.alias == "challenger"})
    others = [*((each, "vintage") for each in models[1:]), *((each, "beside") for each in beside)]
    _append(writer, name, [(newest, alias), *(each for each in others if each[0].version not in there)])


def add(writer: BooksWriter, name: str, model: Fitted, alias: Alias) -> None:
    """Add one version.

    Raises
    ------
    ModelError
        The registry has it already.
    """
    if any(each.version == model.version for each in versions(writer, name)):
        raise ModelError(f"The registry holds version '{model.version}' of {name} already; a version is written once.")
    _append(writer, name, [(model, alias)])


def replace_champion(writer: BooksWriter, name: str, model: Fitted) -> None:
    """Let a fit serve at once: the one before it is kept as ``previous``, older ones go.

    For models that each build fits anew on the newest month end, where there is no score history to guard.
    """
    there = writer.table(*REGISTRY.split("."))
    serving = champion(writer, name)
    before = serving.version if serving and serving.version != model.version else ""
    kept = (there.model != name) | ((there.version == before) & (there.version != model.version))
    writer.replace(REGISTRY, there.filter(kept))
    realias(writer, name, {before: "previous"} if before else {})
    _append(writer, name, [(model, "champion")])


def realias(writer: BooksWriter, name: str, aliases: Mapping[str, Alias]) -> None:
    """Give versions of a model another alias; the others keep theirs."""
    import ibis

    if not aliases:
        return
    there = writer.table(*REGISTRY.split("."))
    branches = [((there.model == name) & (there.version == version), alias) for version, alias in aliases.items()]
    writer.replace(REGISTRY, there.mutate(alias=ibis.cases(*branches, else_=there["alias"])))


def write_scores(writer: BooksWriter, name: str, history: pd.DataFrame, latest: pd.DataFrame) -> None:
    """Replace a model's scores with those of the version that serves; other models keep theirs.

    Parameters
    ----------
    name
        Of the model.
    history, latest
        Rows of `analytics.models.scores.score_rows`.
    """
    for qualified, rows in (("scores.history", history), ("scores.latest", latest)):
        forget(writer, name, qualified)
        writer.append(qualified, as_arrow(rows))


def forget(writer: BooksWriter, name: str, qualified: str) -> None:
    """Take a model's rows out of a table."""
    there = writer.table(*qualified.split("."))
    writer.replace(qualified, there.filter(there.model != name))


def _append(writer: BooksWriter, name: str, added: Sequence[tuple[Fitted, str]]) -> None:
    import pyarrow as pa

    rows = {
        "model": [name] * len(added),
        "version": [model.version for model, _ in added],
        "trained_at_as_of": [model.trained_as_of for model, _ in added],
        "alias": [alias for _, alias in added],
        "payload": [model.to_bytes() for model, _ in added],
        "card": [json.dumps(dict(model.card()), ensure_ascii=False) for model, _ in added],
    }
    writer.append(REGISTRY, pa.table(rows))
