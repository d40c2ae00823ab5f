"""Opening the payloads of lines."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.audit.chain import SALT
from cartable.audit.tables import AuditKey, AuditPayload, HostPayload
from cartable.audit.writing import NOBODY, open_key, place_of
from cartable.sealing import Key, SealBroken, SealedBytes

Payloads = type[AuditPayload] | type[HostPayload]
_PLAIN = b"\x00"
"""First byte of payloads written before they were sealed."""


async def salted_payloads(
    db: AsyncSession, table: Payloads, lines: Sequence[UUID]
) -> Mapping[UUID, bytes | None]:
    """Salt and JSON of each line that still has its payload. None: its key was destroyed, whether
    or not the person has a younger one; empty: it is not what was sealed there."""
    owner: Any = AuditPayload.authority_id if table is AuditPayload else table.account_id
    rows = (
        await db.execute(
            select(table.event_id, table.account_id, owner.label("place"), table.sealed).where(
                table.event_id.in_(lines)
            )
        )
    ).all()
    owners = {row.event_id: row.account_id or row.place or NOBODY for row in rows}
    keys = await _keys(db, set(owners.values()))
    return {
        row.event_id: _opened(
            keys.get(owners[row.event_id]),
            row.sealed,
            place_of(table, row.event_id),
            is_about_one=row.account_id is not None,
        )
        for row in rows
    }


async def _keys(db: AsyncSession, owners: set[UUID]) -> dict[UUID, Key]:
    master: Key = db.info["master_key"]
    rows = await db.execute(
        select(AuditKey.owner_id, AuditKey.wrapped).where(AuditKey.owner_id.in_(owners))
    )
    return {row.owner_id: open_key(master, row.wrapped, row.owner_id) for row in rows}


def _opened(
    key: Key | None, sealed: SealedBytes, place: str, *, is_about_one: bool
) -> bytes | None:
    if sealed[:1] == _PLAIN:
        return bytes(sealed[1:])
    try:
        return key.open(sealed, place) if key else None
    except SealBroken:
        return None if is_about_one else b""


def said_in(salted: bytes | None) -> dict[str, Any]:
    """The details of a payload; none when it was erased or cannot be opened."""
    return msgspec.json.decode(salted[SALT:], type=dict[str, Any]) if salted else {}


async def details_of(db: AsyncSession, table: Payloads, line_id: UUID) -> dict[str, Any]:
    """What one line says."""
    return said_in((await salted_payloads(db, table, [line_id])).get(line_id))
