"""Members by file: importing a CSV, and writing one."""

from typing import Any

from litestar import Request, Response, post
from litestar.params import JSONBody

from cartable.accounts.guards import proved
from cartable.accounts.rules import ProofNeeded
from cartable.authorities.rules import QuotaExceeded
from cartable.members.access import allow
from cartable.members.actions import export_members, import_members
from cartable.members.doors import AUTHORITY, BODY, WRITE, Asker, Db, Now
from cartable.members.guards import member_only
from cartable.members.rules import (
    ImportChanged,
    ImportColumnsUnknown,
    ImportEmpty,
    ImportHasErrors,
    ImportTooLong,
    ImportUnreadable,
    SeatOverlaps,
    SubstituteSits,
)
from cartable.members.shapes import Import, Imported, ImportFile, ImportPreview
from cartable.web import refusals, runtime_of

MEMBERS = f"{AUTHORITY}/members"
_UNREADABLE = (ImportUnreadable, ImportEmpty, ImportTooLong, ImportColumnsUnknown)


@post(
    f"{MEMBERS}/import/preview",
    summary="See what a file of members would do",
    status_code=200,
    guards=[member_only],
    responses=refusals(*BODY, *_UNREADABLE),
)
async def preview_import(
    data: JSONBody[ImportFile], db: Db, actor: Asker, now: Now
) -> ImportPreview:
    """Line by line, with every error; nothing is written."""
    allow(actor, "admin")
    return await import_members.preview_import(db, actor, data, now)


@post(
    f"{MEMBERS}/import",
    summary="Import the file of members that was previewed",
    status_code=200,
    guards=[member_only, proved],
    responses=refusals(
        *BODY, ProofNeeded, *_UNREADABLE, ImportHasErrors, ImportChanged, SeatOverlaps,
        SubstituteSits, QuotaExceeded,
    ),
)  # fmt: skip
async def import_file(
    request: Request[Any, Any, Any], data: JSONBody[Import], db: Db, actor: Asker, now: Now
) -> Imported:
    """All of it or nothing; sent again, it does what was not done."""
    allow(actor, "admin")
    master = runtime_of(request).master_key
    return await import_members.import_members(db, actor, master, data, now)


@post(
    f"{MEMBERS}/export",
    summary="Write the members to a CSV file",
    status_code=200,
    media_type="text/csv",
    guards=[member_only, proved],
    responses=refusals(*WRITE, ProofNeeded),
)
async def export_file(db: Db, actor: Asker) -> Response[bytes]:
    """One line for each seat; the same columns can be imported."""
    allow(actor, "admin")
    content = await export_members.export_members(db, actor)
    return Response(
        content,
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": 'attachment; filename="membres.csv"'},
    )


handlers = [preview_import, import_file, export_file]
