"""Making an authority, and taking the next number of its line."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.authorities.shapes import AuthorityKind
from cartable.authorities.tables import Authority, AuthorityHead, AuthoritySettings
from cartable.database import begin_write, uuid7
from cartable.errors import NotFound
from cartable.tenancy import bind


async def create_authority(
    db: AsyncSession,
    *,
    name: str,
    kind: AuthorityKind,
    time_zone: str = "Europe/Paris",
    siren: str | None = None,
) -> Authority:
    """A new tenant with its number line at 1."""
    await begin_write(db)
    authority = Authority(
        id=uuid7(),
        seq=1,
        name=name,
        kind=kind,
        time_zone=time_zone,
        siren=siren,
        created_at=datetime.now(UTC),
    )
    db.add(authority)
    await db.flush()
    await bind(db, authority.id)
    db.add(AuthorityHead(authority_id=authority.id, epoch=uuid4(), seq=1, access_seq=0, floor=0))
    db.add(AuthoritySettings(authority_id=authority.id))
    await db.flush()
    return authority


async def authority_write(db: AsyncSession, authority_id: UUID) -> int:
    """Become the one writer of an authority until the commit, and get the number of this deed.

    Commit order is number order (sync.md, section 1). What was read before must be read again.

    Raises:
        NotFound: no such authority.
    """
    await begin_write(db)
    taken = db.info.setdefault("heads", {})
    if taken and authority_id not in taken:
        raise RuntimeError("never two heads in one transaction")
    await bind(db, authority_id)
    seq: int | None = await db.scalar(
        update(AuthorityHead)
        .where(AuthorityHead.authority_id == authority_id)
        .values(seq=AuthorityHead.seq + 1)
        .returning(AuthorityHead.seq)
        .execution_options(synchronize_session=False)
    )
    if seq is None:
        raise NotFound
    # Nobody else was given a number in between: first and last say all of this transaction's.
    first, _ = taken.get(authority_id, (seq, seq))
    taken[authority_id] = (first, seq)
    return seq


def hint_only(db: AsyncSession, account_id: UUID) -> None:
    """Nobody else may read what this transaction writes: once committed, hint this account alone.

    Others learn nothing of when somebody takes notes, and their tablets have nothing to fetch.
    """
    db.info["hint_only"] = account_id


async def hold(db: AsyncSession, authority_id: UUID) -> None:
    """Become the one writer of an authority without a number: nothing that tablets see changes."""
    await begin_write(db)
    await bind(db, authority_id)
    await db.execute(
        select(AuthorityHead.seq)
        .where(AuthorityHead.authority_id == authority_id)
        .with_for_update()
    )


async def begin_epoch(db: AsyncSession, authority_id: UUID, epoch: UUID, now: datetime) -> int:
    """Another number line after a restore, above every number ever given; its first number.

    Numbers grow by far less than one a millisecond, so Unix milliseconds are above them all.
    """
    seq = max(await authority_write(db, authority_id), int(now.timestamp() * 1000))
    await db.execute(
        update(AuthorityHead)
        .where(AuthorityHead.authority_id == authority_id)
        .values(epoch=epoch, seq=seq)
        .execution_options(synchronize_session=False)
    )
    return seq


async def access_changed(db: AsyncSession, authority_id: UUID, seq: int) -> None:
    """The view of every member of the authority must be scanned again."""
    await db.execute(
        update(AuthorityHead)
        .where(AuthorityHead.authority_id == authority_id)
        .values(access_seq=seq)
        .execution_options(synchronize_session=False)
    )
