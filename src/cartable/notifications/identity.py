"""The server's keys for push services (RFC 8292): made at the first start, kept for ever.

A browser's subscription is bound to them: lost, every device would have to subscribe again. So they
are in the database, shared by all processes and hosts, sealed by the master key.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import msgspec
from sqlalchemy.dialects import postgresql, sqlite

from cartable.keys import ServerSecret
from cartable.runtime import Runtime

NAME = "push_identity"
PLACE = f"server_secret.sealed:{NAME}"


class Identity(msgspec.Struct, kw_only=True, frozen=True):
    """PEM, PEM, and the public key as browsers want it (base64url of its 65 bytes)."""

    private: str
    public: str
    key: str


async def make_identity(runtime: Runtime) -> None:
    """Make the keys unless they are there. Of processes that start together one succeeds, and all
    use what it kept."""
    async with runtime.reading() as db:
        if await db.get(ServerSecret, NAME) is not None:
            return
    # Encryption and its models are loaded only by the processes that need them.
    from cartable.notifications.push import new_identity

    made = msgspec.json.encode(new_identity())
    async with runtime.writing() as db:
        insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
        await db.execute(
            insert(ServerSecret)
            .values(
                name=NAME,
                sealed=runtime.master_key.seal(made, PLACE),
                created_at=datetime.now(UTC),
            )
            .on_conflict_do_nothing(index_elements=["name"])
        )


@asynccontextmanager
async def open_identity(runtime: Runtime) -> AsyncIterator[Identity]:
    """A part of the runtime: the keys, read once."""
    await make_identity(runtime)
    async with runtime.reading() as db:
        row = await db.get_one(ServerSecret, NAME)
    yield msgspec.json.decode(runtime.master_key.open(row.sealed, PLACE), type=Identity)
