"""Sealing: what is sealed opens at its own place with its own key, and nowhere else."""

import multiprocessing
import os
import stat
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, insert, select
from sqlalchemy.exc import StatementError

from cartable.accounts.tables import AccountKey
from cartable.keys import open_master_key
from cartable.runtime import Runtime
from cartable.sealing import (
    Key,
    SealBroken,
    Sealed,
    SealedBytes,
    new_account_key,
    open_account_key,
)
from cartable.settings import Settings
from tests.cast import Cast

KEY = Key(bytes(range(32)))
OTHER = Key(bytes(range(1, 33)))


@given(st.binary(max_size=300), st.text(max_size=40))
def test_what_is_sealed_opens(plain: bytes, place: str) -> None:
    assert KEY.open(KEY.seal(plain, place), place) == plain


@given(st.binary(min_size=8, max_size=100))
def test_sealed_bytes_do_not_show_the_plain_ones(plain: bytes) -> None:
    sealed = KEY.seal(plain, "note.body:1")
    assert plain not in sealed
    assert sealed != KEY.seal(plain, "note.body:1"), "the same text twice must not show"


@given(st.binary(max_size=60), st.text(max_size=20), st.text(max_size=20))
def test_another_place_breaks_the_seal(plain: bytes, place: str, other: str) -> None:
    sealed = KEY.seal(plain, place)
    if place.encode() != other.encode():
        with pytest.raises(SealBroken):
            KEY.open(sealed, other)
    with pytest.raises(SealBroken):
        OTHER.open(sealed, place)


@given(st.binary(max_size=60), st.data())
def test_altered_bytes_break_the_seal(plain: bytes, data: st.DataObject) -> None:
    sealed = KEY.seal(plain, "note.body:1")
    where = data.draw(st.integers(0, len(sealed) - 1))
    change = data.draw(st.integers(1, 255))
    altered = bytes(sealed[:where]) + bytes([sealed[where] ^ change]) + bytes(sealed[where + 1 :])
    with pytest.raises(SealBroken):
        KEY.open(SealedBytes(altered), "note.body:1")


@given(st.binary(max_size=60), st.data())
def test_cut_bytes_break_the_seal(plain: bytes, data: st.DataObject) -> None:
    sealed = KEY.seal(plain, "note.body:1")
    length = data.draw(st.integers(0, len(sealed) - 1))
    with pytest.raises(SealBroken):
        KEY.open(SealedBytes(sealed[:length]), "note.body:1")


@pytest.mark.parametrize("length", [0, 16, 31, 33])
def test_a_key_has_32_bytes(length: int) -> None:
    with pytest.raises(ValueError, match="32"):
        Key(bytes(length))


def test_digests_need_the_key_and_tell_purposes_apart() -> None:
    assert KEY.digest("guess", "a") == KEY.digest("guess", "a")
    different = {
        KEY.digest("guess", "a"),
        KEY.digest("guess", "b"),
        KEY.digest("other", "a"),
        OTHER.digest("guess", "a"),
    }
    assert len(different) == 4


def test_a_sealed_column_takes_sealed_bytes_only() -> None:
    engine = create_engine("sqlite://")
    notes = Table("note", MetaData(), Column("id", Integer, primary_key=True), Column("b", Sealed))
    notes.metadata.create_all(engine)
    with engine.begin() as db:
        db.execute(insert(notes).values(id=1, b=KEY.seal(b"secret", "note:1")))
        db.execute(insert(notes).values(id=2, b=None))
        for plain in (b"secret", "secret", bytearray(b"secret")):
            with pytest.raises(StatementError, match="SealedBytes"):
                db.execute(insert(notes).values(id=3, b=plain))
        read = db.scalars(select(notes.c.b).order_by(notes.c.id)).all()
    assert isinstance(read[0], SealedBytes)
    assert KEY.open(read[0], "note:1") == b"secret"
    assert read[1] is None


def test_the_master_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    folder, settings = tmp_path / "data" / "keys", Settings(data=tmp_path / "data")
    first = open_master_key(settings)
    path = folder / "master.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert len(bytes.fromhex(path.read_text())) == 32
    sealed = first.seal(b"x", "p")
    assert open_master_key(settings).open(sealed, "p") == b"x"
    assert [each.name for each in folder.iterdir()] == ["master.key"]


def test_a_given_master_key_writes_nothing(tmp_path: Path) -> None:
    key = open_master_key(Settings(data=tmp_path, master_key="ab" * 32))
    assert key.open(Key(b"\xab" * 32).seal(b"x", "p"), "p") == b"x"
    assert not (tmp_path / "keys").exists()


def _start(folder: Path, gate: Any, told: Any) -> None:
    gate.wait()
    try:
        told.put(open_master_key(Settings(data=folder)).fingerprint)
    except Exception as error:
        told.put(repr(error))


def test_processes_that_start_together_share_one_master_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = multiprocessing.get_context("fork")
    # Whoever makes the key takes their time over it: the others come in the middle.
    chance = os.urandom
    monkeypatch.setattr(os, "urandom", lambda size: time.sleep(0.1) or chance(size))
    for turn in range(3):
        gate, told = context.Event(), context.Queue()
        folder = tmp_path / str(turn)
        starting = [context.Process(target=_start, args=(folder, gate, told)) for _ in range(4)]
        for process in starting:
            process.start()
        gate.set()
        answers = {told.get(timeout=20) for _ in starting}
        for process in starting:
            process.join()
        kept = open_master_key(Settings(data=folder)).fingerprint
        assert answers == {kept}


@pytest.mark.anyio
async def test_every_account_has_its_own_wrapped_key(cast: Cast, runtime: Runtime) -> None:
    async with runtime.reading() as db:
        keys = list(await db.scalars(select(AccountKey)))
    assert len(keys) >= len(cast.people)
    secrets = set()
    for row in keys:
        key = open_account_key(runtime.master_key, row.wrapped, str(row.account_id))
        secrets.add(key.digest("which", "key"))
        with pytest.raises(SealBroken):
            open_account_key(runtime.master_key, row.wrapped, str(keys[0].account_id) + "x")
        with pytest.raises(SealBroken):
            open_account_key(OTHER, row.wrapped, str(row.account_id))
    assert len(secrets) == len(keys)


def test_account_keys_are_random() -> None:
    assert new_account_key(KEY, "a") != new_account_key(KEY, "a")
