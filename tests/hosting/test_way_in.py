"""The last resort of somebody who lost every way in: `cartable way-in <email>`."""

import re
from argparse import Namespace
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select, update
from tests.accounts.authenticator import Authenticator
from tests.accounts.test_passkeys import enrol, enter, refused
from tests.cast import PASSWORD, Cast
from tests.letterbox import invitation_of, letters
from tests.world import good

from cartable.accounts.tables import Account, Passkey
from cartable.connections.tables import Identity
from cartable.database import uuid7
from cartable.hosting.actions import Operator, suspend_authority
from cartable.hosting.terminal import DEEDS, Said
from cartable.members.tables import Member
from cartable.runtime import Runtime

pytestmark = pytest.mark.anyio
INES, PAUL = "ines@staubin.example", "paul@staubin.example"


async def _way_in(runtime: Runtime, email: str) -> Said:
    return await DEEDS["way-in", ""](runtime, Namespace(email=email))


async def _loses_all(cast: Cast, runtime: Runtime) -> Authenticator:
    """Ines, the only administrator, has passkeys alone; her computer is stolen."""
    stolen = Authenticator()
    await enrol(cast.ines, stolen)
    good(await cast.ines.post("/api/recovery-codes"))
    async with runtime.writing() as db:
        await db.execute(update(Account).where(Account.email == INES).values(password_hash=None))
    return stolen


async def test_the_only_administrator_comes_back(cast: Cast, runtime: Runtime) -> None:
    stolen = await _loses_all(cast, runtime)
    status, said = await _way_in(runtime, f" {INES.upper()} ")
    assert status == 0
    found = re.search(r"/invitation#(\S+)", " ".join(said))
    assert found
    refused(await cast.ines.get("/api/me"), "device_signed_out")
    refused(await enter(cast, stolen), "passkey_refused")
    assert "remis à zéro" in (await letters(runtime, INES))[-1].subject
    back = await cast.accept(INES, secret=found[1])
    assert good(await back.get("/api/security")) == {
        "has_password": True, "has_codes": False, "recovery_codes": 0, "is_given": False,
        "passkeys": [],
    }  # fmt: skip
    good(await back.get(f"{cast.town.path}/members"))
    lines = good(await back.get("/api/activity"))["lines"]
    assert "account.ways_in_reset" in [line["event"] for line in lines]


async def test_nobody_and_those_of_no_authority(cast: Cast, runtime: Runtime) -> None:
    assert (await _way_in(runtime, "nobody@staubin.example"))[0] == 2
    gus = f"{cast.town.path}/members/{cast.gus.member[cast.town.name]}"
    good(await cast.ines.post(f"{gus}/deactivate"))
    status, said = await _way_in(runtime, "gus@staubin.example")
    assert status == 0
    assert "/invitation#" not in " ".join(said)
    await cast.sign_in("gus@staubin.example", PASSWORD)


async def _owns(runtime: Runtime, email: str) -> int:
    """Passkeys of an account."""
    async with runtime.reading() as db:
        mine = select(func.count(Passkey.id)).join(Account, Account.id == Passkey.account_id)
        return await db.scalar(mine.where(Account.email == email)) or 0


async def _is_suspended(cast: Cast, runtime: Runtime) -> None:
    async with runtime.writing() as db:
        await suspend_authority(db, Operator(), cast.town.id, "facture", datetime.now(UTC))


async def test_the_link_leads_where_a_door_is_open(cast: Cast, runtime: Runtime) -> None:
    """Paul is of two authorities, Ines of the suspended one alone: she loses nothing."""
    await enrol(cast.ines, Authenticator())
    await _is_suspended(cast, runtime)
    status, said = await _way_in(runtime, INES)
    assert (status, await _owns(runtime, INES)) == (2, 1)
    assert "reopen" in " ".join(said)
    status, said = await _way_in(runtime, PAUL)
    found = re.search(r"/invitation#(\S+)", " ".join(said))
    assert status == 0
    assert found
    back = await cast.accept(PAUL, secret=found[1])
    good(await back.post(f"{cast.other.path}/sync/pull", {}))


async def test_who_would_be_left_with_nothing_loses_nothing(cast: Cast, runtime: Runtime) -> None:
    await _loses_all(cast, runtime)
    async with runtime.writing() as db:
        await db.execute(update(Account).where(Account.email == INES).values(is_operator=True))
    async with runtime.writing(cast.town.id) as db:
        hers = select(Account.id).where(Account.email == INES).scalar_subquery()
        ended = update(Member).where(Member.account_id == hers)
        await db.execute(ended.values(deactivated_at=datetime.now(UTC)))
    status, said = await _way_in(runtime, INES)
    assert (status, await _owns(runtime, INES)) == (2, 1)
    assert "mot de passe" in " ".join(said)
    good(await cast.ines.get("/api/me"))


async def test_nothing_that_waits_elsewhere_opens_any_more(cast: Cast, runtime: Runtime) -> None:
    """The link of another authority, and a provider that a thief linked."""
    member = cast.paul.member[cast.other.name]
    good(await cast.irma.post(f"{cast.other.path}/members/{member}/invite"))
    waiting = await invitation_of(runtime, PAUL)
    now = datetime.now(UTC)
    async with runtime.writing() as db:
        account = (await db.scalars(select(Account).where(Account.email == PAUL))).one()
        db.add(Identity(id=uuid7(), account_id=account.id, issuer="https://id.example",
                        client_id="cartable", subject="thief", is_own_choice=True, created_at=now,
                        last_used_at=now))  # fmt: skip
    assert (await _way_in(runtime, PAUL))[0] == 0
    body = {"secret": waiting, "password": "cinq autres mots choisis"}
    gone = await cast.browser().post("/api/invitation/accept", json=body)
    assert (gone.status_code, gone.json()["code"]) == (410, "ticket_cancelled")
    async with runtime.reading() as db:
        assert list(await db.scalars(select(Identity))) == []


async def test_a_renewal_closes_those_of_other_authorities(cast: Cast, runtime: Runtime) -> None:
    secrets = []
    for admin, town in ((cast.ines, cast.town), (cast.irma, cast.other)):
        member = cast.paul.member[town.name]
        good(await admin.post(f"{town.path}/members/{member}/invite"))
        secrets.append(await invitation_of(runtime, PAUL))
    await cast.accept(PAUL, secret=secrets[0])
    body = {"secret": secrets[1], "password": "cinq autres mots choisis"}
    gone = await cast.browser().post("/api/invitation/accept", json=body)
    assert (gone.status_code, gone.json()["code"]) == (410, "ticket_cancelled")
