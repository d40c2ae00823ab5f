"""Accounts, their keys, their devices, and guesses of passwords."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import BigInteger, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from cartable.database import Table
from cartable.sealing import Sealed, SealedBytes


class Account(Table):
    """One person who signs in, whatever the number of authorities. `email` is in lower case.

    `password_hash` is null until a password is chosen; `email_verified_at` is when the person first
    opened a ticket that was sent to the address.
    """

    __tablename__ = "account"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(Text, unique=True)
    civility: Mapped[str] = mapped_column(Text, default="")
    first_name: Mapped[str] = mapped_column(Text)
    last_name: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str | None] = mapped_column(Text)
    email_verified_at: Mapped[datetime | None]
    is_operator: Mapped[bool] = mapped_column(default=False)
    """Runs the host: opens authorities and sees their health, reads nothing of them."""
    created_at: Mapped[datetime]


class AccountKey(Table):
    """The key of an account's private data, wrapped by the master key; losing it erases them."""

    __tablename__ = "account_key"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    wrapped: Mapped[SealedBytes] = mapped_column(Sealed("account_key:{account_id}"))


class Device(Table):
    """One signed-in browser or installed app: its secret is known only as a hash.

    `method` is the way in (see `open_session`), `proved_at` when its holder last showed who they
    are: by signing in, or when a deed that weighs much asked for it. It is before `created_at` when
    somebody else opened the session for them, or vouched for an earlier moment.
    """

    __tablename__ = "device"
    __table_args__ = (Index(None, "account_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    name: Mapped[str] = mapped_column(Text)
    token_hash: Mapped[str] = mapped_column(Text, unique=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    signed_out_at: Mapped[datetime | None]
    proved_at: Mapped[datetime]
    method: Mapped[str] = mapped_column(Text)


class Guess(Table):
    """Failed sign-ins of one bucket. The bucket's name is a keyed hash: no address is kept."""

    __tablename__ = "guess"

    bucket: Mapped[str] = mapped_column(Text, primary_key=True)
    failures: Mapped[int]
    since: Mapped[datetime]


class Ticket(Table):
    """What opens one door once: an invitation, a link by e-mail, a code that a clerk gives.

    Known only by hashes: `secret_hash` of what travels in a link, `code_hash` (keyed) of what is
    typed. It is an account's, found before anybody is signed in: `for_authority` is where an
    invitation leads, or who gave a code. `browser_hash`: the browser that asked, the only one that
    may use it. `is_renewal`: it lets somebody who lost their ways in choose a new one.
    """

    __tablename__ = "ticket"
    __table_args__ = (Index(None, "account_id", "kind"), Index(None, "browser_hash"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    for_authority: Mapped[UUID | None] = mapped_column(ForeignKey("authority.id"))
    secret_hash: Mapped[str | None] = mapped_column(Text, unique=True)
    code_hash: Mapped[str | None] = mapped_column(Text, unique=True)
    browser_hash: Mapped[str | None] = mapped_column(Text)
    is_renewal: Mapped[bool]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]


class LinkSwitch(Table):
    """Whether councillors of an authority may sign in by a link sent to them; no row: they may
    not."""

    __tablename__ = "link_switch"

    authority_id: Mapped[UUID] = mapped_column(ForeignKey("authority.id"), primary_key=True)
    is_enabled: Mapped[bool]


class Passkey(Table):
    """A public key that signs its owner in. `sign_count` of 0: its authenticator does not count."""

    __tablename__ = "passkey"
    __table_args__ = (Index(None, "account_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    sign_count: Mapped[int] = mapped_column(BigInteger)
    is_syncable: Mapped[bool]
    is_backed_up: Mapped[bool]
    transports: Mapped[list[str]]
    name: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]


class CodeSecret(Table):
    """What an authenticator application shares with us, sealed by the account's key.

    It counts once confirmed by a first code; `last_step`: the newest that served, so that a code
    serves once.
    """

    __tablename__ = "code_secret"

    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), primary_key=True
    )
    sealed: Mapped[SealedBytes] = mapped_column(Sealed)
    last_step: Mapped[int] = mapped_column(BigInteger)
    confirmed_at: Mapped[datetime | None]


class RecoveryCode(Table):
    """One of the codes that a person printed: a keyed hash, removed when it serves."""

    __tablename__ = "recovery_code"

    account_id: Mapped[UUID] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), primary_key=True
    )
    code_hash: Mapped[str] = mapped_column(Text, primary_key=True)
    created_at: Mapped[datetime]


class Challenge(Table):
    """A question that one answer uses up: to a passkey, or between the two steps of a sign-in.

    `id` is what the browser was given, 256 bits of chance; `account_id` and `device_id` when it was
    asked to somebody.
    """

    __tablename__ = "challenge"
    __table_args__ = (Index(None, "expires_at"), Index(None, "account_id"))

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    device_id: Mapped[UUID | None]
    expires_at: Mapped[datetime]
