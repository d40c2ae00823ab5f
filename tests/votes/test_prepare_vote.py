"""A vote prepared on two tablets: one register, both answers until one is chosen."""

from typing import Any

import pytest
from tests.cast import Cast
from tests.desk import Desk
from tests.pushing import Piece, Tablet, piece, two_tablets

from cartable.database import uuid7

pytestmark = pytest.mark.anyio


@pytest.fixture
async def on(cast: Cast, do_jobs: Any) -> Piece:
    """An item to vote on."""
    return await piece(cast, do_jobs)


async def _shown(tablet: Tablet) -> Any:
    (value,) = (await tablet.values("vote_intention")).values()
    return value


async def test_it_comes_back_whole_and_to_nobody_else(cast: Cast, on: Piece) -> None:
    one, two = await two_tablets(cast)
    fields = {
        "choice": "against", "argument": "trop cher", "speech": "Madame le Maire,",
        "question": "quel coût ?", "is_concerned": True,
    }  # fmt: skip
    await one.did(one.prepare(on.item, **fields))
    for tablet in (one, two):
        shown = await _shown(tablet)
        assert shown["id"] == one.intention(on.item)
        assert {name: shown[name] for name in fields} == fields
        assert (shown["agenda_item_id"], shown["other"]) == (on.item, None)
    for name in ("bruno", "claire", "gus", "ines", "paul"):
        assert await Tablet(cast, cast.people[name]).values("vote_intention") == {}


async def test_what_each_alone_changed_is_kept(cast: Cast, on: Piece) -> None:
    one, two = await two_tablets(cast)
    await one.did(one.prepare(on.item, choice="for", argument="utile"))
    seq = await one.seq("vote_intention", one.intention(on.item))
    await one.did(one.prepare(on.item, seq, choice="against", argument="utile"))
    late = two.prepare(on.item, seq, choice="for", argument="utile", question="et après ?")
    assert await two.push(late) == [("merged", None)]
    shown = await _shown(one)
    told = [shown[name] for name in ("choice", "argument", "question", "other")]
    assert told == ["against", "utile", "et après ?", None]
    # The next of that tablet follows what it wrote, not what was kept.
    await two.push(two.prepare(on.item, late["mid"], choice="for", question="et puis ?"))
    shown = await _shown(one)
    assert (shown["choice"], shown["argument"]) == ("against", "")
    assert (shown["question"], shown["other"]) == ("et puis ?", None)


async def test_two_answers_are_both_shown_until_one_is_chosen(cast: Cast, on: Piece) -> None:
    one, two = await two_tablets(cast)
    await one.did(one.prepare(on.item, choice="for", argument="utile"))
    first = two.prepare(on.item, choice="against", argument="trop cher")
    assert await two.push(first) == [("merged", None)], "neither had seen the other"
    shown = await _shown(one)
    assert (shown["choice"], shown["argument"]) == ("against", "trop cher")
    assert (shown["other"]["choice"], shown["other"]["argument"]) == ("for", "utile")
    assert shown["other"]["device_name"]
    # Going on writing is not choosing, and choosing without having seen is not either.
    await two.did(two.prepare(on.item, first["mid"], choice="against", argument="bien trop cher"))
    assert (await _shown(one))["other"]["choice"] == "for"
    seq = await two.seq("vote_intention", two.intention(on.item))
    await one.did(one.prepare(on.item, seq, choice="against", argument="bien trop cher !"))
    blind = two.prepare(on.item, seq, choice="abstain", argument="bien trop cher", settles=True)
    assert await two.push(blind) == [("merged", None)]
    shown = await _shown(one)
    assert shown["other"] is not None
    seq = await one.seq("vote_intention", one.intention(on.item))
    chosen = {"choice": "for", "argument": "utile", "settles": True}
    await one.did(one.prepare(on.item, seq, **chosen))
    shown = await _shown(two)
    assert (shown["choice"], shown["argument"], shown["other"]) == ("for", "utile", None)


async def test_words_of_three_tablets_all_stay_in_sight(cast: Cast, on: Piece) -> None:
    one, two = await two_tablets(cast)
    three = Tablet(cast, await cast.sign_in("alice@staubin.example", name="alice"))
    for tablet, words in ((one, "un"), (two, "deux"), (three, "trois")):
        await tablet.push(tablet.prepare(on.item, argument=words))
    shown = await _shown(one)
    assert shown["argument"] == "trois"
    assert shown["other"]["argument"] == "deux\n\nun"


async def test_who_goes_on_writing_does_not_hide_the_other_choice(cast: Cast, on: Piece) -> None:
    one, two = await two_tablets(cast)
    await one.did(one.prepare(on.item, choice="for", argument="utile"))
    first = two.prepare(on.item, choice="against")
    then = two.prepare(on.item, first["mid"], choice="against", argument="trop cher")
    await two.push(first, then)
    shown = await _shown(one)
    assert (shown["choice"], shown["argument"]) == ("against", "trop cher")
    assert (shown["other"]["choice"], shown["other"]["argument"]) == ("for", "utile")


async def test_the_register_is_the_one_of_the_member_and_the_item(cast: Cast, on: Piece) -> None:
    one, _ = await two_tablets(cast)
    wrong = one.prepare(on.item) | {"entity": str(uuid7())}
    assert await one.push(wrong) == [("parked", "invalid_entity")]
    bruno = Tablet(cast, cast.bruno)
    theirs = one.prepare(on.item) | {"entity": bruno.intention(on.item)}
    assert await one.push(theirs) == [("parked", "invalid_entity")]


async def test_an_item_one_may_not_read_is_not_prepared(cast: Cast, do_jobs: Any) -> None:
    closed = await piece(cast, do_jobs, in_camera=True)
    desk = Desk(cast)
    draft = await desk.item(await desk.sitting())
    alice, gus = Tablet(cast, cast.alice), Tablet(cast, cast.gus)
    assert await gus.push(gus.prepare(closed.item)) == [("parked", "no_longer_readable")]
    assert await alice.push(alice.prepare(draft)) == [("parked", "no_longer_readable")]
    await alice.did(alice.prepare(closed.item, choice="abstain"))


async def test_it_leaves_with_the_item_and_comes_back(cast: Cast, on: Piece) -> None:
    bruno = Tablet(cast, cast.bruno)
    await bruno.did(bruno.prepare(on.item, choice="for"))
    seq = await bruno.seq("vote_intention", bruno.intention(on.item))
    member = f"{cast.town.path}/members/{bruno.member}"
    (seat,) = next(
        one["seats"]
        for one in (await cast.ines.get(f"{cast.town.path}/members")).json()
        if one["id"] == str(bruno.member)
    )
    assert (await cast.ines.delete(f"{cast.town.path}/seats/{seat['id']}")).is_success
    assert await bruno.values("vote_intention") == {}
    await bruno.did(bruno.prepare(on.item, seq, choice="against"))
    again = {"assembly_id": cast.town.assemblies["council"], "starts_on": "2020-01-01"}
    assert (await cast.ines.post(f"{member}/seats", again)).is_success
    assert (await _shown(bruno))["choice"] == "against"
