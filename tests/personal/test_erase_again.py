"""What erasure must reach: the journal's details, tablets that pull meanwhile, restored backups."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import delete, func, select
from tests.cast import Cast
from tests.pushing import Tablet
from tests.world import good

from cartable.accounts.tables import Account, AccountKey
from cartable.actor import Actor
from cartable.audit.actions import record
from cartable.audit.reading import details_of
from cartable.audit.tables import AuditEvent, AuditKey, AuditPayload, HostPayload
from cartable.audit.verification import Verdict, verify
from cartable.authorities.actions import authority_write
from cartable.members.tables import Member
from cartable.personal.actions import erase
from cartable.personal.rules import GRACE
from cartable.personal.tables import Erasure
from cartable.runtime import Runtime
from cartable.sealing import SigningKey
from cartable.sync.restoring import restored

pytestmark = pytest.mark.anyio


async def _account(runtime: Runtime, cast: Cast, name: str) -> Account:
    async with runtime.reading(cast.town.id) as db:
        member = await db.get_one(Member, cast.people[name].member[cast.town.name])
        return await db.get_one(Account, member.account_id)


async def _erased(runtime: Runtime) -> None:
    later = datetime.now(UTC) + GRACE + timedelta(minutes=1)
    assert await erase.erase_due(runtime, later) == 1


async def _verdict(runtime: Runtime, cast: Cast) -> Verdict:
    async with runtime.reading(cast.town.id) as db:
        return await verify(db, cast.town.id, (), SigningKey(bytes(32)).public)


async def test_the_journal_forgets_the_name_of_a_device(cast: Cast, runtime: Runtime) -> None:
    alice, town = cast.alice.member[cast.town.name], cast.town
    device = good(await cast.alice.get("/api/me"))["device"]
    gone = await cast.ines.post(f"{town.path}/members/{alice}/devices/{device['id']}/revoke")
    assert gone.status_code == 204
    revoked = select(AuditEvent.id).where(AuditEvent.event == "member.device_revoked")
    async with runtime.reading(town.id) as db:
        line = (await db.scalars(revoked)).one()
        assert await details_of(db, AuditPayload, line) == {"device": device["name"]}
    good(await cast.ines.post(f"{town.path}/members/{alice}/erasure"))
    account = await _account(runtime, cast, "alice")
    await _erased(runtime)
    async with runtime.reading(town.id) as db:
        assert await db.get(AuditPayload, line) is None
        assert await db.get(AuditKey, account.id) is None
    verdict = await _verdict(runtime, cast)
    assert (verdict.broken, verdict.erased) == (None, 1)


async def test_a_younger_key_makes_no_tampering_of_older_lines(
    cast: Cast, runtime: Runtime
) -> None:
    actor = Actor(cast.town.id, UUID(int=1), UUID(int=2), UUID(int=3), frozenset())
    person = UUID(int=4)
    for name in ("avant", "après"):
        async with runtime.writing(cast.town.id) as db:
            await db.execute(delete(AuditKey).where(AuditKey.owner_id == person))
            seq = await authority_write(db, cast.town.id)
            record(db, actor, seq, "member.added", UUID(int=5), about=person, name=name)
    verdict = await _verdict(runtime, cast)
    assert (verdict.broken, verdict.erased) == (None, 1)


async def test_no_tablet_keeps_a_name_that_went_while_it_pulled(
    cast: Cast, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    tablet, gus = Tablet(cast, cast.bruno), str(cast.gus.member[cast.town.name])
    before = await tablet.pull()
    rows = {row["id"]: row for row in before["rows"]}
    good(await cast.gus.post("/api/erasure"))
    sign_out, pages = erase.sign_out_devices, []

    async def pulled_before(*given: Any) -> None:
        pages.append(await tablet.pull(before["cursor"]))
        await sign_out(*given)

    monkeypatch.setattr(erase, "sign_out_devices", pulled_before)
    await _erased(runtime)
    pages.append(await tablet.pull(pages[-1]["cursor"]))
    for page in pages:
        rows.update({row["id"]: row for row in page["rows"]})
    assert rows[gus]["value"]["last_name"] == "Compte effacé"


async def test_a_backup_brings_no_account_back(cast: Cast, runtime: Runtime) -> None:
    before = await _account(runtime, cast, "gus")
    async with runtime.reading() as db:
        key = (await db.get_one(AccountKey, before.id)).wrapped
        said = [
            (row.event_id, row.sealed)
            for row in await db.scalars(
                select(HostPayload).where(HostPayload.account_id == before.id)
            )
        ]
    good(await cast.gus.post("/api/erasure"))
    await _erased(runtime)
    async with runtime.writing() as db:
        account = await db.get_one(Account, before.id)
        account.email, account.last_name = before.email, before.last_name
        account.password_hash = before.password_hash
        db.add(AccountKey(account_id=before.id, wrapped=key))
        for event_id, sealed in said:
            db.add(HostPayload(event_id=event_id, account_id=before.id, sealed=sealed))
        await db.execute(delete(Erasure))
    now = datetime.now(UTC)
    assert (await restored(runtime, now)).keys == 1
    assert await erase.erase_again(runtime, now) == 1
    assert await erase.erase_again(runtime, now) == 0, "once"
    account = await _account(runtime, cast, "gus")
    assert account.email == f"{before.id}@efface.invalid"
    assert (account.last_name, account.password_hash) == ("Compte effacé", None)
    async with runtime.reading() as db:
        of_gus = select(func.count()).where(HostPayload.account_id == before.id)
        assert await db.scalar(of_gus) == 0
