"""Where a workspace's theme is kept: beside its other control data, what it was before included."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import sqlalchemy as sa

from governance.control import METADATA, ControlStore
from governance.look.theme import Theme

THEMES = sa.Table(
    "themes",
    METADATA,
    sa.Column("workspace", sa.String(64), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("set_by", sa.String(64), nullable=False),
    sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
)


@dataclass(frozen=True)
class KeptTheme:
    """A theme as it is kept: which version, whose, since when; version 0 is the house's own."""

    theme: Theme
    version: int = 0
    set_by: str = ""
    set_at: dt.datetime | None = None


class Themes:
    """The themes of one workspace, the newest of which holds."""

    def __init__(self, control: ControlStore) -> None:
        self._control = control
        control.create(METADATA)

    def now(self) -> KeptTheme:
        """The theme that holds."""
        rows = self._newest(1)
        return rows[0] if rows else KeptTheme(Theme())

    def before(self) -> Theme:
        """The theme that held before; the house's own where there was none."""
        rows = self._newest(2)
        return rows[1].theme if len(rows) > 1 else Theme()

    def keep(self, theme: Theme, by: str) -> KeptTheme:
        """Let a theme hold from now on."""
        workspace = self._control.workspace
        newest = sa.select(sa.func.coalesce(sa.func.max(THEMES.c.version), 0)).where(THEMES.c.workspace == workspace)
        with self._control.writing() as connection:
            version = connection.execute(newest).scalar_one() + 1
            connection.execute(THEMES.insert().values(
                workspace=workspace, version=version, content=theme.model_dump_json(), set_by=by,
                set_at=dt.datetime.now(dt.UTC),
            ))  # fmt: skip
        return self.now()

    def _newest(self, number: int) -> list[KeptTheme]:
        query = sa.select(THEMES).where(THEMES.c.workspace == self._control.workspace)
        with self._control.reading() as connection:
            rows = connection.execute(query.order_by(THEMES.c.version.desc()).limit(number)).all()
        return [KeptTheme(Theme.model_validate_json(row.content), row.version, row.set_by, row.set_at) for row in rows]
