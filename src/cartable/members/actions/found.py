"""Opening an authority with its first administrator: the only deed without an actor before it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.actions import one_time_password
from cartable.actor import Actor
from cartable.audit.actions import record
from cartable.authorities.actions import create_authority
from cartable.authorities.shapes import AuthorityKind
from cartable.members.actions.people import account_for, enrol
from cartable.members.rules import check_email
from cartable.members.shapes import NewMember
from cartable.sealing import Key

NOWHERE = UUID(int=0)


@dataclass(frozen=True)
class Founded:
    """The new authority, its administrator, and their one-time password when they are new."""

    authority_id: UUID
    member_id: UUID
    one_time_password: str | None


async def found_authority(
    db: AsyncSession,
    master: Key,
    *,
    name: str,
    kind: AuthorityKind,
    siren: str | None,
    administrator: NewMember,
    now: datetime,
) -> Founded:
    """Open an authority; the administrator is who lets everybody else in.

    Raises:
        InvalidEmail
    """
    email = check_email(administrator.email)
    password, hashed = await one_time_password()
    authority = await create_authority(db, name=name, kind=kind, siren=siren)
    account, is_new = await account_for(db, master, administrator, email, hashed, now)
    founder = Actor(authority.id, NOWHERE, account.id, NOWHERE, frozenset())
    member = await enrol(db, founder, authority.seq, account, administrator, now)
    record(db, founder, authority.seq, "authority.founded", authority.id)
    return Founded(authority.id, member.id, password if is_new else None)
