"""The end of an account's key: what it sealed can be read by nobody, for ever."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from cartable import revocations
from cartable.accounts.tables import AccountKey
from cartable.database import begin_write


async def destroy_key(db: AsyncSession, account_id: UUID, now: datetime) -> bool:
    """Destroy the key of an account, in the caller's transaction; False when it was gone.

    Sealed bodies stay as noise: notes, intentions, readings, their history, push subscriptions.
    A backup still holds the key until it is thrown away, so the revocations remember it: a restore
    destroys it again.
    """
    await begin_write(db)
    gone = await db.scalars(
        delete(AccountKey)
        .where(AccountKey.account_id == account_id)
        .returning(AccountKey.account_id)
    )
    if not gone.all():
        return False
    revocations.note(db.info, "key_destroyed", account_id, now)
    return True


async def destroy_keys_again(db: AsyncSession, accounts: Mapping[UUID, datetime]) -> int:
    """Destroy the keys that a restored backup brought back; how many."""
    await begin_write(db)
    gone = await db.scalars(
        delete(AccountKey)
        .where(AccountKey.account_id.in_(accounts))
        .returning(AccountKey.account_id)
    )
    return len(gone.all())
