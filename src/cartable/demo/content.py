"""Who and what the demonstration holds; dates are counted from the day it is built."""

from dataclasses import dataclass
from datetime import date, datetime

from msgspec import convert

from cartable.authorities.shapes import AuthorityKind
from cartable.demo.dates import Dates, french_day, in_paris
from cartable.demo.figures import rows
from cartable.documents.shapes import DocumentKind
from cartable.members.shapes import AssemblyKind, Civility, Role
from cartable.sittings.shapes import ItemKind


@dataclass(frozen=True)
class Person:
    key: str
    civility: Civility
    first_name: str
    last_name: str
    email: str

    @property
    def name(self) -> str:
        return f"{self.first_name} {self.last_name}"


@dataclass(frozen=True)
class Membership:
    person: Person
    roles: frozenset[Role]
    position: str
    group: str | None


@dataclass(frozen=True)
class Seat:
    """A place in an assembly; `rank` counts from 1 in the order of the table."""

    person: Person
    position: str
    rank: int


@dataclass(frozen=True)
class Assembly:
    key: str
    kind: AssemblyKind
    name: str
    seats: tuple[Seat, ...]


@dataclass(frozen=True)
class Authority:
    key: str
    kind: AuthorityKind
    name: str
    siret: str
    population: int
    zone: str
    groups: tuple[str, ...]
    memberships: tuple[Membership, ...]
    assemblies: tuple[Assembly, ...]


@dataclass(frozen=True)
class Piece:
    """`paper` names a file of `papers.make_papers`; kinds are those of the glossary."""

    kind: DocumentKind
    title: str
    paper: str


@dataclass(frozen=True)
class Item:
    number: int
    title: str
    kind: ItemKind
    rapporteur: Person
    in_camera: bool
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Sitting:
    key: str
    authority: str
    assembly: str
    name: str
    starts_at: datetime
    place: str
    is_convened: bool
    items: tuple[Item, ...]
    pieces: tuple[Piece, ...]

    @property
    def title(self) -> str:
        """`Conseil municipal du 3 décembre 2026`."""
        return f"{self.name} du {french_day(self.starts_at.date())}"

    @property
    def all_pieces(self) -> tuple[Piece, ...]:
        return self.pieces + tuple(piece for item in self.items for piece in item.pieces)


@dataclass(frozen=True)
class Demonstration:
    people: tuple[Person, ...]
    authorities: tuple[Authority, ...]
    sittings: tuple[Sitting, ...]


# No commune of France has an INSEE code in department 99, so these numbers belong to nobody.
AUTHORITIES = (
    ("commune", "commune", "Commune de Saint-Aubin-le-Val", "21990010700018", 2412),
    ("community", "epci", "Communauté de communes du Val d’Aubin", "24990010100018", 14386),
)
GROUPS = {"commun": "Saint-Aubin en commun", "elan": "Un nouvel élan pour le Val"}
# key, authority, assembly, name of its date, hour, minute, place, convened
SITTINGS = (
    ("council", "commune", "council", "sitting", 18, 30, "Salle du conseil, hôtel de ville", True),
    ("draft", "commune", "council", "next", 18, 30, "Salle du conseil, hôtel de ville", False),
    ("past", "commune", "council", "previous", 18, 30, "Salle du conseil, hôtel de ville", True),
    ("committee", "commune", "finance", "committee", 18, 0, "Salle Jean-Moulin", True),
    (
        "community",
        "community",
        "community-council",
        "community",
        19,
        0,
        "Siège de la communauté, Le Breuil-sur-Aubin",
        True,
    ),
)


def people() -> dict[str, Person]:
    return {
        row["person"]: Person(
            row["person"],
            convert(row["civility"], Civility),
            row["first_name"],
            row["last_name"],
            row["email"],
        )
        for row in rows("people")
    }


def _memberships(authority: str) -> tuple[Membership, ...]:
    known = people()
    return tuple(
        Membership(
            known[row["person"]],
            convert(row["roles"].split(), frozenset[Role]),
            row["position"],
            GROUPS.get(row["group"]),
        )
        for row in rows("memberships")
        if row["authority"] == authority
    )


def _assemblies(authority: str) -> tuple[Assembly, ...]:
    positions = {member.person: member.position for member in _memberships(authority)}
    known = people()
    return tuple(
        Assembly(
            row["assembly"],
            convert(row["kind"], AssemblyKind),
            row["name"],
            tuple(
                Seat(known[key], positions[known[key]], rank)
                for rank, key in enumerate(row["members"].split(), start=1)
            ),
        )
        for row in rows("assemblies")
        if row["authority"] == authority
    )


def authorities() -> tuple[Authority, ...]:
    return tuple(
        Authority(
            key,
            convert(kind, AuthorityKind),
            name,
            siret,
            population,
            "Europe/Paris",
            tuple(sorted({m.group for m in _memberships(key) if m.group})),
            _memberships(key),
            _assemblies(key),
        )
        for key, kind, name, siret, population in AUTHORITIES
    )


def _pieces(sitting: str, item: str, words: dict[str, str]) -> tuple[Piece, ...]:
    return tuple(
        Piece(convert(row["kind"], DocumentKind), row["title"].format(**words), row["paper"])
        for row in rows("pieces")
        if (row["sitting"], row["item"]) == (sitting, item)
    )


def _items(sitting: str, words: dict[str, str]) -> tuple[Item, ...]:
    known = people()
    return tuple(
        Item(
            int(row["number"]),
            row["title"].format(**words),
            convert(row["kind"], ItemKind),
            known[row["rapporteur"]],
            row["in_camera"] == "yes",
            _pieces(sitting, row["number"], words),
        )
        for row in rows("items")
        if row["sitting"] == sitting
    )


def demonstration(today: date) -> Demonstration:
    """The whole content as it must look on `today`."""
    dates = Dates.counted_from(today)
    words = {
        "year": str(dates.budget_year),
        "year5": str(dates.budget_year + 4),
        "previous": french_day(dates.previous),
        "sitting": french_day(dates.sitting),
    }
    names = {row["assembly"]: row["name"] for row in rows("assemblies")}
    sittings = tuple(
        Sitting(
            key,
            authority,
            assembly,
            names[assembly],
            in_paris(getattr(dates, day), hour, minute),
            place,
            is_convened,
            _items(key, words),
            _pieces(key, "", words),
        )
        for key, authority, assembly, day, hour, minute, place, is_convened in SITTINGS
    )
    return Demonstration(tuple(people().values()), authorities(), sittings)
