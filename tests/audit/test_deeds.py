"""Every deed leaves its lines, private ones none; and no event says more than it may."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from tests.accounts.authenticator import Authenticator
from tests.accounts.test_passkeys import enrol
from tests.accounts.test_second_step import code_of
from tests.calls import Call, calls, own_calls
from tests.cast import PASSWORD, Cast, Person
from tests.doors import DOORS
from tests.lines import host_lines, lines_of
from tests.world import World, good

from cartable.actor import Actor
from cartable.audit.actions import record, record_for_account
from cartable.audit.events import AUTHORITY_EVENTS, HOST_EVENTS, UndeclaredEvent
from cartable.audit.tables import AuditEvent, HostEvent
from cartable.authorities.actions import authority_write
from cartable.runtime import Runtime
from cartable.sync.catalogue import DEEDS

pytestmark = pytest.mark.anyio
ROOT = Path(__file__).resolve().parents[2]
WRITERS = {"record": AUTHORITY_EVENTS, "record_for_authority": AUTHORITY_EVENTS,
           "record_for_account": HOST_EVENTS}  # fmt: skip
OWN_WORDS = {"at", "about", "device_id", "subject_id"}


def _written() -> list[tuple[str, str, ast.Call]]:
    """Every call of the product that writes a line: file, function, call."""
    found = []
    for path in (ROOT / "src" / "cartable").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
                continue
            if node.func.id in WRITERS and path.parent.name != "audit":
                found.append((str(path.relative_to(ROOT)), node.func.id, node))
    return found


def _events(call: ast.Call) -> set[str]:
    return {
        node.value
        for argument in call.args
        for node in ast.walk(argument)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "." in node.value
    }


def test_the_code_writes_declared_events_and_details_only() -> None:
    calls_found = _written()
    assert len(calls_found) > 30
    for path, writer, call in calls_found:
        details = {word.arg for word in call.keywords if word.arg} - OWN_WORDS
        for event in _events(call):
            declared = WRITERS[writer].get(event)
            assert declared is not None, f"{path}: {event} is not in audit/events.py"
            assert details <= declared.details, f"{path}: {event} says {details}"


def test_no_event_may_bear_a_secret_or_an_opinion() -> None:
    forbidden = {
        "password", "token", "secret", "code", "key", "note", "text", "choice", "argument",
        "speech", "question", "label", "mark", "body", "page", "position", "email",
    }  # fmt: skip
    for name, event in {**AUTHORITY_EVENTS, **HOST_EVENTS}.items():
        assert not event.details & forbidden, name


def test_each_event_has_its_sentence() -> None:
    texts = json.loads((ROOT / "frontend/src/i18n/fr.json").read_text(encoding="utf-8"))
    for namespace, events in (("journal", AUTHORITY_EVENTS), ("activity", HOST_EVENTS)):
        for name in events:
            family, deed = name.split(".")
            said = texts[namespace]["events"].get(family, {}).get(deed)
            assert said, f"fr.json lacks {namespace}.events.{name}"


async def test_what_is_not_declared_is_refused(runtime: Runtime, cast: Cast) -> None:
    member = cast.claire.member[cast.town.name]
    async with runtime.writing(cast.town.id) as db:
        actor = Actor(cast.town.id, member, member, member, frozenset())
        seq = await authority_write(db, cast.town.id)
        with pytest.raises(UndeclaredEvent):
            record(db, actor, seq, "note.written")
        with pytest.raises(UndeclaredEvent):
            record(db, actor, seq, "document.uploaded", member, text="une opinion")
        with pytest.raises(UndeclaredEvent):
            await record_for_account(db, member, member, "account.signed_in", password="x")


SILENT = {
    # They read.
    "pull_changes", "push_changes", "verify_the_journal", "read_invitation", "preview_import",
    "read_key_share",
    # They ask somebody outside, or try: the authority is as it was.
    "check_connection", "check_sender", "try_sender",
    # As tests/calls.py asks for them there is nothing left to do: tests of their own say more.
    "reactivate_member", "revoke_device",
    # The host's chain, or another authority's, has them.
    "open_authority", "accept_invitation",
}  # fmt: skip
"""Operations that are not GET and leave no line in this authority's chain."""


@pytest.mark.slow
async def test_each_operation_that_writes_leaves_lines(
    cast: Cast, runtime: Runtime, do_jobs: Any
) -> None:
    world = World(cast, cast.town, cast.claire, cast.ines)
    sitting = await world.ready_to_convene()
    _, sha256 = await world.document(sitting)
    await do_jobs()
    good(await cast.claire.post(f"{cast.town.path}/sittings/{sitting}/convene"))
    made = calls(world, sha256, str(cast.gus.member[cast.town.name]))
    document = (await cast.claire.get("/api/openapi.json")).json()
    silent, told = [], []
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            name = operation["operationId"]
            door = DOORS[name]
            who = next((p for p in ("claire", "ines", "alice") if p in door.who), None)
            if name not in made or who is None:
                continue
            parameters, sent = await made[name]()
            before = await _count(runtime, cast)
            url = path.format(authority_id=cast.town.id, **parameters)
            answer = await cast.people[who].http.request(method.upper(), url, **sent)
            if method in ("get", "head"):
                continue
            assert answer.is_success, (name, answer.text)
            added = await _count(runtime, cast) - before
            if name not in SILENT and not added:
                silent.append(name)
            if name in SILENT and added:
                told.append(name)
    assert (silent, told) == ([], [])
    assert set(AUTHORITY_EVENTS) - set(await lines_of(runtime, cast.town.id)) == ELSEWHERE


OF_THE_HOST = {"authority.suspended", "authority.reopened", "authority.quota_changed"}
ELSEWHERE = OF_THE_HOST | {
    "call.answered", "journal.restored", "links.disabled", "member.device_revoked", "member.erased",
    "member.notes_purged", "member.reactivated", "member.roles_changed", "member.way_in_renewed",
    "notifications.enabled", "sittings.archived",
}  # fmt: skip
HOST_ELSEWHERE = OF_THE_HOST | {
    "account.closed_by_provider", "account.connection_linked", "account.connection_refused",
    "account.connection_unlinked", "account.erased", "account.password_renewed",
    "account.ways_in_reset", "authority.founded", "journal.restored", "master_key.rotated",
    "operator.dismissed", "operator.named",
}  # fmt: skip
"""Events of each chain that the deeds of the two tests here do not write: other tests look for each
of them by its name."""


def test_each_other_event_is_looked_for_somewhere() -> None:
    tests = [path for path in (ROOT / "tests").rglob("test_*.py") if path != Path(__file__)]
    said = "".join(path.read_text(encoding="utf-8") for path in tests)
    assert not {name for name in ELSEWHERE | HOST_ELSEWHERE if f'"{name}"' not in said}


SILENT_OWN = {
    # They ask, or are the first half of a deed that leaves its line.
    "ask_for_proof", "ask_for_passkey", "ask_at_the_door", "begin_codes", "ask_link",
    # The deed that asked for the proof has its line.
    "prove",
}  # fmt: skip
"""Operations about oneself that are not GET and leave no line in the host's chain."""

NOT_DONE = {
    # tests/calls.py shows secrets that nobody was sent, and answers that nothing gave: the lines of
    # those that are right are written elsewhere.
    "read_invitation", "accept_invitation", "open_link", "open_mailed_code", "open_given_code",
    "cancel_erasure_by_link", "return_from_provider", "depart_to_link", "depart_to_prove",
    "depart_to_enter", "unlink_connection", "leave_provider", "sign_in_with_code",
    "sign_in_with_passkey", "recover",
}  # fmt: skip


@pytest.mark.slow
async def test_each_deed_about_oneself_leaves_a_line(cast: Cast, runtime: Runtime) -> None:
    device = good(await cast.alice.get("/api/me"))["device"]["id"]
    # One is signed out by itself, the other with all that are left.
    spare, _ = [await cast.sign_in("alice@staubin.example") for _ in range(2)]
    other = good(await spare.get("/api/me"))["device"]["id"]
    made = own_calls("alice", device, other, PASSWORD)
    document = (await cast.claire.get("/api/openapi.json")).json()
    routes = {
        operation["operationId"]: (method.upper(), path)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }
    silent, told, undone = set(), set(), set()
    for name in sorted(made, key=list(DOORS).index):
        method, template = routes[name]
        if method == "GET":
            continue
        path, sent = await _right(cast.alice, name) or made[name]
        if name == "sign_in":
            sent = {"json": {"email": "bruno@staubin.example", "password": PASSWORD}}
        before = await _host_lines(runtime)
        answer = await cast.alice.http.request(method, template.format(**path), **sent)
        added = await _host_lines(runtime) > before
        if not answer.is_success:
            undone.add(name)
        elif name in SILENT_OWN and added:
            told.add(name)
        elif name not in SILENT_OWN and not added:
            silent.add(name)
    assert (silent, told) == (set(), set())
    assert undone == NOT_DONE
    assert set(HOST_EVENTS) - set(await host_lines(runtime)) == HOST_ELSEWHERE


async def _right(person: Person, name: str) -> Call | None:
    """A request with what tests/calls.py cannot know: a passkey, a code of an application."""
    if name == "add_passkey":
        asked = good(await person.post("/api/passkeys/question"))["options"]
        return {}, {"json": {"credential": Authenticator().create(asked), "name": "Tablette"}}
    if name in ("rename_passkey", "remove_passkey"):
        (key,) = good(await person.get("/api/security"))["passkeys"]
        sent = {"json": {"name": "Clé de bureau"}} if name == "rename_passkey" else {}
        return {"passkey_id": key["id"]}, sent
    if name == "confirm_codes":
        return {}, {"json": {"code": code_of(good(await person.post("/api/codes")))}}
    if name == "make_recovery_codes":
        await enrol(person, Authenticator())
    return None


async def _host_lines(runtime: Runtime) -> int:
    async with runtime.reading() as db:
        return await db.scalar(select(func.count(HostEvent.id))) or 0


async def test_what_is_chosen_again_leaves_no_line(cast: Cast, runtime: Runtime) -> None:
    """Browsers renew their subscription by themselves, and a page saves what it already saved."""
    own = own_calls("alice", "", "", PASSWORD)
    for name, method, path, first in (
        ("subscribe_device", "PUT", "subscription", "account.notices_on"),
        ("set_notification_preferences", "PUT", "preferences", "account.notices_chosen"),
        ("unsubscribe_device", "DELETE", "subscription", "account.notices_off"),
    ):
        for event in (first, None):
            before = await _host_lines(runtime)
            url = f"/api/notifications/{path}"
            assert (await cast.alice.http.request(method, url, **own[name][1])).is_success
            assert await _host_lines(runtime) - before == (event is not None), (name, event)
        shown = good(await cast.alice.get("/api/activity"))["lines"][0]
        assert shown["event"] == first


async def _count(runtime: Runtime, cast: Cast) -> int:
    async with runtime.reading(cast.town.id) as db:
        return (
            await db.scalar(
                select(func.count(AuditEvent.id)).where(AuditEvent.authority_id == cast.town.id)
            )
            or 0
        )


def test_private_mutations_are_those_that_leave_no_line() -> None:
    """The push's deeds: what is private is silent (tests/test_canaries.py looks for its words)."""
    sources = {
        path: path.read_text(encoding="utf-8")
        for path in (ROOT / "src" / "cartable").rglob("*.py")
        if path.parent.name in ("annotations", "votes", "readings", "mutations")
    }
    assert not [str(path) for path, text in sources.items() if "audit" in text]
    public = {name for (name, _), deed in DEEDS.items() if not deed.is_private}
    assert public == {"answer_call"}
