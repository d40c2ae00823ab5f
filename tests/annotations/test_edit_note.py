"""The words of a note, from two tablets that do not always see each other."""

from typing import Any

import pytest
from tests.cast import Cast
from tests.pushing import Piece, Tablet, piece, sibling, two_tablets

pytestmark = pytest.mark.anyio


@pytest.fixture
async def on(cast: Cast, do_jobs: Any) -> Piece:
    """A piece to write on."""
    return await piece(cast, do_jobs)


async def _text(tablet: Tablet, note: str) -> str:
    return str((await tablet.values("annotation"))[note]["mark"]["text"])


async def _noted(tablet: Tablet, on: Piece, text: str) -> tuple[str, int]:
    made = tablet.note(on, text)
    await tablet.did(made)
    return made["entity"], await tablet.seq("annotation", made["entity"])


async def test_an_edit_of_what_one_saw_replaces_it(cast: Cast, on: Piece) -> None:
    one, two = await two_tablets(cast)
    note, seq = await _noted(one, on, "un")
    await two.did(two.edit(note, "deux", seq))
    assert await _text(one, note) == "deux"
    await one.did(one.edit(note, "", await one.seq("annotation", note)))
    assert await _text(two, note) == ""


async def test_edits_of_different_words_are_merged(cast: Cast, on: Piece) -> None:
    one, two = await two_tablets(cast)
    note, seq = await _noted(one, on, "le budget est voté demain soir")
    await one.did(one.edit(note, "le budget est voté demain matin", seq))
    assert await two.push(two.edit(note, "le budget annexe est voté demain soir", seq)) == [
        ("merged", None)
    ]
    assert await _text(two, note) == "le budget annexe est voté demain matin"
    # What a third edit is based on is the merged text, not what was sent.
    at = await two.seq("annotation", note)
    await one.did(one.edit(note, "le budget annexe est voté mardi matin", at))
    late = two.edit(note, "le budget annexe est voté demain matin tôt", at)
    assert await two.push(late) == [("merged", None)]
    assert await _text(one, note) == "le budget annexe est voté mardi matin tôt"


async def test_edits_of_the_same_words_fork_and_the_fork_does_not_breed(
    cast: Cast, on: Piece
) -> None:
    one, two = await two_tablets(cast)
    note, seq = await _noted(one, on, "voter pour")
    await one.did(one.edit(note, "voter contre", seq))
    first = two.edit(note, "voter blanc", seq)
    second = two.edit(note, "voter blanc peut-être", first["mid"])
    answer = (await two.send(first, second)).json()["outcomes"]
    other = sibling(first["mid"])
    assert [(o["outcome"], o["entity"]) for o in answer] == [("forked", other), ("applied", other)]
    third = two.edit(note, "voter blanc sûrement", second["mid"])
    styled = two.mutation("style_annotation", {"colour": "red"}, note, third["mid"])
    await two.did(third, styled)
    values = await one.values("annotation")
    assert set(values) == {note, other}
    assert values[note]["mark"]["text"] == "voter contre"
    assert values[note]["mark"]["colour"] == "yellow"
    assert values[other]["mark"]["text"] == "voter blanc sûrement"
    assert values[other]["mark"]["colour"] == "red"
    assert values[other]["forked_from"] == note
    assert values[other]["device_name"]
    assert (values[other]["document_id"], values[other]["page"]) == (on.document, 1)


async def test_a_parked_edit_of_a_chain_does_not_hide_the_words_before_it(
    cast: Cast, on: Piece
) -> None:
    one, _ = await two_tablets(cast)
    note, seq = await _noted(one, on, "un deux")
    bad = one.mutation("edit_note", {"texte": "faux"}, note, seq)
    after = one.edit(note, "un deux trois", bad["mid"])
    assert await one.push(bad, after) == [("parked", "invalid_body"), ("applied", None)]
    assert await _text(one, note) == "un deux trois"


async def test_an_unknown_base_saw_nothing(cast: Cast, on: Piece) -> None:
    one, two = await two_tablets(cast)
    note, _ = await _noted(one, on, "un")
    lost = two.edit(note, "deux", two.put(on)["mid"])
    assert await two.push(lost) == [("forked", None)]
    same = two.edit(note, "un", 0)
    assert await two.push(same) == [("applied", None)]


async def test_only_notes_have_words(cast: Cast, on: Piece) -> None:
    one, _ = await two_tablets(cast)
    mark = one.put(on, {"kind": "bookmark"})
    await one.did(mark)
    assert await one.push(one.edit(mark["entity"], "mots", mark["mid"])) == [
        ("parked", "not_a_note")
    ]
    assert await one.push(one.edit(one.put(on)["entity"], "mots", 0)) == [
        ("parked", "unknown_entity")
    ]


async def test_a_note_of_somebody_else_is_not_there(cast: Cast, on: Piece) -> None:
    one, _ = await two_tablets(cast)
    note, seq = await _noted(one, on, "un")
    bruno = Tablet(cast, cast.bruno)
    assert await bruno.push(bruno.edit(note, "à moi", seq)) == [("parked", "unknown_entity")]
    # The same id makes a row of one's own, and tells nothing of the other.
    await bruno.did(bruno.note(on, "autre", entity=note))
    assert await _text(one, note) == "un"
    assert await _text(bruno, note) == "autre"
