"""Receiving files. The body is the file itself: nothing is parsed, memory stays flat."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, post
from litestar.exceptions import HTTPException
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody, Schema
from litestar.params import FromPath, FromQuery, QueryParameter
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.actor import Actor
from cartable.authorities.rules import QuotaExceeded
from cartable.database import end, uuid7
from cartable.documents.access import editable_document
from cartable.documents.actions import upload
from cartable.documents.desk import desk_documents
from cartable.documents.rules import (
    DocumentWithdrawn,
    DossierFull,
    DuplicateDocument,
    EmptyFile,
    FileTooLarge,
    NotAPdf,
    ReasonMissing,
    UploadInterrupted,
    clean_file_name,
    title_from,
)
from cartable.documents.shapes import DeskDocument, DocumentKind
from cartable.documents.spool import Spooled, spool
from cartable.members.access import allow
from cartable.members.doors import AUTHORITY, BODY, Asker, Db, Now
from cartable.members.guards import member_only
from cartable.sittings.access import editable_sitting
from cartable.web import refusals, runtime_of

FILE = (NotAPdf, EmptyFile, FileTooLarge, UploadInterrupted, DuplicateDocument)
MEGABYTE = 1_000_000
NameParameter = Annotated[str, QueryParameter(max_length=300)]
Wire = Request[Any, Any, Any]


@dataclass
class _PdfBody(Operation):
    """Says in the specification that the body is the bytes of a PDF."""

    def __post_init__(self) -> None:
        schema = Schema(type="string", format="binary")  # type: ignore[arg-type]
        self.request_body = RequestBody(
            content={"application/pdf": OpenAPIMediaType(schema=schema)}, required=True
        )


@post(
    f"{AUTHORITY}/sittings/{{sitting_id:uuid}}/documents",
    summary="Add a piece to a sitting",
    guards=[member_only],
    operation_class=_PdfBody,
    request_max_body_size=None,
    responses=refusals(*BODY, *FILE, DossierFull, QuotaExceeded),
)
async def upload_document(
    request: Wire,
    sitting_id: FromPath[UUID],
    db: Db,
    actor: Asker,
    now: Now,
    file_name: NameParameter,
    document_id: Annotated[UUID | None, QueryParameter(name="id")] = None,
    title: NameParameter = "",
    kind: FromQuery[DocumentKind] = "other",
    agenda_item_id: FromQuery[UUID | None] = None,
    allow_duplicate: FromQuery[bool] = False,
) -> DeskDocument:
    """The body is the file. `id` is made by the page: the same one again adds nothing twice."""
    allow(actor, "clerk")
    await editable_sitting(db, actor, sitting_id)
    deposit = upload.Deposit(
        id=document_id or uuid7(),
        sitting_id=sitting_id,
        agenda_item_id=agenda_item_id,
        kind=kind,
        title=title.strip() or title_from(clean_file_name(file_name)),
        file_name=clean_file_name(file_name),
        allow_duplicate=allow_duplicate,
    )
    async with _received(request, db, actor) as file:
        document = await upload.upload_document(db, actor, deposit, file, now)
        return (await desk_documents(db, actor, document_id=document.id))[0]


@post(
    f"{AUTHORITY}/documents/{{document_id:uuid}}/versions",
    summary="Replace a piece by a new version",
    guards=[member_only],
    operation_class=_PdfBody,
    request_max_body_size=None,
    responses=refusals(*BODY, *FILE, DocumentWithdrawn, ReasonMissing, QuotaExceeded),
)
async def replace_document(
    request: Wire,
    document_id: FromPath[UUID],
    db: Db,
    actor: Asker,
    now: Now,
    file_name: NameParameter,
    reason: Annotated[str, QueryParameter(max_length=500)] = "",
) -> DeskDocument:
    """The body is the file. The version in force stays until the new one has been read."""
    allow(actor, "clerk")
    await editable_document(db, actor, document_id)
    name = clean_file_name(file_name)
    async with _received(request, db, actor) as file:
        await upload.replace_document(db, actor, document_id, file, name, reason.strip(), now)
        return (await desk_documents(db, actor, document_id=document_id))[0]


@asynccontextmanager
async def _received(request: Wire, db: AsyncSession, actor: Actor) -> AsyncIterator[Spooled]:
    """The file on the disk and in storage; no transaction is open while it arrives."""
    await end(db, commit=False)
    runtime = runtime_of(request)
    limit = runtime.settings.upload_limit * MEGABYTE
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > limit:
        raise FileTooLarge(limit=limit)
    async with spool(_body(request), runtime.settings.scratch, limit) as file:
        if announced.isdecimal() and int(announced) != file.size:
            raise UploadInterrupted
        await runtime.storage.put(f"{actor.authority_id}/{file.sha256}", file.path)
        yield file


async def _body(request: Wire) -> AsyncIterator[bytes]:
    try:
        async for chunk in request.stream():
            yield chunk
    except HTTPException:
        # The client went away, or sent other bytes than it had announced.
        raise UploadInterrupted from None


handlers = [upload_document, replace_document]
