"""Listing, naming, moving and withdrawing pieces."""

from uuid import UUID

from litestar import delete, get, patch, post
from litestar.params import FromPath, JSONBody

from cartable.documents.actions import arrange
from cartable.documents.desk import desk_documents
from cartable.documents.shapes import DeskDocument, DocumentEdit, Withdrawal
from cartable.members.access import allow
from cartable.members.doors import AUTHORITY, BODY, ROLE, WRITE, Asker, Db, Now
from cartable.members.guards import member_only
from cartable.sittings.access import editable_sitting
from cartable.sittings.rules import AgendaItemHasDocuments, SittingAlreadyConvened
from cartable.web import refusals

DOCUMENT = f"{AUTHORITY}/documents/{{document_id:uuid}}"


@get(
    f"{AUTHORITY}/sittings/{{sitting_id:uuid}}/documents",
    summary="List the pieces of a sitting",
    guards=[member_only],
    responses=refusals(*ROLE),
)
async def list_documents(sitting_id: FromPath[UUID], db: Db, actor: Asker) -> list[DeskDocument]:
    """With the state of their files: being checked, ready, refused, withdrawn."""
    allow(actor, "clerk")
    await editable_sitting(db, actor, sitting_id)
    return await desk_documents(db, actor, sitting_id=sitting_id)


@patch(DOCUMENT, summary="Change a piece", guards=[member_only], responses=refusals(*BODY))
async def edit_document(
    document_id: FromPath[UUID], data: JSONBody[DocumentEdit], db: Db, actor: Asker
) -> DeskDocument:
    """Its title, kind, or place in the dossier; what is left out stays."""
    allow(actor, "clerk")
    await arrange.edit_document(db, actor, document_id, data)
    return (await desk_documents(db, actor, document_id=document_id))[0]


@post(
    f"{DOCUMENT}/withdraw",
    summary="Withdraw a piece",
    status_code=204,
    guards=[member_only],
    responses=refusals(*BODY),
)
async def withdraw_document(
    document_id: FromPath[UUID], data: JSONBody[Withdrawal], db: Db, actor: Asker, now: Now
) -> None:
    """In a draft it disappears; once called it stays listed, and its file leaves the tablets."""
    allow(actor, "clerk")
    await arrange.withdraw_document(db, actor, document_id, data.reason, now)


@delete(
    f"{AUTHORITY}/agenda/{{item_id:uuid}}",
    summary="Remove an agenda item",
    guards=[member_only],
    responses=refusals(*WRITE, SittingAlreadyConvened, AgendaItemHasDocuments),
)
async def remove_agenda_item(item_id: FromPath[UUID], db: Db, actor: Asker, now: Now) -> None:
    """From a draft, when no piece stands under it."""
    allow(actor, "clerk")
    await arrange.remove_agenda_item(db, actor, item_id, now)


handlers = [list_documents, edit_document, withdraw_document, remove_agenda_item]
