"""Random histories with tablets beside them, and the one question asked of each: same view?"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy import event

from cartable.accounts.tables import Device
from cartable.actor import Person
from cartable.runtime import Runtime
from tests.sync.client import Tablet, View
from tests.sync.deeds import DEEDS, prelude
from tests.sync.reference import Truth
from tests.sync.world import Deed, World
from tests.sync.writings import WRITINGS

LENGTH = 40
"""Deeds tried in one history; about half are accepted."""


class Violation(AssertionError):
    """A tablet does not show what a fresh one would."""


def two_tablets(world: World, *, sweeps: bool = True, checks_cursor: bool = True) -> list[Tablet]:
    """One that is often asked and one that sleeps, with small pages."""
    draw = world.chance.choice
    return [
        Tablet(draw([1, 3, 7, 20]), "often", 0.0, sweeps, checks_cursor),
        Tablet(draw([3, 7, 500]), "sleepy", 0.85, sweeps, checks_cursor),
    ]


async def history(
    runtime: Runtime,
    seed: int,
    *,
    length: int = LENGTH,
    sweeps: bool = True,
    checks_cursor: bool = True,
    concerned: tuple[str, ...] = (),
) -> int:
    """Live one history; how many comparisons were made. `concerned` deeds are drawn more often.

    Raises:
        Violation
    """
    world = await World(runtime, seed).found()
    tablets = {
        name: two_tablets(world, sweeps=sweeps, checks_cursor=checks_cursor)
        for name in world.people
    }
    await prelude(world)
    compared = await _compare(world, tablets, is_last=True)
    deeds = _weights(concerned)
    for number in range(length):
        await world.step(deeds)
        if world.chance.random() < (0.2 if "restore" in concerned else 0.0 if concerned else 0.02):
            await world.restore()
        await _some_pages(world, tablets)
        if world.chance.random() < (0.3 if concerned else 0.12) or number == length - 1:
            compared += await _compare(world, tablets, is_last=number == length - 1)
    return compared


def _weights(concerned: tuple[str, ...]) -> dict[Deed, int]:
    """All deeds as they come, or some of them more often and without the deeds that would hide a
    forgotten bump, as after them everybody scans again."""
    if not concerned:
        return DEEDS | WRITINGS
    hiding = ("put_in_camera", "delete_sitting", "archive", "purge")
    return {
        deed: weight * (6 if deed.__name__ in concerned else deed.__name__ not in hiding)
        for deed, weight in (DEEDS | WRITINGS).items()
    }


async def _some_pages(world: World, tablets: dict[str, list[Tablet]]) -> None:
    """A page here and there, so that scans pause in their middle; an answer comes late or twice."""
    for name in world.chance.sample(list(tablets), 2):
        tablet = world.chance.choice(tablets[name])
        if world.chance.random() < tablet.sleepiness:
            continue
        person = await _person(world, name)
        await tablet.pull(world.runtime, person, world.authority_id, world.now)
        if tablet.late and world.chance.random() < 0.3:
            tablet.apply(world.chance.choice(tablet.late))


async def _compare(world: World, tablets: dict[str, list[Tablet]], *, is_last: bool) -> int:
    async with world.runtime.reading() as db:
        truth = await Truth(db, world.authority_id, world.runtime.master_key).load()
        expected = {name: truth.view(member) for name, member in world.members.items()}
    compared = 0
    for name, several in tablets.items():
        person = await _person(world, name)
        if is_last or world.chance.random() < 0.3:
            fresh = Tablet(500, "fresh")
            await fresh.catch_up(world.runtime, person, world.authority_id, world.now)
            _same(world, name, fresh, expected[name])
        for tablet in several:
            if not is_last and world.chance.random() < tablet.sleepiness:
                continue
            late = list(tablet.late)
            await tablet.catch_up(world.runtime, person, world.authority_id, world.now)
            _same(world, name, tablet, expected[name])
            # An answer that arrives after all the others changes nothing.
            for answer in late:
                tablet.apply(answer)
            _same(world, name, tablet, expected[name])
            compared += 1
    return compared


async def _person(world: World, name: str) -> Person:
    """The person, signed in again when a membership that ended has been opened again."""
    async with world.runtime.reading() as db:
        device = await db.get_one(Device, world.people[name].device_id)
        is_ended = (await world.actor(db, name)).is_ended
    if device.signed_out_at is not None and not is_ended:
        await world.sign_in(name)
    return world.people[name]


def _same(world: World, name: str, tablet: Tablet, expected: View) -> None:
    view = tablet.view
    if view == expected:
        return
    missing = sorted(f"{k}" for k, _ in expected.keys() - view.keys())
    extra = sorted(f"{k}" for k, _ in view.keys() - expected.keys())
    changed = sorted(k for k, i in view.keys() & expected.keys() if view[k, i] != expected[k, i])
    raise Violation(
        f"{name}'s {tablet.name} tablet (pages of {tablet.limit}): missing {missing}, too many "
        f"{extra}, stale {changed}; last deeds {world.told[-8:]}"
    )


@asynccontextmanager
async def without_fsync(runtime: Runtime) -> AsyncIterator[Runtime]:
    """SQLite need not survive a power cut while it is questioned."""

    def hurry(connection: object, _record: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute("PRAGMA synchronous=OFF")
        cursor.close()

    if runtime.settings.is_sqlite:
        await runtime.engine.dispose()
        event.listen(runtime.engine.sync_engine, "connect", hurry)
    yield runtime
