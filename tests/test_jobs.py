"""Background work: claimed once, tried again later and later, dead after 8 tries, never lost."""

import asyncio
import os
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select

from cartable import jobs, worker
from cartable.authorities.actions import create_authority
from cartable.authorities.tables import AuthorityHead
from cartable.jobs import GIVEN_UP, LEASE, TRIES, Job, claim, enqueue, finish, put_back
from cartable.runtime import Runtime

pytestmark = pytest.mark.anyio
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


async def _add(runtime: Runtime, count: int = 1, **options: Any) -> None:
    async with runtime.writing() as db:
        for number in range(count):
            due_at = options.get("due_at", NOW)
            dedupe = options.get("dedupe")
            await enqueue(db, "test", {"number": number}, due_at=due_at, dedupe=dedupe)


async def _rows(runtime: Runtime) -> list[Job]:
    async with runtime.reading() as db:
        return list(await db.scalars(select(Job).order_by(Job.id)))


async def _row(runtime: Runtime, job_id: UUID) -> Job:
    async with runtime.reading() as db:
        return await db.get_one(Job, job_id)


async def test_each_job_is_claimed_once_by_many_workers(runtime: Runtime) -> None:
    await _add(runtime, 30)
    taken: list[Any] = []

    async def work() -> None:
        while (job := await claim(runtime.sessions, NOW)) is not None:
            taken.append(job.id)
            await asyncio.sleep(0)

    await asyncio.gather(*(work() for _ in range(6)))
    assert len(taken) == 30
    assert len(set(taken)) == 30


async def test_the_oldest_due_job_comes_first_and_none_before_its_time(runtime: Runtime) -> None:
    await _add(runtime, due_at=NOW + timedelta(seconds=1))
    await _add(runtime, due_at=NOW - timedelta(hours=1))
    first = await claim(runtime.sessions, NOW)
    assert first is not None
    assert first.due_at == NOW + LEASE
    assert await claim(runtime.sessions, NOW) is None
    assert await claim(runtime.sessions, NOW + timedelta(seconds=1)) is not None


async def test_a_lease_that_ends_gives_the_job_to_another(runtime: Runtime) -> None:
    await _add(runtime)
    lost = await claim(runtime.sessions, NOW)
    assert lost is not None
    assert await claim(runtime.sessions, NOW + LEASE - timedelta(seconds=1)) is None
    again = await claim(runtime.sessions, NOW + LEASE)
    assert again is not None
    assert again.id == lost.id
    assert again.attempts == 2
    # The first worker was only slow: what it says no longer counts.
    await finish(runtime.sessions, lost)
    await put_back(runtime.sessions, lost, NOW)
    (row,) = await _rows(runtime)
    assert row.claimed_by == again.claimed_by
    await finish(runtime.sessions, again)
    assert await _rows(runtime) == []


async def test_tries_come_later_and_later_then_the_job_is_dead(
    runtime: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    await _add(runtime)
    now, waits = NOW, []
    for attempt in range(1, TRIES + 1):
        job = await claim(runtime.sessions, now)
        assert job is not None
        assert job.attempts == attempt
        await put_back(runtime.sessions, job, now)
        row = await _row(runtime, job.id)
        waits.append(row.due_at - now)
        now = row.due_at
    assert waits == sorted(waits)
    assert sum(waits, timedelta()) > timedelta(hours=1), "a server may be away for an hour"
    assert (await _row(runtime, job.id)).dead_at is not None
    assert "job dead" in caplog.text
    last = await claim(runtime.sessions, now + timedelta(days=9))
    assert last is not None
    assert (last.name, last.body) == (job.name + GIVEN_UP, job.body), "those who wait are told"
    await finish(runtime.sessions, last)
    assert await claim(runtime.sessions, now + timedelta(days=9)) is None


async def test_a_job_that_kills_its_worker_each_time_is_dead_too(
    runtime: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    await _add(runtime)
    now = NOW
    for _ in range(TRIES):
        job = await claim(runtime.sessions, now)
        assert job is not None
        now += LEASE
    last = await claim(runtime.sessions, now)
    assert last is not None
    assert last.name == job.name + GIVEN_UP
    assert (await _row(runtime, job.id)).dead_at is not None
    assert "job dead" in caplog.text


async def test_the_same_job_twice_is_one(runtime: Runtime) -> None:
    await _add(runtime, dedupe="once")
    await _add(runtime, dedupe="once")
    await _add(runtime, dedupe="other")
    assert len(await _rows(runtime)) == 2


async def test_a_deed_that_is_undone_leaves_no_job(runtime: Runtime) -> None:
    rings = runtime.wake.rings

    async def undone() -> None:
        async with runtime.writing() as db:
            await create_authority(db, name="Ville", kind="commune")
            await enqueue(db, "test", {}, due_at=NOW)
            raise RuntimeError("undone")

    with pytest.raises(RuntimeError, match="undone"):
        await undone()
    assert await _rows(runtime) == []
    assert runtime.wake.rings == rings
    await _add(runtime)
    assert runtime.wake.rings > rings


async def test_a_failing_job_is_kept_and_others_are_done(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: Counter[int] = Counter()

    async def handler(_runtime: Runtime, body: Any) -> None:
        if body["number"] == 1:
            raise OSError("the storage is away")
        done[body["number"]] += 1

    monkeypatch.setitem(worker.HANDLERS, "test", handler)
    await _add(runtime, 3)
    await worker.drain(runtime)
    assert done == {0: 1, 2: 1}
    (kept,) = await _rows(runtime)
    assert kept.claimed_by is None
    assert kept.due_at > datetime.now(UTC)


async def test_a_job_nobody_knows_does_not_stop_the_worker(runtime: Runtime) -> None:
    async with runtime.writing() as db:
        await enqueue(db, "from the future", {}, due_at=NOW)
    assert await worker.run_one(runtime)
    assert len(await _rows(runtime)) == 1


async def test_work_starts_as_soon_as_it_is_committed(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    done = asyncio.Event()

    async def handler(_runtime: Runtime, _body: Any) -> None:
        done.set()

    monkeypatch.setitem(worker.HANDLERS, "test", handler)
    monkeypatch.setattr(worker, "IDLE", 60.0)
    task = asyncio.create_task(worker.work(runtime))
    for _ in range(5):
        await asyncio.sleep(0.05)
        done.clear()
        await _add(runtime)
        await asyncio.wait_for(done.wait(), 10)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_database_away_at_the_start_leaves_a_worker(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = 0
    plan = worker.plan_night

    async def away_at_first(*args: Any) -> None:
        nonlocal tries
        tries += 1
        if tries < 3:
            raise ConnectionError("the database is away")
        await plan(*args)

    monkeypatch.setattr(worker, "plan_night", away_at_first)
    monkeypatch.setattr(worker, "IDLE", 0.02)
    task = asyncio.create_task(worker.work(runtime))
    for _ in range(200):
        await asyncio.sleep(0.05)
        if await _rows(runtime):
            break
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert tries == 3
    assert [row.name for row in await _rows(runtime)] == [worker.NIGHTLY]


async def test_the_night_is_planned_again_even_when_it_fails(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_args: Any) -> None:
        raise OSError("the database is away")

    monkeypatch.setattr(worker, "forget_old_guesses", fails)
    with pytest.raises(ExceptionGroup, match="parts of a job"):
        await worker.nightly(runtime, {})
    with pytest.raises(ExceptionGroup, match="parts of a job"):
        await worker.nightly(runtime, {})
    async with runtime.reading() as db:
        asked = select(func.count()).select_from(Job).where(Job.name == worker.NIGHTLY)
        assert await db.scalar(asked) == 1
    (row,) = await _rows(runtime)
    assert row.due_at.hour == 3
    assert timedelta() < row.due_at - datetime.now(UTC) < timedelta(days=2)


async def test_a_quiet_night_gives_no_number_and_clears_what_was_left(runtime: Runtime) -> None:
    async with runtime.writing() as db:
        authority = await create_authority(db, name="Saint-Aubin", kind="commune")
    scratch = runtime.settings.scratch
    (scratch / "ingest-old").mkdir(parents=True)
    old, young = scratch / "upload-old", scratch / "upload-young"
    for path in (old, young, scratch / "ingest-old" / "source.pdf"):
        path.write_bytes(b"%PDF-")
    long_ago = (datetime.now(UTC) - 2 * worker.LONGEST_UPLOAD).timestamp()
    for path in (old, scratch / "ingest-old"):
        os.utime(path, (long_ago, long_ago))
    await worker.nightly(runtime, {})
    assert list(scratch.iterdir()) == [young]
    async with runtime.reading() as db:
        assert (await db.get_one(AuthorityHead, authority.id)).seq == 1


async def test_names_of_jobs_have_handlers() -> None:
    names = {
        "documents.ingest_version", "mail.send", "members.link_asked", "notifications.push",
        "personal.erase", "worker.nightly",
    }  # fmt: skip
    assert set(worker.HANDLERS) == names | {name + GIVEN_UP for name in names}
    assert jobs.TRIES == 8
