"""Pulling changes, the cheap poll, and live hints."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import (
    OpenAPIMediaType,
    OpenAPIResponse,
    OpenAPIType,
    Operation,
    Schema,
)
from litestar.params import FromQuery, JSONBody
from litestar.types import ASGIApp

from cartable.accounts.guards import admitted
from cartable.accounts.routes import ADMITTED
from cartable.accounts.rules import AnotherAccount, Revoked
from cartable.actor import Person
from cartable.errors import CrossSiteRequest, InvalidInput, NotFound, NotSignedIn
from cartable.members.doors import ANY, AUTHORITY, Asker, Db, Now
from cartable.members.guards import member_only, present_or_past_member
from cartable.mutations.rules import EpochChanged
from cartable.sync import actions, push
from cartable.sync.hints import HintStream, followed_heads
from cartable.sync.rules import PullTooOld
from cartable.sync.shapes import Head, Pulled, PullRequest, Pushed, PushRequest
from cartable.web import refusals, runtime_of


@post(
    f"{AUTHORITY}/sync/pull",
    summary="Pull what changed in one's view",
    status_code=200,
    guards=[present_or_past_member],
    responses=refusals(
        NotSignedIn,
        AnotherAccount,
        Revoked,
        PullTooOld,
        NotFound,
        CrossSiteRequest,
        InvalidInput,
    ),
)
async def pull_changes(
    request: Request[Any, Any, Any], data: JSONBody[PullRequest], db: Db, actor: Asker, now: Now
) -> Pulled:
    """A page of changes after the cursor; without a cursor, of the whole view."""
    master = runtime_of(request).master_key
    return await actions.pull_changes(db, actor, master, data, now)


@post(
    f"{AUTHORITY}/sync/push",
    summary="Push what was written on a tablet",
    status_code=200,
    guards=[present_or_past_member],
    responses=refusals(
        NotSignedIn,
        AnotherAccount,
        Revoked,
        EpochChanged,
        NotFound,
        CrossSiteRequest,
        InvalidInput,
    ),
)
async def push_changes(
    request: Request[Any, Any, Any], data: JSONBody[PushRequest], db: Db, actor: Asker, now: Now
) -> Pushed:
    """What became of each mutation. What cannot be applied is kept for its author; a pull
    acknowledges."""
    return await push.push_changes(db, actor, runtime_of(request).master_key, data, now)


@get(
    f"{AUTHORITY}/sync/head",
    summary="Poll the authority's number line",
    guards=[member_only],
    responses={304: ResponseSpec(None, description="Nothing changed"), **refusals(*ANY)},
)
async def read_head(request: Request[Any, Any, Any], db: Db, actor: Asker) -> Response[Head | None]:
    """Answers 304 while nothing changed."""
    head = await actions.read_head(db, actor)
    etag = f'"{head.epoch.hex}-{head.seq}"'
    headers = {"etag": etag, "cache-control": "private, no-cache"}
    # A proxy that compresses weakens the tag on its way.
    known = request.headers.get("if-none-match", "").split(",")
    if etag in [tag.strip().removeprefix("W/") for tag in known]:
        return Response(None, status_code=304, headers=headers)
    return Response(head, headers=headers)


@dataclass
class _StreamAnswer(Operation):
    """Says in the specification what a stream of events is."""

    def __post_init__(self) -> None:
        text = OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING))
        self.responses = {
            **(self.responses or {}),
            "200": OpenAPIResponse(
                description="Server-sent events, each with a `HintEvent` as its data; comments"
                " in between. The server ends it after 15 minutes.",
                content={"text/event-stream": text},
            ),
        }


@get(
    "/api/sync/hints",
    summary="Hear live that something changed",
    guards=[admitted],
    operation_class=_StreamAnswer,
    responses=refusals(*ADMITTED, InvalidInput),
)
async def follow_hints(
    request: Request[Any, Any, Any],
    person: NamedDependency[Person],
    db: Db,
    account: FromQuery[UUID | None] = None,
) -> ASGIApp:
    """In one's authorities, the heads first. A page names its account here: this request cannot
    carry our header."""
    if account not in (None, person.account_id):
        raise AnotherAccount
    return HintStream(runtime_of(request).bus, person, await followed_heads(db, person))


handlers = [pull_changes, push_changes, read_head, follow_hints]
