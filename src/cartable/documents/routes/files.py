"""The bytes of pieces. Access is checked at each request."""

from dataclasses import dataclass
from typing import Any

from litestar import Request, get, route
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIResponse, Operation, Schema
from litestar.params import FromPath
from litestar.types import ASGIApp
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.actor import Actor
from cartable.documents.access import readable_file
from cartable.documents.sending import FileToSend, Sender
from cartable.members.doors import ANY, AUTHORITY, Asker, Db
from cartable.members.guards import member_only
from cartable.web import refusals, runtime_of

_MEDIA = {"original": "application/pdf", "text": "application/gzip", "preview": "image/webp"}
_ENDS = {"original": ".pdf", "text": ".json.gz", "preview": ".webp"}


@dataclass
class _FileAnswer(Operation):
    """Says in the specification what a file's answers are."""

    def __post_init__(self) -> None:
        file = OpenAPIMediaType(schema=Schema(type="string", format="binary"))  # type: ignore[arg-type]
        body = dict.fromkeys(_MEDIA.values(), file)
        self.responses = {
            **(self.responses or {}),
            "200": OpenAPIResponse(description="The whole file", content=body),
            "206": OpenAPIResponse(description="The bytes asked for", content=body),
            "304": OpenAPIResponse(description="The file is the one already held"),
            "416": OpenAPIResponse(description="The file has no such bytes"),
        }


FILE = f"{AUTHORITY}/files/{{sha256:str}}"


@route(
    FILE,
    http_method="HEAD",
    summary="Learn the size and the ETag of a piece",
    guards=[member_only],
    operation_class=_FileAnswer,
    responses=refusals(*ANY),
)
async def read_file_headers(
    request: Request[Any, Any, Any], sha256: FromPath[str], db: Db, actor: Asker
) -> ASGIApp:
    """What a GET would answer, without the bytes."""
    return await _sender(request, sha256, db, actor)


@get(
    FILE,
    summary="Fetch the bytes of a piece",
    guards=[member_only],
    operation_class=_FileAnswer,
    responses=refusals(*ANY),
)
async def read_file(
    request: Request[Any, Any, Any], sha256: FromPath[str], db: Db, actor: Asker
) -> ASGIApp:
    """A piece, its page texts or its preview, named by SHA-256; Range and ETag are honoured."""
    return await _sender(request, sha256, db, actor)


async def _sender(
    request: Request[Any, Any, Any], sha256: str, db: AsyncSession, actor: Actor
) -> Sender:
    version, title, part = await readable_file(db, actor, sha256)
    size = {
        "original": version.size,
        "text": version.text_size,
        "preview": version.preview_size,
    }[part]
    runtime = runtime_of(request)
    return Sender(
        FileToSend(
            storage=runtime.storage,
            object_name=f"{actor.authority_id}/{sha256}",
            sha256=sha256,
            size=size or 0,
            media_type=_MEDIA[part],
            file_name=title + _ENDS[part],
            is_accelerated=runtime.settings.file_sending == "x-accel",
        )
    )


handlers = [read_file, read_file_headers]
