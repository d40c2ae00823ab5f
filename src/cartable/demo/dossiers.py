"""Prepares and calls the sittings of the demonstration, as a clerk does."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from cartable import worker
from cartable.convocations.actions import convene_sitting
from cartable.database import uuid7
from cartable.demo import content
from cartable.demo.town import Town
from cartable.documents.actions.upload import Deposit, upload_document
from cartable.documents.spool import spool
from cartable.runtime import Runtime
from cartable.sittings.access import readable_sittings
from cartable.sittings.actions.agenda import add_agenda_item
from cartable.sittings.actions.prepare import create_sitting, delete_sitting
from cartable.sittings.shapes import NewAgendaItem, NewSitting
from cartable.sittings.tables import Sitting

CALLED_BEFORE = timedelta(days=8)
LANES = 2
MEGABYTE = 1024 * 1024
CHUNK = 256 * 1024


async def forget_drafts(runtime: Runtime, town: Town, now: datetime) -> None:
    """Remove what an earlier start, cut short, left in preparation."""
    async with runtime.reading(town.clerk.authority_id) as db:
        drafts = list(
            await db.scalars(
                readable_sittings(town.clerk).where(
                    Sitting.state == "draft", Sitting.deleted_at.is_(None)
                )
            )
        )
    for draft in drafts:
        async with runtime.writing() as db:
            await delete_sitting(db, town.clerk, draft.id, now)


async def called(runtime: Runtime, town: Town, sitting: content.Sitting) -> UUID | None:
    """The sitting, when its members were called already."""
    async with runtime.reading(town.clerk.authority_id) as db:
        found: UUID | None = await db.scalar(
            select(Sitting.id).where(
                Sitting.assembly_id == town.assemblies[sitting.assembly],
                Sitting.starts_at == sitting.starts_at,
                Sitting.state == "convened",
            )
        )
    return found


async def prepare(
    runtime: Runtime,
    town: Town,
    sitting: content.Sitting,
    papers: Mapping[str, Path],
    now: datetime,
) -> UUID:
    """The sitting with its agenda and pieces, all deposited but not read yet."""
    new = NewSitting(
        assembly_id=town.assemblies[sitting.assembly],
        starts_at=f"{sitting.starts_at:%Y-%m-%dT%H:%M}",
        place=sitting.place,
    )
    async with runtime.writing() as db:
        sitting_id = (await create_sitting(db, town.clerk, new)).id
    for piece in sitting.pieces:
        await _deposit(runtime, town, sitting_id, None, piece, papers[piece.paper], now)
    for item in sitting.items:
        line = NewAgendaItem(
            title=item.title,
            kind=item.kind,
            rapporteur_id=town.members[item.rapporteur.key],
            in_camera=item.in_camera,
        )
        async with runtime.writing() as db:
            item_id = (await add_agenda_item(db, town.clerk, sitting_id, line)).id
        for piece in item.pieces:
            await _deposit(runtime, town, sitting_id, item_id, piece, papers[piece.paper], now)
    return sitting_id


async def read_all(runtime: Runtime) -> None:
    """Have every deposited piece read, as the worker does."""
    await asyncio.gather(*(worker.drain(runtime) for _ in range(LANES)))


async def call(
    runtime: Runtime, town: Town, sitting: content.Sitting, sitting_id: UUID, now: datetime
) -> None:
    """Call the members."""
    at = called_at(sitting, now)
    async with runtime.writing() as db:
        await convene_sitting(db, town.clerk, sitting_id, at)


def called_at(sitting: content.Sitting, now: datetime) -> datetime:
    """Eight days before, or now when that day is still to come."""
    return min(now, sitting.starts_at - CALLED_BEFORE)


async def _deposit(
    runtime: Runtime,
    town: Town,
    sitting_id: UUID,
    item_id: UUID | None,
    piece: content.Piece,
    paper: Path,
    now: datetime,
) -> None:
    deposit = Deposit(
        id=uuid7(),
        sitting_id=sitting_id,
        agenda_item_id=item_id,
        kind=piece.kind,
        title=piece.title,
        file_name=paper.name,
    )
    limit = runtime.settings.upload_limit * MEGABYTE
    async with spool(_chunks(paper), runtime.settings.scratch, limit) as file:
        await runtime.storage.put(f"{town.clerk.authority_id}/{file.sha256}", file.path)
        async with runtime.writing() as db:
            await upload_document(db, town.clerk, deposit, file, now)


async def _chunks(paper: Path) -> AsyncIterator[bytes]:
    content_of_file = await asyncio.to_thread(paper.read_bytes)
    for start in range(0, len(content_of_file), CHUNK):
        yield content_of_file[start : start + CHUNK]
