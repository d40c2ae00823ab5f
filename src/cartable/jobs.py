"""Background work: one table, for both databases (stack.md, server recipe 14).

A job is enqueued in the transaction of the deed that wants it. Handlers are idempotent: a job may
run twice when its worker dies after the work and before the mark.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import Index, Text, case, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.sql.elements import ColumnElement

from cartable.database import Table, begin_write, end, uuid7

LEASE = timedelta(minutes=2)
TRIES = 8
LONGEST_WAIT = timedelta(hours=1)

GIVEN_UP = ".given_up"
"""A job that died leaves one of this name, with the same body, for those who waited for it."""

WAITING = "waiting:"
"""A `dedupe` that begins so holds only until the job is taken: what changes during the work is new
work."""

T = TypeVar("T")
log = logging.getLogger(__name__)


class Postponed(Exception):
    """A handler asks to be called again at `until`; it counts among the 8 tries."""

    def __init__(self, until: datetime | None) -> None:
        super().__init__("postponed")
        self.until = until


class Hopeless(Exception):
    """A handler knows that no other try will do better: the job is dead at once."""


async def each(*parts: Awaitable[T]) -> list[T]:
    """Do the parts of a job one after the other; what they answer. One that fails keeps none of the
    others from being done, and the whole fails at the end, to be tried again."""
    answers, failed = [], []
    for part in parts:
        try:
            answers.append(await part)
        except Exception as why:
            log.exception("a part of a job failed")
            failed.append(why)
    if failed:
        raise ExceptionGroup("parts of a job failed", failed)
    return answers


class Job(Table):
    """One piece of work. `due_at` is also the end of the lease of the worker that claimed it."""

    __tablename__ = "job"
    __table_args__ = (Index(None, "due_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(Text)
    body: Mapped[dict[str, Any]]
    dedupe: Mapped[str | None] = mapped_column(Text, unique=True)
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    claimed_by: Mapped[UUID | None]
    dead_at: Mapped[datetime | None]


Handler = Callable[[Mapping[str, Any]], Awaitable[None]]


async def enqueue(
    db: AsyncSession,
    name: str,
    body: dict[str, Any],
    *,
    due_at: datetime,
    dedupe: str | None = None,
) -> None:
    """Add a job to the caller's transaction; a second one with the same `dedupe` is dropped."""
    await enqueue_all(db, name, [(body, dedupe)], due_at=due_at)


async def enqueue_all(
    db: AsyncSession,
    name: str,
    several: Sequence[tuple[dict[str, Any], str | None]],
    *,
    due_at: datetime,
) -> None:
    """Add jobs of one kind, each a body and its `dedupe`, by one statement."""
    if not several:
        return
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    jobs = [
        {"id": uuid7(), "name": name, "body": body, "dedupe": key, "due_at": due_at, "attempts": 0}
        for body, key in several
    ]
    await db.execute(insert(Job).on_conflict_do_nothing(index_elements=["dedupe"]), jobs)
    db.info["enqueued"] = True


async def claim(
    sessions: async_sessionmaker[AsyncSession], now: datetime, *criteria: ColumnElement[bool]
) -> Job | None:
    """Take the oldest due job that meets `criteria` for the length of the lease."""
    waiting = select(Job.id).where(Job.due_at <= now, Job.dead_at.is_(None), *criteria)
    async with sessions() as db:
        if await db.scalar(waiting.limit(1)) is None:
            return None
        await begin_write(db)
        await _bury_spent(db, now)
        due = waiting.order_by(Job.due_at).limit(1).with_for_update(skip_locked=True)
        job = await db.scalar(
            update(Job)
            .where(Job.id == due.scalar_subquery())
            .values(
                claimed_by=uuid7(),
                due_at=now + LEASE,
                attempts=Job.attempts + 1,
                dedupe=case((Job.dedupe.startswith(WAITING), None), else_=Job.dedupe),
            )
            .returning(Job)
        )
        await end(db, commit=True)
        return job


async def _bury_spent(db: AsyncSession, now: datetime) -> None:
    """A job whose last lease ended without a word killed its workers: it is not tried again."""
    spent = await db.execute(
        update(Job)
        .where(Job.due_at <= now, Job.dead_at.is_(None), Job.attempts >= TRIES)
        .values(dead_at=now, claimed_by=None)
        .returning(Job.id, Job.name, Job.body)
    )
    for row in spent.all():
        await _mourn(db, row.id, row.name, row.body, now)


async def _mourn(
    db: AsyncSession, job_id: UUID, name: str, body: dict[str, Any], now: datetime
) -> None:
    """Say it loudly, and leave a last job to those who waited for this one."""
    log.error("job dead", extra={"job": name, "job_id": str(job_id)})
    if not name.endswith(GIVEN_UP):
        await enqueue(db, name + GIVEN_UP, body, due_at=now, dedupe=f"{GIVEN_UP}:{job_id}")


async def finish(sessions: async_sessionmaker[AsyncSession], job: Job) -> None:
    """Remove a job that is done, unless another worker has taken it over."""
    async with sessions() as db:
        await begin_write(db)
        await db.execute(delete(Job).where(Job.id == job.id, Job.claimed_by == job.claimed_by))
        await end(db, commit=True)


async def put_back(
    sessions: async_sessionmaker[AsyncSession],
    job: Job,
    now: datetime,
    why: BaseException | None = None,
) -> None:
    """Try again later, each time later; after 8 tries the job is dead and said loudly.

    The tries span more than two hours: a storage that is away for an hour kills no job. `why` may
    be `Postponed`, which names the moment, or `Hopeless`.
    """
    due_at = now + min(timedelta(seconds=4**job.attempts), LONGEST_WAIT)
    if isinstance(why, Postponed):
        due_at = why.until or due_at
    is_dead = job.attempts >= TRIES or isinstance(why, Hopeless)
    async with sessions() as db:
        await begin_write(db)
        if is_dead:
            await _mourn(db, job.id, job.name, job.body, now)
        await db.execute(
            update(Job)
            .where(Job.id == job.id, Job.claimed_by == job.claimed_by)
            .values(
                due_at=due_at,
                claimed_by=None,
                dead_at=now if is_dead else None,
            )
        )
        await end(db, commit=True)
