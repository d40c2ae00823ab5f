"""Passkeys over HTTP, with an authenticator in software: what opens, and all that must not."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from tests.accounts.authenticator import UP, Authenticator, InvalidStateError, Wire, b64, unb64
from tests.cast import Cast, Person
from tests.world import good

from cartable.accounts import webauthn
from cartable.accounts.rules import PasskeyRefused
from cartable.accounts.tables import Account, Challenge, Passkey
from cartable.runtime import Runtime

pytestmark = pytest.mark.anyio
ACCOUNT = UUID(int=7)


async def enrol(person: Person, device: Authenticator, name: str = "Tablette") -> Any:
    """Add a passkey to whoever is signed in."""
    asked = good(await person.post("/api/passkeys/question"))["options"]
    made = device.create(asked)
    return good(await person.post("/api/passkeys", {"credential": made, "name": name}))


async def question(http: httpx.AsyncClient) -> Wire:
    """What the door asks the browser."""
    options: Wire = good(await http.post("/api/sign-in/passkey/question"))["options"]
    return options


async def enter(cast: Cast, device: Authenticator) -> httpx.Response:
    """Sign in at the door with a passkey."""
    async with cast.browser() as http:
        answer = device.get(await question(http))
        return await http.post("/api/sign-in/passkey", json={"credential": answer})


def refused(answer: httpx.Response, code: str) -> None:
    assert answer.json()["code"] == code, answer.text
    assert not answer.cookies


async def test_a_passkey_is_asked_for_as_it_should(cast: Cast) -> None:
    asked = good(await cast.alice.post("/api/passkeys/question"))["options"]
    me = good(await cast.alice.get("/api/me"))["account"]
    assert asked["rp"] == {"name": "Cartable", "id": "cartable.test"}
    assert asked["user"]["name"] == me["email"]
    assert unb64(asked["user"]["id"]).hex() == me["id"].replace("-", "")
    assert asked["attestation"] == "none"
    assert asked["authenticatorSelection"]["residentKey"] == "required"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    assert len(unb64(asked["challenge"])) == 32
    async with cast.browser() as http:
        door = await question(http)
    assert door["userVerification"] == "required"
    assert door["rpId"] == "cartable.test"
    assert not door.get("allowCredentials")


async def test_it_is_added_signs_in_and_says_when_it_served(cast: Cast) -> None:
    device = Authenticator()
    added = await enrol(cast.alice, device, " Ma tablette ")
    assert (added["name"], added["last_used_at"], added["is_syncable"]) == (
        "Ma tablette", None, True,
    )  # fmt: skip
    async with cast.browser() as http:
        answer = device.get(await question(http))
        body = {"credential": answer, "device_name": "iPad"}
        signed = good(await http.post("/api/sign-in/passkey", json=body))
        me = good(await http.get("/api/me"))
        assert me["account"]["email"] == "alice@staubin.example"
        assert me["device"]["name"] == "iPad"
        assert me["device"]["id"] == signed["device_id"]
        kept = good(await http.get("/api/security"))
    assert kept["passkeys"][0]["last_used_at"] is not None
    assert kept["has_password"]


async def test_a_person_of_two_towns_enters_both_with_one(cast: Cast) -> None:
    device = Authenticator()
    await enrol(cast.paul, device)
    async with cast.browser() as http:
        answer = device.get(await question(http))
        good(await http.post("/api/sign-in/passkey", json={"credential": answer}))
        towns = good(await http.get("/api/me"))["memberships"]
        assert {one["authority"]["name"] for one in towns} == {cast.town.name, cast.other.name}
        for town in (cast.town, cast.other):
            good(await http.post(f"{town.path}/sync/pull", json={}))


async def test_an_authenticator_that_holds_one_is_not_asked_for_another(cast: Cast) -> None:
    device = Authenticator()
    await enrol(cast.alice, device)
    with pytest.raises(InvalidStateError):
        await enrol(cast.alice, device)
    await enrol(cast.alice, Authenticator(), "Clé de secours")
    assert len(good(await cast.alice.get("/api/security"))["passkeys"]) == 2


async def test_a_passkey_of_somebody_cannot_be_added_by_another(cast: Cast) -> None:
    device = Authenticator()
    await enrol(cast.alice, device)
    asked = good(await cast.bruno.post("/api/passkeys/question"))["options"]
    stolen = Authenticator().create(asked, device.kept[0].id)
    refused(await cast.bruno.post("/api/passkeys", {"credential": stolen}), "passkey_known")
    assert good(await cast.bruno.get("/api/security"))["passkeys"] == []


@pytest.mark.parametrize("wrong", [
    {"origin": "https://cartable.test.evil.example"}, {"origin": "https://cartable.test"},
    {"rp": "evil.example"}, {"flags": UP}, {"flags": 0}, {"client": {"type": "webauthn.get"}},
    {"client": {"crossOrigin": True}}, {"client": {"topOrigin": "https://evil.example"}},
])  # fmt: skip
async def test_a_wrong_one_is_not_added(cast: Cast, wrong: dict[str, Any]) -> None:
    asked = good(await cast.alice.post("/api/passkeys/question"))["options"]
    made = Authenticator(**wrong).create(asked)
    refused(await cast.alice.post("/api/passkeys", {"credential": made}), "passkey_refused")
    # The question was used up with the wrong answer.
    again = await cast.alice.post("/api/passkeys", {"credential": Authenticator().create(asked)})
    if "client" in wrong and "type" not in wrong["client"]:
        assert again.status_code == 201  # refused before its challenge was believed
    else:
        refused(again, "challenge_over")
        assert good(await cast.alice.get("/api/security"))["passkeys"] == []


@pytest.mark.parametrize("wrong", [
    {"origin": "https://cartable.test.evil.example"}, {"origin": "https://cartable.test"},
    {"rp": "evil.example"}, {"flags": UP}, {"flags": 0},
    {"client": {"type": "webauthn.create"}}, {"client": {"crossOrigin": True}},
])  # fmt: skip
async def test_a_wrong_answer_opens_nothing(cast: Cast, wrong: dict[str, Any]) -> None:
    device = Authenticator()
    await enrol(cast.alice, device)
    forger = Authenticator(**{"kept": device.kept, **wrong})
    refused(await enter(cast, forger), "passkey_refused")
    assert (await enter(cast, device)).status_code == 201


async def test_a_challenge_serves_once_and_not_for_long(cast: Cast, runtime: Runtime) -> None:
    device = Authenticator()
    await enrol(cast.alice, device)
    async with cast.browser() as http:
        asked = await question(http)
        body = {"credential": device.get(asked)}
        good(await http.post("/api/sign-in/passkey", json=body))
        refused(await cast.browser().post("/api/sign-in/passkey", json=body), "challenge_over")
        asked = await question(http)
        async with runtime.writing() as db:
            await db.execute(update(Challenge).values(expires_at=datetime.now(UTC)))
        late = {"credential": device.get(asked)}
        refused(await http.post("/api/sign-in/passkey", json=late), "challenge_over")
        invented = {"credential": device.get({**asked, "challenge": b64(bytes(32))})}
        refused(await http.post("/api/sign-in/passkey", json=invented), "challenge_over")
        await question(http)
    async with runtime.reading() as db:
        left = list(await db.scalars(select(Challenge.expires_at)))
    assert len(left) == 1, "what is over is removed when another is asked"
    assert left[0] - datetime.now(UTC) < timedelta(minutes=11)


async def test_a_challenge_of_a_proof_or_of_another_device_does_not_open(cast: Cast) -> None:
    device = Authenticator()
    await enrol(cast.alice, device)
    asked = good(await cast.alice.post("/api/proof/question"))["options"]
    body = {"credential": device.get(asked)}
    refused(await cast.browser().post("/api/sign-in/passkey", json=body), "challenge_over")
    refused(await cast.bruno.post("/api/proof", body), "challenge_over")
    assert (await cast.alice.post("/api/proof", body)).status_code == 204


async def test_a_counter_that_goes_back_is_a_copy(cast: Cast) -> None:
    device = Authenticator(counts=True)
    await enrol(cast.alice, device)
    assert (await enter(cast, device)).status_code == 201
    assert (await enter(cast, device)).status_code == 201
    device.count -= 2
    refused(await enter(cast, device), "passkey_refused")
    device.count -= 1
    refused(await enter(cast, device), "passkey_refused")
    device.count += 5
    assert (await enter(cast, device)).status_code == 201


async def test_the_passkey_of_one_does_not_open_the_account_of_another(cast: Cast) -> None:
    device = Authenticator()
    await enrol(cast.alice, device)
    await enrol(cast.bruno, device)
    hers, his = device.kept
    hers.handle, his.handle = his.handle, hers.handle
    refused(await enter(cast, device), "passkey_refused")
    hers.handle = b""
    async with cast.browser() as http:
        answer = device.get(await question(http), hers)
        answer["response"]["userHandle"] = None
        refused(
            await http.post("/api/sign-in/passkey", json={"credential": answer}), "passkey_refused"
        )
    # Nor does it prove that bruno is there.
    asked = good(await cast.bruno.post("/api/proof/question"))["options"]
    body = {"credential": device.get(asked, hers)}
    refused(await cast.bruno.post("/api/proof", body), "passkey_refused")


async def test_a_removed_one_opens_nothing_and_the_last_way_in_stays(
    cast: Cast, runtime: Runtime
) -> None:
    device, spare = Authenticator(), Authenticator()
    first = await enrol(cast.alice, device)
    second = await enrol(cast.alice, spare, "Secours")
    renamed = await cast.alice.patch(f"/api/passkeys/{second['id']}", {"name": "Clé du bureau"})
    assert good(renamed)["name"] == "Clé du bureau"
    for method, path in (
        ("PATCH", f"/api/passkeys/{first['id']}"), ("DELETE", f"/api/passkeys/{first['id']}"),
    ):  # fmt: skip
        answer = await cast.bruno.http.request(
            method, path, json={"name": "x"} if method == "PATCH" else None
        )
        assert answer.status_code == 404
    assert (await cast.alice.delete(f"/api/passkeys/{first['id']}")).status_code == 204
    refused(await enter(cast, device), "passkey_refused")
    assert (await enter(cast, spare)).status_code == 201
    async with runtime.writing() as db:
        await db.execute(
            update(Account)
            .where(Account.email == "alice@staubin.example")
            .values(password_hash=None)
        )
    refused(await cast.alice.delete(f"/api/passkeys/{second['id']}"), "last_way_in")
    assert (await enter(cast, spare)).status_code == 201
    # A first password needs no other; then the passkey may go.
    new = {"new": "cinq autres mots choisis"}
    assert (await cast.alice.post("/api/password", new)).status_code == 204
    assert (await cast.alice.delete(f"/api/passkeys/{second['id']}")).status_code == 204


async def test_what_is_kept_is_public(cast: Cast, runtime: Runtime) -> None:
    device = Authenticator()
    await enrol(cast.alice, device)
    async with runtime.reading() as db:
        kept = (await db.scalars(select(Passkey))).one()
    assert kept.credential_id == device.kept[0].id
    assert kept.transports == ["hybrid", "internal"]
    assert kept.is_backed_up
    secret = device.kept[0].key.private_numbers().private_value.to_bytes(32, "big")
    assert secret not in kept.public_key


@given(st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.binary().map(b64),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["id", "rawId", "type", "response", "clientDataJSON", "signature",
                         "authenticatorData", "attestationObject", "userHandle"]), inner),
))  # fmt: skip
def test_whatever_is_sent_is_refused_and_never_a_fault(sent: Any) -> None:
    for deed in (
        lambda: webauthn.claim_of(sent),
        lambda: webauthn.challenge_of(sent),
        lambda: webauthn.verify_creation(PARTY, ASKED, sent),
        lambda: webauthn.verify_use(PARTY, ASKED, sent, b"", 0),
    ):
        with pytest.raises(PasskeyRefused):
            deed()


PARTY, ASKED = webauthn.party_at("http://cartable.test"), b64(bytes(32))
DEVICE = Authenticator()
KEY = webauthn.verify_creation(
    PARTY,
    ASKED,
    DEVICE.create(
        webauthn.creation_options(
            PARTY, ASKED, handle=ACCOUNT, email="a@b.example", name="A", known=()
        )
    ),
)
ANSWER = DEVICE.get(webauthn.request_options(PARTY, ASKED))


def test_the_answer_as_it_came_is_right() -> None:
    assert webauthn.claim_of(ANSWER) == webauthn.Claim(KEY.credential_id, ASKED, ACCOUNT)
    assert webauthn.verify_use(PARTY, ASKED, ANSWER, KEY.public_key, 0).is_backed_up


@given(st.sampled_from(["clientDataJSON", "authenticatorData", "signature"]), st.data())
def test_a_byte_that_changed_anywhere_is_refused(part: str, data: st.DataObject) -> None:
    answer = deepcopy(ANSWER)
    changed = bytearray(unb64(answer["response"][part]))
    changed[data.draw(st.integers(0, len(changed) - 1))] ^= data.draw(st.integers(1, 255))
    answer["response"][part] = b64(bytes(changed))
    with pytest.raises(PasskeyRefused):
        webauthn.verify_use(PARTY, ASKED, answer, KEY.public_key, 0)
