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
    password_hash: str,
    now: datetime,
    must_change_password: bool = True,
) -> Account:
    """A person with their own key for private data, in the caller's write transaction."""
    account = Account(
        id=uuid7(),
        email=email.strip().lower(),
        civility=civility,
        first_name=first_name.strip(),
        last_name=last_name.strip(),
        password_hash=password_hash,
        must_change_password=must_change_password,
        created_at=now,
    )
    db.add(account)
    await db.flush()
    db.add(AccountKey(account_id=account.id, wrapped=new_account_key(master, str(account.id))))
    await db.flush()
    return account
