"""The master key's life: where it comes from, changing it, and the end of an account's key."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, text

from cartable import jobs, revocations
from cartable.accounts.access import account_key
from cartable.accounts.keys import destroy_key
from cartable.accounts.rules import Revoked
from cartable.accounts.tables import AccountKey
from cartable.audit.tables import HostEvent
from cartable.authorities.actions import hold
from cartable.keys import (
    MasterKey,
    ServerSecret,
    add_key,
    drop_old_key,
    key_file,
    open_master_key,
    read_key_file,
)
from cartable.members.actions.devices import key_share
from cartable.notifications.identity import make_identity
from cartable.rotation import master_sealed, renew_all, rotate
from cartable.runtime import Runtime, open_runtime
from cartable.schema import metadata
from cartable.sealing import Key, SealBroken, Sealed
from cartable.settings import Settings, WrongSetting
from cartable.sync import hints
from cartable.sync.restoring import restored
from tests.cast import Cast
from tests.desk import code
from tests.pushing import piece, two_tablets

pytestmark = pytest.mark.anyio
BY_ACCOUNT = {
    "annotation.body", "vote_intention.body", "reading_state.body", "mutation.body",
    "mutation.result", "push_subscription.sealed", "code_secret.sealed",
    # By the key of an authority or of an account, which the master key wraps (`audit_key`).
    "audit_payload.sealed", "host_payload.sealed",
}  # fmt: skip
secrets = st.binary(min_size=32, max_size=32)


@given(st.lists(secrets, min_size=1, max_size=3, unique=True), st.binary(max_size=99))
def test_the_key_in_force_seals_and_all_those_given_open(held: list[bytes], plain: bytes) -> None:
    ring = MasterKey(held)
    assert Key(held[0]).open(ring.seal(plain, "p"), "p") == plain
    for secret in held:
        sealed = Key(secret).seal(plain, "p")
        assert ring.open(sealed, "p") == plain
        again = ring.renewed(sealed, "p")
        assert (again is None) == (secret == held[0])
        if again is not None:
            assert Key(held[0]).open(again, "p") == plain
            assert ring.renewed(again, "p") is None
        with pytest.raises(SealBroken):
            ring.renewed(sealed, "elsewhere")
    with pytest.raises(SealBroken):
        ring.open(Key(bytes(31) + b"!").seal(plain, "p"), "p")


@given(secrets, secrets)
def test_a_fingerprint_names_a_key_and_shows_nothing_of_it(one: bytes, other: bytes) -> None:
    named = Key(one).fingerprint
    assert (named == Key(other).fingerprint) == (one == other)
    assert len(named) == 16
    assert named not in one.hex()


def test_every_sealed_column_says_whose_key_seals_it() -> None:
    sealed = {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, Sealed)
    }
    by_master = {place.name for place in master_sealed()}
    assert by_master & BY_ACCOUNT == set()
    assert sealed == by_master | BY_ACCOUNT


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("false", "a échoué"),
        ("/nowhere/vault read", "ne peut pas être lancée"),
        ("echo hunter2", "64 chiffres"),
        ("sleep 60", "pas de réponse"),
        ("unclosed 'quote", "ne peut pas être lancée"),
    ],
)
def test_a_key_service_that_fails_is_told_without_its_words(
    command: str, said: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("cartable.keys.PATIENCE", 0.3)
    with pytest.raises(WrongSetting) as refused:
        open_master_key(Settings(data=tmp_path, master_key_command=command))
    assert said in str(refused.value)
    assert "hunter2" not in str(refused.value)


def test_a_key_service_gives_the_key(tmp_path: Path) -> None:
    master = open_master_key(Settings(data=tmp_path, master_key_command=f"echo {'0f' * 32}"))
    assert master.fingerprint == Key(b"\x0f" * 32).fingerprint
    assert not (tmp_path / "keys").exists()


def test_a_key_that_everybody_can_read_is_refused(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    open_master_key(settings)
    key_file(settings).chmod(0o644)
    with pytest.raises(WrongSetting, match="chmod 600"):
        open_master_key(settings)


def test_a_file_caught_unreadable_is_read_again(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    master, path = open_master_key(settings), key_file(settings)
    old, new = master.fingerprint, "0f" * 32
    other = tmp_path / "other"
    other.write_text(new)
    other.chmod(0o644)
    other.rename(path)
    assert master.fingerprint == old, "as long as it cannot be trusted"
    path.chmod(0o600)
    assert master.fingerprint == Key(bytes.fromhex(new)).fingerprint


@pytest.mark.postgresql
async def test_a_job_that_ends_meanwhile_is_not_sealed_again(runtime: Runtime) -> None:
    sealed = Key(b"\x09" * 32).seal(b"secret", "job.body:x")
    async with runtime.writing() as db:
        body = {"sealed": b64encode(sealed).decode()}
        await jobs.enqueue(db, "test.x", body, due_at=datetime.now(UTC))
    ring = MasterKey([bytes(32), b"\x09" * 32])
    async with runtime.writing() as db:
        await db.execute(delete(jobs.Job).where(jobs.Job.name == "test.x"))
        renewing = asyncio.create_task(renew_all(replace(runtime, master_key=ring)))
        waits = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
        for _ in range(250):
            if await db.scalar(waits) or renewing.done():
                break
            await asyncio.sleep(0.02)
    await renewing


async def test_a_database_refuses_another_key(runtime: Runtime) -> None:
    settings = runtime.settings
    other = replace(settings, master_key="0f" * 32)
    with pytest.raises(WrongSetting) as refused:
        async with open_runtime(other):
            pass
    assert Key(b"\x0f" * 32).fingerprint in str(refused.value)
    assert runtime.master_key.fingerprint in str(refused.value)


async def _everything(cast: Cast, runtime: Runtime, do_jobs: Any) -> tuple[Any, str, str]:
    """Something in each column that the master key seals; a tablet, its share, a keyed hash."""
    on = await piece(cast, do_jobs)
    one, _ = await two_tablets(cast)
    await one.did(one.note(on, "une note"))
    share = (await one.person.post(f"{cast.town.path}/device/share")).json()["share"]
    await make_identity(runtime)
    return one, share, runtime.master_key.digest("purpose", "message")


async def _readable(runtime: Runtime, cast: Cast, one: Any, share: str, digest: str) -> None:
    """All of it opens with the key in force alone."""
    settings, path = runtime.settings, key_file(runtime.settings)
    alone = MasterKey(read_key_file(path)[:1])
    async with runtime.reading() as db:
        for row in await db.scalars(select(AccountKey)):
            assert len(alone.open(row.wrapped, f"account_key:{row.account_id}")) == 32
        for secret in await db.scalars(select(ServerSecret)):
            alone.open(secret.sealed, f"server_secret.sealed:{secret.name}")
    assert [row["mark"]["text"] for row in (await one.values("annotation")).values()] == [
        "une note"
    ]
    again = await one.person.post(f"{cast.town.path}/device/share")
    assert again.json()["share"] == share
    assert runtime.master_key.digest("purpose", "message") == digest
    async with open_runtime(settings) as fresh:
        assert fresh.master_key.digest("purpose", "message") == digest


async def test_a_change_of_key_renews_everything_while_the_server_runs(
    cast: Cast, runtime: Runtime, do_jobs: Any
) -> None:
    one, share, digest = await _everything(cast, runtime, do_jobs)
    path = key_file(runtime.settings)
    old = read_key_file(path)
    add_key(path)
    add_key(path)
    assert len(read_key_file(path)) == 2, "begun again, it goes on with the same new key"
    assert read_key_file(path)[1:] == old
    await one.did(one.note(await piece(cast, do_jobs), "pendant"))
    async with open_runtime(runtime.settings) as worker:
        done = await rotate(worker, settles=0)
        assert done.done > 5
        assert done.broken == 0
        assert (await renew_all(worker)).done == 0
        assert await _rotations(worker) == 1
    aside = drop_old_key(path)
    assert aside is not None
    assert read_key_file(aside) == old
    assert aside.stat().st_mode & 0o077 == 0
    assert not runtime.master_key.is_changing, "the process that runs has followed"
    with pytest.raises(SealBroken):
        runtime.master_key.open(Key(old[0]).seal(b"x", "p"), "p")
    async with runtime.reading() as db:
        secret = await db.get_one(ServerSecret, "digests")
    assert secret.fingerprint == runtime.master_key.fingerprint
    texts = [row["mark"]["text"] for row in (await one.values("annotation")).values()]
    assert sorted(texts) == ["pendant", "une note"]
    assert (await one.person.post(f"{cast.town.path}/device/share")).json()["share"] == share
    assert runtime.master_key.digest("purpose", "message") == digest


CHANGE = """
import asyncio, sys
from pathlib import Path
from cartable import rotation
from cartable.keys import add_key, key_file
from cartable.runtime import open_runtime
from cartable.settings import load_settings

rotation.AT_ONCE = 1

async def change() -> None:
    settings = load_settings()
    add_key(key_file(settings))
    async with open_runtime(settings) as runtime:
        print("begun", flush=True)
        await rotation.rotate(runtime, settles=0)
    print("done", flush=True)

asyncio.run(change())
"""


def _change(settings: Settings) -> subprocess.Popen[str]:
    told = {
        "CARTABLE_DATA": str(settings.data),
        "CARTABLE_DATABASE": settings.database_url,
        "PATH": os.environ["PATH"],
    }
    return subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(CHANGE)],
        env=told, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip


@pytest.fixture
def pauses() -> Iterator[float]:
    """Ever longer moments until a kill."""
    return iter(0.004 * 1.7**n for n in range(12))


async def test_a_change_of_key_goes_on_after_kill_9(
    cast: Cast, runtime: Runtime, do_jobs: Any, pauses: Iterator[float]
) -> None:
    one, share, digest = await _everything(cast, runtime, do_jobs)
    killed, said = 0, ""
    for pause in pauses:
        process = _change(runtime.settings)
        assert process.stdout is not None
        assert process.stdout.readline() == "begun\n"
        await asyncio.sleep(pause)
        process.send_signal(signal.SIGKILL)
        said = await asyncio.to_thread(process.stdout.read)
        process.wait()
        if said:
            break
        killed += 1
        texts = [row["mark"]["text"] for row in (await one.values("annotation")).values()]
        assert texts == ["une note"], "both keys open in the middle of it"
    if not said:
        process = _change(runtime.settings)
        assert process.wait(timeout=60) == 0
    assert killed > 0
    drop_old_key(key_file(runtime.settings))
    await _readable(runtime, cast, one, share, digest)


async def test_what_another_key_sealed_is_counted_and_left(cast: Cast, runtime: Runtime) -> None:
    alice = (await cast.alice.get("/api/me")).json()["account"]["id"]
    async with runtime.writing() as db:
        row = await db.get_one(AccountKey, UUID(alice))
        row.wrapped = Key(b"\x09" * 32).seal(bytes(32), f"account_key:{alice}")
    add_key(key_file(runtime.settings))
    async with open_runtime(runtime.settings) as worker:
        assert (await rotate(worker, settles=0)).broken == 1
        assert await _rotations(worker) == 0, "it is not done"


async def _rotations(runtime: Runtime) -> int:
    async with runtime.reading() as db:
        lines = select(func.count(HostEvent.id)).where(HostEvent.event == "master_key.rotated")
        return await db.scalar(lines) or 0


async def test_a_destroyed_key_makes_noise_of_notes_and_never_a_fault(
    cast: Cast, runtime: Runtime, do_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hints, "OPEN_FOR", 0)  # a stream ends as soon as it has begun
    on = await piece(cast, do_jobs)
    one, _ = await two_tablets(cast)
    await one.did(one.note(on, "à oublier"))
    account = UUID((await one.person.get("/api/me")).json()["account"]["id"])
    late = one.note(on, "trop tard")
    async with runtime.writing() as db:
        assert await destroy_key(db, account, datetime.now(UTC))
    async with runtime.writing() as db:
        assert not await destroy_key(db, account, datetime.now(UTC)), "again changes nothing"
    async with runtime.reading() as db:
        with pytest.raises(Revoked):
            await account_key(db, runtime.master_key, account)
    pulled = await one.person.post(f"{cast.town.path}/sync/pull", {})
    assert code(pulled) == (403, "revoked"), "the tablet erases itself"
    assert code(await one.send(late)) == (403, "revoked")
    document = (await one.person.get("/api/openapi.json")).json()
    for path, methods in document["paths"].items():
        if "get" in methods and path.count("{") == path.count("{authority_id"):
            answer = await one.person.get(path.format(authority_id=cast.town.id))
            assert answer.status_code < 500, path
    taken = revocations.read(runtime.settings.revocations)
    assert set(taken.accounts) == {account}
    async with runtime.writing() as db:
        wrapped = runtime.master_key.seal(bytes(32), f"account_key:{account}")
        db.add(AccountKey(account_id=account, wrapped=wrapped))
    assert (await restored(runtime, datetime.now(UTC))).keys == 1, "a backup gives nothing back"
    async with runtime.reading() as db:
        count = select(func.count()).where(AccountKey.account_id == account)
        assert await db.scalar(count) == 0


async def test_a_share_is_one_per_device_and_goes_with_it(cast: Cast, runtime: Runtime) -> None:
    town, device = cast.town, (await cast.alice.get("/api/me")).json()["device"]["id"]
    first = (await cast.alice.post(f"{town.path}/device/share")).json()["share"]
    assert (await cast.alice.post(f"{town.path}/device/share")).json()["share"] == first
    assert (await cast.bruno.post(f"{town.path}/device/share")).json()["share"] != first
    alice = cast.alice.member[town.name]
    gone = await cast.ines.post(f"{town.path}/members/{alice}/devices/{device}/revoke")
    assert gone.status_code == 204
    refused = await cast.alice.post(f"{town.path}/device/share")
    assert refused.status_code in (401, 404)
    async with runtime.writing() as db:
        await hold(db, UUID(str(town.id)))
        another = await key_share(db, runtime.master_key, UUID(str(town.id)), UUID(device))
    assert another != first, "the old one was destroyed"
