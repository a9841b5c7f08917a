"""What papers are set with: the system's fonts, and those of a folder of one's own; which scripts they can write."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from governance.look.theme import Language

if TYPE_CHECKING:
    from tools.workspace import Workspace


@dataclass(frozen=True)
class Script:
    """A script that the fonts of every system do not write: the fonts that do, and Debian's package of one."""

    name: str
    fonts: tuple[str, ...]
    package: str


#: Language → its script, with its fonts as the common systems and Debian's packages name them.
SCRIPTS: dict[Language, Script] = {
    "hi": Script(
        "Devanagari",
        (
            "Noto Sans Devanagari", "Mukta", "Nirmala UI", "Kohinoor Devanagari", "Devanagari Sangam MN", "Mangal",
            "Lohit Devanagari", "Noto Serif Devanagari",
        ),
        "fonts-lohit-deva",
    )
}  # fmt: skip
#: Folder of fonts, beside the workspaces.
FOLDER = "fonts"
#: Those of every script, for a paper's names and narrations in whatever language it is.
OF_SCRIPTS: tuple[str, ...] = tuple(font for script in SCRIPTS.values() for font in script.fonts)


@dataclass(frozen=True)
class Fonts:
    """The fonts at hand.

    Attributes
    ----------
    folder
        Fonts beside the system's; None for these alone.
    system
        Whether the system's count.
    """

    folder: Path | None = None
    system: bool = True

    def language(self, wanted: Language) -> Language:
        """The language a PDF is set in: the one wanted where a font here writes it, else English."""
        return "en" if self.missing(wanted) else wanted

    def missing(self, wanted: Language) -> Script | None:
        """The script that no font here writes; None where one does."""
        script = SCRIPTS.get(wanted)
        return script if script and not _families(self.folder, self.system).intersection(script.fonts) else None

    def notice(self, wanted: Language) -> str:
        """What a paper in English for want of a font says of it; nothing where there is one."""
        script = self.missing(wanted)
        if script is None:
            return ""
        return (
            f"In English: there is no font for {script.name} here. Install {script.package}, or put such a font into "
            f"the folder {FOLDER} in MUNSHI_HOME."
        )

    @property
    def options(self) -> dict[str, Any]:
        """What typst is told of them."""
        return {"font_paths": [self.folder] if self.folder else [], "ignore_system_fonts": not self.system}


OF_SYSTEM = Fonts()


def fonts_of(workspace: Workspace) -> Fonts:
    """The system's fonts, and those the operator put into the folder ``fonts`` of the home of all workspaces."""
    folder = workspace.settings.home.absolute() / FOLDER
    return Fonts(folder if folder.is_dir() else None)


@cache
def _families(folder: Path | None, system: bool) -> frozenset[str]:
    import typst

    return frozenset(typst.Fonts(system, True, [folder] if folder else []).families())
