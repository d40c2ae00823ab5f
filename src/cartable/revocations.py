"""What was taken away, written outside the database: putting a backup back must not give it back.

One line of JSON each, flushed to the disk before the deed is committed: a line without its deed is
harmless, a deed without its line is not.
"""

import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, NamedTuple
from uuid import UUID

import msgspec

Kind = Literal[
    "device_signed_out",
    "device_taken_back",
    "membership_ended",
    "membership_opened",
    "key_destroyed",
]


class Line(msgspec.Struct, frozen=True):
    """One revocation, or the membership opened again after one.

    `id`: of the device, member or account. `authority`: the only one that the device lost.
    """

    at: datetime
    kind: Kind
    id: UUID
    authority: UUID | None = None


class Taken(NamedTuple):
    """What the lines say, each with when; the last line of one counts.

    `devices` were signed out, `members` ended, `copies` (device, authority) taken back; of
    `accounts` the key was destroyed.
    """

    devices: dict[UUID, datetime]
    members: dict[UUID, datetime]
    copies: dict[tuple[UUID, UUID], datetime]
    accounts: dict[UUID, datetime]


def note(
    info: dict[Any, Any],
    kind: Kind,
    subject_id: UUID,
    at: datetime,
    authority_id: UUID | None = None,
) -> None:
    """Leave a line to the commit of the session that `info` is of."""
    info.setdefault("revoked", []).append(Line(at, kind, subject_id, authority_id))


def append(path: Path, lines: Iterable[Line]) -> None:
    """Add lines and wait for the disk."""
    is_new = not path.exists()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        # The line feed comes first: it also ends a line that a power cut has left unfinished.
        os.write(handle, b"".join(b"\n" + msgspec.json.encode(line) for line in lines))
        os.fsync(handle)
    finally:
        os.close(handle)
    if is_new:
        _flush(path.parent)


def _flush(folder: Path) -> None:
    """A new name survives a power cut too."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def read(path: Path) -> Taken:
    """What was taken away.

    A line cut by a power cut was never answered for: it is passed over.
    """
    taken = Taken({}, {}, {}, {})
    for text in path.read_bytes().splitlines() if path.exists() else ():
        try:
            line = msgspec.json.decode(text, type=Line)
        except msgspec.DecodeError:
            continue
        if line.kind == "device_signed_out":
            taken.devices.setdefault(line.id, line.at)
        elif line.kind == "device_taken_back" and line.authority is not None:
            taken.copies.setdefault((line.id, line.authority), line.at)
        elif line.kind == "key_destroyed":
            taken.accounts.setdefault(line.id, line.at)
        elif line.kind == "membership_ended":
            taken.members[line.id] = line.at
        elif line.kind == "membership_opened":
            taken.members.pop(line.id, None)
    return taken
