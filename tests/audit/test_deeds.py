"""Every deed leaves its lines, private ones none; and no event says more than it may."""

import ast
import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from tests.calls import calls
from tests.cast import Cast
from tests.doors import DOORS
from tests.world import World, good

from cartable.actor import Actor
from cartable.audit.actions import record, record_for_account
from cartable.audit.events import AUTHORITY_EVENTS, HOST_EVENTS, UndeclaredEvent
from cartable.audit.tables import AuditEvent
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
    # The host's chain has them, or nothing but a state of one's own device changed.
    "say_wiped", "open_authority", "accept_invitation",
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
