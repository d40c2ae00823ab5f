"""What a file of members would do here: compared with who is there, without writing."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.tables import Account
from cartable.actor import Actor
from cartable.members.access import readable_assemblies, readable_groups, readable_members
from cartable.members.csv_people import CellError, DraftPerson, DraftSeat, People
from cartable.members.csv_words import fold, french, role_word
from cartable.members.rules import SeatEndsBeforeStart, SeatOverlaps, check_seat_days
from cartable.members.shapes import ImportChange, ImportVerdict
from cartable.members.tables import Member, Seat, Substitute
from cartable.tenancy import across_authorities


@dataclass
class Known:
    """Who and what is in the authority, by folded name or address."""

    members: dict[str, tuple[Member, Account]]
    accounts: dict[str, Account]
    shared: set[UUID]
    """Accounts that belong to another authority too: their names are their own."""
    seats: dict[UUID, list[Seat]]
    substitutes: dict[UUID, set[UUID]]
    assemblies: dict[str, UUID]
    groups: dict[str, UUID]
    group_names: dict[UUID, str]


@dataclass
class SeatPlan:
    """A seat to give (`seat_id` is None) or to change, and who replaces its holder.

    No entity: a plan outlives the deed that made it.
    """

    draft: DraftSeat
    starts_on: date
    seat_id: UUID | None = None
    substitute: str = ""


@dataclass
class PersonPlan:
    """What one person of the file becomes."""

    draft: DraftPerson
    verdict: ImportVerdict
    changes: list[ImportChange] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seats: list[SeatPlan] = field(default_factory=list)

    @property
    def fingerprint(self) -> str:
        """Short hash of all that will be done, then of who will replace them."""
        return f"{_hash(self.draft.email, self.verdict, self.changes, self.notes)}.{self.deputies}"

    @property
    def deputies(self) -> str:
        """Short hash of who will replace them, which is written last."""
        return _hash([one.after for one in self.changes if one.field == "substitute"])


async def what_is_known(db: AsyncSession, actor: Actor, drafts: list[DraftPerson]) -> Known:
    """Everything a plan is compared with, in a few queries."""
    wanted = [draft.email for draft in drafts]
    members = await db.execute(readable_members(actor).with_only_columns(Member, Account))
    people = {account.email: (member, account) for member, account in members}
    accounts = {
        account.email: account
        for at in range(0, len(wanted), 500)
        for account in await db.scalars(
            select(Account).where(Account.email.in_(wanted[at : at + 500]))
        )
    }
    seats: dict[UUID, list[Seat]] = {}
    for seat in await db.scalars(select(Seat).where(Seat.authority_id == actor.authority_id)):
        seats.setdefault(seat.member_id, []).append(seat)
    substitutes: dict[UUID, set[UUID]] = {}
    for one in await db.scalars(
        select(Substitute).where(Substitute.authority_id == actor.authority_id)
    ):
        substitutes.setdefault(one.seat_id, set()).add(one.member_id)
    groups = list(await db.scalars(readable_groups(actor)))
    return Known(
        members=people,
        accounts=accounts,
        shared={
            account.id
            for draft in drafts
            if (account := accounts.get(draft.email)) and draft.email in people
            if _renames(draft, account) and await _belongs_elsewhere(db, actor, account.id)
        },
        seats=seats,
        substitutes=substitutes,
        assemblies={fold(a.name): a.id for a in await db.scalars(readable_assemblies(actor))},
        groups={fold(group.name): group.id for group in groups},
        group_names={group.id: group.name for group in groups},
    )


def unknown_names(found: People, known: Known) -> tuple[list[str], list[str]]:
    """Assemblies and groups of the file that do not exist here, each once, in its order."""
    seats = (seat.assembly for person in found.people for seat in person.seats)
    assemblies = {fold(name): name for name in reversed(list(seats))}
    groups = {fold(one.group): one.group for one in reversed(found.people) if one.group}
    return (
        [name for key, name in reversed(assemblies.items()) if key not in known.assemblies],
        [name for key, name in reversed(groups.items()) if key not in known.groups],
    )


SeatDays = tuple[UUID | str, date, date | None]
"""The assembly of a seat (its folded name as long as it is not there), its first and last day."""


class Planner:
    """Plans people one by one; `errors` are those that only the comparison can find.

    `created`: folded names of assemblies and groups that the import creates.
    """

    def __init__(self, known: Known, file: People, starts_on: date, created: set[str]) -> None:
        self.known, self.starts_on, self.created = known, starts_on, created
        self.in_file = {person.email for person in file.people}
        self.held = {seat.id: seat for seats in known.seats.values() for seat in seats}
        self.errors: list[CellError] = []

    def plan(self, draft: DraftPerson) -> PersonPlan:
        """What one person of the file becomes."""
        member, account = self.known.members.get(draft.email, (None, None))
        plan = PersonPlan(draft, "new" if member is None else "same")
        if member is None or account is None:
            self._enter(plan)
        else:
            self._meet(plan, member, account)
        for seat in draft.seats:
            self._seat(plan, seat, member)
        self._deputy(plan, member)
        if plan.verdict == "same" and plan.changes:
            plan.verdict = "changed"
        return plan

    def check_substitutes(self, plans: list[PersonPlan]) -> None:
        """Once all are planned: nobody replaces another where they will sit on the same days."""
        sits = self._days_by_person(plans)
        for plan in plans:
            for one in plan.seats:
                place, starts_on, ends_on = self._days(one)
                if one.substitute and any(
                    where == place and _overlap(starts_on, ends_on, begins, ends)
                    for where, begins, ends in sits.get(one.substitute, [])
                ):
                    self._wrong(one.draft.line, "substitute", "substitute_sits", one.substitute)

    def _days_by_person(self, plans: list[PersonPlan]) -> dict[str, list[SeatDays]]:
        """The seats that each address will hold."""
        planned = {one.seat_id for plan in plans for one in plan.seats}
        sits: dict[str, list[SeatDays]] = {
            email: [
                (seat.assembly_id, seat.starts_on, seat.ends_on)
                for seat in self.known.seats.get(member.id, [])
                if seat.id not in planned
            ]
            for email, (member, _) in self.known.members.items()
        }
        for plan in plans:
            sits.setdefault(plan.draft.email, []).extend(self._days(one) for one in plan.seats)
        return sits

    def _days(self, one: SeatPlan) -> SeatDays:
        held = self.held.get(one.seat_id) if one.seat_id else None
        if held is not None:
            return held.assembly_id, held.starts_on, one.draft.ends_on or held.ends_on
        key = fold(one.draft.assembly)
        return self.known.assemblies.get(key, key), one.starts_on, one.draft.ends_on

    def _enter(self, plan: PersonPlan) -> None:
        # Whether the address has an account here already is for nobody to learn from a file.
        draft = plan.draft
        self._change(plan, "name", "", f"{draft.first_name} {draft.last_name}")
        for name in ("civility", "phone", "position"):
            self._change(plan, name, "", getattr(draft, name))
        self._change(plan, "roles", "", _roles(draft.roles or ["councillor"]))
        self._group(plan, None)

    def _meet(self, plan: PersonPlan, member: Member, account: Account) -> None:
        draft = plan.draft
        if member.deactivated_at is not None:
            self._change(plan, "access", "", "reopened")
        for name in ("civility", "first_name", "last_name"):
            wanted, now = getattr(draft, name), getattr(account, name)
            if _differs(wanted, now):
                if account.id not in self.known.shared:
                    self._change(plan, name, now, wanted)
                elif "name_kept" not in plan.notes:
                    plan.notes.append("name_kept")
        for name in ("phone", "position"):
            if wanted := getattr(draft, name):
                self._change(plan, name, getattr(member, name), wanted)
        added = [role for role in draft.roles if role not in member.roles]
        if added:
            self._change(plan, "roles", _roles(member.roles), _roles([*member.roles, *added]))
        self._group(plan, member.group_id)

    def _group(self, plan: PersonPlan, group_id: UUID | None) -> None:
        key = fold(plan.draft.group)
        if not key:
            return
        if key not in self.known.groups and f"group:{key}" not in self.created:
            plan.notes.append("group_left_out")
        elif group_id is None or self.known.groups.get(key) != group_id:
            now = self.known.group_names.get(group_id, "") if group_id else ""
            self._change(plan, "group", now, plan.draft.group)

    def _seat(self, plan: PersonPlan, draft: DraftSeat, member: Member | None) -> None:
        key = fold(draft.assembly)
        assembly_id = self.known.assemblies.get(key)
        if assembly_id is None and f"assembly:{key}" not in self.created:
            plan.notes.append("assembly_left_out")
            return
        starts_on = draft.starts_on or self.starts_on
        if draft.ends_on and draft.ends_on < starts_on:
            self._wrong(draft.line, "ends_on", "ends_before_start", french(draft.ends_on))
            return
        seats = self.known.seats.get(member.id, []) if member else []
        there = [seat for seat in seats if seat.assembly_id == assembly_id]
        held = next(
            (s for s in there if _overlap(s.starts_on, s.ends_on, starts_on, draft.ends_on)), None
        )
        one = SeatPlan(draft, starts_on, held.id if held else None, draft.substitute)
        if held is None:
            after = f"{draft.assembly} · {french(starts_on)}"
            after += f" – {french(draft.ends_on)}" if draft.ends_on else ""
            self._change(plan, "seat", "", after)
        else:
            self._seat_changes(plan, draft, held, there)
        plan.seats.append(one)
        self._substitute(plan, one)

    def _seat_changes(
        self, plan: PersonPlan, draft: DraftSeat, held: Seat, there: list[Seat]
    ) -> None:
        """The same seat as one that is held on some of its days: its end, rank and vote follow."""
        if draft.ends_on and draft.ends_on != held.ends_on:
            try:
                others = [(s.starts_on, s.ends_on) for s in there if s is not held]
                check_seat_days(held.starts_on, draft.ends_on, others)
            except (SeatOverlaps, SeatEndsBeforeStart):
                self._wrong(draft.line, "ends_on", "seat_overlaps", french(draft.ends_on))
                return
            self._change(plan, "ends_on", french(held.ends_on), french(draft.ends_on))
        if draft.rank is not None:
            self._change(plan, "rank", str(held.rank), str(draft.rank))
        if draft.is_voting is not None:
            words = {True: "yes", False: "no"}
            self._change(plan, "voting", words[held.is_voting], words[draft.is_voting])

    def _deputy(self, plan: PersonPlan, member: Member | None) -> None:
        """The deputy of a person replaces them in each of their seats."""
        email = plan.draft.substitute
        if not email:
            return
        if not plan.seats and member is not None:
            for seat in self.known.seats.get(member.id, []):
                if seat.ends_on is None or seat.ends_on >= self.starts_on:
                    draft = DraftSeat("", plan.draft.line)
                    plan.seats.append(SeatPlan(draft, seat.starts_on, seat.id))
        if not plan.seats:
            plan.notes.append("substitute_without_seat")
        for one in plan.seats:
            one.substitute = email
            self._substitute(plan, one)

    def _substitute(self, plan: PersonPlan, one: SeatPlan) -> None:
        if not one.substitute:
            return
        there = self.known.members.get(one.substitute)
        if there is None and one.substitute not in self.in_file:
            self._wrong(one.draft.line, "substitute", "substitute_unknown", one.substitute)
            return
        already = self.known.substitutes.get(one.seat_id, set()) if one.seat_id else set()
        if there is None or there[0].id not in already:
            self._change(plan, "substitute", "", one.substitute)

    @staticmethod
    def _change(plan: PersonPlan, name: str, before: str, after: str) -> None:
        if before != after:
            plan.changes.append(ImportChange(field=name, before=before, after=after))

    def _wrong(self, line: int, name: str, code: str, value: str) -> None:
        error = CellError(line, 0, name, code, value)
        if error not in self.errors:
            self.errors.append(error)


def _differs(wanted: str, now: str) -> bool:
    """« DUPONT » is no correction of « Dupont »: files of other products shout."""
    return bool(wanted) and wanted != now and (fold(wanted) != fold(now))


def _renames(draft: DraftPerson, account: Account) -> bool:
    return any(
        _differs(getattr(draft, name), getattr(account, name))
        for name in ("civility", "first_name", "last_name")
    )


async def _belongs_elsewhere(db: AsyncSession, actor: Actor, account_id: UUID) -> bool:
    # An invitation that waits binds nobody, and is for no other administrator to learn of.
    async with across_authorities(db, "memberships", account_id):
        other = select(Member.id).where(
            Member.account_id == account_id,
            Member.authority_id != actor.authority_id,
            Member.accepted_at.is_not(None),
        )
        return await db.scalar(other.limit(1)) is not None


def _overlap(one: date, one_ends: date | None, other: date, other_ends: date | None) -> bool:
    return (one_ends is None or one_ends >= other) and (other_ends is None or one <= other_ends)


def _hash(*told: object) -> str:
    return hashlib.sha256(msgspec.json.encode(told)).hexdigest()[:16]


def _roles(roles: Iterable[str]) -> str:
    return ", ".join(role_word(role) for role in roles)
