"""Verifying an authority's chain, and taking a copy of it away."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.actor import Actor
from cartable.audit import checkpoints
from cartable.audit.actions import record
from cartable.audit.signing import sign_chains, signing_key
from cartable.audit.tables import AuditEvent
from cartable.audit.verification import Verdict, verify
from cartable.database import begin_read, end
from cartable.errors import NotFound
from cartable.members.actions.enter import enter
from cartable.runtime import Runtime

EXPORTED = "journal.exported"
FETCHED_WITHIN = timedelta(minutes=10)


async def verify_journal(db: AsyncSession, runtime: Runtime, authority_id: UUID) -> Verdict:
    """Recompute an authority's chain, in a snapshot begun after its checkpoints were read."""
    await end(db, commit=False)
    known = await asyncio.to_thread(checkpoints.read, runtime.settings.checkpoints)
    await begin_read(db)
    return await verify(db, authority_id, known, signing_key(runtime).public)


async def export_journal(db: AsyncSession, runtime: Runtime, actor: Actor) -> int:
    """Ask for a copy of the authority's chain; the position of the line that says so.

    The chain is signed at once, so that the checkpoint in the copy covers all of it.

    Raises:
        RoleMissing
    """
    seq = await enter(db, actor, "admin")
    record(db, actor, seq, EXPORTED)
    await end(db, commit=True)
    await sign_chains(runtime, [actor.authority_id], datetime.now(UTC))
    await begin_read(db)
    position: int | None = await db.scalar(
        select(AuditEvent.position).where(
            AuditEvent.authority_id == actor.authority_id, AuditEvent.seq == seq
        )
    )
    if position is None:
        raise NotFound
    return position


async def check_exported(db: AsyncSession, actor: Actor, position: int, now: datetime) -> None:
    """The door of a copy: this member asked for it, some minutes ago at most.

    Raises:
        NotFound
    """
    if not 0 < position < 2**63:
        raise NotFound
    asked = await db.scalar(
        select(AuditEvent.id).where(
            AuditEvent.authority_id == actor.authority_id,
            AuditEvent.position == position,
            AuditEvent.event == EXPORTED,
            AuditEvent.member_id == actor.member_id,
            AuditEvent.at > now - FETCHED_WITHIN,
        )
    )
    if asked is None:
        raise NotFound
