"""From the outbox to the device: every answer of a push service, and who is told no more."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import delete, func, select, update

from cartable import jobs, worker
from cartable.accounts.tables import Device
from cartable.audit.tables import AuditEvent
from cartable.authorities.tables import Authority
from cartable.jobs import Job
from cartable.keys import ServerSecret
from cartable.notifications.actions.announce import announce
from cartable.notifications.actions.deliver import Line, deliver, open_post
from cartable.notifications.identity import NAME, make_identity, open_identity
from cartable.notifications.tables import PushSubscription
from cartable.runtime import Runtime, open_runtime
from tests.cast import Cast
from tests.notifications.push_service import PushService
from tests.notifications.town import Tablet, called, lines, send, wants
from tests.world import World, good

pytestmark = pytest.mark.anyio


@pytest.fixture
def world(cast: Cast) -> World:
    """Saint-Aubin."""
    return World(cast, cast.town, cast.claire, cast.ines)


@pytest.fixture
async def tablet(cast: Cast, service: PushService) -> Tablet:
    """Alice's, the only one that asked."""
    return await Tablet(cast.alice, "alice", service).subscribe()


@pytest.fixture
async def sitting(tablet: Tablet, world: World, do_jobs: Any) -> str:
    """Called: a line for Alice's tablet is in the outbox."""
    return (await called(world, do_jobs))[0]


async def _subscriptions(runtime: Runtime) -> int:
    async with runtime.reading() as db:
        return int(await db.scalar(select(func.count(PushSubscription.id))) or 0)


async def _is_subscribed(cast: Cast) -> bool:
    return bool(good(await cast.alice.get("/api/notifications"))["is_subscribed"])


async def test_what_is_sent(tablet: Tablet, sitting: str, runtime: Runtime) -> None:
    await send(runtime)
    (request,) = tablet.service.received
    assert request.headers["content-encoding"] == "aes128gcm"
    assert request.headers["urgency"] == "normal"
    assert 6 * 86_400 < int(request.headers["ttl"]) <= 8 * 86_400, "until the sitting begins"
    assert len(request.headers["topic"]) == 32
    assert sitting not in str(request.headers)
    (message,) = tablet.heard
    assert message["web_push"] == 8030
    said = {name: message["notification"][name] for name in ("title", "body", "lang")}
    assert said == {"title": "Cartable", "body": "Une mise à jour vous attend.", "lang": "fr"}
    assert len(tablet.keys.plain(request.body)) % 1024 == 0, "its size says nothing"


@pytest.mark.parametrize("status", [404, 410])
async def test_a_subscription_that_is_gone_is_removed(
    status: int, tablet: Tablet, sitting: str, runtime: Runtime, cast: Cast
) -> None:
    tablet.service.answers = [(status, {})]
    await send(runtime)
    assert not await _is_subscribed(cast)
    assert await lines(runtime) == await lines(runtime, dead=True) == []


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_a_busy_service_is_called_again_when_it_says(
    status: int, tablet: Tablet, sitting: str, runtime: Runtime
) -> None:
    tablet.service.answers = [(status, {"retry-after": "600"}), (status, {})]
    await send(runtime)
    (line,) = await lines(runtime)
    wait = line.due_at - datetime.now(UTC)
    assert timedelta(seconds=590) < wait <= timedelta(seconds=600)
    await send(runtime)
    (line,) = await lines(runtime)
    assert timedelta() < line.due_at - datetime.now(UTC) <= timedelta(seconds=16), "of our own"
    assert line.attempts == 2
    await send(runtime)
    assert await lines(runtime) == []
    topics = {one.headers["topic"] for one in tablet.service.received}
    assert (len(tablet.service.received), len(topics)) == (3, 1)


@pytest.mark.parametrize("status", [400, 401, 403, 413])
async def test_our_own_fault_is_kept_and_said_loudly(
    status: int, tablet: Tablet, sitting: str, runtime: Runtime, cast: Cast,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    tablet.service.answers = [(status, {})]
    await send(runtime)
    assert await _is_subscribed(cast), "the device did nothing wrong"
    (line,) = await lines(runtime, dead=True)
    assert line.body["sitting_id"] == sitting
    assert "push service refused us" in [
        r.message for r in caplog.records if r.levelname == "ERROR"
    ]
    await send(runtime)
    assert len(tablet.service.received) == 1, "no other try would do better"


async def test_a_service_that_is_away_loses_nothing(
    tablet: Tablet, sitting: str, runtime: Runtime
) -> None:
    place = tablet.service.place
    async with runtime.reading() as db:
        row = await db.scalar(select(PushSubscription))
    assert row is not None
    assert place not in repr(row.__dict__), "an address at rest is sealed"
    post: Any = await runtime.part(open_post)
    real = post.send

    async def away(*_args: Any, **_more: Any) -> Any:
        raise ConnectionError("the line is cut")

    post.send = away
    await send(runtime)
    assert len(await lines(runtime)) == 1
    post.send = real
    await send(runtime)
    assert len(tablet.heard) == 1


async def test_a_worker_that_dies_on_the_way_sends_again_under_the_same_topic(
    tablet: Tablet, sitting: str, runtime: Runtime, settings: Any
) -> None:
    """At least once: the second message replaces the first, at the service and on the device."""
    taken = await jobs.claim(runtime.sessions, datetime.now(UTC))
    assert taken is not None
    await worker.HANDLERS[taken.name](runtime, taken.body)
    # Killed here: sent, and not marked as done. Another process starts, and the lease ends.
    async with open_runtime(settings) as another:
        await worker.drain(another)
        assert len(tablet.heard) == 1, "not before the lease ends"
        async with another.writing() as db:
            await db.execute(update(Job).where(Job.id == taken.id).values(due_at=datetime.now(UTC)))
        await worker.drain(another)
        await jobs.finish(runtime.sessions, taken)
        assert await lines(another) == []
    first, second = tablet.service.received
    assert first.headers["topic"] == second.headers["topic"]
    assert tablet.heard[0] == tablet.heard[1]
    await send(runtime)
    assert len(tablet.heard) == 2


async def test_who_is_told_no_more(
    tablet: Tablet, sitting: str, runtime: Runtime, cast: Cast, world: World, do_jobs: Any
) -> None:
    line = (await lines(runtime))[0].body

    async def say() -> int:
        before = len(tablet.service.received)
        async with runtime.writing() as db:
            await jobs.enqueue(db, "notifications.push", line, due_at=datetime.now(UTC))
        await send(runtime)
        return len(tablet.service.received) - before

    assert await say() == 2, "the call's own line, and this one"
    switch = f"{world.town.path}/notifications"
    good(await cast.ines.http.put(switch, json={"is_enabled": False}))
    assert good(await cast.alice.get("/api/notifications"))["switched_off"] == [str(world.town.id)]
    assert await say() == 0
    good(await cast.ines.http.put(switch, json={"is_enabled": True}))
    assert await say() == 1
    for since, told in ((datetime.now(UTC), 0), (None, 1)):
        async with runtime.writing() as db:
            suspended = update(Authority).where(Authority.id == world.town.id)
            await db.execute(suspended.values(suspended_at=since))
        assert await say() == told, "nothing of a suspended authority leaves"
    member = f"{world.town.path}/members/{cast.alice.member[world.town.name]}"
    good(await cast.paul.http.delete("/api/notifications/subscription"))
    assert await say() == 1, "somebody else's wish changes nothing"
    await wants(cast.alice, sitting_called=False)
    assert await say() == 0
    await wants(cast.alice, sitting_called=True, piece_changed=False)
    assert await say() == 1
    good(await cast.ines.post(f"{member}/deactivate"))
    assert await say() == 0, "no longer a member"
    good(await cast.ines.post(f"{member}/reactivate"))
    async with runtime.writing() as db:
        await db.execute(update(Device).values(signed_out_at=None))
    assert await say() == 1
    device = good(await cast.alice.get("/api/me"))["device"]["id"]
    other = await cast.sign_in("alice@staubin.example")
    good(await other.delete(f"/api/devices/{device}"))
    assert await say() == 0, "signed out from elsewhere"
    async with runtime.reading() as db:
        events = list(await db.scalars(select(AuditEvent.event).order_by(AuditEvent.id)))
    switched = [event for event in events if event.startswith("notifications.")]
    assert switched == ["notifications.disabled", "notifications.enabled"]


async def test_an_unsubscribed_device_is_told_no_more(
    tablet: Tablet, sitting: str, runtime: Runtime, cast: Cast
) -> None:
    good(await cast.alice.delete("/api/notifications/subscription"))
    good(await cast.alice.delete("/api/notifications/subscription"))
    await send(runtime)
    assert tablet.service.received == []
    assert await lines(runtime) == []


async def test_quiet_hours_hold_a_message_until_their_end(
    tablet: Tablet, sitting: str, runtime: Runtime, cast: Cast
) -> None:
    await wants(cast.alice, quiet={"begins": "21:00", "ends": "07:30"})
    (job,) = await lines(runtime)
    evening = datetime(2026, 3, 2, 20, 15, tzinfo=UTC)  # 21:15 in Paris
    line = Line(**{**_line(job.body), "until": evening + timedelta(days=2)})
    async with runtime.writing() as db:
        await db.execute(delete(Job))
    await deliver(runtime, line, evening)
    assert tablet.service.received == []
    (held,) = await lines(runtime)
    assert held.due_at == datetime(2026, 3, 3, 6, 30, tzinfo=UTC)
    assert msgspec.convert(held.body, Line) == line
    await deliver(runtime, line, held.due_at)
    assert len(tablet.heard) == 1
    await deliver(runtime, _until(line, evening), evening + timedelta(days=3))
    assert len(tablet.heard) == 1, "too late: the sitting has begun"


def _line(body: Any) -> dict[str, Any]:
    return msgspec.structs.asdict(msgspec.convert(body, Line))


def _until(line: Line, until: datetime) -> Line:
    """The same line, worth sending until another moment."""
    return msgspec.structs.replace(line, until=until)


async def test_a_night_of_waiting_is_no_try(
    tablet: Tablet, sitting: str, runtime: Runtime, cast: Cast
) -> None:
    now = datetime.now(UTC)
    hours = {"begins": "00:00", "ends": "23:59"}
    await wants(cast.alice, quiet=hours)
    for _ in range(12):
        await send(runtime)
    (line,) = await lines(runtime)
    assert line.attempts == 0
    assert line.due_at > now
    await wants(cast.alice, quiet=None)
    await send(runtime)
    assert len(tablet.heard) == 1


async def test_a_night_of_changes_rings_once_in_the_morning(
    tablet: Tablet, sitting: str, runtime: Runtime, cast: Cast
) -> None:
    """A line that waits for the morning still gathers those that come meanwhile."""
    await wants(cast.alice, quiet={"begins": "00:00", "ends": "23:59"})
    (first,) = await lines(runtime)
    said = _line(first.body)
    about = {name: said[name] for name in ("authority_id", "sitting_id", "starts_at")}
    for _ in range(3):
        await send(runtime)
        async with runtime.writing() as db:
            told = await db.get_one(PushSubscription, said["subscription_id"])
            await announce(db, [told.account_id], said["kind"], **about, now=datetime.now(UTC))
    assert len(await lines(runtime)) == 1


async def test_subscribing_is_refused_where_nothing_could_be_sent(cast: Cast) -> None:
    for endpoint, code in (
        ("https://intranet.mairie.example/", "push_service_unknown"),
        ("https://web.push.apple.com/x", "push_keys_invalid"),
    ):
        body = {"endpoint": endpoint, "keys": {"p256dh": "AAAA", "auth": "AAAA"}}
        answer = await cast.alice.http.put("/api/notifications/subscription", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, code)
    for begins in ("24:00", "7:30", "soir"):
        quiet = {"quiet": {"begins": begins, "ends": "07:00"}}
        answer = await cast.alice.http.put("/api/notifications/preferences", json=quiet)
        assert answer.status_code == 422


async def test_a_browser_that_changes_hands_is_no_longer_the_first_persons(
    tablet: Tablet, sitting: str, runtime: Runtime, cast: Cast
) -> None:
    await Tablet(cast.bruno, "alice", tablet.service, tablet.keys).subscribe()
    assert not await _is_subscribed(cast)
    await send(runtime)
    assert tablet.service.received == []
    assert await _subscriptions(runtime) == 1


async def test_a_browser_that_renews_its_keys_hears_what_was_announced_before(
    tablet: Tablet, sitting: str, runtime: Runtime
) -> None:
    anew = await Tablet(tablet.person, "renewed", tablet.service).subscribe()
    await send(runtime)
    assert (len(tablet.heard), len(anew.heard)) == (0, 1)
    assert await _subscriptions(runtime) == 1


async def test_the_keys_are_made_once_by_processes_that_start_together(
    runtime: Runtime, settings: Any, cast: Cast
) -> None:
    async with open_runtime(settings) as second, open_runtime(settings) as third:
        several = (runtime, second, third)
        await asyncio.gather(*(make_identity(one) for one in several))
        keys = {(await one.part(open_identity)).key for one in several}
    assert len(keys) == 1
    assert good(await cast.alice.get("/api/notifications"))["key"] in keys
    async with runtime.reading() as db:
        kept = await db.get_one(ServerSecret, NAME)
    assert b"PRIVATE KEY" not in kept.sealed


async def test_no_title_no_name_in_what_leaves_nor_in_the_logs(
    tablet: Tablet, world: World, runtime: Runtime, cast: Cast, do_jobs: Any,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    caplog.set_level(logging.DEBUG)
    tablet.service.answers = [(503, {}), (403, {}), (410, {})]
    for _ in range(3):
        await called(world, do_jobs)
        await send(runtime)
    left = str([tablet.keys.plain(one.body) for one in tablet.service.received])
    left += str([(one.headers, one.path) for one in tablet.service.received])
    for secret in ("Alice", "Nom-alice", "staubin.example", "Saint-Aubin", "Budget", "council"):
        assert secret not in left
    told = [record for record in caplog.records if record.name != "asyncio"]
    logs = "\n".join(str(vars(record)) for record in told if "aiosqlite" not in record.name)
    for secret in (tablet.service.endpoint("alice"), tablet.keys.sent["auth"], "Nom-alice"):
        assert secret not in logs
