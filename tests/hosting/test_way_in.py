"""The last resort of somebody who lost every way in: `cartable way-in <email>`."""

import re
from argparse import Namespace

import pytest
from sqlalchemy import update
from tests.accounts.authenticator import Authenticator
from tests.accounts.test_passkeys import enrol, enter, refused
from tests.cast import PASSWORD, Cast
from tests.letterbox import letters
from tests.world import good

from cartable.accounts.tables import Account
from cartable.hosting.terminal import DEEDS, Said
from cartable.runtime import Runtime

pytestmark = pytest.mark.anyio
INES = "ines@staubin.example"


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
