"""Accounts, their keys, their devices, and guesses of passwords."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from cartable.database import Table
from cartable.sealing import Sealed, SealedBytes


class Account(Table):
    """One person who signs in, whatever the number of authorities. `email` is in lower case."""

    __tablename__ = "account"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(Text, unique=True)
    civility: Mapped[str] = mapped_column(Text, default="")
    first_name: Mapped[str] = mapped_column(Text)
    last_name: Mapped[str] = mapped_column(Text)
    password_hash: Mapped[str] = mapped_column(Text)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]


class AccountKey(Table):
    """The key of an account's private data, wrapped by the master key; losing it erases them."""

    __tablename__ = "account_key"

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), primary_key=True)
    wrapped: Mapped[SealedBytes] = mapped_column(Sealed)


class Device(Table):
    """One signed-in browser or installed app: its secret is known only as a hash.

    `method` is the way in (see `open_session`), `proved_at` when its holder last showed who they
    are: by signing in, or when a deed that weighs much asked for it.
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
