"""Changing the master key: everything that the old one sealed is sealed again by the new one.

The new key comes first, beside the old one: from then on all that is written is sealed by the
new one, and both open. Then each sealed thing is renewed, a few rows at a time; what is done stays
done, so that a kill at any moment only means going on. The old key leaves last.
"""

import asyncio
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Select, and_, select, update
from sqlalchemy import Table as CoreTable
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.audit.actions import record_for_account
from cartable.authorities.actions import hold
from cartable.authorities.tables import Authority
from cartable.jobs import Job
from cartable.keys import MasterKey, ServerSecret
from cartable.runtime import Runtime
from cartable.schema import metadata
from cartable.sealing import SealBroken, Sealed, SealedBytes

AT_ONCE = 200
SETTLES = 5.0
"""Seconds in which a deed that began with the old key ends: then everything is looked at again."""


@dataclass
class Renewed:
    """How many things were sealed again, and how many neither key opens."""

    done: int = 0
    broken: int = 0


@dataclass(frozen=True)
class _Place:
    """A column that the master key seals."""

    table: CoreTable
    column: Column[Any]
    template: str

    @property
    def name(self) -> str:
        return f"{self.table.name}.{self.column.name}"


def master_sealed() -> Iterator[_Place]:
    """Every column that the master key seals, as their tables say (`Sealed(place)`)."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, Sealed) and column.type.place:
                yield _Place(table, column, column.type.place)


async def rotate(runtime: Runtime, settles: float = SETTLES) -> Renewed:
    """Seal again, with the key in force, all that an older one sealed; until nothing is left."""
    whole = Renewed()
    while True:
        found = await renew_all(runtime)
        whole.done += found.done
        whole.broken = found.broken
        if found.done == 0:
            # While something is left that no key opens, it is not done: the older key stays.
            if not whole.broken:
                await _record(runtime, whole.done)
            return whole
        await asyncio.sleep(settles)


async def _record(runtime: Runtime, count: int) -> None:
    async with runtime.writing() as db:
        await record_for_account(db, None, None, "master_key.rotated", count=count)


async def renew_all(runtime: Runtime) -> Renewed:
    """One look at everything."""
    count = Renewed()
    async with runtime.reading() as db:
        authorities = list(await db.scalars(select(Authority.id).order_by(Authority.id)))
    for place in master_sealed():
        # Row security shows the rows of one authority to a session that is bound to it.
        of_authority = "authority_id" in place.table.columns
        for authority_id in authorities if of_authority else (None,):
            await _renew(runtime, place, authority_id, count)
    await _renew_jobs(runtime, count)
    return count


async def _renew(
    runtime: Runtime, place: _Place, authority_id: UUID | None, count: Renewed
) -> None:
    last: tuple[Any, ...] | None = None
    while True:
        async with runtime.writing() as db:
            if authority_id is not None:
                await hold(db, authority_id)
            rows = (await db.execute(_next(place, authority_id, last))).mappings().all()
            for row in rows:
                await _renew_row(db, runtime.master_key, place, row, authority_id, count)
        if len(rows) < AT_ONCE:
            return
        last = tuple(rows[-1][key.name] for key in place.table.primary_key)


def _next(place: _Place, authority_id: UUID | None, last: tuple[Any, ...] | None) -> Select[Any]:
    """The next rows in order of their primary key, whatever its columns are."""
    table, keys = place.table, list(place.table.primary_key)
    rows = select(table).where(place.column.is_not(None)).order_by(*keys).limit(AT_ONCE)
    if authority_id is not None:
        rows = rows.where(table.columns["authority_id"] == authority_id)
    if last is not None:
        after = keys[-1] > last[-1]
        for key, value in reversed(list(zip(keys[:-1], last[:-1], strict=True))):
            after = (key > value) | and_(key == value, after)
        rows = rows.where(after)
    return rows


async def _renew_row(
    db: AsyncSession,
    master: MasterKey,
    place: _Place,
    row: Any,
    authority_id: UUID | None,
    count: Renewed,
) -> None:
    sealed: SealedBytes = row[place.column.name]
    try:
        again = master.renewed(sealed, place.template.format(**row))
    except SealBroken:
        count.broken += 1
        return
    if again is None:
        return
    table = place.table
    # Whoever wrote it meanwhile used the key in force already.
    change = update(table).where(
        *(key == row[key.name] for key in table.primary_key), place.column == sealed
    )
    if authority_id is not None:
        change = change.where(table.columns["authority_id"] == authority_id)
    values: dict[str, Any] = {place.column.name: again}
    if table is ServerSecret.__table__:
        values["fingerprint"] = master.fingerprint
    await db.execute(change.values(values))
    count.done += 1


async def _renew_jobs(runtime: Runtime, count: Renewed) -> None:
    """What waits in the table of jobs: `sealed` in a body, at `job.body:` and its last word."""
    async with runtime.writing() as db:
        # Held, so that no worker finishes one meanwhile.
        for job in await db.scalars(select(Job).order_by(Job.id).with_for_update()):
            if not isinstance(text := job.body.get("sealed"), str):
                continue
            place = f"job.body:{job.name.rpartition('.')[2]}"
            try:
                again = runtime.master_key.renewed(SealedBytes(b64decode(text)), place)
            except SealBroken:
                count.broken += 1
                continue
            if again is not None:
                job.body = {**job.body, "sealed": b64encode(again).decode()}
                count.done += 1
