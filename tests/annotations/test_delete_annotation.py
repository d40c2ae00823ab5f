"""Deleting, styling, bringing back, and erasing for good."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import func, select
from tests.cast import Cast
from tests.pushing import Piece, Tablet, piece, sibling, two_tablets

from cartable.annotations.tables import Annotation
from cartable.authorities.tables import AuthorityHead
from cartable.mutations.tables import Mutation
from cartable.runtime import Runtime
from cartable.sync.actions import erase_deleted, purge_tombstones

pytestmark = pytest.mark.anyio


@pytest.fixture
async def on(cast: Cast, do_jobs: Any) -> Piece:
    """A piece to write on."""
    return await piece(cast, do_jobs)


def _delete(tablet: Tablet, entity: str, base: int | str) -> dict[str, Any]:
    return tablet.mutation("delete_annotation", {}, entity, base)


async def test_a_deleted_mark_leaves_every_tablet(cast: Cast, on: Piece) -> None:
    one, two = await two_tablets(cast)
    made = one.put(on)
    await one.did(made)
    seen = await two.pull()
    await one.did(_delete(one, made["entity"], made["mid"]))
    (stone,) = (await two.pull(seen["cursor"]))["rows"]
    assert stone == {
        "kind": "annotation", "id": made["entity"], "seq": stone["seq"], "deleted": True,
    }  # fmt: skip
    assert await one.values("annotation") == {}
    again = await two.push(_delete(two, made["entity"], 0))
    assert again == [("merged", None)], "it saw nothing of it: whatever it says counts as older"
    await one.did(_delete(one, made["entity"], stone["seq"]))


async def test_an_edit_beats_a_delete_that_did_not_see_it(cast: Cast, on: Piece) -> None:
    one, two = await two_tablets(cast)
    made = one.note(on, "un")
    await one.did(made)
    seq = await one.seq("annotation", made["entity"])
    await one.did(one.mutation("style_annotation", {"label": "vu"}, made["entity"], seq))
    assert await two.push(_delete(two, made["entity"], seq)) == [("merged", None)]
    assert (await two.values("annotation"))[made["entity"]]["mark"]["label"] == "vu"
    # The other way round, the edit comes after the delete and brings the mark back.
    seq = await one.seq("annotation", made["entity"])
    await one.did(_delete(one, made["entity"], seq))
    await two.did(two.edit(made["entity"], "deux", seq))
    assert (await one.values("annotation"))[made["entity"]]["mark"]["text"] == "deux"


async def test_colour_and_label_are_taken_field_by_field(cast: Cast, on: Piece) -> None:
    one, two = await two_tablets(cast)
    made = one.put(on)
    await one.did(made)
    seq = await one.seq("annotation", made["entity"])
    await one.did(one.mutation("style_annotation", {"colour": "blue"}, made["entity"], seq))
    await two.did(two.mutation("style_annotation", {"label": "à voir"}, made["entity"], seq))
    await two.did(two.mutation("style_annotation", {"colour": "green"}, made["entity"], seq))
    mark = (await one.values("annotation"))[made["entity"]]["mark"]
    assert (mark["colour"], mark["label"]) == ("green", "à voir")


async def test_the_same_id_is_never_put_twice(cast: Cast, on: Piece) -> None:
    one, _ = await two_tablets(cast)
    made = one.put(on)
    await one.did(made, _delete(one, made["entity"], made["mid"]))
    assert await one.push(one.put(on, entity=made["entity"])) == [("parked", "already_there")]


async def _sealed(runtime: Runtime, cast: Cast) -> tuple[int, int, int]:
    """Rows of annotations, those that still say something, bodies in the log."""
    async with runtime.reading() as db:
        ours = Annotation.authority_id == cast.town.id
        rows = await db.scalar(select(func.count()).where(ours))
        bodies = await db.scalar(select(func.count()).where(ours, Annotation.body.is_not(None)))
        logged = await db.scalar(select(func.count()).where(Mutation.body.is_not(None)))
    return rows or 0, bodies or 0, logged or 0


async def test_what_was_deleted_is_erased_for_good_after_30_days(
    cast: Cast, on: Piece, runtime: Runtime
) -> None:
    one, two = await two_tablets(cast)
    kept, gone, forked = one.note(on, "un"), one.note(on, "deux"), one.note(on, "trois")
    await one.did(kept, gone, forked)
    seq = await one.seq("annotation", forked["entity"])
    await one.did(one.edit(gone["entity"], "deux encore", gone["mid"]))
    await one.did(one.edit(forked["entity"], "trois ici", seq))
    other = two.edit(forked["entity"], "trois là", seq)
    assert await two.push(other) == [("forked", None)]
    at = await one.seq("annotation", forked["entity"])
    await one.did(
        _delete(one, gone["entity"], await one.seq("annotation", gone["entity"])),
        _delete(one, forked["entity"], at),
    )
    wrong = one.edit(one.put(on)["entity"], "perdu", 0)
    assert await one.push(wrong) == [("parked", "unknown_entity")]
    await one.did(one.mutation("discard_parked", {}, wrong["mid"]))
    assert await one.parked() == {}
    assert await _sealed(runtime, cast) == (4, 4, 10)
    town, now = UUID(str(cast.town.id)), datetime.now(UTC)
    head = select(AuthorityHead.seq).where(AuthorityHead.authority_id == town)

    async def night(days: int) -> int:
        async with runtime.writing() as db:
            return await erase_deleted(db, town, now + timedelta(days=days))

    async with runtime.reading() as db:
        before = await db.scalar(head)
    assert await night(29) == 0
    assert await _sealed(runtime, cast) == (4, 4, 10)
    assert await night(31) == 2
    # Left: the two marks that stay, their two mutations, and the discarding of what was parked.
    assert await _sealed(runtime, cast) == (4, 2, 3)
    async with runtime.reading() as db:
        assert await db.scalar(head) == before, "nothing that tablets see has changed"
    assert set(await two.values("annotation")) == {kept["entity"], sibling(other["mid"])}
    late = two.edit(gone["entity"], "trop tard", seq)
    assert await two.push(late) == [("parked", "unknown_entity")]
    assert await one.push(gone) == [("applied", None)], "the log still knows what it has done"
    async with runtime.writing() as db:
        assert await purge_tombstones(db, town, now + timedelta(days=731)) == 3
    assert (await _sealed(runtime, cast))[0] == 2
    assert await one.push(gone) == [("applied", None)]
