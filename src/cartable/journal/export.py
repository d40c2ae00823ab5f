"""A copy of a chain that anybody can verify: a ZIP with the lines, the checkpoints and the key."""

import asyncio
import csv
import io
import zipfile
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.actor import Actor
from cartable.audit import checkpoints
from cartable.audit.chain import SALT, instant
from cartable.audit.signing import signing_key
from cartable.audit.tables import AuditEvent
from cartable.audit.verification import lines_of
from cartable.journal.lines import journal_lines
from cartable.journal.proof import READ_ME, VERIFIER
from cartable.journal.shapes import JournalLine
from cartable.runtime import Runtime
from cartable.sealing import public_key_file

TOGETHER = 200
HEADINGS = ("ligne", "date", "personne", "événement", "objet", "détails")


async def export_file(db: AsyncSession, runtime: Runtime, actor: Actor, upto: int) -> bytes:
    """The lines of an authority up to one position, as CSV to read and JSON Lines to verify.

    The chain is walked once; what takes long without waiting for anybody is done in a thread.
    """
    known = await asyncio.to_thread(checkpoints.read, runtime.settings.checkpoints)
    mine = [one for one in known if one.chain == str(actor.authority_id) and one.position <= upto]
    proven, shown = io.BytesIO(), io.StringIO(newline="")
    table = csv.writer(shown, delimiter=";")
    table.writerow(HEADINGS)
    waiting: list[AuditEvent] = []
    async for line, salted in _lines(db, actor.authority_id, upto):
        proven.write(msgspec.json.encode(_plain(line, salted)) + b"\n")
        waiting.append(line)
        if len(waiting) == TOGETHER or line.position == upto:
            table.writerows(await _rows(db, actor, waiting))
            waiting.clear()
    return await asyncio.to_thread(
        _packed,
        {
            "journal.jsonl": proven.getvalue(),
            "journal.csv": shown.getvalue().encode("utf-8-sig"),
            "points-de-controle.jsonl": b"".join(msgspec.json.encode(one) + b"\n" for one in mine),
            "cle-publique.pem": public_key_file(signing_key(runtime).public),
            "verifier.py": VERIFIER,
            "LISEZ-MOI.txt": READ_ME,
        },
    )


def _packed(files: Mapping[str, bytes | str]) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return held.getvalue()


async def _lines(
    db: AsyncSession, authority_id: UUID, upto: int
) -> AsyncIterator[tuple[AuditEvent, bytes | None]]:
    async for line, salted in lines_of(db, authority_id):
        if line.position > upto:
            return
        if isinstance(line, AuditEvent):
            yield line, salted


def _plain(line: AuditEvent, salted: bytes | None) -> dict[str, Any]:
    """A line as its hash is made, and its payload as its digest is."""
    return {
        "chain": line.authority_id,
        "position": line.position,
        "id": line.id,
        "seq": line.seq,
        "at": instant(line.at),
        "who": line.member_id,
        "device": line.device_id,
        "event": line.event,
        "subject": line.subject_id,
        "digest": line.digest or None,
        "previous": line.previous,
        "hash": line.hash,
        "salt": salted[:SALT].hex() if salted else None,
        "payload": salted[SALT:].decode() if salted else None,
    }


async def _rows(
    db: AsyncSession, actor: Actor, lines: Sequence[AuditEvent]
) -> list[tuple[str, ...]]:
    return [_row(shown) for shown in await journal_lines(db, actor, lines)]


def _row(shown: JournalLine) -> tuple[str, ...]:
    details = "; ".join(f"{name}: {value}" for name, value in shown.details.items())
    subject = shown.names.get(str(shown.subject_id), str(shown.subject_id or ""))
    cells = (
        str(shown.position), instant(shown.at), shown.who, shown.event, subject, details,
    )  # fmt: skip
    # A cell that begins so would be a formula for a spreadsheet (OWASP, CSV injection).
    return tuple("'" + cell if cell[:1] in ("=", "+", "-", "@") else cell for cell in cells)
