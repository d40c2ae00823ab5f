"""Signing in: what a stranger learns, what cookies carry, what the database keeps."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.cookies import Morsel, SimpleCookie
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update
from tests.cast import HEADERS, PASSWORD, Cast
from tests.letterbox import invitation_of
from tests.world import good

from cartable.accounts import passwords
from cartable.accounts.actions import devices, enter
from cartable.accounts.actions.devices import RENAMINGS
from cartable.accounts.tables import Account, Device
from cartable.app import create_app
from cartable.runtime import Runtime
from cartable.settings import Settings

pytestmark = pytest.mark.anyio


def _cookies(answer: httpx.Response) -> dict[str, Morsel[str]]:
    jar: SimpleCookie = SimpleCookie()
    for header in answer.headers.get_list("set-cookie"):
        jar.load(header)
    return dict(jar)


async def _try(cast: Cast, email: str, password: str) -> httpx.Response:
    async with cast.browser() as http:
        body = {"email": email, "password": password}
        return await http.post("/api/sign-in", json=body)


async def test_a_wrong_password_and_an_unknown_address_look_the_same(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at: list[str | None] = []

    async def counted(stored: str | None, password: str) -> bool:
        looked_at.append(stored)
        return await passwords.password_matches(stored, password)

    monkeypatch.setattr(enter, "password_matches", counted)
    wrong = await _try(cast, "alice@staubin.example", "pas le bon du tout")
    unknown = await _try(cast, "personne@staubin.example", "pas le bon du tout")
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()
    assert wrong.json()["code"] == "wrong_credentials"
    assert not wrong.cookies
    assert set(wrong.headers) == set(unknown.headers)
    # The same work is done for nobody as for somebody.
    assert len(looked_at) == 2
    assert looked_at[1] is None
    assert not await passwords.password_matches(None, "pas le bon du tout")


async def test_an_address_is_the_same_in_capitals_and_between_spaces(cast: Cast) -> None:
    assert good(await _try(cast, "  Alice@StAubin.example ", PASSWORD))


async def test_cookies_over_http_and_https(
    cast: Cast, settings: Settings, runtime: Runtime
) -> None:
    plain = _cookies(await _try(cast, "alice@staubin.example", PASSWORD))
    assert set(plain) == {"cartable", "cartable-known"}
    secure = create_app(
        replace(settings, public_url="https://cartable.test"), has_worker=False, runtime=replace(
            runtime, settings=replace(settings, public_url="https://cartable.test")
        ),
    )  # fmt: skip
    transport = httpx.ASGITransport(app=secure)
    async with (
        secure.lifespan(),
        httpx.AsyncClient(
            transport=transport, base_url="https://cartable.test", headers=HEADERS
        ) as http,
    ):
        body = {"email": "alice@staubin.example", "password": PASSWORD}
        answer = await http.post("/api/sign-in", json=body)
        over_https = _cookies(answer)
        assert "strict-transport-security" in answer.headers
        assert good(await http.get("/api/me"))["account"]["email"] == "alice@staubin.example"
        assert set(over_https) == {"__Host-cartable", "__Host-cartable-known"}
        gone = _cookies(await http.post("/api/sign-out"))["__Host-cartable"]
        assert (gone.value, gone["max-age"], gone["path"]) == ("", "0", "/")
        assert gone["secure"]
    for jar, is_secure in ((plain, False), (over_https, True)):
        for cookie in jar.values():
            assert bool(cookie["secure"]) is is_secure
            assert cookie["httponly"]
            assert cookie["samesite"].lower() == "lax"
            assert cookie["path"] == "/"
            assert cookie["domain"] == ""


async def test_a_forged_or_altered_cookie_signs_nobody_in(cast: Cast) -> None:
    token = cast.alice.http.cookies["cartable"]
    assert len(token) >= 43  # 256 bits in base64
    for forged in ("", "x", token[:-1], token + "a", token.swapcase(), "é", "a" * 5000):
        async with cast.browser() as http:
            shown = {"cookie": f"cartable={forged}".encode("latin-1")}
            answer = await http.get("/api/me", headers=shown)
            assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in"), forged


async def test_secrets_are_not_in_the_database(
    cast: Cast, settings: Settings, runtime: Runtime
) -> None:
    good(
        await cast.ines.post(
            f"{cast.town.path}/members",
            {
                "first_name": "Léa",
                "last_name": "Roy",
                "email": "lea@staubin.example",
                "roles": ["guest"],
            },
        )
    )
    async with runtime.reading() as db:
        hashes = list(await db.scalars(select(Account.password_hash)))
        tokens = list(await db.scalars(select(Device.token_hash)))
    assert hashes.count(None) == 1, "who was invited has no password yet"
    hashes = [h for h in hashes if h is not None]
    assert all(h.startswith("$argon2id$v=19$m=19456,t=2,p=1$") for h in hashes)
    assert all(len(t) == 64 for t in tokens)
    secrets = [
        cast.alice.http.cookies["cartable"],
        cast.claire.http.cookies["cartable"],
        await invitation_of(runtime, "lea@staubin.example"),
        PASSWORD,
    ]
    kept = "\n".join([*hashes, *tokens])
    if settings.is_sqlite:
        database = Path(settings.database_url.removeprefix("sqlite+aiosqlite:///"))
        files = [database, database.with_name(database.name + "-wal")]
        kept += "".join(f.read_bytes().decode("latin-1") for f in files if f.exists())
    for secret in secrets:
        assert secret
        assert secret not in kept


async def test_a_page_of_another_account_is_told_so(cast: Cast) -> None:
    me = good(await cast.alice.get("/api/me"))["account"]["id"]
    theirs = good(await cast.claire.get("/api/me"))["account"]["id"]
    pull = f"{cast.town.path}/sync/pull"
    for named, status in ((me, 200), ("1", 200), (theirs, 401)):
        answer = await cast.alice.http.post(pull, json={}, headers={"x-cartable": named})
        assert answer.status_code == status
        answer = await cast.alice.http.get("/api/devices", headers={"x-cartable": named})
        assert answer.status_code == status
        assert status == 200 or answer.json()["code"] == "another_account"


async def test_a_signed_out_device_is_told_so_for_thirty_days(cast: Cast, runtime: Runtime) -> None:
    tablet = await cast.sign_in("alice@staubin.example")
    device = good(await tablet.get("/api/me"))["device"]["id"]
    assert (await cast.alice.delete(f"/api/devices/{device}")).status_code == 204
    for path in ("/api/me", "/api/devices", f"{cast.town.path}/sync/head"):
        answer = await tablet.get(path)
        assert (answer.status_code, answer.json()["code"]) == (401, "device_signed_out")
    pulled = good(await tablet.post(f"{cast.town.path}/sync/pull", {}))
    assert (pulled["reset"], pulled["rows"], pulled["more"]) == (True, [], False)
    for days, status, code in ((29, 401, "device_signed_out"), (31, 403, "revoked")):
        async with runtime.writing() as db:
            then = datetime.now(UTC) - timedelta(days=days)
            await db.execute(
                update(Device).where(Device.token_hash == passwords.token_hash(
                    tablet.http.cookies["cartable"])).values(signed_out_at=then)
            )  # fmt: skip
        answer = await tablet.get("/api/me")
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    answer = await tablet.post(f"{cast.town.path}/sync/pull", {})
    assert answer.json()["code"] == "revoked"


async def test_devices_are_listed_renamed_and_signed_out(cast: Cast) -> None:
    tablet = await cast.sign_in("alice@staubin.example")
    other = await cast.sign_in("alice@staubin.example")
    listed: list[dict[str, Any]] = good(await tablet.get("/api/devices"))
    assert len(listed) == 3
    assert [d["is_current"] for d in listed].count(True) == 1
    current = next(d for d in listed if d["is_current"])
    renamed = good(await other.patch(f"/api/devices/{current['id']}", {"name": " Tablette "}))
    assert (renamed["name"], renamed["is_current"]) == ("Tablette", False)
    assert (await tablet.post("/api/devices/sign-out-others")).status_code == 204
    assert [d["id"] for d in good(await tablet.get("/api/devices"))] == [current["id"]]
    assert (await other.get("/api/me")).json()["code"] == "device_signed_out"
    assert (await cast.alice.get("/api/me")).json()["code"] == "device_signed_out"
    assert (await tablet.post("/api/sign-out")).status_code == 204
    assert (await tablet.get("/api/me")).json()["code"] == "not_signed_in"


async def test_a_device_is_renamed_now_and_then(cast: Cast) -> None:
    """Each time is a line of the host's chain."""
    (mine,) = [one["id"] for one in good(await cast.alice.get("/api/devices"))]
    path = f"/api/devices/{mine}"
    for name in RENAMINGS * ["Salon"]:  # The same name is no line.
        good(await cast.alice.patch(path, {"name": name}))
    for number in range(RENAMINGS - 1):
        good(await cast.alice.patch(path, {"name": f"Tablette {number}"}))
    slowed = await cast.alice.patch(path, {"name": "Une de trop"})
    assert (slowed.status_code, slowed.json()["code"]) == (429, "too_many_attempts")
    # It counts against no password.
    good(await cast.alice.post("/api/proof", {"password": PASSWORD}))
    (listed,) = good(await cast.alice.get("/api/devices"))
    assert listed["name"] == f"Tablette {RENAMINGS - 2}"


async def test_the_last_visit_is_noted_every_five_minutes(cast: Cast, runtime: Runtime) -> None:
    token = passwords.token_hash(cast.alice.http.cookies["cartable"])

    async def last_seen(ago: timedelta | None = None) -> datetime:
        async with runtime.writing() as db:
            if ago is not None:
                then = datetime.now(UTC) - ago
                await db.execute(
                    update(Device).where(Device.token_hash == token).values(last_seen_at=then)
                )
            found = await db.scalar(select(Device.last_seen_at).where(Device.token_hash == token))
            assert found is not None
            return found

    for ago, is_noted in ((timedelta(minutes=4), False), (timedelta(minutes=6), True)):
        before = await last_seen(ago)
        assert (await cast.alice.get("/api/me")).status_code == 200
        assert (await last_seen() > before) is is_noted


async def test_the_last_visit_outlives_the_devices(cast: Cast, runtime: Runtime) -> None:
    await cast.sign_in("gus@staubin.example")
    tablet = await cast.sign_in("gus@staubin.example")
    seen = good(await tablet.get("/api/me"))["device"]["last_seen_at"]
    gus = select(Account.id).where(Account.email == "gus@staubin.example").scalar_subquery()
    long_ago = datetime.now(UTC) - timedelta(days=40)

    async def kept() -> int:
        async with runtime.reading() as db:
            return len(list(await db.scalars(select(Device.id).where(Device.account_id == gus))))

    for signed_out_at, left in ((None, 3), (long_ago, 1)):
        async with runtime.writing() as db:
            await db.execute(
                update(Device).where(Device.account_id == gus).values(signed_out_at=signed_out_at)
            )
        async with runtime.writing() as db:
            await devices.forget_old_devices(db, datetime.now(UTC) - timedelta(days=30))
        assert await kept() == left
    assert (await tablet.get("/api/me")).json()["code"] == "revoked"
    members = f"{cast.town.path}/members"
    (line,) = good(await cast.ines.get(f"{members}?q=gus"))
    assert (line["last_seen_at"], line["devices"]) == (seen, [])
    assert good(await cast.ines.get(f"{members}?q=gus&state=never")) == []


async def test_a_password_changed_while_it_was_looked_at_opens_nothing(
    cast: Cast, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def renewed(stored: str | None, password: str) -> bool:
        hashed = await passwords.hash_password("une autre phrase de passe")
        async with runtime.writing() as db:
            await db.execute(
                update(Account)
                .where(Account.email == "alice@staubin.example")
                .values(password_hash=hashed)
            )
        return await passwords.password_matches(stored, password)

    monkeypatch.setattr(enter, "password_matches", renewed)
    late = await _try(cast, "alice@staubin.example", PASSWORD)
    assert (late.status_code, late.json()["code"]) == (401, "wrong_credentials")
    assert not late.cookies
