"""A town that trusts a provider of its own, and people who come by it."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest

from cartable.settings import Settings
from tests.cast import Cast, Person, Town
from tests.connections.provider import CLIENT, SECRET, Provider, provider
from tests.world import good

PERSON = {"sub": "alice-la-bas", "email": "alice@staubin.example", "email_verified": True}


@pytest.fixture
async def settings(settings: Settings) -> Settings:
    """The usual ones, with providers of this machine allowed."""
    return replace(settings, connection_hosts=("127.0.0.1",))


@pytest.fixture
def op() -> Iterator[Provider]:
    """A provider where Alice is signed in."""
    with provider() as made:
        made.person = dict(PERSON)
        yield made


def described(issuer: str, **changes: Any) -> dict[str, Any]:
    """A connection as an administrator describes it."""
    return {
        "kind": "generic", "name": "Compte de la mairie", "issuer": issuer, "client_id": CLIENT,
        "secret": SECRET, "scopes": ["openid", "email"], "is_enabled": True, **changes,
    }  # fmt: skip


@dataclass
class Trusting:
    """A town and its provider. `id` of the connection."""

    cast: Cast
    op: Provider
    id: str

    @property
    def path(self) -> str:
        """Where it goes from."""
        return f"/api/connections/{self.id}"

    async def leave(self, http: httpx.AsyncClient, purpose: str = "enter") -> dict[str, str]:
        """Go to the provider; what it sends back."""
        answer = await http.post(f"{self.path}/{purpose}", json={})
        assert answer.status_code == 201, answer.text
        return self.op.let_in(answer.json()["address"])

    async def back(self, http: httpx.AsyncClient, told: dict[str, str]) -> httpx.Response:
        """Come back with it."""
        return await http.post(f"{self.path}/return", json=told)

    async def come(self, http: httpx.AsyncClient) -> httpx.Response:
        """Both."""
        return await self.back(http, await self.leave(http))

    async def describe(self, **changes: Any) -> None:
        """Another setting of the connection."""
        path = f"{self.cast.town.path}/connections/{self.id}"
        good(await self.cast.ines.put(path, described(self.op.issuer, **changes)))


async def trust(cast: Cast, op: Provider, admin: Person, town: Town, **changes: Any) -> Trusting:
    """What an administrator may do on their own: trust a provider for their town."""
    path = f"{town.path}/connections"
    made = good(await admin.post(path, described(op.issuer, **changes)))
    return Trusting(cast, op, made["id"])


@pytest.fixture
async def trusting(cast: Cast, op: Provider) -> Trusting:
    """Saint-Aubin trusts it."""
    return await trust(cast, op, cast.ines, cast.town)


@pytest.fixture
async def rogue(cast: Cast) -> AsyncIterator[Trusting]:
    """Le Breuil's administrator has a provider of her own, which says whatever she likes."""
    with provider() as made:
        yield await trust(cast, made, cast.irma, cast.other)
