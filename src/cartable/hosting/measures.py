"""What the host sees of authorities: counted in one session each, bound to that authority."""

from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.tables import Device
from cartable.audit.tables import AuditEvent
from cartable.authorities.tables import Authority
from cartable.documents.tables import Document, DocumentVersion
from cartable.errors import NotFound
from cartable.hosting.shapes import HostedAuthority, SupportView
from cartable.members.tables import Member
from cartable.runtime import Runtime
from cartable.sittings.tables import Sitting


async def hosted_authorities(runtime: Runtime) -> list[HostedAuthority]:
    """Every authority, by name."""
    async with runtime.reading() as db:
        found = list(await db.scalars(select(Authority.id).order_by(Authority.name)))
    return [await hosted(runtime, authority_id) for authority_id in found]


async def hosted(runtime: Runtime, authority_id: UUID) -> HostedAuthority:
    """One authority.

    Raises:
        NotFound
    """
    async with runtime.reading(authority_id) as db:
        return await _hosted(db, authority_id)


async def _hosted(db: AsyncSession, authority_id: UUID) -> HostedAuthority:
    authority = await db.get(Authority, authority_id)
    if authority is None:
        raise NotFound
    return HostedAuthority(
        id=authority.id,
        name=authority.name,
        kind=authority.kind,  # type: ignore[arg-type]
        created_at=authority.created_at,
        suspended_at=authority.suspended_at,
        suspension_reason=authority.suspension_reason,
        members=await _count(db, Member, authority_id, Member.deactivated_at.is_(None)),
        members_allowed=authority.members_allowed,
        bytes_stored=await bytes_stored(db, authority_id),
        megabytes_allowed=authority.megabytes_allowed,
    )


async def bytes_stored(db: AsyncSession, authority_id: UUID) -> int:
    """The bytes of every version of every piece, withdrawn ones included: archives stay."""
    v = DocumentVersion
    total = await db.scalar(select(func.sum(v.size)).where(v.authority_id == authority_id))
    return int(total or 0)


async def support_view(runtime: Runtime, authority_id: UUID) -> SupportView:
    """Counts and states of one authority.

    Raises:
        NotFound
    """
    async with runtime.reading(authority_id) as db:
        authority = await _hosted(db, authority_id)
        active = Member.deactivated_at.is_(None)
        members = list(
            await db.scalars(select(Member).where(Member.authority_id == authority_id, active))
        )
        accounts = [member.account_id for member in members]
        devices = await db.execute(
            select(Device.account_id, func.count().filter(Device.signed_out_at.is_(None)))
            .where(Device.account_id.in_(accounts))
            .group_by(Device.account_id)
        )
        by_account = {row[0]: row[1] for row in devices}
        version = DocumentVersion.deleted_at.is_(None)
        last = (
            await db.execute(
                select(func.max(AuditEvent.at), func.count()).where(
                    AuditEvent.authority_id == authority_id
                )
            )
        ).one()
        return SupportView(
            authority=authority,
            administrators=sum("admin" in member.roles for member in members),
            members_invited=sum(member.accepted_at is None for member in members),
            members_never_seen=sum(account not in by_account for account in accounts),
            devices=sum(by_account.values()),
            sittings_draft=await _count(db, Sitting, authority_id, *_state("draft")),
            sittings_called=await _count(db, Sitting, authority_id, *_state("convened")),
            pieces=await _count(db, Document, authority_id, Document.deleted_at.is_(None)),
            pieces_checking=await _count(
                db, DocumentVersion, authority_id, version, DocumentVersion.state == "checking"
            ),
            pieces_refused=await _count(
                db, DocumentVersion, authority_id, version, DocumentVersion.state == "refused"
            ),
            journal_lines=last[1],
            last_deed_at=last[0],
        )


def _state(state: str) -> tuple[Any, ...]:
    return (Sitting.state == state, Sitting.deleted_at.is_(None))


async def _count(db: AsyncSession, table: Any, authority_id: UUID, *criteria: Any) -> int:
    asked = select(func.count(table.id)).where(table.authority_id == authority_id, *criteria)
    return int(await db.scalar(asked) or 0)
