"""Writing the people of an import: each adds what lacks and changes what differs."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.tables import Account
from cartable.actor import Actor
from cartable.audit.actions import record
from cartable.members.access import readable_assemblies, readable_groups
from cartable.members.actions.invite import invite
from cartable.members.actions.leaders import leave_lead
from cartable.members.actions.people import account_for, enrol, open_again
from cartable.members.actions.seats import add_substitute, place_seat
from cartable.members.csv_words import fold
from cartable.members.planning import PersonPlan, SeatPlan
from cartable.members.shapes import NewMember, NewSeat
from cartable.members.tables import Member, Seat
from cartable.sealing import Key


class Writer:
    """Writes one plan after the other; `added` are the members who are new."""

    def __init__(
        self, db: AsyncSession, actor: Actor, master: Key, now: datetime, *, invites: bool
    ) -> None:
        self.db, self.actor, self.master, self.now = db, actor, master, now
        self.invites = invites
        self.added: list[UUID] = []
        self.seq = 0
        self.assemblies: dict[str, UUID] = {}
        self.groups: dict[str, UUID] = {}
        self.written: list[tuple[UUID, str]] = []

    async def open(self, seq: int) -> None:
        """Begin a deed: its number, and the names as they are now."""
        self.seq = seq
        assemblies = await self.db.scalars(readable_assemblies(self.actor))
        self.assemblies = {fold(one.name): one.id for one in assemblies}
        self.groups = {
            fold(one.name): one.id for one in await self.db.scalars(readable_groups(self.actor))
        }

    async def person(self, plan: PersonPlan) -> None:
        """One person, in the deed that is open."""
        member = await self._member(plan.draft.email)
        if member is None:
            member = await self._enter(plan)
        elif plan.verdict != "same":
            await self._edit(plan, member)
        for one in plan.seats:
            seat = await self._seat(member, one)
            if seat is not None and one.substitute:
                self.written.append((seat.id, one.substitute))

    async def substitutes(self, plans: list[PersonPlan]) -> None:
        """Who replaces whom, once everybody is there."""
        for seat_id, email in self.written:
            substitute = await self._member(email)
            seat = await self.db.get(Seat, seat_id)
            if substitute is not None and seat is not None:
                await add_substitute(self.db, seat, substitute)

    async def _member(self, email: str) -> Member | None:
        found: Member | None = await self.db.scalar(
            select(Member)
            .join(Account, Account.id == Member.account_id)
            .where(Member.authority_id == self.actor.authority_id, Account.email == email)
        )
        return found

    async def _enter(self, plan: PersonPlan) -> Member:
        draft = plan.draft
        new = NewMember(
            civility=draft.civility,  # type: ignore[arg-type]
            first_name=draft.first_name,
            last_name=draft.last_name,
            email=draft.email,
            position=draft.position,
            roles=draft.roles or ["councillor"],  # type: ignore[arg-type]
            group_id=self.groups.get(fold(draft.group)) if draft.group else None,
        )
        account = await account_for(self.db, self.master, new, draft.email, self.now)
        member = await enrol(self.db, self.actor, self.seq, account, new, self.now)
        member.phone = draft.phone
        self.added.append(member.id)
        if self.invites:
            await invite(self.db, self.master, member, self.now)
        record(self.db, self.actor, self.seq, "member.added", member.id, roles=member.roles)
        return member

    async def _edit(self, plan: PersonPlan, member: Member) -> None:
        changed = {change.field for change in plan.changes}
        draft = plan.draft
        account = await self.db.get_one(Account, member.account_id)
        for name in changed & {"civility", "first_name", "last_name"}:
            setattr(account, name, getattr(draft, name))
        for name in changed & {"phone", "position"}:
            setattr(member, name, getattr(draft, name))
        if "group" in changed:
            await leave_lead(self.db, member)
            member.group_id = self.groups.get(fold(draft.group), member.group_id)
        if "roles" in changed:
            member.roles = sorted({*member.roles, *draft.roles})
        if "access" in changed:
            await open_again(self.db, self.actor, self.seq, member)
        member.seq = member.access_seq = self.seq
        record(self.db, self.actor, self.seq, "member.edited", member.id)

    async def _seat(self, member: Member, one: SeatPlan) -> Seat | None:
        """The seat, given or changed; None when its assembly is left out."""
        draft = one.draft
        if one.seat_id is not None:
            seat = await self.db.get(Seat, one.seat_id, populate_existing=True)
            if seat is not None:
                self._change(member, seat, one)
            return seat
        assembly_id = self.assemblies.get(fold(draft.assembly))
        if assembly_id is None:
            return None
        there = await self._held(member, assembly_id, one)
        if there is not None:
            return there
        new = NewSeat(
            assembly_id=assembly_id,
            starts_on=one.starts_on,
            ends_on=draft.ends_on,
            is_voting=draft.is_voting is not False,
            rank=draft.rank or 0,
        )
        seat = await place_seat(self.db, self.actor, member, new)
        member.access_seq = self.seq
        return seat

    async def _held(self, member: Member, assembly_id: UUID, one: SeatPlan) -> Seat | None:
        """A seat given since the plan was made, between two deeds of the same import."""
        seats = await self.db.scalars(
            select(Seat).where(Seat.member_id == member.id, Seat.assembly_id == assembly_id)
        )
        for seat in seats:
            starts_before = one.draft.ends_on is None or seat.starts_on <= one.draft.ends_on
            if starts_before and (seat.ends_on is None or seat.ends_on >= one.starts_on):
                return seat
        return None

    def _change(self, member: Member, seat: Seat, one: SeatPlan) -> None:
        draft = one.draft
        for name in ("ends_on", "rank", "is_voting"):
            wanted = getattr(draft, name)
            if wanted is not None and wanted != getattr(seat, name):
                setattr(seat, name, wanted)
                member.access_seq = self.seq
