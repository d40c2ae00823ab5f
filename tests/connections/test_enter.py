"""Signing in by a provider: whom it lets in, and everything that an answer may have wrong."""

import time
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select, update

from cartable.accounts.actions import failures
from cartable.accounts.tables import Account, Device, Guess
from cartable.accounts.throttle import Guesser, buckets_of_networks
from cartable.audit.tables import HostEvent
from cartable.connections import oidc
from cartable.connections.actions import depart
from cartable.connections.tables import Identity, Journey
from cartable.runtime import Runtime
from tests.cast import HEADERS, Cast
from tests.connections.conftest import Trusting
from tests.connections.provider import Provider
from tests.world import good

pytestmark = pytest.mark.anyio


def refused(answer: Any, code: str, check: str = "") -> None:
    """The refusal, and which check said so."""
    assert answer.status_code >= 400, answer.text
    problem = answer.json()
    assert problem["code"] == code, problem
    if check:
        assert problem["details"]["check"] == check, problem


async def nobody_came(cast: Cast, http: Any) -> None:
    """The refusal opened nothing."""
    assert (await http.get("/api/me")).status_code == 401


async def test_a_member_signs_in_and_is_bound(trusting: Trusting, runtime: Runtime) -> None:
    async with trusting.cast.browser() as http:
        told = await trusting.leave(http)
        asked = trusting.op.asked
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert asked["redirect_uri"] == f"http://cartable.test/connexion/retour/{trusting.id}"
        assert min(len(asked["state"]), len(asked["nonce"])) >= 32
        assert good(await trusting.back(http, told))["purpose"] == "enter"
        me = good(await http.get("/api/me"))
        assert me["account"]["email"] == "alice@staubin.example"
    async with runtime.reading() as db:
        bound = (await db.scalars(select(Identity))).one()
        device = await db.get_one(Device, UUID(me["device"]["id"]))
        journeys = (await db.scalars(select(Journey))).all()
    assert (bound.issuer, bound.subject) == (trusting.op.issuer, "alice-la-bas")
    assert device.method == "connection"
    assert journeys == []
    # Bound: the address may change there, the subject says who it is.
    trusting.op.person["email"] = "alice.ailleurs@staubin.example"
    async with trusting.cast.browser() as http:
        good(await trusting.come(http))
        again = good(await http.get("/api/me"))
    assert again["account"]["id"] == me["account"]["id"]


async def test_an_invited_member_accepts_by_coming(trusting: Trusting) -> None:
    cast = trusting.cast
    who = {"first_name": "Zoé", "last_name": "Petit", "email": "zoe@staubin.example"}
    good(await cast.ines.post(f"{cast.town.path}/members", {**who, "roles": ["councillor"]}))
    trusting.op.person = {"sub": "zoe", "email": "Zoe@Staubin.example", "email_verified": True}
    async with cast.browser() as http:
        good(await trusting.come(http))
        me = good(await http.get("/api/me"))
    assert [one["authority"]["id"] for one in me["memberships"]] == [str(cast.town.id)]


async def nothing_bound(runtime: Runtime) -> None:
    """The refusal left nothing."""
    async with runtime.reading() as db:
        assert (await db.scalars(select(Identity))).all() == []


WRONG: dict[str, tuple[Any, str]] = {
    "nonce": (lambda claims: {**claims, "nonce": "x" * 43}, "nonce"),
    "no nonce": (lambda claims: {k: v for k, v in claims.items() if k != "nonce"}, "nonce"),
    "audience": (lambda claims: {**claims, "aud": "another"}, "audience"),
    "audiences without azp": (lambda claims: {**claims, "aud": ["cartable", "b"]}, "audience"),
    "azp": (lambda claims: {**claims, "azp": "another"}, "audience"),
    "issuer": (lambda claims: {**claims, "iss": "https://another.example"}, "issuer"),
    "expired": (lambda claims: {**claims, "exp": int(time.time()) - 120}, "time"),
    "future": (lambda claims: {**claims, "iat": int(time.time()) + 600}, "time"),
    "old": (lambda claims: {**claims, "iat": int(time.time()) - 600}, "time"),
    "no subject": (lambda claims: {k: v for k, v in claims.items() if k != "sub"}, "subject"),
}


@pytest.mark.parametrize("what", WRONG)
async def test_an_id_token_that_is_wrong_opens_nothing(
    trusting: Trusting, runtime: Runtime, what: str
) -> None:
    trusting.op.id_token, check = WRONG[what]
    async with trusting.cast.browser() as http:
        refused(await trusting.come(http), "answer_refused", check)
        await nobody_came(trusting.cast, http)
    await nothing_bound(runtime)
    async with runtime.reading() as db:
        lines = await db.scalars(select(HostEvent.event))
        assert "account.connection_refused" in set(lines)


async def test_strangers_do_not_fill_the_hosts_journal(
    trusting: Trusting, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line of a chain is for ever: returns that fail write so many, with guesses, and no more."""
    monkeypatch.setattr(failures, "LINES", 2)
    async with trusting.cast.browser() as http:
        for _ in range(3):
            told = {**await trusting.leave(http), "code": "", "error": "access_denied"}
            refused(await trusting.back(http, told), "provider_declined")
    wrong = {"email": "alice@staubin.example", "password": "pas la bonne phrase"}
    async with trusting.cast.browser() as http:
        refused(await http.post("/api/sign-in", json=wrong), "wrong_credentials")
    failed = ["account.connection_refused", "account.sign_in_failed"]
    async with runtime.reading() as db:
        lines = await db.scalars(select(HostEvent.event).where(HostEvent.event.in_(failed)))
        assert list(lines) == ["account.connection_refused"] * 2


async def test_departures_are_counted_by_site_too(trusting: Trusting, runtime: Runtime) -> None:
    """Who holds a /48 has 65,536 networks, and each departure is a row that waits."""
    network = Guesser("2001:db8:1:1::1")
    _, (site, allowed) = buckets_of_networks(
        runtime.master_key, "journey", network, depart.PER_NETWORK
    )
    assert allowed > depart.PER_NETWORK
    async with runtime.writing() as db:
        db.add(Guess(bucket=site, failures=allowed, since=datetime.now(UTC)))
    known = {name: mark for name, mark in trusting.cast.alice.http.cookies.items() if "." in mark}
    assert len(known) == 1
    for address, cookies, status in (
        ("2001:db8:1:2::1", {}, 429), ("2001:db8:1:2::1", known, 201), ("2001:db8:2:2::1", {}, 201),
    ):  # fmt: skip
        transport = httpx.ASGITransport(app=trusting.cast.app, client=(address, 1))
        async with httpx.AsyncClient(
            transport=transport, base_url="http://cartable.test", headers=HEADERS, cookies=cookies
        ) as http:
            answer = await http.post(f"{trusting.path}/enter", json={})
            assert answer.status_code == status, answer.text


@pytest.mark.parametrize("alg", ["none", "HS256"])
async def test_only_a_private_key_signs(trusting: Trusting, alg: str) -> None:
    trusting.op.alg = alg
    async with trusting.cast.browser() as http:
        refused(await trusting.come(http), "answer_refused", "signature")
        await nobody_came(trusting.cast, http)


async def test_another_key_does_not_sign(trusting: Trusting, op: Provider) -> None:
    own = op.key
    op.key = type(own).generate_key(2048, {"kid": own.kid})
    op.published = [own]
    async with trusting.cast.browser() as http:
        refused(await trusting.come(http), "answer_refused", "signature")


async def test_keys_that_changed_are_looked_for(
    trusting: Trusting, op: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(oidc, "SETTLES", 0)
    async with trusting.cast.browser() as http:
        good(await trusting.come(http))
    op.key = type(op.key).generate_key(2048, {"kid": "new"})
    async with trusting.cast.browser() as http:
        good(await trusting.come(http))
    assert op.calls.count("/keys") == 2
    assert op.calls.count("/.well-known/openid-configuration") == 1


async def test_what_came_back_serves_once_in_the_browser_that_left(trusting: Trusting) -> None:
    async with trusting.cast.browser() as http, trusting.cast.browser() as other:
        told = await trusting.leave(http)
        refused(await trusting.back(other, told), "journey_over")
        await trusting.leave(other)
        refused(await trusting.back(other, told), "journey_over")
        good(await trusting.back(http, told))
        refused(await trusting.back(http, told), "journey_over")


async def test_a_code_serves_once_and_belongs_to_its_journey(trusting: Trusting) -> None:
    async with trusting.cast.browser() as http:
        first = await trusting.leave(http)
        second = await trusting.leave(http)
        # Somebody's code put into one's own journey: PKCE and the nonce are not its.
        mixed = {**second, "code": first["code"]}
        refused(await trusting.back(http, mixed), "answer_refused", "code")
        await nobody_came(trusting.cast, http)


async def test_ten_minutes_later_it_is_over(trusting: Trusting, runtime: Runtime) -> None:
    async with trusting.cast.browser() as http:
        told = await trusting.leave(http)
        async with runtime.writing() as db:
            await db.execute(update(Journey).values(expires_at=Journey.created_at))
        refused(await trusting.back(http, told), "journey_over")


@pytest.mark.parametrize("iss", ["", "https://another.example"])
async def test_the_issuer_of_an_answer_is_looked_at(trusting: Trusting, iss: str) -> None:
    async with trusting.cast.browser() as http:
        told = {**await trusting.leave(http), "iss": iss}
        refused(await trusting.back(http, told), "answer_refused", "issuer")


@pytest.mark.parametrize(
    ("error", "reason"), [("access_denied", "access_denied"), ("<b>oops</b>", "other")]
)
async def test_a_refusal_of_the_provider_has_words(
    trusting: Trusting, error: str, reason: str
) -> None:
    async with trusting.cast.browser() as http:
        told = await trusting.leave(http)
        answer = await trusting.back(http, {**told, "code": "", "error": error})
        refused(answer, "provider_declined")
        assert answer.json()["details"] == {"reason": reason}


@pytest.mark.parametrize("signed", [True, False])
async def test_userinfo_is_of_the_same_person(trusting: Trusting, *, signed: bool) -> None:
    trusting.op.signs_userinfo = signed
    trusting.op.userinfo = lambda claims: {**claims, "sub": "somebody-else"}
    async with trusting.cast.browser() as http:
        refused(await trusting.come(http), "answer_refused", "subject")
    trusting.op.userinfo = lambda claims: claims
    async with trusting.cast.browser() as http:
        good(await trusting.come(http))


async def test_proconnect_signs_what_it_tells(trusting: Trusting) -> None:
    await trusting.describe(kind="proconnect")
    trusting.op.signs_userinfo = False
    async with trusting.cast.browser() as http:
        refused(await trusting.come(http), "answer_refused", "userinfo")


async def test_userinfo_signed_for_another_is_refused(trusting: Trusting) -> None:
    trusting.op.userinfo = lambda claims: {**claims, "aud": "another"}
    async with trusting.cast.browser() as http:
        refused(await trusting.come(http), "answer_refused", "audience")


@pytest.mark.parametrize(("verified", "trusts", "passes"), [
    (False, False, False), (False, True, False), (None, False, False), (None, True, True),
])  # fmt: skip
async def test_an_address_that_is_not_vouched_for_is_nobodys(
    trusting: Trusting, runtime: Runtime, *, verified: Any, trusts: bool, passes: bool
) -> None:
    await trusting.describe(trusts_email=trusts)
    trusting.op.person["email_verified"] = verified
    async with trusting.cast.browser() as http:
        answer = await trusting.come(http)
        if passes:
            good(answer)
            return
        refused(answer, "email_not_verified")
    await nothing_bound(runtime)


async def test_another_subject_for_a_bound_address_is_refused(trusting: Trusting) -> None:
    async with trusting.cast.browser() as http:
        good(await trusting.come(http))
    trusting.op.person["sub"] = "somebody-with-her-address"
    async with trusting.cast.browser() as http:
        refused(await trusting.come(http), "subject_changed")
        await nobody_came(trusting.cast, http)


@pytest.mark.parametrize("email", ["nobody@staubin.example", "daniel@breuil.example"])
async def test_only_members_of_the_authority_come_in(trusting: Trusting, email: str) -> None:
    trusting.op.person = {"sub": "x", "email": email, "email_verified": True}
    async with trusting.cast.browser() as http:
        refused(await trusting.come(http), "person_unknown")


async def test_a_membership_that_ended_opens_nothing(trusting: Trusting) -> None:
    cast = trusting.cast
    async with cast.browser() as http:
        good(await trusting.come(http))
    member = cast.alice.member[cast.town.name]
    good(await cast.ines.post(f"{cast.town.path}/members/{member}/deactivate"))
    async with cast.browser() as http:
        refused(await trusting.come(http), "membership_over")


@pytest.mark.parametrize(("siret", "passes"), [
    ("21750001600019", True), ("217 500 016 00019", True), ("21750001600027", False), ("", False),
])  # fmt: skip
async def test_the_organisation_is_compared(
    trusting: Trusting, siret: str, *, passes: bool
) -> None:
    cast = trusting.cast
    path = f"{cast.town.path}/settings"
    good(await cast.ines.patch(path, {"siren": "217500016", "siret": "21750001600019"}))
    await trusting.describe(siret_claim="siret")
    trusting.op.person["siret"] = siret
    async with cast.browser() as http:
        answer = await trusting.come(http)
        if passes:
            good(answer)
        else:
            refused(answer, "organisation_refused")


async def test_a_sign_in_that_is_too_weak_is_refused(trusting: Trusting) -> None:
    await trusting.describe(acr_asked=["eidas2"], acr_accepted=["eidas2", "eidas3"])
    async with trusting.cast.browser() as http:
        refused(await trusting.come(http), "assurance_too_low")
        assert trusting.op.asked["acr_values"] == "eidas2"
    trusting.op.id_token = lambda claims: {**claims, "acr": "eidas3"}
    async with trusting.cast.browser() as http:
        good(await trusting.come(http))


async def test_who_belongs_elsewhere_links_it_first(trusting: Trusting) -> None:
    """Saint-Aubin's provider may vouch for any address: Le Breuil's papers do not hang on it."""
    cast = trusting.cast
    trusting.op.person = {"sub": "paul", "email": "paul@staubin.example", "email_verified": True}
    async with cast.browser() as http:
        refused(await trusting.come(http), "link_needed")
        await nobody_came(cast, http)
    told = await trusting.leave(cast.paul.http, "link")
    assert good(await trusting.back(cast.paul.http, told))["purpose"] == "link"
    async with cast.browser() as http:
        good(await trusting.come(http))
        assert len(good(await http.get("/api/me"))["memberships"]) == 2


async def test_who_runs_the_host_links_it_first(trusting: Trusting, runtime: Runtime) -> None:
    async with runtime.writing() as db:
        ours = Account.email == "alice@staubin.example"
        await db.execute(update(Account).where(ours).values(is_operator=True))
    async with trusting.cast.browser() as http:
        refused(await trusting.come(http), "link_needed")


async def test_the_door_shows_buttons_to_anybody(trusting: Trusting) -> None:
    cast = trusting.cast
    async with cast.browser() as http:
        here = good(await http.get("/api/door", params={"authority": str(cast.town.id)}))
        assert [one["name"] for one in here["buttons"]] == ["Compte de la mairie"]
        for other in ({"authority": str(cast.other.id)}, {"authority": trusting.id}, {}):
            assert good(await http.get("/api/door", params=other))["buttons"] == []
        await trusting.describe(is_enabled=False)
        closed = await http.post(f"{trusting.path}/enter", json={})
        assert closed.status_code == 404


async def test_what_leaves_says_nothing_of_anybody(trusting: Trusting) -> None:
    async with trusting.cast.browser() as http:
        answer = await http.post(f"{trusting.path}/enter", json={"email": "alice@staubin.example"})
    address = urlsplit(answer.json()["address"])
    assert f"{address.scheme}://{address.netloc}" == trusting.op.issuer
    assert "secret" not in address.query
