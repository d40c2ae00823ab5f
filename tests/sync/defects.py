"""Defects planted one at a time: one for each rule of sync.md, sections 1 and 2.

Each takes pytest's `monkeypatch` and puts one mistake into the real code; the oracle must see it.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from sqlalchemy import false, literal, update

from cartable.convocations import actions as convocations
from cartable.documents.actions import arrange, ingest
from cartable.documents.tables import Document, DocumentVersion
from cartable.members.actions import people, seats
from cartable.sittings.actions import agenda, call, prepare
from cartable.sync import actions as pulling
from cartable.sync import catalogue
from cartable.sync.rules import Cursor, HeadState
from cartable.sync.rules import cut as real_cut
from cartable.sync.rules import must_reset as real_must_reset
from tests.sync import client
from tests.sync import deeds as drawn
from tests.sync.world import forget_bumps

Plant = Callable[[pytest.MonkeyPatch], None]


async def _says_nothing(*_args: Any, **_kwargs: Any) -> None:
    return None


def _without_member_bump(module: Any, deed: str) -> Plant:
    """The deed is done, but no member's view is said to have changed."""

    def plant(patch: pytest.MonkeyPatch) -> None:
        real = getattr(module, deed)

        async def defective(db: Any, actor: Any, *args: Any, **kwargs: Any) -> Any:
            before = {
                row.id: row.access_seq
                for row in await db.execute(
                    people.select(people.Member.id, people.Member.access_seq).where(
                        people.Member.authority_id == actor.authority_id
                    )
                )
            }
            result = await real(db, actor, *args, **kwargs)
            await forget_bumps(db, before)
            return result

        patch.setattr(module, deed, defective)
        if hasattr(drawn, deed):
            patch.setattr(drawn, deed, defective)

    return plant


def _without_head_bump(module: Any) -> Plant:
    return lambda patch: patch.setattr(module, "access_changed", _says_nothing)


def _with_reset(rule: Callable[[Cursor | None, HeadState], bool]) -> Plant:
    return lambda patch: patch.setattr(pulling, "must_reset", rule)


def _ignores(**neutral: Any) -> Plant:
    """The decision to scan again, blind to one thing of the head."""

    def rule(cursor: Cursor | None, head: HeadState) -> bool:
        known = {name: getattr(head, name) for name in ("epoch", "seq", "access", "floor")}
        if "epoch" in neutral and cursor is not None:
            neutral["epoch"] = cursor.epoch
        return real_must_reset(cursor, HeadState(**{**known, **neutral}))

    return _with_reset(rule)


def _cut_inside_a_number(patch: pytest.MonkeyPatch) -> None:
    def defective(sizes: list[tuple[int, int]], most: int) -> int:
        return min(len(sizes), most) if all(size == 1 for _, size in sizes) else len(sizes)

    patch.setattr(pulling, "cut", defective)


def _more_is_wrong_for_a_large_number(patch: pytest.MonkeyPatch) -> None:
    real = vars(pulling)["_page"]

    async def defective(*args: Any) -> Any:
        rows, more = await real(*args)
        limit = args[3]
        return rows, more and len(rows) <= limit

    patch.setattr(pulling, "_page", defective)


def _cut_one_too_late(patch: pytest.MonkeyPatch) -> None:
    """The last number of a page is sent in part, as its first rows fit."""

    def defective(sizes: list[tuple[int, int]], most: int) -> int:
        kept = real_cut(sizes, most)
        return kept + 1 if kept < len(sizes) else kept

    patch.setattr(pulling, "cut", defective)


def _filtered(patch: pytest.MonkeyPatch, keep: Callable[[Any, Any], Any]) -> None:
    kinds = tuple(
        replace(kind, readable=lambda actor, kind=kind: keep(kind, kind.readable(actor)))
        for kind in catalogue.KINDS
    )
    patch.setattr(pulling, "KINDS", kinds)


def _no_tombstones(patch: pytest.MonkeyPatch) -> None:
    _filtered(patch, lambda kind, rows: rows.where(kind.table.deleted_at.is_(None)))


def _no_tombstones_in_scans(patch: pytest.MonkeyPatch) -> None:
    """A scan that paused goes on without what was deleted meanwhile."""
    real = pulling.pull_changes

    async def defective(*args: Any) -> Any:
        answer = await real(*args)
        if answer.more:
            answer.rows = [row for row in answer.rows if row.deleted is not True]
        return answer

    patch.setattr(pulling, "pull_changes", defective)
    patch.setattr(client.actions, "pull_changes", defective)


def _archived_stay(patch: pytest.MonkeyPatch) -> None:
    readable = {"sitting": catalogue.readable_sittings}
    kinds = [replace(k, readable=readable.get(k.name, k.readable)) for k in catalogue.KINDS]
    patch.setattr(pulling, "KINDS", tuple(kinds))


def _verdict_without_the_piece(patch: pytest.MonkeyPatch) -> None:
    real = ingest.finish_reading

    async def defective(db: Any, authority_id: Any, version_id: Any, reading: Any) -> None:
        version = await db.get_one(DocumentVersion, version_id)
        before = (await db.get_one(Document, version.document_id)).seq
        await real(db, authority_id, version_id, reading)
        await db.execute(
            update(Document).where(Document.id == version.document_id).values(seq=before)
        )

    patch.setattr(ingest, "finish_reading", defective)


def _withdrawn_versions_keep_their_number(patch: pytest.MonkeyPatch) -> None:
    real = arrange.withdraw_document

    async def defective(db: Any, actor: Any, document_id: Any, *args: Any) -> None:
        asked = people.select(DocumentVersion.id, DocumentVersion.seq)
        rows = (await db.execute(asked.where(DocumentVersion.document_id == document_id))).all()
        await real(db, actor, document_id, *args)
        for row in rows:
            same = DocumentVersion.id == row.id
            await db.execute(update(DocumentVersion).where(same).values(seq=row.seq))

    patch.setattr(arrange, "withdraw_document", defective)


def _goes_on_from_an_empty_view(patch: pytest.MonkeyPatch) -> None:
    """Neither the cursor nor the member's number says that everything must be shown again."""
    _without_member_bump(people, "reactivate_member")(patch)
    real, lines = pulling.write_cursor, []

    def defective(cursor: Any) -> str:
        if cursor.epoch.int:
            lines.append(cursor.epoch)
        return real(msgspec.structs.replace(cursor, epoch=lines[-1] if lines else cursor.epoch))

    patch.setattr(pulling, "write_cursor", defective)


def _private(patch: pytest.MonkeyPatch, name: str, **change: Any) -> None:
    kinds = [replace(k, **change) if k.name == name else k for k in catalogue.KINDS]
    patch.setattr(pulling, "KINDS", tuple(kinds))


def _notes_outlive_their_sitting(patch: pytest.MonkeyPatch) -> None:
    """One's own notes are sent whether or not their piece may still be read."""
    table = {kind.name: kind.table for kind in catalogue.KINDS}["annotation"]

    def all_mine(actor: Any) -> Any:
        mine = people.select(table).where(table.member_id == actor.member_id)
        return mine.where(false()) if actor.is_ended else mine

    _private(patch, "annotation", readable=all_mine)


def _notes_of_archived_sittings_stay(patch: pytest.MonkeyPatch) -> None:
    _private(patch, "annotation", readable=catalogue.readable_annotations)


def _answers_of_everybody(patch: pytest.MonkeyPatch) -> None:
    """A colleague reads how the others answered the call."""
    table = {kind.name: kind.table for kind in catalogue.KINDS}["attendance_answer"]
    _private(
        patch,
        "attendance_answer",
        readable=lambda actor: people.select(table).where(
            table.authority_id == actor.authority_id, ~literal(actor.is_ended)
        ),
    )


def _discarded_keep_their_number(patch: pytest.MonkeyPatch) -> None:
    real = catalogue.DEEDS["discard_parked", 1]

    async def defective(db: Any, actor: Any, key: Any, change: Any, body: Any) -> Any:
        table = {kind.name: kind.table for kind in catalogue.KINDS}["parked_mutation"]
        same = table.id == change.entity
        seq = await db.scalar(people.select(table.seq).where(same))
        landed = await real.do(db, actor, key, change, body)
        await db.execute(update(table).where(same).values(seq=seq))
        return landed

    patch.setitem(catalogue.DEEDS, ("discard_parked", 1), replace(real, do=defective))


def _deleted_marks_keep_their_number(patch: pytest.MonkeyPatch) -> None:
    real = catalogue.DEEDS["delete_annotation", 1]

    async def defective(db: Any, actor: Any, key: Any, change: Any, body: Any) -> Any:
        table = {kind.name: kind.table for kind in catalogue.KINDS}["annotation"]
        same = (table.member_id == actor.member_id, table.id == change.entity)
        seq = await db.scalar(people.select(table.seq).where(*same))
        landed = await real.do(db, actor, key, change, body)
        await db.flush()
        await db.execute(update(table).where(*same).values(seq=seq))
        return landed

    patch.setitem(catalogue.DEEDS, ("delete_annotation", 1), replace(real, do=defective))


SERVER: dict[str, tuple[Plant, tuple[str, ...]]] = {
    "in camera flips without a bump": (_without_head_bump(agenda), ("put_in_camera",)),
    "a piece moves in or out of camera without a bump": (
        _without_head_bump(arrange),
        ("move_piece",),
    ),
    "sittings are archived or deleted without a bump": (
        _without_head_bump(prepare),
        ("delete_sitting", "archive"),
    ),
    "a sitting is called without a bump": (
        _without_member_bump(convocations, "open_to_recipients"),
        ("convene", "create_sitting"),
    ),
    "a guest is called without a bump": (
        _without_member_bump(call, "call_guest"),
        ("call_guest",),
    ),
    "a guest is dismissed without a bump": (
        _without_member_bump(call, "dismiss_guest"),
        ("call_guest", "dismiss_guest"),
    ),
    "a seat is given without a bump": (_without_member_bump(seats, "give_seat"), ("give_seat",)),
    "a seat is edited without a bump": (_without_member_bump(seats, "edit_seat"), ("edit_seat",)),
    "a seat is removed without a bump": (
        _without_member_bump(seats, "remove_seat"),
        ("give_seat", "remove_seat"),
    ),
    "roles change without a bump": (
        _without_member_bump(people, "edit_member"),
        ("change_roles",),
    ),
    "a member comes back to where an empty view ended": (
        _goes_on_from_an_empty_view,
        ("deactivate", "reactivate"),
    ),
    "a page is cut inside a number": (_cut_inside_a_number, ("order_items",)),
    "a page is cut one row too late": (_cut_one_too_late, ()),
    "more is wrong when a number is larger than the page": (_more_is_wrong_for_a_large_number, ()),
    "tombstones are not sent": (_no_tombstones, ("withdraw_piece",)),
    "tombstones are skipped in scans": (_no_tombstones_in_scans, ("withdraw_piece", "remove_item")),
    "archived sittings stay": (_archived_stay, ("archive",)),
    "the floor is ignored": (_ignores(floor=0), ("withdraw_piece", "remove_item", "purge")),
    "the epoch is ignored": (_ignores(epoch=None), ("restore",)),
    "changes of access are ignored": (_ignores(access=0), ()),
    "a verdict does not number the piece": (_verdict_without_the_piece, ("read_piece",)),
    "notes outlive their sitting": (_notes_outlive_their_sitting, ("annotate", "remove_seat")),
    "notes of archived sittings stay": (_notes_of_archived_sittings_stay, ("annotate", "archive")),
    "answers of everybody are sent": (_answers_of_everybody, ("answer_call",)),
    "discarded mutations keep their number": (_discarded_keep_their_number, ("spoil", "discard")),
    "deleted marks keep their number": (
        _deleted_marks_keep_their_number,
        ("annotate", "delete_mark"),
    ),
    "withdrawn versions keep their number": (
        _withdrawn_versions_keep_their_number,
        ("withdraw_piece",),
    ),
}
TABLET: dict[str, dict[str, bool]] = {
    "the sweep is forgotten": {"sweeps": False},
    "a late answer is applied": {"checks_cursor": False},
}
