"""Attacks on signed tokens: none of them lets anybody in, and all are told the same."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from governance.control import ControlStore
from governance.errors import NotSignedIn
from governance.identity import jwt
from governance.identity.api_keys import UNKNOWN
from governance.identity.rights import Rights
from governance.identity.signing_keys import SIGNS_FOR, VERIFIES_AFTER
from governance.identity.store import TOKEN_SECONDS, Identity
from governance.keys import WorkspaceKeys
from governance.principal import ROLES


class Clock:
    """A clock that a test sets."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def identity(tmp_path: Path, clock: Clock) -> Iterator[Identity]:
    folder = tmp_path / "bank"
    folder.mkdir()
    control = ControlStore.in_folder(folder, WorkspaceKeys(bytes(range(32))))
    yield Identity(control, clock)
    control.close()


@pytest.fixture
def key(identity: Identity) -> str:
    return identity.api_keys.create("branch", Rights("service", None, {"city": ("Pune", "Delhi")}))[1]


@pytest.fixture
def token(identity: Identity, key: str) -> str:
    return identity.token_for(identity.bearer(key)[0]).text


def decoded(part: str) -> dict[str, Any]:
    return json.loads(base64.urlsafe_b64decode(part + "=="))


def encoded(value: Any) -> str:
    body = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(body).rstrip(b"=").decode()


def test_a_token_is_its_key(identity: Identity, key: str, token: str) -> None:
    (told, _), (direct, _) = identity.bearer(token), identity.bearer(key)
    assert (told.name, told.tenant, told.role, told.scopes) == (
        direct.name,
        direct.tenant,
        direct.role,
        direct.scopes,
    )
    assert dict(told.partitions) == dict(direct.partitions)


def test_a_token_verifies_by_the_public_keys_alone(identity: Identity, token: str) -> None:
    (public,) = identity.signing_keys.jwks()["keys"]
    assert set(public) == {"kty", "crv", "alg", "use", "kid", "x"}
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    head, claims, signature = token.split(".")
    raw = base64.urlsafe_b64decode(public["x"] + "==")
    Ed25519PublicKey.from_public_bytes(raw).verify(
        base64.urlsafe_b64decode(signature + "=="), f"{head}.{claims}".encode()
    )
    assert decoded(head) == {"alg": "EdDSA", "typ": "at+jwt", "kid": public["kid"]}


Attack = Callable[[Identity, str], str]


def resigned(**changes: Any) -> Attack:
    """The claims changed, signed rightly: what stands in the claims must count too."""

    def attack(identity: Identity, token: str) -> str:
        claims = {
            name: value for name, value in {**decoded(token.split(".")[1]), **changes}.items() if value is not ...
        }
        return jwt.signed(claims, *identity.signing_keys.signing())

    return attack


def with_header(**changes: Any) -> Attack:
    """The header changed, signed rightly over it."""

    def attack(identity: Identity, token: str) -> str:
        head, claims, _ = token.split(".")
        body = f"{encoded({**decoded(head), **changes})}.{claims}"
        return f"{body}.{encoded(identity.signing_keys.signing()[1].sign(body.encode()))}"

    return attack


def no_signature(identity: Identity, token: str) -> str:
    _, claims, _ = token.split(".")
    return f"{encoded({'alg': 'none', 'typ': 'at+jwt'})}.{claims}."


def public_key_as_secret(identity: Identity, token: str) -> str:
    """Sign with HMAC, the public key being the secret: for who believes the header's algorithm."""
    head, claims, _ = token.split(".")
    (public,) = identity.signing_keys.jwks()["keys"]
    body = f"{encoded({**decoded(head), 'alg': 'HS256'})}.{claims}"
    secret = base64.urlsafe_b64decode(public["x"] + "==")
    return f"{body}.{encoded(hmac.new(secret, body.encode(), hashlib.sha256).digest())}"


def swapped_key(identity: Identity, token: str) -> str:
    return jwt.signed(decoded(token.split(".")[1]), decoded(token.split(".")[0])["kid"], Ed25519PrivateKey.generate())


def widened(identity: Identity, token: str) -> str:
    head, claims, signature = token.split(".")
    return f"{head}.{encoded({**decoded(claims), 'role': 'compliance', 'rows': {}})}.{signature}"


def second_spelling(identity: Identity, token: str) -> str:
    """The last character changed in the bits that no decoder reads."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return token[:-1] + alphabet[alphabet.index(token[-1]) ^ 1]


ATTACKS: dict[str, Attack] = {
    "alg none": no_signature,
    "alg none, signed": with_header(alg="none"),
    "HMAC by the public key": public_key_as_secret,
    "swapped key": swapped_key,
    "another key's id": with_header(kid="0" * 16),
    "an id that is a path": with_header(kid="../../dev/null"),
    "an id that is no text": with_header(kid=["x"]),
    "a key in the header": with_header(jwk={"kty": "OKP", "crv": "Ed25519", "x": "A" * 43}),
    "critical": with_header(crit=["exp"]),
    "another type": with_header(typ="JWT"),
    "wider claims": widened,
    "wrong audience": resigned(aud="another-api"),
    "audience a list": resigned(aud=["munshi-api"]),
    "wrong issuer": resigned(iss="munshi:other"),
    "expired": resigned(exp=1_799_999_999),
    "never expires": resigned(exp=...),
    "expiry a text": resigned(exp="9999999999"),
    "expiry true": resigned(exp=True),
    "from the future": resigned(iat=1_800_001_000),
    "nobody": resigned(sub=...),
    "an unknown key": resigned(sub="key_000000000000"),
    "an unknown user": resigned(sub="user_000000000000"),
    "local": resigned(sub="local"),
    "more than its key": resigned(role="compliance", scope=" ".join(ROLES["compliance"])),
    "second spelling": second_spelling,
    "no signature": lambda _, token: token.rpartition(".")[0] + ".",
    "two parts": lambda _, token: token.rpartition(".")[0],
    "four parts": lambda _, token: token + ".x",
    "padded": lambda _, token: token + "=",
    "huge": lambda _, token: token + "A" * 10_000,
    "not ASCII": lambda _, token: token + "é",
    "an array": lambda _, token: f"{encoded([1])}.{token.split('.')[1]}.{token.split('.')[2]}",
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
def test_a_token_that_is_not_wholly_right_lets_nobody_in(identity: Identity, token: str, attack: Attack) -> None:
    identity.bearer(token)
    with pytest.raises(NotSignedIn) as raised:
        identity.bearer(attack(identity, token))
    assert str(raised.value) in (UNKNOWN, "The name or the password is wrong, or there were too many attempts. "
                                 "Wait a little, then try again.")  # fmt: skip


def test_the_attacks_begin_from_a_token_that_is_right(identity: Identity, token: str) -> None:
    identity.bearer(resigned()(identity, token))
    identity.bearer(with_header()(identity, token))


def test_a_token_ends_after_its_minutes(identity: Identity, clock: Clock, token: str) -> None:
    clock.now += TOKEN_SECONDS - 1
    identity.bearer(token)
    clock.now += 1
    with pytest.raises(NotSignedIn):
        identity.bearer(token)


def test_a_token_ends_with_its_key(identity: Identity, clock: Clock, key: str, token: str) -> None:
    one = identity.token_for(identity.bearer(key)[0], customer_id="C_1").text
    identity.bearer(token)
    identity.api_keys.revoke(key.split("_")[1])
    clock.now += 1  # another process believes it this long at the most
    for replayed in (token, one):
        with pytest.raises(NotSignedIn):
            identity.bearer(replayed)


def test_a_token_for_one_customer_sees_him_alone_and_no_more_than_its_key(identity: Identity, key: str) -> None:
    caller, _ = identity.bearer(key)
    one, _ = identity.bearer(identity.token_for(caller, customer_id="C_1").text)
    assert dict(one.partitions) == {"city": ("Pune", "Delhi"), "customer_id": ("C_1",)}
    assert one.scopes == ROLES["customer"] & ROLES["service"]
    assert one.name.startswith(f"{caller.name}/")
    assert "C_1" not in one.name
    other, _ = identity.bearer(identity.token_for(one, customer_id="C_2").text)
    assert dict(other.partitions)["customer_id"] == ()


def test_signing_keys_follow_one_another_without_a_gap(identity: Identity, clock: Clock, key: str, token: str) -> None:
    identity.signing_keys.rotate()
    second = identity.token_for(identity.bearer(key)[0]).text
    identity.bearer(token)
    identity.bearer(second)
    assert len(identity.signing_keys.jwks()["keys"]) == 2
    clock.now += VERIFIES_AFTER
    assert len(identity.signing_keys.jwks()["keys"]) == 1
    clock.now += SIGNS_FOR
    kid = decoded(identity.token_for(identity.bearer(key)[0]).text.split(".")[0])["kid"]
    assert kid != decoded(second.split(".")[0])["kid"]


def test_a_lost_signing_key_is_believed_no_more(identity: Identity, key: str, token: str) -> None:
    identity.signing_keys.rotate(drop_older=True)
    with pytest.raises(NotSignedIn):
        identity.bearer(token)
    identity.bearer(identity.token_for(identity.bearer(key)[0]).text)


def test_another_process_believes_a_new_signing_key_at_once(
    identity: Identity, clock: Clock, key: str, token: str
) -> None:
    other = Identity(identity._control, clock)
    other.bearer(token)
    identity.signing_keys.rotate()
    other.bearer(identity.token_for(identity.bearer(key)[0]).text)
