"""What tests see: everything, through a door that the product has not."""

import inspect
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncSession

from cartable import tenancy
from cartable.runtime import Runtime
from tests.isolation.statements import TENANT

DOOR = "tests"


def open_eyes() -> None:
    """Make the door, in this process; `let_tests_see` makes it in a database."""
    door = tenancy.Door("tests look everywhere", TENANT, writes=True)
    tenancy.DOORS = {**tenancy.DOORS, DOOR: door}


def let_tests_see(connection: Connection) -> None:
    """Row security lets the door pass, in this database of the tests."""
    for table in TENANT:
        passes = f"current_setting('cartable.across', true) = '{DOOR}'"
        connection.execute(text(f"CREATE POLICY tests ON {table} USING ({passes})"))


@dataclass(frozen=True)
class Seeing(Runtime):
    """A runtime whose sessions, when a test itself opens them, see everything until they are bound.

    What the product opens by it stays as confined as it is for people.
    """

    @classmethod
    def by(cls, runtime: Runtime) -> "Seeing":
        """The same parts."""
        return cls(**{one.name: getattr(runtime, one.name) for one in fields(runtime)})

    def reading(
        self, authority_id: UUID | None = None
    ) -> AbstractAsyncContextManager[AsyncSession]:
        """A read-only snapshot."""
        return _seen(super().reading(authority_id), inspect.currentframe())

    def writing(
        self, authority_id: UUID | None = None
    ) -> AbstractAsyncContextManager[AsyncSession]:
        """One deed."""
        return _seen(super().writing(authority_id), inspect.currentframe())


@asynccontextmanager
async def _opened(held: AbstractAsyncContextManager[AsyncSession]) -> AsyncIterator[AsyncSession]:
    async with held as db:
        await see_everything(db)
        yield db


def _seen(
    held: AbstractAsyncContextManager[AsyncSession], own: Any
) -> AbstractAsyncContextManager[AsyncSession]:
    is_test = str(own.f_back.f_globals["__name__"]).partition(".")[0] == "tests"
    return _opened(held) if is_test else held


async def see_everything(db: AsyncSession) -> None:
    """Let a session that is bound to nothing see everything."""
    if tenancy.scope_of(db) == tenancy.NO_SCOPE:
        await tenancy.enter(db, tenancy.Scope(door=DOOR))
