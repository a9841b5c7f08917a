"""Control data on a real PostgreSQL: one chain from many writers, clear words when it is away, moved there and back."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from postgres_server import PostgresServer
from pydantic import SecretStr

from governance.control import ControlStore
from governance.control_database import copy_rows, forget_rows
from governance.errors import ConfigurationError, ControlUnavailable, NotSignedIn
from governance.identity.rights import Rights
from governance.identity.store import Identity
from governance.keys import WorkspaceKeys
from governance.sealed import opened_rows
from governance.settings import Settings, control_url

KEYS = WorkspaceKeys(bytes(range(32)))
PASSWORD = "nine blue tractors sing"


def url_of(address: str) -> str:
    return str(control_url(Settings(control_url=SecretStr(address))))


@pytest.fixture(scope="module")
def url(postgres: PostgresServer) -> str:
    return url_of(postgres.made("control"))


@pytest.fixture
def stores(url: str) -> Iterator[list[ControlStore]]:
    """Two servers' stores of one workspace, made at the same time."""
    with ThreadPoolExecutor(2) as pool:
        made = list(pool.map(lambda _: ControlStore(url, "bank", KEYS), range(2)))
    yield made
    forget_rows(made[0].engine, "bank")
    for each in made:
        each.close()


def test_the_chain_neither_forks_nor_gaps_whatever_comes_at_once(stores: list[ControlStore]) -> None:
    with ThreadPoolExecutor(24) as pool:
        list(pool.map(lambda n: stores[n % 2].audit("local", "x", "ok", {"n": n}), range(300)))
    assert stores[0].verify_audit() == 300
    assert {entry["details"] for entry in stores[1].audit_entries()} == {f'{{"n": {n}}}' for n in range(300)}


def test_receipts_of_one_conversation_are_numbered_without_a_double(stores: list[ControlStore]) -> None:
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda n: stores[n % 2].keep_receipt(f"R{n}", "K", "local", "answered", {"n": n}), range(40)))
    assert [each.sequence for each in stores[0].conversation("K", last=99)] == list(range(1, 41))


def test_what_one_server_makes_or_revokes_the_other_sees(stores: list[ControlStore]) -> None:
    here, there = (Identity(each) for each in stores)
    key, text = here.api_keys.create("x", Rights("service"))
    here.users.add("Asha", PASSWORD, Rights("viewer"))
    session, person = here.sign_in("asha", PASSWORD)
    assert there.bearer(text)[0].name == f"key_{key.key_id}"
    assert there.session(session) == person
    assert there.bearer(here.token_for(person).text)[0].name == person.name
    there.api_keys.revoke(key.key_id)
    there.sign_out(session)
    here.forget()
    for attempt in (lambda: here.bearer(text), lambda: here.session(session)):
        with pytest.raises(NotSignedIn):
            attempt()


def test_every_sealed_row_can_be_opened_and_searched_there(stores: list[ControlStore]) -> None:
    identity = Identity(stores[0])
    identity.users.add("Asha", PASSWORD, Rights("viewer"))
    identity.signing_keys.signing()
    stores[0].keep_receipt("R1", "K", "local", "answered", {"question": "who is C_4F21"})
    opened = {row.table.name: row for row in opened_rows(stores[1])}
    assert set(opened) == {"receipts", "users", "signing_keys"}
    assert "C_4F21" in opened["receipts"].text
    assert opened["users"].text == "Asha"


def test_another_workspace_of_the_same_tables_is_not_touched(url: str, stores: list[ControlStore]) -> None:
    other = ControlStore(url, "other", WorkspaceKeys(bytes(32)))
    for each in (*stores, other):
        each.audit("local", "x", "ok", {})
    forget_rows(other.engine, "other")
    assert (other.verify_audit(), stores[0].verify_audit()) == (0, 2)
    other.close()


def test_everything_is_moved_to_a_file_and_back_and_opens_there(
    stores: list[ControlStore], tmp_path: Path
) -> None:  # fmt: skip
    identity = Identity(stores[0])
    _, text = identity.api_keys.create("x", Rights("analyst", None, {"city": ("Pune",)}))
    stores[0].keep_receipt("R1", "K", "local", "answered", {"question": "who"})
    stores[0].audit("local", "x", "ok", {})
    made = stores[0].receipt("R1").created_at
    file = ControlStore(f"sqlite:///{tmp_path / 'control.sqlite'}", "bank", KEYS)
    assert copy_rows(stores[0].engine, file.engine, "bank") == 3
    assert (file.verify_audit(), file.receipt("R1").created_at) == (1, made)
    forget_rows(stores[0].engine, "bank")
    assert copy_rows(file.engine, stores[0].engine, "bank") == 3
    assert stores[1].receipt("R1").created_at == made
    assert Identity(stores[1]).bearer(text)[0].partitions == {"city": ("Pune",)}
    assert stores[0].verify_audit() == 1
    file.close()


def test_a_database_that_is_stopped_is_said_and_one_that_is_back_serves_on(
    postgres: PostgresServer, stores: list[ControlStore]
) -> None:  # fmt: skip
    stores[0].audit("local", "before", "ok", {})
    postgres.stop()
    try:
        with pytest.raises(ControlUnavailable, match="does not answer"):
            stores[0].audit("local", "meanwhile", "ok", {})
        with pytest.raises(ControlUnavailable):
            stores[1].receipt("R1")
    finally:
        postgres.start()
    stores[0].audit("local", "after", "ok", {})
    assert [entry["action"] for entry in stores[1].audit_entries()] == ["before", "after"]
    assert stores[0].verify_audit() == 2


@pytest.mark.parametrize("address", ["mysql://a@b/c", "sqlite:///x", "bank.example"])
def test_another_address_is_refused_without_being_told(address: str) -> None:
    with pytest.raises(ConfigurationError, match="no PostgreSQL address") as raised:
        url_of(address)
    assert address not in str(raised.value)
