"""A backup put back lost lines: the journal says so, and the rest is still held to be true."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest
from sqlalchemy import delete, select, update
from tests.cast import Cast
from tests.world import World

from cartable.audit import checkpoints
from cartable.audit.reading import details_of
from cartable.audit.signing import note_restored, sign_chains, signing_key
from cartable.audit.tables import AuditEvent, AuditPayload
from cartable.audit.verification import Break, Verdict, verify
from cartable.authorities.actions import authority_write
from cartable.runtime import Runtime
from cartable.sync.restoring import restored

pytestmark = pytest.mark.anyio


async def _verdict(runtime: Runtime, cast: Cast) -> Verdict:
    known = checkpoints.read(runtime.settings.checkpoints)
    async with runtime.reading(cast.town.id) as db:
        return await verify(db, cast.town.id, known, signing_key(runtime).public)


async def _lose(runtime: Runtime, cast: Cast, beyond: int) -> None:
    """What an older backup does: the last lines are not in it."""
    async with runtime.writing(cast.town.id) as db:
        of_town = AuditEvent.authority_id == cast.town.id
        late = AuditEvent.position > beyond
        gone = list(await db.scalars(select(AuditEvent.id).where(of_town, late)))
        await db.execute(delete(AuditPayload).where(AuditPayload.event_id.in_(gone)))
        await db.execute(delete(AuditEvent).where(of_town, late))


async def test_lost_lines_are_explained_once_the_restore_is_told(
    cast: Cast, runtime: Runtime
) -> None:
    world = World(cast, cast.town, cast.claire, cast.ines)
    before = (await _verdict(runtime, cast)).lines
    await world.sitting()
    await world.sitting()
    await sign_chains(runtime, [cast.town.id], datetime.now(UTC))
    await _lose(runtime, cast, before)
    assert (await _verdict(runtime, cast)).broken == Break(before + 1, "cut")
    await restored(runtime, datetime.now(UTC))
    told = await _verdict(runtime, cast)
    assert (told.broken, told.lines, told.signed_to) == (None, before + 1, before + 1)
    assert [(gap.first, gap.last) for gap in told.gaps] == [(before + 1, before + 2)]
    async with runtime.reading(cast.town.id) as db:
        told_by = select(AuditEvent.id).where(AuditEvent.event == "journal.restored")
        line = (await db.scalars(told_by)).one()
        said = await details_of(db, AuditPayload, line)
    assert said == {"first_lost": before + 1, "last_lost": before + 2}
    await world.sitting()
    async with runtime.writing(cast.town.id) as db:
        changed = update(AuditEvent).where(AuditEvent.event == "journal.restored")
        await db.execute(changed.values(event="sitting.edited"))
    assert (await _verdict(runtime, cast)).broken == Break(before + 1, "changed")


@pytest.mark.parametrize("nth", [1, 2, 3])
async def test_a_restore_cut_before_a_signature_is_done_again(
    cast: Cast, runtime: Runtime, monkeypatch: pytest.MonkeyPatch, nth: int
) -> None:
    world = World(cast, cast.town, cast.claire, cast.ines)
    before = (await _verdict(runtime, cast)).lines
    for _ in range(3):
        await world.sitting()
        await sign_chains(runtime, [cast.town.id, cast.other.id], datetime.now(UTC))
    await _lose(runtime, cast, before)
    calls, append = count(1), checkpoints.append

    def full(*given: Any) -> None:
        if next(calls) == nth:
            raise OSError("No space left on device")
        append(*given)

    with monkeypatch.context() as patch:
        patch.setattr(checkpoints, "append", full)
        with pytest.raises(OSError, match="space"):
            await restored(runtime, datetime.now(UTC))
    await restored(runtime, datetime.now(UTC))
    assert (await _verdict(runtime, cast)).broken is None
    async with runtime.reading() as db:
        known = checkpoints.read(runtime.settings.checkpoints)
        verdict = await verify(db, None, known, signing_key(runtime).public)
    assert verdict.broken is None


async def test_a_signature_lost_with_its_file_does_not_silence_the_next_restore(
    cast: Cast, runtime: Runtime
) -> None:
    world = World(cast, cast.town, cast.claire, cast.ines)
    await restored(runtime, datetime.now(UTC))
    told = (await _verdict(runtime, cast)).lines
    runtime.settings.checkpoints.unlink()
    for _ in range(3):
        await world.sitting()
        await sign_chains(runtime, [cast.town.id], datetime.now(UTC))
    await _lose(runtime, cast, told + 2)
    await restored(runtime, datetime.now(UTC))
    verdict = await _verdict(runtime, cast)
    assert (verdict.broken, verdict.lines, verdict.signed_to) == (None, told + 3, told + 3)
    lost = [(gap.first, gap.last) for gap in verdict.gaps]
    assert lost == [(told + 3, told + 3)], "what was signed before is still held to be true"


async def test_a_restore_that_was_not_signed_is_signed_by_a_later_one(
    cast: Cast, runtime: Runtime
) -> None:
    world = World(cast, cast.town, cast.claire, cast.ines)
    before = (await _verdict(runtime, cast)).lines
    for _ in range(2):
        await world.sitting()
        await sign_chains(runtime, [cast.town.id], datetime.now(UTC))
    await _lose(runtime, cast, before)
    async with runtime.writing() as db:
        seq = await authority_write(db, cast.town.id)
        known = checkpoints.read(runtime.settings.checkpoints)
        await note_restored(db, cast.town.id, seq, known)
    for _ in range(3):
        await world.sitting()
    await sign_chains(runtime, [cast.town.id], datetime.now(UTC))
    assert (await _verdict(runtime, cast)).broken == Break(before + 1, "rebuilt")
    await restored(runtime, datetime.now(UTC))
    assert (await _verdict(runtime, cast)).broken is None
