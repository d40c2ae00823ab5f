"""Protections taken away: the others must hold, and without any the test must not be blind."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, select, true
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import ORMExecuteState, with_loader_criteria
from sqlalchemy.sql import visitors
from sqlalchemy.sql.base import ExecutableOption
from sqlalchemy.sql.elements import BinaryExpression, BindParameter
from sqlalchemy.sql.operators import eq
from sqlalchemy.sql.schema import Column

from cartable import tenancy
from cartable.actor import Actor
from cartable.database import create_engine
from cartable.errors import NotFound
from cartable.members import access
from cartable.runtime import Runtime
from cartable.schema import metadata
from tests.isolation import statements
from tests.isolation.stuffing import OWNERS


class _Nobody:
    """Stands for no class."""


@contextmanager
def without_sessions(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Sessions add no criterion and check no insertion."""
    nothing = with_loader_criteria(_Nobody, lambda cls: true())
    with monkeypatch.context() as patch:
        patch.setattr(tenancy, "criterion", lambda authority_id: nothing)
        patch.setattr(tenancy, "_check", lambda *_: None)
        patch.setattr(statements, "is_watching", False)
        yield


@contextmanager
def without_hands(monkeypatch: pytest.MonkeyPatch, but: str = "") -> Iterator[None]:
    """No statement says by itself `authority_id = …`: what domains wrote by hand is taken out,
    `but` of one table; nor is a row of the members' compared once it is there."""

    def forget(state: ORMExecuteState) -> None:
        if not state.is_insert:
            statement: Any = state.statement
            always = partial(_always, but=but)
            state.statement = visitors.replacement_traverse(statement, {}, always)

    event.listen(tenancy.TenantSession, "do_orm_execute", forget, insert=True)
    try:
        with monkeypatch.context() as patch:
            patch.setattr(access, "_of_authority", _whosever)
            yield
    finally:
        event.remove(tenancy.TenantSession, "do_orm_execute", forget)


async def _whosever(db: AsyncSession, _actor: Actor, table: type[Any], row_id: UUID) -> Any:
    row = await db.get(table, row_id)
    if row is None:
        raise NotFound
    return row


def _always(element: Any, *, but: str, **_: Any) -> Any:
    if isinstance(element, ExecutableOption):
        return element  # the criterion of the session, which another plant takes away
    if isinstance(element, BinaryExpression) and element.operator is eq:
        column, value = element.left, element.right
        if isinstance(column, Column) and isinstance(value, BindParameter):
            is_tenant = column.name == "authority_id"
            if is_tenant and column.table is not None and column.table.name != but:
                return true()
    return None


PLANTS: dict[str, Callable[[pytest.MonkeyPatch], AbstractContextManager[None]]] = {
    "by session": without_sessions,
    "by hand": without_hands,
    "by hand, heads apart": partial(without_hands, but="authority_head"),
}
"""The head of an authority is one row, named by its authority: where nothing else says which,
there are two, and neither pull nor push comes to what it would tell."""


@contextmanager
def as_owner(runtime: Runtime, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Row security holds nobody: the server serves as a superuser. Nothing on SQLite."""
    if runtime.settings.is_sqlite:
        yield
        return
    engine = create_engine(runtime.settings.owner_url)
    made = runtime.sessions
    sessions = async_sessionmaker(**{**made.kw, "bind": engine}, class_=made.class_)
    held = runtime.sessions
    object.__setattr__(runtime, "sessions", sessions)
    try:
        yield
    finally:
        object.__setattr__(runtime, "sessions", held)


async def ids_of(runtime: Runtime, authority_id: UUID) -> dict[str, Any]:
    """An id of each kind in an authority: a row of each table that lives, a file, its epoch."""
    found: dict[str, Any] = {"authority": authority_id}
    async with runtime.reading() as db:
        for name, owner in sorted(OWNERS.items()):
            table = metadata.tables[name]
            if "id" not in table.c:
                continue
            key = table.c.id
            asked = select(key).where(table.c[owner] == authority_id).order_by(key)
            if "deleted_at" in table.c:
                asked = asked.where(table.c.deleted_at.is_(None))
            found[name] = await db.scalar(asked.limit(1))
        version = metadata.tables["document_version"]
        asked = select(version.c.sha256, version.c.document_id).where(
            version.c.authority_id == authority_id, version.c.state == "ready"
        )
        row = (await db.execute(asked.order_by(version.c.id).limit(1))).one()
        found |= {"file": row.sha256, "document": row.document_id}
        head = metadata.tables["authority_head"]
        found["epoch"] = await db.scalar(
            select(head.c.epoch).where(head.c.authority_id == authority_id)
        )
    return found
