"""What a deed puts in the outbox: one line a device, for those who may read, in its transaction."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from cartable.runtime import Runtime
from tests.cast import PASSWORD, Cast, Person
from tests.notifications.push_service import PushService
from tests.notifications.town import Tablet, called, lines, send
from tests.world import PDF, World, blank_pdf, good

pytestmark = pytest.mark.anyio


@pytest.fixture
def world(cast: Cast) -> World:
    """Saint-Aubin."""
    return World(cast, cast.town, cast.claire, cast.ines)


@pytest.fixture
async def tablets(cast: Cast, service: PushService) -> dict[str, Tablet]:
    """Everybody has one that asked, and Alice a second."""
    second = await cast.sign_in("alice@staubin.example")
    people = {**cast.people, "alice's second": second}
    return {
        name: await Tablet(person, name.replace(" ", "_"), service).subscribe()
        for name, person in people.items()
    }


def _heard(tablets: dict[str, Tablet]) -> dict[str, int]:
    return {name: len(one.heard) for name, one in tablets.items() if one.heard}


async def test_a_call_reaches_each_device_of_those_who_are_called(
    tablets: dict[str, Tablet], world: World, runtime: Runtime, do_jobs: Any
) -> None:
    sitting, _ = await called(world, do_jobs)
    assert len(await lines(runtime)) == 4
    await do_jobs()
    assert _heard(tablets) == {"alice": 1, "alice's second": 1, "bruno": 1, "paul": 1}
    notification = tablets["alice"].heard[0]["notification"]
    address = f"http://cartable.test/seances/{world.town.id}/{sitting}"
    assert notification["navigate"] == address
    assert await lines(runtime) == []


async def test_a_session_of_a_clerks_code_is_not_told(cast: Cast, service: PushService) -> None:
    """It lasts a day, and what is told would go on: its person first shows who they are."""
    alice = f"{cast.town.path}/members/{cast.alice.member[cast.town.name]}"
    given = good(await cast.claire.post(f"{alice}/code"))
    async with cast.browser() as http:
        good(await http.post("/api/code", json={"code": given["code"]}))
        tablet = Tablet(Person("alice", http), "lent", service)
        asked = {"endpoint": service.endpoint(tablet.name), "keys": tablet.keys.sent}
        answer = await http.put("/api/notifications/subscription", json=asked)
        assert (answer.status_code, answer.json()["code"]) == (403, "proof_needed")
        assert good(await http.get("/api/notifications"))["is_subscribed"] is False
        good(await http.post("/api/proof", json={"password": PASSWORD}))
        await tablet.subscribe()


async def test_a_call_that_is_refused_tells_nobody(
    tablets: dict[str, Tablet], world: World, runtime: Runtime
) -> None:
    sitting = await world.sitting()  # nothing on its agenda
    answer = await world.clerk.post(f"{world.town.path}/sittings/{sitting}/convene")
    assert answer.status_code == 409
    assert await lines(runtime) == []


async def test_pieces_of_a_draft_tell_nobody(
    tablets: dict[str, Tablet], world: World, runtime: Runtime, do_jobs: Any
) -> None:
    document, _ = await world.document()
    await do_jobs()
    path = f"{world.town.path}/documents/{document}"
    good(await world.clerk.post(f"{path}/withdraw", {"reason": "Erreur"}))
    assert await lines(runtime) == []


async def test_a_piece_tells_when_it_is_there_not_when_it_is_sent(
    tablets: dict[str, Tablet], world: World, runtime: Runtime, do_jobs: Any
) -> None:
    sitting, (first,) = await called(world, do_jobs)
    await do_jobs()
    before = _heard(tablets)
    await world.document(sitting)
    assert await lines(runtime) == [], "it is still being read"
    await do_jobs()
    waiting = await lines(runtime)
    assert len(waiting) == 4
    soon = datetime.now(UTC) + timedelta(seconds=61)
    assert all(job.due_at <= soon for job in waiting)
    assert _heard(tablets) == before, "others may come within the minute"
    for reason in ("Tableau corrigé", "Tableau corrigé encore"):
        sent = await world.clerk.http.post(
            f"{world.town.path}/documents/{first}/versions",
            params={"file_name": "b.pdf", "reason": reason},
            content=blank_pdf(mark=100 + len(reason)),
            headers=PDF,
        )
        good(sent)
        await do_jobs()
    good(
        await world.clerk.post(
            f"{world.town.path}/documents/{first}/withdraw", {"reason": "Sans objet"}
        )
    )
    assert len(await lines(runtime)) == 4, "four changes in a minute ring once"
    await send(runtime)
    assert _heard(tablets) == {name: count + 1 for name, count in before.items()}


async def test_what_changes_while_a_line_is_sent_is_told_too(
    tablets: dict[str, Tablet], world: World, runtime: Runtime, do_jobs: Any
) -> None:
    sitting, _ = await called(world, do_jobs)
    await send(runtime)
    await world.document(sitting)
    await do_jobs()
    tablets["bruno"].service.answers = [(503, {})] * 4
    await send(runtime)
    await world.document(sitting)
    await do_jobs()
    assert len(await lines(runtime)) == 8, "the four that wait for another try, and new ones"
    topics = {one.headers["topic"] for one in tablets["bruno"].service.received}
    assert len(topics) == 4, "of one topic each: at the service the later replaces the earlier"


async def test_a_piece_in_camera_tells_only_those_who_may_read_it(
    tablets: dict[str, Tablet], world: World, runtime: Runtime, cast: Cast, do_jobs: Any
) -> None:
    sitting = await world.ready_to_convene()
    item = await world.item(sitting)
    closed = {"in_camera": True}
    good(await cast.claire.patch(f"{world.town.path}/agenda/{item}", closed))
    gus = str(cast.gus.member[world.town.name])
    path = f"{world.town.path}/sittings/{sitting}"
    good(await cast.claire.post(f"{path}/guests", {"member_id": gus}))
    good(await cast.claire.post(f"{path}/convene"))
    await do_jobs()
    assert _heard(tablets)["gus"] == 1
    sent = await cast.claire.http.post(
        f"{path}/documents",
        params={"file_name": "clos.pdf", "agenda_item_id": item},
        content=blank_pdf(mark=300),
        headers=PDF,
    )
    good(sent)
    await do_jobs()
    await send(runtime)
    assert _heard(tablets) == {"alice": 2, "alice's second": 2, "bruno": 2, "paul": 2, "gus": 1}


async def test_the_one_who_did_it_is_not_told(
    tablets: dict[str, Tablet], world: World, cast: Cast, do_jobs: Any
) -> None:
    claire = str(cast.claire.member[world.town.name])
    seat = {"assembly_id": world.town.assemblies["council"], "starts_on": "2026-01-01"}
    good(await cast.ines.post(f"{world.town.path}/members/{claire}/seats", seat))
    await called(world, do_jobs)
    await do_jobs()
    assert "claire" not in _heard(tablets)
