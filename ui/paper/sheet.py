"""A paper: what stands on it as plain data, and the same set as a PDF, as pictures, as one page of HTML."""

from __future__ import annotations

import base64
import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from governance.look.colours import house
from governance.principal import Principal
from tools.workspace import Workspace
from ui.language import day, say, spoken
from ui.markup import render
from ui.pages.visit import Visit
from ui.paper.contents import definitions, statements
from ui.paper.declaration import FOLDER, Part
from ui.paper.fonts import OF_SCRIPTS, OF_SYSTEM, Fonts
from ui.paper.words import paper_words
from ui.sql_text import pretty

#: Picture elements to the inch of a page as a picture.
FINE = 80.0


#: The face of a paper that says nothing of one.
_PLAIN: dict[str, Any] = {"accent": house("light")["accent"].upper(), "language": "en", "fonts": [], "words": {},
                          "scripts": list(OF_SCRIPTS), "notice": ""}  # fmt: skip


@dataclass(frozen=True)
class Paper:
    """A paper, complete: what a test can read, and what is set of it."""

    told: dict[str, Any]
    fonts: Fonts = OF_SYSTEM

    def as_pdf(self) -> bytes:
        """The paper as a PDF; nothing is fetched, no browser and no system library is needed."""
        import typst

        made: bytes = typst.compile(FOLDER / "paper.typ", format="pdf", sys_inputs=self._inputs(), **self.fonts.options)
        return made

    def as_pictures(self) -> list[bytes]:
        """The paper's pages as PNG pictures."""
        import typst

        pages: Any = typst.compile(
            FOLDER / "paper.typ", format="png", ppi=FINE, sys_inputs=self._inputs(), **self.fonts.options
        )
        return pages if isinstance(pages, list) else [pages]

    def as_html(self) -> str:
        """The paper as one page that needs nothing beside it and runs nothing."""
        return render("paper.html", **{**_PLAIN, "logo": "", **self.told})

    def _inputs(self) -> dict[str, str]:
        media, _, encoded = str(self.told.get("logo", "")).partition(";base64,")
        picture = {
            "logo": list(base64.b64decode(encoded)),
            "logo-format": "png" if media.endswith("png") else "svg",
        }
        return {"told": json.dumps({**_PLAIN, **self.told, **picture}, ensure_ascii=False)}


def headed(
    workspace: Workspace, principal: Principal, visit: Visit, now: dt.datetime | None
) -> dict[str, Any]:  # fmt: skip
    """Whose paper it is: as of when, made when, for whom, of what part, on which books."""
    made = (now or dt.datetime.now(dt.UTC)).replace(microsecond=0)
    snapshot = workspace.reader(principal).snapshot
    part = "; ".join(f"{column} {', '.join(values)}" for column, values in sorted(principal.partitions.items()))
    narrowed = ", ".join(f"{name} {value}" for name, value in visit.chosen.items())
    return {
        **_look(workspace, visit),
        "as_of": day(visit.clock),
        "made": f"{day(made.date())}, {made:%H:%M} UTC",
        "by": f"{principal.name} ({say(principal.role.replace('_', ' '))})",
        "scope": "; ".join(each for each in (part, narrowed) if each) or say("the whole book"),
        "personal": say("shown") if principal.may("pii:read") else say("masked"),
        "snapshot": f"{workspace.name}/{snapshot}",
    }


def _look(workspace: Workspace, visit: Visit) -> dict[str, Any]:
    """The client's own face on paper."""
    theme = visit.facts.look.theme
    picture = theme.picture
    return {
        "tenant": theme.name or workspace.name.replace("_", " ").title(),
        "accent": theme.colours.of("light")["accent"].upper(),
        "logo": "" if picture is None else picture.as_data(),
        "language": spoken(),
        "fonts": list(theme.fonts),
        "words": paper_words(),
    }


def sources(parts: tuple[Part, ...], visit: Visit) -> dict[str, Any]:
    """What the parts rest on: definitions, statements, model versions."""
    read, versions = statements(parts, visit)
    return {
        "definitions": definitions(parts, visit),
        "versions": sorted(versions.items()),
        "sql": [pretty(each) for each in read],
    }
