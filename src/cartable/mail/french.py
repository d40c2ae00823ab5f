"""Moments as French letters say them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

_DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = (
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
    "octobre", "novembre", "décembre",
)  # fmt: skip


def day(on: date) -> str:
    """« mardi 24 novembre 2026 »."""
    number = "1er" if on.day == 1 else str(on.day)
    return f"{_DAYS[on.weekday()]} {number} {_MONTHS[on.month - 1]} {on.year}"


def moment(at: datetime, zone: str) -> str:
    """« mardi 24 novembre 2026 à 18 h 05 », on the clock of `zone` (IANA)."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{day(local.date())} à {local.hour}\u00a0h\u00a0{local.minute:02}"
