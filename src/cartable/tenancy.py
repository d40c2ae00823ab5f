"""One session, one authority: what keeps a forgotten criterion from showing another's papers.

A session is bound to one authority by the members' guard, by the deed that takes its head, or by
the job that names it. From then on every ORM select, update and delete on a table that has an
`authority_id` carries `authority_id = …`, whatever was written by hand; on PostgreSQL row security
says the same a second time (migration 0012), for Core and textual statements too. A session that
is bound to none sees no row of any such table.

What must look across authorities says why, by one of `DOORS`, and sees the tables of that door
only. Tests watch every statement on top of that (tests/isolation/statements.py).
"""

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import Uuid, column, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction, with_loader_criteria
from sqlalchemy.orm.decl_api import DeclarativeBase

NOWHERE = UUID(int=0)
"""No authority has this id: what a session bound to none is confined to."""


@dataclass(frozen=True)
class Door:
    """A way across authorities: who takes it and why, and the only tables it opens.

    `of_account`: only what an account is a member of. `writes`: not for reading alone.
    """

    why: str
    tables: frozenset[str]
    of_account: bool = False
    writes: bool = False


DOORS: Mapping[str, Door] = {
    "memberships": Door(
        "a person sees where they are a member, whether notices leave there, and live hints",
        frozenset({"member", "authority_head", "notification_switch", "device_copy"}),
        of_account=True,
    ),
    "heads": Door(
        "the net under live hints looks whether an authority that somebody follows has moved",
        frozenset({"authority_head"}),
    ),
}
"""Every reason to look across authorities, and what it opens. Migrations make the same policies."""


class Another(RuntimeError):
    """A session met an authority that is not its own: a fault of ours, never of who asks."""


class Scope(NamedTuple):
    """What a session may see: one authority, or what a door opens (to one account)."""

    authority_id: UUID | None = None
    door: str = ""
    account_id: UUID | None = None

    @property
    def settings(self) -> tuple[str, str, str]:
        """As row security knows it; empty for none."""
        return (str(self.authority_id or ""), self.door, str(self.account_id or ""))


NO_SCOPE = Scope()
_SET = (
    "SELECT set_config('cartable.authority', $1, true), set_config('cartable.across', $2, true), "
    "set_config('cartable.account', $3, true)"
)


class TenantSession(Session):
    """The session of every process: knows its authority."""

    @property
    def scope(self) -> Scope:
        """What it may see now."""
        scope: Scope = self.info.get("scope", NO_SCOPE)
        return scope

    @property
    def is_flushing(self) -> bool:
        """Whether it writes rows one by one: each was checked to be its own."""
        return "flushing" in self.info


async def bind(db: AsyncSession, authority_id: UUID) -> None:
    """Confine a session to one authority, for good.

    Raises:
        Another: it was bound to one already.
    """
    held = scope_of(db)
    if held.authority_id == authority_id and not held.door:
        return
    if held.authority_id not in (None, authority_id):
        raise Another("one session, one authority")
    await enter(db, Scope(authority_id))


@asynccontextmanager
async def across_authorities(
    db: AsyncSession, reason: str, account_id: UUID | None = None
) -> AsyncIterator[None]:
    """While the block lasts, the session sees what the door `reason` opens, of every authority.

    `account_id`: for doors that show one person what is theirs. Rows that were seen do not stay in
    the session: a later look by id must ask the database again.
    """
    if DOORS[reason].of_account is not (account_id is not None):
        raise ValueError(f"{reason}: an account is given when, and only when, the door is for one")
    held = scope_of(db)
    await enter(db, Scope(held.authority_id, reason, account_id))
    try:
        yield
    except BaseException:
        db.info["scope"] = held
        # A transaction that failed takes nothing any more: it can only be undone, and this with it.
        with suppress(DBAPIError):
            await _tell_database(db)
        raise
    _forget_strangers(db, held.authority_id)
    if scope_of(db).door == reason:
        await enter(db, held)


def scope_of(db: AsyncSession) -> Scope:
    """What a session may see now."""
    scope: Scope = db.info.get("scope", NO_SCOPE)
    return scope


async def enter(db: AsyncSession, scope: Scope) -> None:
    """What a session may see from now on. `bind` and `across_authorities` are the ways to ask."""
    # Rows waiting to be written belong to the scope they were made in.
    if db.new or db.dirty or db.deleted:
        await db.flush()
    db.info["scope"] = scope
    await _tell_database(db)


async def _tell_database(db: AsyncSession) -> None:
    if db.in_transaction() and db.is_active and db.get_bind().dialect.name == "postgresql":
        connection = await db.connection()
        await connection.exec_driver_sql(_SET, scope_of(db).settings)


def _forget_strangers(db: AsyncSession, authority_id: UUID | None) -> None:
    for row in list(db.identity_map.values()):
        if _authority_of(row) not in (None, authority_id):
            db.expunge(row)


def _authority_of(row: object) -> UUID | None:
    found: UUID | None = row.__dict__.get("authority_id")
    return found


class _OfAuthority:
    """Stands for every mapped class that has an `authority_id`."""

    authority_id: Any = column("authority_id", Uuid())

    @classmethod
    def __subclasses__(cls) -> list[type]:
        return [one for one in _mapped(DeclarativeBase) if "authority_id" in one.__table__.c]


def _mapped(base: Any) -> Iterator[Any]:
    for one in base.__subclasses__():
        if "__table__" in one.__dict__:
            yield one
        yield from _mapped(one)


def criterion(authority_id: UUID) -> Any:
    """What every ORM statement on a tenant's tables is confined by."""
    return with_loader_criteria(
        _OfAuthority, lambda cls: cls.authority_id == authority_id, include_aliases=True
    )


@event.listens_for(TenantSession, "do_orm_execute")
def _confine(state: ORMExecuteState) -> None:
    session = state.session
    scope: Scope = session.info.get("scope", NO_SCOPE)
    if scope.door or state.is_insert:
        return
    authority_id = scope.authority_id or NOWHERE
    held = session.info.get("criterion")
    if held is None or held[0] != authority_id:
        held = session.info["criterion"] = (authority_id, criterion(authority_id))
    state.statement = state.statement.options(held[1])


def session_on(connection: Connection) -> TenantSession | None:
    """The session whose transaction runs on a connection."""
    return _SESSIONS.get(connection)


_SESSIONS: "WeakKeyDictionary[Connection, TenantSession]" = WeakKeyDictionary()


@event.listens_for(TenantSession, "after_begin")
def _begin(session: TenantSession, transaction: SessionTransaction, connection: Connection) -> None:
    if transaction.nested:
        return
    _SESSIONS[connection] = session
    session.info.pop("flushing", None)
    if session.scope != NO_SCOPE and connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_SET, session.scope.settings)


@event.listens_for(TenantSession, "before_flush")
def _check_rows(session: TenantSession, _context: Any, _rows: Any) -> None:
    """What is written, changed or removed row by row is the session's own."""
    for row in (*session.new, *session.dirty, *session.deleted):
        _check(session.scope, type(row).__tablename__, _authority_of(row))
    session.info["flushing"] = True


@event.listens_for(TenantSession, "after_flush_postexec")
def _flushed(session: TenantSession, _context: Any) -> None:
    session.info.pop("flushing", None)


@event.listens_for(Engine, "before_cursor_execute")
def _check_insert(
    connection: Connection, _cursor: Any, _sql: str, _parameters: Any, context: Any, _many: bool
) -> None:
    """A row is put into the session's own authority, by whatever statement."""
    session = _SESSIONS.get(connection)
    if session is None or context is None or not context.isinsert or context.compiled is None:
        return
    table = context.compiled.statement.table
    if "authority_id" in table.c:
        for given in context.compiled_parameters:
            for name, value in given.items():
                if name.startswith("authority_id"):
                    _check(session.scope, table.name, value)


def _check(scope: Scope, table: str, authority_id: UUID | None) -> None:
    if authority_id is None or authority_id == scope.authority_id:
        return
    if scope.door and DOORS[scope.door].writes and table in DOORS[scope.door].tables:
        return
    raise Another(f"{table}: a row of another authority")
