"""Recomputing a chain: the first line that is not what was written, if any.

What is found, and by what: a line removed or inserted, by its position; changed, by its hash;
moved, by the hash that the next one repeats; a payload exchanged, by its digest; the end cut off or
the whole chain made again, by the signed checkpoints, which stand outside the database.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterable
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.audit.chain import FIRST, HOST, Place, digest_of, hash_of
from cartable.audit.checkpoints import Checkpoint
from cartable.audit.reading import salted_payloads
from cartable.audit.tables import AuditEvent, AuditPayload, HostEvent, HostPayload

BATCH = 500

Reason = Literal["missing", "moved", "changed", "payload", "rebuilt", "cut", "forged"]
"""`missing`: no line here. `moved`: it does not follow the one before. `changed`: its hash is not
its own. `payload`: its names and values are others. `rebuilt`: a checkpoint knew another line here.
`cut`: a checkpoint knew lines after the last one. `forged`: a checkpoint is not signed by us."""


class Break(msgspec.Struct, frozen=True):
    """The first line that is not what was written."""

    position: int
    reason: Reason


class Gap(msgspec.Struct, frozen=True):
    """Lines that a database put back from a backup no longer had, explained when it was."""

    first: int
    last: int
    at: str


class Verdict(msgspec.Struct, kw_only=True):
    """What a verification found. `erased`: lines whose payload went, as it may.

    `signed_to`, `signed_at`: last checkpoint that the chain agrees with.
    """

    chain: str
    lines: int = 0
    erased: int = 0
    broken: Break | None = None
    signed_to: int = 0
    signed_at: str | None = None
    gaps: list[Gap] = []


class Walk:
    """Takes the lines of a chain in order, and says what is wrong with the first that is."""

    def __init__(self, chain: str, checkpoints: Iterable[Checkpoint], public: bytes) -> None:
        self.verdict = Verdict(chain=chain)
        self._known: dict[int, list[Checkpoint]] = defaultdict(list)
        self._forged: list[int] = []
        self._last = FIRST
        for one in checkpoints:
            if one.chain == chain:
                self._learn(one, public)

    def _learn(self, one: Checkpoint, public: bytes) -> None:
        if not one.is_genuine(public):
            self._forged.append(one.position)
            return
        if one.kind == "resumed" and (lost := [at for at in self._known if at >= one.position]):
            self.verdict.gaps.append(Gap(one.position, max(lost), one.at))
            for position in lost:
                del self._known[position]
        self._known[one.position].append(one)

    def take(self, line: AuditEvent | HostEvent, salted: bytes | None) -> bool:
        """One line and its payload (None: it has none any more); whether the walk may go on."""
        position = self.verdict.lines + 1
        if (reason := self._wrong(line, position, salted)) is not None:
            self.verdict.broken = Break(position, reason)
            return False
        self.verdict.lines = position
        self._last = line.hash
        if line.digest and salted is None:
            self.verdict.erased += 1
        for one in self._known.pop(position, ()):
            self.verdict.signed_to, self.verdict.signed_at = position, one.at
        return True

    def _wrong(
        self, line: AuditEvent | HostEvent, position: int, salted: bytes | None
    ) -> Reason | None:
        if line.position != position:
            return "missing"
        if line.previous != self._last:
            return "moved"
        if line.hash != hash_of(line, place_of(line)):
            return "changed"
        if salted is not None and line.digest != digest_of(salted):
            return "payload"
        if any(one.hash != line.hash for one in self._known.get(position, ())):
            return "rebuilt"
        return None

    def end(self) -> Verdict:
        """After the last line: what checkpoints still know of."""
        if self.verdict.broken is None and self._known:
            self.verdict.broken = Break(self.verdict.lines + 1, "cut")
        if self.verdict.broken is None and self._forged:
            self.verdict.broken = Break(min(self._forged), "forged")
        return self.verdict


def place_of(line: AuditEvent | HostEvent) -> Place:
    """Which chain a line is of, and what only such lines hold."""
    if isinstance(line, AuditEvent):
        return Place(str(line.authority_id), line.seq, line.member_id)
    return Place(HOST, None, line.account_id)


async def verify(
    db: AsyncSession, authority_id: UUID | None, checkpoints: Iterable[Checkpoint], public: bytes
) -> Verdict:
    """Walk the chain of an authority (None: the host's) in one snapshot.

    The checkpoints were read before that snapshot began: one signed meanwhile would seem to know of
    lines that it does not show.
    """
    walk = Walk(str(authority_id) if authority_id else HOST, checkpoints, public)
    async for line, salted in lines_of(db, authority_id):
        if not walk.take(line, salted):
            break
    return walk.end()


async def lines_of(
    db: AsyncSession, authority_id: UUID | None
) -> AsyncIterator[tuple[AuditEvent | HostEvent, bytes | None]]:
    """Every line of a chain in order, with its salted payload when it still has one."""
    table: Any = HostEvent if authority_id is None else AuditEvent
    payloads = HostPayload if authority_id is None else AuditPayload
    after = -(2**63)
    while True:
        asked = select(table).where(table.position > after).order_by(table.position).limit(BATCH)
        if authority_id is not None:
            asked = asked.where(AuditEvent.authority_id == authority_id)
        lines = list(await db.scalars(asked))
        said = await salted_payloads(db, payloads, [line.id for line in lines])
        for line in lines:
            yield line, said.get(line.id)
            db.expunge(line)
        if len(lines) < BATCH:
            return
        after = lines[-1].position
