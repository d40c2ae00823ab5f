"""Rules of members and seats."""

import re
from datetime import date

from cartable.errors import Conflict, Invalid

_EMAIL = re.compile(r"[^@\s\"(),:;<>\[\\\]]{1,64}@(?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63}", re.ASCII)


class InvalidEmail(Invalid):
    """The address cannot receive mail: a part is missing."""


class MemberAlreadyThere(Conflict):
    """This person already belongs to the authority. details: member_id."""


class LastAdministrator(Conflict):
    """An authority keeps at least one administrator."""


class AccountShared(Conflict):
    """The person signs in for other authorities too: their name and password are their own."""


class MembershipEnded(Conflict):
    """The membership had ended when this arrived: kept for its author."""


class NameTaken(Conflict):
    """Two assemblies, or two groups, cannot bear the same name. details: name."""


class GroupHasMembers(Conflict):
    """details: members."""


class SeatOverlaps(Conflict):
    """The member already holds a seat of this assembly on some of these days."""


class SeatEndsBeforeStart(Invalid):
    """The last day comes before the first."""


def check_email(email: str) -> str:
    """The address in lower case.

    Raises:
        InvalidEmail
    """
    plain = email.strip().lower()
    if not _EMAIL.fullmatch(plain):
        raise InvalidEmail
    return plain


def check_seat_days(
    starts_on: date, ends_on: date | None, others: list[tuple[date, date | None]]
) -> None:
    """A seat lasts at least a day and never overlaps another of the same member and assembly.

    Raises:
        SeatEndsBeforeStart, SeatOverlaps
    """
    if ends_on is not None and ends_on < starts_on:
        raise SeatEndsBeforeStart
    for start, last in others:
        if (last is None or last >= starts_on) and (ends_on is None or start <= ends_on):
            raise SeatOverlaps
