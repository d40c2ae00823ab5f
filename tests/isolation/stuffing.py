"""An authority stuffed with words and ids that stand nowhere else, and what it holds."""

import hashlib
import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    insert,
    select,
    update,
)  # fmt: skip
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.types import JSON, TypeDecorator

from cartable.schema import metadata
from cartable.sealing import SealedBytes

OWNERS = {
    table.name: next(name for name in ("authority_id", "for_authority") if name in table.c)
    for table in metadata.sorted_tables
    if {"authority_id", "for_authority"} & set(table.c.keys())
}
"""Every table that holds rows of authorities, and the column that says of which: those found before
anybody is known are not confined by their authority, so their doors alone keep them."""

_ID = re.compile(rb"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{64}|[0-9a-f]{32}")
KEPT = {"authority_head", "audit_event", "audit_payload"}
"""Numbers and chains, which the product itself reads at each deed: their own rows are enough."""

WORDS = {"connection.kind": "generic", "legal_notice.accessibility": "partial"}
"""Columns that hold one of a few words, in rows that anybody may be shown: another would fail."""


@dataclass
class Stuffed:
    """What an authority alone has: `mark` is part of every word put in, `ids` of its rows; `keys`:
    the identifiers of each table's rows."""

    authority_id: UUID
    mark: str = field(default_factory=lambda: f"canari{uuid4().hex[:10]}")
    ids: set[bytes] = field(default_factory=set)
    rows: dict[str, Any] = field(default_factory=dict)
    filled: list[str] = field(default_factory=list)
    keys: dict[str, set[bytes]] = field(default_factory=dict)

    def told(
        self, answer: bytes, but: frozenset[bytes] = frozenset(), public: Set[str] = frozenset()
    ) -> set[str]:
        """What an answer tells of it; `but`: what whoever asked had sent or may know; `public`:
        tables whose words are for anybody."""
        tail = self.mark.removeprefix("canari")
        marks = re.findall(rf"canari\d*{tail}(?:-([a-z_]+-[a-z_]+))?".encode(), answer)
        columns = {mark.decode() for mark in marks}
        words = {f"{self.mark} {one}".strip() for one in columns if one.split("-")[0] not in public}
        return words | {one.decode() for one in set(_ID.findall(answer)) & self.ids - but}

    async def fill(self, db: AsyncSession) -> None:
        """One more row in every table, a canary in each of its texts and blobs."""
        numbers = count(1)
        self.rows["authority"] = self.authority_id
        for table in metadata.sorted_tables:
            if table.name in OWNERS.keys() - KEPT:
                await self._fill(db, table, numbers)
        await self._parent(db, metadata.tables["passkey"], numbers)
        await self._look(db)

    async def fill_up(self, db: AsyncSession) -> None:
        """A row in those tables alone where the authority has none: its people can work."""
        connection, numbers = await db.connection(), count(1)
        self.rows["authority"] = self.authority_id
        for table in metadata.sorted_tables:
            if table.name in OWNERS.keys() - KEPT:
                held = select(table).where(table.c[OWNERS[table.name]] == self.authority_id)
                row = (await connection.execute(held.limit(1))).mappings().first()
                if row is None:
                    await self._fill(db, table, numbers)
                elif len(table.primary_key.columns) == 1:
                    self.rows[table.name] = row[next(iter(table.primary_key)).name]

    async def _fill(self, db: AsyncSession, table: Table, numbers: Any) -> None:
        # By the driver's own types: a column sealed by its type takes any bytes all the same.
        connection = await db.connection()
        owner = table.c[OWNERS[table.name]]
        if list(table.primary_key) == [owner]:
            words = {c.name: self._word(c) for c in table.c if _holds_words(c)}
            ours = owner == self.authority_id
            there = await connection.scalar(select(owner).where(ours))
            if there is not None:
                if words:
                    await connection.execute(update(table).where(ours).values(words))
                return
        row = {c.name: await self._value(db, c, numbers) for c in table.c}
        await connection.execute(insert(table).values(row))
        if len(table.primary_key.columns) == 1:
            self.rows[table.name] = row[next(iter(table.primary_key)).name]
        self.filled += [f"{table.name}.{c.name}" for c in table.c if _holds_words(c)]

    async def _value(self, db: AsyncSession, column: Column[Any], numbers: Any) -> Any:
        if column.name == OWNERS.get(column.table.name):
            return self.authority_id
        if column.foreign_keys:
            target = next(iter(column.foreign_keys)).column.table
            if target.name not in self.rows:
                await self._parent(db, target, numbers)
            return self.rows[target.name]
        kind = _plain(column)
        if _holds_words(column):
            return self._word(column)
        if isinstance(kind, Uuid):
            return uuid4()
        if isinstance(kind, Boolean):
            return True if column.nullable is False else None
        if isinstance(kind, Integer):
            return next(numbers)
        if column.nullable:
            return None
        return {DateTime: datetime.now(UTC), Date: datetime.now(UTC).date(), JSON: []}.get(
            type(kind), []
        )

    async def _parent(self, db: AsyncSession, table: Table, numbers: Any) -> None:
        """A row of a table that belongs to no authority, or one of a chain."""
        connection = await db.connection()
        if table.name in KEPT:
            held = select(next(iter(table.primary_key)))
            held = held.where(table.c.authority_id == self.authority_id).limit(1)
            self.rows[table.name] = await connection.scalar(held)
            return
        row = {c.name: await self._value(db, c, numbers) for c in table.c}
        await connection.execute(insert(table).values(row))
        self.rows[table.name] = row[next(iter(table.primary_key)).name]

    def _word(self, column: Column[Any]) -> Any:
        where = f"{column.table.name}.{column.name}"
        if where in WORDS:
            return WORDS[where]
        word = f"{self.mark}-{column.table.name}-{column.name}"
        return SealedBytes(word.encode()) if isinstance(_plain(column), LargeBinary) else word

    async def _look(self, db: AsyncSession) -> None:
        """Its ids and the hashes of its files, but those that others have too."""
        ours: set[bytes] = set()
        theirs: set[bytes] = set()
        for name, owner in OWNERS.items():
            table = metadata.tables[name]
            for row in (await (await db.connection()).execute(select(table))).mappings():
                into = ours if row[owner] == self.authority_id else theirs
                if into is ours:
                    self.keys.setdefault(name, set()).add(str(row.get("id", "")).encode())
                for value in row.values():
                    into.update(_ID.findall(str(value).encode()))
                    if isinstance(value, UUID):
                        into.add(value.hex.encode())
        self.keys["authority"] = {str(self.authority_id).encode()}
        self.ids = ours - theirs | {str(self.authority_id).encode(), self.authority_id.hex.encode()}


def _plain(column: Column[Any]) -> Any:
    kind = column.type
    return kind.impl if isinstance(kind, TypeDecorator) else kind


def _holds_words(column: Column[Any]) -> bool:
    return isinstance(_plain(column), Text | LargeBinary)


async def snapshot(db: AsyncSession, authority_id: UUID) -> Mapping[str, str]:
    """A digest of what each table holds of an authority, byte for byte."""
    connection = await db.connection()
    digests = {}
    for name, owner in {**OWNERS, "authority": "id"}.items():
        table = metadata.tables[name]
        ours = table.c[owner] == authority_id
        rows = await connection.execute(select(table).where(ours).order_by(*table.primary_key))
        digests[name] = hashlib.sha256("\n".join(map(repr, rows)).encode()).hexdigest()
    return digests
