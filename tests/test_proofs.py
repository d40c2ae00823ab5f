"""What weighs much wants a proof of the last five minutes; nothing else does."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from cartable.accounts.tables import Device
from cartable.hosting.actions import name_operator
from cartable.runtime import Runtime
from cartable.sync import hints
from tests.calls import Call, calls, own_calls
from tests.cast import PASSWORD, Cast, Person
from tests.doors import DOORS
from tests.world import World, good

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
ASKED = {
    # The call of a sitting, and its seats.
    "convene_sitting", "end_mandate", "undo_mandate_end",
    # What leaves as a file, and a file of people that comes in.
    "create_journal_export", "read_journal_export", "export_file", "download_usage",
    "export_my_data", "import_file",
    # Ways in: one's own, a member's, the authority's.
    "ask_for_passkey", "add_passkey", "remove_passkey", "begin_codes", "confirm_codes",
    "remove_codes", "make_recovery_codes", "depart_to_link", "unlink_connection",
    "give_member_code", "switch_links", "add_connection", "edit_connection", "check_connection",
    "remove_connection",
    # In whose name letters leave.
    "edit_mail_sender", "send_sender_code",
    # The end of an account, and the host's deeds.
    "ask_erasure", "ask_member_erasure", "open_authority", "set_quota", "suspend_authority",
    "reopen_authority",
}  # fmt: skip


async def _prove(runtime: Runtime, minutes: int) -> None:
    """Everybody showed who they are so long ago, on every device."""
    async with runtime.writing() as db:
        then = datetime.now(UTC) - timedelta(minutes=minutes)
        await db.execute(update(Device).values(proved_at=then))


def _is_asked(answer: httpx.Response) -> bool:
    found = answer.status_code == 403 and answer.request.method != "HEAD"
    return found and answer.json()["code"] == "proof_needed"


async def test_exactly_these_operations_want_a_proof_of_five_minutes(
    cast: Cast, runtime: Runtime, do_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hints, "OPEN_FOR", 0)  # a stream ends as soon as it has begun
    async with runtime.writing() as db:
        await name_operator(db, "daniel@breuil.example")
    cast.people["operator"] = cast.daniel
    made = await _right_calls(cast, do_jobs)
    document = (await cast.claire.get("/api/openapi.json")).json()
    routes = {
        operation["operationId"]: (method.upper(), path)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    asked = set()
    for name, door in DOORS.items():
        who = next(p for p in ("claire", "ines", "alice", "operator", "bruno") if _may(door, p))
        await _prove(runtime, 4)
        path, sent = await made[name]()
        await _prove(runtime, 6)
        method, template = routes[name]
        url = template.format(authority_id=cast.town.id, **path)
        person = cast.bruno if not door.is_of_authority else cast.people[who]
        if _is_asked(await person.http.request(method, url, **sent)):
            asked.add(name)
    assert asked == ASKED
    assert set(made) == set(DOORS), "every operation was asked for"


def _may(door: Any, name: str) -> bool:
    return not door.is_of_authority or name in door.who


async def _right_calls(cast: Cast, do_jobs: Any) -> dict[str, Callable[[], Awaitable[Call]]]:
    world = World(cast, cast.town, cast.claire, cast.ines)
    sitting = await world.ready_to_convene()
    _, sha256 = await world.document(sitting)
    await do_jobs()
    good(await cast.claire.post(f"{cast.town.path}/sittings/{sitting}/convene"))
    device = good(await cast.bruno.get("/api/me"))["device"]["id"]
    spare = await cast.sign_in("bruno@staubin.example")
    other = good(await spare.get("/api/me"))["device"]["id"]

    def at_once(call: Call) -> Callable[[], Awaitable[Call]]:
        async def same() -> Call:
            return call

        return same

    own = own_calls("bruno", device, other, PASSWORD)
    return {
        **calls(world, sha256, str(cast.gus.member[cast.town.name])),
        **{name: at_once(call) for name, call in own.items()},
    }


async def test_a_body_that_gives_a_desk_or_a_way_in_weighs_more(
    cast: Cast, runtime: Runtime
) -> None:
    town, world = cast.town.path, World(cast, cast.town, cast.claire, cast.ines)
    closed = await world.member("clerk")
    good(await cast.ines.post(f"{town}/members/{closed}/deactivate"))
    waiting = await world.member()
    new = {"first_name": "Max", "last_name": "Nom", "email": "max@a.example"}
    alice = f"{town}/members/{cast.alice.member[cast.town.name]}"
    await _prove(runtime, 6)

    async def ask(admin: Person, method: str, path: str, body: Any = None) -> bool:
        answer = await admin.http.request(method, path, json=body)
        assert answer.is_success or _is_asked(answer), answer.text
        return _is_asked(answer)

    for method, path, body, weighs in (
        ("POST", f"{town}/members", {**new, "roles": ["clerk"]}, True),
        ("POST", f"{town}/members", {**new, "roles": ["councillor", "admin"]}, True),
        ("POST", f"{town}/members", {**new, "roles": ["councillor"]}, False),
        ("PATCH", alice, {"roles": ["councillor"]}, True),
        ("PATCH", alice, {"position": "Adjointe"}, False),
        ("POST", f"{alice}/invite", None, True),
        ("POST", f"{town}/members/{waiting}/invite", None, False),
        ("POST", f"{town}/members/{closed}/reactivate", None, True),
        ("POST", f"{alice}/deactivate", None, False),
        ("POST", f"{alice}/reactivate", None, False),
    ):
        assert await ask(cast.ines, method, path, body) is weighs, (method, path, body)
    await _prove(runtime, 4)
    assert not await ask(cast.ines, "POST", f"{town}/members/{closed}/reactivate")
