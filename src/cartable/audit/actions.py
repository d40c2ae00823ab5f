"""Writing the journal, in the deed's own transaction."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.actor import Actor
from cartable.audit import writing
from cartable.audit.events import AUTHORITY_EVENTS, HOST_EVENTS, check_details
from cartable.audit.tables import AuditEvent, AuditKey, AuditPayload, HostEvent, HostPayload
from cartable.database import begin_write, uuid7
from cartable.tenancy import scope_of

Payloads = type[AuditPayload] | type[HostPayload]


def record(
    db: AsyncSession,
    actor: Actor,
    seq: int,
    event: str,
    subject_id: UUID | None = None,
    *,
    at: datetime | None = None,
    about: UUID | None = None,
    **details: Any,
) -> None:
    """Add a line to the authority's chain: `event` is the deed in the past tense.

    The authority's head is held: `seq` came with it. `about`: the account that the details are
    about, when they are about one person; they go when this person is forgotten.

    Raises:
        UndeclaredEvent: events.py does not list the event, or one of its details.
    """
    line = AuditEvent(
        authority_id=actor.authority_id,
        seq=seq,
        at=at or datetime.now(UTC),
        member_id=actor.member_id,
        device_id=actor.device_id,
        event=event,
        subject_id=subject_id,
    )
    _add(db, line, about, details)


def record_for_authority(
    db: AsyncSession,
    authority_id: UUID,
    seq: int,
    event: str,
    subject_id: UUID | None = None,
    *,
    device_id: UUID | None = None,
    **details: Any,
) -> None:
    """Add a line to an authority's chain for a deed of no member: the host's, or of the night.

    Raises:
        UndeclaredEvent
    """
    line = AuditEvent(
        authority_id=authority_id,
        seq=seq,
        at=datetime.now(UTC),
        device_id=device_id,
        event=event,
        subject_id=subject_id,
    )
    _add(db, line, None, details)


def _add(db: AsyncSession, line: AuditEvent, about: UUID | None, details: dict[str, Any]) -> None:
    said = check_details(AUTHORITY_EVENTS, line.event, details)
    line.id = uuid7()
    line.digest = writing.keep_payload(db, line.id, about or line.authority_id, said)
    db.add(line)


async def record_for_account(
    db: AsyncSession,
    account_id: UUID | None,
    device_id: UUID | None,
    event: str,
    subject_id: UUID | None = None,
    **details: Any,
) -> None:
    """Add a line to the host's chain: a deed on an account or a device, of no authority.

    It is written at the very end of the caller's transaction, so that the lock of this chain is the
    last one taken and nothing else is waited for while it is held. Never inside a savepoint.

    Raises:
        UndeclaredEvent: events.py does not list the event, or one of its details.
    """
    said = check_details(HOST_EVENTS, event, details)
    if db.in_nested_transaction():
        raise RuntimeError("a line of the host's chain is not written inside a savepoint")
    await begin_write(db)
    line = HostEvent(
        id=uuid7(),
        account_id=account_id,
        at=datetime.now(UTC),
        device_id=device_id,
        event=event,
        subject_id=subject_id,
    )
    line.digest = writing.keep_payload(db, line.id, account_id or writing.NOBODY, said)
    writing.chain_at_end(db, line)


async def forget_person(db: AsyncSession, account_id: UUID) -> int:
    """Erase what the journal's payloads say of one person; the chains still hold. How many.

    Their key goes too, so that nothing of it can be read in a backup of the database either. To be
    called in the transactions that erase the account: in each of its authorities, a session sees
    the lines of its own alone, then in the one that is of none.
    """
    await begin_write(db)
    await db.flush()
    await db.execute(delete(AuditKey).where(AuditKey.owner_id == account_id))
    erased = 0
    tables: tuple[Payloads, ...] = (HostPayload,)
    if scope_of(db).authority_id is not None:
        tables = (AuditPayload, HostPayload)
    for table in tables:
        gone = await db.scalars(
            delete(table).where(table.account_id == account_id).returning(table.event_id)
        )
        erased += len(gone.all())
    return erased
