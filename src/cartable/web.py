"""What every route shares: the transaction, who asks, refusals on the wire."""

import logging
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
from litestar.handlers import BaseRouteHandler
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Example
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.database import begin_read, end
from cartable.errors import (
    CartableError,
    CrossSiteRequest,
    InvalidInput,
    NotFound,
    Unavailable,
)
from cartable.runtime import Runtime

log = logging.getLogger(__name__)

PROBLEM = "application/problem+json"
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


def same_site(connection: Connection, _handler: BaseRouteHandler) -> None:
    """Guard of unsafe requests: our own header, and no sign of another site (OWASP, CSRF).

    Raises:
        CrossSiteRequest
    """
    if connection.scope.get("method") in ("GET", "HEAD", "OPTIONS"):
        return
    headers = connection.headers
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    from_elsewhere = site not in (None, "same-origin")
    if site is None and origin is not None:
        from_elsewhere = urlsplit(origin).netloc != headers.get("host")
    if headers.get("x-cartable") is None or from_elsewhere:
        raise CrossSiteRequest


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
    """Our own refusals."""
    return as_problem(error)


def refuse_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Problem]:
    """The web library's refusals, in our words."""
    if isinstance(error, ValidationException):
        return as_problem(InvalidInput(problems=_problems(error)))
    if isinstance(error, (NotFoundException, MethodNotAllowedException)):
        return as_problem(NotFound())
    if isinstance(error, ClientException):
        return as_problem(InvalidInput(problems=[{"path": "", "message": str(error.detail)}]))
    log.error("unexpected refusal", extra={"status": error.status_code})
    return as_problem(CartableError())


def _problems(error: ValidationException) -> list[dict[str, str]]:
    extra = error.extra if isinstance(error.extra, list) else []
    return [
        {"path": str(one.get("key", "")), "message": str(one.get("message", ""))}
        for one in extra
        if isinstance(one, dict)
    ]


def refuse_database(request: Request[Any, Any, Any], error: DBAPIError) -> Response[Problem]:
    """The database did not answer: nothing was written, trying again is right."""
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
            examples=[Example(id=e.code, summary=e.code, value=_example(e)) for e in several],
        )
        for status, several in by_status.items()
    }


def _first_line(error: type[CartableError]) -> str:
    return (error.__doc__ or "").strip().splitlines()[0]


def _example(error: type[CartableError]) -> dict[str, Any]:
    problem = as_problem(error()).content
    return {**msgspec.to_builtins(problem), "details": {}}


def path_id(connection: Connection, name: str) -> UUID:
    """An id of the path, for guards (which run before parameters are read).

    Raises:
        NotFound
    """
    try:
        return UUID(str(connection.path_params[name]))
    except (KeyError, ValueError):
        raise NotFound from None
