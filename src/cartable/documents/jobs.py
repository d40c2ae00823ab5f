"""Background work on pieces."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from cartable.documents.actions.ingest import Reading, finish_reading, ingest_version
from cartable.documents.inspection import refused
from cartable.runtime import Runtime


async def ingest(runtime: Runtime, body: Mapping[str, Any]) -> None:
    """`documents.ingest_version`: body holds authority_id and version_id."""
    await ingest_version(runtime, UUID(body["authority_id"]), UUID(body["version_id"]))


async def give_up(runtime: Runtime, body: Mapping[str, Any]) -> None:
    """The reading failed for hours, not by the file's fault: the clerk is told to try again."""
    authority_id, version_id = UUID(body["authority_id"]), UUID(body["version_id"])
    async with runtime.writing() as db:
        await finish_reading(
            db, authority_id, version_id, Reading(refused("reading_failed"), None, None)
        )
