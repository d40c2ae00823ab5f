"""After a backup of the database was put back: what the tablets and the journal know better."""

from datetime import datetime
from typing import NamedTuple
from uuid import uuid4

from sqlalchemy import select

from cartable import revocations
from cartable.accounts.actions import sign_out_again
from cartable.accounts.keys import destroy_keys_again
from cartable.audit import checkpoints
from cartable.audit.signing import note_host_restored, note_restored, sign_restored
from cartable.authorities.actions import begin_epoch
from cartable.authorities.tables import Authority
from cartable.members.actions.devices import take_back_again
from cartable.members.actions.people import end_memberships_again
from cartable.runtime import Runtime


class Restored(NamedTuple):
    """How many authorities began an epoch; what was taken away again: devices signed out,
    memberships ended, authorities taken from a device, keys destroyed."""

    authorities: int
    devices: int
    memberships: int
    copies: int = 0
    keys: int = 0


async def restored(runtime: Runtime, now: datetime) -> Restored:
    """Begin an epoch of every authority, and take away again what the backup gave back.

    With the new epoch each tablet scans its view again and gives back what the backup had not. Its
    numbers start above every one ever given (Unix milliseconds). Doing it twice is harmless,
    and goes on with what a kill has left.
    """
    taken = revocations.read(runtime.settings.revocations)
    known = checkpoints.read(runtime.settings.checkpoints)
    async with runtime.writing() as db:
        await note_host_restored(db, known)
        devices = await sign_out_again(db, taken.devices)
        keys = await destroy_keys_again(db, taken.accounts)
    await sign_restored(runtime, None, now)
    async with runtime.reading() as db:
        authorities = list(await db.scalars(select(Authority.id).order_by(Authority.id)))
    memberships = copies = 0
    for authority_id in authorities:
        async with runtime.writing() as db:
            seq = await begin_epoch(db, authority_id, uuid4(), now)
            await note_restored(db, authority_id, seq, known)
            memberships += await end_memberships_again(db, authority_id, seq, taken.members)
            copies += await take_back_again(db, authority_id, taken.copies)
        await sign_restored(runtime, authority_id, now)
    return Restored(len(authorities), devices, memberships, copies, keys)
