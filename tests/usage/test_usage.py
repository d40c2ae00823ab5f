"""Counts of use: right, of groups only, and blind to what is private."""

from typing import Any

import pytest
from sqlalchemy import func, select
from tests.cast import Cast
from tests.pushing import piece, two_tablets
from tests.test_canaries import Canaries, write_everywhere
from tests.world import World, good

from cartable.annotations.tables import Annotation
from cartable.readings.tables import ReadingState
from cartable.runtime import Runtime
from cartable.usage.rules import SMALLEST_GROUP, told
from cartable.votes.tables import VoteIntention

pytestmark = pytest.mark.anyio


async def _usage(cast: Cast) -> tuple[dict[str, Any], list[Any]]:
    found = good(await cast.ines.get(f"{cast.town.path}/usage"))
    return {one["measure"]: one["count"] for one in found["measures"]}, found["sittings"]


async def test_what_is_there_is_counted(cast: Cast) -> None:
    before, sittings = await _usage(cast)
    assert (before["members_active"], before["members_seen"], sittings) == (6, 6, [])
    world = World(cast, cast.town, cast.claire, cast.ines)
    await world.document()
    called = await world.ready_to_convene()
    good(await cast.claire.post(f"{cast.town.path}/sittings/{called}/convene"))
    for _ in range(2):
        await world.member()
    now, sittings = await _usage(cast)
    assert (now["members_active"], now["members_seen"]) == (8, 6)
    assert (now["sittings_draft"], now["sittings_convened"], now["documents"]) == (1, 1, 1)
    # Three are called: who answered is not told of so few.
    assert [(one["called"], one["answered"]) for one in sittings] == [(3, None)]


async def test_small_towns_are_not_told_who_came(cast: Cast) -> None:
    for name in ("bruno", "gus", "paul"):
        path = f"{cast.town.path}/members/{cast.people[name].member[cast.town.name]}"
        good(await cast.ines.post(f"{path}/deactivate"))
    counts, _ = await _usage(cast)
    assert (counts["members_active"], counts["members_seen"], counts["devices"]) == (3, None, None)


async def test_nothing_private_moves_a_count(cast: Cast, runtime: Runtime, do_jobs: Any) -> None:
    on = await piece(cast, do_jobs)
    one, two = await two_tablets(cast)
    before = good(await cast.ines.get(f"{cast.town.path}/usage"))
    await write_everywhere(one, two, on, Canaries())
    async with runtime.reading(cast.town.id) as db:
        for table in (VoteIntention, Annotation, ReadingState):
            assert await db.scalar(select(func.count()).select_from(table)), table
    assert good(await cast.ines.get(f"{cast.town.path}/usage")) == before


async def test_only_administrators_count(cast: Cast) -> None:
    for path in ("usage", "usage.csv"):
        assert (await cast.claire.get(f"{cast.town.path}/{path}")).status_code == 403
        assert (await cast.irma.get(f"{cast.town.path}/{path}")).status_code == 404
    sheet = await cast.ines.get(f"{cast.town.path}/usage.csv")
    assert sheet.headers["content-type"].startswith("text/csv")
    assert "Accès ouverts;6" in sheet.content.decode("utf-8-sig")


def test_a_group_is_told_of_from_five() -> None:
    assert told(0, SMALLEST_GROUP - 1) is None
    assert told(0, SMALLEST_GROUP) == 0
