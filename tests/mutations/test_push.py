"""The push over HTTP: what is recorded, what is parked, what fails as a whole, and the answers."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, func, select, update
from sqlalchemy.exc import IntegrityError, OperationalError
from tests.cast import Cast
from tests.desk import code
from tests.pushing import Piece, Tablet, piece, two_tablets
from tests.world import good

from cartable.accounts.tables import Device
from cartable.authorities.tables import AuthorityHead
from cartable.database import uuid7
from cartable.members.tables import DeviceCopy, Member
from cartable.mutations.tables import Mutation
from cartable.runtime import Runtime
from cartable.sync import catalogue, push
from cartable.sync.catalogue import Deed

pytestmark = pytest.mark.anyio


@pytest.fixture
async def on(cast: Cast, do_jobs: Any) -> Piece:
    """A piece to write on."""
    return await piece(cast, do_jobs)


@pytest.fixture
def alice(cast: Cast) -> Tablet:
    """A councillor who votes."""
    return Tablet(cast, cast.alice)


async def _numbers(runtime: Runtime, cast: Cast) -> tuple[int, int]:
    """The last number given, and how many mutations the log has."""
    async with runtime.reading() as db:
        head = await db.get_one(AuthorityHead, UUID(str(cast.town.id)))
        return head.seq, await db.scalar(select(func.count(Mutation.id))) or 0


async def test_what_was_sent_twice_is_applied_once(
    alice: Tablet, on: Piece, runtime: Runtime, cast: Cast
) -> None:
    one, two = alice.note(on, "un"), alice.put(on)
    first = (await alice.send(one, two)).json()
    before = await _numbers(runtime, cast)
    assert (await alice.send(one, two)).json() == first
    assert (await alice.send(two)).json()["outcomes"] == first["outcomes"][1:]
    assert (await alice.send()).json() == {"outcomes": []}
    assert await _numbers(runtime, cast) == before, "nothing new takes no number"
    third = alice.put(on)
    await alice.did(one, third, third, two)
    assert await _numbers(runtime, cast) == (before[0] + 1, before[1] + 1)
    assert len(await alice.rows("annotation")) == 3


async def test_many_ask_the_database_as_little_as_few(
    alice: Tablet, on: Piece, runtime: Runtime
) -> None:
    """Each note asked five times by itself once: 10,000 of them took 30 seconds."""
    asked: list[str] = []
    engine = runtime.engine.sync_engine
    listen = ("before_cursor_execute", lambda _c, _k, statement, *_: asked.append(statement))
    await alice.did(alice.note(on, "un"))
    event.listen(engine, *listen)
    counts = []
    for many in (2, 40):
        asked.clear()
        await alice.did(*(alice.note(on, f"note {n}") for n in range(many)))
        counts.append(len(asked))
    event.remove(engine, *listen)
    few, many = counts
    assert many == few, "\n".join(asked)


async def test_pages_turned_for_years_are_not_read_again(
    alice: Tablet, on: Piece, runtime: Runtime
) -> None:
    """Nothing asks for the history of a reading, the longest of all."""
    asked: list[str] = []
    engine = runtime.engine.sync_engine
    listen = ("before_cursor_execute", lambda _c, _k, statement, *_: asked.append(statement))
    turned = {"document_id": on.document, "is_read": False}
    event.listen(engine, *listen)
    await alice.did(alice.mutation("keep_reading", turned, alice.reading(on.document)))
    event.remove(engine, *listen)
    assert not [statement for statement in asked if "mutation.landed IN" in statement]


async def test_the_same_push_many_times_at_once(
    alice: Tablet, on: Piece, runtime: Runtime, cast: Cast
) -> None:
    await alice.send()
    mutations = [alice.put(on) for _ in range(5)]
    before = await _numbers(runtime, cast)
    answers = await asyncio.gather(*(alice.send(*mutations) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert (await _numbers(runtime, cast))[1] == before[1] + 5
    assert len(await alice.rows("annotation")) == 5


async def test_another_epoch_pulls_first(alice: Tablet, on: Piece, runtime: Runtime) -> None:
    one = alice.put(on)
    refused = await alice.send(one, epoch=str(uuid7()))
    assert code(refused) == (409, "epoch_changed")
    alice.epoch = ""
    await alice.did(one)
    assert code(await alice.send(one, epoch=str(uuid7())))[0] == 409, "also what is known"


BAD = {
    "unknown_deed": {"name": "annotate"},
    "unknown_deed ": {"version": 2},
    "invalid_body": {"body": {"text": 3}},
    "invalid_body ": {"body": None},
    "invalid_body  ": {"body": {"document_id": "x"}},
}


@pytest.mark.parametrize("why", BAD)
async def test_one_that_is_bad_never_blocks_the_others(
    alice: Tablet, on: Piece, why: str, cast: Cast
) -> None:
    good = [alice.put(on) for _ in range(9)]
    bad = alice.put(on) | BAD[why]
    outcomes = await alice.push(*good[:4], bad, *good[4:])
    assert outcomes.pop(4) == ("parked", why.strip())
    assert outcomes == [("applied", None)] * 9
    assert await alice.parked() == {bad["mid"]: (why.strip(), bad["body"])}
    (value,) = (await alice.values("parked_mutation")).values()
    assert (value["name"], value["version"]) == (bad["name"], bad["version"])
    assert (value["entity"], value["at"]) == (bad["entity"], bad["at"])
    assert await Tablet(cast, cast.bruno).parked() == {}


async def test_a_parked_one_is_tried_again_and_discarded(alice: Tablet, on: Piece) -> None:
    bad = alice.put(on) | {"version": 99}
    await alice.push(bad)
    seen = await alice.pull()
    again = alice.put(on)
    await alice.did(again, alice.mutation("discard_parked", {}, bad["mid"]))
    rows = (await alice.pull(seen["cursor"]))["rows"]
    gone = {(row["kind"], row["id"]): row.get("deleted") for row in rows}
    assert gone == {("annotation", again["entity"]): None, ("parked_mutation", bad["mid"]): True}
    await alice.did(alice.mutation("discard_parked", {}, bad["mid"]))
    for stranger in (again["mid"], str(uuid7())):
        discard = alice.mutation("discard_parked", {}, stranger)
        assert await alice.push(discard) == [("parked", "unknown_entity")]


async def test_a_fault_of_a_deed_parks_its_mutation_alone(
    alice: Tablet,
    on: Piece,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    shape, real = catalogue.DEEDS["put_annotation", 1].body, catalogue.DEEDS["put_annotation", 1].do

    async def faulty(db: Any, actor: Any, key: Any, change: Any, body: Any) -> Any:
        landed = await real(db, actor, key, change, body)
        await db.flush()
        if body.page == 13:
            raise ZeroDivisionError(body.mark.text)
        if body.page == 14:
            raise IntegrityError(body.mark.text, None, Exception(body.mark.text))
        return landed

    monkeypatch.setitem(catalogue.DEEDS, ("put_annotation", 1), Deed(shape, faulty))
    sent = [alice.note(on, "secret-canari") for _ in range(5)]
    sent[1]["body"]["page"], sent[3]["body"]["page"] = 13, 14
    with caplog.at_level(logging.DEBUG):
        outcomes = await alice.push(*sent)
    failed = ("parked", "deed_failed")
    assert outcomes == [("applied", None), failed, ("applied", None), failed, ("applied", None)]
    assert set(await alice.rows("annotation")) == {sent[n]["entity"] for n in (0, 2, 4)}
    assert set(await alice.parked()) == {sent[1]["mid"], sent[3]["mid"]}
    told = [vars(record) for record in caplog.records if record.name == push.__name__]
    assert [one["fault"] for one in told] == ["ZeroDivisionError", "IntegrityError"]
    assert "secret-canari" not in caplog.text
    assert "secret-canari" not in str(told)


async def test_an_outage_fails_the_whole_push_and_leaves_nothing(
    alice: Tablet, on: Piece, monkeypatch: pytest.MonkeyPatch, runtime: Runtime, cast: Cast
) -> None:
    await alice.send()
    deed, calls = catalogue.DEEDS["put_annotation", 1], []

    async def lost(db: Any, actor: Any, key: Any, change: Any, body: Any) -> Any:
        calls.append(change.mid)
        if len(calls) == 2:
            raise OperationalError("", None, Exception("connection lost"))
        return await deed.do(db, actor, key, change, body)

    sent = [alice.put(on) for _ in range(3)]
    before = await _numbers(runtime, cast)
    with monkeypatch.context() as patch:
        patch.setitem(catalogue.DEEDS, ("put_annotation", 1), Deed(deed.body, lost))
        answer = await alice.send(*sent)
    assert code(answer) == (503, "unavailable")
    assert len(calls) == 2
    assert await _numbers(runtime, cast) == before
    await alice.did(*sent)


async def test_mids_are_one_s_own(cast: Cast, alice: Tablet, on: Piece) -> None:
    """Somebody who guesses a mid learns nothing of it and takes nothing away."""
    mine = alice.put(on)
    bruno = Tablet(cast, cast.bruno)
    theirs = bruno.put(on) | {"mid": mine["mid"]}
    await alice.did(mine)
    assert (await bruno.pull(holding=[mine["mid"]]))["held"] == []
    await bruno.did(theirs)
    assert set(await alice.rows("annotation")) == {mine["entity"]}
    assert set(await bruno.rows("annotation")) == {theirs["entity"]}


async def test_the_last_page_acknowledges_what_the_server_has(alice: Tablet, on: Piece) -> None:
    known = [alice.put(on) for _ in range(4)] + [alice.put(on) | {"version": 9}]
    await alice.push(*known)
    mids = [one["mid"] for one in known]
    other = str(uuid7())
    cursor, held = None, []
    for _ in range(100):
        answer = await alice.pull(cursor, limit=2, holding=[other, *mids])
        cursor, held = answer["cursor"], answer["held"]
        if not answer["more"]:
            break
        assert held == []
    assert held == mids
    assert (await alice.pull(cursor, holding=[other]))["held"] == []
    too_many = await alice.person.post(
        f"{alice.cast.town.path}/sync/pull", {"holding": [str(uuid7()) for _ in range(5001)]}
    )
    assert code(too_many)[1] == "invalid_input"
    many = [str(uuid7()) for _ in range(4999)]
    assert (await alice.pull(cursor, holding=[*many, mids[0]]))["held"] == [mids[0]]


@pytest.mark.parametrize("who", ["member", "device"])
async def test_what_comes_from_somebody_gone_is_kept_for_them(
    cast: Cast, on: Piece, who: str
) -> None:
    lost, other = await two_tablets(cast, "bruno")
    before = lost.put(on)
    await lost.did(before)
    if who == "member":
        assert (
            await cast.ines.post(f"{cast.town.path}/members/{lost.member}/deactivate")
        ).is_success
        why = "membership_ended"
        lost = Tablet(cast, await cast.sign_in("bruno@staubin.example", name="bruno"))
    else:
        # `other` signs the first one out.
        assert (await other.person.post("/api/devices/sign-out-others")).is_success
        why = "device_signed_out"
    late, wrong = lost.note(on, "écrit dans le train"), lost.put(on) | {"name": "?"}
    assert await lost.push(late, wrong, before) == [
        ("parked", why), ("parked", why), ("applied", None),
    ]  # fmt: skip
    mids = [late["mid"], before["mid"]]
    empty = await lost.pull(holding=mids)
    assert (empty["rows"], empty["held"]) == ([], mids)
    if who == "member":
        path = f"{cast.town.path}/members/{lost.member}/reactivate"
        assert (await cast.ines.post(path)).is_success
        other = lost
    assert (await other.parked())[late["mid"]] == (why, late["body"])
    assert set(await other.rows("annotation")) == {before["entity"]}


@pytest.mark.parametrize("what", ["membership", "device", "copy"])
async def test_what_ended_a_month_ago_is_over(
    cast: Cast, on: Piece, runtime: Runtime, what: str
) -> None:
    # Paul has another authority: taking this one from his device leaves it signed in.
    tablet = Tablet(cast, cast.paul if what == "copy" else cast.bruno)
    written = tablet.put(on)
    await tablet.did(written)
    device = UUID(good(await tablet.person.get("/api/me"))["device"]["id"])
    await _end(cast, tablet, what, str(device))
    ended = {
        "membership": update(Member).where(Member.id == tablet.member),
        "device": update(Device).where(Device.id == device),
        "copy": update(DeviceCopy).where(DeviceCopy.device_id == device),
    }[what]
    column = {"membership": "deactivated_at", "device": "signed_out_at", "copy": "revoked_at"}[what]
    for days, status in ((29, 200), (31, 403)):
        async with runtime.writing(cast.town.id) as db:
            then = datetime.now(UTC) - timedelta(days=days)
            await db.execute(ended.values({column: then}))
        pulled = await tablet.person.post(f"{cast.town.path}/sync/pull", {"holding": []})
        pushed = await tablet.send(tablet.note(on, f"écrit le jour {days}"))
        for answer in (pulled, pushed):
            assert answer.status_code == status, answer.text
            assert status == 200 or answer.json()["code"] == "revoked"
        if status == 200:
            assert pulled.json()["rows"] == []
            assert [one["outcome"] for one in pushed.json()["outcomes"]] == ["parked"]


async def _end(cast: Cast, tablet: Tablet, what: str, device: str) -> None:
    """What was lost, as whoever may takes it away."""
    member = f"{cast.town.path}/members/{tablet.member}"
    if what == "device":
        answer = await tablet.person.delete(f"/api/devices/{device}")
    elif what == "copy":
        answer = await cast.ines.post(f"{member}/devices/{device}/revoke")
    else:
        answer = await cast.ines.post(f"{member}/deactivate")
    assert answer.is_success, answer.text


async def test_a_role_lost_while_the_push_waits_is_seen(
    cast: Cast, do_jobs: Any, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The door is passed again under the lock."""
    on, bruno = await piece(cast, do_jobs), Tablet(cast, cast.bruno)
    await bruno.send()
    real = push.enter_with_writings

    async def late(db: Any, actor: Any) -> Any:
        await db.rollback()
        path = f"{cast.town.path}/members/{bruno.member}/deactivate"
        assert (await cast.ines.post(path)).is_success
        return await real(db, actor)

    monkeypatch.setattr(push, "enter_with_writings", late)
    assert await bruno.push(bruno.put(on)) in (
        [("parked", "membership_ended")], [("parked", "device_signed_out")],
    )  # fmt: skip


async def test_old_forms_are_taken_through_converters(
    alice: Tablet, on: Piece, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two made-up ancestors of `edit_note`, one converted into the other."""
    note = alice.note(on, "un deux trois")
    await alice.did(note)
    seq = await alice.seq("annotation", note["entity"])
    converters = {
        ("write_note", 1): lambda body: ("write_note", 2, {"lines": body.split("\n")}),
        ("write_note", 2): lambda body: ("edit_note", 1, {"text": " ".join(body["lines"])}),
    }
    for form, convert in converters.items():
        monkeypatch.setitem(catalogue.CONVERTERS, form, convert)

    def old(version: int, body: Any, base: Any) -> Any:
        form = {"name": "write_note", "version": version}
        return alice.edit(note["entity"], "", base) | form | {"body": body}

    first = old(1, "un\ndeux\nquatre", seq)
    await alice.did(first)
    # What an old form wrote is what a newer mutation of its chain had in front of it.
    second, third = (
        alice.edit(note["entity"], "un 2 trois", seq),
        old(2, {"lines": ["un", "deux", "quatre", "cinq"]}, first["mid"]),
    )
    assert await alice.push(second, third) == [("merged", None), ("merged", None)]
    text = (await alice.values("annotation"))[note["entity"]]["mark"]["text"]
    assert text == "un 2 quatre cinq"
    broken = old(2, {"pages": []}, 0)
    assert await alice.push(broken) == [("parked", "invalid_body")]
    assert (await alice.parked())[broken["mid"]] == ("invalid_body", {"pages": []})


async def test_claims_and_bases_that_cannot_be(alice: Tablet, on: Piece) -> None:
    """A clock that says nothing, a number of a line that is gone, a base that names itself."""
    odd = [
        alice.put(on, at=""), alice.put(on, at="hier"), alice.put(on, at="0001-01-01T00:00+14:00"),
        alice.put(on, at="9999-12-31T23:59:59-12:00"), alice.put(on, base=2**80),
    ]  # fmt: skip
    await alice.did(*odd)
    one = odd[0]["entity"]
    edit = alice.edit(one, "a", 2**80)
    await alice.did(edit)
    self_named = alice.edit(one, "b", str(uuid7()))
    self_named["base"] = self_named["mid"]
    again = alice.edit(one, "c", self_named["mid"])
    assert [outcome for outcome, _ in await alice.push(self_named, again)] == ["forked", "applied"]
    assert len(await alice.rows("annotation")) == 6


async def test_too_many_at_once_are_refused(alice: Tablet, on: Piece) -> None:
    answer = await alice.send(*[alice.put(on) for _ in range(51)])
    assert code(answer)[1] == "invalid_input"
    await alice.did(*[alice.put(on) for _ in range(50)])


async def test_a_restored_line_is_numbered_above_the_old_one(
    alice: Tablet, on: Piece, runtime: Runtime, cast: Cast
) -> None:
    """A base of the old line still means what it meant."""
    note = alice.note(on, "un")
    await alice.did(note)
    seq = await alice.seq("annotation", note["entity"])
    async with runtime.writing() as db:
        ours = AuthorityHead.authority_id == cast.town.id
        await db.execute(update(AuthorityHead).where(ours).values(seq=10**12))
    await alice.did(alice.edit(note["entity"], "deux", seq))
    assert await alice.push(alice.edit(note["entity"], "trois", seq)) == [("forked", None)]
    assert await alice.seq("annotation", note["entity"]) > 10**12
