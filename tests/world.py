"""Things to act upon in both towns, made by the product's own deeds, one fresh at each call."""

import io
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import httpx
import pikepdf

from tests.cast import Cast, Person, Town

PROVIDER = {
    "kind": "generic", "name": "Compte de la mairie", "issuer": "https://127.0.0.1",
    "client_id": "cartable", "secret": "un secret", "scopes": ["openid", "email"],
}  # fmt: skip
"""An identity provider as an administrator describes it; nobody answers there."""

PDF = {"content-type": "application/pdf"}


def blank_pdf(pages: int = 1, mark: int = 0) -> bytes:
    """A valid PDF of empty pages; another `mark` makes other bytes."""
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page(page_size=(595 + mark, 842))
        held = io.BytesIO()
        pdf.save(held, deterministic_id=True)
    return held.getvalue()


def good(answer: httpx.Response) -> Any:
    """The JSON of an answer that must be a success."""
    assert answer.is_success, answer.text
    return answer.json() if answer.content else None


@dataclass
class World:
    """The makers of one town, each used through the person whose work it is."""

    cast: Cast
    town: Town
    clerk: Person
    admin: Person
    numbers: Any = field(default_factory=count)
    spare: tuple[str, str] | None = None

    async def sitting(self, assembly: str = "council") -> str:
        """A draft for next week, without agenda."""
        day = datetime.now(UTC) + timedelta(days=7)
        body = {
            "assembly_id": self.town.assemblies[assembly],
            "starts_at": day.strftime("%Y-%m-%dT18:30"),
        }
        return str(good(await self.clerk.post(f"{self.town.path}/sittings", body))["id"])

    async def item(self, sitting: str | None = None) -> str:
        """An agenda item."""
        sitting = sitting or await self.sitting()
        body = {"title": "Budget primitif"}
        path = f"{self.town.path}/sittings/{sitting}/agenda"
        return str(good(await self.clerk.post(path, body))["id"])

    async def document(self, sitting: str | None = None) -> tuple[str, str]:
        """A piece that is being checked: its id and the SHA-256 of its file."""
        sitting = sitting or await self.sitting()
        sent = await self.clerk.http.post(
            f"{self.town.path}/sittings/{sitting}/documents",
            params={"file_name": "budget.pdf"},
            content=blank_pdf(mark=next(self.numbers)),
            headers=PDF,
        )
        made = good(sent)
        return str(made["document"]["id"]), str(made["pending"]["sha256"])

    async def ready_to_convene(self) -> str:
        """A draft with an item."""
        sitting = await self.sitting()
        await self.item(sitting)
        return sitting

    async def member(self, *roles: str) -> str:
        """Somebody who was invited and did not come yet."""
        body = {
            "first_name": "Ève",
            "last_name": "Lefèvre",
            "email": f"eve{next(self.numbers)}@{self.town.id.hex[-6:]}.example",
            "roles": roles or ["councillor"],
        }
        path = f"{self.town.path}/members"
        return str(good(await self.admin.post(path, body))["id"])

    async def contact(self) -> str:
        """A service of the directory."""
        body = {"name": f"Service {next(self.numbers)}", "phone": "01 02 03 04 05"}
        return str(good(await self.admin.post(f"{self.town.path}/contacts", body))["id"])

    async def connection(self) -> str:
        """A provider that the authority trusts, and that nobody calls; few stay at a time."""
        path = f"{self.town.path}/connections"
        for held in good(await self.admin.get(path))["connections"][2:]:
            good(await self.admin.delete(f"{path}/{held['id']}"))
        return str(good(await self.admin.post(path, PROVIDER))["id"])

    async def mandate_end(self) -> str:
        """A seat of a new assembly, ended together with all its others."""
        assembly = await self.assembly()
        order = {"last_day": "2026-01-31", "seats": [await self.seat(assembly)]}
        path = f"{self.town.path}/assemblies/{assembly}/mandate/end"
        return str(good(await self.admin.post(path, order))["id"])

    async def seat(self, assembly: str = "") -> str:
        """A seat of somebody new in the council, or in another assembly."""
        place = assembly or self.town.assemblies["council"]
        body = {"assembly_id": place, "starts_on": "2026-01-01"}
        path = f"{self.town.path}/members/{await self.member()}/seats"
        return str(good(await self.admin.post(path, body))["id"])

    async def spare_device(self) -> tuple[str, str]:
        """The clerk's member, and a device of theirs that nobody uses: the same at each call, as
        sign-ins are counted."""
        if self.spare is None:
            me = good(await self.clerk.get("/api/me"))
            browser = await self.cast.sign_in(me["account"]["email"])
            device = good(await browser.get("/api/me"))["device"]["id"]
            good(await browser.post("/api/sign-out"))
            await browser.http.aclose()
            self.spare = (me["memberships"][0]["member_id"], device)
        return self.spare

    async def group(self) -> str:
        """A political group without members."""
        body = {"name": f"Groupe {next(self.numbers)}"}
        return str(good(await self.admin.post(f"{self.town.path}/groups", body))["id"])

    async def assembly(self) -> str:
        """A committee."""
        body = {"name": f"Commission {next(self.numbers)}", "kind": "committee"}
        return str(good(await self.admin.post(f"{self.town.path}/assemblies", body))["id"])

    async def guest(self, sitting: str) -> str:
        """Somebody without a seat, invited to a sitting."""
        member = await self.member("guest")
        path = f"{self.town.path}/sittings/{sitting}/guests"
        good(await self.clerk.post(path, {"member_id": member}))
        return member
