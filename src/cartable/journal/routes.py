"""The journal of an authority, for its administrators; the activity of one's own account."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, QueryParameter

from cartable.accounts.guards import admitted, proved
from cartable.accounts.routes.doors import ADMITTED
from cartable.accounts.rules import ProofNeeded
from cartable.actor import Person
from cartable.errors import InvalidInput
from cartable.journal.access import Filter
from cartable.journal.actions import check_exported, export_journal, verify_journal
from cartable.journal.export import export_file
from cartable.journal.lines import activity_page, journal_page, verdict_shape
from cartable.journal.shapes import (
    Activity,
    Family,
    JournalExport,
    JournalPage,
    JournalVerdict,
)
from cartable.members.access import allow
from cartable.members.doors import AUTHORITY, ROLE, WRITE, Asker, Db, Now
from cartable.members.guards import member_only
from cartable.web import refusals, runtime_of

JOURNAL = f"{AUTHORITY}/journal"
EXPORTS = f"{JOURNAL}/exports"
Page = Annotated[int, QueryParameter(ge=1, le=1_000_000)]


@get(
    JOURNAL,
    summary="Read the journal",
    guards=[member_only],
    responses=refusals(*ROLE, InvalidInput),
)
async def read_journal(
    db: Db,
    actor: Asker,
    page: Page = 1,
    since: FromQuery[date | None] = None,
    until: FromQuery[date | None] = None,
    member: FromQuery[UUID | None] = None,
    family: FromQuery[Family | None] = None,
) -> JournalPage:
    """Newest first, 50 a page. `since` and `until` are days, both included."""
    allow(actor, "admin")
    return await journal_page(db, actor, Filter(since, until, member, family), page)


@post(
    f"{JOURNAL}/verification",
    summary="Verify the journal",
    status_code=200,
    guards=[member_only],
    responses=refusals(*WRITE),
)
async def verify_the_journal(
    request: Request[Any, Any, Any], db: Db, actor: Asker, now: Now
) -> JournalVerdict:
    """Recomputes every line and compares with the signed checkpoints."""
    allow(actor, "admin")
    verdict = await verify_journal(db, runtime_of(request), actor.authority_id)
    return verdict_shape(verdict, now)


@post(
    EXPORTS,
    summary="Ask for a copy of the journal",
    guards=[member_only, proved],
    responses=refusals(*WRITE, ProofNeeded),
)
async def create_journal_export(
    request: Request[Any, Any, Any], db: Db, actor: Asker
) -> JournalExport:
    """Leaves a line; the copy goes up to it and is fetched within ten minutes."""
    allow(actor, "admin")
    return JournalExport(position=await export_journal(db, runtime_of(request), actor))


@get(
    f"{EXPORTS}/{{position:int}}",
    summary="Fetch a copy of the journal",
    guards=[member_only, proved],
    responses=refusals(*ROLE, ProofNeeded),
    media_type="application/zip",
)
async def read_journal_export(
    request: Request[Any, Any, Any], position: FromPath[int], db: Db, actor: Asker, now: Now
) -> Response[bytes]:
    """A ZIP: lines as CSV and JSON Lines, signed checkpoints, the public key, how to verify."""
    allow(actor, "admin")
    await check_exported(db, actor, position, now)
    content = await export_file(db, runtime_of(request), actor, position)
    name = f"journal-{now.date().isoformat()}.zip"
    headers = {
        "content-disposition": f'attachment; filename="{name}"',
        "cache-control": "private, no-store",
    }
    return Response(content, media_type="application/zip", headers=headers)


@get(
    "/api/activity",
    summary="Activity of one's own account",
    guards=[admitted],
    responses=refusals(*ADMITTED, InvalidInput),
)
async def read_activity(person: NamedDependency[Person], db: Db, page: Page = 1) -> Activity:
    """What was done to the account and its devices, newest first, 50 a page."""
    return await activity_page(db, person, page)


handlers = [
    read_journal, verify_the_journal, create_journal_export, read_journal_export, read_activity,
]  # fmt: skip
