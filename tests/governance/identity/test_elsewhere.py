"""People and machines of another provider, over real HTTP: who comes in, as whom, and every attack that does not."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import httpx
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from oidc_provider import AUDIENCE, CLIENT, SECRET, OidcProvider, oidc_provider, rsa_key
from pydantic import SecretStr

from governance.control import ControlStore
from governance.errors import IdentityError, NotSignedIn, ProviderUnavailable
from governance.identity.elsewhere import BEGUN_FOR
from governance.identity.foreign_tokens import LEEWAY
from governance.identity.provider import FAILED_FOR, KEPT, KEYS_AT_LEAST
from governance.identity.rights import Rights
from governance.identity.store import Identity
from governance.keys import WorkspaceKeys
from governance.oidc_settings import OidcSettings

COLUMNS = ("city", "customer_id")
#: A key that no provider published; made once, since making one takes long.
strangers = cache(rsa_key)


class Clock:
    """Moves when it is told to."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[OidcProvider, OidcProvider]]:
    with oidc_provider() as one, oidc_provider() as other:
        yield one, other


@pytest.fixture
def provider(served: tuple[OidcProvider, OidcProvider]) -> OidcProvider:
    """The one that the settings name, as it was made."""
    one, fresh = served[0], OidcProvider(key=served[0].key)
    for name in ("kid", "algorithm", "person", "tamper", "discovery", "away"):
        setattr(one, name, getattr(fresh, name))
    one.tamper = lambda claims: claims
    one.asked.clear()
    return one


@pytest.fixture
def clock() -> Clock:
    return Clock()


def settings_of(provider: OidcProvider, **more: Any) -> OidcSettings:
    told = {"issuer": provider.issuer, "client_id": CLIENT, "client_secret": SecretStr(SECRET), "audience": AUDIENCE,
            "public_url": "http://127.0.0.1:7860", "scopes": {"munshi.score": "service"},
            "roles": {"munshi-risk": "risk_manager", "munshi-analysts": "analyst"}}  # fmt: skip
    return OidcSettings(**{**told, **more})


@pytest.fixture
def identity_with(tmp_path: Path, provider: OidcProvider, clock: Clock) -> Iterator[Callable[..., Identity]]:
    folder = tmp_path / "bank"
    folder.mkdir()
    control = ControlStore.in_folder(folder, WorkspaceKeys(bytes(range(32))))
    yield lambda **more: Identity(control, clock, settings_of(provider, **more), COLUMNS)
    control.close()


@pytest.fixture
def identity(identity_with: Callable[..., Identity]) -> Identity:
    return identity_with()


def sent_back(identity: Identity) -> tuple[dict[str, str], str]:
    """Begin, follow the browser's way through the provider; return what it came back with and what it kept."""
    assert identity.elsewhere is not None
    address, browser = identity.elsewhere.begin()
    told = httpx.get(address).headers["location"]
    return dict(parse_qsl(urlsplit(told).query)), browser


def test_a_person_comes_in_with_the_role_his_claim_gives_and_is_known_again(identity: Identity, provider) -> None:
    session, who = identity.sign_in_elsewhere(*sent_back(identity))
    assert (who.role, who.tenant) == ("analyst", "bank")
    assert identity.session(session) == who
    assert "p-17" not in who.name
    provider.person["roles"] = "munshi-risk"
    again = identity.sign_in_elsewhere(*sent_back(identity))[1]
    assert (again.name, again.role) == (who.name, "risk_manager")
    assert [user.name for user in identity.users.list()] == ["asha@bank.example"]
    identity.sign_out(session)
    with pytest.raises(NotSignedIn):
        identity.session(session)


def test_what_a_browser_is_sent_with_holds_a_challenge_and_no_secret(identity: Identity) -> None:
    assert identity.elsewhere is not None
    address, browser = identity.elsewhere.begin()
    asked = parse_qs(urlsplit(address).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://127.0.0.1:7860/sign-in/elsewhere/back"]
    assert {len(asked[name][0]) for name in ("state", "nonce")} == {64}
    assert browser not in address
    assert SECRET not in address


def test_one_who_is_disabled_here_stays_out_by_every_door(identity: Identity, provider: OidcProvider) -> None:
    session, who = identity.sign_in_elsewhere(*sent_back(identity))
    assert identity.bearer(provider.access_token())[0].name == who.name
    identity.users.disable(who.name)
    identity.forget()
    for attempt in (lambda: identity.session(session), lambda: identity.sign_in_elsewhere(*sent_back(identity)),
                    lambda: identity.bearer(provider.access_token())):  # fmt: skip
        with pytest.raises(NotSignedIn):
            attempt()


def test_nobody_from_elsewhere_has_a_password_and_no_name_of_ours_is_taken_over(identity: Identity, provider) -> None:
    ours = identity.users.add("asha@bank.example", "nine blue tractors sing", Rights("viewer"))
    _, who = identity.sign_in_elsewhere(*sent_back(identity))
    assert who.name != ours.user_id
    assert identity.sign_in("asha@bank.example", "nine blue tractors sing")[1].name == ours.user_id
    for name in (who.name, f"{provider.issuer}\np-17", "p-17"):
        with pytest.raises(NotSignedIn):
            identity.sign_in(name, "")


def hmac_with_the_public_key(provider: OidcProvider, claims: dict[str, Any]) -> str:
    """The old confusion: what everybody can read used as a shared secret."""
    import hashlib
    import hmac

    pem = provider.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    head, body = (base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=")
                  for part in ({"alg": "HS256", "kid": provider.kid, "typ": "JWT"}, claims))  # fmt: skip
    mac = hmac.new(pem, head + b"." + body, hashlib.sha256).digest()
    return b".".join((head, body, base64.urlsafe_b64encode(mac).rstrip(b"="))).decode()


def header_key(provider: OidcProvider, claims: dict[str, Any]) -> str:
    """A key of the attacker's own, brought along in the header."""
    theirs = OidcProvider(key=strangers(), kid="mine")
    return provider.token(claims, key=theirs.key, jwk=theirs.jwk(), jku="http://127.0.0.1:1/keys")


#: What is wrong → what the provider's token becomes; each is signed rightly but for what its name says.
WRONG: dict[str, Callable[[OidcProvider, dict[str, Any]], dict[str, Any]]] = {
    "swapped key": lambda p, c: {"__token": p.token(c, key=strangers())},
    "unknown key": lambda p, c: {"__token": p.token(c, key=strangers(), kid="k9")},
    "key in the header": lambda p, c: {"__token": header_key(p, c)},
    "alg none": lambda _, c: {"__token": jwt.encode(c, None, algorithm="none")},
    "alg none, with a key id": lambda p, c: {"__token": jwt.encode(c, None, algorithm="none", headers={"kid": p.kid})},
    "public key as a shared secret": lambda p, c: {"__token": hmac_with_the_public_key(p, c)},
    "another algorithm than its key": lambda p, c: {"__token": p.token(c, key=ec.generate_private_key(ec.SECP256R1()),
                                                                       algorithm="ES256")},
    "something critical": lambda p, c: {"__token": p.token(c, crit=["exp"])},
    "another type": lambda p, c: {"__token": p.token(c, typ="logout+jwt")},
    "wrong audience": lambda _, c: {**c, "aud": "somebody-else"},
    "no audience": lambda _, c: {k: v for k, v in c.items() if k != "aud"},
    "several audiences, asked by another": lambda _, c: {**c, "aud": [CLIENT, "x"], "azp": "x"},
    "several audiences, asked by nobody": lambda _, c: {**c, "aud": [CLIENT, "x"]},
    "another issuer": lambda _, c: {**c, "iss": "https://login.evil.example"},
    "an issuer that begins alike": lambda _, c: {**c, "iss": f"{c['iss']}/"},
    "expired": lambda _, c: {**c, "exp": int(time.time() - LEEWAY) - 1},
    "never expires": lambda _, c: {k: v for k, v in c.items() if k != "exp"},
    "expires at a word": lambda _, c: {**c, "exp": "tomorrow"},
    "not yet good": lambda _, c: {**c, "nbf": int(time.time() + LEEWAY) + 60},
    "no subject": lambda _, c: {k: v for k, v in c.items() if k != "sub"},
    "an empty subject": lambda _, c: {**c, "sub": ""},
    "too long": lambda _, c: {**c, "x": "y" * 20_000},
    "not a token": lambda *_: {"__token": "a.b.c"},
}  # fmt: skip
ID_ONLY: dict[str, Callable[[OidcProvider, dict[str, Any]], dict[str, Any]]] = {
    "wrong nonce": lambda _, c: {**c, "nonce": "x" * 64},
    "no nonce": lambda _, c: {k: v for k, v in c.items() if k != "nonce"},
    "asked for by another": lambda _, c: {**c, "azp": "x"},
    "an access token": lambda _, c: {**c, "aud": AUDIENCE},
}


@pytest.mark.parametrize("attack", [*WRONG, *ID_ONLY])
def test_no_id_token_passes_that_is_wrong(identity: Identity, provider: OidcProvider, attack: str) -> None:
    change = {**WRONG, **ID_ONLY}[attack]
    provider.tamper = lambda claims: change(provider, claims)
    with pytest.raises(NotSignedIn):
        identity.sign_in_elsewhere(*sent_back(identity))
    assert not identity.users.list()


@pytest.mark.parametrize("attack", WRONG)
def test_no_access_token_passes_that_is_wrong(identity: Identity, provider: OidcProvider, attack: str) -> None:
    assert identity.bearer(provider.access_token())[0].role == "analyst"
    made = WRONG[attack](provider, provider.claims(AUDIENCE))
    token = made.get("__token") or provider.token(made, typ="at+jwt")
    with pytest.raises(NotSignedIn):
        identity.bearer(token)


def test_an_id_token_is_no_access_token(identity: Identity, provider: OidcProvider) -> None:
    with pytest.raises(NotSignedIn):
        identity.bearer(provider.token(provider.claims(CLIENT, nonce="x")))


@pytest.mark.parametrize("wrong", ["state", "browser", "error", "iss", "no iss", "no code", "no state"])
def test_no_way_back_is_taken_that_is_not_the_one_begun(identity: Identity, wrong: str, served) -> None:
    told, browser = sent_back(identity)
    changed = {
        "state": {**told, "state": "x" * 64}, "browser": told, "error": {**told, "error": "access_denied"},
        "iss": {**told, "iss": served[1].issuer}, "no iss": {k: v for k, v in told.items() if k != "iss"},
        "no code": {k: v for k, v in told.items() if k != "code"},
        "no state": {k: v for k, v in told.items() if k != "state"},
    }[wrong]  # fmt: skip
    with pytest.raises(NotSignedIn):
        identity.sign_in_elsewhere(changed, "x" * 64 if wrong == "browser" else browser)


def test_a_way_back_is_taken_once_and_a_code_too(identity: Identity) -> None:
    told, browser = sent_back(identity)
    identity.sign_in_elsewhere(told, browser)
    with pytest.raises(NotSignedIn):
        identity.sign_in_elsewhere(told, browser)
    fresh, new = sent_back(identity)
    with pytest.raises(NotSignedIn, match="Begin again"):  # a code that was used, brought with a state that is fresh
        identity.sign_in_elsewhere({**fresh, "code": told["code"]}, new)


def test_two_who_sign_in_at_once_cannot_swap_their_codes(identity: Identity) -> None:
    (one, mine), (other, _) = sent_back(identity), sent_back(identity)
    with pytest.raises(NotSignedIn):
        identity.sign_in_elsewhere({**one, "code": other["code"]}, mine)


def test_a_sign_in_that_took_too_long_is_begun_anew(identity: Identity, clock: Clock) -> None:
    told, browser = sent_back(identity)
    clock.ahead = BEGUN_FOR + 1
    with pytest.raises(NotSignedIn):
        identity.sign_in_elsewhere(told, browser)


def test_another_providers_tokens_open_nothing_whatever_they_claim(identity: Identity, served, provider) -> None:
    other = served[1]
    for claims in (other.claims(AUDIENCE), {**other.claims(AUDIENCE), "iss": provider.issuer}):
        with pytest.raises(NotSignedIn):
            identity.bearer(other.token(claims, kid=provider.kid))


def test_without_a_role_a_tenant_or_rows_nobody_comes_in(identity_with, provider: OidcProvider) -> None:
    for more, person in (
        ({}, {"roles": ["everybody"]}), ({}, {"roles": None}), ({}, {"roles": {"munshi-analysts": True}}),
        ({"tenant": "t-1"}, {}), ({"tenant": "t-1"}, {"tid": "t-2"}), ({"rows": {"city": "branch"}}, {}),
        ({"rows": {"city": "branch"}}, {"branch": ""}), ({"rows": {"city": "branch"}}, {"branch": []}),
    ):  # fmt: skip
        identity = identity_with(**more)
        provider.person.update({"roles": ["munshi-analysts"], **person})
        with pytest.raises(NotSignedIn):
            identity.sign_in_elsewhere(*sent_back(identity))
        with pytest.raises(NotSignedIn):
            identity.bearer(provider.access_token())
        for name in ("tid", "branch"):
            provider.person.pop(name, None)


def test_rows_tenant_and_scopes_narrow_who_comes_in(identity_with, provider: OidcProvider) -> None:
    identity = identity_with(tenant="t-1", rows={"city": "access.branch"}, role_claim="access.roles")
    access = {"roles": ["munshi-analysts"], "branch": ["Pune", "Delhi"]}
    provider.person = {"sub": "p-17", "tid": "t-1", "access": access}
    _, who = identity.sign_in_elsewhere(*sent_back(identity))
    assert who.partitions == {"city": ("Pune", "Delhi")}
    narrowed = identity.bearer(provider.access_token(scope="openid books:read rules:approve"))[0]
    assert (narrowed.name, narrowed.partitions) == (who.name, who.partitions)
    assert narrowed.scopes == {"books:read"}
    assert identity.bearer(provider.access_token())[0].scopes == who.scopes


def test_a_machine_has_the_role_of_its_scope(identity: Identity, provider: OidcProvider) -> None:
    provider.person = {"sub": "scoring-job"}
    assert identity.bearer(provider.access_token(scope="munshi.score"))[0].role == "service"
    assert identity.bearer(provider.access_token(scp=["munshi.score"]))[0].role == "service"
    with pytest.raises(NotSignedIn):
        identity.bearer(provider.access_token(scope="munshi.everything"))


def test_without_an_audience_no_access_token_is_taken(identity_with, provider: OidcProvider) -> None:
    identity = identity_with(audience=None)
    with pytest.raises(NotSignedIn):
        identity.bearer(provider.access_token())


def test_tokens_of_our_own_are_good_beside(identity: Identity) -> None:
    _, text = identity.api_keys.create("x", Rights("service"))
    own = identity.token_for(identity.bearer(text)[0]).text
    assert identity.bearer(own)[0].role == "service"


def test_documents_are_read_once_in_an_hour_and_keys_again_when_they_changed(
    identity: Identity, provider: OidcProvider, clock: Clock
) -> None:  # fmt: skip
    for _ in range(5):
        identity.bearer(provider.access_token())
    assert provider.asked == ["/.well-known/openid-configuration", "/keys"]
    provider.key, provider.kid, provider.algorithm = ec.generate_private_key(ec.SECP256R1()), "k2", "ES256"
    with pytest.raises(NotSignedIn):  # not again within the half minute: a flood of unknown ids is no flood there
        identity.bearer(provider.access_token())
    assert len(provider.asked) == 2
    clock.ahead = KEYS_AT_LEAST + 1
    assert identity.bearer(provider.access_token())[0].role == "analyst"
    assert len(provider.asked) == 4
    clock.ahead = KEPT + KEYS_AT_LEAST + 2
    later = int(clock()) + 60
    identity.bearer(provider.access_token(exp=later))
    assert len(provider.asked) == 6
    provider.key = rsa_key()


def test_a_provider_that_is_away_is_said_and_not_asked_by_everybody(
    identity: Identity, provider: OidcProvider, clock: Clock
) -> None:  # fmt: skip
    provider.away = True
    token = provider.access_token()
    for _ in range(5):
        with pytest.raises(ProviderUnavailable, match="does not answer"):
            identity.bearer(token)
    assert len(provider.asked) == 1
    provider.away, clock.ahead = False, FAILED_FOR + 1
    assert identity.bearer(token)[0].role == "analyst"


@pytest.mark.parametrize(
    "discovery",
    [{"issuer": "https://login.evil.example"}, {"jwks_uri": "http://169.254.169.254/latest"}, {"jwks_uri": "file:///x"},
     {"jwks_uri": None}],
    ids=str,
)  # fmt: skip
def test_a_discovery_document_of_another_or_that_leads_elsewhere_is_none(
    identity: Identity, provider: OidcProvider, discovery: dict[str, Any]
) -> None:  # fmt: skip
    provider.discovery = discovery
    with pytest.raises(ProviderUnavailable):
        identity.bearer(provider.access_token())


def test_what_is_kept_of_a_sign_in_is_sealed_and_what_is_audited_names_nobody(
    identity: Identity, tmp_path: Path, provider: OidcProvider
) -> None:  # fmt: skip
    told, browser = sent_back(identity)
    files = b"".join(path.read_bytes() for path in (tmp_path / "bank").glob("control.sqlite*"))
    assert told["state"].encode() not in files
    assert browser.encode() not in files
    identity.sign_in_elsewhere(told, browser)
    files = b"".join(path.read_bytes() for path in (tmp_path / "bank").glob("control.sqlite*"))
    assert b"p-17" not in files
    assert b"asha@bank" not in files


def test_a_column_that_rows_cannot_be_parted_by_is_refused(identity_with) -> None:
    with pytest.raises(IdentityError, match="cannot be partitioned by 'shoe_size'"):
        identity_with(rows={"shoe_size": "x"})
