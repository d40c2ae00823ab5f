"""The host's deeds: each leaves a line in the journal of the authority and in the host's."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.tables import Account
from cartable.audit.actions import record_for_account, record_for_authority
from cartable.authorities.actions import authority_write
from cartable.authorities.tables import Authority
from cartable.database import begin_write
from cartable.errors import NotFound
from cartable.hosting.rules import check_quota
from cartable.hosting.shapes import NewAuthority, Quota
from cartable.members.actions.found import Founded, found_authority
from cartable.members.shapes import NewMember
from cartable.sealing import Key


@dataclass(frozen=True)
class Operator:
    """Who acts for the host; nobody's account at the terminal of the server."""

    account_id: UUID | None = None
    device_id: UUID | None = None


async def open_authority(
    db: AsyncSession,
    master: Key,
    operator: Operator,
    new: NewAuthority,
    now: datetime,
    *,
    by_mail: bool,
) -> Founded:
    """Open an authority, with an invitation of its first administrator. `by_mail`: it is sent.

    Raises:
        InvalidEmail
    """
    founded = await found_authority(
        db,
        master,
        name=new.name.strip(),
        kind=new.kind,
        siren=new.siren,
        administrator=NewMember(
            first_name=new.first_name, last_name=new.last_name, email=new.email, roles=["admin"]
        ),
        now=now,
        by_mail=by_mail,
    )
    await record_for_account(
        db,
        operator.account_id,
        operator.device_id,
        "authority.founded",
        founded.authority_id,
        name=new.name.strip(),
    )
    return founded


async def suspend_authority(
    db: AsyncSession, operator: Operator, authority_id: UUID, reason: str, now: datetime
) -> Authority:
    """Close every route of an authority; its tablets keep their papers, readable off line.

    Raises:
        NotFound
    """
    seq, authority = await _enter(db, authority_id)
    if authority.suspended_at is None:
        authority.suspended_at, authority.suspension_reason = now, reason.strip()
        said = {"reason": reason.strip() or None}
        await _record(db, operator, authority, seq, "authority.suspended", said)
    return authority


async def reopen_authority(db: AsyncSession, operator: Operator, authority_id: UUID) -> Authority:
    """Open the routes of an authority again.

    Raises:
        NotFound
    """
    seq, authority = await _enter(db, authority_id)
    if authority.suspended_at is not None:
        authority.suspended_at, authority.suspension_reason = None, ""
        await _record(db, operator, authority, seq, "authority.reopened", {})
    return authority


async def set_quota(
    db: AsyncSession, operator: Operator, authority_id: UUID, quota: Quota
) -> Authority:
    """What an authority may hold from now on; what it holds already stays.

    Raises:
        NotFound, QuotaInvalid
    """
    check_quota(quota.megabytes, quota.members)
    seq, authority = await _enter(db, authority_id)
    authority.megabytes_allowed = quota.megabytes
    authority.members_allowed = quota.members
    said = {"megabytes": quota.megabytes, "members": quota.members}
    await _record(db, operator, authority, seq, "authority.quota_changed", said)
    return authority


async def _enter(db: AsyncSession, authority_id: UUID) -> tuple[int, Authority]:
    seq = await authority_write(db, authority_id)
    return seq, await db.get_one(Authority, authority_id, populate_existing=True)


async def _record(
    db: AsyncSession,
    operator: Operator,
    authority: Authority,
    seq: int,
    event: str,
    said: dict[str, Any],
) -> None:
    await db.flush()
    record_for_authority(db, authority.id, seq, event, authority.id, **said)
    await record_for_account(
        db,
        operator.account_id,
        operator.device_id,
        event,
        authority.id,
        name=authority.name,
        **said,
    )


async def name_operator(db: AsyncSession, email: str, *, to_operator: bool = True) -> Account:
    """Let an account run the host, or no more. At the terminal of the server only.

    Raises:
        NotFound: nobody signs in with this address.
    """
    await begin_write(db)
    account = await db.scalar(select(Account).where(Account.email == email.strip().lower()))
    if account is None:
        raise NotFound
    if account.is_operator != to_operator:
        account.is_operator = to_operator
        event = "operator.named" if to_operator else "operator.dismissed"
        await record_for_account(db, account.id, None, event, account.id)
    return account
