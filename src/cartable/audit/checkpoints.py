"""Signed checkpoints, kept outside the database: who cuts the end of a chain, or makes it again,
has not the key that signed them.

The file holds one JSON object a line. The signature is Ed25519's, in hexadecimal, over these texts
in UTF-8 joined by one line feed: `cartable-checkpoint-1`, kind, chain, position, hash, at.

Kinds: `checkpoint`, the line at this position had this hash; `resumed`, a backup was put back, and
the chain went on with this line: what earlier checkpoints say of its position and beyond was lost
with the database, and is explained.
"""

import os
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Literal, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.audit.chain import HOST, instant
from cartable.audit.tables import AuditEvent, HostEvent
from cartable.sealing import SigningKey, flush_folder, is_signed

EVERY = 64
"""Lines that a chain may grow by before the worker signs again without waiting for the night."""

Kind = Literal["checkpoint", "resumed"]


class Checkpoint(msgspec.Struct, frozen=True, kw_only=True):
    """What one line of a chain was at an instant. `chain`: an authority's id, or `host`."""

    v: int = 1
    kind: Kind = "checkpoint"
    chain: str
    position: int
    hash: str
    at: str
    signature: str = ""

    def message(self) -> bytes:
        """The bytes that are signed."""
        return "\n".join(
            ("cartable-checkpoint-1", self.kind, self.chain, str(self.position), self.hash, self.at)
        ).encode()

    def is_genuine(self, public: bytes) -> bool:
        """Whether the holder of the key signed it."""
        try:
            signature = bytes.fromhex(self.signature)
        except ValueError:
            return False
        return is_signed(public, self.message(), signature)


class Head(NamedTuple):
    """The last line of a chain."""

    chain: str
    position: int
    hash: str


def sign(key: SigningKey, head: Head, now: datetime, kind: Kind = "checkpoint") -> Checkpoint:
    """A checkpoint of a chain's last line."""
    made = Checkpoint(
        kind=kind, chain=head.chain, position=head.position, hash=head.hash, at=instant(now)
    )
    return msgspec.structs.replace(made, signature=key.sign(made.message()).hex())


def append(path: Path, checkpoints: Iterable[Checkpoint]) -> None:
    """Add lines and wait for the disk."""
    is_new = not path.exists()
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        # The line feed comes first: it also ends a line that a power cut has left unfinished.
        os.write(handle, b"".join(b"\n" + msgspec.json.encode(one) for one in checkpoints))
        os.fsync(handle)
    finally:
        os.close(handle)
    if is_new:
        flush_folder(path.parent)


def read(path: Path) -> list[Checkpoint]:
    """Every checkpoint, oldest first; a line cut by a power cut is passed over."""
    found: list[Checkpoint] = []
    for text in path.read_bytes().splitlines() if path.exists() else ():
        try:
            found.append(msgspec.json.decode(text, type=Checkpoint))
        except msgspec.DecodeError:
            continue
    return found


async def authority_head(db: AsyncSession, authority_id: UUID) -> Head | None:
    """The last line of one authority's chain."""
    row = (
        await db.execute(
            select(AuditEvent.position, AuditEvent.hash)
            .where(AuditEvent.authority_id == authority_id)
            .order_by(AuditEvent.position.desc())
            .limit(1)
        )
    ).first()
    return Head(str(authority_id), row.position, row.hash) if row else None


async def host_head(db: AsyncSession) -> Head | None:
    """The last line of the host's chain."""
    row = (
        await db.execute(
            select(HostEvent.position, HostEvent.hash).order_by(HostEvent.position.desc()).limit(1)
        )
    ).first()
    return Head(HOST, row.position, row.hash) if row else None


def unsigned(known: Iterable[Checkpoint], now_at: Iterable[Head], least: int) -> list[Head]:
    """The heads that stand at least `least` lines beyond their last checkpoint."""
    signed: dict[str, int] = {}
    for one in known:
        beyond = one.kind == "resumed"
        signed[one.chain] = one.position if beyond else max(signed.get(one.chain, 0), one.position)
    return [head for head in now_at if head.position - signed.get(head.chain, 0) >= least]
