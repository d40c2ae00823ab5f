"""Two deeds that speak of the same person at once, in an authority and in the host's chain."""

import asyncio
from uuid import UUID

import pytest
from sqlalchemy import select, text
from tests.cast import Cast

from cartable.actor import Actor
from cartable.audit.actions import record, record_for_account
from cartable.audit.reading import details_of
from cartable.audit.tables import HostEvent, HostPayload
from cartable.authorities.actions import authority_write
from cartable.database import uuid7
from cartable.runtime import Runtime

pytestmark = [pytest.mark.anyio, pytest.mark.postgresql]
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'"


async def _enters(runtime: Runtime, person: UUID) -> None:
    async with runtime.writing() as db:
        await record_for_account(db, person, None, "account.signed_in", method="password")


async def test_a_key_being_made_is_not_waited_for_with_the_host_s_chain_in_hand(
    cast: Cast, runtime: Runtime
) -> None:
    person = uuid7()
    actor = Actor(cast.town.id, uuid7(), uuid7(), uuid7(), frozenset())
    async with runtime.writing(cast.town.id) as db:
        seq = await authority_write(db, cast.town.id)
        record(db, actor, seq, "member.device_revoked", about=person, device="Tablette")
        await db.flush()
        entering = asyncio.create_task(_enters(runtime, person))
        while not await db.scalar(text(WAITING)):
            assert not entering.done(), "it should wait for the key"
            await asyncio.sleep(0.02)
        await record_for_account(db, person, None, "account.signed_out", device="Tablette")
    await entering
    of_person = select(HostEvent.id, HostEvent.event).where(HostEvent.account_id == person)
    async with runtime.reading() as db:
        said = [
            (row.event, await details_of(db, HostPayload, row.id))
            for row in await db.execute(of_person.order_by(HostEvent.position))
        ]
    assert said == [
        ("account.signed_out", {"device": "Tablette"}),
        ("account.signed_in", {"method": "password"}),
    ]
