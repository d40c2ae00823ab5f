"""What the journals hold: names of lines, in their order."""

from typing import Any
from uuid import UUID

from sqlalchemy import select

from cartable.audit.tables import AuditEvent, HostEvent
from cartable.runtime import Runtime


async def host_lines(runtime: Runtime, *events: str) -> list[str]:
    """Of the host's chain: those with one of these names; all of them when none is given."""
    async with runtime.reading() as db:
        return await _names(db, HostEvent, events)


async def lines_of(runtime: Runtime, authority_id: UUID, *events: str) -> list[str]:
    """Of an authority's chain, as well."""
    async with runtime.reading(authority_id) as db:
        return await _names(db, AuditEvent, events)


async def _names(db: Any, table: Any, events: tuple[str, ...]) -> list[str]:
    asked = select(table.event).order_by(table.position)
    return list(await db.scalars(asked.where(table.event.in_(events)) if events else asked))
