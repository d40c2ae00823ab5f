"""The host's routes: authorities counted, opened, suspended; the health of the server."""

from typing import Any
from uuid import UUID

from litestar import Request, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.guards import proved
from cartable.accounts.routes.doors import ADMITTED, UNSAFE
from cartable.accounts.rules import ProofNeeded
from cartable.actor import Person
from cartable.database import end
from cartable.errors import NotFound
from cartable.hosting import actions
from cartable.hosting.actions import Operator
from cartable.hosting.guards import operator_only
from cartable.hosting.health import health_of
from cartable.hosting.measures import hosted, hosted_authorities, support_view
from cartable.hosting.rules import QuotaInvalid
from cartable.hosting.shapes import (
    Health,
    HostedAuthority,
    NewAuthority,
    Quota,
    SupportView,
    Suspension,
)
from cartable.members.doors import Db, Now
from cartable.members.rules import InvalidEmail
from cartable.web import refusals, runtime_of

Any_ = Request[Any, Any, Any]
Asking = NamedDependency[Person]
HOSTING = "/api/hosting"
AUTHORITIES = f"{HOSTING}/authorities"
ONE = f"{AUTHORITIES}/{{authority_id:uuid}}"
READ = (*ADMITTED, NotFound, ProofNeeded)
DEED = (*READ, *UNSAFE)


@get(
    AUTHORITIES,
    summary="List the authorities of the host",
    guards=[operator_only],
    responses=refusals(*READ),
)
async def list_hosted_authorities(request: Any_, db: Db) -> list[HostedAuthority]:
    """By name: members, megabytes, quotas, state."""
    await end(db, commit=False)
    return await hosted_authorities(runtime_of(request))


@get(
    ONE, summary="Counts and states of an authority", guards=[operator_only],
    responses=refusals(*READ),
)  # fmt: skip
async def read_support_view(authority_id: FromPath[UUID], request: Any_, db: Db) -> SupportView:
    """What helps somebody who calls: never a paper, a title, a note or a name."""
    await end(db, commit=False)
    return await support_view(runtime_of(request), authority_id)


@get(
    f"{HOSTING}/health", summary="Health of the host", guards=[operator_only],
    responses=refusals(*READ),
)  # fmt: skip
async def read_health(request: Any_, db: Db, now: Now) -> Health:
    """Each part looked at now, the worst first."""
    await end(db, commit=False)
    return await health_of(runtime_of(request), now)


@post(
    AUTHORITIES,
    summary="Open an authority",
    guards=[operator_only, proved],
    responses=refusals(*DEED, InvalidEmail),
)
async def open_authority(
    request: Any_, data: JSONBody[NewAuthority], person: Asking, db: Db, now: Now
) -> HostedAuthority:
    """Its first administrator receives an invitation."""
    master = runtime_of(request).master_key
    founded = await actions.open_authority(db, master, _operator(person), data, now, by_mail=True)
    return await _done(request, db, founded.authority_id)


@post(
    f"{ONE}/suspend",
    summary="Suspend an authority",
    status_code=200,
    guards=[operator_only, proved],
    responses=refusals(*DEED),
)
async def suspend_authority(
    authority_id: FromPath[UUID],
    request: Any_,
    data: JSONBody[Suspension],
    person: Asking,
    db: Db,
    now: Now,
) -> HostedAuthority:
    """Every route of it refuses from now on; its tablets keep their papers."""
    await actions.suspend_authority(db, _operator(person), authority_id, data.reason, now)
    return await _done(request, db, authority_id)


@post(
    f"{ONE}/reopen",
    summary="Open a suspended authority again",
    status_code=200,
    guards=[operator_only, proved],
    responses=refusals(*DEED),
)
async def reopen_authority(
    authority_id: FromPath[UUID], request: Any_, person: Asking, db: Db
) -> HostedAuthority:
    """Its routes answer again."""
    await actions.reopen_authority(db, _operator(person), authority_id)
    return await _done(request, db, authority_id)


@put(
    f"{ONE}/quota",
    summary="Set the quota of an authority",
    guards=[operator_only, proved],
    responses=refusals(*DEED, QuotaInvalid),
)
async def set_quota(
    authority_id: FromPath[UUID], request: Any_, data: JSONBody[Quota], person: Asking, db: Db
) -> HostedAuthority:
    """Megabytes of pieces and active members; what is there already stays."""
    await actions.set_quota(db, _operator(person), authority_id, data)
    return await _done(request, db, authority_id)


def _operator(person: Person) -> Operator:
    return Operator(person.account_id, person.device_id)


async def _done(request: Any_, db: AsyncSession, authority_id: UUID) -> HostedAuthority:
    """The deed is committed, then its authority is counted as anybody would see it."""
    await end(db, commit=True)
    return await hosted(runtime_of(request), authority_id)


handlers = [
    list_hosted_authorities, read_support_view, read_health, open_authority, suspend_authority,
    reopen_authority, set_quota,
]  # fmt: skip
