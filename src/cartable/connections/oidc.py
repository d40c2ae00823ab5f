"""OpenID Connect Core 1.0 with PKCE (RFC 7636), the `iss` parameter (RFC 9207), signed userinfo and
back-channel logout: what is asked of a provider, and whether its answers are right.
"""

import json
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.client import OAuth2Client
from authlib.oauth2.rfc6749.parameters import prepare_token_request
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import get_well_known_url
from joserfc import jwt
from joserfc.errors import ClaimError, InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from cartable.connections.calls import Answer, Caller, json_of
from cartable.connections.rules import FRESH, LEEWAY, AnswerRefused, is_plain
from cartable.runtime import Runtime

ALGORITHMS = [f"{family}{bits}" for family in ("RS", "PS", "ES") for bits in (256, 384, 512)]
"""Signatures by a private key alone: neither `none`, nor a secret that two sides hold."""

KEPT = 3600
"""Seconds for which what a provider publishes is believed."""

SETTLES = 10
"""Seconds between two looks for a key that is not known yet."""

LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
_CHECKS = {
    "iss": "issuer", "aud": "audience", "azp": "audience", "nonce": "nonce", "exp": "time",
    "iat": "time", "nbf": "time", "auth_time": "freshness", "sub": "subject",
}  # fmt: skip
"""How a claim that is wrong is named to people."""


@dataclass(frozen=True)
class Provider:
    """What a provider publishes of itself (OpenID Connect Discovery 1.0, section 3)."""

    issuer: str
    authorization: str
    token: str
    userinfo: str
    keys: str
    end_session: str
    auth_method: str
    tells_issuer: bool
    knows_pkce: bool
    knows_logout: bool
    tells_time: bool


@dataclass(frozen=True)
class Client:
    """What we are to a provider. `redirect_uri` is compared to the letter by both sides."""

    id: str
    secret: str
    redirect_uri: str


@dataclass(frozen=True)
class Asked:
    """What an answer must match. `asked_at`: seconds since 1970; `is_fresh`: the person had to show
    who they are after it."""

    nonce: str
    asked_at: int
    is_fresh: bool = False


@dataclass(frozen=True)
class Tokens:
    """What a code was exchanged for."""

    id_token: str
    access_token: str


class Providers:
    """The providers that this process has met: their documents and keys, kept for an hour."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self._met: dict[str, tuple[float, Provider]] = {}
        self._keys: dict[str, tuple[float, KeySet]] = {}

    async def meet(self, issuer: str, *, again: bool = False) -> Provider:
        """A provider, from its discovery document.

        Raises:
            AddressRefused, ProviderUnreachable, AnswerRefused
        """
        held = self._met.get(issuer)
        if held and not again and time.monotonic() - held[0] < KEPT:
            return held[1]
        answer = await self.caller.call("GET", get_well_known_url(issuer, external=True))
        provider = read_provider(json_of(answer, "discovery"), issuer)
        for address in (provider.authorization, provider.end_session or provider.authorization):
            self.caller.check(address)
        self._met[issuer] = (time.monotonic(), provider)
        return provider

    async def keys(self, provider: Provider, *, again: bool = False) -> KeySet:
        """The public keys of a provider; `again`: one was not there, they may have changed.

        Raises:
            AddressRefused, ProviderUnreachable, AnswerRefused
        """
        held = self._keys.get(provider.keys)
        if held and time.monotonic() - held[0] < (SETTLES if again else KEPT):
            return held[1]
        answer = await self.caller.call("GET", provider.keys)
        keys = read_keys(json_of(answer, "keys"))
        self._keys[provider.keys] = (time.monotonic(), keys)
        return keys

    async def opened(self, provider: Provider, token: str) -> jwt.Token:
        """A token of the provider whose signature is right; nothing else was looked at.

        Raises:
            AddressRefused, ProviderUnreachable, AnswerRefused
        """
        try:
            try:
                return jwt.decode(token, await self.keys(provider), ALGORITHMS)
            except InvalidKeyIdError:
                return jwt.decode(token, await self.keys(provider, again=True), ALGORITHMS)
        except (JoseError, ValueError, TypeError, KeyError) as why:
            raise AnswerRefused(check="signature") from why

    async def redeem(self, provider: Provider, client: Client, code: str, verifier: str) -> Tokens:
        """Exchange a code, once.

        Raises:
            AddressRefused, ProviderUnreachable, AnswerRefused
        """
        answer = await self._ask_token(provider, client, code, verifier)
        told = json_of(answer, "code")
        id_token, access_token = told.get("id_token"), told.get("access_token")
        is_bearer = str(told.get("token_type", "")).lower() == "bearer"
        if not isinstance(id_token, str) or not isinstance(access_token, str) or not is_bearer:
            raise AnswerRefused(check="code")
        return Tokens(id_token, access_token)

    async def knows(self, provider: Provider, client: Client) -> bool:
        """Whether the provider takes our identifier and secret: it is offered a code of nobody's.

        Raises:
            AddressRefused, ProviderUnreachable
        """
        answer = await self._ask_token(provider, client, "essai", "essai" * 10)
        try:
            told = json.loads(answer.body)
        except ValueError:
            return False
        return isinstance(told, dict) and told.get("error") == "invalid_grant"

    async def _ask_token(
        self, provider: Provider, client: Client, code: str, verifier: str
    ) -> Answer:
        body = prepare_token_request(
            "authorization_code", code=code, redirect_uri=client.redirect_uri,
            code_verifier=verifier,
        )  # fmt: skip
        of_client = (client.id, client.secret)
        if provider.auth_method == "client_secret_basic":
            # RFC 6749, section 2.3.1: encoded first, which the library leaves to us.
            of_client = (quote(client.id, safe=""), quote(client.secret, safe=""))
        auth = ClientAuth(*of_client, provider.auth_method)
        headers = {
            "accept": "application/json",
            "content-type": "application/x-www-form-urlencoded",
        }
        address, headers, body = auth.prepare("POST", provider.token, headers, body)
        return await self.caller.call("POST", address, headers=headers, body=body)

    async def id_claims(
        self, provider: Provider, client: Client, tokens: Tokens, asked: Asked
    ) -> Mapping[str, Any]:
        """The claims of an ID token, everything about it checked (Core, section 3.1.3.7).

        Raises:
            AddressRefused, ProviderUnreachable, AnswerRefused
        """
        token = await self.opened(provider, tokens.id_token)
        return check_id_token(token, provider, client, tokens, asked, int(time.time()))

    async def user_claims(
        self,
        provider: Provider,
        client: Client,
        tokens: Tokens,
        subject: str,
        *,
        must_sign: bool,
    ) -> Mapping[str, Any]:
        """What the provider tells of the person: signed (Core, section 5.3.2), or plain JSON from
        one that need not sign.

        Raises:
            AddressRefused, ProviderUnreachable, AnswerRefused
        """
        answer = await self.caller.call(
            "GET", provider.userinfo, headers={"authorization": f"Bearer {tokens.access_token}"}
        )
        if answer.status == 200 and answer.media_type == "application/jwt":
            token = await self.opened(provider, answer.body.decode("ascii", "replace"))
            _check(token, provider, client, int(time.time()), essential=("iss", "aud", "sub"))
            claims: Mapping[str, Any] = token.claims
        elif must_sign:
            raise AnswerRefused(check="userinfo")
        else:
            claims = json_of(answer, "userinfo")
        if claims.get("sub") != subject:
            raise AnswerRefused(check="subject")
        return claims


@asynccontextmanager
async def open_providers(runtime: Runtime) -> AsyncIterator[Providers]:
    """The providers of a process; the part is opened at its first need."""
    yield Providers(Caller(runtime.settings.connection_hosts))


def read_provider(document: Mapping[str, Any], issuer: str) -> Provider:
    """A discovery document that says what we need, of the issuer we asked and no other.

    Raises:
        AnswerRefused
    """
    if document.get("issuer") != issuer:
        raise AnswerRefused(check="issuer")

    def address(name: str, *, needed: bool = True) -> str:
        value = document.get(name, "")
        if not isinstance(value, str) or (needed and not value):
            raise AnswerRefused(check="discovery")
        return value

    def among(name: str, usual: list[str]) -> list[str]:
        value = document.get(name, usual)
        return value if isinstance(value, list) else []

    if "code" not in among("response_types_supported", []):
        raise AnswerRefused(check="discovery")
    methods = among("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    ours = [one for one in ("client_secret_basic", "client_secret_post") if one in methods]
    if not ours:
        raise AnswerRefused(check="discovery")
    return Provider(
        issuer=issuer,
        authorization=address("authorization_endpoint"),
        token=address("token_endpoint"),
        userinfo=address("userinfo_endpoint"),
        keys=address("jwks_uri"),
        end_session=address("end_session_endpoint", needed=False),
        auth_method=ours[0],
        tells_issuer=document.get("authorization_response_iss_parameter_supported") is True,
        knows_pkce="S256" in among("code_challenge_methods_supported", []),
        knows_logout=document.get("backchannel_logout_supported") is True,
        tells_time="auth_time" in among("claims_supported", []),
    )


def read_keys(document: Mapping[str, Any]) -> KeySet:
    """Public keys that sign: what two sides would share is left out.

    Raises:
        AnswerRefused
    """
    listed = document.get("keys")
    keys = [
        one
        for one in (listed if isinstance(listed, list) else [])
        if isinstance(one, dict) and one.get("kty") in ("RSA", "EC") and one.get("use") != "enc"
    ]
    try:
        return KeySet.import_key_set({"keys": keys})
    except (JoseError, ValueError, TypeError, KeyError) as why:
        raise AnswerRefused(check="keys") from why


def authorization_address(
    provider: Provider, client: Client, state: str, verifier: str, **more: str
) -> str:
    """Where a browser is sent: code flow, PKCE with S256, state and what else is asked."""
    session = OAuth2Client(
        None, client.id, redirect_uri=client.redirect_uri, code_challenge_method="S256"
    )
    said = {name: value for name, value in more.items() if value}
    address, _ = session.create_authorization_url(
        provider.authorization, state=state, code_verifier=verifier, **said
    )
    return str(address)


def check_id_token(
    token: jwt.Token, provider: Provider, client: Client, tokens: Tokens, asked: Asked, now: int
) -> Mapping[str, Any]:
    """The claims of an ID token whose signature is right.

    Raises:
        AnswerRefused
    """
    claims = CodeIDToken(
        token.claims,
        token.header,
        options={
            "iss": {"essential": True, "value": provider.issuer},
            "aud": {"essential": True, "value": client.id},
            "nonce": {"essential": True, "value": asked.nonce},
        },
        params={
            "nonce": asked.nonce, "client_id": client.id, "access_token": tokens.access_token,
        },
    )  # fmt: skip
    try:
        claims.validate(now=now, leeway=LEEWAY)
    except ClaimError as why:
        raise AnswerRefused(check=_CHECKS.get(why.claim, "token")) from why
    except (JoseError, ValueError, TypeError, KeyError) as why:
        raise AnswerRefused(check="token") from why
    if not is_plain(claims["sub"]):
        raise AnswerRefused(check="subject")
    oldest = datetime.fromtimestamp(asked.asked_at - LEEWAY, UTC)
    made_at, shown_at = moment_of(claims, "iat"), moment_of(claims, "auth_time")
    if made_at is None or made_at < oldest or moment_of(claims, "exp") is None:
        raise AnswerRefused(check="time")
    if asked.is_fresh and (shown_at is None or shown_at < oldest):
        raise AnswerRefused(check="freshness")
    return dict(claims)


def moment_of(claims: Mapping[str, Any], name: str) -> datetime | None:
    """A claim that is a number of seconds since 1970 (JSON may hold what is none: NaN, 1e999)."""
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    try:
        return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def check_logout_token(
    token: jwt.Token, provider: Provider, client: Client, now: int
) -> Mapping[str, Any]:
    """The claims of a logout token whose signature is right (Back-Channel Logout 1.0, 2.6).

    Raises:
        AnswerRefused
    """
    kind = str(token.header.get("typ", "")).lower().removeprefix("application/")
    if kind not in ("", "jwt", "logout+jwt"):
        raise AnswerRefused(check="token")
    claims = _check(token, provider, client, now, essential=("iss", "aud", "iat", "jti", "events"))
    events = claims["events"]
    if not isinstance(events, dict) or not isinstance(events.get(LOGOUT), dict):
        raise AnswerRefused(check="events")
    if "nonce" in claims:
        raise AnswerRefused(check="nonce")
    told = [claims[name] for name in ("sub", "sid") if name in claims]
    if not told or not all(map(is_plain, told)):
        raise AnswerRefused(check="subject")
    if not is_plain(claims["jti"]):
        raise AnswerRefused(check="token")
    made_at = moment_of(claims, "iat")
    if made_at is None or made_at.timestamp() < now - FRESH - LEEWAY:
        raise AnswerRefused(check="time")
    return claims


def _check(
    token: jwt.Token, provider: Provider, client: Client, now: int, essential: tuple[str, ...]
) -> Mapping[str, Any]:
    wanted: dict[str, Any] = {name: {"essential": True} for name in essential}
    wanted["iss"] = {"essential": True, "value": provider.issuer}
    wanted["aud"] = {"essential": True, "value": client.id}
    try:
        jwt.JWTClaimsRegistry(now, LEEWAY, **wanted).validate(token.claims)
    except ClaimError as why:
        raise AnswerRefused(check=_CHECKS.get(why.claim, "token")) from why
    return token.claims
