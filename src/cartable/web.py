"""What every route shares: the transaction, who asks, refusals on the wire."""

import logging
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.exceptions import (
    ClientException,
    HTTPException,
    MethodNotAllowedException,
    NotFoundException,
    ValidationException,
)
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.database import begin_read, end
from cartable.errors import (
    BodyTooLarge,
    CartableError,
    CrossSiteRequest,
    InvalidInput,
    NotFound,
    Unavailable,
)
from cartable.runtime import Runtime
from cartable.samples import details_of

log = logging.getLogger(__name__)

PROBLEM = "application/problem+json"
BODY_LIMIT = 2_000_000
"""Bytes of a request that is not a piece: an outbox of 50 long notes fits."""

Connection = ASGIConnection[Any, Any, Any, Any]


class Problem(msgspec.Struct, kw_only=True):
    """A refusal (RFC 9457): `code` for the program, `details` are data, never sentences."""

    type: str
    title: str
    status: int
    code: str
    details: dict[str, Any] = {}


def runtime_of(connection: Connection) -> Runtime:
    """The process's open parts."""
    runtime: Runtime = connection.app.state.runtime
    return runtime


def now_of() -> datetime:
    """The server's clock, the only one that counts."""
    return datetime.now(UTC)


def session_of(connection: Connection) -> AsyncSession:
    """The request's session, made when first asked for; `transaction` closes it."""
    scope: Any = connection.scope
    if "cartable_db" not in scope:
        scope["cartable_db"] = runtime_of(connection).sessions()
    db: AsyncSession = scope["cartable_db"]
    return db


async def transaction(request: Request[Any, Any, Any]) -> AsyncIterator[AsyncSession]:
    """One snapshot, or one write, for the whole request: committed before the answer is sent."""
    db = session_of(request)
    try:
        await begin_read(db)
        yield db
    except BaseException:
        await end(db, commit=False)
        raise
    else:
        await end(db, commit=True)
    finally:
        runtime_of(request).notice(db)


def close_sessions(app: Any) -> Any:
    """Middleware: a request that ends anyhow gives its connection back."""

    async def wrapped(scope: Any, receive: Any, send: Any) -> None:
        try:
            await app(scope, receive, send)
        finally:
            if (db := scope.pop("cartable_db", None)) is not None:
                await db.close()

    return wrapped


def same_site(connection: Connection, handler: BaseRouteHandler) -> None:
    """Guard of unsafe requests: our own header, and no sign of another site (OWASP, CSRF).

    A route marked `is_for_servers` reads no cookie: what is posted there proves itself.

    Raises:
        CrossSiteRequest
    """
    if connection.scope.get("method") in ("GET", "HEAD", "OPTIONS"):
        return
    if handler.opt.get("is_for_servers"):
        return
    headers = connection.headers
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    from_elsewhere = site not in (None, "same-origin")
    if site is None and origin is not None:
        from_elsewhere = urlsplit(origin).netloc != headers.get("host")
    if headers.get("x-cartable") is None or from_elsewhere:
        raise CrossSiteRequest


async def whole_body(connection: Connection, handler: BaseRouteHandler) -> None:
    """Guard that waits for the body, before any other opens a snapshot.

    A slow network, or a malicious one, must not hold a connection of the database meanwhile.
    Pieces have no limit here: their routes give the connection back before they read.
    """
    if not isinstance(connection, Request) or not isinstance(handler, HTTPRouteHandler):
        return
    if handler.resolve_request_max_body_size() is not None:
        await connection.body()


def as_problem(error: CartableError) -> Response[Problem]:
    """The answer that carries a refusal."""
    headers = {}
    if "retry_after" in error.details:
        headers["retry-after"] = str(error.details["retry_after"])
    return Response(
        Problem(
            type=f"urn:cartable:{error.code}",
            title=error.code.replace("_", " "),
            status=error.status,
            code=error.code,
            details=error.details,
        ),
        status_code=error.status,
        media_type=PROBLEM,
        headers=headers,
    )


def refuse(request: Request[Any, Any, Any], error: CartableError) -> Response[Problem]:
    """Our own refusals: each leaves a line, of its code and its device; never what was sent."""
    device = getattr(request.scope.get("user"), "device_id", None)
    log.info("refused", extra={"code": error.code, "device": device})
    return as_problem(error)


def refuse_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Problem]:
    """The web library's refusals, in our words."""
    if isinstance(error, ValidationException):
        return refuse(request, _invalid(error))
    if isinstance(error, (NotFoundException, MethodNotAllowedException)):
        return refuse(request, NotFound())
    if error.status_code == BodyTooLarge.status:
        return refuse(request, BodyTooLarge(limit=BODY_LIMIT))
    if isinstance(error, ClientException):
        return refuse(request, InvalidInput(path="", message=str(error.detail)))
    log.error("unexpected refusal", extra={"status": error.status_code})
    return as_problem(CartableError())


def _invalid(error: ValidationException) -> InvalidInput:
    """The first field that is wrong: the interface shows one at a time."""
    for one in error.extra if isinstance(error.extra, list) else []:
        if isinstance(one, dict):
            message = str(one.get("message", ""))
            path = [key for key in str(one.get("key", "")).split(".") if key != "data"]
            path += re.findall(r"missing required field `(\w+)`", message)
            return InvalidInput(path=".".join(path), message=message)
    return InvalidInput(path="", message=str(error.detail))


def refuse_body(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """JSON that is not UTF-8, or nested deeper than any of ours."""
    return refuse(request, InvalidInput(path="", message=type(error).__name__))


def refuse_database(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """The database did not answer: nothing was written, trying again is right.

    Unless what was sent is text that it cannot hold, such as a NUL (SQLSTATE class 22).
    """
    if str(getattr(getattr(error, "orig", None), "sqlstate", "")).startswith("22"):
        return refuse(request, InvalidInput(path="", message="data exception"))
    log.error("database failed", exc_info=error, extra={"path": request.url.path})
    return as_problem(Unavailable(part="database", retry_after=2))


def fail(request: Request[Any, Any, Any], error: Exception) -> Response[Problem]:
    """A fault of ours: logged, never shown."""
    log.error("request failed", exc_info=error, extra={"path": request.url.path})
    return as_problem(CartableError())


def refusals(*errors: type[CartableError]) -> dict[int, ResponseSpec]:
    """What an operation may refuse, for the specification: by status, with an example of each."""
    by_status: dict[int, list[type[CartableError]]] = {}
    for error in errors:
        by_status.setdefault(error.status, []).append(error)
    return {
        status: ResponseSpec(
            data_container=Problem,
            generate_examples=False,
            media_type=PROBLEM,
            description=" ".join(f"`{e.code}`: {_first_line(e)}" for e in several),
            examples=[Example(id=e.code, summary=e.code, value=example_of(e)) for e in several],
        )
        for status, several in by_status.items()
    }


def _first_line(error: type[CartableError]) -> str:
    return (error.__doc__ or "").strip().splitlines()[0]


def example_of(error: type[CartableError]) -> dict[str, Any]:
    """What the wire carries when `error` is raised, with details such as its docstring names."""
    problem = as_problem(error(**details_of(error.__doc__ or ""))).content
    return dict(msgspec.to_builtins(problem))


def path_id(connection: Connection, name: str) -> UUID:
    """An id of the path, for guards (which run before parameters are read).

    Raises:
        NotFound
    """
    try:
        return UUID(str(connection.path_params[name]))
    except (KeyError, ValueError):
        raise NotFound from None
