"""Who may read what, said a second time in plain loops: the view of a member, from whole tables."""

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.access import account_key
from cartable.accounts.tables import Account
from cartable.annotations.access import open_annotation
from cartable.annotations.tables import Annotation
from cartable.attendance.access import answer_shape
from cartable.attendance.tables import AttendanceAnswer
from cartable.authorities.shapes import Authority as AuthorityShape
from cartable.authorities.tables import Authority, AuthoritySettings
from cartable.documents.desk import document_shape, version_shape
from cartable.documents.tables import Document, DocumentVersion
from cartable.members.shapes import Assembly as AssemblyShape
from cartable.members.shapes import Contact as ContactShape
from cartable.members.tables import Assembly, Contact, Member, Seat
from cartable.mutations.access import parked_shape
from cartable.mutations.tables import Mutation
from cartable.readings.access import open_reading
from cartable.readings.tables import ReadingState
from cartable.sealing import Key
from cartable.sittings.lines import item_shape, sitting_shape
from cartable.sittings.tables import AgendaItem, Recipient, Sitting
from cartable.votes.access import open_intention
from cartable.votes.tables import VoteIntention
from tests.sync.client import View


class Truth:
    """Every row of one authority, read once."""

    def __init__(self, db: AsyncSession, authority_id: UUID, master: Key | None = None) -> None:
        """With the master key, what members write for themselves is part of their view."""
        self._db, self._id, self._master = db, authority_id, master

    async def load(self) -> "Truth":
        """Read the tables."""
        self.authority = await self._db.get_one(Authority, self._id)
        self.settings = await self._db.get_one(AuthoritySettings, self._id)
        self.contacts = await self._all(Contact)
        self.assemblies = await self._all(Assembly)
        self.members = await self._all(Member)
        self.seats = await self._all(Seat)
        self.sittings = await self._all(Sitting)
        self.items = await self._all(AgendaItem)
        recipients = await self._all(Recipient)
        self.guests = {(r.sitting_id, r.member_id) for r in recipients if r.is_guest}
        self.documents = await self._all(Document)
        self.versions = await self._all(DocumentVersion)
        ids = [member.account_id for member in self.members]
        accounts = await self._db.scalars(select(Account).where(Account.id.in_(ids)))
        self.accounts = {account.id: account for account in accounts}
        self.keys = {
            member.id: await account_key(self._db, self._master, member.account_id)
            for member in self.members
            if self._master
        }
        self.annotations = await self._all(Annotation)
        self.intentions = await self._all(VoteIntention)
        self.readings = await self._all(ReadingState)
        self.answers = await self._all(AttendanceAnswer)
        self.mutations = await self._all(Mutation)
        return self

    async def _all(self, table: Any) -> list[Any]:
        rows = await self._db.scalars(select(table).where(table.authority_id == self._id))
        return list(rows)

    def view(self, member_id: UUID) -> View:
        """What a fresh tablet of this member must show."""
        me = next(member for member in self.members if member.id == member_id)
        if me.deactivated_at is not None:
            return {}
        clerk = "clerk" in me.roles
        sittings = {s.id: s for s in self.sittings if self._sees_sitting(me, s, clerk)}
        items = {
            i.id: i
            for i in self.items
            if i.deleted_at is None
            and i.sitting_id in sittings
            and (clerk or not i.in_camera or self._sits(me, sittings[i.sitting_id], voting=True))
        }
        documents = {
            d.id: d
            for d in self.documents
            if d.deleted_at is None
            and d.sitting_id in sittings
            and (d.agenda_item_id is None or d.agenda_item_id in items)
            and (clerk or d.version_id is not None)
        }
        versions = [
            v
            for v in self.versions
            if v.deleted_at is None and v.document_id in documents and (clerk or v.state == "ready")
        ]
        zone = self.authority.time_zone
        view: View = {("authority", self._id): _shape(self.authority, AuthorityShape)}
        view |= {("assembly", a.id): _shape(a, AssemblyShape) for a in self.assemblies}
        view |= {("member", m.id): self._colleague(m) for m in self.members}
        view |= {
            ("contact", c.id): _shape(c, ContactShape)
            for c in self.contacts
            if c.deleted_at is None
        }
        view |= {("sitting", s.id): _wire(sitting_shape(s, zone)) for s in sittings.values()}
        view |= {("agenda_item", i.id): _wire(item_shape(i)) for i in items.values()}
        view |= {("document", d.id): _wire(document_shape(d)) for d in documents.values()}
        view |= {("document_version", v.id): _wire(version_shape(v)) for v in versions}
        return view | (self._private(me, sittings, clerk) if self._master else {})

    def _private(self, me: Member, sittings: dict[UUID, Sitting], clerk: bool) -> View:
        """What the member wrote, as far as what it is about may be read; tombstones of pieces and
        items do not take it away."""
        items = {
            i.id
            for i in self.items
            if i.sitting_id in sittings
            and (clerk or not i.in_camera or self._sits(me, sittings[i.sitting_id], voting=True))
        }
        documents = {
            d.id
            for d in self.documents
            if d.sitting_id in sittings
            and (d.agenda_item_id is None or d.agenda_item_id in items)
            and (clerk or d.version_id is not None)
        }
        found = [
            ("annotation", open_annotation, self.annotations, "document_id", documents),
            ("vote_intention", open_intention, self.intentions, "agenda_item_id", items),
            ("reading_state", open_reading, self.readings, "document_id", documents),
        ]
        view: View = {
            (kind, row.id): _wire(open_it(self.keys[me.id], row))
            for kind, open_it, rows, about, readable in found
            for row in rows
            if row.member_id == me.id and row.deleted_at is None
            if getattr(row, about) in readable
        }
        view |= {
            ("attendance_answer", row.id): _wire(answer_shape(row))
            for row in self.answers
            if row.member_id == me.id and row.sitting_id in sittings
        }
        return view | {
            ("parked_mutation", row.id): _wire(parked_shape(self.keys[me.id], row))
            for row in self.mutations
            if row.member_id == me.id and row.outcome == "parked" and row.deleted_at is None
        }

    def _sees_sitting(self, me: Member, sitting: Sitting, clerk: bool) -> bool:
        if sitting.deleted_at is not None or sitting.archived_at is not None:
            return False
        called = (sitting.id, me.id) in self.guests or self._sits(me, sitting)
        return clerk or (sitting.state == "convened" and called)

    def _sits(self, me: Member, sitting: Sitting, *, voting: bool = False) -> bool:
        return any(
            seat.member_id == me.id
            and seat.assembly_id == sitting.assembly_id
            and seat.starts_on <= sitting.day
            and (seat.ends_on is None or seat.ends_on >= sitting.day)
            and (seat.is_voting or not voting)
            for seat in self.seats
        )

    def _colleague(self, member: Member) -> Any:
        account = self.accounts[member.account_id]
        return {
            "id": str(member.id),
            "civility": account.civility,
            "first_name": account.first_name,
            "last_name": account.last_name,
            "position": member.position,
            "roles": member.roles,
            "is_active": member.deactivated_at is None,
            "email": account.email if self._shows(member, "email") else "",
            "phone": member.phone if self._shows(member, "phone") else "",
        }

    def _shows(self, member: Member, what: str) -> bool:
        agreed = getattr(self.settings, f"directory_shows_{what}s")
        wished = getattr(member, f"shows_{what}")
        return bool(agreed and wished and member.deactivated_at is None)


def _wire(shape: Any) -> Any:
    return msgspec.json.decode(msgspec.json.encode(shape))


def _shape(row: Any, shape: Any) -> Any:
    return _wire(msgspec.convert(row, shape, from_attributes=True))
