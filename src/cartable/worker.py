"""The worker: does the jobs, and each night what time alone must not do."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.elements import ColumnElement

from cartable import jobs
from cartable.accounts.actions import forget_old_devices
from cartable.accounts.rules import REMEMBERED, TICKETS_KEPT
from cartable.accounts.throttle import forget_old_guesses
from cartable.accounts.tickets import forget_old_tickets
from cartable.audit.checkpoints import EVERY
from cartable.audit.signing import sign_chains
from cartable.authorities.tables import Authority
from cartable.documents import jobs as document_jobs
from cartable.documents.actions.upload import INGEST
from cartable.documents.spool import remove_leftovers
from cartable.jobs import Job
from cartable.mail import jobs as mail_jobs
from cartable.mail.actions.deliver import forget_old_mail
from cartable.mail.actions.write import SEND
from cartable.mail.rules import MAIL_KEPT
from cartable.members import jobs as member_jobs
from cartable.members.actions.links import ASKED
from cartable.notifications import jobs as notification_jobs
from cartable.notifications.actions.announce import PUSH
from cartable.notifications.identity import make_identity
from cartable.personal import jobs as personal_jobs
from cartable.personal.actions.ask import ERASE
from cartable.runtime import Runtime
from cartable.sittings.actions.prepare import archive_sittings
from cartable.sync.actions import erase_deleted, purge_tombstones

log = logging.getLogger(__name__)

IDLE = 5.0
"""Seconds between two looks at the table when nothing wakes the worker."""

BETWEEN_LOOKS = 60.0
"""Seconds between two looks at how much the journal grew."""

_IS_PUSH = Job.name.startswith("notifications.")
_IS_MAIL = Job.name.startswith("mail.")
_IS_OURS = ~_IS_PUSH & ~_IS_MAIL
LANES = (_IS_OURS, _IS_OURS, _IS_PUSH, _IS_PUSH, _IS_MAIL, _IS_MAIL)
"""What each lane takes: a service that does not answer never keeps a piece from being read."""

LONGEST_UPLOAD = timedelta(days=1)
NIGHTLY = "worker.nightly"

Handler = Callable[[Runtime, Mapping[str, Any]], Awaitable[None]]


async def nightly(runtime: Runtime, _body: Mapping[str, Any]) -> None:
    """What leaves by age: old sittings, tombstones, devices signed out long ago, counts,
    and what killed processes left on the disk."""
    now = datetime.now(UTC)
    # First of all: a night that fails must not be the last one.
    async with runtime.writing() as db:
        await plan_night(db, now)
    async with runtime.reading() as db:
        authorities = list(await db.scalars(select(Authority.id)))
    await jobs.each(
        _forget(runtime, forget_old_devices, now - REMEMBERED),
        _forget(runtime, forget_old_guesses, now),
        _forget(runtime, forget_old_mail, now - MAIL_KEPT),
        _forget(runtime, forget_old_tickets, now - TICKETS_KEPT),
        asyncio.to_thread(remove_leftovers, runtime.settings.scratch, now - LONGEST_UPLOAD),
        *(_night_of(runtime, authority_id, now) for authority_id in authorities),
        personal_jobs.night(runtime, now),
        sign_chains(runtime, authorities, now),
    )


async def _forget(
    runtime: Runtime, old: Callable[[AsyncSession, datetime], Awaitable[None]], before: datetime
) -> None:
    async with runtime.writing() as db:
        await old(db, before)


async def _night_of(runtime: Runtime, authority_id: UUID, now: datetime) -> None:
    async with runtime.writing(authority_id) as db:
        await archive_sittings(db, authority_id, now)
    async with runtime.writing(authority_id) as db:
        await purge_tombstones(db, authority_id, now)
    await _erase(runtime, authority_id, now)


async def _erase(runtime: Runtime, authority_id: UUID, now: datetime) -> None:
    """In several deeds: members who write at night must not wait for long."""
    while True:
        async with runtime.writing() as db:
            if await erase_deleted(db, authority_id, now) == 0:
                return


async def plan_night(db: AsyncSession, now: datetime) -> None:
    """One nightly job, at 3 in the morning UTC."""
    night = (now + timedelta(days=1)).replace(hour=3, minute=0, second=0, microsecond=0)
    await jobs.enqueue(
        db, NIGHTLY, {}, due_at=night, dedupe=f"{NIGHTLY}:{night.date().isoformat()}"
    )


async def forget(_runtime: Runtime, _body: Mapping[str, Any]) -> None:
    """Nobody waited for the job that died."""


HANDLERS: dict[str, Handler] = {
    INGEST: document_jobs.ingest,
    INGEST + jobs.GIVEN_UP: document_jobs.give_up,
    PUSH: notification_jobs.deliver,
    PUSH + jobs.GIVEN_UP: forget,
    SEND: mail_jobs.deliver,
    SEND + jobs.GIVEN_UP: mail_jobs.give_up,
    ASKED: member_jobs.send_link,
    ASKED + jobs.GIVEN_UP: forget,
    ERASE: personal_jobs.erase,
    ERASE + jobs.GIVEN_UP: forget,
    NIGHTLY: nightly,
    NIGHTLY + jobs.GIVEN_UP: forget,
}


async def work(runtime: Runtime) -> None:
    """Do jobs until cancelled."""
    if not runtime.settings.smtp_host:
        folder = str(runtime.settings.mail_folder)
        log.warning("no mail server is set: messages are written to files", extra={"to": folder})
    async with asyncio.TaskGroup() as group:
        group.create_task(_first_night(runtime))
        group.create_task(_sign_what_grew(runtime))
        for lane in LANES:
            group.create_task(_lane(runtime, lane))


async def _first_night(runtime: Runtime) -> None:
    """What a first start makes; a database that is away then must not leave it without a worker."""
    while True:
        try:
            async with runtime.writing() as db:
                await plan_night(db, datetime.now(UTC))
            await make_identity(runtime)
        except Exception:
            log.exception("the first start could not be finished")
            await asyncio.sleep(IDLE)
        else:
            return


async def _sign_what_grew(runtime: Runtime) -> None:
    """Chains that grow fast do not wait for the night to be signed."""
    while True:
        try:
            async with runtime.reading() as db:
                authorities = list(await db.scalars(select(Authority.id)))
            await sign_chains(runtime, authorities, datetime.now(UTC), least=EVERY)
        except Exception:
            log.exception("the journal could not be signed")
        await asyncio.sleep(BETWEEN_LOOKS)


async def _lane(runtime: Runtime, lane: ColumnElement[bool]) -> None:
    while True:
        # Before the look: work committed after it must not be forgotten.
        rings = runtime.wake.rings
        try:
            is_idle = not await run_one(runtime, lane)
        except asyncio.CancelledError:
            raise
        except Exception:
            # The database is away: the next look may find it.
            log.exception("the worker could not look for jobs")
            is_idle = True
        if is_idle:
            with suppress(TimeoutError):
                await asyncio.wait_for(runtime.wake.after(rings), IDLE)


async def run_one(runtime: Runtime, *lane: ColumnElement[bool]) -> bool:
    """Do the oldest due job of a lane; whether there was one."""
    job = await jobs.claim(runtime.sessions, datetime.now(UTC), *lane)
    if job is None:
        return False
    try:
        await HANDLERS[job.name](runtime, job.body)
    except jobs.Postponed as why:
        await jobs.put_back(runtime.sessions, job, datetime.now(UTC), why)
    except Exception as why:
        log.exception("job failed", extra={"job": job.name, "attempt": job.attempts})
        await jobs.put_back(runtime.sessions, job, datetime.now(UTC), why)
    else:
        await jobs.finish(runtime.sessions, job)
    return True


async def drain(runtime: Runtime) -> None:
    """Do every due job, then stop: for tests and for building the demonstration."""
    while await run_one(runtime):
        pass
