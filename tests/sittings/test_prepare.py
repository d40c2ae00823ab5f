"""Preparing a sitting and calling it, over HTTP: what may change, what is refused, who sees it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import update
from tests.cast import Cast
from tests.desk import Desk, code, in_days, paper
from tests.lines import lines_of

from cartable.runtime import Runtime
from cartable.sittings.actions.prepare import archive_sittings
from cartable.sittings.rules import AGENDA_LIMIT, KEPT_ON_TABLETS
from cartable.sittings.tables import Sitting

pytestmark = pytest.mark.anyio
CONVENED = (409, "sitting_already_convened")


async def test_a_draft_and_its_times(cast: Cast) -> None:
    desk = Desk(cast)
    path = f"{cast.town.path}/sittings"
    council = {"assembly_id": cast.town.assemblies["council"]}
    for wrong in ("2027-03-28T02:30", "2027-02-30T18:00", "0001-01-01T00:00"):
        answer = await cast.claire.post(path, council | {"starts_at": wrong})
        assert code(answer) == (422, "time_does_not_exist"), wrong
    for wrong in ("2027-03-28", "2027-03-28T18:30:00", "2027-03-28T18:30Z", "demain", ""):
        answer = await cast.claire.post(path, council | {"starts_at": wrong})
        assert code(answer) == (422, "invalid_input"), wrong
    foreign = {"assembly_id": cast.other.assemblies["council"], "starts_at": in_days(3)}
    assert code(await cast.claire.post(path, foreign)) == (404, "not_found")
    sitting = await desk.sitting(place="  Salle du conseil  ")
    detail = (await cast.claire.get(f"{path}/{sitting}")).json()
    assert detail["sitting"]["place"] == "Salle du conseil"
    assert detail["sitting"]["time_zone"] == "Europe/Paris"
    edited = await cast.claire.patch(f"{path}/{sitting}", {"starts_at": "2031-07-01T19:00"})
    assert edited.json()["starts_at"] == "2031-07-01T17:00:00Z"
    assert edited.json()["place"] == "Salle du conseil"
    wrong = await cast.claire.patch(f"{path}/{sitting}", {"starts_at": "2031-03-30T02:30"})
    assert code(wrong) == (422, "time_does_not_exist")


async def test_the_agenda_is_numbered_and_ordered(cast: Cast) -> None:
    desk = Desk(cast)
    sitting, other = await desk.sitting(), await desk.sitting()
    path = f"{cast.town.path}/sittings/{sitting}/agenda"

    async def agenda() -> list[tuple[str, int, int | None]]:
        detail = (await cast.claire.get(f"{cast.town.path}/sittings/{sitting}")).json()
        return [(i["title"], i["position"], i["number"]) for i in detail["agenda"]]

    a = await desk.item(sitting, "A")
    heading = await desk.item(sitting, "Finances", kind="heading")
    b = await desk.item(sitting, "B")
    c = await desk.item(sitting, "C", after=a)
    assert await agenda() == [("A", 1, 1), ("C", 2, 2), ("Finances", 3, None), ("B", 4, 3)]
    ordered = await cast.claire.post(f"{path}/order", {"items": [heading, b, c, a]})
    assert ordered.status_code == 200
    assert [i["number"] for i in ordered.json()] == [None, 1, 2, 3]
    assert await agenda() == [("Finances", 1, None), ("B", 2, 1), ("C", 3, 2), ("A", 4, 3)]
    stranger = await desk.item(other, "Ailleurs")
    for wrong in ([], [a, b, c], [a, b, c, c], [a, b, c, heading, heading], [a, b, c, stranger]):
        answer = await cast.claire.post(f"{path}/order", {"items": wrong})
        assert code(answer) == (409, "agenda_changed"), wrong
    after = await cast.claire.post(path, {"title": "D", "after": stranger})
    assert code(after) == (404, "not_found")
    for blank in ("", "   ", "\u00a0"):
        assert code(await cast.claire.post(path, {"title": blank}))[0] == 422
    daniel = str(cast.daniel.member[cast.other.name])
    foreign = await cast.claire.post(path, {"title": "D", "rapporteur_id": daniel})
    assert code(foreign) == (404, "not_found")
    item = f"{cast.town.path}/agenda"
    assert (await cast.claire.patch(f"{item}/{c}", {"kind": "heading"})).status_code == 200
    assert await agenda() == [("Finances", 1, None), ("B", 2, 1), ("C", 3, None), ("A", 4, 2)]
    assert (await cast.claire.delete(f"{item}/{b}")).status_code == 204
    assert await agenda() == [("Finances", 1, None), ("C", 2, None), ("A", 3, 1)]
    assert code(await cast.claire.delete(f"{item}/{b}")) == (404, "not_found")
    piece = await desk.piece(sitting, paper(), agenda_item_id=a)
    held = await cast.claire.delete(f"{item}/{a}")
    assert code(held) == (409, "agenda_item_has_documents")
    assert held.json()["details"] == {"count": 1}
    await desk.withdraw(piece["document"]["id"])
    assert (await cast.claire.delete(f"{item}/{a}")).status_code == 204


async def test_a_full_agenda(cast: Cast) -> None:
    desk = Desk(cast)
    sitting = await desk.sitting()
    for number in range(AGENDA_LIMIT):
        await desk.item(sitting, f"Point {number}")
    path = f"{cast.town.path}/sittings/{sitting}/agenda"
    answer = await cast.claire.post(path, {"title": "De trop"})
    assert code(answer) == (409, "agenda_full")
    assert answer.json()["details"] == {"limit": AGENDA_LIMIT}


async def test_a_draft_is_seen_by_clerks_alone_and_may_be_deleted(cast: Cast) -> None:
    desk = Desk(cast)
    sitting = await desk.sitting()
    await desk.item(sitting)
    await desk.piece(sitting, paper())
    for person in (cast.alice, cast.gus, cast.ines, cast.paul):
        assert set(await desk.view(person)) == {"authority", "assembly", "member"}, person.name
    assert "sitting" in await desk.view(cast.claire)
    before = await desk.pull(cast.claire)
    path = f"{cast.town.path}/sittings/{sitting}"
    assert (await cast.claire.delete(path)).status_code == 204
    assert code(await cast.claire.get(path)) == (404, "not_found")
    assert code(await cast.claire.delete(path)) == (404, "not_found")
    assert set(await desk.view(cast.claire)) == {"authority", "assembly", "member"}
    assert (await desk.pull(cast.claire, before["cursor"]))["reset"]
    assert code(await desk.send(sitting, paper())) == (404, "not_found")


async def test_what_stops_a_call(cast: Cast, do_jobs: Any, shared: Path, runtime: Runtime) -> None:
    desk = Desk(cast)
    sitting = await desk.sitting()
    assert code(await desk.convene(sitting)) == (409, "agenda_empty")
    await desk.item(sitting, "Finances", kind="heading")
    assert code(await desk.convene(sitting)) == (409, "agenda_empty")
    await desk.item(sitting)
    bad = (shared / "corpus" / "o09_password.pdf").read_bytes()
    piece = await desk.piece(sitting, bad)
    await desk.piece(sitting, paper())
    checking = await desk.convene(sitting)
    assert code(checking) == (409, "documents_being_checked")
    assert checking.json()["details"] == {"count": 2}
    await do_jobs()
    refused = await desk.convene(sitting)
    assert code(refused) == (409, "documents_refused")
    assert refused.json()["details"] == {"count": 1}
    await desk.withdraw(piece["document"]["id"])
    async with runtime.writing() as db:
        past = datetime.now(UTC) - timedelta(minutes=1)
        await db.execute(update(Sitting).where(Sitting.id == UUID(sitting)).values(starts_at=past))
    assert code(await desk.convene(sitting)) == (409, "sitting_in_the_past")
    made = await cast.ines.post(
        f"{cast.town.path}/assemblies", {"name": "Commission vide", "kind": "committee"}
    )
    empty = await desk.sitting(assembly_id=made.json()["id"])
    await desk.item(empty)
    assert code(await desk.convene(empty)) == (409, "nobody_to_call")
    assert code(await desk.convene(str(uuid4()))) == (404, "not_found")
    assert "sitting" not in await desk.view(cast.alice), "a refusal changes nothing"


async def test_what_may_change_once_called(cast: Cast) -> None:
    desk = Desk(cast)
    sitting = await desk.sitting()
    item = await desk.item(sitting)
    await desk.called(sitting)
    path, line = f"{cast.town.path}/sittings/{sitting}", f"{cast.town.path}/agenda/{item}"
    assert code(await desk.convene(sitting)) == CONVENED
    assert code(await cast.claire.patch(path, {"place": "Ailleurs"})) == CONVENED
    assert code(await cast.claire.delete(path)) == CONVENED
    assert code(await cast.claire.post(f"{path}/agenda", {"title": "Ajout"})) == CONVENED
    assert code(await cast.claire.post(f"{path}/agenda/order", {"items": [item]})) == CONVENED
    assert code(await cast.claire.patch(line, {"title": "Autre"})) == CONVENED
    both = {"in_camera": True, "title": "Autre"}
    assert code(await cast.claire.patch(line, both)) == CONVENED
    assert code(await cast.claire.delete(line)) == CONVENED
    assert (await cast.claire.patch(line, {"in_camera": True})).status_code == 200
    assert (await desk.send(sitting, paper(), agenda_item_id=item)).status_code == 201


async def test_preparing_makes_no_tablet_start_again(cast: Cast) -> None:
    desk = Desk(cast)
    sitting = await desk.sitting()
    closed = await desk.item(sitting, in_camera=True)
    piece = await desk.piece(sitting, paper(), agenda_item_id=closed)
    before = await desk.pull(cast.alice)
    line = f"{cast.town.path}/agenda/{closed}"
    document = f"{cast.town.path}/documents/{piece['document']['id']}"
    assert (await cast.claire.patch(line, {"in_camera": False})).status_code == 200
    assert (await cast.claire.patch(line, {"in_camera": True})).status_code == 200
    assert (await cast.claire.patch(document, {"agenda_item_id": None})).status_code == 200
    after = await desk.pull(cast.alice, before["cursor"])
    assert (after["reset"], after["rows"]) == (False, [])


async def test_guests_see_what_is_not_in_camera_while_they_are_guests(
    cast: Cast, do_jobs: Any
) -> None:
    desk = Desk(cast)
    sitting = await desk.sitting()
    open_item = await desk.item(sitting)
    closed = await desk.item(sitting, "Personnel", in_camera=True)
    await desk.piece(sitting, paper(seed=1), agenda_item_id=open_item)
    await desk.piece(sitting, paper(seed=2), agenda_item_id=closed)
    await do_jobs()
    gus = str(cast.gus.member[cast.town.name])
    path = f"{cast.town.path}/sittings/{sitting}/guests"
    for _ in range(2):
        assert (await cast.claire.post(path, {"member_id": gus})).status_code == 204
    daniel = str(cast.daniel.member[cast.other.name])
    assert code(await cast.claire.post(path, {"member_id": daniel})) == (404, "not_found")
    assert "sitting" not in await desk.view(cast.gus)
    await desk.called(sitting)
    seen = await desk.view(cast.gus)
    assert [i["id"] for i in seen["agenda_item"]] == [open_item]
    assert len(seen["document"]) == len(seen["document_version"]) == 1
    assert len((await desk.view(cast.alice))["document"]) == 2
    assert (await cast.claire.delete(f"{path}/{gus}")).status_code == 204
    assert code(await cast.claire.delete(f"{path}/{gus}")) == (404, "not_found")
    assert "sitting" not in await desk.view(cast.gus)
    alice = str(cast.alice.member[cast.town.name])
    held = await cast.claire.delete(f"{path}/{alice}")
    assert code(held) == (404, "not_found"), "a seat is not an invitation"


async def test_a_seat_taken_back_after_the_call_takes_the_sitting_away(cast: Cast) -> None:
    desk, town = Desk(cast), cast.town
    sitting = await desk.sitting()
    await desk.item(sitting)
    await desk.called(sitting)
    before = await desk.pull(cast.alice)
    alice = str(cast.alice.member[town.name])
    lines = (await cast.ines.get(f"{town.path}/members")).json()
    seats = next(line["seats"] for line in lines if line["id"] == alice)
    seat = next(s["id"] for s in seats if s["assembly_id"] == town.assemblies["council"])
    assert (await cast.ines.delete(f"{town.path}/seats/{seat}")).status_code == 204
    after = await desk.pull(cast.alice, before["cursor"])
    assert after["reset"]
    assert not [row for row in after["rows"] if row["kind"] in ("sitting", "agenda_item")]
    detail = (await cast.claire.get(f"{town.path}/sittings/{sitting}")).json()
    assert alice not in [one["member_id"] for one in detail["recipients"]]
    # The clerk may still invite her, and then she reads as a guest does.
    path = f"{town.path}/sittings/{sitting}/guests"
    assert (await cast.claire.post(path, {"member_id": alice})).status_code == 204
    assert [s["id"] for s in (await desk.view(cast.alice))["sitting"]] == [sitting]


async def test_old_sittings_leave_the_tablets_and_stay_on_the_desk(
    cast: Cast, runtime: Runtime
) -> None:
    desk = Desk(cast)
    old, recent = await desk.sitting(), await desk.sitting(days=30)
    for sitting in (old, recent):
        await desk.item(sitting)
        await desk.called(sitting)
    now = datetime.now(UTC) + KEPT_ON_TABLETS + timedelta(days=10)
    before = await desk.pull(cast.alice)
    async with runtime.writing() as db:
        assert await archive_sittings(db, cast.town.id, now) == 1
    async with runtime.writing() as db:
        assert await archive_sittings(db, cast.town.id, now) == 0
    archived = "sittings.archived"
    assert await lines_of(cast.runtime, cast.town.id, archived) == [archived]
    assert (await desk.pull(cast.alice, before["cursor"]))["reset"]
    assert [s["id"] for s in (await desk.view(cast.alice))["sitting"]] == [recent]
    assert len((await desk.view(cast.alice))["agenda_item"]) == 1
    listed = (await cast.claire.get(f"{cast.town.path}/sittings")).json()
    assert [line["id"] for line in listed] == [recent, old]
