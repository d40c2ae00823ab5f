"""Rules of an authority's identity, and of the law that its settings may bend.

Each rule of law cites its article; those that were recalled, not read, are to be verified.
"""

import re
from dataclasses import dataclass
from zoneinfo import available_timezones

from cartable.errors import CartableError, Conflict, Invalid


class InvalidSiren(Invalid):
    """Nine digits with their check digit (Luhn)."""


class InvalidSiret(Invalid):
    """Fourteen digits with their check digit (Luhn), the first nine being the SIREN."""


class InvalidDepartment(Invalid):
    """Not the code of a French department."""


class UnknownTimeZone(Invalid):
    """Not a name of the IANA data base."""


class TimeZoneInUse(Conflict):
    """Sittings have been set in the time zone: their hours would change."""


class AuthoritySuspended(CartableError):
    """Its host has suspended the authority: nothing of it is answered. details: reason."""

    status = 403


class QuotaExceeded(Conflict):
    """The host allows this authority no more megabytes, or members. details: what, limit."""


class PictureRefused(Invalid):
    """Not a picture we draw: PNG, JPEG or WebP, not too large. details: reason, limit."""


ALSACE_MOSELLE = frozenset({"57", "67", "68"})
LARGE_COMMUNE = 3500


def has_luhn(digits: str) -> bool:
    """Whether the last digit checks the others (ISO/IEC 7812-1, used by INSEE)."""
    doubled = [int(d) * 2 if at % 2 else int(d) for at, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def check_siren(typed: str) -> str:
    """Nine digits without spaces.

    Raises:
        InvalidSiren
    """
    plain = re.sub(r"\s", "", typed)
    if not re.fullmatch(r"\d{9}", plain, re.ASCII) or not has_luhn(plain):
        raise InvalidSiren
    return plain


def check_siret(typed: str, siren: str | None) -> str:
    """Fourteen digits without spaces, of the same authority.

    Raises:
        InvalidSiret
    """
    plain = re.sub(r"\s", "", typed)
    right = re.fullmatch(r"\d{14}", plain, re.ASCII) and has_luhn(plain)
    if not right or not has_luhn(plain[:9]) or (siren and not plain.startswith(siren)):
        raise InvalidSiret
    return plain


def check_department(typed: str) -> str:
    """`01` to `95`, `2A`, `2B`, or an overseas code; empty stays empty.

    Raises:
        InvalidDepartment
    """
    plain = typed.strip().upper()
    if not plain:
        return ""
    number = int(plain) if re.fullmatch(r"\d{2}", plain, re.ASCII) else 0
    if 1 <= number <= 95 and number != 20:
        return plain
    if plain in ("2A", "2B") or re.fullmatch(r"97[1-8]|98[678]", plain, re.ASCII):
        return plain
    raise InvalidDepartment


def check_time_zone(name: str) -> str:
    """The name.

    Raises:
        UnknownTimeZone
    """
    if name not in available_timezones():
        raise UnknownTimeZone
    return name


@dataclass(frozen=True)
class NoticeRule:
    """Clear days of notice that the law asks for. `is_to_verify`: recalled, not read."""

    days: int
    article: str
    is_to_verify: bool = False


def notice_of(kind: str, population: int | None, department: str) -> NoticeRule:
    """The notice of the council of an authority, when nothing else is set.

    An EPCI counts the people of its largest member commune (CGCT L5211-1). Without a population
    the longer notice is the safe one.
    """
    is_large = population is None or population >= LARGE_COMMUNE
    if kind in ("departement", "region"):
        return NoticeRule(12, "L3121-19" if kind == "departement" else "L4132-18")
    if kind in ("epci", "syndicat"):
        return NoticeRule(5 if is_large else 3, "L5211-1", is_to_verify=True)
    if is_large:
        return NoticeRule(5, "L2121-12", is_to_verify=kind == "ccas")
    if department in ALSACE_MOSELLE:
        return NoticeRule(3, "L2541-2", is_to_verify=True)
    return NoticeRule(3, "L2121-11", is_to_verify=kind == "ccas")


def urgent_notice_of(kind: str, population: int | None, department: str) -> NoticeRule:
    """The shortest notice when it is urgent: the eve is one day in Alsace-Moselle too."""
    if kind == "commune" and population is not None and population < LARGE_COMMUNE:
        if department in ALSACE_MOSELLE:
            return NoticeRule(1, "L2541-2", is_to_verify=True)
        return NoticeRule(1, "L2121-11")
    return NoticeRule(1, "L2121-12", is_to_verify=kind != "commune")


BUDGET_NOTICE = NoticeRule(12, "L5217-10-4", is_to_verify=True)
"""Draft budget of an authority under the M57 accounts."""

COMMITTEE_NOTICE = NoticeRule(3, "règlement intérieur")
"""Committees and bureaux follow the assembly's own rules of procedure."""

VOTING_RULES = {
    "recusal_leaves_quorum": "L2131-11",
    "chair_leaves_account": "L2121-14",
    "eldest_wins_tie": "L2121-21",
}
"""Recalled rules of quorum and vote, on until somebody who verified says otherwise."""
