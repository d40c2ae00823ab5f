"""How long a session lasts, how many there may be, and when somebody proves again who they are."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update
from tests.accounts.authenticator import Authenticator
from tests.accounts.test_passkeys import enrol, refused
from tests.accounts.test_second_step import begin, code_of
from tests.cast import PASSWORD, Cast, Person
from tests.letterbox import letters
from tests.world import World, good

from cartable.accounts.actions import change_password
from cartable.accounts.actions.codes import confirm_codes, renew_recovery_codes
from cartable.accounts.actions.passkeys import add_passkey
from cartable.accounts.rules import DeviceSignedOut, Limits, is_over
from cartable.accounts.shapes import NewPasskey, PasswordChange
from cartable.accounts.tables import Account, Device
from cartable.accounts.webauthn import party_at
from cartable.actor import Person as Signed
from cartable.runtime import Runtime

pytestmark = pytest.mark.anyio
LIMITS = Limits(idle=timedelta(days=90), absolute=timedelta(days=400), desk=timedelta(hours=12))
EMAIL = "alice@staubin.example"
NOW = datetime(2026, 12, 10, 18, 30, tzinfo=UTC)
spans = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=900))


@given(spans, spans)
def test_a_session_ends_by_age_or_by_absence_and_never_before(age: Any, away: Any) -> None:
    away = min(age, away)
    over = is_over(NOW - age, NOW - away, LIMITS, NOW)
    assert over == (age >= LIMITS.absolute or away >= LIMITS.idle)
    if over:
        assert is_over(NOW - age, NOW - away, LIMITS, NOW + timedelta(seconds=1))


@given(spans, spans)
def test_a_code_of_a_clerk_gives_a_day_at_most(age: Any, away: Any) -> None:
    away = min(age, away)
    over = is_over(NOW - age, NOW - away, LIMITS, NOW, is_given=True)
    assert over == (age >= timedelta(hours=24) or away >= LIMITS.idle)


async def change(runtime: Runtime, person: Person, **values: Any) -> None:
    """Make the session of a person as it would be some time later."""
    device = good(await person.get("/api/me"))["device"]["id"]
    async with runtime.writing() as db:
        await db.execute(update(Device).where(Device.id == UUID(device)).values(**values))


@pytest.mark.parametrize(("days", "code"), [(89, 200), (91, 401)])
async def test_a_tablet_left_alone_signs_in_again_and_is_not_emptied(
    cast: Cast, runtime: Runtime, days: int, code: int
) -> None:
    then = datetime.now(UTC) - timedelta(days=days)
    await change(runtime, cast.alice, created_at=then, last_seen_at=then)
    answer = await cast.alice.post(f"{cast.town.path}/sync/pull", {})
    assert answer.status_code == code
    if code == 401:
        # Not `device_signed_out`, which would empty it: what it holds waits for its owner.
        refused(answer, "not_signed_in")


@pytest.mark.parametrize(("days", "code"), [(399, 200), (401, 401)])
async def test_a_session_does_not_last_for_ever(
    cast: Cast, runtime: Runtime, days: int, code: int
) -> None:
    await change(runtime, cast.alice, created_at=datetime.now(UTC) - timedelta(days=days))
    assert (await cast.alice.get("/api/me")).status_code == code


async def test_a_sixth_device_makes_room_first(cast: Cast, runtime: Runtime) -> None:
    tablets = [await cast.sign_in("alice@staubin.example") for _ in range(5)]
    last = tablets[-1]
    assert good(await last.get("/api/me"))["device"]["is_extra"]
    for method, path in (
        ("GET", "/api/security"),
        ("POST", "/api/proof"),
        ("GET", f"{cast.town.path}/sync/head"),
        ("POST", f"{cast.town.path}/sync/pull"),
        ("POST", f"{cast.town.path}/sync/push"),
    ):
        answer = await last.http.request(method, path, json={} if method == "POST" else None)
        refused(answer, "too_many_devices")
        assert (answer.status_code, answer.json()["details"]) == (403, {"maximum": 5})
    for one in (cast.alice, *tablets[:-1]):
        assert not good(await one.get("/api/me"))["device"]["is_extra"]
        assert (await one.get("/api/security")).status_code == 200
    listed = good(await last.get("/api/devices"))
    assert len(listed) == 6
    assert [one["is_current"] for one in listed if one["is_extra"]] == [True]
    other = next(one["id"] for one in listed if not one["is_extra"])
    assert (await last.delete(f"/api/devices/{other}")).status_code == 204
    assert not good(await last.get("/api/me"))["device"]["is_extra"]
    good(await last.post(f"{cast.town.path}/sync/pull", {}))


async def test_sessions_that_are_over_take_no_room(cast: Cast, runtime: Runtime) -> None:
    tablets = [await cast.sign_in("alice@staubin.example") for _ in range(4)]
    for one in tablets[:2]:
        then = datetime.now(UTC) - timedelta(days=91)
        await change(runtime, one, last_seen_at=then)
    new = await cast.sign_in("alice@staubin.example")
    assert not good(await new.get("/api/me"))["device"]["is_extra"]
    assert len(good(await new.get("/api/devices"))) == 4


async def test_a_desk_asks_every_day_and_the_papers_do_not(cast: Cast, runtime: Runtime) -> None:
    world = World(cast, cast.town, cast.claire, cast.ines)
    sitting = await world.sitting()
    await change(runtime, cast.claire, proved_at=datetime.now(UTC) - timedelta(hours=13))
    town = cast.town.path
    for method, path, body in (
        ("GET", f"{town}/sittings", None),
        ("GET", f"{town}/members", None),
        ("PATCH", f"{town}/sittings/{sitting}", {"place": "Mairie"}),
        ("POST", f"{town}/sittings/{sitting}/agenda", {"title": "Budget"}),
    ):
        refused(await cast.claire.http.request(method, path, json=body), "proof_needed")
    # What she reads as anybody does goes on, and so does what her tablet brings.
    assert (await cast.claire.get(f"{town}/sync/head")).status_code == 200
    good(await cast.claire.post(f"{town}/sync/pull", {}))
    assert (await cast.claire.get("/api/devices")).status_code == 200
    good(await cast.claire.post("/api/proof", {"password": PASSWORD}))
    good(await cast.claire.get(f"{town}/sittings"))
    # A councillor's tablet is never asked.
    await change(runtime, cast.alice, proved_at=datetime.now(UTC) - timedelta(days=80))
    good(await cast.alice.post(f"{town}/sync/pull", {}))


async def _is_asked(person: Person) -> bool:
    answer = await person.post("/api/recovery-codes")
    if answer.status_code == 403:
        refused(answer, "proof_needed")
    return answer.status_code == 403


async def test_deeds_that_weigh_much_want_a_proof_of_five_minutes(
    cast: Cast, runtime: Runtime
) -> None:
    for minutes, asked in ((4, False), (6, True)):
        then = datetime.now(UTC) - timedelta(minutes=minutes)
        await change(runtime, cast.alice, proved_at=then)
        assert await _is_asked(cast.alice) is asked
    refused(await cast.alice.post("/api/proof", {"password": "pas le bon"}), "wrong_credentials")
    refused(await cast.alice.post("/api/proof", {}), "wrong_credentials")
    assert await _is_asked(cast.alice)
    assert good(await cast.alice.post("/api/proof/question")) == {
        "ways": ["password"], "options": None,
    }  # fmt: skip
    good(await cast.alice.post("/api/proof", {"password": PASSWORD}))
    assert not await _is_asked(cast.alice)
    # On this device: another of hers is asked.
    tablet = await cast.sign_in("alice@staubin.example")
    await change(runtime, tablet, proved_at=datetime.now(UTC) - timedelta(minutes=6))
    assert await _is_asked(tablet)


async def test_a_password_alone_no_longer_proves_once_there_is_more(
    cast: Cast, runtime: Runtime
) -> None:
    device = Authenticator()
    await enrol(cast.alice, device)
    made = await begin(cast.alice)
    await change(runtime, cast.alice, proved_at=datetime.now(UTC) - timedelta(minutes=6))
    asked = good(await cast.alice.post("/api/proof/question"))
    assert asked["ways"] == ["passkey", "password_code"]
    assert len(asked["options"]["allowCredentials"]) == 1
    refused(await cast.alice.post("/api/proof", {"password": PASSWORD}), "wrong_code")
    wrong = {"password": "pas le bon", "code": code_of(made)}
    refused(await cast.alice.post("/api/proof", wrong), "wrong_credentials")
    assert await _is_asked(cast.alice)
    good(await cast.alice.post("/api/proof", {"password": PASSWORD, "code": code_of(made)}))
    assert not await _is_asked(cast.alice)
    await change(runtime, cast.alice, proved_at=datetime.now(UTC) - timedelta(minutes=6))
    asked = good(await cast.alice.post("/api/proof/question"))["options"]
    good(await cast.alice.post("/api/proof", {"credential": device.get(asked)}))
    assert not await _is_asked(cast.alice)


async def test_who_has_neither_password_nor_passkey_signs_in_again(
    cast: Cast, runtime: Runtime
) -> None:
    async with runtime.writing() as db:
        await db.execute(
            update(Account)
            .where(Account.email == "alice@staubin.example")
            .values(password_hash=None)
        )
    await change(runtime, cast.alice, proved_at=datetime.now(UTC) - timedelta(minutes=6))
    assert good(await cast.alice.post("/api/proof/question"))["ways"] == []
    refused(await cast.alice.post("/api/proof", {"password": ""}), "wrong_code")
    refused(await cast.alice.post("/api/password", {"new": "cinq autres mots"}), "proof_needed")
    async with runtime.reading() as db:
        found = await db.scalar(
            select(Account.password_hash).where(Account.email == "alice@staubin.example")
        )
    assert found is None


async def _by_code(cast: Cast) -> Person:
    """Alice's session, on a browser that was hers before, opened by a code of the clerk's."""
    member = cast.alice.member[cast.town.name]
    given = good(await cast.claire.post(f"{cast.town.path}/members/{member}/code"))
    http = (await cast.sign_in("alice@staubin.example")).http
    good(await http.post("/api/code", json={"code": given["code"]}))
    return Person("alice", http)


async def test_a_code_of_a_clerk_proves_nothing_and_is_never_silent(
    cast: Cast, runtime: Runtime
) -> None:
    person = await _by_code(cast)
    assert "Un code donné par le secrétariat" in (await letters(runtime, EMAIL))[-1].text
    assert good(await person.get("/api/security"))["is_given"]
    refused(await person.post("/api/passkeys/question"), "proof_needed")
    refused(await person.post("/api/recovery-codes"), "proof_needed")
    # Shown by Alice herself: what was given is hers.
    assert (await person.post("/api/proof", {"password": PASSWORD})).is_success
    assert not good(await person.get("/api/security"))["is_given"]
    good(await person.post("/api/passkeys/question"))


@pytest.mark.parametrize(("hours", "proves", "code"), [(23, False, 200), (25, False, 401),
                                                       (25, True, 200)])  # fmt: skip
async def test_what_a_clerk_opened_ends_the_next_day_unless_its_person_proves(
    cast: Cast, runtime: Runtime, hours: int, proves: bool, code: int
) -> None:
    person = await _by_code(cast)
    given = good(await person.get("/api/me"))["device"]["id"]
    then = datetime.now(UTC) - timedelta(hours=hours)
    proved = then + timedelta(hours=1) if proves else then - timedelta(days=1)
    await change(runtime, person, created_at=then, proved_at=proved)
    answer = await person.get("/api/me")
    assert answer.status_code == code
    if code == 401:
        # What the tablet holds waits for its owner, and its place is free.
        refused(answer, "not_signed_in")
        left = [one["id"] for one in good(await cast.alice.get("/api/devices"))]
        assert given not in left


async def test_a_device_signed_out_meanwhile_leaves_no_way_in(cast: Cast, runtime: Runtime) -> None:
    """« Sign all others out » has won over a deed whose guard had let it in."""
    me = good(await cast.alice.get("/api/me"))
    person = Signed(UUID(me["account"]["id"]), UUID(me["device"]["id"]))
    made = Authenticator().create(good(await cast.alice.post("/api/passkeys/question"))["options"])
    secret = good(await cast.alice.post("/api/codes"))
    assert (await cast.alice.post("/api/sign-out")).is_success
    now, master, party = datetime.now(UTC), runtime.master_key, party_at("http://cartable.test")
    new = PasswordChange(current=PASSWORD, new="cinq autres mots choisis")
    deeds: list[Any] = [
        lambda db: add_passkey(db, party, person, NewPasskey(credential=made, name=""), now),
        lambda db: confirm_codes(db, master, person, code_of(secret), now),
        lambda db: renew_recovery_codes(db, master, person, now),
        lambda db: change_password(db, master, person, new, now, is_proved=True),
    ]
    for deed in deeds:
        with pytest.raises(DeviceSignedOut):
            async with runtime.writing() as db:
                await deed(db)
    again = await cast.sign_in("alice@staubin.example")
    security = good(await again.get("/api/security"))
    assert (security["passkeys"], security["has_codes"], security["recovery_codes"]) == (
        [],
        False,
        0,
    )
