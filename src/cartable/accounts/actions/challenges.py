"""Questions that one answer uses up."""

import secrets
from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.rules import CHALLENGE_LASTS, ChallengeOver
from cartable.accounts.tables import Challenge
from cartable.database import begin_write, end

Kind = Literal["passkey", "new_passkey", "proof", "second_step"]


async def ask(
    db: AsyncSession,
    kind: Kind,
    now: datetime,
    *,
    account_id: UUID | None = None,
    device_id: UUID | None = None,
) -> str:
    """A fresh question, in a write transaction of its own or the caller's. Old ones are removed."""
    await begin_write(db)
    await db.execute(delete(Challenge).where(Challenge.expires_at <= now))
    challenge = Challenge(
        id=secrets.token_urlsafe(32),
        kind=kind,
        account_id=account_id,
        device_id=device_id,
        expires_at=now + CHALLENGE_LASTS,
    )
    db.add(challenge)
    await db.flush()
    return challenge.id


async def use_up(
    db: AsyncSession,
    kind: Kind,
    challenge: str,
    now: datetime,
    *,
    account_id: UUID | None = None,
    device_id: UUID | None = None,
) -> None:
    """Remove a question before its answer is looked at: a second answer finds none.

    Raises:
        ChallengeOver: never asked, asked to somebody else, too late, or answered already.
    """
    await begin_write(db)
    await remove(db, kind, challenge, now, account_id=account_id, device_id=device_id)
    await end(db, commit=True)


async def remove(
    db: AsyncSession,
    kind: Kind,
    challenge: str,
    now: datetime,
    *,
    account_id: UUID | None = None,
    device_id: UUID | None = None,
) -> None:
    """Remove a question with what its answer does, in the caller's write transaction.

    Raises:
        ChallengeOver
    """
    gone = await db.execute(
        delete(Challenge)
        .where(
            Challenge.id == challenge,
            Challenge.kind == kind,
            Challenge.account_id.is_not_distinct_from(account_id),
            Challenge.device_id.is_not_distinct_from(device_id),
            Challenge.expires_at > now,
        )
        .returning(Challenge.id)
    )
    if gone.first() is None:
        raise ChallengeOver
