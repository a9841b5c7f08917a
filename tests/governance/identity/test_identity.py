"""Keys, passwords and sessions: what lets somebody in, what no longer does, and what lies on the disk."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import pytest
import sqlalchemy as sa

from governance.control import ControlStore
from governance.errors import IdentityError, NotSignedIn
from governance.identity import passwords, users
from governance.identity.api_keys import DAY
from governance.identity.rights import Rights
from governance.identity.sessions import IDLE, LONGEST
from governance.identity.store import Identity
from governance.keys import WorkspaceKeys
from governance.principal import ROLES, SCOPES

PASSWORD = "nine blue tractors sing"


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def control(tmp_path: Path) -> Iterator[ControlStore]:
    folder = tmp_path / "bank"
    folder.mkdir()
    made = ControlStore.in_folder(folder, WorkspaceKeys(bytes(range(32))))
    yield made
    made.close()


@pytest.fixture
def identity(control: ControlStore, clock: Clock) -> Identity:
    return Identity(control, clock)


def test_a_key_is_its_role_and_rows(identity: Identity) -> None:
    rows = {"city": ("Pune",)}
    key, text = identity.api_keys.create("branch", Rights("analyst", frozenset({"books:read"}), rows), per_minute=7)
    principal, per_minute = identity.bearer(text)
    assert (principal.name, principal.tenant, principal.role) == (f"key_{key.key_id}", "bank", "analyst")
    assert (principal.scopes, dict(principal.partitions), per_minute) == (frozenset({"books:read"}), rows, 7)


def test_a_key_that_is_not_quite_it_lets_nobody_in(identity: Identity) -> None:
    key, text = identity.api_keys.create("branch", Rights("service"))
    other, _ = identity.api_keys.create("other", Rights("service"))
    said = set()
    for wrong in (
        text[:-1] + ("A" if text[-1] != "A" else "B"), text.replace(key.key_id, other.key_id), text + "x", text[:-1],
        "munshi__", f"munshi_{key.key_id}_", "", "munshi_000000000000_" + "A" * 43, text.upper(),
    ):  # fmt: skip
        with pytest.raises(NotSignedIn) as raised:
            identity.bearer(wrong)
        said.add(str(raised.value))
    assert len(said) == 1


def test_a_key_ends_when_it_expires_or_is_revoked(identity: Identity, clock: Clock) -> None:
    _, short = identity.api_keys.create("short", Rights("service"), days=1)
    key, long = identity.api_keys.create("long", Rights("service"), days=None)
    identity.bearer(short)
    clock.now += DAY - 1
    identity.bearer(short)
    clock.now += 1
    with pytest.raises(NotSignedIn):
        identity.bearer(short)
    identity.bearer(long)
    identity.api_keys.revoke(key.key_id)
    clock.now += 1  # another process believes it this long at the most
    with pytest.raises(NotSignedIn):
        identity.bearer(long)


def test_a_rotated_key_has_a_successor_and_ends_after_its_grace(identity: Identity, clock: Clock) -> None:
    key, old = identity.api_keys.create("branch", Rights("analyst", None, {"city": ("Pune",)}), per_minute=9)
    _, new = identity.api_keys.rotate(key.key_id, grace_days=2)
    first, second = identity.bearer(old), identity.bearer(new)
    assert (first[0].role, first[0].partitions, first[1]) == (second[0].role, second[0].partitions, second[1])
    clock.now += 2 * DAY
    with pytest.raises(NotSignedIn):
        identity.bearer(old)
    identity.bearer(new)
    with pytest.raises(IdentityError, match="revoked or expired"):
        identity.api_keys.rotate(key.key_id)


def test_the_last_use_of_a_key_is_noted(identity: Identity, clock: Clock) -> None:
    key, text = identity.api_keys.create("branch", Rights("service"))
    assert identity.api_keys.by_id(key.key_id).last_used_at is None
    clock.now += 100
    identity.bearer(text)
    assert identity.api_keys.by_id(key.key_id).last_used_at == clock.now


@pytest.mark.parametrize(
    ("rights", "said"),
    [
        (Rights("boss"), "There is no role 'boss'."),
        (Rights("viewer", frozenset({"pii:read"})), "The role viewer does not hold pii:read"),
        (Rights("viewer", frozenset({"book:read"})), "Did you mean 'books:read'?"),
        (Rights("customer"), "The role customer sees one customer"),
        (Rights("viewer", None, {"town": ("Pune",)}), "Rows cannot be partitioned by 'town'."),
    ],
)
def test_rights_that_do_not_exist_are_not_kept(rights: Rights, said: str) -> None:
    with pytest.raises(IdentityError, match=said.replace("?", r"\?")):
        rights.checked(("city", "customer_id"))


def test_roles_hold_scopes_that_exist_and_every_scope_has_a_role() -> None:
    held = frozenset().union(*ROLES.values())
    assert held == set(SCOPES)
    assert not any("pii:read" in ROLES[role] for role in ROLES if role != "compliance")


def test_a_person_signs_in_and_out(identity: Identity, control: ControlStore) -> None:
    identity.users.add("Asha Rao", PASSWORD, Rights("analyst"))
    session, principal = identity.sign_in("asha rao", PASSWORD)
    assert (principal.role, principal.name.startswith("user_")) == ("analyst", True)
    assert identity.session(session) == principal
    identity.sign_out(session)
    with pytest.raises(NotSignedIn, match="Sign in again"):
        identity.session(session)
    told = [(each["action"], each["outcome"]) for each in control.audit_entries()]
    assert told == [("sign-in", "done"), ("sign-out", "done")]


def test_a_session_ends_unused_and_in_any_case(identity: Identity, clock: Clock) -> None:
    identity.users.add("asha", PASSWORD, Rights("analyst"))
    session, _ = identity.sign_in("asha", PASSWORD)
    started = clock.now
    while clock.now + IDLE - 1 < started + LONGEST:
        clock.now += IDLE - 1
        identity.session(session)
    clock.now = started + LONGEST + 1
    with pytest.raises(NotSignedIn):
        identity.session(session)
    unused, _ = identity.sign_in("asha", PASSWORD)
    clock.now += IDLE + 1
    with pytest.raises(NotSignedIn):
        identity.session(unused)


def test_a_disabled_person_is_out_at_once(identity: Identity, clock: Clock) -> None:
    identity.users.add("asha", PASSWORD, Rights("analyst"))
    session, _ = identity.sign_in("asha", PASSWORD)
    identity.users.disable("ASHA")
    clock.now += 1
    for attempt in (lambda: identity.session(session), lambda: identity.sign_in("asha", PASSWORD)):
        with pytest.raises(NotSignedIn):
            attempt()


def test_after_too_many_attempts_even_the_right_password_waits(identity: Identity, clock: Clock) -> None:
    identity.users.add("asha", PASSWORD, Rights("analyst"))
    for _ in range(users.FREE_TRIES):
        with pytest.raises(NotSignedIn, match="wrong, or there were too many"):
            identity.sign_in("asha", "something else again")
    with pytest.raises(NotSignedIn):
        identity.sign_in("asha", PASSWORD)
    clock.now += users.FIRST_PAUSE
    with pytest.raises(NotSignedIn):
        identity.sign_in("asha", "something else again")
    clock.now += users.FIRST_PAUSE  # the pause has doubled
    with pytest.raises(NotSignedIn):
        identity.sign_in("asha", PASSWORD)
    clock.now += users.FIRST_PAUSE
    identity.sign_in("asha", PASSWORD)
    with pytest.raises(NotSignedIn):  # and it counts from the beginning again
        identity.sign_in("asha", "something else again")
    identity.sign_in("asha", PASSWORD)


def test_nobody_learns_which_names_exist(identity: Identity) -> None:
    identity.users.add("asha", PASSWORD, Rights("analyst"))
    passwords.matches("warm", None)
    times: dict[str, list[float]] = {"asha": [], "nobody": []}
    said = set()
    for _ in range(4):
        for name, taken in times.items():
            began = time.thread_time()
            with pytest.raises(NotSignedIn) as raised:
                identity.users.with_password(name, "something else again")
            taken.append(time.thread_time() - began)
            said.add(str(raised.value))
    assert len(said) == 1
    known, unknown = (median(taken) for taken in times.values())
    assert 0.6 < known / unknown < 1.6


@pytest.mark.parametrize("password", ["short", "aaaaaaaaaaaaaaaa", "abababababababab", "x" * 300])
def test_a_password_that_is_no_good_is_not_kept(identity: Identity, password: str) -> None:
    with pytest.raises(IdentityError):
        identity.users.add("asha", password, Rights("viewer"))
    assert identity.users.list() == []


def test_two_people_do_not_have_one_name(identity: Identity) -> None:
    identity.users.add("Asha", PASSWORD, Rights("viewer"))
    with pytest.raises(IdentityError, match="There is a user 'ASHA' already"):
        identity.users.add(" ASHA ", PASSWORD, Rights("viewer"))


def test_no_name_secret_or_session_lies_readable(identity: Identity, control: ControlStore, tmp_path: Path) -> None:
    identity.users.add("Vinay Gaikwad", PASSWORD, Rights("viewer"))
    session, _ = identity.sign_in("vinay gaikwad", PASSWORD)
    _, text = identity.api_keys.create("Mrs Desai's laptop", Rights("viewer"))
    kid, key = identity.signing_keys.signing()
    control.close()
    body = b"".join(path.read_bytes() for path in (tmp_path / "bank").iterdir())
    assert b"$argon2id$v=19$m=47104,t=2,p=1$" in body
    assert kid.encode() in body
    secrets = ("Gaikwad", "gaikwad", PASSWORD, session, text.rpartition("_")[2], text, "Desai", key.private_bytes_raw())
    for secret in secrets:
        assert (secret if isinstance(secret, bytes) else secret.encode()) not in body
    assert key.private_bytes_raw().hex().encode() not in body


def test_workspaces_share_tables_and_no_key_opens_two(tmp_path: Path, clock: Clock) -> None:
    url = f"sqlite:///{tmp_path / 'shared.sqlite'}"
    stores = [ControlStore(url, name, WorkspaceKeys(bytes([number] * 32))) for number, name in enumerate(("a", "b"))]
    mine, yours = (Identity(store, clock) for store in stores)
    _, text = mine.api_keys.create("x", Rights("service"))
    mine.users.add("asha", PASSWORD, Rights("viewer"))
    session, _ = mine.sign_in("asha", PASSWORD)
    for attempt in (
        lambda: yours.bearer(text), lambda: yours.session(session), lambda: yours.sign_in("asha", PASSWORD),
        lambda: yours.bearer(mine.token_for(mine.bearer(text)[0]).text),
    ):  # fmt: skip
        with pytest.raises(NotSignedIn):
            attempt()
    with stores[0].reading() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM users")).scalar_one() == 1
    for store in stores:
        store.close()
