"""The fixed cast of the tests: who exists, in which authority, with which roles and seats.

Everything is made through the product's own deeds, over HTTP wherever a person would.

    Saint-Aubin   claire (clerk), alice (councillor, voting seat in the council, finances),
                  bruno (councillor, voting seat in the council only), gus (guest, no seat),
                  ines (administrator)
    Le Breuil     carla (clerk), daniel (councillor), irma (administrator)
    Both          paul: councillor of both councils
"""

from copy import copy, deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.cookiejar import Cookie
from typing import Any
from uuid import UUID

import httpx

from cartable.members.actions.found import found_authority
from cartable.members.shapes import NewMember
from cartable.runtime import Runtime
from tests.letterbox import invitation_of, secret_of

PASSWORD = "une phrase de passe longue"
HEADERS = {"x-cartable": "1"}


@dataclass
class Person:
    """One signed-in browser of one person."""

    name: str
    http: httpx.AsyncClient
    member: dict[str, UUID] = field(default_factory=dict)

    async def get(self, path: str, **options: Any) -> httpx.Response:
        """GET."""
        return await self.http.get(path, **options)

    async def post(self, path: str, body: Any = None, **options: Any) -> httpx.Response:
        """POST of JSON."""
        return await self.http.post(path, json=body, **options)

    async def patch(self, path: str, body: Any) -> httpx.Response:
        """PATCH of JSON."""
        return await self.http.patch(path, json=body)

    async def put(self, path: str, body: Any) -> httpx.Response:
        """PUT of JSON."""
        return await self.http.put(path, json=body)

    async def delete(self, path: str) -> httpx.Response:
        """DELETE."""
        return await self.http.delete(path)


@dataclass
class Town:
    """An authority of the tests."""

    id: UUID
    name: str
    assemblies: dict[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """Root of its routes."""
        return f"/api/authorities/{self.id}"


@dataclass
class Cast:
    """Everybody, and the two towns."""

    app: Any
    runtime: Runtime
    town: Town
    other: Town
    people: dict[str, Person] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Person:
        try:
            return self.people[name]
        except KeyError:
            raise AttributeError(name) from None

    def browser(self) -> httpx.AsyncClient:
        """A fresh browser that nobody has signed in with."""
        return httpx.AsyncClient(
            transport=httpx.ASGITransport(app=self.app, raise_app_exceptions=False),
            base_url="http://cartable.test",
            headers=HEADERS,
        )

    async def sign_in(self, email: str, password: str = PASSWORD, name: str = "") -> Person:
        """Sign in on a fresh browser."""
        http = self.browser()
        answer = await http.post("/api/sign-in", json={"email": email, "password": password})
        assert answer.status_code == 201, answer.text
        return Person(name or email, http)

    async def accept(self, email: str, name: str = "", secret: str = "") -> Person:
        """Open the last invitation sent to an address, and choose the usual password."""
        http = self.browser()
        body = {"secret": secret or await invitation_of(self.runtime, email), "password": PASSWORD}
        answer = await http.post("/api/invitation/accept", json=body)
        assert answer.status_code == 201, answer.text
        return Person(name or email, http)


@dataclass(frozen=True)
class Remembered:
    """A cast whose database was set aside: enough to sign everybody in again on a copy of it."""

    towns: tuple[Town, Town]
    cookies: dict[str, list[Cookie]]
    members: dict[str, dict[str, UUID]]

    @classmethod
    def of(cls, cast: Cast) -> "Remembered":
        """What a cast leaves."""
        people = cast.people.items()
        return cls(
            towns=(cast.town, cast.other),
            cookies={name: list(person.http.cookies.jar) for name, person in people},
            members={name: person.member for name, person in people},
        )

    def on(self, app: Any, runtime: Runtime) -> Cast:
        """The same people, with the same browsers, on another copy."""
        cast = Cast(app, runtime, *deepcopy(self.towns))
        for name, cookies in self.cookies.items():
            person = Person(name, cast.browser(), dict(self.members[name]))
            for cookie in cookies:
                person.http.cookies.jar.set_cookie(copy(cookie))
            cast.people[name] = person
        return cast


async def make_cast(app: Any, runtime: Runtime) -> Cast:
    """Two towns with their people."""
    town, admin = await _found(runtime, "Commune de Saint-Aubin-le-Val", "ines")
    other, other_admin = await _found(runtime, "Commune du Breuil", "irma")
    cast = Cast(app, runtime, town, other)
    cast.people["ines"] = await cast.accept("ines@staubin.example", "ines", admin)
    cast.people["irma"] = await cast.accept("irma@breuil.example", "irma", other_admin)
    for place, boss, names in (
        (town, cast.ines, ("council", "finances")),
        (other, cast.irma, ("council",)),
    ):
        for name in names:
            kind = "council" if name == "council" else "committee"
            made = await boss.post(f"{place.path}/assemblies", {"name": name, "kind": kind})
            place.assemblies[name] = made.json()["id"]
    for name, roles, seats in (
        ("claire", ["clerk"], ()),
        ("alice", ["councillor"], ("council", "finances")),
        ("bruno", ["councillor"], ("council",)),
        ("gus", ["guest"], ()),
        ("paul", ["councillor"], ("council",)),
    ):
        await add(cast, town, cast.ines, name, "staubin", roles, seats)
    for name, roles, seats in (
        ("carla", ["clerk"], ()),
        ("daniel", ["councillor"], ("council",)),
    ):
        await add(cast, other, cast.irma, name, "breuil", roles, seats)
    await add(cast, other, cast.irma, "paul", "staubin", ["councillor"], ("council",))
    return cast


async def add(
    cast: Cast,
    town: Town,
    admin: Person,
    name: str,
    domain: str,
    roles: list[str],
    seats: tuple[str, ...] = (),
) -> Person:
    """Add a member through the administrator's route; they accept the invitation."""
    email = f"{name}@{domain}.example"
    start = (datetime.now(UTC).date() - timedelta(days=800)).isoformat()
    made = await admin.post(
        f"{town.path}/members",
        {
            "first_name": name.capitalize(),
            "last_name": f"Nom-{name}",
            "email": email,
            "roles": roles,
            "seats": [{"assembly_id": town.assemblies[seat], "starts_on": start} for seat in seats],
        },
    )
    assert made.status_code == 201, made.text
    if name not in cast.people:
        cast.people[name] = await cast.accept(email, name)
    else:
        secret = await invitation_of(cast.runtime, email)
        again = await cast.people[name].post("/api/invitation/accept", {"secret": secret})
        assert again.status_code == 201, again.text
    person = cast.people[name]
    person.member[town.name] = UUID(made.json()["id"])
    return person


async def _found(runtime: Runtime, name: str, admin: str) -> tuple[Town, str]:
    domain = "staubin" if "Aubin" in name else "breuil"
    async with runtime.writing() as db:
        founded = await found_authority(
            db,
            runtime.master_key,
            name=name,
            kind="commune",
            siren=None,
            administrator=NewMember(
                first_name=admin.capitalize(),
                last_name=f"Nom-{admin}",
                email=f"{admin}@{domain}.example",
                roles=["admin"],
            ),
            now=datetime.now(UTC),
        )
    return Town(founded.authority_id, name), secret_of(founded.invitation)
