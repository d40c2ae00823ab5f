"""Opening an authority with its first administrator: the only deed without an actor before it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cartable.actor import Actor
from cartable.audit.actions import record
from cartable.authorities.actions import create_authority
from cartable.authorities.shapes import AuthorityKind
from cartable.members.actions.invite import invite
from cartable.members.actions.people import account_for, enrol
from cartable.members.rules import check_email
from cartable.members.shapes import NewMember
from cartable.sealing import Key

NOWHERE = UUID(int=0)


@dataclass(frozen=True)
class Founded:
    """The new authority, its administrator, and the link by which they accept."""

    authority_id: UUID
    member_id: UUID
    invitation: str


async def found_authority(
    db: AsyncSession,
    master: Key,
    *,
    name: str,
    kind: AuthorityKind,
    siren: str | None,
    administrator: NewMember,
    now: datetime,
    is_in: bool = False,
    by_mail: bool = False,
) -> Founded:
    """Open an authority; the administrator is who lets everybody else in, once they accepted.

    `is_in`: there is nobody to ask, as in a demonstration. `by_mail`: the link leaves for their
    address; else whoever asked hands it over.

    Raises:
        InvalidEmail
    """
    email = check_email(administrator.email)
    authority = await create_authority(db, name=name, kind=kind, siren=siren)
    account = await account_for(db, master, administrator, email, now)
    founder = Actor(authority.id, NOWHERE, account.id, NOWHERE, frozenset())
    member = await enrol(db, founder, authority.seq, account, administrator, now)
    record(db, founder, authority.seq, "authority.founded", authority.id)
    if is_in:
        member.accepted_at = now
        return Founded(authority.id, member.id, "")
    link = await invite(db, master, member, now, by_mail=by_mail)
    return Founded(authority.id, member.id, link)
