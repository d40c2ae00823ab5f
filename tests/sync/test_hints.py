"""Hints: who hears of a commit, who does not, and what a stream costs."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.authorities.actions import authority_write, hint_only
from cartable.authorities.tables import AuthorityHead
from cartable.bus import STREAMS_OF_DEVICE, Bus, Hint, Listener
from cartable.runtime import Runtime, open_runtime
from cartable.settings import Settings
from cartable.sync import hints
from tests.cast import Cast
from tests.desk import code
from tests.sync.streams import SOON, reading, until
from tests.world import World, good

pytestmark = pytest.mark.anyio


async def _head(runtime: Runtime, authority_id: UUID) -> int:
    async with runtime.reading() as db:
        head = await db.get_one(AuthorityHead, authority_id)
        return head.seq


async def _write(runtime: Runtime, authority_id: UUID, only: UUID | None = None) -> int:
    """A deed that changes nothing but the number line."""
    async with runtime.writing() as db:
        seq = await authority_write(db, authority_id)
        if only is not None:
            hint_only(db, only)
    return seq


async def _account(person: Any) -> UUID:
    return UUID(good(await person.get("/api/me"))["account"]["id"])


def _world(cast: Cast) -> World:
    return World(cast, cast.town, cast.claire, cast.ines)


async def test_a_stream_begins_with_the_heads_then_tells_each_commit(
    app: Any, cast: Cast, runtime: Runtime
) -> None:
    async with (
        reading(app, cast.paul) as paul,
        reading(app, cast.alice) as alice,
        reading(app, cast.daniel) as daniel,
    ):
        assert paul.status == 200
        assert paul.headers["content-type"] == "text/event-stream; charset=utf-8"
        assert paul.headers["cache-control"] == "no-store"
        assert paul.headers["x-accel-buffering"] == "no"
        assert (await paul.block()).startswith("retry: ")
        here = await _head(runtime, cast.town.id)
        there = await _head(runtime, cast.other.id)
        assert await paul.heads(2) == {cast.town.id: here, cast.other.id: there}
        assert await alice.heads(1) == {cast.town.id: here}
        assert await daniel.heads(1) == {cast.other.id: there}
        await _world(cast).sitting()
        assert await alice.hint() == (cast.town.id, here + 1)
        assert await paul.hint() == (cast.town.id, here + 1)
        await daniel.nothing()
        theirs = World(cast, cast.other, cast.carla, cast.irma)
        await theirs.sitting()
        assert await paul.hint() == (cast.other.id, there + 1)
        assert await daniel.hint() == (cast.other.id, there + 1)
        await alice.nothing()


async def test_what_is_not_committed_is_not_told(
    app: Any, cast: Cast, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = cast.town.id
    async with reading(app, cast.alice) as alice:
        head = (await alice.heads(1))[town]
        with monkeypatch.context() as patch:
            patch.setattr(AsyncSession, "commit", _no_disk)
            with pytest.raises(OSError, match="no disk"):
                await _write(runtime, town)
        # Refused once the number was taken: the agenda is empty.
        draft = await _world(cast).sitting()
        assert await alice.hint() == (town, head + 1)
        refused = await cast.claire.post(f"{cast.town.path}/sittings/{draft}/convene")
        assert code(refused) == (409, "agenda_empty")
        await alice.nothing()
        assert await _write(runtime, town) == head + 2
        assert await alice.hint() == (town, head + 2)


async def _no_disk(_session: Any) -> None:
    raise OSError("no disk")


async def test_private_writes_are_told_to_their_author_alone(
    app: Any, cast: Cast, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hints, "NET_EVERY", 0.1)
    town, alice_id = cast.town.id, await _account(cast.alice)
    second = await cast.sign_in("alice@staubin.example")
    async with (
        hints.netted(runtime),
        reading(app, cast.alice) as alice,
        reading(app, second) as tablet,
        reading(app, cast.bruno) as bruno,
        reading(app, cast.claire) as claire,
    ):
        head = (await alice.heads(1))[town]
        for reader in (tablet, bruno, claire):
            await reader.heads(1)
        assert await _write(runtime, town, alice_id) == head + 1
        for reader in (alice, tablet):
            assert await reader.hint() == (town, head + 1)
        # The net looks several times meanwhile: what was heard is not lost.
        for reader in (bruno, claire):
            await reader.nothing()
        # The mark is of one transaction: the next one is for everybody.
        await _write(runtime, town)
        for reader in (alice, tablet, bruno, claire):
            assert await reader.hint() == (town, head + 2)


async def test_a_deed_of_several_numbers_leaves_no_hole(
    app: Any, cast: Cast, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hints, "NET_EVERY", 0.1)
    town, alice_id = cast.town.id, await _account(cast.alice)
    async with hints.netted(runtime), reading(app, cast.bruno) as bruno:
        await bruno.heads(1)
        async with runtime.writing() as db:
            for _ in range(3):
                await authority_write(db, town)
            hint_only(db, alice_id)
        await bruno.nothing()


async def test_the_net_finds_what_another_process_wrote(
    app: Any, cast: Cast, settings: Settings, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hints, "NET_EVERY", 0.1)
    async with hints.netted(runtime), reading(app, cast.alice) as alice:
        head = (await alice.heads(1))[cast.town.id]
        async with open_runtime(settings) as elsewhere:
            await _write(elsewhere, cast.town.id)
        assert await alice.hint() == (cast.town.id, head + 1)
        await alice.nothing()


async def test_a_net_that_cannot_be_thrown_is_thrown_again(
    app: Any, cast: Cast, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hints, "NET_EVERY", 0.05)
    tried = []

    async def away(*_: Any) -> Any:
        tried.append(1)
        if len(tried) < 3:
            raise OSError
        return {cast.town.id: 10_000}

    monkeypatch.setattr(hints, "_read_heads", away)
    async with hints.netted(runtime), reading(app, cast.alice) as alice:
        await alice.heads(1)
        assert await alice.hint() == (cast.town.id, 10_000)


async def test_nobody_looks_at_heads_that_nobody_follows(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hints, "NET_EVERY", 0.01)

    async def must_not(*_: Any) -> Any:
        raise AssertionError

    monkeypatch.setattr(runtime.bus, "check", must_not)
    monkeypatch.setattr(hints, "_read_heads", must_not)
    async with hints.netted(runtime):
        await asyncio.sleep(0.1)


async def test_what_the_worker_writes_is_told(app: Any, cast: Cast, do_jobs: Any) -> None:
    world = _world(cast)
    await world.document()
    async with reading(app, cast.alice) as alice:
        head = (await alice.heads(1))[cast.town.id]
        await do_jobs()
        authority, seq = await alice.hint()
        assert (authority, seq > head) == (cast.town.id, True)


async def test_who_may_follow(app: Any, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hints, "OPEN_FOR", 0)  # whoever is wrongly let in is not kept
    alice, bruno = await _account(cast.alice), await _account(cast.bruno)
    async with reading(app, cast.alice, f"account={alice}") as reader:
        await reader.heads(1)
    path = "/api/sync/hints"
    assert code(await cast.alice.get(f"{path}?account={bruno}")) == (401, "another_account")
    assert code(await cast.alice.get(f"{path}?account=x")) == (422, "invalid_input")
    assert code(await cast.browser().get(path)) == (401, "not_signed_in")
    good(await cast.bruno.post("/api/sign-out"))
    assert code(await cast.bruno.get(path)) == (401, "not_signed_in")


async def test_a_stream_beats_and_ends_by_itself(
    app: Any, cast: Cast, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hints, "BEAT", 0.05)
    monkeypatch.setattr(hints, "PAUSE", 0.01)
    monkeypatch.setattr(hints, "OPEN_FOR", 0.5)
    async with reading(app, cast.alice) as alice:
        await alice.heads(1)
        for _ in range(3):
            assert await alice.block() == ":"
        await alice.ends()
    assert runtime.bus.followed == []


async def test_a_reader_that_leaves_leaves_nothing_behind(
    app: Any, cast: Cast, runtime: Runtime
) -> None:
    async with reading(app, cast.alice):
        assert runtime.bus.followed == [cast.town.id]
    assert runtime.bus.followed == []
    assert vars(runtime.bus)["_devices"] == {}


async def test_the_newest_streams_of_a_device_stay(app: Any, cast: Cast, runtime: Runtime) -> None:
    other = await cast.sign_in("alice@staubin.example")
    async with AsyncExitStack() as stack:
        on_the_other = await stack.enter_async_context(reading(app, other))
        readers = [
            await stack.enter_async_context(reading(app, cast.alice))
            for _ in range(STREAMS_OF_DEVICE + 2)
        ]
        for reader in readers[:2]:
            await reader.ends()
            assert reader.body.endswith(b"retry: 60000\n\n"), "it comes back later than others"
        for reader in [*readers[2:], on_the_other]:
            assert not reader.over.is_set()
            await reader.heads(1)
        await _write(runtime, cast.town.id)
        for reader in [*readers[2:], on_the_other]:
            await reader.hint()


async def test_a_reader_that_sleeps_costs_one_number(
    app: Any, cast: Cast, runtime: Runtime
) -> None:
    async with reading(app, cast.alice) as alice:
        head = (await alice.heads(1))[cast.town.id]
        alice.takes.clear()
        for seq in range(head + 1, head + 2001):
            runtime.bus.publish(Hint(cast.town.id, seq, seq))
            if seq % 500 == 0:
                await asyncio.sleep(0)
        alice.takes.set()
        told = [await alice.hint()]
        while told[-1][1] < head + 2000:
            told.append(await alice.hint())
        assert len(told) <= 2


async def test_a_reader_that_never_wakes_is_left(
    app: Any, cast: Cast, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with reading(app, cast.alice) as alice:
        head = (await alice.heads(1))[cast.town.id]
        monkeypatch.setattr(hints, "STUCK", 0.1)
        alice.takes.clear()
        runtime.bus.publish(Hint(cast.town.id, head + 1, head + 1))
        await until(lambda: not runtime.bus.followed)


async def test_streams_hold_no_connection(
    app: Any, cast: Cast, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """60 readers on a pool of 10, and the routes answer as ever."""
    monkeypatch.setattr("cartable.bus.STREAMS_OF_DEVICE", 60)
    async with AsyncExitStack() as stack:
        for _ in range(60):
            await stack.enter_async_context(reading(app, cast.alice))
        pool: Any = runtime.engine.pool
        assert pool.checkedout() == 0
        async with asyncio.timeout(SOON):
            answers = await asyncio.gather(*(cast.bruno.get("/api/me") for _ in range(30)))
        assert {answer.status_code for answer in answers} == {200}
        await _world(cast).sitting()


async def test_the_streams_end_when_the_server_stops(
    app: Any, cast: Cast, runtime: Runtime
) -> None:
    async with reading(app, cast.alice) as alice, reading(app, cast.daniel) as daniel:
        runtime.bus.close()
        await alice.ends()
        await daniel.ends()
        async with reading(app, cast.bruno) as late:
            await late.ends()


async def test_a_membership_that_begins_is_followed_at_the_next_stream(
    app: Any, cast: Cast, runtime: Runtime
) -> None:
    async with runtime.reading() as db:
        authorities = (await db.scalars(select(AuthorityHead.authority_id))).all()
    async with reading(app, cast.daniel) as daniel:
        assert set(await daniel.heads(1)) == set(authorities) - {cast.town.id}


def _listener(*heads: tuple[UUID, int], account: UUID | None = None) -> Listener:
    return Listener(account or uuid4(), uuid4(), dict(heads))


async def test_hints_out_of_order_are_no_hole_and_holes_are_found() -> None:
    bus, town = Bus(), uuid4()
    one = _listener((town, 10))
    with bus.listening(one):
        for first, seq in ((12, 12), (14, 15), (11, 11), (13, 13)):
            bus.hear(Hint(town, first, seq))
        assert await one.wait(0) == {town: 15}
        bus.check({town: 15})
        assert await one.wait(0) == {}, "nothing was missed"
        bus.hear(Hint(town, 17, 17))
        assert await one.wait(0) == {town: 17}
        bus.check({town: 17})
        assert await one.wait(0) == {town: 17}, "16 was missed: everybody is told"
        bus.check({town: 17})
        assert await one.wait(0) == {}


async def test_what_was_committed_while_a_stream_opened_is_told() -> None:
    bus, town = Bus(), uuid4()
    first, second = _listener((town, 10)), _listener((town, 10))
    with bus.listening(first):
        bus.hear(Hint(town, 11, 11))
        with bus.listening(second):
            assert await second.wait(0) == {town: 11}


async def test_the_hints_of_this_process_alone_go_out() -> None:
    bus, town = Bus(), uuid4()
    given: list[Hint] = []
    bus.outlet = given.append
    bus.hear(Hint(town, 1, 1))
    assert given == []
    bus.publish(Hint(town, 2, 2))
    assert given == [Hint(town, 2, 2)]
