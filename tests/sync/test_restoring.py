"""A backup of the database put back: tablets give back what it lacks, nobody gets back what was
taken away."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import delete, update

from cartable import revocations
from cartable.accounts.tables import Device
from cartable.annotations.tables import Annotation
from cartable.authorities.tables import AuthorityHead
from cartable.members.tables import Member
from cartable.mutations.tables import Mutation
from cartable.runtime import Runtime
from cartable.sync.restoring import Restored, restored
from tests.cast import Cast
from tests.desk import Desk, code
from tests.pushing import Tablet, piece, two_tablets

pytestmark = pytest.mark.anyio


async def _backup_lacks(runtime: Runtime, mid: str, entity: str, seq: int) -> None:
    """The database as it was before one mutation."""
    async with runtime.writing() as db:
        await db.execute(delete(Mutation).where(Mutation.id == UUID(mid)))
        await db.execute(delete(Annotation).where(Annotation.id == UUID(entity)))
        await db.execute(update(AuthorityHead).values(seq=seq))


async def test_tablets_give_back_what_the_backup_lacks(
    cast: Cast, do_jobs: Any, runtime: Runtime
) -> None:
    on = await piece(cast, do_jobs)
    one, two = await two_tablets(cast)
    kept, lost = one.note(on, "avant"), one.note(on, "après la sauvegarde")
    await one.did(kept)
    before = await one.pull()
    await one.did(lost)
    after = await one.pull(before["cursor"], holding=[lost["mid"]])
    assert after["held"] == [lost["mid"]]
    seen = [row["seq"] for row in after["rows"]]
    await _backup_lacks(runtime, lost["mid"], lost["entity"], min(seen) - 1)
    now = datetime.now(UTC)
    assert await restored(runtime, now) == Restored(2, 0, 0)
    assert code(await one.send(one.put(on))) == (409, "epoch_changed")
    answer = await one.pull(after["cursor"], holding=[kept["mid"], lost["mid"]])
    assert answer["reset"]
    assert answer["epoch"] != before["epoch"]
    assert answer["held"] == [kept["mid"]], "the tablet pushes the other one again"
    one.epoch = answer["epoch"]
    await one.did(kept, lost)
    assert set(await two.rows("annotation")) == {kept["entity"], lost["entity"]}
    assert await two.seq("annotation", lost["entity"]) > int(now.timestamp() * 1000)
    # The clock of a second restore may be behind: numbers still never come twice.
    async with runtime.reading() as db:
        high = (await db.get_one(AuthorityHead, UUID(str(cast.town.id)))).seq
    await restored(runtime, now - timedelta(days=9))
    async with runtime.reading() as db:
        assert (await db.get_one(AuthorityHead, UUID(str(cast.town.id)))).seq > high


async def test_what_was_taken_away_stays_so(cast: Cast, runtime: Runtime) -> None:
    lost = await cast.sign_in("bruno@staubin.example", name="bruno")
    assert (await cast.bruno.post("/api/devices/sign-out-others")).is_success
    gus, paul = (cast.people[name].member[cast.town.name] for name in ("gus", "paul"))
    for path in (f"{gus}/deactivate", f"{paul}/deactivate", f"{paul}/reactivate"):
        assert (await cast.ines.post(f"{cast.town.path}/members/{path}")).is_success
    closed = len(revocations.read(runtime.settings.revocations).devices)
    async with runtime.writing() as db:
        await db.execute(update(Device).values(signed_out_at=None))
        await db.execute(update(Member).values(deactivated_at=None))
    assert (await lost.get("/api/me")).status_code == 200, "as the backup has it"
    done = await restored(runtime, datetime.now(UTC))
    assert done == Restored(2, closed, 1)
    assert closed >= 2, "gus lost the only membership, so the device too"
    assert code(await lost.get("/api/me")) == (401, "device_signed_out")
    assert (await cast.bruno.get("/api/me")).status_code == 200
    members = {m["id"]: m for m in (await cast.ines.get(f"{cast.town.path}/members")).json()}
    assert members[str(gus)]["deactivated_at"]
    assert members[str(paul)]["deactivated_at"] is None
    assert await restored(runtime, datetime.now(UTC)) == Restored(2, 0, 0)


async def test_a_refused_deed_leaves_no_line(cast: Cast, runtime: Runtime) -> None:
    ines = (await cast.ines.get("/api/me")).json()["memberships"][0]["member_id"]
    refused = await cast.ines.post(f"{cast.town.path}/members/{ines}/deactivate")
    assert code(refused) == (409, "last_administrator")
    assert not runtime.settings.revocations.exists()
    tablet = Tablet(cast, cast.alice)
    await tablet.send()
    assert await Desk(cast).sitting()
    assert not runtime.settings.revocations.exists()


def test_lines_are_read_as_they_were_left(tmp_path: Path) -> None:
    path, now = tmp_path / "revocations.jsonl", datetime(2026, 11, 21, tzinfo=UTC)
    device, member, back = uuid4(), uuid4(), uuid4()
    assert revocations.read(path) == ({}, {}, {}, {})
    info: dict[str, Any] = {}
    revocations.note(info, "device_signed_out", device, now)
    revocations.note(info, "membership_ended", member, now)
    revocations.note(info, "membership_ended", back, now)
    revocations.append(path, info["revoked"])
    later = now + timedelta(days=1)
    lines = [revocations.Line(later, "membership_opened", back)]
    revocations.append(path, [*lines, revocations.Line(later, "membership_ended", member)])
    revocations.append(path, [revocations.Line(later, "device_signed_out", device)])
    with path.open("ab") as file:
        file.write(b'\n{"at":"2026-11-2')
    assert revocations.read(path)[:2] == ({device: now}, {member: later})
    revocations.append(path, [revocations.Line(later, "membership_ended", back)])
    assert revocations.read(path)[:2] == ({device: now}, {member: later, back: later})
    assert path.stat().st_mode & 0o077 == 0
