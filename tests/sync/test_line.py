"""The number line under many writers: nothing lost, commit order is number order."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from cartable.authorities import actions as authorities
from cartable.authorities.actions import authority_write, create_authority
from cartable.authorities.tables import AuthorityHead
from cartable.database import begin_write
from cartable.errors import NotFound
from cartable.members.actions import enter as entrance
from cartable.runtime import Runtime
from cartable.sittings.actions import prepare
from cartable.sittings.shapes import NewSitting
from cartable.sittings.tables import Sitting
from cartable.tenancy import bind
from tests.sync.client import Tablet
from tests.sync.histories import without_fsync
from tests.sync.world import World

pytestmark = pytest.mark.anyio
DEEDS = 40
WRITERS = 8


class Broken(AssertionError):
    """The line does not hold."""


async def _write(world: World, shares: list[int], errors: list[BaseException]) -> None:
    for number in shares:
        when = (world.now + timedelta(days=1 + number)).strftime("%Y-%m-%dT18:30")
        new = NewSitting(assembly_id=world.assemblies[0], starts_at=when, place=str(number))
        try:
            async with world.runtime.writing() as db:
                await prepare.create_sitting(db, await world.actor(db, "claire"), new)
                await asyncio.sleep(world.chance.random() * 0.01)
        except Exception as error:
            errors.append(error)


async def _read(world: World, tablet: Tablet, stop: asyncio.Event) -> None:
    while not stop.is_set():
        await tablet.pull(world.runtime, world.people["claire"], world.authority_id, world.now)
        await asyncio.sleep(0)


async def _crowd(runtime: Runtime) -> None:
    """Many writers, one reader that pulls all the time.

    Raises:
        Broken
    """
    world = await World(runtime, 1).found()
    tablets = [Tablet(1), Tablet(500)]
    stop, errors = asyncio.Event(), []  # type: ignore[var-annotated]
    readers = [asyncio.create_task(_read(world, tablet, stop)) for tablet in tablets]
    shares = [list(range(n, DEEDS, WRITERS)) for n in range(WRITERS)]
    await asyncio.gather(*(_write(world, share, errors) for share in shares))
    stop.set()
    await asyncio.gather(*readers)
    if errors:
        raise Broken(f"{len(errors)} deeds failed: {errors[0]!r}")
    async with runtime.reading() as db:
        ours = Sitting.authority_id == world.authority_id
        numbers = list(await db.scalars(select(Sitting.seq).where(ours)))
        head = await db.get_one(AuthorityHead, world.authority_id)
    if len(numbers) != DEEDS or len(set(numbers)) != DEEDS:
        raise Broken(f"{len(set(numbers))} numbers for {len(numbers)} sittings")
    if head.seq < max(numbers):
        raise Broken("the head is behind its rows")
    for tablet in tablets:
        person = world.people["claire"]
        await tablet.catch_up(runtime, person, world.authority_id, world.now)
        seen = sum(kind == "sitting" for kind, _ in tablet.view)
        if seen != DEEDS:
            raise Broken(f"a tablet saw {seen} sittings of {DEEDS}")


async def test_forty_deeds_at_once_lose_nothing(runtime: Runtime) -> None:
    async with without_fsync(runtime):
        for _ in range(2):
            await _crowd(runtime)


async def test_numbers_taken_outside_the_lock_are_found(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def defective(db: Any, authority_id: Any) -> int:
        """A sequence: the number is taken and committed before the deed's own transaction."""
        async with runtime.sessions() as apart:
            await begin_write(apart)
            await bind(apart, authority_id)
            seq = await apart.scalar(
                update(AuthorityHead)
                .where(AuthorityHead.authority_id == authority_id)
                .values(seq=AuthorityHead.seq + 1)
                .returning(AuthorityHead.seq)
            )
            await apart.commit()
        await asyncio.sleep(0.01)
        await begin_write(db)
        await bind(db, authority_id)
        assert seq is not None
        return int(seq)

    @asynccontextmanager
    async def not_writing() -> AsyncIterator[Any]:
        async with runtime.sessions() as db:
            yield db
            await db.commit()

    real = _write

    async def write(world: World, shares: list[int], errors: list[BaseException]) -> None:
        object.__setattr__(runtime, "writing", not_writing)
        await real(world, shares, errors)

    async with without_fsync(runtime):
        for attempt in range(8):
            with monkeypatch.context() as patch:
                world_is_made_well = vars(type(runtime))["writing"].__get__(runtime)
                patch.setitem(globals(), "_write", write)
                patch.setattr(entrance, "authority_write", _once_founded(defective))
                try:
                    await _crowd(runtime)
                except Broken:
                    return
                finally:
                    object.__setattr__(runtime, "writing", world_is_made_well)
            assert attempt < 7, "the crowd is blind"


def _once_founded(defective: Any) -> Any:
    """The defect waits until the town has its people, made inside plain write transactions."""

    async def chosen(db: Any, authority_id: Any) -> int:
        if db.info.get("writing"):
            return await authorities.authority_write(db, authority_id)
        seq: int = await defective(db, authority_id)
        return seq

    return chosen


async def test_one_transaction_never_takes_two_heads(runtime: Runtime) -> None:
    async with runtime.writing() as db:
        one = await create_authority(db, name="Ville", kind="commune")
    async with runtime.writing() as db:
        two = await create_authority(db, name="Autre", kind="commune")

    async def both() -> None:
        async with runtime.writing() as db:
            await authority_write(db, one.id)
            await authority_write(db, two.id)

    with pytest.raises(RuntimeError, match="two heads"):
        await both()
    async with runtime.reading() as db:
        assert (await db.scalar(select(func.max(AuthorityHead.seq)))) == 1, "both were undone"
    async with runtime.writing() as db:
        assert await authority_write(db, one.id) == 2
    async with runtime.writing() as db:
        with pytest.raises(NotFound):
            await authority_write(db, prepare.uuid7())


@pytest.mark.postgresql  # SQLite has one writer in all
async def test_authorities_do_not_wait_for_each_other(runtime: Runtime) -> None:
    async with runtime.writing() as db:
        one = await create_authority(db, name="Ville", kind="commune")
    async with runtime.writing() as db:
        two = await create_authority(db, name="Autre", kind="commune")
    async with runtime.writing() as held:
        await authority_write(held, one.id)
        begin = time.monotonic()
        async with runtime.writing() as db:
            await authority_write(db, two.id)
        assert time.monotonic() - begin < 5

        async def same() -> None:
            async with runtime.writing() as db:
                await authority_write(db, one.id)

        waiting = asyncio.create_task(same())
        done, _ = await asyncio.wait([waiting], timeout=0.5)
        assert not done, "a second writer of the same authority waits for the first"
    await asyncio.wait_for(waiting, 20)
