"""What the demonstration holds, whatever the day it is built."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartable.demo.content import Demonstration, Sitting, demonstration
from cartable.demo.dates import Dates, easter, is_holiday

KINDS = {
    "convocation",
    "agenda",
    "summary_note",
    "report",
    "draft_deliberation",
    "annex",
    "minutes",
    "other",
}
DEMO = demonstration(date(2026, 11, 21))


def named(demo: Demonstration, key: str) -> Sitting:
    return next(sitting for sitting in demo.sittings if sitting.key == key)


def test_the_council_has_nineteen_seats_and_two_groups() -> None:
    commune, community = DEMO.authorities
    council = next(a for a in commune.assemblies if a.key == "council")
    assert [seat.rank for seat in council.seats] == list(range(1, 20))
    assert len(commune.groups) == 2
    assert {member.group for member in commune.memberships} == {*commune.groups, None}
    # 1,500 to 2,499 inhabitants elect nineteen councillors (CGCT L2121-2).
    assert 1500 <= commune.population < 2500
    assert len(commune.assemblies) == 3
    both = {m.person for m in commune.memberships} & {m.person for m in community.memberships}
    assert {person.key for person in both} == {"lemoine", "diallo", "carpentier"}


def test_every_committee_member_sits_in_the_council() -> None:
    commune = DEMO.authorities[0]
    council, *committees = commune.assemblies
    seated = {seat.person for seat in council.seats}
    for committee in committees:
        assert {seat.person for seat in committee.seats} <= seated


def test_each_authority_has_a_clerk_and_an_administrator() -> None:
    for authority in DEMO.authorities:
        roles = set().union(*(member.roles for member in authority.memberships))
        assert roles == {"councillor", "clerk", "admin"}


def test_addresses_are_nobodys() -> None:
    emails = [person.email for person in DEMO.people]
    assert len(set(emails)) == len(emails)
    assert all(email.endswith(".example") for email in emails)


@pytest.mark.parametrize("siret", [authority.siret for authority in DEMO.authorities])
def test_company_numbers_are_well_formed(siret: str) -> None:
    doubled = [int(d) * (1 + rank % 2) for rank, d in enumerate(reversed(siret))]
    assert len(siret) == 14
    assert sum(n - 9 if n > 9 else n for n in doubled) % 10 == 0


def test_the_called_sitting_has_twelve_items_and_about_twenty_five_pieces() -> None:
    called = named(DEMO, "council")
    assert [item.number for item in called.items] == list(range(1, 13))
    assert 24 <= len(called.all_pieces) <= 27
    assert [item.number for item in called.items if item.in_camera] == [11]
    assert all(item.pieces for item in called.items)
    assert {"convocation", "agenda", "summary_note"} == {piece.kind for piece in called.pieces}


def test_pieces_are_of_known_kinds_and_each_paper_serves_once() -> None:
    pieces = [piece for sitting in DEMO.sittings for piece in sitting.all_pieces]
    assert {piece.kind for piece in pieces} <= KINDS
    assert len({piece.paper for piece in pieces}) == len(pieces)


def test_rapporteurs_sit_in_the_authority() -> None:
    members = {a.key: {m.person for m in a.memberships} for a in DEMO.authorities}
    for sitting in DEMO.sittings:
        assert {item.rapporteur for item in sitting.items} <= members[sitting.authority]


@given(st.dates(min_value=date(2024, 1, 1), max_value=date(2040, 12, 31)))
def test_any_day_leaves_the_legal_notice(today: date) -> None:
    dates = Dates.counted_from(today)
    # Three clear days for the council, five for the community (CGCT L2121-11, L5211-1).
    assert dates.sitting - timedelta(days=4) >= today
    assert dates.community - timedelta(days=6) >= today
    assert dates.sitting.weekday() == 3
    assert dates.previous < dates.committee < dates.communicated < today
    assert dates.sitting - timedelta(days=12) >= dates.communicated
    assert today < dates.sitting < dates.effective
    assert dates.sitting < dates.next
    assert dates.effective.day == 1
    for day in (dates.sitting, dates.previous, dates.committee, dates.next, dates.community):
        assert not is_holiday(day)


@pytest.mark.parametrize(
    ("year", "day"), [(2024, (3, 31)), (2025, (4, 20)), (2026, (4, 5)), (2038, (4, 25))]
)
def test_easter(year: int, day: tuple[int, int]) -> None:
    assert easter(year) == date(year, *day)


def test_sittings_start_at_the_hour_of_paris_in_summer_and_winter() -> None:
    for today in (date(2026, 11, 21), date(2026, 6, 20)):
        starts_at = named(demonstration(today), "council").starts_at
        assert (starts_at.hour, starts_at.minute) == (18, 30)
        assert starts_at.utcoffset() in {timedelta(hours=1), timedelta(hours=2)}
