"""The host: what its operators may do, and how little they see."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from tests.calls import calls
from tests.cast import PASSWORD, Cast, Person
from tests.doors import DOORS
from tests.letterbox import invitation_of
from tests.world import World, good

from cartable.accounts.tables import Device
from cartable.audit.tables import AuditEvent, HostEvent
from cartable.hosting.actions import name_operator
from cartable.runtime import Runtime

pytestmark = pytest.mark.anyio


@pytest.fixture
async def operator(cast: Cast, runtime: Runtime) -> Person:
    """Somebody of Le Breuil who runs the host."""
    async with runtime.writing() as db:
        await name_operator(db, "daniel@breuil.example")
    return cast.daniel


@pytest.fixture
def world(cast: Cast) -> World:
    """Saint-Aubin."""
    return World(cast, cast.town, cast.claire, cast.ines)


def _path(cast: Cast) -> str:
    return f"/api/hosting/authorities/{cast.town.id}"


async def test_a_suspended_authority_answers_no_route_of_its_own(
    cast: Cast, operator: Person, world: World, do_jobs: Any
) -> None:
    sitting = await world.ready_to_convene()
    _, sha256 = await world.document(sitting)
    await do_jobs()
    made = calls(world, sha256, str(cast.gus.member[cast.town.name]))
    document = (await cast.claire.get("/api/openapi.json")).json()
    asked = [
        (path, method, operation["operationId"], await made[operation["operationId"]]())
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if path.startswith("/api/authorities/")
        and operation["operationId"] in made
        # A device says that it emptied itself, with its own proof and nothing of the authority.
        and operation["operationId"] != "say_wiped"
    ]
    assert len(asked) > 40
    reason = "Fin du contrat"
    closed = good(await operator.post(f"{_path(cast)}/suspend", {"reason": reason}))
    assert closed["suspended_at"] is not None
    wrong = []
    for path, method, name, (parameters, sent) in asked:
        url = path.format(authority_id=cast.town.id, **parameters)
        who = next(p for p in ("claire", "ines", "alice") if p in DOORS[name].who)
        answer = await cast.people[who].http.request(method.upper(), url, **sent)
        if answer.status_code != 403 or (
            method != "head" and answer.json()["code"] != "authority_suspended"
        ):
            wrong.append((name, answer.status_code, answer.text))
    assert not wrong
    # Their other authority, and their account, are theirs still.
    assert (await cast.paul.get(f"{cast.other.path}/sync/head")).status_code == 200
    assert (await cast.claire.get("/api/me")).status_code == 200
    good(await operator.post(f"{_path(cast)}/reopen"))
    assert (await cast.claire.get(f"{cast.town.path}/sync/head")).status_code == 200


async def test_nobody_comes_into_a_suspended_authority(
    cast: Cast, operator: Person, runtime: Runtime
) -> None:
    new = {"first_name": "Max", "last_name": "Nom", "email": "max@a.example", "roles": ["guest"]}
    good(await cast.ines.post(f"{cast.town.path}/members", new))
    secret = await invitation_of(runtime, "max@a.example")
    good(await operator.post(f"{_path(cast)}/suspend", {"reason": "Impayé"}))
    http, accepted = cast.browser(), {"secret": secret, "password": "cinq mots choisis au hasard"}
    for path, sent in (("read", {"secret": secret}), ("accept", accepted)):
        answer = await http.post(f"/api/invitation/{path}", json=sent)
        assert (answer.status_code, answer.json()["code"]) == (403, "authority_suspended"), path
    good(await operator.post(f"{_path(cast)}/reopen"))
    assert (await http.post("/api/invitation/accept", json=accepted)).is_success
    await http.aclose()


async def test_the_hosts_deeds_are_in_both_journals(
    cast: Cast, operator: Person, runtime: Runtime
) -> None:
    good(await operator.post(f"{_path(cast)}/suspend", {"reason": "Impayé"}))
    good(await operator.post(f"{_path(cast)}/suspend", {"reason": "encore"}))
    good(await operator.post(f"{_path(cast)}/reopen"))
    good(await operator.http.put(f"{_path(cast)}/quota", json={"megabytes": 500}))
    events = ["authority.suspended", "authority.reopened", "authority.quota_changed"]
    async with runtime.reading(cast.town.id) as db:
        lines = await db.scalars(select(AuditEvent).order_by(AuditEvent.position))
        theirs = [line for line in lines if line.event in events]
    async with runtime.reading() as db:
        lines_of_host = await db.scalars(select(HostEvent).order_by(HostEvent.position))
        ours = [line for line in lines_of_host if line.event in events]
    assert [line.event for line in theirs] == [line.event for line in ours] == events
    assert {line.member_id for line in theirs} == {None}
    assert {line.subject_id for line in ours} == {cast.town.id}
    shown = good(await cast.ines.get(f"{cast.town.path}/journal?family=hosting"))["lines"]
    assert shown[-1]["event"] == "authority.founded"
    assert shown[2]["details"] == {"reason": "Impayé"}


async def test_quotas_refuse_one_more_of_each(cast: Cast, operator: Person, world: World) -> None:
    sitting = await world.sitting()
    members = good(await operator.get("/api/hosting/authorities"))
    here = next(one for one in members if one["id"] == str(cast.town.id))
    quota = {"megabytes": 1, "members": here["members"]}
    good(await operator.http.put(f"{_path(cast)}/quota", json=quota))
    new = {"first_name": "Max", "last_name": "Nom", "email": "max@a.example", "roles": ["guest"]}
    refused = await cast.ines.post(f"{cast.town.path}/members", new)
    assert (refused.status_code, refused.json()["code"]) == (409, "quota_exceeded")
    assert refused.json()["details"] == {"what": "members", "limit": here["members"]}
    good(await operator.http.put(f"{_path(cast)}/quota", json={"members": here["members"] + 1}))
    good(await cast.ines.post(f"{cast.town.path}/members", new))
    await world.document(sitting)
    good(await operator.http.put(f"{_path(cast)}/quota", json={"megabytes": 1}))
    big = b"%PDF-1.7\n" + b"0" * 1_000_001
    sent = await cast.claire.http.post(
        f"{cast.town.path}/sittings/{sitting}/documents",
        params={"file_name": "gros.pdf"},
        content=big,
        headers={"content-type": "application/pdf"},
    )
    assert sent.json()["code"] == "quota_exceeded", sent.text
    for wrong in ({"members": 0}, {"megabytes": -1}, {"megabytes": 10**8}):
        answer = await operator.http.put(f"{_path(cast)}/quota", json=wrong)
        assert answer.json()["code"] == "quota_invalid"


async def test_support_shows_counts_and_no_name(cast: Cast, operator: Person, world: World) -> None:
    await world.document()
    answer = await operator.get(_path(cast))
    view = good(answer)
    assert (view["pieces"], view["pieces_checking"], view["administrators"]) == (1, 1, 1)
    assert view["journal_lines"] > 10
    for word in ("budget", "claire", "alice", "Nom-", "@"):
        assert word not in answer.text


async def test_an_authority_is_opened_with_an_invitation(cast: Cast, operator: Person) -> None:
    new = {"name": "Commune neuve", "first_name": "Ada", "last_name": "Noir",
           "email": "ada@neuve.example"}  # fmt: skip
    made = good(await operator.post("/api/hosting/authorities", new))
    assert (made["name"], made["members"]) == ("Commune neuve", 1)
    ada = await cast.accept("ada@neuve.example")
    me = good(await ada.get("/api/me"))
    assert [one["authority"]["name"] for one in me["memberships"]] == ["Commune neuve"]
    assert (await operator.get(f"/api/authorities/{made['id']}/journal")).status_code == 404
    for field in ("name", "first_name", "last_name"):
        for bad in ("", " ", "Le Rivet\nBonjour,"):
            refused = await operator.post("/api/hosting/authorities", {**new, field: bad})
            assert (refused.status_code, refused.json()["details"]["path"]) == (422, field)


async def test_health_looks_at_each_part(operator: Person) -> None:
    health = good(await operator.get("/api/hosting/health"))
    assert {part["name"] for part in health["parts"]} == {
        "database", "storage", "worker", "mail", "jobs", "disk", "backup",
    }  # fmt: skip
    assert health["schema"] >= "0011"
    states = [part["state"] for part in health["parts"]]
    assert states == sorted(states, key=["failed", "attention", "ok"].index)


async def test_a_host_left_open_asks_every_day(
    cast: Cast, operator: Person, runtime: Runtime
) -> None:
    device = UUID(good(await operator.get("/api/me"))["device"]["id"])

    async def proved(hours: int) -> None:
        async with runtime.writing() as db:
            then = datetime.now(UTC) - timedelta(hours=hours)
            await db.execute(update(Device).where(Device.id == device).values(proved_at=then))

    reads = ("/api/hosting/authorities", _path(cast), "/api/hosting/health")
    for hours, status in ((11, 200), (13, 403)):
        await proved(hours)
        for path in reads:
            answer = await operator.get(path)
            assert answer.status_code == status, (path, hours)
    assert answer.json()["code"] == "proof_needed"
    # For whoever is no operator the routes still do not exist, and his own papers stay open.
    assert (await operator.get(f"{cast.other.path}/sync/head")).status_code == 200
    assert (await cast.irma.get(reads[0])).status_code == 404
    assert (await operator.post("/api/proof", {"password": PASSWORD})).is_success
    good(await operator.get(reads[0]))


async def test_an_operator_who_is_dismissed_sees_nothing_any_more(
    operator: Person, runtime: Runtime
) -> None:
    assert (await operator.get("/api/hosting/health")).status_code == 200
    async with runtime.writing() as db:
        await name_operator(db, "daniel@breuil.example", to_operator=False)
    assert (await operator.get("/api/hosting/health")).status_code == 404
