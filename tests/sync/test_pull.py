"""Pulls over HTTP: cursors of every kind, pages, snapshots, and those whose view is empty."""

import base64
import json
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from sqlalchemy import update

from cartable.annotations.shapes import Annotation
from cartable.attendance.shapes import AttendanceAnswer
from cartable.authorities.shapes import Authority
from cartable.authorities.tables import AuthorityHead
from cartable.documents import tables as documents
from cartable.documents.shapes import Document, DocumentVersion
from cartable.members.shapes import Assembly, Contact, Member
from cartable.mutations.shapes import ParkedMutation
from cartable.readings.shapes import ReadingState
from cartable.runtime import Runtime
from cartable.sittings.shapes import AgendaItem, Sitting
from cartable.sync import actions
from cartable.sync.rules import (
    OLDEST_WIRE,
    PAGE_BYTES,
    SHAPE,
    Cursor,
    cut,
    read_cursor,
    write_cursor,
)
from cartable.votes.shapes import VoteIntention
from tests.cast import Cast
from tests.desk import Desk, code, paper

pytestmark = pytest.mark.anyio


VALUES: tuple[type, ...] = (
    Authority, Assembly, Member, Contact, Sitting, AgendaItem, Document, DocumentVersion,
    Annotation, VoteIntention, ReadingState, AttendanceAnswer, ParkedMutation,
)  # fmt: skip


def _encoded(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


def _garbage(epoch: str) -> list[str]:
    return [
        "", "x", "é", "////", "null", "a" * 5000, "\x00", _encoded(None), _encoded([]),
        _encoded([epoch]), _encoded([epoch, "1", 2]), _encoded([epoch, 1, -1]),
        _encoded([epoch, -1, 1]), _encoded([epoch, 10**30, 10**30]), _encoded([epoch, 1, 2**70]),
        _encoded([epoch, -(10**30), 0]), _encoded([epoch, 1.5, 2]), _encoded({"epoch": epoch}),
        _encoded([str(uuid4()), 1, 1]), _encoded([epoch, 10**15, 0]), _encoded([epoch, 1, 10**15]),
    ]  # fmt: skip


async def test_a_cursor_that_cannot_serve_starts_a_scan(cast: Cast) -> None:
    desk = Desk(cast)
    fresh = await desk.pull(cast.alice)
    assert fresh["reset"]
    assert fresh["cursor_in"] is None
    assert not fresh["more"]
    for cursor in _garbage(fresh["epoch"]):
        answer = await desk.pull(cast.alice, cursor)
        assert answer["reset"], cursor
        assert answer["cursor_in"] == cursor
        assert answer["rows"] == fresh["rows"], cursor
    quiet = await desk.pull(cast.alice, fresh["cursor"])
    assert not quiet["reset"]
    assert quiet["rows"] == []
    assert quiet["cursor"] == fresh["cursor"]


async def test_rows_that_say_more_than_before_are_all_sent_again(cast: Cast) -> None:
    """A tablet of the version before holds members without what the directory shows."""
    desk = Desk(cast)
    fresh = await desk.pull(cast.alice)
    given = read_cursor(fresh["cursor"])
    assert given is not None
    before = _encoded([str(given.epoch), given.start, given.c])
    answer = await desk.pull(cast.alice, before)
    assert (answer["reset"], answer["rows"]) == (True, fresh["rows"])
    assert not (await desk.pull(cast.alice, answer["cursor"]))["reset"]


def test_the_shape_is_raised_with_the_fields_of_rows() -> None:
    """A field added without it never comes to installed tablets: raise it, note the new digest."""
    _, shapes = msgspec.json.schema_components(VALUES)
    fields = sorted((name, sorted(shape.get("properties", ()))) for name, shape in shapes.items())
    assert (SHAPE, sha256(json.dumps(fields).encode()).hexdigest()[:12]) == (1, "397d8d628237")


async def test_another_epoch_or_a_cursor_below_the_floor_starts_a_scan(
    cast: Cast, runtime: Runtime
) -> None:
    desk = Desk(cast)
    one = AuthorityHead.authority_id == cast.town.id
    before = await desk.pull(cast.claire)
    await desk.sitting()
    after = await desk.pull(cast.claire, before["cursor"])
    assert not after["reset"]
    given = read_cursor(after["cursor"])
    assert given is not None
    async with runtime.writing() as db:
        await db.execute(update(AuthorityHead).where(one).values(floor=given.c))
    assert (await desk.pull(cast.claire, before["cursor"]))["reset"]
    assert not (await desk.pull(cast.claire, after["cursor"]))["reset"]
    async with runtime.writing() as db:
        await db.execute(update(AuthorityHead).where(one).values(epoch=uuid4()))
    again = await desk.pull(cast.claire, after["cursor"])
    assert again["reset"]
    assert again["epoch"] != after["epoch"]


@pytest.mark.parametrize("limit", [0, -1, 501, "x", None])
async def test_limits_out_of_bounds_are_refused(cast: Cast, limit: Any) -> None:
    answer = await cast.alice.post(f"{cast.town.path}/sync/pull", {"limit": limit})
    assert code(answer)[1] == "invalid_input"


async def _dossier(desk: Desk, runtime: Runtime, pieces: int, words: int) -> str:
    """A draft whose pieces took one number, as an import would give them, with large values."""
    sitting = await desk.sitting()
    for number in range(pieces):
        await desk.piece(sitting, paper(seed=number), title="x")
    async with runtime.writing() as db:
        head = await db.get_one(AuthorityHead, UUID(str(desk.town.id)))
        head.seq += 1
        table = documents.DocumentVersion
        ours = table.authority_id == head.authority_id
        change = {"seq": head.seq, "reason": "é" * words}
        await db.execute(update(table).where(ours).values(**change))
    return sitting


async def test_a_page_never_cuts_a_number_even_one_larger_than_itself(
    cast: Cast, runtime: Runtime
) -> None:
    desk = Desk(cast)
    await _dossier(desk, runtime, 6, 100_000)
    await desk.item(await desk.sitting())
    whole: list[Any] = []
    for limit in (1, 2, 500):
        rows: list[Any] = []
        cursor, more, pages = None, True, 0
        while more:
            answer = await desk.pull(cast.claire, cursor, limit)
            assert answer["reset"] == (cursor is None)
            cursor, more = answer["cursor"], answer["more"]
            given = [row["seq"] for row in answer["rows"]]
            assert given == sorted(given)
            assert not rows or not given or given[0] > rows[-1]["seq"], "a number was cut"
            many = [row for row in answer["rows"] if row["kind"] == "document_version"]
            assert len(many) in (0, 6), "one number, one page, whatever it weighs"
            rows += answer["rows"]
            pages += 1
            if limit == 500 and pages == 1:
                assert not many, "512 KiB are full before the large number"
                assert more
        assert len({(row["kind"], row["id"]) for row in rows}) == len(rows)
        whole = whole or rows
        assert rows == whole
    assert sum(len(json.dumps(row)) for row in whole) > PAGE_BYTES


def test_the_cut_by_weight() -> None:
    assert cut([(1, 10), (2, 10), (3, 10)], 20) == 2
    assert cut([(1, 10), (2, 10), (2, 10)], 20) == 1
    assert cut([(1, 10), (1, 10), (1, 10)], 20) == 3
    assert cut([(1, 30), (2, 10)], 20) == 1
    assert cut([(1, 10), (2, 10)], 20) == 2
    assert cut([], 20) == 0


async def test_a_page_shows_one_instant(
    cast: Cast, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A deed committed while a page is being read is wholly in the next one."""
    desk = Desk(cast)
    sitting = await desk.sitting()
    item = await desk.item(sitting)
    before = await desk.pull(cast.claire)
    page = vars(actions)["_page"]

    async def slow(*args: Any) -> Any:
        monkeypatch.undo()
        await desk.piece(sitting, paper(), agenda_item_id=item)
        assert (await desk.clerk.delete(f"{cast.town.path}/agenda/{item}")).status_code == 409
        return await page(*args)

    await desk.item(sitting, "Voirie")
    monkeypatch.setattr(actions, "_page", slow)
    first = await desk.pull(cast.claire, before["cursor"])
    assert [row["kind"] for row in first["rows"]] == ["agenda_item"]
    second = await desk.pull(cast.claire, first["cursor"])
    kinds = [row["kind"] for row in second["rows"]]
    assert sorted(kinds) == ["document", "document_version"]


async def test_somebody_without_access_any_more_gets_an_empty_view(cast: Cast) -> None:
    desk = Desk(cast)
    held = await desk.pull(cast.alice)
    member = cast.alice.member[cast.town.name]
    path = f"{cast.town.path}/members/{member}/deactivate"
    other = await cast.sign_in("bruno@staubin.example", name="bruno")
    kept = await desk.pull(other)
    assert (await cast.ines.post(path)).status_code == 200
    for cursor in (held["cursor"], None, "garbage"):
        empty = await desk.pull(cast.alice, cursor)
        assert (empty["reset"], empty["rows"], empty["more"]) == (True, [], False)
    again = await desk.pull(cast.alice, empty["cursor"])
    assert (again["reset"], again["rows"]) == (True, [])
    head = await cast.alice.get(f"{cast.town.path}/sync/head")
    assert head.status_code in (401, 404)
    assert (await other.post("/api/sign-out")).status_code == 204
    out = await other.post(f"{cast.town.path}/sync/pull", {"cursor": kept["cursor"]})
    assert out.status_code in (200, 401)
    if out.status_code == 200:
        assert (out.json()["reset"], out.json()["rows"]) == (True, [])
    colleagues = (await desk.view(cast.bruno))["member"]
    assert str(member) in {colleague["id"] for colleague in colleagues}


async def test_a_device_signed_out_from_elsewhere_is_emptied(cast: Cast) -> None:
    desk = Desk(cast)
    lost = await cast.sign_in("bruno@staubin.example", name="bruno")
    held = await desk.pull(lost)
    assert held["rows"]
    assert (await cast.bruno.post("/api/devices/sign-out-others")).status_code == 204
    empty = await desk.pull(lost, held["cursor"])
    assert (empty["reset"], empty["rows"], empty["more"]) == (True, [], False)
    refused = await lost.get(f"{cast.town.path}/sync/head")
    assert code(refused) == (401, "device_signed_out")
    again = await cast.sign_in("bruno@staubin.example", name="bruno")
    full = await desk.pull(again, empty["cursor"])
    assert full["reset"], "signed in again on the same tablet, everything is there again"
    assert len(full["rows"]) == len(held["rows"])
    assert (await desk.pull(cast.bruno))["rows"]


async def test_a_member_of_two_authorities_has_two_views(cast: Cast) -> None:
    views = []
    for town in (cast.town, cast.other):
        answer = await cast.paul.post(f"{town.path}/sync/pull", {})
        rows = answer.json()["rows"]
        assert {row["value"]["name"] for row in rows if row["kind"] == "authority"} == {town.name}
        views.append({row["id"] for row in rows})
        swapped = await cast.paul.post(
            f"{(cast.other if town is cast.town else cast.town).path}/sync/pull",
            {"cursor": answer.json()["cursor"]},
        )
        assert swapped.json()["reset"], "a cursor of another authority is of another epoch"
    assert views[0].isdisjoint(views[1])
    refused = await cast.alice.post(f"{cast.other.path}/sync/pull", {})
    assert code(refused) == (404, "not_found")


async def test_the_head_is_cheap_to_poll(cast: Cast) -> None:
    desk = Desk(cast)
    path = f"{cast.town.path}/sync/head"
    first = await cast.alice.get(path)
    tag = first.headers["etag"]
    for known in (tag, f"W/{tag}", f'"other", {tag}'):
        same = await cast.alice.get(path, headers={"if-none-match": known})
        assert (same.status_code, same.content) == (304, b""), known
        assert same.headers["etag"] == tag
    await desk.sitting()
    changed = await cast.alice.get(path, headers={"if-none-match": tag})
    assert changed.status_code == 200
    assert changed.json()["seq"] == first.json()["seq"] + 1
    assert (await cast.daniel.get(path)).status_code == 404


async def test_tombstones_tell_no_value(cast: Cast) -> None:
    desk = Desk(cast)
    sitting = await desk.sitting()
    item = await desk.item(sitting, "Secret")
    before = await desk.pull(cast.claire)
    assert (await desk.clerk.delete(f"{cast.town.path}/agenda/{item}")).status_code == 204
    delta = await desk.pull(cast.claire, before["cursor"])
    (stone,) = delta["rows"]
    assert stone == {"kind": "agenda_item", "id": item, "seq": stone["seq"], "deleted": True}
    fresh = await desk.pull(cast.claire)
    assert stone in fresh["rows"], "tombstones are sent in scans too"
    assert "Secret" not in json.dumps(fresh["rows"])


def test_cursors_come_back_as_they_went() -> None:
    cursor = Cursor(uuid4(), 12, 7)
    assert read_cursor(write_cursor(cursor)) == cursor


async def test_a_wire_too_old_is_told_to_update(cast: Cast) -> None:
    pull = f"{cast.town.path}/sync/pull"
    answer = await cast.alice.post(pull, {"version": OLDEST_WIRE - 1})
    assert (answer.status_code, answer.json()["code"]) == (426, "pull_too_old")
    assert answer.json()["details"] == {"oldest": OLDEST_WIRE}
    assert (await cast.alice.post(pull, {"version": OLDEST_WIRE})).status_code == 200
