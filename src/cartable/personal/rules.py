"""When private notes end, when an account may be erased: pure decisions, `now` is an argument."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

GRACE = timedelta(days=7)
"""Between the request to erase an account and its erasure: time to change one's mind."""

NOTES_KEPT_DAYS = 90
"""Days that private notes outlive a mandate, unless the authority decides otherwise."""

WARNED_BEFORE = (30, 7)
"""Days before the purge when its author is told again, after a first time at the end."""

LAST_WARNING = timedelta(days=WARNED_BEFORE[-1])


@dataclass(frozen=True)
class Mandate:
    """What decides when a member's mandate ended. `seats`: last day of each, or None; `ended_on`:
    the day the membership ended, if it did."""

    roles: Collection[str]
    seats: Collection[date | None]
    ended_on: date | None


def mandate_end(mandate: Mandate, today: date) -> date | None:
    """The last day of a mandate that is over; None while it lasts.

    It is over when every seat is, for somebody who is a councillor and nothing else, or when the
    membership ended, whichever came first.
    """
    last_days = [last for last in mandate.seats if last is not None]
    sits = len(last_days) < len(mandate.seats) or any(last >= today for last in last_days)
    ends = []
    if last_days and not sits and set(mandate.roles) <= {"councillor"}:
        ends.append(max(last_days))
    if mandate.ended_on is not None:
        ends.append(mandate.ended_on)
    return min(ends, default=None)


def purge_day(ended_on: date, kept_days: int) -> date:
    """The first day on which notes may be purged."""
    return ended_on + timedelta(days=kept_days)


def warnings_due(ended_on: date, kept_days: int, today: date) -> int:
    """How many of the three warnings should have left by now."""
    left = (purge_day(ended_on, kept_days) - today).days
    return 1 + sum(left <= before for before in WARNED_BEFORE)


def may_purge(
    ended_on: date, kept_days: int, warned_on: date | None, warnings: int, today: date
) -> bool:
    """Whether the day came and the last warning had its week: nobody loses notes untold."""
    if warned_on is None or warnings <= len(WARNED_BEFORE):
        return False
    return today >= purge_day(ended_on, kept_days) and today - warned_on >= LAST_WARNING
