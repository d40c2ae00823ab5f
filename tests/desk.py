"""A clerk's gestures for the tests: sittings, items and papers, over HTTP."""

import io
import random
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pikepdf

from tests.cast import Cast, Person

PDF = {"content-type": "application/pdf"}


def paper(text: str = "Rapport", *, size: int = 0, seed: int = 0) -> bytes:
    """A valid one-page PDF of at least `size` bytes, padded with a stream nobody draws."""
    pdf = pikepdf.new()
    pdf.add_blank_page(page_size=(595, 842))
    font = pikepdf.Dictionary(Type="/Font", Subtype="/Type1", BaseFont="/Helvetica")
    page = pdf.pages[0]
    page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=pdf.make_indirect(font)))
    words = f"BT /F1 24 Tf 72 700 Td ({text} {seed}) Tj ET".encode()
    page.Contents = pdf.make_stream(words)
    if size:
        page.Padding = pdf.make_stream(random.Random(seed).randbytes(size))
    out = io.BytesIO()
    pdf.save(out, static_id=True)
    return out.getvalue()


def in_days(days: int, hour: str = "18:30") -> str:
    """A wall clock time to come."""
    return (datetime.now(UTC) + timedelta(days=days)).strftime(f"%Y-%m-%dT{hour}")


class Desk:
    """What a clerk does in one authority."""

    def __init__(self, cast: Cast, clerk: Person | None = None) -> None:
        self.cast, self.town = cast, cast.town
        self.clerk = clerk or cast.claire

    async def sitting(self, days: int = 7, **fields: Any) -> str:
        """A draft; its id."""
        body = {"assembly_id": self.town.assemblies["council"], "starts_at": in_days(days)}
        made = await self.clerk.post(f"{self.town.path}/sittings", body | fields)
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    async def item(self, sitting: str, title: str = "Budget", **fields: Any) -> str:
        """An agenda item; its id."""
        path = f"{self.town.path}/sittings/{sitting}/agenda"
        made = await self.clerk.post(path, {"title": title} | fields)
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    async def send(
        self, sitting: str, content: Any, by: Person | None = None, **query: Any
    ) -> httpx.Response:
        """Upload; the answer whatever it is."""
        return await (by or self.clerk).http.post(
            f"{self.town.path}/sittings/{sitting}/documents",
            params={"file_name": "piece.pdf", "id": str(uuid4())} | query,
            content=content,
            headers=PDF,
        )

    async def piece(self, sitting: str, content: bytes, **query: Any) -> dict[str, Any]:
        """Upload a paper that must be taken; the piece."""
        sent = await self.send(sitting, content, **query)
        assert sent.status_code == 201, sent.text
        piece: dict[str, Any] = sent.json()
        return piece

    async def replace(
        self, piece: str, content: Any, reason: str = "", **query: Any
    ) -> httpx.Response:
        """A new version; the answer whatever it is."""
        return await self.clerk.http.post(
            f"{self.town.path}/documents/{piece}/versions",
            params={"file_name": "v2.pdf", "reason": reason} | query,
            content=content,
            headers=PDF,
        )

    async def withdraw(self, piece: str, reason: str = "erreur") -> httpx.Response:
        """Take a piece out."""
        path = f"{self.town.path}/documents/{piece}/withdraw"
        return await self.clerk.post(path, {"reason": reason})

    async def pieces(self, sitting: str) -> list[dict[str, Any]]:
        """The clerk's list."""
        listed = await self.clerk.get(f"{self.town.path}/sittings/{sitting}/documents")
        assert listed.status_code == 200, listed.text
        found: list[dict[str, Any]] = listed.json()
        return found

    async def convene(self, sitting: str) -> httpx.Response:
        """Call it; the answer whatever it is."""
        return await self.clerk.post(f"{self.town.path}/sittings/{sitting}/convene")

    async def called(self, sitting: str) -> None:
        """Call it, and it must work."""
        answer = await self.convene(sitting)
        assert answer.status_code == 200, answer.text

    async def file(self, person: Person, sha256: str, **headers: str) -> httpx.Response:
        """Bytes as a person gets them."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await person.get(f"{self.town.path}/files/{sha256}", headers=named)

    async def pull(self, person: Person, cursor: str | None = None, limit: int = 500) -> Any:
        """One page."""
        body = {"cursor": cursor, "limit": limit}
        answer = await person.post(f"{self.town.path}/sync/pull", body)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def view(self, person: Person) -> dict[str, list[Any]]:
        """A fresh view: values by kind."""
        pulled = await self.pull(person)
        view: dict[str, list[Any]] = {}
        for row in pulled["rows"]:
            if not row.get("deleted"):
                view.setdefault(row["kind"], []).append(row["value"])
        return view


def code(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal."""
    return answer.status_code, answer.json()["code"]
