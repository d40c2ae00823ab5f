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
from cartable.audit.tables import AuditEvent, HostEvent
from cartable.runtime import Runtime
from cartable.sealing import SigningKey, load_signing_key
from cartable.settings import Settings, WrongSetting

RESTORED = "journal.restored"


def signing_key(runtime: Runtime) -> SigningKey:
    """The key of the checkpoints: outside the database, made when it is first asked for.

    Raises:
        WrongSetting: it is gone, and what it signed is not.
    """
    check_signing_key(runtime.settings)
    return load_signing_key(runtime.settings.data / "keys")


def check_signing_key(settings: Settings) -> None:
    """A key drawn in place of one that is gone would make forgeries of all that one has signed.

    Raises:
        WrongSetting
    """
    path, signed = settings.data / "keys" / "journal.key", settings.checkpoints
    if not path.exists() and checkpoints.read(signed):
        raise WrongSetting(
            f"La clé qui signe le journal manque : remettez {path} depuis sa sauvegarde. Si elle "
            f"est perdue, mettez {signed} de côté : le journal d’avant ne pourra plus être prouvé."
        )


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
    db: AsyncSession, authority_id: UUID, seq: int, known: Sequence[Checkpoint]
) -> None:
    """Write in an authority's chain that a backup was put back, and which lines are gone with what
    the backup had not; unless that was written, and its signature did not follow."""
    if not await _waits_for_signature(db, authority_id, known):
        head = await checkpoints.authority_head(db, authority_id)
        lost = _lost(str(authority_id), head, known)
        record_for_authority(db, authority_id, seq, RESTORED, **lost)
        await db.flush()


async def note_host_restored(db: AsyncSession, known: Sequence[Checkpoint]) -> None:
    """The same in the host's chain."""
    if not await _waits_for_signature(db, None, known):
        lost = _lost(HOST, await checkpoints.host_head(db), known)
        await record_for_account(db, None, None, RESTORED, **lost)


async def sign_restored(runtime: Runtime, authority_id: UUID | None, now: datetime) -> None:
    """Sign that a chain (None: the host's) goes on from the line that tells of the backup: what
    earlier checkpoints knew beyond is explained. To be called once that line is committed."""
    async with runtime.reading(authority_id) as db:
        told = await _told(db, authority_id)
    if told is None:
        raise RuntimeError("a line that was just written is not there")
    made = checkpoints.sign(signing_key(runtime), told, now, "resumed")
    await asyncio.to_thread(checkpoints.append, runtime.settings.checkpoints, [made])


async def _waits_for_signature(
    db: AsyncSession, authority_id: UUID | None, known: Sequence[Checkpoint]
) -> bool:
    """Whether the last line that tells of a backup is not signed yet.

    Its own signature may be gone with the file that held it: a checkpoint of what came after stands
    for it. The oldest tells: if the chain has another line there, what was lost is unexplained yet.
    """
    told = await _told(db, authority_id)
    if told is None:
        return False
    after: list[Checkpoint] = []
    for one in known:
        if one.chain != told.chain or one.position < told.position:
            continue
        if one.kind == "resumed":
            if one.hash == told.hash and one.position == told.position:
                return False
            after = [earlier for earlier in after if earlier.position < one.position]
        after.append(one)
    hashes = await _hashes(db, authority_id, {one.position for one in after})
    oldest = next((one for one in after if one.position in hashes), None)
    return oldest is None or oldest.hash != hashes[oldest.position]


async def _hashes(
    db: AsyncSession, authority_id: UUID | None, positions: set[int]
) -> dict[int, str]:
    table = HostEvent if authority_id is None else AuditEvent
    asked = select(table.position, table.hash).where(table.position.in_(positions))
    if authority_id is not None:
        asked = asked.where(AuditEvent.authority_id == authority_id)
    return {row.position: row.hash for row in await db.execute(asked)}


async def _told(db: AsyncSession, authority_id: UUID | None) -> Head | None:
    """The last line of a chain that tells of a backup put back."""
    table = HostEvent if authority_id is None else AuditEvent
    last = select(table.position, table.hash).where(table.event == RESTORED)
    if authority_id is not None:
        last = last.where(AuditEvent.authority_id == authority_id)
    row = (await db.execute(last.order_by(table.position.desc()).limit(1))).first()
    return Head(str(authority_id or HOST), row.position, row.hash) if row else None


def _lost(chain: str, head: Head | None, known: Iterable[Checkpoint]) -> dict[str, Any]:
    """First and last of the lines that checkpoints know of and the chain has no more."""
    last = head.position if head else 0
    signed = 0
    for one in known:
        if one.chain == chain:
            signed = one.position if one.kind == "resumed" else max(signed, one.position)
    return {"first_lost": last + 1, "last_lost": signed} if signed > last else {}
