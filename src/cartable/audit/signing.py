"""Signing the chains from time to time, and saying what a restored backup made them lose."""

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.audit import checkpoints
from cartable.audit.actions import record_for_account, record_for_authority
from cartable.audit.chain import HOST
from cartable.audit.checkpoints import Checkpoint, Head
from cartable.audit.tables import HostEvent
from cartable.runtime import Runtime
from cartable.sealing import SigningKey, load_signing_key

RESTORED = "journal.restored"


def signing_key(runtime: Runtime) -> SigningKey:
    """The key of the checkpoints: outside the database, made when it is first asked for."""
    return load_signing_key(runtime.settings.data / "keys")


async def sign_chains(
    runtime: Runtime, authorities: Sequence[UUID], now: datetime, *, least: int = 1
) -> list[Checkpoint]:
    """Sign the last line of each chain that grew by `least` lines since its last checkpoint."""
    path = runtime.settings.checkpoints
    known = await asyncio.to_thread(checkpoints.read, path)
    heads: list[Head] = []
    for authority_id in authorities:
        async with runtime.reading(authority_id) as db:
            if (head := await checkpoints.authority_head(db, authority_id)) is not None:
                heads.append(head)
    async with runtime.reading() as db:
        if (head := await checkpoints.host_head(db)) is not None:
            heads.append(head)
    key = signing_key(runtime)
    made = [checkpoints.sign(key, head, now) for head in checkpoints.unsigned(known, heads, least)]
    if made:
        await asyncio.to_thread(checkpoints.append, path, made)
    return made


async def note_restored(
    db: AsyncSession, authority_id: UUID, seq: int, known: Iterable[Checkpoint]
) -> Head:
    """Write in an authority's chain that a backup was put back, and which lines are gone with what
    the backup had not; the head to sign once this is committed."""
    head = await checkpoints.authority_head(db, authority_id)
    lost = _lost(str(authority_id), head, known)
    record_for_authority(db, authority_id, seq, RESTORED, **lost)
    await db.flush()
    made = await checkpoints.authority_head(db, authority_id)
    if made is None:
        raise RuntimeError("a line that was just written is not there")
    return made


async def note_host_restored(db: AsyncSession, known: Iterable[Checkpoint]) -> None:
    """The same in the host's chain."""
    lost = _lost(HOST, await checkpoints.host_head(db), known)
    await record_for_account(db, None, None, RESTORED, **lost)


def _lost(chain: str, head: Head | None, known: Iterable[Checkpoint]) -> dict[str, Any]:
    """First and last of the lines that checkpoints know of and the chain has no more."""
    last = head.position if head else 0
    signed = 0
    for one in known:
        if one.chain == chain:
            signed = one.position if one.kind == "resumed" else max(signed, one.position)
    return {"first_lost": last + 1, "last_lost": signed} if signed > last else {}


async def sign_restored(runtime: Runtime, heads: Iterable[Head], now: datetime) -> None:
    """Sign that chains go on from there: what earlier checkpoints knew beyond is explained."""
    async with runtime.reading() as db:
        row = (
            await db.execute(
                select(HostEvent.position, HostEvent.hash)
                .where(HostEvent.event == RESTORED)
                .order_by(HostEvent.position.desc())
                .limit(1)
            )
        ).first()
    host = [Head(HOST, row.position, row.hash)] if row else []
    key = signing_key(runtime)
    made = [checkpoints.sign(key, head, now, "resumed") for head in (*heads, *host)]
    await asyncio.to_thread(checkpoints.append, runtime.settings.checkpoints, made)
