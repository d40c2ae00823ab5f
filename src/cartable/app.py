"""The web application: routes, guards, dependencies, refusals, the specification."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from typing import Any

from litestar import Litestar, Request, Response, get
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.handlers import BaseRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.spec import License
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from cartable.accounts import routes as accounts
from cartable.accounts.guards import person_of
from cartable.attendance import routes as attendance
from cartable.connections import routes as connections
from cartable.convocations import routes as convocations
from cartable.documents import routes as documents
from cartable.errors import CartableError
from cartable.headers import Headers
from cartable.hosting import routes as hosting
from cartable.interface import Interface, show_interface
from cartable.journal import routes as journal
from cartable.logs import set_up_logs
from cartable.members import routes as members
from cartable.members.guards import actor_of
from cartable.notifications import routes as notifications
from cartable.personal import routes as personal
from cartable.runtime import Runtime, open_runtime
from cartable.settings import Settings, load_settings
from cartable.signals import on_stop
from cartable.sittings import routes as sittings
from cartable.specification import Specification
from cartable.sync import routes as sync
from cartable.sync.catalogue import SHAPES
from cartable.sync.hints import hinting
from cartable.usage import routes as usage
from cartable.web import (
    BODY_LIMIT,
    close_sessions,
    fail,
    now_of,
    refuse,
    refuse_body,
    refuse_database,
    refuse_http,
    runtime_of,
    same_site,
    transaction,
    whole_body,
)
from cartable.worker import work


@get("/health/live", include_in_schema=False)
async def is_live() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@get("/health/ready", include_in_schema=False)
async def is_ready(request: Request[Any, Any, Any]) -> Response[dict[str, str]]:
    """Database and storage answer too."""
    runtime = runtime_of(request)
    state = {"database": "ok", "storage": "ok"}
    try:
        async with runtime.reading() as db:
            await db.execute(text("SELECT 1"))
    except Exception:
        # Drivers raise errors of their own before SQLAlchemy wraps any: none of them means well.
        state["database"] = "unreachable"
    try:
        await runtime.storage.check()
    except CartableError:
        state["storage"] = "unreachable"
    is_well = set(state.values()) == {"ok"}
    return Response(state, status_code=200 if is_well else 503)


DOMAINS = {
    "accounts": accounts, "members": members, "sittings": sittings, "documents": documents,
    "convocations": convocations, "attendance": attendance, "sync": sync,
    "notifications": notifications, "journal": journal, "hosting": hosting,
    "usage": usage, "personal": personal, "connections": connections,
}  # fmt: skip


def _tagged() -> list[BaseRouteHandler]:
    """Every operation, with its domain as its tag: one flat list, as domains share some paths."""
    handlers: list[BaseRouteHandler] = []
    for tag, domain in DOMAINS.items():
        for handler in domain.handlers:
            handler.tags = [tag]
            handlers.append(handler)
    return handlers


def _operation_id(handler: Any, _method: Any, _path: Any) -> str:
    return str(handler.handler_name)


def _person(request: Request[Any, Any, Any]) -> Any:
    return person_of(request)


def create_app(
    settings: Settings | None = None, *, has_worker: bool = True, runtime: Runtime | None = None
) -> Headers:
    """The ASGI application. A `runtime` given is used and left open."""
    settings = settings or load_settings()

    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        async with AsyncExitStack() as stack:
            held = runtime
            if held is None:
                held = await stack.enter_async_context(open_runtime(settings))
            await held.storage.check()
            app.state.runtime = held
            await stack.enter_async_context(hinting(held))
            stack.enter_context(on_stop(held.bus.close))
            worker = asyncio.create_task(work(held)) if has_worker else None
            yield
            if worker is not None:
                worker.cancel()
                with suppress(asyncio.CancelledError):
                    await worker

    litestar = Litestar(
        route_handlers=[*_tagged(), is_live, is_ready, show_interface],
        lifespan=[lifespan],
        guards=[same_site, whole_body],
        middleware=[close_sessions],
        dependencies={
            "db": Provide(transaction),
            "now": Provide(now_of, sync_to_thread=False),
            "person": Provide(_person, sync_to_thread=False),
            "actor": Provide(actor_of),
        },
        exception_handlers={
            CartableError: refuse,
            HTTPException: refuse_http,
            DBAPIError: refuse_database,
            PoolTimeoutError: refuse_database,
            ConnectionError: refuse_database,
            UnicodeDecodeError: refuse_body,
            RecursionError: refuse_body,
            Exception: fail,
        },
        openapi_config=OpenAPIConfig(
            title="Cartable",
            version="1",
            description="The open digital briefcase of elected officials.",
            license=License(name="AGPL-3.0-or-later", identifier="AGPL-3.0-or-later"),
            path="/api",
            render_plugins=[Specification(SHAPES)],
            operation_id_creator=_operation_id,
            use_handler_docstrings=True,
        ),
        request_max_body_size=BODY_LIMIT,
        logging_config=None,
    )
    litestar.state.interface = Interface(settings.web_root)
    return Headers(litestar, is_https=settings.is_https)


def serve() -> Headers:
    """Factory for the server's processes."""
    settings = load_settings()
    set_up_logs(settings.log_level)
    return create_app(settings)


def serve_without_worker() -> Headers:
    """The same, when `cartable work` runs apart."""
    settings = load_settings()
    set_up_logs(settings.log_level)
    return create_app(settings, has_worker=False)
