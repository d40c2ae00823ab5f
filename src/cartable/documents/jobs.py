"""Background work on pieces."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from cartable.documents.actions.ingest import ingest_version
from cartable.runtime import Runtime


async def ingest(runtime: Runtime, body: Mapping[str, Any]) -> None:
    """`documents.ingest_version`: body holds authority_id and version_id."""
    await ingest_version(runtime, UUID(body["authority_id"]), UUID(body["version_id"]))
