"""Rows of a CSV file to people: our own columns, or those of the reference product's users.

Own format: a header names the columns, in any order; several lines may speak of one person (same
address), each with its seats. Reference: no header, `civility, login, first name, last name,
e-mail, role, telephone, title, login of the deputy, types separated by |`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from cartable.members.csv_file import Row, Sheet
from cartable.members.csv_words import (
    HEADERS,
    REFERENCE,
    REFERENCE_CIVILITIES,
    REFERENCE_ROLES,
    BadCell,
    as_civility,
    as_date,
    as_rank,
    as_roles,
    as_voting,
    fold,
    parts,
)
from cartable.members.phones import NotAPhone, international
from cartable.members.rules import ImportColumnsUnknown, InvalidEmail, check_email

T = TypeVar("T")

REQUIRED = ("email", "last_name", "first_name")
_LIMITS = {
    "first_name": 120, "last_name": 120, "email": 254, "position": 160, "group": 120,
    "assemblies": 1200, "substitute": 254,
}  # fmt: skip
_OF_PERSON = ("civility", "first_name", "last_name", "phone", "position", "group")


@dataclass(frozen=True)
class CellError:
    """What is wrong in a cell; `column` counts from 1, 0 when the column itself is absent.

    `other_line`: where the file says something else.
    """

    line: int
    column: int
    field: str
    code: str
    value: str = ""
    other_line: int = 0


@dataclass
class DraftSeat:
    """A seat named in the file; what is None is not written there. `substitute`: an address."""

    assembly: str
    line: int
    starts_on: date | None = None
    ends_on: date | None = None
    rank: int | None = None
    is_voting: bool | None = None
    substitute: str = ""


@dataclass
class DraftPerson:
    """One person of the file; empty fields are not written there."""

    line: int
    email: str
    civility: str = ""
    first_name: str = ""
    last_name: str = ""
    phone: str = ""
    position: str = ""
    group: str = ""
    roles: list[str] = field(default_factory=list)
    seats: list[DraftSeat] = field(default_factory=list)
    login: str = ""
    substitute: str = ""
    """Of all the person's seats: the reference product names one deputy for each person."""


@dataclass
class People:
    """What was read. `format`: own or reference."""

    format: str
    lines: int
    people: list[DraftPerson]
    errors: list[CellError]


def read_people(sheet: Sheet) -> People:
    """Everybody the file speaks of, in its order, and every error.

    Raises:
        ImportColumnsUnknown: neither a header we know nor the reference product's columns.
    """
    columns = _header(sheet.rows[0])
    if columns is not None:
        missing = [name for name in REQUIRED if name not in columns]
        if missing:
            raise ImportColumnsUnknown(missing=missing)
        reader, rows = _Reader(columns, "own"), sheet.rows[1:]
    elif any(len(row.cells) >= 5 and "@" in row.cells[4] for row in sheet.rows[:5]):
        reader, rows = _Reader({n: at for at, n in enumerate(REFERENCE)}, "reference"), sheet.rows
    else:
        raise ImportColumnsUnknown(missing=list(REQUIRED))
    for row in rows:
        reader.take(row)
    reader.finish()
    return People(reader.format, len(rows), list(reader.people.values()), reader.errors)


def _header(row: Row) -> dict[str, int] | None:
    """Index of each known column of a header; None when this is none."""
    columns: dict[str, int] = {}
    for at, cell in enumerate(row.cells):
        name = HEADERS.get(fold(cell))
        if name is not None:
            columns.setdefault(name, at)
    return columns if len(columns) >= 2 and "@" not in "".join(row.cells) else None


class _Reader:
    """Takes rows one by one; people are kept by address."""

    def __init__(self, columns: dict[str, int], form: str) -> None:
        self.columns, self.format = columns, form
        self.people: dict[str, DraftPerson] = {}
        self.errors: list[CellError] = []

    def take(self, row: Row) -> None:
        """One line: its person, new or met before, and its seats."""
        person = DraftPerson(line=row.line, email=self._email(row))
        for name in ("first_name", "last_name", "position", "group", "login"):
            setattr(person, name, self._text(row, name))
        person.civility = self._read(row, "civility", self._civility) or ""
        person.phone = self._read(row, "phone", self._phone) or ""
        person.roles = self._read(row, "roles", self._roles) or []
        if not person.roles and self.format == "reference" and not self._text(row, "roles"):
            self._wrong(row, "roles", "missing")
        for name in ("first_name", "last_name"):
            if not getattr(person, name) and person.email not in self.people:
                self._wrong(row, name, "missing")
        person.seats = list(self._seats(row))
        if self.format == "reference":
            person.substitute = self._text(row, "substitute")
        if person.email:
            self._join(row, person)

    def _email(self, row: Row) -> str:
        typed = self._text(row, "email")
        if not typed:
            self._wrong(row, "email", "missing")
            return ""
        try:
            return check_email(typed)
        except InvalidEmail:
            self._wrong(row, "email", "email", typed)
            return ""

    def _civility(self, typed: str) -> str:
        if self.format == "reference":
            if typed not in REFERENCE_CIVILITIES:
                raise BadCell("civility")
            return REFERENCE_CIVILITIES[typed]
        return as_civility(typed)

    def _roles(self, typed: str) -> list[str]:
        if self.format == "reference":
            if typed not in REFERENCE_ROLES:
                raise BadCell("role")
            return [REFERENCE_ROLES[typed]]
        return as_roles(typed)

    @staticmethod
    def _phone(typed: str) -> str:
        try:
            return international(typed)
        except NotAPhone:
            raise BadCell("phone") from None

    def _seats(self, row: Row) -> Iterator[DraftSeat]:
        starts_on = self._read(row, "starts_on", as_date)
        ends_on = self._read(row, "ends_on", as_date)
        if starts_on and ends_on and ends_on < starts_on:
            self._wrong(row, "ends_on", "ends_before_start", self._text(row, "ends_on"))
            ends_on = None
        rank = self._read(row, "rank", as_rank)
        is_voting = self._read(row, "voting", as_voting)
        substitute = "" if self.format == "reference" else self._text(row, "substitute")
        names = parts(self._text(row, "assemblies"))
        if substitute and not names:
            self._wrong(row, "substitute", "substitute_without_seat", substitute)
        for name in names:
            if len(name) > 120:
                self._wrong(row, "assemblies", "too_long", name)
                continue
            yield DraftSeat(name, row.line, starts_on, ends_on, rank, is_voting, substitute)

    def _join(self, row: Row, new: DraftPerson) -> None:
        """The person as met first; what a later line adds, and what it must not contradict."""
        known = self.people.setdefault(new.email, new)
        if known is new:
            return
        if new.last_name and fold(new.first_name + new.last_name) != fold(
            known.first_name + known.last_name
        ):
            self._wrong(row, "email", "email_twice", new.email, known.line)
            return
        for name in _OF_PERSON:
            before, now = getattr(known, name), getattr(new, name)
            if not before:
                setattr(known, name, now)
            elif now and fold(now) != fold(before):
                self._wrong(row, name, "contradicts", now, known.line)
        known.roles += [role for role in new.roles if role not in known.roles]
        known.seats += new.seats

    def finish(self) -> None:
        """What needs the whole file: deputies named by their login, seats given twice."""
        logins = {fold(one.login): one.email for one in self.people.values() if one.login}
        at = self.columns.get("substitute", -1)
        for person in self.people.values():
            person.substitute = self._named(person, person.substitute, person.line, logins, at)
            for seat in person.seats:
                seat.substitute = self._named(person, seat.substitute, seat.line, logins, at)
            self._twice(person)
        self.errors.sort(key=lambda error: (error.line, error.column))

    def _named(
        self, person: DraftPerson, named: str, line: int, logins: dict[str, str], at: int
    ) -> str:
        """The address of a substitute named by address or login; empty when there is none."""
        if not named:
            return ""
        found = logins.get(fold(named), named.lower())
        wrong = "substitute_unknown" if "@" not in found else "substitute_oneself"
        if "@" in found and found != person.email:
            return found
        self.errors.append(CellError(line, at + 1, "substitute", wrong, named))
        return ""

    def _twice(self, person: DraftPerson) -> None:
        for at, seat in enumerate(person.seats):
            for other in person.seats[:at]:
                if fold(other.assembly) == fold(seat.assembly) and _meet(seat, other):
                    column = self.columns.get("assemblies", -1) + 1
                    self.errors.append(
                        CellError(seat.line, column, "assemblies", "seat_twice", seat.assembly)
                    )

    def _text(self, row: Row, name: str) -> str:
        at = self.columns.get(name)
        text = row.cells[at] if at is not None and at < len(row.cells) else ""
        if len(text) > _LIMITS.get(name, 254):
            self._wrong(row, name, "too_long", text[:40])
            return ""
        return text

    def _read(self, row: Row, name: str, how: Callable[[str], T]) -> T | None:
        typed = self._text(row, name)
        if not typed:
            return None
        try:
            return how(typed)
        except BadCell as wrong:
            self._wrong(row, name, wrong.code, typed)
            return None

    def _wrong(self, row: Row, name: str, code: str, value: str = "", other: int = 0) -> None:
        column = self.columns.get(name, -1) + 1
        self.errors.append(CellError(row.line, column, name, code, value, other))


def _meet(one: DraftSeat, other: DraftSeat) -> bool:
    first, last = date.min, date.max
    return (one.starts_on or first) <= (other.ends_on or last) and (other.starts_on or first) <= (
        one.ends_on or last
    )
