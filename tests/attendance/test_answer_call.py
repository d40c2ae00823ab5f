"""Answering the call: acts that are added, and the clerk's list of them."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from tests.cast import Cast
from tests.desk import Desk, code
from tests.pushing import Piece, Tablet, piece

from cartable.audit.reading import details_of
from cartable.audit.tables import AuditEvent, AuditPayload
from cartable.runtime import Runtime
from cartable.sittings.tables import Sitting

pytestmark = pytest.mark.anyio


@pytest.fixture
async def on(cast: Cast, do_jobs: Any) -> Piece:
    """A sitting that was called."""
    return await piece(cast, do_jobs)


def _answer(tablet: Tablet, sitting: str, answer: str, **other: Any) -> dict[str, Any]:
    body = {"sitting_id": sitting, "answer": answer}
    return tablet.mutation("answer_call", body, **other)


async def _lines(cast: Cast, sitting: str) -> dict[str, Any]:
    listed = await cast.claire.get(f"{cast.town.path}/sittings/{sitting}/attendance")
    assert listed.status_code == 200, listed.text
    return {line["first_name"].lower(): line for line in listed.json()}


async def test_the_last_answer_counts_and_all_are_kept(
    cast: Cast, on: Piece, runtime: Runtime
) -> None:
    alice, bruno = Tablet(cast, cast.alice), Tablet(cast, cast.bruno)
    await alice.did(_answer(alice, on.sitting, "present"), _answer(alice, on.sitting, "absent"))
    await alice.did(_answer(alice, on.sitting, "excused"))
    values = await alice.values("attendance_answer")
    assert sorted(value["answer"] for value in values.values()) == ["absent", "excused", "present"]
    assert {value["is_late"] for value in values.values()} == {False}
    assert await bruno.values("attendance_answer") == {}
    assert await Tablet(cast, cast.claire).values("attendance_answer") == {}
    lines = await _lines(cast, on.sitting)
    assert set(lines) == {"alice", "bruno", "paul"}
    told = [answer["answer"] for answer in lines["alice"]["answers"]]
    assert told == ["excused", "absent", "present"]
    assert lines["bruno"]["answers"] == []
    assert (lines["alice"]["is_voting"], lines["alice"]["is_guest"]) == (True, False)
    async with runtime.reading() as db:
        asked = select(AuditEvent).where(AuditEvent.event == "call.answered")
        journal = list(await db.scalars(asked.order_by(AuditEvent.seq)))
        said = await details_of(db, AuditPayload, journal[-1].id)
    assert len(journal) == 3
    assert {line.member_id for line in journal} == {alice.member}
    assert {str(line.subject_id) for line in journal} == {on.sitting}
    assert said.pop("day") > "2026"
    assert said == {"answer": "excused", "is_late": False}


async def test_an_answer_once_the_sitting_has_begun_is_late(
    cast: Cast, on: Piece, runtime: Runtime
) -> None:
    async with runtime.writing() as db:
        began = datetime.now(UTC) - timedelta(minutes=1)
        one = Sitting.id == UUID(on.sitting)
        await db.execute(update(Sitting).where(one).values(starts_at=began))
    alice = Tablet(cast, cast.alice, at=began - timedelta(days=1))
    await alice.did(_answer(alice, on.sitting, "present"))
    (value,) = (await alice.values("attendance_answer")).values()
    assert value["is_late"], "the server's clock counts, not the tablet's"
    assert value["answered_at"] < value["received_at"]


async def test_a_clock_put_back_between_two_answers_changes_nothing(cast: Cast, on: Piece) -> None:
    """Both came in one push, off line until then: the order they were written in counts."""
    alice = Tablet(cast, cast.alice)
    first = _answer(alice, on.sitting, "present")
    alice.at -= timedelta(hours=1)
    last = _answer(alice, on.sitting, "absent", entity=str(UUID(int=7)))
    await alice.did(first, last)
    told = (await _lines(cast, on.sitting))["alice"]["answers"]
    assert [answer["answer"] for answer in told] == ["absent", "present"]
    mine = sorted((await alice.values("attendance_answer")).values(), key=_received)
    assert [answer["answer"] for answer in mine] == ["present", "absent"]


def _received(answer: Any) -> datetime:
    return datetime.fromisoformat(answer["received_at"])


async def test_only_those_called_answer(cast: Cast, on: Piece) -> None:
    claire, gus, alice = (Tablet(cast, cast.people[name]) for name in ("claire", "gus", "alice"))
    assert await claire.push(_answer(claire, on.sitting, "present")) == [("parked", "not_called")]
    refused = [("parked", "no_longer_readable")]
    assert await gus.push(_answer(gus, on.sitting, "present")) == refused
    guests = f"{cast.town.path}/sittings/{on.sitting}/guests"
    assert (await cast.claire.post(guests, {"member_id": str(gus.member)})).is_success
    await gus.did(_answer(gus, on.sitting, "absent"))
    assert (await _lines(cast, on.sitting))["gus"]["is_guest"]
    draft = await Desk(cast).sitting()
    assert await alice.push(_answer(alice, draft, "present")) == refused
    assert await claire.push(_answer(claire, draft, "present")) == [("parked", "not_called")]
    twice = _answer(alice, on.sitting, "present")
    await alice.did(twice)
    same = _answer(alice, on.sitting, "absent", entity=twice["entity"])
    assert await alice.push(same) == [("parked", "already_there")]
    bad = _answer(alice, on.sitting, "perhaps")
    assert await alice.push(bad) == [("parked", "invalid_body")]


async def test_the_clerk_of_another_town_sees_nothing(cast: Cast, on: Piece) -> None:
    path = f"{cast.other.path}/sittings/{on.sitting}/attendance"
    assert code(await cast.carla.get(path)) == (404, "not_found")
    path = f"{cast.town.path}/sittings/{on.sitting}/attendance"
    assert code(await cast.alice.get(path)) == (403, "role_missing")
