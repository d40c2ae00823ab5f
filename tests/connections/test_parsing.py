"""Whatever a provider answers is right, or refused by name: nothing else ever comes out of it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc.jwt import Token

from cartable.connections.calls import Answer, json_of
from cartable.connections.oidc import (
    LOGOUT,
    Asked,
    Client,
    Tokens,
    check_id_token,
    check_logout_token,
    moment_of,
    read_keys,
    read_provider,
)
from cartable.connections.rules import (
    AnswerRefused,
    AssuranceTooLow,
    EmailNotVerified,
    OrganisationRefused,
    check_assurance,
    check_email,
    check_organisation,
)

ISSUER, NOW = "https://sso.example", 1_900_000_000
CLIENT = Client("cartable", "secret", "https://cartable.test/connexion/retour/x")
ASKED = Asked(nonce="n" * 43, asked_at=NOW - 5, is_fresh=True)
TOKENS = Tokens("id", "access")
DOCUMENT = {
    "issuer": ISSUER, "authorization_endpoint": f"{ISSUER}/a", "token_endpoint": f"{ISSUER}/t",
    "userinfo_endpoint": f"{ISSUER}/u", "jwks_uri": f"{ISSUER}/k",
    "response_types_supported": ["code"],
}  # fmt: skip
PROVIDER = read_provider(DOCUMENT, ISSUER)
RIGHT: dict[str, Any] = {
    "iss": ISSUER, "aud": "cartable", "sub": "alice", "nonce": ASKED.nonce, "iat": NOW,
    "exp": NOW + 300, "auth_time": NOW,
}  # fmt: skip
NOTICE: dict[str, Any] = {
    "iss": ISSUER, "aud": "cartable", "iat": NOW, "exp": NOW + 120, "jti": "1", "sub": "alice",
    "events": {LOGOUT: {}},
}  # fmt: skip

words = st.text(st.characters(exclude_categories=()), max_size=300)
scalars = st.none() | st.booleans() | st.integers() | st.floats() | words
anything = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=6,
)


def changed(right: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """What is right but for some of its claims, and some that nobody asked for."""
    names = st.sampled_from([*right, "azp", "at_hash", "amr", "nbf", "sid", "acr"])
    wrong = st.dictionaries(names, anything | st.just(...), min_size=1, max_size=3)
    return wrong.map(
        lambda some: {name: value for name, value in {**right, **some}.items() if value is not ...}
    )


def storable(value: Any) -> bool:
    """Both databases take it as a key."""
    return isinstance(value, str) and len(value) in range(1, 256) and 0 not in value.encode()


def id_claims(claims: dict[str, Any]) -> Any:
    """What is believed of an ID token with these claims."""
    token = Token({"alg": "RS256"}, claims)
    return check_id_token(token, PROVIDER, CLIENT, TOKENS, ASKED, NOW)


def test_what_is_right_passes() -> None:
    assert id_claims(RIGHT) == RIGHT
    token = Token({"alg": "RS256", "typ": "logout+jwt"}, NOTICE)
    assert check_logout_token(token, PROVIDER, CLIENT, NOW) == NOTICE


@given(changed(RIGHT))
def test_an_id_token_is_whole_or_refused(claims: dict[str, Any]) -> None:
    try:
        told = id_claims(claims)
    except AnswerRefused:
        return
    assert told["iss"] == ISSUER
    assert told["nonce"] == ASKED.nonce
    assert told["aud"] in ("cartable", ["cartable"]) or told["azp"] == "cartable"
    assert storable(told["sub"])
    for name in ("iat", "exp", "auth_time"):
        assert moment_of(told, name), name
    assert told["exp"] >= NOW - 60
    assert NOW - 65 <= told["iat"] <= NOW + 60
    assert told["auth_time"] >= NOW - 65


@given(changed(NOTICE))
def test_a_notice_is_whole_or_refused(claims: dict[str, Any]) -> None:
    token = Token({"alg": "RS256"}, claims)
    try:
        told = check_logout_token(token, PROVIDER, CLIENT, NOW)
    except AnswerRefused:
        return
    assert told["iss"] == ISSUER
    assert told["aud"] == "cartable" or "cartable" in told["aud"]
    assert "nonce" not in told
    assert storable(told["jti"])
    assert isinstance(told["events"][LOGOUT], dict)
    assert "sub" in told or "sid" in told
    assert all(storable(told[name]) for name in ("sub", "sid") if name in told)
    assert NOW - 360 <= told["iat"] <= NOW + 60


@given(changed(DOCUMENT))
def test_a_description_is_ours_or_refused(document: dict[str, Any]) -> None:
    try:
        read = read_provider(document, ISSUER)
    except AnswerRefused:
        return
    assert read.issuer == ISSUER
    for address in (read.authorization, read.token, read.userinfo, read.keys, read.end_session):
        assert isinstance(address, str)


@given(st.dictionaries(st.just("keys"), anything | st.lists(
    st.fixed_dictionaries({"kty": st.sampled_from(["RSA", "EC", "oct"])}, optional={
        "n": anything, "e": anything, "crv": anything, "x": anything, "y": anything,
        "kid": anything,
    }), max_size=2)))  # fmt: skip
def test_keys_are_read_or_refused(document: dict[str, Any]) -> None:
    try:
        keys = read_keys(document)
    except AnswerRefused:
        return
    assert all(key.key_type in ("RSA", "EC") for key in keys)


@given(anything)
def test_a_moment_is_one(value: Any) -> None:
    found = moment_of({"auth_time": value}, "auth_time")
    if found is not None:
        assert type(value) in (int, float)
        assert abs(found.timestamp() - value) < 1e-3
        assert min(found, datetime.now(UTC))


@given(st.text(), st.booleans() | st.none(), st.booleans())
def test_an_address_is_plain_and_vouched_for(
    email: str, is_verified: bool | None, is_trusted: bool
) -> None:
    for tried in (email, f"{email}@mairie.example"):
        try:
            plain = check_email(tried, is_verified, is_trusted=is_trusted)
        except EmailNotVerified:
            continue
        assert is_verified or (is_verified is None and is_trusted)
        assert storable(plain)
        assert plain.isascii()
        assert plain == tried.strip().lower()


@given(st.text(), st.text() | st.none())
def test_an_organisation_is_the_same_or_refused(told: str, ours: str | None) -> None:
    def digits(text: str) -> str:
        return "".join(text.split())

    check_organisation(told, ours, is_asked=False)
    try:
        check_organisation(told, ours, is_asked=True)
    except OrganisationRefused:
        assert not ours or digits(told) != digits(ours) or not digits(ours)
    else:
        assert ours
        assert digits(told) == digits(ours) != ""


@given(st.text(max_size=4), st.lists(st.text(max_size=4), max_size=3))
def test_a_level_is_among_those_accepted(acr: str, accepted: list[str]) -> None:
    if accepted and acr not in accepted:
        with pytest.raises(AssuranceTooLow):
            check_assurance(acr, accepted)
    else:
        check_assurance(acr, accepted)


@given(anything.map(json.dumps).map(str.encode) | st.binary(max_size=20))
def test_an_answer_is_an_object_or_refused(body: bytes) -> None:
    answer = Answer(200, "application/json", body)
    try:
        told = json_of(answer, "userinfo")
    except AnswerRefused:
        return
    assert isinstance(told, dict)
