"""Two authorities that change the same people at once: one waits for the other."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, text
from tests.cast import Cast
from tests.members.test_administration import PAST
from tests.members.test_import import HEADER, members, preview, take
from tests.world import good

from cartable.accounts.tables import Account
from cartable.members.actions.alone import account_alone
from cartable.runtime import Runtime

pytestmark = [pytest.mark.anyio, pytest.mark.postgresql]
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'transactionid'"


async def _accounts(runtime: Runtime, *emails: str) -> list[tuple[UUID, str]]:
    """Ids and addresses, in the order of the ids."""
    which = select(Account.id, Account.email).where(Account.email.in_(emails))
    async with runtime.reading() as db:
        return [(row.id, row.email) for row in await db.execute(which.order_by(Account.id))]


async def _crosses(runtime: Runtime, deed: Any, low: UUID, high: UUID) -> Any:
    """Do a deed while another one, which has the first account, comes to ask for the second."""
    async with runtime.writing() as db:
        await account_alone(db, low)
        doing = asyncio.create_task(deed)
        while not await db.scalar(text(WAITING)):
            assert not doing.done(), "it should wait for the account"
            await asyncio.sleep(0.02)
        await account_alone(db, high)
    return await doing


async def test_a_mandate_ends_in_the_order_of_accounts(cast: Cast, runtime: Runtime) -> None:
    (low, _), (high, late) = await _accounts(
        runtime, "bruno@staubin.example", "paul@staubin.example"
    )
    path, listed = cast.town.path, await members(cast)
    seat = listed[late]["seats"][0]["id"]
    for line in listed.values():
        for one in line["seats"]:
            good(
                await cast.ines.patch(f"{path}/seats/{one['id']}", {"rank": int(one["id"] != seat)})
            )
    mandate = f"{path}/assemblies/{cast.town.assemblies['council']}/mandate"
    losses = good(await cast.ines.get(f"{mandate}?last_day={PAST}"))
    assert losses[0]["seat_id"] == seat, "it would take the other account first"
    order = {"last_day": PAST, "deactivates": True, "seats": [one["seat_id"] for one in losses]}
    ended = await _crosses(runtime, cast.ines.post(f"{mandate}/end", order), low, high)
    assert good(ended)["deactivated"] == 2


async def test_an_import_writes_in_the_order_of_accounts(cast: Cast, runtime: Runtime) -> None:
    (low, early), (high, late) = await _accounts(
        runtime, "carla@breuil.example", "irma@breuil.example"
    )
    file = f"{HEADER}\nA;B;{late};;Élue;;;;;;\nC;D;{early};;Élue;;;;;;\n"
    shown = await preview(cast, file)
    done = await _crosses(runtime, take(cast, file, shown, invites=False), low, high)
    assert good(done)["added"] == 2
