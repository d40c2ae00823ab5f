"""The same journeys with a real provider: npm's oidc-provider, with signed userinfo."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from tests.cast import Cast
from tests.connections.conftest import described
from tests.connections.real import Real, Visitor, client, real_provider
from tests.connections.test_enter import refused
from tests.world import good

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
ORIGIN = "http://cartable.test"
PEOPLE: dict[str, dict[str, Any]] = {
    "alice": {
        "email": "alice@staubin.example", "email_verified": True, "siret": "21750001600019",
    },
    "usurper": {"email": "alice@staubin.example", "email_verified": True},
    "unverified": {"email": "bruno@staubin.example", "email_verified": False},
    "stranger": {"email": "passant@ailleurs.example", "email_verified": True},
}  # fmt: skip


@pytest.fixture(scope="module")
def real() -> Iterator[Real]:
    """One provider for all, with two clients."""
    with real_provider([client("cartable", ORIGIN), client("another", ORIGIN)], PEOPLE) as running:
        yield running


@pytest.fixture
async def connection(cast: Cast, real: Real) -> str:
    """Where Saint-Aubin's people leave from."""
    path = f"{cast.town.path}/connections"
    known = described(real.issuer, client_id="cartable", secret="secret de cartable")
    made = good(await cast.ines.post(path, known))
    real.learn("cartable", made["redirect_address"])
    return f"/api/connections/{made['id']}"


@asynccontextmanager
async def visit(
    cast: Cast, connection: str, login: str
) -> AsyncIterator[tuple[httpx.AsyncClient, Any]]:
    """A fresh browser that went there as `login`, and what coming back was answered."""
    async with cast.browser() as http, httpx.AsyncClient() as browser:
        address = good(await http.post(f"{connection}/enter", json={}))["address"]
        told = await Visitor(browser, login).come_back(address)
        yield http, await http.post(f"{connection}/return", json=told)


async def test_a_member_comes_in_and_out(cast: Cast, connection: str, real: Real) -> None:
    async with visit(cast, connection, "alice") as (http, answer):
        assert good(answer)["purpose"] == "enter"
        assert good(await http.get("/api/me"))["account"]["email"] == "alice@staubin.example"
        left = good(await http.post("/api/sign-out/provider"))
    assert left["address"].startswith(f"{real.issuer}/session/end?")
    async with httpx.AsyncClient() as browser:
        page = await browser.get(left["address"])
        assert page.status_code == 200, page.text[:500]


@pytest.mark.parametrize(("login", "code"), [
    ("unverified", "email_not_verified"), ("stranger", "person_unknown"),
])  # fmt: skip
async def test_who_does_not_belong_is_told_why(
    cast: Cast, connection: str, login: str, code: str
) -> None:
    async with visit(cast, connection, login) as (_, answer):
        refused(answer, code)


async def test_another_subject_is_refused(cast: Cast, connection: str) -> None:
    async with visit(cast, connection, "alice") as (_, answer):
        good(answer)
    async with visit(cast, connection, "usurper") as (_, answer):
        refused(answer, "subject_changed")


async def test_a_code_of_another_journey_is_refused(cast: Cast, connection: str) -> None:
    async with cast.browser() as http, httpx.AsyncClient() as browser:
        codes = []
        for _ in range(2):
            address = good(await http.post(f"{connection}/enter", json={}))["address"]
            codes.append(await Visitor(browser, "alice").come_back(address))
        mixed = {**codes[1], "code": codes[0]["code"]}
        refused(await http.post(f"{connection}/return", json=mixed), "answer_refused", "code")
        refused(await http.post(f"{connection}/return", json=codes[1]), "journey_over")


async def test_the_organisation_and_the_look(cast: Cast, connection: str, real: Real) -> None:
    right = {"siren": "217500016", "siret": "21750001600019"}
    good(await cast.ines.patch(f"{cast.town.path}/settings", right))
    path = f"{cast.town.path}/connections/{connection.rpartition('/')[2]}"
    asked = described(
        real.issuer, client_id="cartable", secret="secret de cartable", siret_claim="siret",
        scopes=["openid", "email", "siret"],
    )  # fmt: skip
    good(await cast.ines.put(path, asked))
    looked = good(await cast.ines.post(f"{path}/checks"))["checks"]
    assert [one["check"] for one in looked if one["state"] == "wrong"] == []
    async with visit(cast, connection, "alice") as (_, answer):
        good(answer)
    async with visit(cast, connection, "stranger") as (_, answer):
        refused(answer, "organisation_refused")
