"""What an administrator tries with a provider of their own: every step of the attack, and its end.

Le Breuil's administrator attacks; Zoé is somebody whom Saint-Aubin invites later, Alice has been
its councillor for long.
"""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
import pytest
from sqlalchemy import select, update

from cartable.accounts.tables import Account, Device
from cartable.connections.tables import Identity
from cartable.runtime import Runtime
from tests.accounts.authenticator import Authenticator
from tests.accounts.test_passkeys import enrol
from tests.accounts.test_second_step import begin
from tests.cast import Cast, Person
from tests.connections.conftest import Trusting, trust
from tests.connections.provider import provider
from tests.connections.test_enter import nobody_came, refused
from tests.world import good

pytestmark = pytest.mark.anyio
ZOE = "zoe@staubin.example"


async def invited(cast: Cast, admin: Person, path: str) -> None:
    """Zoé receives a letter from a town."""
    who = {"first_name": "Zoé", "last_name": "Petit", "email": ZOE, "roles": ["councillor"]}
    good(await admin.post(f"{path}/members", who))


async def squatted(rogue: Trusting, http: httpx.AsyncClient) -> None:
    """The attacker invites Zoé, who ignores the letter, and comes in her name."""
    cast = rogue.cast
    await invited(cast, cast.irma, cast.other.path)
    rogue.op.person = {"sub": "mallory", "email": ZOE, "email_verified": True}
    good(await rogue.come(http))


async def towns_of(http: Any) -> set[str]:
    """What a session opens."""
    me = good(await http.get("/api/me"))
    return {one["authority"]["name"] for one in me["memberships"]}


async def shown(person: Person) -> tuple[bool, bool]:
    """Whether their account shows the provider as bound, and as their own choice."""
    one = good(await person.get("/api/connections"))["connections"][0]
    return one["is_linked"], one["is_own_choice"]


async def test_nothing_is_linked_to_an_account_that_nobody_proved(rogue: Trusting) -> None:
    cast = rogue.cast
    async with cast.browser() as http, cast.browser() as again:
        await squatted(rogue, http)
        told = await rogue.leave(http, "link")
        refused(await rogue.back(http, told), "address_not_proven")
        await invited(cast, cast.ines, cast.town.path)
        zoe = await cast.accept(ZOE)
        assert await towns_of(zoe) == {cast.town.name, cast.other.name}
        # The attacker comes again, by the identity that is bound and by the old session.
        refused(await rogue.come(again), "link_needed")
        await nobody_came(cast, again)
        await nobody_came(cast, http)
        # Zoé may choose it herself, now that she has come.
        good(await rogue.back(zoe.http, await rogue.leave(zoe.http, "link")))
        good(await rogue.come(again))


async def test_naming_another_towns_provider_opens_nothing(
    rogue: Trusting, trusting: Trusting
) -> None:
    """Anybody may write the address of Saint-Aubin's provider, which knows nothing of it."""
    cast = rogue.cast
    async with cast.browser() as http, cast.browser() as hers:
        await squatted(rogue, http)
        await trust(cast, trusting.op, cast.irma, cast.other, client_id="anything")
        await invited(cast, cast.ines, cast.town.path)
        trusting.op.person = {"sub": "zoe", "email": ZOE, "email_verified": True}
        refused(await trusting.come(hers), "link_needed")
        assert await towns_of(http) == {cast.other.name}
        # Her letter opens, and closes what was opened; the same provider then lets her in.
        await cast.accept(ZOE)
        await nobody_came(cast, http)
        good(await trusting.come(hers))
        assert await towns_of(hers) == {cast.town.name, cast.other.name}


async def test_who_trusts_the_same_provider_comes_by_it(
    rogue: Trusting, trusting: Trusting
) -> None:
    """The honest case of the same rule: Paul accepted in both towns, which both trust it."""
    cast = rogue.cast
    await trust(cast, trusting.op, cast.irma, cast.other, client_id="le-breuil")
    trusting.op.person = {"sub": "paul", "email": "paul@staubin.example", "email_verified": True}
    async with cast.browser() as http:
        good(await trusting.come(http))
        assert await towns_of(http) == {cast.town.name, cast.other.name}


@pytest.mark.parametrize(
    ("asked", "person"),
    [
        ({}, {}),
        ({"acr_accepted": ["eidas2"]}, {}),
        ({"siret_claim": "siret"}, {"siret": "21750001600019"}),
        ({"trusts_email": False}, {"email_verified": None}),
        ({}, {"email": "paul.nouveau@staubin.example"}),
    ],
)
async def test_laxer_conditions_do_not_pass_by_anothers(
    trusting: Trusting, asked: dict[str, Any], person: dict[str, Any]
) -> None:
    """Both towns trust the same provider; Le Breuil asks less of what it answers."""
    cast, op = trusting.cast, trusting.op
    settings = {"siren": "217500016", "siret": "21750001600019"}
    good(await cast.ines.patch(f"{cast.town.path}/settings", settings))
    lax = await trust(cast, op, cast.irma, cast.other, trusts_email=True)
    op.person = {"sub": "paul", "email": "paul@staubin.example", "email_verified": True}
    async with cast.browser() as http, cast.browser() as again:
        good(await lax.come(http))
        await trusting.describe(**asked)
        op.person |= person
        if not asked and not person:
            good(await lax.come(again))
        else:
            refused(await lax.come(again), "link_needed")
            await nobody_came(cast, again)


@pytest.mark.parametrize("strong", ["passkey", "codes"])
async def test_a_provider_does_not_pass_by_what_is_stronger(
    trusting: Trusting, strong: str
) -> None:
    """Saint-Aubin's own administrator changes provider; Alice has a passkey, or codes."""
    cast = trusting.cast
    if strong == "passkey":
        await enrol(cast.alice, Authenticator())
    else:
        await begin(cast.alice)
    async with cast.browser() as http:
        refused(await trusting.come(http), "link_needed")
        await nobody_came(cast, http)
        good(await trusting.back(cast.alice.http, await trusting.leave(cast.alice.http, "link")))
        good(await trusting.come(http))


async def test_a_passkey_added_later_closes_what_was_only_recognised(trusting: Trusting) -> None:
    cast = trusting.cast
    async with cast.browser() as http:
        good(await trusting.come(http))
        await enrol(cast.alice, Authenticator())
        refused(await trusting.come(http), "link_needed")
        # It is bound already: her account offers to link it all the same.
        assert await shown(cast.alice) == (True, False)
        good(await trusting.back(cast.alice.http, await trusting.leave(cast.alice.http, "link")))
        assert await shown(cast.alice) == (True, True)
        good(await trusting.come(http))


async def test_who_only_comes_by_a_provider_keeps_it_beside_a_passkey(
    trusting: Trusting, runtime: Runtime
) -> None:
    """Zoé accepted by coming: nothing else proves her address, so nothing else is asked of her;
    another provider of the town does not open her account."""
    cast = trusting.cast
    await invited(cast, cast.ines, cast.town.path)
    trusting.op.person = {"sub": "zoe", "email": ZOE, "email_verified": True}
    with provider() as second:
        second.person = {**trusting.op.person, "sub": "mallory"}
        other = await trust(cast, second, cast.ines, cast.town)
        async with cast.browser() as http, cast.browser() as again, cast.browser() as hers:
            good(await trusting.come(http))
            await enrol(Person("zoe", http), Authenticator())
            good(await trusting.come(again))
            refused(await other.come(hers), "link_needed")
    async with runtime.reading() as db:
        assert len((await db.scalars(select(Identity))).all()) == 1


async def test_a_code_of_one_provider_is_not_shown_to_another(
    rogue: Trusting, trusting: Trusting
) -> None:
    """Mix-up (RFC 9700, 4.4): Alice goes to the attacker's provider, who sends her on to
    Saint-Aubin's with the attacker's own challenge and nonce, and hopes to be given the code."""
    cast, honest = trusting.cast, trusting.op
    honest.document = {"authorization_response_iss_parameter_supported": False}
    rogue.op.document = dict(honest.document)
    async with cast.browser() as hers, cast.browser() as attacker:
        left = good(await hers.post(f"{rogue.path}/enter", json={}))["address"]
        hers_state = dict(parse_qsl(urlsplit(left).query))["state"]
        started = good(await attacker.post(f"{trusting.path}/enter", json={}))["address"]
        asked = {**dict(parse_qsl(urlsplit(started).query)), "state": hers_state}
        told = honest.let_in(f"{honest.issuer}/authorize?{urlencode(asked)}")
        # Where the honest provider sends her browser, to the letter, and what her page then posts.
        assert asked["redirect_uri"] == f"http://cartable.test/connexion/retour/{trusting.id}"
        del told["iss"]
        refused(await trusting.back(hers, told), "journey_over")
        assert "/token" not in [*rogue.op.calls, *honest.calls]
        await nobody_came(cast, hers)
        # Without a word of the issuer, the honest way still opens.
        own = await trusting.leave(attacker)
        del own["iss"]
        good(await trusting.back(attacker, own))


@pytest.mark.parametrize(
    ("ago", "is_fresh"), [(0, True), (3600, False), (None, False), (-60, True)]
)
async def test_a_silent_sign_in_there_is_no_proof_here(
    trusting: Trusting, ago: int | None, *, is_fresh: bool
) -> None:
    """The provider asked nothing: whoever sits at a desk left open adds no passkey."""
    cast = trusting.cast

    def told(claims: dict[str, Any]) -> dict[str, Any]:
        at = None if ago is None else claims["iat"] - ago
        return {name: value for name, value in {**claims, "auth_time": at}.items() if value}

    trusting.op.id_token = told
    async with cast.browser() as http:
        good(await trusting.come(http))
        assert int(trusting.op.asked["max_age"]) > 24 * 3600, "it says when, and asks nothing"
        answer = await http.post("/api/passkeys/question")
        if is_fresh:
            good(answer)
        else:
            refused(answer, "proof_needed")
        # What is read needs no fresher proof.
        good(await http.post(f"{cast.town.path}/sync/pull", json={}))


async def test_a_session_is_never_proved_in_the_future(
    trusting: Trusting, runtime: Runtime
) -> None:
    trusting.op.id_token = lambda claims: {**claims, "auth_time": claims["iat"] + 86_400}
    async with trusting.cast.browser() as http:
        good(await trusting.come(http))
    async with runtime.reading() as db:
        latest = (await db.scalars(select(Device.proved_at))).all()
    assert max(latest) <= datetime.now(UTC)


async def test_a_letter_of_another_alphabet_is_another_address(
    trusting: Trusting, runtime: Runtime
) -> None:
    """The sign of the kelvin is a k in lower case."""
    cast = trusting.cast
    async with runtime.writing() as db:
        alice = update(Account).where(Account.email == "alice@staubin.example")
        await db.execute(alice.values(email="karim@staubin.example"))
    trusting.op.person["email"] = "\N{KELVIN SIGN}arim@staubin.example"
    async with cast.browser() as http:
        refused(await trusting.come(http), "email_not_verified")
