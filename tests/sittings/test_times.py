"""Wall clock times and the instants they name."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartable.sittings.rules import TimeDoesNotExist, instant_of, numbers

ZONES = [
    "Europe/Paris", "America/Guadeloupe", "America/Cayenne", "Indian/Reunion", "Pacific/Noumea",
    "Pacific/Tahiti", "Pacific/Marquesas", "Pacific/Wallis", "America/Miquelon",
    "Australia/Lord_Howe",
]  # fmt: skip


@given(st.sampled_from(ZONES), st.datetimes(datetime(2000, 1, 1), datetime(2050, 1, 1)))  # noqa: DTZ001
def test_an_instant_shows_the_time_that_was_typed(zone: str, wall: datetime) -> None:
    wall = wall.replace(second=0, microsecond=0)
    typed = wall.strftime("%Y-%m-%dT%H:%M")
    shows = [
        when
        for step in range(-16 * 4, 16 * 4)
        if (when := wall.replace(tzinfo=UTC) + timedelta(minutes=15 * step))
        .astimezone(ZoneInfo(zone))
        .replace(tzinfo=None)
        == wall
    ]
    if not shows:
        with pytest.raises(TimeDoesNotExist):
            instant_of(typed, zone)
        return
    assert instant_of(typed, zone) == min(shows), "the first of two equal hours"


@pytest.mark.parametrize(
    ("local", "zone", "expected"),
    [
        ("2026-12-03T18:30", "Europe/Paris", "2026-12-03T17:30+00:00"),
        ("2026-07-03T18:30", "Europe/Paris", "2026-07-03T16:30+00:00"),
        ("2026-10-25T02:30", "Europe/Paris", "2026-10-25T00:30+00:00"),
        ("2026-10-25T03:00", "Europe/Paris", "2026-10-25T02:00+00:00"),
        ("2026-07-03T18:30", "Indian/Reunion", "2026-07-03T14:30+00:00"),
        ("2026-07-03T18:30", "Pacific/Marquesas", "2026-07-04T04:00+00:00"),
    ],
)
def test_known_instants(local: str, zone: str, expected: str) -> None:
    assert instant_of(local, zone).isoformat(timespec="minutes") == expected


@pytest.mark.parametrize(
    "local",
    [
        "2026-03-29T02:00", "2026-03-29T02:59", "2026-02-30T18:00", "2026-13-01T18:00",
        "2026-01-01T24:00", "2026-01-01T18:60", "0000-01-01T00:00", "0001-01-01T00:00",
    ],
)  # fmt: skip
def test_times_that_do_not_exist(local: str) -> None:
    with pytest.raises(TimeDoesNotExist):
        instant_of(local, "Europe/Paris")


def test_the_end_of_the_calendar() -> None:
    with pytest.raises(TimeDoesNotExist):
        instant_of("9999-12-31T23:59", "America/Cayenne")


@given(st.lists(st.sampled_from(["heading", "deliberation", "question"])))
def test_numbers_count_all_but_headings(kinds: list[str]) -> None:
    given_numbers = numbers(kinds)
    assert [n is None for n in given_numbers] == [kind == "heading" for kind in kinds]
    counted = [n for n in given_numbers if n is not None]
    assert counted == list(range(1, len(counted) + 1))
