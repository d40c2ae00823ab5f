"""Private notes end with a mandate: told three times, then gone, with a clock that moves."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from tests.cast import Cast
from tests.letterbox import letters
from tests.lines import lines_of
from tests.pushing import piece, two_tablets
from tests.test_canaries import Canaries, write_everywhere
from tests.world import good

from cartable.authorities.tables import Authority
from cartable.mail.letters import Letter
from cartable.mutations.tables import Mutation
from cartable.personal.actions.purge import end_notes
from cartable.personal.rules import (
    LAST_WARNING,
    Mandate,
    mandate_end,
    may_purge,
    purge_day,
    warnings_due,
)
from cartable.runtime import Runtime
from cartable.sync.actions import erase_deleted

pytestmark = pytest.mark.anyio
ALICE = "alice@staubin.example"
DAY = timedelta(days=1)
TODAY = date(2026, 3, 31)


@pytest.mark.parametrize(
    ("roles", "seats", "ended_on", "end"),
    [
        (["councillor"], [None], None, None),
        (["councillor"], [], None, None),
        (["councillor"], [date(2026, 3, 20)], None, date(2026, 3, 20)),
        (["councillor"], [date(2026, 3, 20), None], None, None),
        (["councillor"], [TODAY], None, None),
        (["councillor", "clerk"], [date(2026, 3, 20)], None, None),
        (["clerk"], [], date(2026, 3, 25), date(2026, 3, 25)),
        (["councillor"], [date(2026, 3, 20)], date(2026, 3, 25), date(2026, 3, 20)),
        (["councillor"], [None], date(2026, 3, 25), date(2026, 3, 25)),
    ],
)
def test_when_a_mandate_is_over(
    roles: list[str], seats: list[date | None], ended_on: date | None, end: date | None
) -> None:
    assert mandate_end(Mandate(roles, seats, ended_on), TODAY) == end


@given(st.integers(30, 365), st.lists(st.integers(0, 400), max_size=60))
def test_nobody_is_purged_early_or_untold(kept: int, nights: list[int]) -> None:
    warnings, warned_on = 0, None
    for night in sorted(nights):
        today = TODAY + night * DAY
        if may_purge(TODAY, kept, warned_on, warnings, today):
            assert today >= purge_day(TODAY, kept)
            assert warned_on is not None
            assert today - warned_on >= LAST_WARNING
            assert warnings == 3
        if (due := warnings_due(TODAY, kept, today)) > warnings:
            warnings, warned_on = due, today


async def _told(runtime: Runtime, to: str) -> list[Letter]:
    return [one for one in await letters(runtime, to) if one.subject.startswith("Vos notes seront")]


async def _night(runtime: Runtime, cast: Cast, now: datetime) -> int:
    async with runtime.reading() as db:
        authority = await db.get_one(Authority, cast.town.id)
    return await end_notes(runtime, authority, now)


async def test_told_at_the_end_then_30_and_7_days_before_then_gone(
    cast: Cast, runtime: Runtime, do_jobs: Any
) -> None:
    on, word = await piece(cast, do_jobs), Canaries()
    one, two = await two_tablets(cast)
    await write_everywhere(one, two, on, word)
    now = datetime.now(UTC)
    assert await _night(runtime, cast, now) == 0
    assert await _told(runtime, ALICE) == [], "the mandate lasts"

    member = cast.alice.member[cast.town.name]
    good(await cast.ines.post(f"{cast.town.path}/members/{member}/deactivate"))
    alice = await cast.sign_in(ALICE)
    told = []
    for night in (0, 1, 30, 59, 60, 61, 82, 83, 84, 89, 90, 91, 97):
        await _night(runtime, cast, now + night * DAY)
        count = len(await _told(runtime, ALICE))
        if count > len(told):
            told.append(night)
        if night == 1:
            [ending] = good(await alice.get("/api/personal-data"))["endings"]
            assert not ending["is_purged"]
            copy = await alice.post("/api/export")
            assert b"PK" in copy.content[:4], "one tap away"
    assert told == [0, 60, 83]
    [ending] = good(await alice.get("/api/personal-data"))["endings"]
    assert ending["is_purged"]
    assert "/compte/donnees" in (await _told(runtime, ALICE))[-1].text

    later = datetime.now(UTC) + 31 * DAY + 98 * DAY
    async with runtime.writing() as db:
        await erase_deleted(db, cast.town.id, later)
    async with runtime.reading(cast.town.id) as db:
        bodies = await db.execute(
            select(Mutation.name, Mutation.body, Mutation.result).where(
                Mutation.authority_id == cast.town.id, Mutation.member_id == member
            )
        )
        left = {row.name for row in bodies if row.body is not None or row.result is not None}
    assert left <= {"discard_parked"}, "history and log are empty too"
    purged = "member.notes_purged"
    assert await lines_of(runtime, cast.town.id, purged) == [purged]


async def test_the_authority_decides_for_how_long(
    cast: Cast, runtime: Runtime, do_jobs: Any
) -> None:
    await write_everywhere(*await two_tablets(cast), await piece(cast, do_jobs), Canaries())
    settings = f"{cast.town.path}/settings"
    assert good(await cast.ines.patch(settings, {"notes_kept_days": 45}))["notes_kept_days"] == 45
    member = cast.alice.member[cast.town.name]
    good(await cast.ines.post(f"{cast.town.path}/members/{member}/deactivate"))
    alice, now = await cast.sign_in(ALICE), datetime.now(UTC)
    told, purged = [], []
    for night in (0, 14, 15, 37, 38, 44, 45, 46):
        await _night(runtime, cast, now + night * DAY)
        count = len(await _told(runtime, ALICE))
        if count > len(told):
            told.append(night)
        [ending] = good(await alice.get("/api/personal-data"))["endings"]
        if ending["is_purged"]:
            purged.append(night)
    assert (told, purged) == ([0, 15, 38], [45, 46])


async def test_who_is_elected_again_keeps_everything(
    cast: Cast, runtime: Runtime, do_jobs: Any
) -> None:
    on, word = await piece(cast, do_jobs), Canaries()
    await write_everywhere(*await two_tablets(cast), on, word)
    member = f"{cast.town.path}/members/{cast.alice.member[cast.town.name]}"
    good(await cast.ines.post(f"{member}/deactivate"))
    now = datetime.now(UTC)
    await _night(runtime, cast, now)
    await _night(runtime, cast, now + 85 * DAY)
    good(await cast.ines.post(f"{member}/reactivate"))
    assert await _night(runtime, cast, now + 120 * DAY) == 0
    alice = await cast.sign_in(ALICE)
    assert good(await alice.get("/api/personal-data"))["endings"] == []


async def test_who_kept_nothing_is_not_written_to(cast: Cast, runtime: Runtime) -> None:
    member = f"{cast.town.path}/members/{cast.bruno.member[cast.town.name]}"
    good(await cast.ines.post(f"{member}/deactivate"))
    await _night(runtime, cast, datetime.now(UTC))
    assert await _told(runtime, "bruno@staubin.example") == []


async def test_a_night_changes_no_number_once_all_is_gone(
    cast: Cast, runtime: Runtime, do_jobs: Any
) -> None:
    on = await piece(cast, do_jobs)
    one, _ = await two_tablets(cast)
    await one.did(one.note(on, "une note"))
    member = f"{cast.town.path}/members/{cast.alice.member[cast.town.name]}"
    good(await cast.ines.post(f"{member}/deactivate"))
    now = datetime.now(UTC)
    for night in (0, 90, 97, 98):
        await _night(runtime, cast, now + night * DAY)
    before = good(await cast.claire.get(f"{cast.town.path}/sync/head"))["seq"]
    await _night(runtime, cast, now + 99 * DAY)
    assert good(await cast.claire.get(f"{cast.town.path}/sync/head"))["seq"] == before
