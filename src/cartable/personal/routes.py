"""One's own data: copy, erasure, register; what an authority publishes of itself."""

from typing import Any
from uuid import UUID

from litestar import Request, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from litestar.response import Stream

from cartable.accounts.guards import admitted, proved
from cartable.accounts.routes.doors import ADMITTED
from cartable.accounts.rules import ProofNeeded
from cartable.actor import Person
from cartable.audit.actions import record_for_account
from cartable.errors import CrossSiteRequest, InvalidInput, NotFound
from cartable.members.access import allow
from cartable.members.doors import ANY, AUTHORITY, BODY, ROLE, WRITE, Asker, Db, Now
from cartable.members.guards import member_only
from cartable.members.rules import AccountShared, LastAdministrator
from cartable.personal.actions import ask, publish
from cartable.personal.export import export_person
from cartable.personal.publication import register_of
from cartable.personal.shapes import (
    CancelErasure,
    Erasure,
    LegalNotice,
    LegalNoticeEdit,
    PersonalData,
    Register,
)
from cartable.personal.state import erasures_of, personal_data
from cartable.web import refusals, runtime_of

PROVED = (*ADMITTED, ProofNeeded, CrossSiteRequest)
ERASURE = "/api/erasure"
Who = NamedDependency[Person]


@get(
    "/api/personal-data",
    summary="What is under way about one's own data",
    guards=[admitted],
    responses=refusals(*ADMITTED),
)
async def read_personal_data(request: Request[Any, Any, Any], db: Db, person: Who) -> PersonalData:
    """A request of erasure that waits, notes that will end with a mandate."""
    return await personal_data(db, runtime_of(request), person)


@post(
    "/api/export",
    summary="A copy of one's own data",
    status_code=200,
    guards=[admitted, proved],
    media_type="application/zip",
    responses=refusals(*PROVED),
)
async def export_my_data(request: Request[Any, Any, Any], db: Db, person: Who, now: Now) -> Stream:
    """A ZIP in open formats, made while it is sent: account, devices, and for every authority,
    ended or not, one's notes, intentions, readings and answers. Nothing of others."""
    await record_for_account(db, person.account_id, person.device_id, "account.data_copied")
    name = f"mes-donnees-cartable-{now.date().isoformat()}.zip"
    return Stream(
        export_person(runtime_of(request), person.account_id),
        media_type="application/zip",
        headers={
            "content-disposition": f'attachment; filename="{name}"',
            "cache-control": "private, no-store",
        },
    )


@post(
    ERASURE,
    summary="Ask that one's account be erased",
    status_code=200,
    guards=[admitted, proved],
    responses=refusals(*PROVED, LastAdministrator),
)
async def ask_erasure(
    request: Request[Any, Any, Any], db: Db, person: Who, now: Now
) -> PersonalData:
    """It is done after some days of grace, during which a message tells how to cancel."""
    await ask.ask_erasure(db, runtime_of(request), person, now)
    return await personal_data(db, runtime_of(request), person)


@delete(
    ERASURE,
    summary="Keep one's account after all",
    guards=[admitted],
    responses=refusals(*ADMITTED, CrossSiteRequest),
)
async def cancel_erasure(db: Db, person: Who, now: Now) -> None:
    """Without a request that waits, nothing changes."""
    await ask.cancel_erasure(db, person, now)


@post(
    f"{ERASURE}/cancellation",
    summary="Keep an account, by the link of a message",
    status_code=204,
    responses=refusals(NotFound, CrossSiteRequest, InvalidInput),
)
async def cancel_erasure_by_link(data: JSONBody[CancelErasure], db: Db, now: Now) -> None:
    """Nobody needs to be signed in. Nothing else than this POST acts: scanners follow links."""
    await ask.cancel_by_link(db, data.secret, now)


@post(
    f"{AUTHORITY}/members/{{member_id:uuid}}/erasure",
    summary="Enter a member's request of erasure",
    status_code=200,
    guards=[member_only, proved],
    responses=refusals(*WRITE, AccountShared, LastAdministrator),
)
async def ask_member_erasure(
    member_id: FromPath[UUID], db: Db, actor: Asker, now: Now
) -> list[Erasure]:
    """For somebody who asked on paper: they are written to, and may cancel."""
    allow(actor, "admin")
    await ask.ask_member_erasure(db, actor, member_id, now)
    return await erasures_of(db, actor)


@get(
    f"{AUTHORITY}/erasures",
    summary="The register of requests of erasure",
    guards=[member_only],
    responses=refusals(*ROLE),
)
async def list_erasures(db: Db, actor: Asker) -> list[Erasure]:
    """Those it entered, and those of members who asked themselves; the latest first."""
    allow(actor, "admin")
    return await erasures_of(db, actor)


@get(
    f"{AUTHORITY}/register",
    summary="The register of processing",
    guards=[member_only],
    responses=refusals(*ANY),
)
async def read_register(db: Db, actor: Asker) -> Register:
    """Made from the tables of the product; every member may read what is kept of them."""
    return await register_of(db, actor)


@get("/api/legal-notices", summary="What authorities publish of themselves")
async def list_legal_notices(db: Db) -> list[LegalNotice]:
    """For anybody: legal notices and accessibility statements."""
    return await publish.published_notices(db)


@put(
    f"{AUTHORITY}/legal-notice",
    summary="Publish the legal notice of an authority",
    guards=[member_only],
    responses=refusals(*BODY),
)
async def edit_legal_notice(
    data: JSONBody[LegalNoticeEdit], db: Db, actor: Asker, now: Now
) -> LegalNotice:
    """Read by anybody from then on."""
    allow(actor, "admin")
    return await publish.edit_legal_notice(db, actor, data, now)


handlers = [
    read_personal_data, export_my_data, ask_erasure, cancel_erasure, cancel_erasure_by_link,
    ask_member_erasure, list_erasures, read_register, list_legal_notices, edit_legal_notice,
]  # fmt: skip
