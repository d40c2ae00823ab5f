"""Stands around every deed of the catalogue: notes what it made of its row, breaks it on a word."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any
from uuid import UUID

from cartable.sealing import Key, SealedBytes
from cartable.sync import catalogue
from tests.model.deeds import Done, Row
from tests.model.memory import Memory
from tests.model.writes import POISON

TABLES = {
    "put_annotation": "annotation", "edit_note": "annotation", "style_annotation": "annotation",
    "delete_annotation": "annotation", "prepare_vote": "vote_intention",
    "keep_reading": "reading_state", "answer_call": "attendance_answer",
}  # fmt: skip


class Poisoned(Exception):
    """A fault of a deed."""


class Watch:
    """What the deeds of one push did, in order."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self.done: list[Done] = []

    def take(self) -> list[Done]:
        """What was done since the last time."""
        done, self.done = self.done, []
        return done

    def around(self, name: str, deed: catalogue.Deed) -> catalogue.Deed:
        """The same deed, watched."""

        async def watched(db: Any, actor: Any, key: Key, change: Any, body: Any) -> Any:
            if POISON in str(getattr(body, "text", "")):
                raise Poisoned
            before = self._row(name, actor.member_id, key, change.entity)
            landed = await deed.do(db, actor, key, change, body)
            await db.flush()
            after = self._row(name, actor.member_id, key, landed.entity)
            left = self._row(name, actor.member_id, key, change.entity)
            done = Done(str(change.mid), name, landed.outcome, before, after, left)
            self.done.append(done)
            return landed

        return replace(deed, do=watched)

    def _row(self, name: str, member: UUID, key: Key, entity: UUID) -> Row:
        table = TABLES.get(name)
        if table is None:
            return None
        told = "answer" if table == "attendance_answer" else "body"
        row = self._memory.one(
            f"SELECT {told}, deleted_at FROM {table} WHERE member_id = ? AND id = ?",
            member.hex,
            entity.hex,
        )
        if row is None:
            return None
        deleted = {"deleted": row[1] is not None}
        if told == "answer":
            return {"answer": row[0], **deleted}
        if row[0] is None:
            return {"mark": {}, **deleted}
        return {**json.loads(key.open(SealedBytes(row[0]), f"{table}.body:{entity}")), **deleted}


@contextmanager
def watching(memory: Memory) -> Iterator[Watch]:
    """Every deed is watched while the block lasts."""
    watch, real = Watch(memory), catalogue.DEEDS
    watched = {form: watch.around(form[0], deed) for form, deed in real.items()}
    vars(catalogue)["DEEDS"] = watched
    try:
        yield watch
    finally:
        vars(catalogue)["DEEDS"] = real
