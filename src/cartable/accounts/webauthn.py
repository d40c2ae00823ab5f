"""Passkeys (WebAuthn level 2): what a browser is asked, and whether its answer is right.

https://www.w3.org/TR/webauthn-2/ sections 7.1 and 7.2; the library checks what they say of the
challenge, origin, relying party, flags, counter and signature. A passkey is always discoverable and
always verifies its user (finger, face or code of the device): alone, it is two factors.
"""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit
from uuid import UUID

import webauthn
from webauthn.helpers import (
    base64url_to_bytes,
    options_to_json_dict,
    parse_authentication_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    CredentialDeviceType,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from cartable.accounts.rules import PasskeyRefused

Found = TypeVar("Found")
Wire = dict[str, Any]
"""JSON forms of level 3 (`PublicKeyCredential.toJSON()`): bytes are base64url."""

_TIMEOUT = 300_000
"""Milliseconds that a browser may leave its own dialog open."""

_REQUIRED = UserVerificationRequirement.REQUIRED
_TRANSPORTS = frozenset(one.value for one in AuthenticatorTransport)


@dataclass(frozen=True)
class Party:
    """Us, as browsers know us: the host of the pages (the scope of passkeys) and their origin."""

    id: str
    origin: str


@dataclass(frozen=True)
class Known:
    """A passkey that an account already has, and how its authenticator is reached."""

    credential_id: bytes
    transports: list[str]


@dataclass(frozen=True)
class NewKey:
    """What is kept of a new passkey. `is_syncable`: it may leave its device; `is_backed_up`: it
    has."""

    credential_id: bytes
    public_key: bytes
    sign_count: int
    is_syncable: bool
    is_backed_up: bool
    transports: list[str]


@dataclass(frozen=True)
class Use:
    """What changes each time a passkey serves."""

    sign_count: int
    is_backed_up: bool


@dataclass(frozen=True)
class Claim:
    """What an answer says before anything of it is believed; `handle` is the account, if told."""

    credential_id: bytes
    challenge: str
    handle: UUID | None


def party_at(address: str) -> Party:
    """The relying party of an installation, from the address that people type."""
    return Party(id=urlsplit(address).hostname or "", origin=address)


def creation_options(
    party: Party, challenge: str, *, handle: UUID, email: str, name: str, known: Iterable[Known]
) -> Wire:
    """What `navigator.credentials.create()` is asked; authenticators that hold one are left out."""
    options = webauthn.generate_registration_options(
        rp_id=party.id,
        rp_name="Cartable",
        user_id=handle.bytes,
        user_name=email,
        user_display_name=name,
        challenge=base64url_to_bytes(challenge),
        timeout=_TIMEOUT,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_REQUIRED
        ),
        exclude_credentials=_described(known),
    )
    return options_to_json_dict(options)


def request_options(party: Party, challenge: str, known: Iterable[Known] = ()) -> Wire:
    """What `navigator.credentials.get()` is asked; without `known`, whichever passkey is there."""
    options = webauthn.generate_authentication_options(
        rp_id=party.id,
        challenge=base64url_to_bytes(challenge),
        timeout=_TIMEOUT,
        allow_credentials=_described(known),
        user_verification=_REQUIRED,
    )
    return options_to_json_dict(options)


def _described(known: Iterable[Known]) -> list[PublicKeyCredentialDescriptor]:
    return [
        PublicKeyCredentialDescriptor(
            id=one.credential_id, transports=[AuthenticatorTransport(t) for t in one.transports]
        )
        for one in known
    ]


def claim_of(credential: Wire) -> Claim:
    """Which passkey an answer says it is, and which challenge it says it answers.

    Raises:
        PasskeyRefused
    """

    def read() -> Claim:
        parsed = parse_authentication_credential_json(credential)
        handle = parsed.response.user_handle
        return Claim(
            credential_id=parsed.raw_id,
            challenge=_challenge_of(parsed.response.client_data_json),
            handle=UUID(bytes=handle) if handle else None,
        )

    return _or_refuse(read)


def challenge_of(credential: Wire) -> str:
    """Which challenge a new passkey says it answers.

    Raises:
        PasskeyRefused
    """
    return _or_refuse(
        lambda: _challenge_of(base64url_to_bytes(credential["response"]["clientDataJSON"]))
    )


def _challenge_of(client_data: bytes) -> str:
    told = json.loads(client_data)
    # Pages in a frame of another site: the headers forbid it, the library does not look.
    if told.get("crossOrigin") is True or "topOrigin" in told:
        raise ValueError("another site's frame")
    return str(told["challenge"])


def verify_creation(party: Party, challenge: str, credential: Wire) -> NewKey:
    """The new passkey, once everything about it is right.

    Raises:
        PasskeyRefused
    """
    made = _or_refuse(
        lambda: webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=party.id,
            expected_origin=party.origin,
            require_user_verification=True,
        )
    )
    given = credential["response"].get("transports")
    return NewKey(
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        is_syncable=made.credential_device_type == CredentialDeviceType.MULTI_DEVICE,
        is_backed_up=made.credential_backed_up,
        transports=sorted(_TRANSPORTS & set(map(str, given if isinstance(given, list) else ()))),
    )


def verify_use(
    party: Party, challenge: str, credential: Wire, public_key: bytes, sign_count: int
) -> Use:
    """The passkey was there, and its user with it.

    Raises:
        PasskeyRefused: the counter went back too, which only a copy of the passkey does.
    """
    used = _or_refuse(
        lambda: webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(challenge),
            expected_rp_id=party.id,
            expected_origin=party.origin,
            credential_public_key=public_key,
            credential_current_sign_count=sign_count,
            require_user_verification=True,
        )
    )
    return Use(sign_count=used.new_sign_count, is_backed_up=used.credential_backed_up)


def _or_refuse(deed: Callable[[], Found]) -> Found:
    """What is malformed is refused like what is wrong: parsers raise errors of many families."""
    try:
        return deed()
    except (WebAuthnException, ValueError, TypeError, KeyError, AttributeError, IndexError) as why:
        raise PasskeyRefused from why
