"""How far one has read: the earliest opening, the position that came last; for oneself alone."""

from datetime import timedelta
from typing import Any

import pytest
from tests.cast import Cast
from tests.desk import Desk, paper
from tests.pushing import Piece, Tablet, piece, two_tablets

from cartable.database import uuid7

pytestmark = pytest.mark.anyio


@pytest.fixture
async def on(cast: Cast, do_jobs: Any) -> Piece:
    """A piece to read."""
    return await piece(cast, do_jobs)


def _keep(tablet: Tablet, on: Piece, **fields: Any) -> dict[str, Any]:
    body = {"document_id": on.document} | fields
    return tablet.mutation("keep_reading", body, tablet.reading(on.document))


def _at(on: Piece, page: int) -> dict[str, Any]:
    return {"sha256": on.sha256, "page": page, "pages": 9, "place": '{"zoom":1.5}'}


async def _shown(tablet: Tablet) -> Any:
    (value,) = (await tablet.values("reading_state")).values()
    return value


async def test_what_is_left_out_stays_and_the_later_arrival_counts(cast: Cast, on: Piece) -> None:
    one, two = await two_tablets(cast)
    await one.did(_keep(one, on, position=_at(on, 3)), _keep(one, on, is_read=True))
    shown = await _shown(two)
    assert (shown["position"], shown["is_read"]) == (_at(on, 3), True)
    await two.did(_keep(two, on, position=_at(on, 7)))
    await one.did(_keep(one, on, position=_at(on, 2), is_read=False))
    shown = await _shown(two)
    assert (shown["position"]["page"], shown["is_read"]) == (2, False)
    assert shown["document_id"] == on.document


async def test_the_earliest_opening_stays(cast: Cast, on: Piece) -> None:
    one, two = await two_tablets(cast)
    two.at = one.at - timedelta(days=3)
    await one.did(_keep(one, on))
    first = (await _shown(one))["opened_at"]
    await two.did(_keep(two, on, is_read=True))
    shown = await _shown(one)
    assert shown["opened_at"] < first
    await one.did(_keep(one, on, is_read=False))
    assert (await _shown(one))["opened_at"] == shown["opened_at"]


async def test_only_what_one_may_read_and_only_one_s_own(cast: Cast, on: Piece) -> None:
    alice, bruno = Tablet(cast, cast.alice), Tablet(cast, cast.bruno)
    wrong = _keep(alice, on) | {"entity": bruno.reading(on.document)}
    assert await alice.push(wrong) == [("parked", "invalid_entity")]
    assert await alice.push(_keep(alice, on) | {"entity": str(uuid7())}) == [
        ("parked", "invalid_entity")
    ]
    await alice.did(_keep(alice, on, is_read=True))
    for name in ("bruno", "claire", "gus", "ines", "paul"):
        assert await Tablet(cast, cast.people[name]).values("reading_state") == {}
    gus = Tablet(cast, cast.gus)
    assert await gus.push(_keep(gus, on)) == [("parked", "no_longer_readable")]
    desk = Desk(cast)
    draft = await desk.piece(await desk.sitting(), paper(seed=77))
    hidden = Piece("", "", draft["document"]["id"], draft["pending"]["sha256"])
    assert await alice.push(_keep(alice, hidden)) == [("parked", "no_longer_readable")]
    marked = alice.put(hidden)
    assert await alice.push(marked) == [("parked", "no_longer_readable")]
