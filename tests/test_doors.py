"""Every operation crossed with the whole cast, and nothing of one town opened from the other."""

import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from cartable.audit.tables import AuditEvent
from cartable.authorities.tables import AuthorityHead
from cartable.hosting.actions import name_operator
from cartable.runtime import Runtime
from cartable.sync import hints
from tests.calls import Call, calls, own_calls
from tests.cast import PASSWORD, Cast, Person, Town
from tests.doors import DOORS, PEOPLE, UNLISTED
from tests.world import World, good

pytestmark = pytest.mark.anyio
Operations = dict[str, tuple[str, str]]


@pytest.fixture
async def operations(app: Any) -> Operations:
    """Method and path of each operation, as the specification says."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://cartable.test"
    ) as http:
        paths = (await http.get("/api/openapi.json")).json()["paths"]
    return {
        operation["operationId"]: (method.upper(), path)
        for path, methods in paths.items()
        for method, operation in methods.items()
    }


@pytest.fixture
async def world(cast: Cast) -> World:
    """Saint-Aubin."""
    return World(cast, cast.town, cast.claire, cast.ines)


async def test_the_table_names_every_route_and_no_other(app: Any, operations: Operations) -> None:
    assert set(DOORS) == set(operations)
    served = {re.sub(r":\w+", "", route.path) for route in app.inside.routes}
    listed = {path for _, path in operations.values()}
    assert served - listed == UNLISTED


async def _file_of_a_called_sitting(world: World, do_jobs: Any) -> str:
    sitting = await world.ready_to_convene()
    _, sha256 = await world.document(sitting)
    await do_jobs()
    good(await world.clerk.post(f"{world.town.path}/sittings/{sitting}/convene"))
    return sha256


async def _everybody(cast: Cast) -> dict[str, Person]:
    """The cast and three browsers that a door must know apart."""
    people = dict(cast.people)
    people["anonymous"] = Person("anonymous", cast.browser())
    # Signed out from elsewhere: the browser still shows its cookie.
    people["signed_out"] = await cast.sign_in("bruno@staubin.example")
    device = good(await people["signed_out"].get("/api/me"))["device"]["id"]
    assert (await cast.bruno.delete(f"/api/devices/{device}")).status_code == 204
    gone = await _added(cast.ines, cast.town, "odile@staubin.example")
    await cast.accept("odile@staubin.example")
    member = f"{cast.town.path}/members/{gone['id']}"
    good(await cast.ines.post(f"{member}/deactivate"))
    people["deactivated"] = await cast.sign_in("odile@staubin.example")
    # Signed in for another town, invited here, and nothing more.
    await _added(cast.irma, cast.other, "flora@breuil.example")
    people["invited"] = await cast.accept("flora@breuil.example")
    await _added(cast.ines, cast.town, "flora@breuil.example")
    people["operator"] = await _operator(cast)
    return people


async def _operator(cast: Cast) -> Person:
    """Somebody of the other town who runs the host, and so reads nothing of this one."""
    body = {"first_name": "Omar", "last_name": "Nom", "email": "omar@breuil.example",
            "roles": ["councillor"]}  # fmt: skip
    good(await cast.irma.post(f"{cast.other.path}/members", body))
    person = await cast.accept("omar@breuil.example")
    async with cast.runtime.writing() as db:
        await name_operator(db, "omar@breuil.example")
    return person


async def _added(admin: Person, town: Town, email: str) -> Any:
    body = {
        "first_name": "Odile",
        "last_name": "Nom",
        "email": email,
        "roles": ["councillor"],
    }
    return good(await admin.post(f"{town.path}/members", body))


async def _written(runtime: Runtime) -> tuple[int, int]:
    """Numbers given and lines of the journal, over both towns."""
    async with runtime.reading() as db:
        numbers = await db.scalar(select(func.sum(AuthorityHead.seq)))
        lines = await db.scalar(select(func.count(AuditEvent.id)))
    return int(numbers or 0), int(lines or 0)


def _request(
    cast: Cast, operations: Operations, operation: str, call: Call
) -> tuple[str, str, dict[str, Any]]:
    method, template = operations[operation]
    path, sent = call
    return method, template.format(authority_id=cast.town.id, **path), sent


@pytest.mark.slow
async def test_every_operation_crossed_with_the_whole_cast(
    cast: Cast,
    world: World,
    operations: Operations,
    runtime: Runtime,
    do_jobs: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hints, "OPEN_FOR", 0)  # a stream ends as soon as it has begun
    people = await _everybody(cast)
    file = await _file_of_a_called_sitting(world, do_jobs)
    made = calls(world, file, str(cast.gus.member[cast.town.name]))
    wrong: list[str] = []

    async def ask(operation: str, name: str, call: Call) -> None:
        method, path, sent = _request(cast, operations, operation, call)
        answer = await people[name].http.request(method, path, **sent)
        expected = DOORS[operation].expected(name)
        if answer.status_code != expected:
            wrong.append(f"{operation} by {name}: {answer.status_code}, not {expected}")

    for operation, door in DOORS.items():
        if operation not in made:
            continue
        call = await made[operation]()
        before = await _written(runtime)
        for name in PEOPLE:
            if name not in door.who:
                await ask(operation, name, call)
        assert await _written(runtime) == before, f"{operation}: a refusal wrote something"
        for name in PEOPLE:
            if name in door.who:
                await ask(operation, name, await made[operation]())
    await _oneself(cast, people, ask)
    assert not wrong, "\n".join(wrong)


async def _oneself(cast: Cast, people: dict[str, Person], ask: Callable[..., Any]) -> None:
    devices = {name: await _devices(cast, name, people[name]) for name in PEOPLE}
    for operation, door in DOORS.items():
        if door.is_of_authority:
            continue
        for name in PEOPLE:
            await ask(operation, name, own_calls(name, *devices[name], PASSWORD)[operation])


async def _devices(cast: Cast, name: str, person: Person) -> tuple[str, str]:
    """The device that asks, and a second one of the same person, where there are any."""
    listed = await person.get("/api/devices")
    if listed.status_code != 200:
        person, listed = cast.claire, await cast.claire.get("/api/devices")
    current = next(device["id"] for device in good(listed) if device["is_current"])
    email = good(await person.get("/api/me"))["account"]["email"]
    other = await cast.sign_in(email)
    return current, good(await other.get("/api/me"))["device"]["id"]


async def test_ids_of_the_other_town_in_a_path_are_not_found(
    cast: Cast, operations: Operations, runtime: Runtime, do_jobs: Any
) -> None:
    other = World(cast, cast.other, cast.carla, cast.irma)
    theirs = calls(
        other,
        await _file_of_a_called_sitting(other, do_jobs),
        str(cast.daniel.member[cast.other.name]),
    )
    wrong = []
    for operation, make in theirs.items():
        call = await make()
        if not call[0]:
            continue
        before = await _written(runtime)
        for person in (cast.claire, cast.ines):
            method, path, sent = _request(cast, operations, operation, call)
            answer = await person.http.request(method, path, **sent)
            may = DOORS[operation].expected(person.name) < 300
            if answer.status_code != (404 if may else DOORS[operation].others):
                wrong.append(f"{operation} by {person.name}: {answer.status_code}")
        assert await _written(runtime) == before, operation
    assert not wrong, wrong


async def test_ids_of_the_other_town_in_a_body_are_not_found(
    cast: Cast, world: World, runtime: Runtime
) -> None:
    other, town = World(cast, cast.other, cast.carla, cast.irma), cast.town.path
    council, daniel = cast.other.assemblies["council"], str(cast.daniel.member[cast.other.name])
    sitting, item = await world.sitting(), await world.item()
    there = {"assembly_id": council, "starts_at": "2031-01-10T18:30"}
    document, _ = await world.document()
    member, their_item = await world.member(), await other.item()
    their_group = await other.group()
    seat = {"assembly_id": council, "starts_on": "2026-01-01"}
    new = {"first_name": "Max", "last_name": "Nom", "email": "max@a.example", "roles": ["guest"]}
    agenda = f"{town}/sittings/{sitting}/agenda"
    before = await _written(runtime)
    for person, method, path, body in (
        (cast.claire, "POST", f"{town}/sittings", there),
        (cast.claire, "PATCH", f"{town}/sittings/{sitting}", {"assembly_id": council}),
        (cast.claire, "POST", agenda, {"title": "A", "rapporteur_id": daniel}),
        (cast.claire, "POST", agenda, {"title": "A", "after": their_item}),
        (cast.claire, "POST", agenda, {"title": "A", "after": item}),
        (cast.claire, "PATCH", f"{town}/agenda/{item}", {"rapporteur_id": daniel}),
        (cast.claire, "POST", f"{town}/sittings/{sitting}/guests", {"member_id": daniel}),
        (cast.claire, "PATCH", f"{town}/documents/{document}", {"agenda_item_id": their_item}),
        (cast.ines, "POST", f"{town}/members", {**new, "group_id": their_group}),
        (cast.ines, "POST", f"{town}/members", {**new, "seats": [seat]}),
        (cast.ines, "PATCH", f"{town}/members/{member}", {"group_id": their_group}),
        (cast.ines, "POST", f"{town}/members/{member}/seats", seat),
    ):  # fmt: skip
        answer = await person.http.request(method, path, json=body)
        assert answer.status_code == 404, (method, path, body, answer.text)
        assert answer.json()["code"] == "not_found"
    order = await cast.claire.post(f"{agenda}/order", {"items": [their_item]})
    assert (order.status_code, order.json()["code"]) == (409, "agenda_changed")
    assert await _written(runtime) == before
    found = good(await cast.ines.get(f"{town}/members?q=max@a.example"))
    assert found == []


async def test_nobody_touches_the_device_of_somebody_else(cast: Cast) -> None:
    device = good(await cast.claire.get("/api/me"))["device"]["id"]
    assert (await cast.alice.delete(f"/api/devices/{device}")).status_code == 404
    assert (await cast.ines.patch(f"/api/devices/{device}", {"name": "x"})).status_code == 404
    assert (await cast.claire.get("/api/me")).status_code == 200
