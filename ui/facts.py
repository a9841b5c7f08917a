"""What the head of the screen says: whose books, as of when, which mind, which model."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Protocol

from assistant.minds import oldest_posting
from assistant.moving import months_before
from governance.errors import MunshiError
from governance.look.currency import Currency, is_indian
from governance.look.store import KeptTheme
from governance.look.theme import Theme
from governance.principal import Principal
from tools.model_state import serving_models, stale_after
from tools.workspace import Workspace
from ui.language import day, say
from ui.theme.figures import INDIAN, age, grouped

EMBEDDED = "embedded"
PRODUCT = "Munshi"


@dataclass(frozen=True)
class ScreenFacts:
    """The head of the screen.

    Attributes
    ----------
    as_of
        The data clock; None while the books are empty.
    mind
        ``embedded`` or the name of an outside model.
    model, trained
        The credit model that serves, and the date of the data it was trained on.
    caller, signed_in
        Who looks, in words, and whether he can sign out.
    takes_files
        Whether he may take answers along as files.
    months
        Month ends that answers can be run again as of, the newest first.
    pins
        Whether he may pin answers.
    shares
        Whether he may share conversations with his workspace.
    runs_sql
        Whether he may run statements of his own.
    look
        The client's own face.
    """

    workspace: str
    as_of: dt.date | None = None
    mind: str = EMBEDDED
    currency: str = "INR"
    model: str = ""
    trained: dt.date | None = None
    caller: str = ""
    signed_in: bool = False
    takes_files: bool = False
    months: tuple[dt.date, ...] = ()
    runs_sql: bool = False
    pins: bool = False
    shares: bool = False
    look: KeptTheme = field(default_factory=lambda: KeptTheme(Theme()))

    @property
    def product(self) -> str:
        """What stands at the head of every page."""
        return self.look.theme.name or PRODUCT

    @property
    def reach(self) -> str:
        """Where questions and figures go."""
        return "nothing leaves this machine" if self.mind == EMBEDDED else "questions and figures go to this model"

    @property
    def model_age(self) -> str:
        """When the model was trained and how long ago that is on the data clock."""
        if self.trained is None:
            return ""
        if self.as_of is None:
            return say("trained {day}", day=day(self.trained))
        if self.trained >= self.as_of:
            return say("trained on the newest data")
        return say("trained {day}, {age} old", day=day(self.trained), age=age(self.trained, self.as_of))

    def counted(self, number: int) -> str:
        """A count, grouped as the workspace's currency is."""
        return grouped(number, indian=is_indian(self.currency, self.currency in INDIAN))

    @property
    def stale(self) -> bool:
        """Whether the model is older than a credit model should be."""
        return self.trained is not None and self.as_of is not None and self.as_of - self.trained > stale_after("credit")


class HasBooks(Protocol):
    """What the facts are read from."""

    @property
    def workspace(self) -> Workspace:
        """The books."""

    @property
    def principal(self) -> Principal:
        """Who looks."""


def facts_of(munshi: HasBooks) -> ScreenFacts:
    """Read the facts; what the books cannot tell yet is left out."""
    workspace, principal = munshi.workspace, munshi.principal
    mind, look = workspace.settings.model, workspace.themes.now()
    try:
        meta = workspace.meta(principal)
        models = {name: (version, trained) for name, version, trained in serving_models(workspace, principal)}
    except MunshiError:
        return ScreenFacts(workspace.name, mind=mind, look=look)
    version, trained = models.get("credit", ("", None))
    clock = meta.get("data_clock")
    begins = oldest_posting(workspace, principal) if clock else None
    return ScreenFacts(
        workspace=workspace.name,
        as_of=dt.date.fromisoformat(clock) if clock else None,
        mind=mind,
        currency=Currency(meta.get("currency") or "INR", look.theme.numbers, look.theme.currency_sign),
        look=look,
        model=f"credit {version}" if version else "",
        trained=trained,
        takes_files=principal.may("reports:make"),
        months=months_before(dt.date.fromisoformat(clock), begins) if clock and begins else (),
        pins=principal.may("chat:ask"),
        shares=principal.may("answers:share"),
        runs_sql=principal.may("sql:run"),
    )
