"""Rules of members and seats."""

import hmac
import re
from datetime import date, datetime

from cartable.errors import Conflict, Invalid
from cartable.members.shapes import CopyState

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


def wipe_proof(token_hash: str) -> str:
    """By what a device says that it erased itself (64 hexadecimal digits).

    Made from the hash of its secret and telling nothing of it: it holds when the cookie is gone,
    when somebody else signs in to the same browser, and when the keys of the server change.
    """
    return hmac.digest(token_hash.encode(), b"wiped", "sha256").hex()


def copy_state(
    taken_at: datetime | None, seen_at: datetime | None, wiped_at: datetime | None
) -> CopyState:
    """Where a device stands with an authority. What it said before it lost it does not count."""
    if taken_at is None:
        return "held"
    if wiped_at is not None and wiped_at >= taken_at:
        return "wiped"
    return "leaving" if seen_at is not None and seen_at >= taken_at else "unseen"


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
