"""What is kept of users, keys and sessions: nothing here lets anybody in, and no name lies readable.

Moments are seconds since 1970, UTC: expiry is a matter of the wall clock, never of the data clock.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import sqlalchemy as sa

from governance.control import METADATA

Clock = Callable[[], float]
wall_clock: Clock = time.time

USERS = sa.Table(
    "users",
    METADATA,
    sa.Column("workspace", sa.String(64), primary_key=True),
    sa.Column("user_id", sa.String(32), primary_key=True),
    sa.Column("name_mac", sa.String(64), nullable=False),
    sa.Column("name_sealed", sa.LargeBinary, nullable=False),
    sa.Column("password", sa.Text, nullable=False),
    sa.Column("role", sa.String(32), nullable=False),
    sa.Column("partitions", sa.Text, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("failures", sa.Integer, nullable=False),
    sa.Column("locked_until", sa.Float, nullable=False),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.UniqueConstraint("workspace", "name_mac"),
)

API_KEYS = sa.Table(
    "api_keys",
    METADATA,
    sa.Column("workspace", sa.String(64), primary_key=True),
    sa.Column("key_id", sa.String(32), primary_key=True),
    sa.Column("label_sealed", sa.LargeBinary, nullable=False),
    sa.Column("secret_mac", sa.String(64), nullable=False),
    sa.Column("role", sa.String(32), nullable=False),
    sa.Column("scopes", sa.Text),
    sa.Column("partitions", sa.Text, nullable=False),
    sa.Column("per_minute", sa.Integer),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("expires_at", sa.Float),
    sa.Column("revoked_at", sa.Float),
    sa.Column("last_used_at", sa.Float),
)

SESSIONS = sa.Table(
    "sign_ins",
    METADATA,
    sa.Column("workspace", sa.String(64), primary_key=True),
    sa.Column("session_mac", sa.String(64), primary_key=True),
    sa.Column("user_id", sa.String(32), nullable=False, index=True),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("seen_at", sa.Float, nullable=False),
)

SIGNING_KEYS = sa.Table(
    "signing_keys",
    METADATA,
    sa.Column("workspace", sa.String(64), primary_key=True),
    sa.Column("kid", sa.String(32), primary_key=True),
    sa.Column("private_sealed", sa.LargeBinary, nullable=False),
    sa.Column("created_at", sa.Float, nullable=False),
    sa.Column("signs_until", sa.Float, nullable=False),
    sa.Column("verifies_until", sa.Float, nullable=False),
)

BEGUN = sa.Table(
    "sign_ins_begun",
    METADATA,
    sa.Column("workspace", sa.String(64), primary_key=True),
    sa.Column("state_mac", sa.String(64), primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("at", sa.Float, nullable=False),
)
