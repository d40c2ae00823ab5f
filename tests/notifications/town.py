"""Devices of the cast that asked to be told, and the outbox as it stands."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update

from cartable import worker
from cartable.jobs import GIVEN_UP, Job
from cartable.notifications.actions.announce import PUSH
from cartable.runtime import Runtime
from tests.cast import Person
from tests.notifications.push_service import BrowserKeys, PushService
from tests.world import World, good


@dataclass
class Tablet:
    """A browser of somebody that subscribed."""

    person: Person
    name: str
    service: PushService
    keys: BrowserKeys = field(default_factory=BrowserKeys)

    async def subscribe(self) -> "Tablet":
        """Or subscribe again."""
        body = {"endpoint": self.service.endpoint(self.name), "keys": self.keys.sent}
        good(await self.person.http.put("/api/notifications/subscription", json=body))
        return self

    @property
    def heard(self) -> list[Any]:
        """The messages that reached it, decrypted."""
        path = f"/send/{self.name}"
        return [self.keys.read(one.body) for one in self.service.received if one.path == path]


async def wants(person: Person, **chosen: Any) -> None:
    """Choose what to hear."""
    good(await person.http.put("/api/notifications/preferences", json=chosen))


async def called(world: World, do_jobs: Any, pieces: int = 1) -> tuple[str, list[str]]:
    """A sitting of next week that was called, with pieces that are read: its id and theirs."""
    sitting = await world.ready_to_convene()
    documents = [(await world.document(sitting))[0] for _ in range(pieces)]
    await do_jobs()
    good(await world.clerk.post(f"{world.town.path}/sittings/{sitting}/convene"))
    return sitting, documents


async def lines(runtime: Runtime, *, dead: bool = False) -> list[Job]:
    """What waits in the outbox, or what died there."""
    async with runtime.reading() as db:
        found = await db.scalars(select(Job).where(Job.name == PUSH).order_by(Job.id))
        return [job for job in found if (job.dead_at is not None) is dead]


async def send(runtime: Runtime) -> None:
    """Let the time of everything in the outbox come, once, and have it sent."""
    async with runtime.writing() as db:
        await db.execute(
            update(Job)
            .where(Job.name.in_([PUSH, PUSH + GIVEN_UP]), Job.dead_at.is_(None))
            .values(due_at=datetime.now(UTC))
        )
    await worker.drain(runtime)
