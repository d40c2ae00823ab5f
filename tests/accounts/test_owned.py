"""An account that nobody has proven: whoever squats it leaves nothing on it."""

from datetime import UTC, datetime
from uuid import UUID

import httpx
import pytest
from sqlalchemy import select, update
from tests.cast import PASSWORD, Cast
from tests.letterbox import invitation_of
from tests.world import good

from cartable.accounts.actions import open_session
from cartable.accounts.cookies import device_cookie
from cartable.accounts.tables import Account, Passkey
from cartable.database import uuid7
from cartable.members.tables import Member
from cartable.runtime import Runtime

pytestmark = pytest.mark.anyio
EVE = "eve@mailbox.example"


async def _add(cast: Cast, *, by_other: bool = False) -> str:
    admin, town = (cast.irma, cast.other) if by_other else (cast.ines, cast.town)
    who = {"first_name": "Ève", "last_name": "Roy", "email": EVE, "roles": ["councillor"]}
    made = good(await admin.post(f"{town.path}/members", who))
    return f"{town.path}/members/{made['id']}"


async def _squat(cast: Cast, runtime: Runtime) -> httpx.AsyncClient:
    """The session that a provider chosen by Le Breuil opens before anybody reads the letter, and a
    passkey put on the account from it."""
    now = datetime.now(UTC)
    async with runtime.writing() as db:
        account = (await db.scalars(select(Account).where(Account.email == EVE))).one()
        _, token = await open_session(db, account, "Poste", "connection", now)
        db.add(
            Passkey(
                id=uuid7(), account_id=account.id, credential_id=b"squatter", public_key=b"-",
                sign_count=0, is_syncable=False, is_backed_up=False, transports=[], name="Poste",
                created_at=now,
            )
        )  # fmt: skip
    http = cast.browser()
    http.cookies.set(device_cookie(runtime.settings), token)
    good(await http.get("/api/me"))
    return http


async def _passkeys(runtime: Runtime) -> list[UUID]:
    async with runtime.reading() as db:
        return list(await db.scalars(select(Passkey.id)))


async def test_a_squatter_chooses_no_first_password(cast: Cast, runtime: Runtime) -> None:
    await _add(cast, by_other=True)
    squatter = await _squat(cast, runtime)
    answer = await squatter.post("/api/password", json={"current": "", "new": PASSWORD})
    assert (answer.status_code, answer.json()["code"]) == (403, "address_not_proven")
    await _add(cast)
    secret = await invitation_of(runtime, EVE)
    told = good(await cast.browser().post("/api/invitation/read", json={"secret": secret}))
    assert not told["must_sign_in"], "its owner is not shut out of Saint-Aubin"
    good(await cast.browser().post("/api/invitation/accept", json={"secret": secret}))
    assert (await squatter.get("/api/me")).json()["code"] == "device_signed_out"
    assert await _passkeys(runtime) == []


async def test_a_first_proof_by_a_renewal_forgets_the_squatter_too(
    cast: Cast, runtime: Runtime
) -> None:
    member = await _add(cast, by_other=True)
    squatter = await _squat(cast, runtime)
    async with runtime.writing() as db:
        account = (await db.scalars(select(Account).where(Account.email == EVE))).one()
        accepted = update(Member).where(Member.account_id == account.id)
        await db.execute(accepted.values(accepted_at=datetime.now(UTC)))
    good(await cast.irma.post(f"{member}/invite"))
    body = {"secret": await invitation_of(runtime, EVE), "password": PASSWORD}
    good(await cast.browser().post("/api/invitation/accept", json=body))
    assert (await squatter.get("/api/me")).json()["code"] == "device_signed_out"
    assert await _passkeys(runtime) == []
