"""Rules of members and seats."""

import hmac
import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Literal

from cartable.errors import CartableError, Conflict, Invalid
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


class AlreadyAccepted(Conflict):
    """The invitation was accepted: end the membership instead."""


class InvitationOfAnother(CartableError):
    """Signed in as somebody else than the person who is invited."""

    status = 403


class NotAcceptedYet(Conflict):
    """The person has not accepted the invitation: send it again instead."""


class CodeNotForThem(Conflict):
    """Whoever prepares or administers signs in by their own means, never by a clerk's code."""


class CodesAreOn(Conflict):
    """The person protects their account by the codes of an application: nothing replaces them."""


class NameTaken(Conflict):
    """Two assemblies, or two groups, cannot bear the same name. details: name."""


class GroupHasMembers(Conflict):
    """details: members."""


class ImportUnreadable(Invalid):
    """Not a CSV file: no text, or a quote that never closes. details: line."""


class ImportEmpty(Invalid):
    """The file holds no line."""


class ImportTooLong(Invalid):
    """More lines than one import takes. details: most."""


class ImportColumnsUnknown(Invalid):
    """Neither our columns nor the reference product's. details: missing."""


class ImportHasErrors(Invalid):
    """Lines must be mended first: nothing was imported. details: errors."""


class ImportChanged(Conflict):
    """Members changed since the preview: nothing was imported, look at it again."""


class SeatOverlaps(Conflict):
    """The member already holds a seat of this assembly on some of these days."""


class InvalidPhone(Invalid):
    """Nobody can be called with this number."""


class SubstituteSits(Conflict):
    """Who sits in an assembly replaces nobody there. details: member_id."""


class LeaderOfAnotherGroup(Conflict):
    """A leader belongs to the group. details: member_id."""


class MandateChanged(Conflict):
    """Seats changed since they were shown: nothing was ended, look at them again."""


class MandateNotOver(Conflict):
    """Memberships end from the day after the last day in office, not before."""


CLOSED_TOGETHER = 500
"""Memberships that one deed ends: tablets never get part of a deed (sync.md, section 1)."""


class TooManyClosed(Conflict):
    """Seats may end together, and memberships be ended apart. details: maximum."""


class NothingToUndo(Conflict):
    """It was undone already, or seats were given to others since."""


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


INVITATION_LASTS = timedelta(hours=72)


def entry_of(
    invited_at: datetime | None, accepted_at: datetime | None, now: datetime
) -> Literal["accepted", "invited", "expired", "uninvited"]:
    """Where a member stands with their invitation."""
    if accepted_at is not None:
        return "accepted"
    if invited_at is None:
        return "uninvited"
    return "invited" if now < invited_at + INVITATION_LASTS else "expired"


def check_email(email: str) -> str:
    """The address in lower case.

    Raises:
        InvalidEmail
    """
    plain = email.strip().lower()
    if not _EMAIL.fullmatch(plain):
        raise InvalidEmail
    return plain


def check_closings(count: int) -> None:
    """Refuse to end more memberships than one deed may write.

    Raises:
        TooManyClosed
    """
    if count > CLOSED_TOGETHER:
        raise TooManyClosed(maximum=CLOSED_TOGETHER)


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


def may_have_link(roles: Sequence[frozenset[str]]) -> bool:
    """Whether a person may sign in by a link sent to them. By authority: their roles.

    For councillors: a link opens all that they belong to.
    """
    return bool(roles) and all(
        "councillor" in one and one.isdisjoint({"clerk", "admin"}) for one in roles
    )
