"""Nothing a stranger could read lies in the home: every byte of every file is searched after a conversation."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from assistant.munshi import Munshi
from governance.errors import MunshiError
from governance.principal import Principal, local_principal
from governance.settings import Settings
from tools.operations.backups import back_up
from tools.toolbox import Toolbox

#: Kind → SQL of the values, and how many there have to be at least for the search to mean something.
NEEDLES: dict[str, tuple[str, int]] = {
    "names": ("SELECT DISTINCT full_name FROM books.core.customers", 200),
    "phones": ("SELECT DISTINCT phone FROM books.core.customers", 200),
    "phones without the country": ("SELECT DISTINCT right(phone, 10) FROM books.core.customers", 200),
    "e-mails": ("SELECT DISTINCT email FROM books.core.customers", 200),
    "tax numbers": ("SELECT DISTINCT tax_pan FROM books.core.customers", 200),
    "employers": ("SELECT DISTINCT employer FROM books.core.customers WHERE length(employer) >= 6", 100),
    "cards": ("SELECT DISTINCT card_number FROM books.core.accounts", 100),
    "narrations": ("SELECT DISTINCT narration FROM books.core.transactions ORDER BY hash(narration) LIMIT 3000", 1000),
    "counterparties": (
        "SELECT DISTINCT counterparty FROM books.core.transactions WHERE length(counterparty) >= 6",
        500,
    ),
    "payment addresses": ("SELECT DISTINCT vpa FROM books.core.transactions", 500),
}
#: Shorter values are not searched for: they would stand in random bytes.
SHORTEST = 6


def found_in(haystack: bytes, needles: Iterable[str]) -> set[str]:
    """Return the needles that stand in the haystack, whatever their case: looked up by their first three bytes."""
    wanted: dict[bytes, list[bytes]] = {}
    opens = np.zeros(2**24, dtype=bool)
    for needle in needles:
        body = needle.lower().encode()
        assert len(body) >= SHORTEST, f"'{needle}' is too short to be searched for"
        wanted.setdefault(body[:SHORTEST], []).append(body)
        opens[int.from_bytes(body[:3], "big")] = True
    folded = haystack.lower()
    byte = np.frombuffer(folded, dtype=np.uint8).astype(np.uint32)
    starts = np.flatnonzero(opens[(byte[:-2] << 16) | (byte[1:-1] << 8) | byte[2:]]).tolist()
    candidates = ((start, wanted.get(folded[start : start + SHORTEST], ())) for start in starts)
    return {body.decode() for start, bodies in candidates for body in bodies if folded.startswith(body, start)}


def talk(settings: Settings, names: list[tuple[str, str, str]]) -> None:
    """Ask by name and phone, ask what is personal, run statements that name it, be refused, fail."""
    keeper = Principal("kim", "demo", "compliance")
    (name, phone, email), (other, _, _) = names
    questions = (
        "Who are my top 100 risky borrowers?",
        f"Tell me about {name}, phone {phone}, e-mail {email}",
        f"Why is {other} risky?",
        "spend by gender for each customer",
        f"note that {name} of {email} called",
    )
    for caller in (local_principal("demo"), keeper):
        with Munshi.open("demo", settings=settings, principal=caller) as munshi:
            conversation = ""
            for question in questions:
                conversation = munshi.ask(question, conversation or None).conversation_id
    toolbox = Toolbox.open("demo", settings=settings, principal=keeper)
    with toolbox.workspace:
        assert toolbox.run_sql(sql=f"SELECT phone FROM customers WHERE full_name = '{name}'").table.rows[0][0] == phone
        for sql in (f'DROP TABLE "{name}"', f"SELECT '{name}' FROM nowhere", f"SELECT '{phone}'::DATE"):
            with pytest.raises(MunshiError):
                toolbox.run_sql(sql=sql)
        with pytest.raises(MunshiError):
            toolbox.customer_profile(customer_id=name)


@pytest.fixture(scope="module")
def lived_in(shared_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """A home of its own that was asked, answered, refused and backed up."""
    folder = tmp_path_factory.mktemp("lived-in")
    shutil.copytree(shared_home, folder, dirs_exist_ok=True)
    settings = Settings(home=folder / "munshi", key_file=folder / "config" / "master.key", master_key=None)
    with Munshi.open("demo", settings=settings) as munshi:
        people = munshi.workspace.query(
            munshi.principal, "SELECT full_name, phone, email FROM books.core.customers ORDER BY customer_id LIMIT 2"
        ).rows
    talk(settings, people)
    back_up("demo", settings.home / "demo.tar", settings=settings)
    yield settings
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def files(lived_in: Settings) -> dict[str, bytes]:
    found = {
        path.relative_to(lived_in.home).as_posix(): path.read_bytes()
        for path in lived_in.home.rglob("*")
        if path.is_file()
    }
    assert {"workspaces/demo/key.json", "workspaces/demo/control.sqlite", "demo.tar"} <= set(found)
    assert sum(path.endswith(".parquet") for path in found) >= 10
    return found


@pytest.fixture(scope="module")
def needles(lived_in: Settings) -> dict[str, list[str]]:
    with Munshi.open("demo", settings=lived_in) as munshi:
        return {
            kind: [row[0] for row in munshi.workspace.query(munshi.principal, sql).rows if row[0]]
            for kind, (sql, _) in NEEDLES.items()
        }


def test_the_search_finds_what_is_there() -> None:
    body = b"\x00\xffplain VINAY GAIKWAD \x01 and +916914750659" * 3
    assert found_in(body, ["Vinay Gaikwad", "+916914750659", "Kavya Hegde", "Vinay Gaekwad"]) == {
        "vinay gaikwad", "+916914750659",
    }  # fmt: skip
    assert found_in(b"short", ["Vinay Gaikwad"]) == found_in(b"", ["Vinay Gaikwad"]) == set()


@pytest.mark.parametrize("kind", NEEDLES)
def test_there_is_enough_to_search_for(needles: dict[str, list[str]], kind: str) -> None:
    assert len(needles[kind]) >= NEEDLES[kind][1]


def test_no_personal_value_lies_in_any_file_or_file_name(
    files: dict[str, bytes], needles: dict[str, list[str]]
) -> None:
    everything = {value for values in needles.values() for value in values}
    for path, body in files.items():
        assert found_in(path.encode() + b"\x00" + body, everything) == set(), path


def test_no_key_lies_in_any_file(lived_in: Settings, files: dict[str, bytes]) -> None:
    master = bytes.fromhex(lived_in.key_file.read_text().strip())
    with Munshi.open("demo", settings=lived_in) as munshi:
        keys = munshi.workspace.keys
        secret = [master, keys._data_key, *(keys.derive(purpose) for purpose in ("books", "token", "text"))]
    for path, body in files.items():
        for key in secret:
            assert key not in body, path
            assert key.hex().encode() not in body.lower(), path


def test_the_conversation_is_kept_all_the_same(lived_in: Settings) -> None:
    with Munshi.open("demo", settings=lived_in) as munshi:
        control = munshi.workspace.control
        asked = {entry["action"] for entry in control.audit_entries()}
        assert {"ask", "tool:run_sql"} <= asked
        assert control.verify_audit() == len(control.audit_entries())


def test_receipts_hold_tokens_in_the_place_of_what_was_said(
    lived_in: Settings, needles: dict[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    with Munshi.open("demo", settings=lived_in) as munshi:
        unseal = type(munshi.workspace.keys).unseal

        def noting(keys: object, sealed: bytes, *, about: str) -> str:
            opened.append(unseal(keys, sealed, about=about))
            return opened[-1]

        monkeypatch.setattr(type(munshi.workspace.keys), "unseal", noting)
        for conversation in conversations(lived_in):
            munshi.workspace.control.conversation(conversation)
    assert len(opened) == 10
    private = [value for kind in ("names", "phones", "e-mails", "tax numbers", "cards") for value in needles[kind]]
    assert found_in("\n".join(opened).encode(), private) == set()


def conversations(settings: Settings) -> list[str]:
    with closing(sqlite3.connect(settings.workspaces / "demo" / "control.sqlite")) as control:
        return [row[0] for row in control.execute("SELECT DISTINCT conversation_id FROM receipts")]
