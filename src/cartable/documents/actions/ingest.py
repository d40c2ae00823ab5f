"""Reading a file in the background, and writing down what was found."""

import asyncio
import hashlib
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.authorities.actions import authority_write
from cartable.documents.actions.tell import tell_of_change
from cartable.documents.confinement import PREVIEW, TEXTS, Inspection, inspect_pdf
from cartable.documents.shapes import FileRef
from cartable.documents.tables import Document, DocumentVersion
from cartable.runtime import Runtime


@dataclass(frozen=True)
class Reading:
    """What the confined child found, and where its results are stored."""

    inspection: Inspection
    text: FileRef | None
    preview: FileRef | None


async def ingest_version(runtime: Runtime, authority_id: UUID, version_id: UUID) -> None:
    """Read one version. Doing it twice writes the same thing twice."""
    async with runtime.reading(authority_id) as db:
        version = await db.get(DocumentVersion, version_id)
    if version is None or version.state != "checking":
        return
    runtime.settings.scratch.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="ingest-", dir=runtime.settings.scratch) as folder:
        source, out = Path(folder, "source.pdf"), Path(folder, "out")
        out.mkdir()
        await runtime.storage.fetch(f"{authority_id}/{version.sha256}", source)
        inspection = await inspect_pdf(source, out)
        is_refused = inspection.refusal is not None
        reading = Reading(
            inspection,
            None if is_refused else await _store(runtime, authority_id, out / TEXTS),
            None if is_refused else await _store(runtime, authority_id, out / PREVIEW),
        )
    async with runtime.writing() as db:
        await finish_reading(db, authority_id, version_id, reading)


async def _store(runtime: Runtime, authority_id: UUID, path: Path) -> FileRef | None:
    if not path.exists():
        return None
    sha256 = await asyncio.to_thread(_sha256, path)
    await runtime.storage.put(f"{authority_id}/{sha256}", path)
    return FileRef(sha256=sha256, size=path.stat().st_size)


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


async def finish_reading(
    db: AsyncSession, authority_id: UUID, version_id: UUID, reading: Reading
) -> None:
    """Write the verdict. An accepted version comes into force unless a later one already is; those
    who may read it are told then, not when it was sent: before, there is nothing to see."""
    seq = await authority_write(db, authority_id)
    version = await db.get_one(DocumentVersion, version_id)
    if version.state != "checking":
        return
    document = await db.get_one(Document, version.document_id)
    found = reading.inspection
    version.seq = document.seq = seq
    version.pages, version.flags, version.refusal = found.pages, found.flags, found.refusal
    version.state = "ready" if found.refusal is None else "refused"
    if reading.text:
        version.text_sha256, version.text_size = reading.text.sha256, reading.text.size
    if reading.preview:
        version.preview_sha256, version.preview_size = reading.preview.sha256, reading.preview.size
    if version.state == "ready" and version.deleted_at is None:
        in_force = await db.scalar(
            select(DocumentVersion.number).where(DocumentVersion.id == document.version_id)
        )
        if in_force is None or in_force < version.number:
            document.version_id = version.id
            await db.flush()
            await tell_of_change(db, document, version.author_id, datetime.now(UTC))
    await db.flush()
