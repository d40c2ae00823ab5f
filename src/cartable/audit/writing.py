"""Giving lines their place in a chain.

Locks, in this order and never otherwise: the authority's head (the deed holds it already), then
whatever rows the deed touches, the keys of those its lines are about among them, then, as the very
last thing of the transaction, the host's chain.

Lines of an authority are numbered when the session flushes: a savepoint that is undone takes its
lines with it, and the next flush reads the last line again.
"""

import os
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import event, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session, UOWTransaction

from cartable.audit.chain import FIRST, HOST, SALT, Place, digest_of, hash_of
from cartable.audit.tables import AuditEvent, AuditKey, AuditPayload, HostEvent, HostPayload
from cartable.sealing import Key, SealedBytes

NOBODY = UUID(int=0)
"""Owner of the key of lines about an account that was not found."""

HOST_LOCK = 0x6361_7274_6162_6C65
"""Name of the host chain's lock among PostgreSQL's advisory ones ("cartable"); SQLite has one
writer at a time anyhow."""


def keep_payload(db: AsyncSession, line_id: UUID, owner_id: UUID, said: dict[str, Any]) -> str:
    """Set the details of a line aside until it is written, salted; their digest."""
    if not said:
        return ""
    salted = os.urandom(SALT) + msgspec.json.encode(said, order="sorted")
    db.info.setdefault("journal_payloads", {})[line_id] = (owner_id, salted)
    return digest_of(salted)


def chain_at_end(db: AsyncSession, line: HostEvent) -> None:
    """Leave a line of the host's chain to the end of the transaction."""
    db.info.setdefault("host_lines", []).append(line)
    db.info.setdefault("closing", {})["host chain"] = _write_host_lines


@event.listens_for(Session, "before_flush")
def _number(session: Session, _context: UOWTransaction, _some: Any) -> None:
    """Chain the new lines of an authority, in the order they were recorded."""
    last: dict[UUID, tuple[int, str]] = {}
    for line in [new for new in session.new if isinstance(new, AuditEvent)]:
        place = line.authority_id
        position, previous = last.get(place) or _last_of(session, place)
        line.position, line.previous = position + 1, previous
        line.hash = hash_of(line, Place(str(place), line.seq, line.member_id))
        last[place] = (line.position, line.hash)
        if (kept := _take_payload(session, line.id)) is not None:
            owner, salted = kept
            key = _key_of(session, owner)
            session.add(
                AuditPayload(
                    event_id=line.id,
                    authority_id=place,
                    account_id=None if owner == place else owner,
                    sealed=key.seal(salted, place_of(AuditPayload, line.id)),
                )
            )


def _last_of(session: Session, authority_id: UUID) -> tuple[int, str]:
    row = session.execute(
        select(AuditEvent.position, AuditEvent.hash)
        .where(AuditEvent.authority_id == authority_id)
        .order_by(AuditEvent.position.desc())
        .limit(1)
    ).first()
    return (row.position, row.hash) if row else (0, FIRST)


async def _write_host_lines(db: AsyncSession) -> None:
    lines: list[HostEvent] = db.info.pop("host_lines")
    payloads = await db.run_sync(_seal_payloads, lines)
    if db.get_bind().dialect.name == "postgresql":
        await db.execute(select(func.pg_advisory_xact_lock(HOST_LOCK)))
    await db.run_sync(_write_under_lock, lines, payloads)


def _seal_payloads(session: Session, lines: list[HostEvent]) -> list[HostPayload]:
    """What the lines say. A key may have to be made, and another deed be waited for that makes it
    too, which will ask for the host's chain: so before that lock, and in one order for all."""
    said = [(line, kept) for line in lines if (kept := _take_payload(session, line.id)) is not None]
    said.sort(key=lambda one: one[1][0])
    return [
        HostPayload(
            event_id=line.id,
            account_id=line.account_id,
            sealed=_key_of(session, owner).seal(salted, place_of(HostPayload, line.id)),
        )
        for line, (owner, salted) in said
    ]


def _write_under_lock(
    session: Session, lines: list[HostEvent], payloads: list[HostPayload]
) -> None:
    row = session.execute(
        select(HostEvent.position, HostEvent.hash).order_by(HostEvent.position.desc()).limit(1)
    ).first()
    position, previous = (row.position, row.hash) if row else (0, FIRST)
    for line in lines:
        position += 1
        line.position, line.previous = position, previous
        line.hash = previous = hash_of(line, Place(HOST, None, line.account_id))
        session.add(line)
    session.add_all(payloads)
    session.flush()


def _take_payload(session: Session, line_id: UUID) -> tuple[UUID, bytes] | None:
    kept: tuple[UUID, bytes] | None = session.info.get("journal_payloads", {}).pop(line_id, None)
    return kept


def place_of(table: type[AuditPayload | HostPayload], line_id: UUID) -> str:
    """Where a sealed payload lives."""
    return f"{table.__tablename__}.sealed:{line_id}"


def key_place(owner_id: UUID) -> str:
    """Where a wrapped key lives."""
    return f"audit_key.wrapped:{owner_id}"


def _key_of(session: Session, owner_id: UUID) -> Key:
    """The key of an owner's payloads, made at its first need."""
    master: Key = session.info["master_key"]
    wrapped = session.scalar(_wrapped(owner_id))
    if wrapped is None:
        dialect = session.get_bind().dialect.name
        insert = sqlite.insert if dialect == "sqlite" else postgresql.insert
        made = master.seal(os.urandom(32), key_place(owner_id))
        # Two authorities may meet the same person at once: the first key stays.
        session.execute(
            insert(AuditKey).values(owner_id=owner_id, wrapped=made).on_conflict_do_nothing()
        )
        wrapped = session.scalar(_wrapped(owner_id))
    return open_key(master, wrapped, owner_id)


def _wrapped(owner_id: UUID) -> Any:
    return select(AuditKey.wrapped).where(AuditKey.owner_id == owner_id)


def open_key(master: Key, wrapped: SealedBytes | None, owner_id: UUID) -> Key:
    """Unwrap the key of an owner's payloads."""
    if wrapped is None:
        raise RuntimeError("a key that was just made is not there")
    return Key(master.open(wrapped, key_place(owner_id)))
