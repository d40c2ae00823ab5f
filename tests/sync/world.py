"""A town whose history is drawn by lot: real deeds that change rows and access.

Nothing is stubbed but the reading of PDFs, whose verdict is drawn too.
"""

import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.actions import create_account
from cartable.accounts.passwords import token_hash
from cartable.accounts.tables import Device
from cartable.actor import Actor, Person
from cartable.authorities.actions import create_authority
from cartable.authorities.tables import AuthorityHead
from cartable.database import uuid7
from cartable.documents.tables import Document
from cartable.errors import CartableError
from cartable.members.access import actor_in
from cartable.members.actions import assemblies, people
from cartable.members.actions.seats import give_seat
from cartable.members.shapes import NewAssembly, NewMember, NewSeat
from cartable.members.tables import Member
from cartable.runtime import Runtime
from cartable.sittings.tables import AgendaItem
from cartable.votes.tables import VoteIntention

CAST = {
    "ines": ["admin"],
    "claire": ["clerk"],
    "alice": ["councillor"],
    "bruno": ["councillor"],
    "chloe": ["councillor", "clerk"],
    "gus": ["guest"],
}
Deed = Callable[["World", AsyncSession], Awaitable[Any]]


class World:
    """One authority and its people, moved by a random generator."""

    def __init__(self, runtime: Runtime, seed: int) -> None:
        self.runtime = runtime
        self.chance = random.Random(seed)
        self.now = datetime(2026, 1, 10, 9, 0, tzinfo=UTC)
        self.authority_id = UUID(int=0)
        self.people: dict[str, Person] = {}
        self.members: dict[str, UUID] = {}
        self.assemblies: list[UUID] = []
        self.told: list[str] = []

    @property
    def today(self) -> date:
        """The day of the town's clock."""
        return self.now.date()

    def day(self, before: int, after: int) -> date:
        """A day around today."""
        return self.today + timedelta(days=self.chance.randint(-before, after))

    async def found(self) -> "World":
        """Two assemblies; alice votes in both, bruno sits without a vote, chloe votes in one."""
        async with self.runtime.writing() as db:
            town = await create_authority(db, name="Ville", kind="commune")
            self.authority_id = town.id
            nobody = Actor(town.id, uuid4(), uuid4(), uuid4(), frozenset())
            for name, roles in CAST.items():
                account = await create_account(
                    db,
                    self.runtime.master_key,
                    email=f"{name}-{uuid4().hex}@ville.example",
                    civility="",
                    first_name=name,
                    last_name="Nom",
                    password_hash="none",
                    now=self.now,
                )
                new = NewMember(first_name=name, last_name="Nom", email="", roles=list(roles))
                member = await people.enrol(db, nobody, town.seq, account, new, self.now)
                member.accepted_at = self.now
                self.members[name] = member.id
                self.people[name] = Person(account.id, UUID(int=0))
        for name in CAST:
            await self.sign_in(name)
        for name in ("Conseil", "Commission"):
            async with self.runtime.writing() as db:
                ines = await self.actor(db, "ines")
                made = await assemblies.create_assembly(
                    db, ines, NewAssembly(name=name, kind="council")
                )
                self.assemblies.append(made.id)
        for name, place, votes in (
            ("alice", 0, True),
            ("alice", 1, True),
            ("bruno", 0, False),
            ("chloe", 0, True),
        ):
            async with self.runtime.writing() as db:
                seat = NewSeat(
                    assembly_id=self.assemblies[place],
                    starts_on=self.today - timedelta(days=30),
                    is_voting=votes,
                )
                await give_seat(db, await self.actor(db, "ines"), self.members[name], seat)
        return self

    async def sign_in(self, name: str) -> None:
        """A new device for a person."""
        async with self.runtime.writing() as db:
            device = Device(
                id=uuid7(),
                account_id=self.people[name].account_id,
                name="Tablette",
                token_hash=token_hash(uuid4().hex),
                created_at=self.now,
                last_seen_at=self.now,
                proved_at=self.now,
                method="password",
            )
            db.add(device)
        self.people[name] = Person(device.account_id, device.id)

    async def actor(self, db: AsyncSession, name: str) -> Actor:
        """A person as the authority knows them now."""
        return await actor_in(db, self.people[name], self.authority_id)

    async def clerk(self, db: AsyncSession) -> Actor:
        """Somebody who is a clerk now, else claire, who will be refused."""
        for name in self.chance.sample(["claire", "chloe"], 2):
            actor = await self.actor(db, name)
            if actor.is_clerk:
                return actor
        return await self.actor(db, "claire")

    async def ids(self, db: AsyncSession, table: Any, *where: Any) -> list[Any]:
        """Ids of this authority's rows, in a stable order."""
        asked = select(table.id).where(table.authority_id == self.authority_id, *where)
        return list(await db.scalars(asked.order_by(table.id)))

    async def one(self, db: AsyncSession, table: Any, *where: Any) -> Any:
        """One id drawn by lot, or an id that does not exist."""
        ids = await self.ids(db, table, *where)
        return self.chance.choice(ids) if ids else uuid4()

    async def step(self, deeds: dict[Deed, int]) -> bool:
        """One deed drawn by weight; whether it was accepted."""
        deed = self.chance.choices(list(deeds), list(deeds.values()))[0]
        return await self.do(deed)

    async def do(self, deed: Deed) -> bool:
        """One deed in its own transaction; a refusal undoes it."""
        self.now += timedelta(seconds=self.chance.randint(1, 3600))
        with suppress(CartableError):
            async with self.runtime.writing() as db:
                await deed(self, db)
            self.told.append(deed.__name__)
            return True
        return False

    async def restore(self) -> None:
        """A restore from a backup: what came after it is gone without a trace, the epoch is new,
        and numbers start above every one ever given."""
        async with self.runtime.writing() as db:
            head = await db.get_one(AuthorityHead, self.authority_id)
            lost = await self.one(db, AgendaItem, *(AgendaItem.id.not_in(held) for held in _held()))
            await db.execute(delete(AgendaItem).where(AgendaItem.id == lost))
            head.epoch, head.seq = uuid4(), head.seq + 1_000_000
        self.told.append("restore")

    async def member_bumps(self, db: AsyncSession) -> dict[UUID, int]:
        """The last change of access of each member."""
        rows = await db.execute(
            select(Member.id, Member.access_seq).where(Member.authority_id == self.authority_id)
        )
        return {row.id: row.access_seq for row in rows}

    async def count(self, table: Any) -> int:
        """Rows of a table in this authority."""
        async with self.runtime.reading() as db:
            asked = select(func.count()).where(table.authority_id == self.authority_id)
            return (await db.scalar(asked)) or 0


def _held() -> tuple[Any, ...]:
    """Items that pieces or intentions stand on: a backup has none without the other."""
    pieces = select(Document.agenda_item_id).where(Document.agenda_item_id.is_not(None))
    return pieces, select(VoteIntention.agenda_item_id)


async def forget_bumps(db: AsyncSession, before: dict[UUID, int]) -> None:
    """Undo every change of `access_seq` of members: what a planted defect needs."""
    await db.flush()
    for member_id, access_seq in before.items():
        await db.execute(
            update(Member)
            .where(Member.id == member_id)
            .values(access_seq=access_seq)
            .execution_options(synchronize_session="fetch")
        )
