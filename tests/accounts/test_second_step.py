"""Password, then a code; recovery codes; guesses of both."""

from base64 import b32decode
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update
from tests.accounts.authenticator import Authenticator
from tests.accounts.test_passkeys import enrol, enter, refused
from tests.cast import PASSWORD, Cast, Person
from tests.letterbox import invitation_of, letters
from tests.world import good

from cartable.accounts import totp
from cartable.accounts.tables import Account, Challenge, CodeSecret, RecoveryCode
from cartable.runtime import Runtime

pytestmark = pytest.mark.anyio
ALICE = "alice@staubin.example"
NEW = "encore une autre phrase"


def code_of(made: Any, late: int = 0) -> str:
    """What the application shows now, or some steps later."""
    plain = made["secret"].replace(" ", "")
    secret = b32decode(plain + "=" * (-len(plain) % 8))
    return totp.code_at(secret, totp.step_at(datetime.now(UTC)) + late)


async def begin(person: Person) -> Any:
    """Give the secret to an application and confirm it, with the code of the step before."""
    made = good(await person.post("/api/codes"))
    answer = await person.post("/api/codes/confirm", {"code": code_of(made, -1)})
    assert answer.status_code == 204, answer.text
    return made


async def first_step(http: httpx.AsyncClient, email: str = ALICE) -> Any:
    """The password, and what it is answered."""
    answer = await http.post("/api/sign-in", json={"email": email, "password": PASSWORD})
    refused(answer, "second_step_needed")
    assert answer.status_code == 401
    return answer.json()["details"]


async def second_step(http: httpx.AsyncClient, asked: Any, code: str) -> httpx.Response:
    body = {"challenge": asked["challenge"], "code": code, "device_name": "Bureau"}
    return await http.post("/api/sign-in/second-step", json=body)


async def test_a_code_follows_the_password(cast: Cast) -> None:
    made = await begin(cast.alice)
    assert made["address"].startswith("otpauth://totp/Cartable%3Aalice")
    assert made["picture"].startswith("data:image/svg+xml")
    async with cast.browser() as http:
        asked = await first_step(http)
        assert asked["ways"] == ["code"]
        assert (await http.get("/api/me")).status_code == 401, "the first step opened something"
        refused(await second_step(http, asked, "000000"), "wrong_code")
        good(await second_step(http, asked, code_of(made)))
        assert good(await http.get("/api/me"))["device"]["name"] == "Bureau"
        refused(await second_step(http, asked, code_of(made, 1)), "challenge_over")


async def test_a_code_serves_once_even_where_another_confirmed_it(cast: Cast) -> None:
    made = await begin(cast.alice)
    code = code_of(made)
    async with cast.browser() as http:
        good(await second_step(http, await first_step(http), code))
        refused(await second_step(http, await first_step(http), code), "wrong_code")
        # Nor does one of a step before it.
        refused(await second_step(http, await first_step(http), code_of(made, -1)), "wrong_code")
        good(await second_step(http, await first_step(http), code_of(made, 1)))


async def test_an_application_counts_once_confirmed_and_no_longer_once_removed(
    cast: Cast, runtime: Runtime
) -> None:
    made = good(await cast.alice.post("/api/codes"))
    refused(await cast.alice.post("/api/codes/confirm", {"code": "123456"}), "wrong_code")
    assert not good(await cast.alice.get("/api/security"))["has_codes"]
    await cast.sign_in(ALICE)
    again = good(await cast.alice.post("/api/codes"))
    assert again["secret"] != made["secret"]
    old = await cast.alice.post("/api/codes/confirm", {"code": code_of(made)})
    refused(old, "wrong_code")
    good(await cast.alice.post("/api/codes/confirm", {"code": code_of(again)}))
    refused(await cast.alice.post("/api/codes"), "codes_already_there")
    plain = again["secret"].replace(" ", "")
    async with runtime.reading() as db:
        kept = (await db.scalars(select(CodeSecret))).one()
    assert plain.encode() not in kept.sealed
    assert (await cast.alice.delete("/api/codes")).status_code == 204
    await cast.sign_in(ALICE)


async def test_the_challenge_is_of_one_person_for_ten_minutes(cast: Cast, runtime: Runtime) -> None:
    hers, his = await begin(cast.alice), await begin(cast.bruno)
    async with cast.browser() as http:
        asked = await first_step(http)
        refused(await second_step(http, asked, code_of(his)), "wrong_code")
        refused(await second_step(http, {"challenge": "inventé"}, code_of(hers)), "challenge_over")
        async with runtime.writing() as db:
            await db.execute(update(Challenge).values(expires_at=datetime.now(UTC)))
        refused(await second_step(http, asked, code_of(hers)), "challenge_over")


async def test_a_recovery_code_opens_once_and_new_ones_replace_the_old(
    cast: Cast, runtime: Runtime
) -> None:
    await begin(cast.alice)
    old = good(await cast.alice.post("/api/recovery-codes"))["codes"]
    codes = good(await cast.alice.post("/api/recovery-codes"))["codes"]
    assert len(set(codes)) == 10
    async with runtime.reading() as db:
        kept = set(await db.scalars(select(RecoveryCode.code_hash)))
    assert len(kept) == 10
    assert not kept & set(codes)
    async with cast.browser() as http:
        asked = await first_step(http)
        assert asked["ways"] == ["code", "recovery_code"]
        refused(await second_step(http, asked, old[0]), "wrong_code")
        typed = f" {codes[0].upper().replace('-', ' ')}"
        good(await second_step(http, asked, typed))
        assert good(await http.get("/api/security"))["recovery_codes"] == 9
        refused(await second_step(http, await first_step(http), codes[0]), "wrong_code")


async def test_somebody_who_lost_the_rest_comes_in_with_a_code(
    cast: Cast, runtime: Runtime
) -> None:
    device = Authenticator()
    await enrol(cast.alice, device)
    codes = good(await cast.alice.post("/api/recovery-codes"))["codes"]

    async def recover(code: str, password: str = "", email: str = ALICE) -> httpx.Response:
        body = {"email": email, "code": code, "password": password, "device_name": "PC"}
        async with cast.browser() as http:
            return await http.post("/api/sign-in/recovery", json=body)

    # Who has a password shows it too: the sheet of codes alone opens nothing.
    refused(await recover(codes[0]), "wrong_credentials")
    refused(await recover(codes[0], "pas le bon"), "wrong_credentials")
    refused(await recover("xxxx-xxxx-xxxx", PASSWORD), "wrong_credentials")
    refused(await recover(codes[0], PASSWORD, "bruno@staubin.example"), "wrong_credentials")
    refused(await recover(codes[0], PASSWORD, "personne@staubin.example"), "wrong_credentials")
    good(await recover(codes[0], PASSWORD))
    async with runtime.writing() as db:
        await db.execute(update(Account).where(Account.email == ALICE).values(password_hash=None))
    good(await recover(codes[1]))
    refused(await recover(codes[1]), "wrong_credentials")
    assert (await enter(cast, device)).status_code == 201


async def test_codes_are_not_guessed_and_nobody_shuts_another_out(cast: Cast) -> None:
    made = await begin(cast.alice)
    own = cast.browser()
    own.cookies.set("cartable-known", cast.alice.http.cookies["cartable-known"])
    async with cast.browser() as stranger, own:
        asked = await first_step(stranger)
        for _ in range(6):
            refused(await second_step(stranger, asked, "000000"), "wrong_code")
        answer = await second_step(stranger, asked, code_of(made))
        refused(answer, "too_many_attempts")
        assert 0 < int(answer.headers["retry-after"]) <= 900
        # The password again does not give the guesses of codes back.
        refused(
            await second_step(stranger, await first_step(stranger), code_of(made)),
            "too_many_attempts",
        )
        # Her own browser has a count of its own.
        good(await second_step(own, await first_step(own), code_of(made)))


async def test_six_wrong_first_codes_wait(cast: Cast) -> None:
    made = good(await cast.alice.post("/api/codes"))
    for _ in range(6):
        refused(await cast.alice.post("/api/codes/confirm", {"code": "000000"}), "wrong_code")
    late = await cast.alice.post("/api/codes/confirm", {"code": code_of(made)})
    refused(late, "too_many_attempts")


async def test_a_passkey_is_a_second_step_too(cast: Cast) -> None:
    device = Authenticator()
    await enrol(cast.alice, device)
    async with cast.browser() as http:
        assert (await first_step(http))["ways"] == ["passkey"]
    assert (await enter(cast, device)).status_code == 201
    codes = good(await cast.alice.post("/api/recovery-codes"))["codes"]
    async with cast.browser() as http:
        asked = await first_step(http)
        assert asked["ways"] == ["passkey", "recovery_code"]
        good(await second_step(http, asked, codes[3]))


async def test_recovery_codes_alone_ask_for_nothing(cast: Cast) -> None:
    good(await cast.alice.post("/api/recovery-codes"))
    await cast.sign_in(ALICE)


async def renewal_of(cast: Cast) -> str:
    """The secret of the mail by which an administrator lets Alice choose another password."""
    alice = cast.alice.member[cast.town.name]
    good(await cast.ines.post(f"{cast.town.path}/members/{alice}/invite"))
    return await invitation_of(cast.runtime, ALICE)


async def test_a_renewed_password_is_still_the_first_step_only(cast: Cast) -> None:
    made = await begin(cast.alice)
    renewal = {"secret": await renewal_of(cast), "password": NEW}
    async with cast.browser() as http:
        asked = await http.post("/api/invitation/accept", json=renewal)
        refused(asked, "second_step_needed")
        details = asked.json()["details"]
        assert details["ways"] == ["code"]
        assert (await http.get("/api/me")).status_code == 401, "a mail passed the second step"
        refused(await cast.alice.get("/api/me"), "device_signed_out")
        again = await http.post("/api/invitation/accept", json=renewal)
        refused(again, "ticket_used")
        refused(await second_step(http, details, "000000"), "wrong_code")
        good(await second_step(http, details, code_of(made)))
        assert (await http.get(f"{cast.town.path}/sync/head")).status_code == 200
        told = [line["event"] for line in good(await http.get("/api/activity"))["lines"]]
        assert "account.password_renewed" in told
    async with cast.browser() as http:
        body = {"email": ALICE, "password": NEW}
        refused(await http.post("/api/sign-in", json=body), "second_step_needed")
        body["password"] = PASSWORD
        refused(await http.post("/api/sign-in", json=body), "wrong_credentials")
    (subject,) = [
        mail.subject
        for mail in await letters(cast.runtime, ALICE)
        if mail.subject.startswith("Votre mot de passe")
    ]
    assert subject == "Votre mot de passe Cartable a changé"


async def test_a_renewal_adds_no_passkey_beside_the_one_there(cast: Cast) -> None:
    device = Authenticator()
    await enrol(cast.alice, device)
    async with cast.browser() as http:
        body = {"secret": await renewal_of(cast)}
        asked = await http.post("/api/invitation/accept", json=body)
        refused(asked, "second_step_needed")
        assert asked.json()["details"]["ways"] == ["passkey"]
        assert (await http.post("/api/passkeys/question")).status_code == 401
    assert (await enter(cast, device)).status_code == 201
