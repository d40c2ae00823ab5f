"""Connections on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

Kind = Literal["proconnect", "generic"]
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Words = Annotated[list[Word], msgspec.Meta(max_length=20)]
Text = Annotated[str, msgspec.Meta(max_length=500)]


class ConnectionEdit(msgspec.Struct, kw_only=True):
    """A provider that an administrator describes. `secret`: left out keeps the one that is there.

    `client_id` and `secret` may come later, once the provider was told our addresses.

    `siret_claim`: empty compares no SIRET. `trusts_email`: it gives only addresses it has checked.
    """

    kind: Kind
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    issuer: Annotated[str, msgspec.Meta(min_length=1, max_length=500)]
    client_id: Annotated[str, msgspec.Meta(max_length=300)] = ""
    secret: Annotated[str, msgspec.Meta(max_length=1000)] = ""
    scopes: Words
    acr_asked: Words = []
    acr_accepted: Words = []
    siret_claim: Annotated[str, msgspec.Meta(max_length=100)] = ""
    trusts_email: bool = False
    is_enabled: bool = False


class Connection(msgspec.Struct, kw_only=True):
    """A provider as its administrators see it: never its secret.

    `redirect_address`, `after_sign_out_address` and `logout_address` are what the provider is told
    of us.
    """

    id: UUID
    kind: Kind
    name: str
    issuer: str
    client_id: str
    scopes: list[str]
    acr_asked: list[str]
    acr_accepted: list[str]
    siret_claim: str
    trusts_email: bool
    is_enabled: bool
    redirect_address: str
    after_sign_out_address: str
    logout_address: str


class Connections(msgspec.Struct, kw_only=True):
    """The providers of an authority, and the address of its own door."""

    door_address: str
    has_siret: bool
    connections: list[Connection]


Checked = Literal[
    "address",
    "discovery",
    "issuer",
    "keys",
    "client",
    "pkce",
    "sign_in_time",
    "logout",
    "backchannel",
    "siret",
]
CheckState = Literal["ok", "warning", "wrong"]


class Check(msgspec.Struct, kw_only=True):
    """One thing that was looked at. `detail`: data for the words, such as a host."""

    check: Checked
    state: CheckState
    detail: str = ""


class Checks(msgspec.Struct, kw_only=True):
    """Everything that was looked at, in order; what follows something wrong may be missing."""

    checks: list[Check]


class Button(msgspec.Struct, kw_only=True):
    """A way in by a provider, as the door shows it."""

    id: UUID
    kind: Kind
    name: str


class AuthorityDoor(msgspec.Struct, kw_only=True):
    """What anybody may see of an authority's door; empty for one that is not there."""

    authority_id: UUID | None
    authority_name: str
    buttons: list[Button]


class Departure(msgspec.Struct, kw_only=True):
    """Whoever goes to a provider. `email`: what was typed, so that it need not be typed twice."""

    email: Annotated[str, msgspec.Meta(max_length=254)] = ""


class Away(msgspec.Struct, kw_only=True):
    """Where the browser goes."""

    address: str


class ComingBack(msgspec.Struct, kw_only=True):
    """What the provider sent back with the browser: a code, or an error."""

    state: Annotated[str, msgspec.Meta(max_length=200)]
    code: Annotated[str, msgspec.Meta(max_length=4000)] = ""
    iss: Text = ""
    error: Annotated[str, msgspec.Meta(max_length=200)] = ""
    device_name: Annotated[str, msgspec.Meta(max_length=60)] = ""


Purpose = Literal["enter", "link", "prove"]


class CameBack(msgspec.Struct, kw_only=True):
    """What coming back did. `authority_id`: whose provider it was."""

    purpose: Purpose
    authority_id: UUID


class OwnConnection(msgspec.Struct, kw_only=True):
    """A provider of an authority one belongs to, and whether it opens one's account.

    `is_own_choice`: one linked it oneself; else one's address was only recognised.
    """

    id: UUID
    kind: Kind
    name: str
    authority_name: str
    is_linked: bool
    is_own_choice: bool
    last_used_at: datetime | None


class OwnConnections(msgspec.Struct, kw_only=True):
    """`may_prove`: nothing else confirms who is there, so a linked provider does."""

    may_prove: bool
    connections: list[OwnConnection]


class Farewell(msgspec.Struct, kw_only=True):
    """Signed out here. `address`: where the provider's own session is closed, if it knows how."""

    address: str | None


class LogoutNotice(msgspec.Struct, kw_only=True):
    """What a provider posts when a session was closed there (Back-Channel Logout 1.0, 2.5)."""

    logout_token: Annotated[str, msgspec.Meta(min_length=1, max_length=20_000)]
