"""The clerk's list of who comes: everybody called, and what they answered, live."""

from typing import Any

import pytest
from tests.cast import Cast
from tests.desk import Desk, code
from tests.pushing import Tablet, piece, two_tablets
from tests.sync.streams import reading
from tests.world import good

pytestmark = pytest.mark.anyio


async def _lines(cast: Cast, sitting: str) -> dict[str, Any]:
    path = f"{cast.town.path}/sittings/{sitting}/attendance"
    return {line["first_name"]: line for line in good(await cast.claire.get(path))}


def _answers(line: Any) -> list[str]:
    return [answer["answer"] for answer in line["answers"]]


async def test_the_list_has_everybody_called_and_every_answer(cast: Cast, do_jobs: Any) -> None:
    sitting = (await piece(cast, do_jobs)).sitting
    guest = {"member_id": str(cast.gus.member[cast.town.name])}
    good(await cast.claire.post(f"{cast.town.path}/sittings/{sitting}/guests", guest))
    before = await _lines(cast, sitting)
    assert set(before) == {"Alice", "Bruno", "Paul", "Gus"}
    assert all(line["answers"] == [] for line in before.values())
    one, other = await two_tablets(cast)
    excused = one.mutation("answer_call", {"sitting_id": sitting, "answer": "excused"})
    present = other.mutation("answer_call", {"sitting_id": sitting, "answer": "present"})
    await one.did(excused)
    await other.did(present)
    await Tablet(cast, cast.gus).did(
        one.mutation("answer_call", {"sitting_id": sitting, "answer": "absent"})
    )
    lines = await _lines(cast, sitting)
    assert _answers(lines["Alice"]) == ["present", "excused"], "the last one first"
    assert [a["id"] for a in lines["Alice"]["answers"]] == [present["entity"], excused["entity"]]
    assert not any(answer["is_late"] for answer in lines["Alice"]["answers"])
    assert _answers(lines["Gus"]) == ["absent"]
    assert _answers(lines["Bruno"]) == _answers(lines["Paul"]) == []
    assert (lines["Gus"]["is_guest"], lines["Gus"]["is_voting"]) == (True, False)
    assert (lines["Alice"]["is_guest"], lines["Alice"]["is_voting"]) == (False, True)


async def test_it_tells_position_and_group(cast: Cast) -> None:
    sitting = await Desk(cast).sitting()
    group = good(await cast.ines.post(f"{cast.town.path}/groups", {"name": "Ensemble"}))["id"]
    member = f"{cast.town.path}/members/{cast.alice.member[cast.town.name]}"
    good(await cast.ines.patch(member, {"position": "Adjointe", "group_id": group}))
    lines = await _lines(cast, sitting)
    assert (lines["Alice"]["position"], lines["Alice"]["group_name"]) == ("Adjointe", "Ensemble")
    assert lines["Bruno"]["group_name"] is None


async def test_clerks_alone_see_it(cast: Cast) -> None:
    sitting = await Desk(cast).sitting()
    path = f"{cast.town.path}/sittings/{sitting}/attendance"
    for person in (cast.alice, cast.ines, cast.gus):
        assert code(await person.get(path)) == (403, "role_missing")
    assert code(await cast.carla.get(path)) == (404, "not_found")
    theirs = f"{cast.other.path}/sittings/{sitting}/attendance"
    assert code(await cast.carla.get(theirs)) == (404, "not_found")


async def test_an_answer_is_hinted_to_the_clerk_and_a_note_is_not(
    app: Any, cast: Cast, do_jobs: Any
) -> None:
    paper = await piece(cast, do_jobs)
    tablet, second = await two_tablets(cast)
    await tablet.pull()
    async with reading(app, cast.claire) as clerk, reading(app, second.person) as own:
        await clerk.heads(1)
        await own.heads(1)
        await tablet.did(tablet.note(paper, "Une note"), tablet.prepare(paper.item))
        _, seq = await own.hint()
        await clerk.nothing()
        answer = {"sitting_id": paper.sitting, "answer": "present"}
        await tablet.did(tablet.note(paper, "Autre"), tablet.mutation("answer_call", answer))
        assert await clerk.hint() == (cast.town.id, seq + 1)
        assert await own.hint() == (cast.town.id, seq + 1)
