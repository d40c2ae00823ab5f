"""Announcing, inside the deed that has something to tell: one line of the outbox for each device.

The outbox is the table of jobs (DECISIONS, 15). Who still may be told, and whether it is a quiet
hour, is asked when the line is sent: much can change between the deed and the morning.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable import jobs
from cartable.accounts.tables import Device
from cartable.notifications.rules import worth_until
from cartable.notifications.tables import PushSubscription

PUSH = "notifications.push"
Kind = Literal["sitting_called", "piece_changed"]
GATHERED: dict[Kind, timedelta] = {
    "sitting_called": timedelta(),
    "piece_changed": timedelta(minutes=1),
}
"""How long a line waits for others like it: ten pieces changed in a minute ring once."""


async def announce(
    db: AsyncSession,
    account_ids: Sequence[UUID],
    kind: Kind,
    *,
    authority_id: UUID,
    sitting_id: UUID,
    starts_at: datetime,
    now: datetime,
) -> None:
    """Tell the devices of these accounts that a sitting has something new, once the deed commits.

    `starts_at` is when the sitting begins: telling later is of no use.
    """
    reached = await db.scalars(
        select(PushSubscription.id)
        .join(Device, Device.id == PushSubscription.device_id)
        .where(PushSubscription.account_id.in_(account_ids), Device.signed_out_at.is_(None))
    )
    same = {
        "authority_id": str(authority_id),
        "sitting_id": str(sitting_id),
        "kind": kind,
        "starts_at": starts_at.isoformat(),
        "until": worth_until(starts_at, now).isoformat(),
    }
    lines = [
        (
            {**same, "subscription_id": str(one)},
            _dedupe(one, sitting_id, kind),
        )
        for one in reached
    ]
    await jobs.enqueue_all(db, PUSH, lines, due_at=now + GATHERED[kind])


async def put_off(db: AsyncSession, line: Mapping[str, Any], until: datetime) -> None:
    """Keep a line for later, as one that gathers those like it that come meanwhile."""
    dedupe = _dedupe(line["subscription_id"], line["sitting_id"], line["kind"])
    await jobs.enqueue(db, PUSH, dict(line), due_at=until, dedupe=dedupe)


def _dedupe(subscription_id: object, sitting_id: object, kind: str) -> str:
    return f"{jobs.WAITING}{PUSH}:{subscription_id}:{sitting_id}:{kind}"
