"""The same journeys with a real provider: npm's oidc-provider, with signed userinfo."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import msgspec
import pytest
from sqlalchemy import select

from cartable.connections.actions.depart import Luggage
from cartable.connections.tables import Journey
from cartable.runtime import Runtime
from tests.cast import Cast
from tests.connections.conftest import described
from tests.connections.real import Ear, Real, Visitor, client, open_ear, real_provider
from tests.connections.test_enter import nobody_came, nothing_bound, refused
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
    "misled": {
        "email": "alice@staubin.example", "email_verified": True, "meant_for": "another",
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def ear() -> Iterator[Ear]:
    """Where the provider's notices arrive, `/cartable` and `/another`."""
    with open_ear() as made:
        yield made


@pytest.fixture(scope="module")
def real(ear: Ear) -> Iterator[Real]:
    """One provider for all, with two clients: ours, and somebody else's."""
    clients = [
        client(
            name,
            ORIGIN,
            backchannel_logout_uri=f"{ear.address}/{name}",
            backchannel_logout_session_required=True,
        )
        for name in ("cartable", "another")
    ]
    with real_provider(clients, PEOPLE) as running:
        running.learn("another", f"{ORIGIN}/connexion/retour/another")
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


def with_asked(address: str, **changes: str) -> str:
    """A departure whose browser was sent with something else than we asked."""
    parts = urlsplit(address)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    return parts._replace(query=urlencode(asked | changes)).geturl()


async def test_a_nonce_that_we_did_not_ask_opens_nothing(
    cast: Cast, connection: str, runtime: Runtime
) -> None:
    async with cast.browser() as http, httpx.AsyncClient() as browser:
        address = good(await http.post(f"{connection}/enter", json={}))["address"]
        told = await Visitor(browser, "alice").come_back(with_asked(address, nonce="x" * 43))
        answer = await http.post(f"{connection}/return", json=told)
        refused(answer, "answer_refused", "nonce")
        await nobody_came(cast, http)
    await nothing_bound(runtime)


async def test_an_id_token_for_another_client_opens_nothing(
    cast: Cast, connection: str, runtime: Runtime
) -> None:
    async with visit(cast, connection, "misled") as (http, answer):
        refused(answer, "answer_refused", "audience")
        await nobody_came(cast, http)
    await nothing_bound(runtime)


async def test_a_code_for_another_client_opens_nothing(
    cast: Cast, connection: str, runtime: Runtime
) -> None:
    """All of our question, to the letter, but who asks it: the provider gives it to nobody else."""
    async with cast.browser() as http, httpx.AsyncClient() as browser:
        address = good(await http.post(f"{connection}/enter", json={}))["address"]
        back = f"{ORIGIN}/connexion/retour/another"
        theirs = with_asked(address, client_id="another", redirect_uri=back)
        told = await Visitor(browser, "alice").come_back(theirs)
        answer = await http.post(f"{connection}/return", json=told)
        refused(answer, "answer_refused", "code")
        await nobody_came(cast, http)
    await nothing_bound(runtime)


async def test_a_code_that_was_used_opens_nothing(
    cast: Cast, connection: str, real: Real, runtime: Runtime
) -> None:
    """Everything about it is right, its verifier and its nonce too; somebody came first."""
    async with cast.browser() as http, httpx.AsyncClient() as browser:
        address = good(await http.post(f"{connection}/enter", json={}))["address"]
        told = await Visitor(browser, "alice").come_back(address)
        await redeem_first(real, runtime, told["code"], parse_qs(urlsplit(address).query))
        answer = await http.post(f"{connection}/return", json=told)
        refused(answer, "answer_refused", "code")
        await nobody_came(cast, http)
    await nothing_bound(runtime)


async def redeem_first(
    real: Real, runtime: Runtime, code: str, asked: dict[str, list[str]]
) -> None:
    """Exchange the code of the only journey before its browser is back."""
    async with runtime.reading() as db:
        journey = (await db.scalars(select(Journey))).one()
    kept = runtime.master_key.open(journey.sealed, f"journey.sealed:{journey.id}")
    form = {
        "grant_type": "authorization_code", "code": code,
        "redirect_uri": asked["redirect_uri"][0],
        "code_verifier": msgspec.json.decode(kept, type=Luggage).verifier,
    }  # fmt: skip
    who = httpx.BasicAuth("cartable", "secret%20de%20cartable")
    async with httpx.AsyncClient() as thief:
        good(await thief.post(f"{real.issuer}/token", data=form, auth=who))


async def test_what_the_provider_closes_is_closed_here(
    cast: Cast, connection: str, real: Real, ear: Ear
) -> None:
    async with (
        cast.browser() as http,
        httpx.AsyncClient() as browser,
        visit(cast, connection, "alice") as (elsewhere, answer),
    ):
        good(answer)
        visitor = Visitor(browser, "alice")
        address = good(await http.post(f"{connection}/enter", json={}))["address"]
        told = await visitor.come_back(address)
        good(await http.post(f"{connection}/return", json=told))
        # The same person, signed in at somebody else's too: they hear of it apart.
        back = f"{ORIGIN}/connexion/retour/another"
        await visitor.come_back(with_asked(address, client_id="another", redirect_uri=back))
        ear.heard.clear()
        await visitor.leave(real.issuer)
        assert set(ear.heard) == {"/cartable", "/another"}

        refused(await notice(cast, connection, ear.heard["/another"]), "logout_refused", "audience")
        good(await http.get("/api/me"))
        assert (await notice(cast, connection, ear.heard["/cartable"])).status_code == 200
        await nobody_came(cast, http)
        refused(await notice(cast, connection, ear.heard["/cartable"]), "logout_refused", "replay")
        # Another session of hers at the provider, which nobody closed.
        good(await elsewhere.get("/api/me"))
    good(await cast.alice.get("/api/me"))


async def notice(cast: Cast, connection: str, token: str) -> httpx.Response:
    """What the provider posts, without anything of ours."""
    async with cast.browser() as http:
        del http.headers["x-cartable"]
        return await http.post(f"{connection}/logout", data={"logout_token": token})
