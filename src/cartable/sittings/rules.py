"""Rules of sittings and agendas."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cartable.errors import Conflict, Invalid

AGENDA_LIMIT = 200
"""Items of an agenda: a deed writes 500 rows at most."""

KEPT_ON_TABLETS = timedelta(days=548)
"""Sittings leave the tablets 18 months after they were held (sync.md, section 1)."""


class SittingAlreadyConvened(Conflict):
    """Its members have seen it: date, place and agenda stay as they were called."""


class SittingInThePast(Conflict):
    """Nobody can be called to a sitting that was held already."""


class AgendaEmpty(Conflict):
    """A call states the agenda (CGCT, article L2121-10)."""


class NobodyToCall(Conflict):
    """No seat of the assembly is held on that day, and nobody is invited."""


class AgendaFull(Conflict):
    """details: limit."""


class AgendaChanged(Conflict):
    """The order sent is not one of the agenda as it is now."""


class AgendaItemHasDocuments(Conflict):
    """Pieces stand under this item: move or withdraw them first. details: count."""


class TimeDoesNotExist(Invalid):
    """The clock jumps over this time, or the date does not exist."""


def instant_of(local: str, time_zone: str) -> datetime:
    """The instant of a wall clock time such as 2026-12-03T18:30 in an IANA zone.

    An hour that the clock shows twice in October is taken as the first one.

    Raises:
        TimeDoesNotExist
    """
    zone = ZoneInfo(time_zone)
    try:
        wall = datetime.fromisoformat(local)
    except ValueError:
        raise TimeDoesNotExist from None
    try:
        instant = wall.replace(tzinfo=zone).astimezone(UTC)
        shown = instant.astimezone(zone).replace(tzinfo=None)
    except OverflowError:
        raise TimeDoesNotExist from None
    if shown != wall:
        raise TimeDoesNotExist
    return instant


def numbers(kinds: list[str]) -> list[int | None]:
    """The number of each item in order: 1, 2, 3…, none for headings."""
    given: list[int | None] = []
    last = 0
    for kind in kinds:
        if kind == "heading":
            given.append(None)
        else:
            last += 1
            given.append(last)
    return given
