"""Linking a provider, proving oneself by it, leaving on both sides; deciding which are trusted."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from sqlalchemy import select, text, update

from cartable.accounts.tables import Account, Device
from cartable.connections.calls import Caller
from cartable.connections.rules import AddressRefused, ProviderUnreachable
from cartable.connections.tables import Identity
from cartable.runtime import Runtime
from tests.cast import Cast
from tests.connections.conftest import Trusting, described
from tests.connections.provider import SECRET, Provider
from tests.connections.test_enter import refused
from tests.lines import host_lines
from tests.world import good

pytestmark = pytest.mark.anyio
ALICE = "alice@staubin.example"


async def proved_long_ago(runtime: Runtime) -> None:
    """Everybody's last proof is an hour old."""
    async with runtime.writing() as db:
        await db.execute(update(Device).values(proved_at=datetime.now(UTC) - timedelta(hours=1)))


async def test_one_links_and_takes_away_a_provider(trusting: Trusting, runtime: Runtime) -> None:
    alice, op = trusting.cast.alice, trusting.op
    op.person["email"] = "alice.privee@example.org"
    assert (await alice.get("/api/connections")).json()["connections"][0]["is_linked"] is False
    good(await trusting.back(alice.http, await trusting.leave(alice.http, "link")))
    assert good(await alice.get("/api/connections"))["connections"][0]["is_linked"] is True
    async with trusting.cast.browser() as http:
        good(await trusting.come(http))
        assert good(await http.get("/api/me"))["account"]["email"] == ALICE
    gone = await alice.delete(f"{trusting.path}/link")
    assert gone.status_code == 204, gone.text
    async with trusting.cast.browser() as http:
        refused(await trusting.come(http), "person_unknown")
    lines = ["account.connection_linked", "account.connection_unlinked"]
    assert await host_lines(runtime, *lines) == lines
    await proved_long_ago(runtime)
    refused(await alice.post(f"{trusting.path}/link"), "proof_needed")


async def test_providers_of_authorities_where_one_is_no_member_are_not_there(
    trusting: Trusting,
) -> None:
    daniel = trusting.cast.daniel
    for what in ("link", "proof"):
        answer = await daniel.post(f"{trusting.path}/{what}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


async def test_the_last_way_in_stays(trusting: Trusting, runtime: Runtime) -> None:
    async with trusting.cast.browser() as http:
        good(await trusting.come(http))
        await without_password(runtime)
        refused(await http.delete(f"{trusting.path}/link"), "last_way_in")


async def without_password(runtime: Runtime) -> None:
    async with runtime.writing() as db:
        await db.execute(update(Account).where(Account.email == ALICE).values(password_hash=None))


async def test_an_identity_opens_one_account(trusting: Trusting) -> None:
    async with trusting.cast.browser() as http:
        good(await trusting.come(http))
    told = await trusting.leave(trusting.cast.bruno.http, "link")
    refused(await trusting.back(trusting.cast.bruno.http, told), "identity_taken")


async def test_what_one_asked_another_does_not_finish(trusting: Trusting) -> None:
    """The same browser, another account since: nothing is linked to it."""
    cast = trusting.cast
    async with cast.browser() as http:
        for email in (ALICE, "bruno@staubin.example"):
            body = {"email": email, "password": "une phrase de passe longue"}
            good(await http.post("/api/sign-in", json=body))
            if email == ALICE:
                told = await trusting.leave(http, "link")
        refused(await trusting.back(http, told), "journey_over")


async def test_a_device_that_was_signed_out_meanwhile_links_nothing(
    trusting: Trusting, runtime: Runtime
) -> None:
    """Alice signs her other devices out while the provider is waited for."""
    cast, loop = trusting.cast, asyncio.get_running_loop()
    elsewhere = await cast.sign_in(ALICE)
    device = good(await elsewhere.get("/api/me"))["device"]["id"]
    told = await trusting.leave(elsewhere.http, "link")

    def late(claims: dict[str, Any]) -> dict[str, Any]:
        gone = cast.alice.delete(f"/api/devices/{device}")
        good(asyncio.run_coroutine_threadsafe(gone, loop).result(30))
        return claims

    trusting.op.userinfo = late
    refused(await trusting.back(elsewhere.http, told), "device_signed_out")
    async with runtime.reading() as db:
        assert (await db.scalars(select(Identity))).all() == []


async def test_the_provider_proves_who_has_nothing_else(
    trusting: Trusting, runtime: Runtime
) -> None:
    async with trusting.cast.browser() as http:
        good(await trusting.come(http))
        refused(await http.post(f"{trusting.path}/proof"), "stronger_way_there")
        await without_password(runtime)
        await proved_long_ago(runtime)
        refused(await http.post("/api/passkeys/question"), "proof_needed")
        trusting.op.id_token = lambda claims: {**claims, "auth_time": int(time.time()) - 3600}
        old = await trusting.back(http, await trusting.leave(http, "proof"))
        refused(old, "answer_refused", "freshness")
        trusting.op.id_token = lambda claims: claims
        told = await trusting.leave(http, "proof")
        assert (trusting.op.asked["prompt"], trusting.op.asked["max_age"]) == ("login", "0")
        assert good(await trusting.back(http, told))["purpose"] == "prove"
        good(await http.post("/api/passkeys/question"))


async def test_somebody_else_there_proves_nothing(trusting: Trusting, runtime: Runtime) -> None:
    async with trusting.cast.browser() as http:
        good(await trusting.come(http))
        await without_password(runtime)
        trusting.op.person["sub"] = "a-colleague-at-her-desk"
        told = await trusting.leave(http, "proof")
        refused(await trusting.back(http, told), "identity_of_another")


async def test_signing_out_leads_to_the_providers_own(trusting: Trusting) -> None:
    async with trusting.cast.browser() as http:
        good(await trusting.come(http))
        left = good(await http.post("/api/sign-out/provider"))
        address = urlsplit(left["address"])
        told = parse_qs(address.query)
        assert f"{address.scheme}://{address.netloc}{address.path}" == f"{trusting.op.issuer}/end"
        assert told["post_logout_redirect_uri"] == ["http://cartable.test/connexion"]
        assert told["id_token_hint"][0].count(".") == 2
        assert (await http.get("/api/me")).status_code == 401
    bruno = trusting.cast.bruno
    assert good(await bruno.post("/api/sign-out/provider"))["address"] is None


async def notice(trusting: Trusting, token: str) -> httpx.Response:
    """What a provider posts, without anything of ours."""
    async with trusting.cast.browser() as http:
        del http.headers["x-cartable"]
        return await http.post(f"{trusting.path}/logout", data={"logout_token": token})


@pytest.mark.parametrize("by", ["sub", "sid"])
async def test_a_session_closed_there_is_closed_here(
    trusting: Trusting, runtime: Runtime, by: str
) -> None:
    sid = "session-alice-la-bas" if by == "sid" else None
    async with trusting.cast.browser() as http:
        good(await trusting.come(http))
        other = trusting.op.logout_token(sub=None, sid="another")
        assert (await notice(trusting, other)).status_code == 200
        good(await http.get("/api/me"))
        token = trusting.op.logout_token(sid=sid, **({"sub": None} if sid else {}))
        assert (await notice(trusting, token)).status_code == 200
        assert (await http.get("/api/me")).status_code == 401
        again = await notice(trusting, token)
        assert again.status_code == 400
        refused(again, "logout_refused", "replay")
    closed = "account.closed_by_provider"
    assert await host_lines(runtime, closed) == [closed]
    # She came by the provider; what she opened by her password stays.
    good(await trusting.cast.alice.get("/api/me"))


WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "audience": ({"aud": "another"}, "audience"),
    "issuer": ({"iss": "https://another.example"}, "issuer"),
    "nonce": ({"nonce": "x"}, "nonce"),
    "events": ({"events": {"another": {}}}, "events"),
    "nobody": ({"sub": None}, "subject"),
    "old": ({"iat": int(time.time()) - 3600}, "time"),
    "no jti": ({"jti": None}, "token"),
}


@pytest.mark.parametrize("what", WRONG)
async def test_a_notice_that_is_wrong_closes_nothing(trusting: Trusting, what: str) -> None:
    changes, check = WRONG[what]
    async with trusting.cast.browser() as http:
        good(await trusting.come(http))
        refused(
            await notice(trusting, trusting.op.logout_token(**changes)), "logout_refused", check
        )
        good(await http.get("/api/me"))


async def test_an_id_token_is_no_notice(trusting: Trusting) -> None:
    async with trusting.cast.browser() as http:
        good(await trusting.come(http))
        left = good(await http.post("/api/sign-out/provider"))
    id_token = parse_qs(urlsplit(left["address"]).query)["id_token_hint"][0]
    refused(await notice(trusting, id_token), "logout_refused")


async def test_the_secret_is_sealed_and_stays_where_it_was_given(
    trusting: Trusting, runtime: Runtime
) -> None:
    path = f"{trusting.cast.town.path}/connections"
    listed = await trusting.cast.ines.get(path)
    assert SECRET not in listed.text
    async with runtime.reading() as db:
        stored = (await db.execute(text("SELECT secret FROM connection"))).scalar_one()
    assert SECRET.encode() not in bytes(stored)
    elsewhere = described("https://127.0.0.1:4433", secret="")
    answer = await trusting.cast.ines.put(f"{path}/{trusting.id}", elsewhere)
    refused(answer, "secret_needed")


async def test_what_cannot_be_a_provider_is_refused(cast: Cast) -> None:
    path = f"{cast.town.path}/connections"
    for issuer in ("http://sso.example", "javascript:alert(1)", "https://u:p@sso.example"):
        refused(await cast.ines.post(path, described(issuer)), "address_refused")
    asked = described("https://sso.example", siret_claim="siret")
    refused(await cast.ines.post(path, asked), "siret_needed")


async def test_an_administrator_looks_at_each_thing(trusting: Trusting, op: Provider) -> None:
    path = f"{trusting.cast.town.path}/connections/{trusting.id}/checks"

    async def look() -> dict[str, str]:
        told = good(await trusting.cast.ines.post(path))
        return {one["check"]: one["state"] for one in told["checks"]}

    assert set((await look()).values()) == {"ok"}
    await trusting.describe(secret="another")
    assert (await look())["client"] == "wrong"
    op.document = {"issuer": f"{op.issuer}/"}
    assert await look() == {"issuer": "wrong"}
    op.document = {"end_session_endpoint": "", "code_challenge_methods_supported": []}
    found = await look()
    assert (found["logout"], found["pkce"]) == ("warning", "warning")
    for told in (["sub", "email"], None, "auth_time"):
        op.document = {"claims_supported": told}
        assert (await look())["sign_in_time"] == "warning"
    op.document = {"authorization_endpoint": "javascript:alert(1)"}
    assert (await look())["address"] == "wrong"


async def test_calls_stay_outside_the_network(op: Provider) -> None:
    strict = Caller(())
    for address in (
        op.issuer, "https://127.0.0.1/", "https://[::1]/", "https://10.0.0.1/",
        "https://169.254.169.254/latest", "https://[::ffff:127.0.0.1]/", "https://localhost/",
        "ftp://example.org/", "https:///nothing",
    ):  # fmt: skip
        with pytest.raises((AddressRefused, ProviderUnreachable)):
            await strict.call("GET", address)
    assert op.calls == []
    # An internal host that a setting names must still speak TLS.
    with pytest.raises(AddressRefused):
        Caller(("sso.mairie.lan",)).check("http://sso.mairie.lan/")
    assert Caller(("sso.mairie.lan",)).check("https://sso.mairie.lan/").hostname
    assert (await Caller(("127.0.0.1",)).call("GET", f"{op.issuer}/keys")).status == 200


async def test_nobody_keeps_what_a_strangers_provider_opened(
    trusting: Trusting, runtime: Runtime
) -> None:
    """Le Breuil invites somebody whom Saint-Aubin's provider let in: by the letter they received,
    they alone come in, and what was opened before is closed."""
    cast = trusting.cast
    who = {"first_name": "Zoé", "last_name": "Petit", "email": "zoe@staubin.example"}
    good(await cast.ines.post(f"{cast.town.path}/members", {**who, "roles": ["councillor"]}))
    trusting.op.person = {"sub": "zoe", "email": "zoe@staubin.example", "email_verified": True}
    async with cast.browser() as http:
        good(await trusting.come(http))
        good(await cast.irma.post(f"{cast.other.path}/members", {**who, "roles": ["councillor"]}))
        zoe = await cast.accept("zoe@staubin.example")
        assert len(good(await zoe.get("/api/me"))["memberships"]) == 2
        assert (await http.get("/api/me")).status_code == 401
        refused(await trusting.come(http), "link_needed")
    async with runtime.reading() as db:
        assert len((await db.scalars(select(Identity))).all()) == 1
