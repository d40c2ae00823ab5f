"""Writing the journal, in the deed's own transaction."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cartable.actor import Actor
from cartable.audit.tables import AuditEvent
from cartable.database import uuid7


def record(
    db: AsyncSession,
    actor: Actor,
    seq: int,
    event: str,
    subject_id: UUID | None = None,
    *,
    at: datetime | None = None,
    **details: Any,
) -> None:
    """Add a line: `event` is the deed in the past tense. Never a note, an opinion or a secret."""
    db.add(
        AuditEvent(
            id=uuid7(),
            authority_id=actor.authority_id,
            seq=seq,
            at=at or datetime.now(UTC),
            member_id=actor.member_id,
            device_id=actor.device_id,
            event=event,
            subject_id=subject_id,
            details=details,
        )
    )
