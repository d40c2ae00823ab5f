"""Seats never overlap; assemblies and groups bear their own names."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import Cast
from tests.world import World, good

from cartable.members.rules import (
    SeatEndsBeforeStart,
    SeatOverlaps,
    TooManyClosed,
    check_closings,
    check_seat_days,
)

Days = tuple[date, date | None]
FIRST = date(2026, 1, 1)


@st.composite
def _days(draw: st.DrawFn) -> Days:
    start = FIRST + timedelta(days=draw(st.integers(0, 60)))
    length = draw(st.none() | st.integers(0, 20))
    return start, None if length is None else start + timedelta(days=length)


def _held(days: Days) -> set[date]:
    """Every day of a seat, up to long after all the others."""
    start, end = days
    last = end or FIRST + timedelta(days=200)
    return {start + timedelta(days=n) for n in range((last - start).days + 1)}


@given(_days(), st.lists(_days(), max_size=5))
def test_a_seat_is_refused_exactly_when_a_day_would_be_held_twice(
    new: Days, others: list[Days]
) -> None:
    overlaps = any(_held(new) & _held(other) for other in others)
    try:
        check_seat_days(*new, others)
    except SeatOverlaps:
        assert overlaps
    else:
        assert not overlaps


@given(_days(), st.integers(1, 400))
def test_a_seat_ends_on_its_first_day_or_later(days: Days, before: int) -> None:
    with pytest.raises(SeatEndsBeforeStart):
        check_seat_days(days[0], days[0] - timedelta(days=before), [])


@pytest.mark.anyio
async def test_giving_editing_and_removing(cast: Cast) -> None:
    world = World(cast, cast.town, cast.claire, cast.ines)
    town, council = cast.town.path, cast.town.assemblies["council"]
    seats = f"{town}/members/{await world.member()}/seats"
    body = {"assembly_id": council, "starts_on": "2026-03-01", "ends_on": "2026-03-31"}
    first = good(await cast.ines.post(seats, {**body, "rank": 4, "position": " Maire "}))
    assert (first["position"], first["rank"], first["is_voting"]) == ("Maire", 4, True)
    for starts_on, ends_on, status in (
        ("2026-03-31", None, 409),
        ("2026-02-01", "2026-03-01", 409),
        ("2026-03-10", "2026-03-10", 409),
        ("2026-02-01", "2026-02-28", 201),
        ("2026-04-01", None, 201),
        ("2027-01-01", "2027-01-31", 409),
    ):
        new = {"assembly_id": council, "starts_on": starts_on, "ends_on": ends_on}
        assert (await cast.ines.post(seats, new)).status_code == status, new
    # The same days in another assembly, or for somebody else, are free.
    elsewhere = {**body, "assembly_id": cast.town.assemblies["finances"]}
    good(await cast.ines.post(seats, elsewhere))
    good(await cast.ines.post(f"{town}/members/{await world.member()}/seats", body))
    seat = f"{town}/seats/{first['id']}"
    edited = good(await cast.ines.patch(seat, {"ends_on": "2026-03-15", "position": " Adjoint "}))
    assert (edited["ends_on"], edited["position"]) == ("2026-03-15", "Adjoint")
    for edit, code in (
        ({"ends_on": None}, "seat_overlaps"),
        ({"ends_on": "2026-04-01"}, "seat_overlaps"),
        ({"starts_on": "2026-03-16"}, "seat_ends_before_start"),
        ({"ends_on": "2026-02-29"}, "invalid_input"),
        ({"rank": -1}, "invalid_input"),
    ):
        assert (await cast.ines.patch(seat, edit)).json()["code"] == code, edit
    good(await cast.ines.delete(seat))
    assert (await cast.ines.delete(seat)).status_code == 404
    good(await cast.ines.post(seats, body))


@pytest.mark.anyio
async def test_assemblies_and_groups_bear_their_own_names(cast: Cast) -> None:
    town, ines = cast.town.path, cast.ines
    taken = {"name": " council ", "kind": "other"}
    answer = await ines.post(f"{town}/assemblies", taken)
    assert (answer.status_code, answer.json()["code"]) == (409, "name_taken")
    blank = await ines.post(f"{town}/assemblies", {"name": "  ", "kind": "other"})
    assert (blank.status_code, blank.json()["details"]["path"]) == (422, "name")
    made = good(await ines.post(f"{town}/assemblies", {"name": "Écoles", "kind": "committee"}))
    edit = await ines.patch(f"{town}/assemblies/{made['id']}", {"name": "finances"})
    assert edit.json()["code"] == "name_taken"
    lines = good(await cast.gus.get(f"{town}/assemblies"))
    council = next(line for line in lines if line["name"] == "council")
    assert (council["seats_in_office"], council["voting_seats"]) == (3, 3)
    group = good(await ines.post(f"{town}/groups", {"name": "Ensemble"}))
    alice = f"{town}/members/{cast.alice.member[cast.town.name]}"
    assert good(await ines.patch(alice, {"group_id": group["id"]}))["group_id"] == group["id"]
    assert good(await ines.get(f"{town}/groups")) == [{**group, "members": 1, "leaders": []}]
    kept = await ines.delete(f"{town}/groups/{group['id']}")
    assert (kept.status_code, kept.json()["details"]) == (409, {"members": 1})
    good(await ines.patch(alice, {"group_id": None}))
    good(await ines.delete(f"{town}/groups/{group['id']}"))
    # The same name serves in the other town.
    good(await cast.irma.post(f"{cast.other.path}/groups", {"name": "Ensemble"}))


def test_one_deed_ends_five_hundred_memberships_at_most() -> None:
    check_closings(0)
    check_closings(500)
    with pytest.raises(TooManyClosed) as refused:
        check_closings(501)
    assert refused.value.details == {"maximum": 500}
