"""What the database says, read without the server's code: who may read what, and private rows."""

import json
from typing import Any
from uuid import UUID

from cartable.sealing import Key, SealedBytes, open_account_key
from tests.model.memory import Memory

View = dict[tuple[str, str], Any]

_SITTINGS = """
SELECT s.id, s.assembly_id, s.day FROM sitting s
WHERE s.deleted_at IS NULL AND s.archived_at IS NULL AND (:clerk OR (s.state = 'convened' AND (
  EXISTS (SELECT 1 FROM recipient r WHERE r.sitting_id = s.id AND r.member_id = :me AND r.is_guest)
  OR EXISTS (SELECT 1 FROM seat WHERE seat.member_id = :me AND seat.assembly_id = s.assembly_id
             AND seat.starts_on <= s.day AND (seat.ends_on IS NULL OR seat.ends_on >= s.day)))))
"""
_VOTING = """
SELECT 1 FROM seat WHERE member_id = ? AND assembly_id = ? AND is_voting
AND starts_on <= ? AND (ends_on IS NULL OR ends_on >= ?)
"""
_PRIVATE = {
    "annotation": ("annotation", "document_id", "document"),
    "vote_intention": ("vote_intention", "agenda_item_id", "agenda_item"),
    "reading_state": ("reading_state", "document_id", "document"),
}


def text(raw: str) -> str:
    """A UUID of SQLite as the wire writes it."""
    return f"{raw[:8]}-{raw[8:12]}-{raw[12:16]}-{raw[16:20]}-{raw[20:]}"


def key_of(memory: Memory, master: Key, account_id: UUID) -> Key:
    """The key of one account's private data."""
    (wrapped,) = memory.one("SELECT wrapped FROM account_key WHERE account_id = ?", account_id.hex)
    return open_account_key(master, SealedBytes(wrapped), str(account_id))


def readable(memory: Memory, member: UUID) -> dict[str, set[str]]:
    """Raw ids of sittings, items, documents and versions that a member may have on a tablet."""
    me = member.hex
    roles, ended = memory.one("SELECT roles, deactivated_at FROM member WHERE id = ?", me)
    kinds = ("sitting", "agenda_item", "document", "document_version")
    found: dict[str, set[str]] = {kind: set() for kind in kinds}
    if ended is not None:
        return found
    clerk = "clerk" in json.loads(roles)
    votes = {}
    for sitting, assembly, day in memory.all(_SITTINGS, {"clerk": clerk, "me": me}):
        found["sitting"].add(sitting)
        votes[sitting] = memory.one(_VOTING, me, assembly, day, day) is not None
    for item, sitting, camera in memory.all(
        "SELECT id, sitting_id, in_camera FROM agenda_item WHERE deleted_at IS NULL"
    ):
        if sitting in votes and (clerk or not camera or votes[sitting]):
            found["agenda_item"].add(item)
    for piece, sitting, item, version in memory.all(
        "SELECT id, sitting_id, agenda_item_id, version_id FROM document WHERE deleted_at IS NULL"
    ):
        is_placed = item is None or item in found["agenda_item"]
        if sitting in votes and is_placed and (clerk or version is not None):
            found["document"].add(piece)
    for version, piece, state in memory.all(
        "SELECT id, document_id, state FROM document_version WHERE deleted_at IS NULL"
    ):
        if piece in found["document"] and (clerk or state == "ready"):
            found["document_version"].add(version)
    return found


def private(memory: Memory, key: Key, member: UUID, sees: dict[str, set[str]] | None) -> View:
    """Private rows as their author must see them; with `sees` None, all that are not deleted."""
    view: View = {}
    for kind, (table, parent, above) in _PRIVATE.items():
        for row, over, body in memory.all(
            f"SELECT id, {parent}, body FROM {table} WHERE member_id = ? AND deleted_at IS NULL",
            member.hex,
        ):
            if sees is None or over in sees[above]:
                name = text(row)
                opened = key.open(SealedBytes(body), f"{table}.body:{name}")
                view[kind, name] = json.loads(opened)
    for row, sitting, answer in memory.all(
        "SELECT id, sitting_id, answer FROM attendance_answer"
        " WHERE member_id = ? AND deleted_at IS NULL",
        member.hex,
    ):
        if sees is None or sitting in sees["sitting"]:
            view["attendance_answer", text(row)] = {"answer": answer}
    for mid, code in memory.all(
        "SELECT id, code FROM mutation"
        " WHERE member_id = ? AND outcome = 'parked' AND deleted_at IS NULL",
        member.hex,
    ):
        view["parked_mutation", text(mid)] = {"code": code}
    return view
