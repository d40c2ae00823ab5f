"""The days of the demonstration, counted from the day it is built."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
FIXED_HOLIDAYS = {(1, 1), (5, 1), (5, 8), (7, 14), (8, 15), (11, 1), (11, 11), (12, 25)}
# A budget is voted by 15 April of its own year (CGCT L1612-2), else it is next year's.
LAST_VOTE = (4, 15)


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (Butcher's algorithm)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    f = (8 * b + 13) // 25
    g = (19 * a + b - d - f + 15) % 30
    h, i = divmod(c, 4)
    j = (32 + 2 * e + 2 * h - g - i) % 7
    k = (a + 11 * g + 22 * j) // 451
    month, day = divmod(g + j - 7 * k + 114, 31)
    return date(year, month, day + 1)


def is_holiday(day: date) -> bool:
    """Public holidays of mainland France (code du travail, L3133-1)."""
    movable = {easter(day.year) + timedelta(days=n) for n in (1, 39, 50)}
    return (day.month, day.day) in FIXED_HOLIDAYS or day in movable


def working_day(day: date, step: int) -> date:
    while is_holiday(day):
        day += timedelta(days=step)
    return day


def after_year_end(day: date) -> date:
    """Town halls call nobody between 20 December and 3 January."""
    while (day.month, day.day) >= (12, 20) or (day.month, day.day) <= (1, 3):
        day += timedelta(weeks=1)
    return working_day(day, 7)


def french_day(day: date) -> str:
    """`1er décembre 2026`."""
    number = "1er" if day.day == 1 else str(day.day)
    return f"{number} {MONTHS[day.month - 1]} {day.year}"


def in_paris(day: date, hour: int, minute: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZoneInfo("Europe/Paris"))


@dataclass(frozen=True)
class Dates:
    today: date
    sitting: date
    previous: date
    committee: date
    next: date
    community: date
    communicated: date
    effective: date
    budget_year: int

    @staticmethod
    def counted_from(today: date) -> "Dates":
        """The sitting falls on the Thursday of next week, 4 to 10 days ahead."""
        sitting = working_day(today + timedelta(days=10 - today.weekday()), 7)
        committee = working_day(sitting - timedelta(days=16), -7)
        # The draft budget reaches members twelve days before its vote at least (L5217-10-4).
        communicated = min(sitting - timedelta(days=14), today - timedelta(days=1))
        while committee >= communicated:
            committee = working_day(committee - timedelta(weeks=1), -7)
        year = sitting.year if (sitting.month, sitting.day) <= LAST_VOTE else sitting.year + 1
        new_year = date(year, 1, 1)
        next_month = (sitting.replace(day=1) + timedelta(days=32)).replace(day=1)
        return Dates(
            today=today,
            sitting=sitting,
            previous=working_day(sitting - timedelta(weeks=6), -7),
            committee=committee,
            next=after_year_end(working_day(sitting + timedelta(weeks=4), 7)),
            community=working_day(sitting + timedelta(weeks=1), 7),
            communicated=communicated,
            effective=new_year if new_year > sitting else next_month,
            budget_year=year,
        )
