"""Making an account."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.tables import Account, AccountKey
from cartable.database import uuid7
from cartable.sealing import Key, new_account_key


async def create_account(
    db: AsyncSession,
    master: Key,
    *,
    email: str,
    civility: str,
    first_name: str,
    last_name: str,
    now: datetime,
    password_hash: str | None = None,
    email_verified_at: datetime | None = None,
) -> Account:
    """A person with their own key for private data, in the caller's write transaction.

    Without a password nobody signs in until an invitation is accepted.
    """
    account = Account(
        id=uuid7(),
        email=email.strip().lower(),
        civility=civility,
        first_name=first_name.strip(),
        last_name=last_name.strip(),
        password_hash=password_hash,
        email_verified_at=email_verified_at,
        created_at=now,
    )
    db.add(account)
    await db.flush()
    db.add(AccountKey(account_id=account.id, wrapped=new_account_key(master, str(account.id))))
    await db.flush()
    return account
