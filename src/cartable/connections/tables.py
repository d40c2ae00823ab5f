"""Providers that authorities trust, identities bound to accounts, journeys under way.

A connection is read before anybody is known, at the door: like a ticket, it names its authority by
`for_authority`, and its doors (access.py) confine administrators to their own.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cartable.database import Table
from cartable.sealing import Sealed, SealedBytes


class Connection(Table):
    """A provider that an authority trusts to say who is there.

    `acr_accepted`: empty accepts any. `siret_claim`: the claim compared with the authority's SIRET;
    empty compares nothing. `trusts_email`: the provider gives only addresses that it has checked,
    and need not say so of each.
    """

    __tablename__ = "connection"
    __table_args__ = (Index(None, "for_authority"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    for_authority: Mapped[UUID] = mapped_column(ForeignKey("authority.id"))
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    issuer: Mapped[str] = mapped_column(Text)
    client_id: Mapped[str] = mapped_column(Text)
    secret: Mapped[SealedBytes] = mapped_column(Sealed("connection.secret:{id}"))
    scopes: Mapped[list[str]]
    acr_asked: Mapped[list[str]]
    acr_accepted: Mapped[list[str]]
    siret_claim: Mapped[str] = mapped_column(Text)
    trusts_email: Mapped[bool]
    is_enabled: Mapped[bool]
    created_at: Mapped[datetime]


class Identity(Table):
    """Who somebody is for a provider, and the account behind it.

    A provider may give one person another `subject` for each client. `is_own_choice`: its person
    linked it while signed in; else an address was recognised.
    """

    __tablename__ = "identity"
    __table_args__ = (
        UniqueConstraint("issuer", "client_id", "subject"),
        UniqueConstraint("account_id", "issuer", "client_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    issuer: Mapped[str] = mapped_column(Text)
    client_id: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    is_own_choice: Mapped[bool]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime]


class Journey(Table):
    """A browser sent to a provider, until it comes back once.

    `id`: hash of the `state`; `browser_hash`: of the cookie of the browser that left. `sealed`: the
    nonce and the verifier. `account_id` and `device_id` when somebody signed in asked.
    """

    __tablename__ = "journey"
    __table_args__ = (Index(None, "expires_at"), Index(None, "connection_id"))

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    connection_id: Mapped[UUID] = mapped_column(ForeignKey("connection.id", ondelete="CASCADE"))
    purpose: Mapped[str] = mapped_column(Text)
    browser_hash: Mapped[str] = mapped_column(Text)
    sealed: Mapped[SealedBytes] = mapped_column(Sealed("journey.sealed:{id}"))
    account_id: Mapped[UUID | None]
    device_id: Mapped[UUID | None]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class ProviderSession(Table):
    """The session at the provider that opened a device's: to close the one with the other."""

    __tablename__ = "provider_session"
    __table_args__ = (Index(None, "issuer", "client_id", "subject"), Index(None, "connection_id"))

    device_id: Mapped[UUID] = mapped_column(
        ForeignKey("device.id", ondelete="CASCADE"), primary_key=True
    )
    connection_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("connection.id", ondelete="SET NULL")
    )
    issuer: Mapped[str] = mapped_column(Text)
    client_id: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text)
    sid: Mapped[str] = mapped_column(Text)
    id_token: Mapped[SealedBytes] = mapped_column(Sealed("provider_session.id_token:{device_id}"))


class LogoutSeen(Table):
    """A logout token that was obeyed: hash of its issuer and `jti`, until it is worth nothing."""

    __tablename__ = "logout_seen"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    expires_at: Mapped[datetime]
