"""Taking an authority from one device: at once, from it alone, seen to the end, and for good."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, update
from tests.cast import Cast, Person
from tests.desk import code
from tests.pushing import piece, two_tablets
from tests.world import good

from cartable import revocations
from cartable.audit.tables import AuditEvent
from cartable.authorities.actions import hold
from cartable.members.rules import copy_state
from cartable.members.tables import DeviceCopy
from cartable.runtime import Runtime
from cartable.sync.restoring import restored

pytestmark = pytest.mark.anyio
moments = st.none() | st.datetimes(timezones=st.just(UTC))


@given(moments, moments, moments)
def test_what_was_said_before_the_loss_does_not_count(
    taken: datetime | None, seen: datetime | None, wiped: datetime | None
) -> None:
    state = copy_state(taken, seen, wiped)
    assert (state == "held") == (taken is None)
    if taken is not None:
        later = [at is not None and at >= taken for at in (wiped, seen)]
        assert state == ("wiped" if later[0] else "leaving" if later[1] else "unseen")


async def _me(person: Person) -> Any:
    return good(await person.get("/api/me"))


def _devices(cast: Cast, name: str) -> str:
    return f"{cast.town.path}/members/{cast.people[name].member[cast.town.name]}/devices"


async def _state(cast: Cast, name: str, device: str) -> Any:
    lines = good(await cast.ines.get(_devices(cast, name)))
    return next(line for line in lines if line["device_id"] == device)


async def _wipe(cast: Cast, device: str, proof: str, town: Any = None) -> int:
    http = cast.browser()
    path = f"{(town or cast.town).path}/devices/{device}/wiped"
    answer = await http.post(path, json={"proof": proof})
    await http.aclose()
    return answer.status_code


async def test_a_lost_tablet_of_one_authority(cast: Cast, do_jobs: Any, runtime: Runtime) -> None:
    on = await piece(cast, do_jobs)
    one, two = await two_tablets(cast)
    me = await _me(one.person)
    device = me["device"]["id"]
    await one.pull()
    assert (await _state(cast, "alice", device))["state"] == "held"
    assert (await cast.ines.post(f"{_devices(cast, 'alice')}/{device}/revoke")).status_code == 204
    line = await _state(cast, "alice", device)
    assert (line["state"], line["seen_at"], line["wiped_at"]) == ("unseen", None, None)
    assert code(await one.person.get("/api/me")) == (401, "device_signed_out")
    file = await one.person.get(f"{cast.town.path}/files/{on.sha256}")
    assert file.status_code == 401, "the next request is refused"
    pulled = good(await one.person.post(f"{cast.town.path}/sync/pull", {}))
    assert pulled["rows"] == []
    assert await one.push(one.note(on, "écrit avant")) == [("parked", "device_signed_out")]
    assert (await _state(cast, "alice", device))["state"] == "leaving"
    assert await _wipe(cast, device, me["wipe_proof"]) == 204
    line = await _state(cast, "alice", device)
    assert line["state"] == "wiped"
    assert await _wipe(cast, device, me["wipe_proof"]) == 204, "a lost answer is said again"
    assert (await _state(cast, "alice", device))["wiped_at"] == line["wiped_at"]
    async with runtime.reading() as db:
        lines = await db.scalars(
            select(AuditEvent.event).where(AuditEvent.authority_id == cast.town.id)
        )
        told = lines.all()
        assert [told.count(f"member.device_{deed}") for deed in ("revoked", "wiped")] == [1, 1]
    again = await cast.ines.post(f"{_devices(cast, 'alice')}/{device}/revoke")
    assert again.status_code == 204
    assert (await _me(two.person))["memberships"], "her other devices read on"


async def test_one_of_two_authorities(cast: Cast, runtime: Runtime) -> None:
    town, other = cast.town, cast.other
    me = await _me(cast.paul)
    device = me["device"]["id"]
    assert len(me["memberships"]) == 2
    for place in (town, other):
        assert good(await cast.paul.post(f"{place.path}/sync/pull", {}))["rows"]
    assert (await cast.ines.post(f"{_devices(cast, 'paul')}/{device}/revoke")).status_code == 204
    now = await _me(cast.paul)
    assert [one["authority"]["id"] for one in now["memberships"]] == [str(other.id)]
    assert good(await cast.paul.post(f"{town.path}/sync/pull", {}))["rows"] == []
    assert (await cast.paul.get(f"{town.path}/sync/head")).status_code == 404
    assert good(await cast.paul.post(f"{other.path}/sync/pull", {}))["rows"], "it keeps this one"
    own = {
        line["authority_id"]: line["state"]
        for line in good(await cast.paul.get("/api/devices/copies"))
        if line["device_id"] == device
    }
    assert own == {str(town.id): "leaving", str(other.id): "held"}
    member = cast.paul.member[other.name]
    theirs = good(await cast.irma.get(f"{other.path}/members/{member}/devices"))
    assert {line["authority_id"] for line in theirs} == {str(other.id)}
    assert all(line["state"] == "held" for line in theirs), "they learn nothing of it"
    fresh = await cast.sign_in("paul@staubin.example")
    assert len((await _me(fresh))["memberships"]) == 2, "signing in again is a new device"
    taken = revocations.read(runtime.settings.revocations)
    assert set(taken.copies) == {(UUID(device), UUID(str(town.id)))}
    assert UUID(device) not in taken.devices


async def test_a_backup_gives_no_tablet_back(cast: Cast, runtime: Runtime) -> None:
    device = (await _me(cast.paul))["device"]["id"]
    good(await cast.ines.post(f"{_devices(cast, 'paul')}/{device}/revoke"))
    async with runtime.writing() as db:
        await hold(db, UUID(str(cast.town.id)))
        await db.execute(
            delete(DeviceCopy).where(DeviceCopy.authority_id == UUID(str(cast.town.id)))
        )
    assert len((await _me(cast.paul))["memberships"]) == 2, "as the backup has it"
    assert (await restored(runtime, datetime.now(UTC))).copies == 1
    assert len((await _me(cast.paul))["memberships"]) == 1
    assert (await restored(runtime, datetime.now(UTC))).copies == 0


async def test_after_thirty_days_it_is_told_so(cast: Cast, runtime: Runtime) -> None:
    me = await _me(cast.paul)
    device = me["device"]["id"]
    good(await cast.ines.post(f"{_devices(cast, 'paul')}/{device}/revoke"))
    async with runtime.writing() as db:
        await hold(db, UUID(str(cast.town.id)))
        await db.execute(
            update(DeviceCopy)
            .where(DeviceCopy.authority_id == UUID(str(cast.town.id)))
            .values(revoked_at=datetime.now(UTC) - timedelta(days=31))
        )
    assert code(await cast.paul.post(f"{cast.town.path}/sync/pull", {})) == (403, "revoked")
    assert await _wipe(cast, device, me["wipe_proof"]) == 204, "it can still say that it is empty"
    assert (await _state(cast, "paul", device))["state"] == "wiped"


async def test_an_ended_member_s_devices_are_seen_to_the_end(cast: Cast) -> None:
    me = await _me(cast.gus)
    device, gus = me["device"]["id"], cast.gus.member[cast.town.name]
    good(await cast.ines.post(f"{cast.town.path}/members/{gus}/deactivate"))
    assert (await _state(cast, "gus", device))["state"] == "unseen"
    assert await _wipe(cast, device, me["wipe_proof"]) == 204
    assert (await _state(cast, "gus", device))["state"] == "wiped"


async def test_a_word_that_comes_late_leaves_its_share_to_a_device_that_is_back(
    cast: Cast,
) -> None:
    """The membership was opened again before the tablet could say that it was empty."""
    me = await _me(cast.paul)
    device = me["device"]["id"]
    paul = f"{cast.town.path}/members/{cast.paul.member[cast.town.name]}"
    share = f"{cast.town.path}/device/share"
    good(await cast.ines.post(f"{paul}/deactivate"))
    good(await cast.ines.post(f"{paul}/reactivate"))
    before = good(await cast.paul.post(share))
    assert await _wipe(cast, device, me["wipe_proof"]) == 204
    assert good(await cast.paul.post(share)) == before
    good(await cast.ines.post(f"{_devices(cast, 'paul')}/{device}/revoke"))
    assert (await cast.paul.post(share)).status_code == 404


async def test_who_may_and_what_is_believed(cast: Cast) -> None:
    device = (await _me(cast.alice))["device"]["id"]
    alice = _devices(cast, "alice")
    for person in (cast.claire, cast.alice, cast.bruno):
        assert code(await person.get(alice)) == (403, "role_missing")
        assert code(await person.post(f"{alice}/{device}/revoke")) == (403, "role_missing")
    for person in (cast.irma, cast.carla):
        assert (await person.get(alice)).status_code == 404
        assert (await person.post(f"{alice}/{device}/revoke")).status_code == 404
    bruno = (await _me(cast.bruno))["device"]["id"]
    wrong = await cast.ines.post(f"{alice}/{bruno}/revoke")
    assert wrong.status_code == 404, "a device of somebody else"
    proof = (await _me(cast.alice))["wipe_proof"]
    assert await _wipe(cast, device, "0" * 64) == 404
    assert await _wipe(cast, bruno, proof) == 404
    assert await _wipe(cast, device, proof, cast.other) == 404, "it never had that authority"
    # Who is only invited somewhere has nothing there to erase, and writes no line there.
    new = {"first_name": "Alice", "last_name": "Nom", "email": "alice@staubin.example",
           "roles": ["councillor"]}  # fmt: skip
    good(await cast.irma.post(f"{cast.other.path}/members", new))
    assert await _wipe(cast, device, proof, cast.other) == 404
    assert (await _state(cast, "alice", device))["state"] == "held"


async def test_a_proof_of_any_letters_is_refused(cast: Cast) -> None:
    device = good(await cast.alice.get("/api/me"))["device"]["id"]
    path = f"{cast.town.path}/devices/{device}/wiped"
    for letter in ("0", "é", "\U0001f600"):
        assert (await cast.alice.post(path, {"proof": letter * 64})).status_code == 404
