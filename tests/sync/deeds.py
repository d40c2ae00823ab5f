"""The deeds of a random history, with how often each is drawn."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.authorities.shapes import SettingsEdit
from cartable.convocations.actions import convene_sitting
from cartable.documents.actions import arrange, ingest, upload
from cartable.documents.inspection import Inspection, refused
from cartable.documents.shapes import DocumentEdit
from cartable.documents.spool import Spooled
from cartable.documents.tables import Document, DocumentVersion
from cartable.errors import NotFound
from cartable.members.actions import assemblies, contacts, mandates, people, seats, settings
from cartable.members.shapes import (
    AssemblyEdit,
    MandateEndOrder,
    MemberEdit,
    MyListing,
    NewContact,
    NewSeat,
    SeatEdit,
)
from cartable.members.tables import Contact, MandateEnd, Seat
from cartable.sittings.actions import agenda, call, prepare
from cartable.sittings.shapes import AgendaItemEdit, NewAgendaItem, NewSitting, SittingEdit
from cartable.sittings.tables import AgendaItem, Recipient, Sitting
from cartable.sync import actions as sync_actions
from tests.sync.world import World

IN_FORCE = (Sitting.deleted_at.is_(None), Sitting.archived_at.is_(None))


def _file(w: World) -> Spooled:
    sha256 = f"{w.chance.getrandbits(256):064x}"
    return Spooled(path=w.runtime.settings.data, sha256=sha256, size=1000, slices=[sha256])


async def create_sitting(w: World, db: AsyncSession) -> None:
    when = w.now + timedelta(days=w.chance.randint(1, 6))
    new = NewSitting(
        assembly_id=w.chance.choice(w.assemblies), starts_at=when.strftime("%Y-%m-%dT18:30")
    )
    made = await prepare.create_sitting(db, await w.clerk(db), new)
    for title in ("Approbation", "Budget")[: w.chance.randint(0, 2)]:
        item = NewAgendaItem(title=title, in_camera=w.chance.random() < 0.3)
        await agenda.add_agenda_item(db, await w.clerk(db), made.id, item)


async def edit_sitting(w: World, db: AsyncSession) -> None:
    when = w.now + timedelta(days=w.chance.randint(-3, 6))
    edit = SittingEdit(
        assembly_id=w.chance.choice(w.assemblies), starts_at=when.strftime("%Y-%m-%dT20:00")
    )
    await prepare.edit_sitting(db, await w.clerk(db), await w.one(db, Sitting, *IN_FORCE), edit)


async def delete_sitting(w: World, db: AsyncSession) -> None:
    draft = await w.one(db, Sitting, Sitting.state == "draft", Sitting.deleted_at.is_(None))
    await prepare.delete_sitting(db, await w.clerk(db), draft, w.now)


async def add_item(w: World, db: AsyncSession) -> None:
    kind = w.chance.choice(["deliberation", "information", "heading"])
    new = NewAgendaItem(title=f"Point {w.chance.random()}", kind=kind)
    sitting = await w.one(db, Sitting, *IN_FORCE)
    await agenda.add_agenda_item(db, await w.clerk(db), sitting, new)


async def edit_item(w: World, db: AsyncSession) -> None:
    item = await w.one(db, AgendaItem, AgendaItem.deleted_at.is_(None))
    edit = AgendaItemEdit(title=f"Autre {w.chance.random()}", kind="information")
    await agenda.edit_agenda_item(db, await w.clerk(db), item, edit)


async def put_in_camera(w: World, db: AsyncSession) -> None:
    item = await w.one(db, AgendaItem, AgendaItem.deleted_at.is_(None))
    edit = AgendaItemEdit(in_camera=w.chance.random() < 0.5)
    await agenda.edit_agenda_item(db, await w.clerk(db), item, edit)


async def order_items(w: World, db: AsyncSession) -> None:
    sitting = await w.one(db, Sitting, Sitting.state == "draft", *IN_FORCE)
    of_it = (AgendaItem.sitting_id == sitting, AgendaItem.deleted_at.is_(None))
    order = await w.ids(db, AgendaItem, *of_it)
    w.chance.shuffle(order)
    await agenda.order_agenda(db, await w.clerk(db), sitting, order)


async def remove_item(w: World, db: AsyncSession) -> None:
    item = await w.one(db, AgendaItem, AgendaItem.deleted_at.is_(None))
    await arrange.remove_agenda_item(db, await w.clerk(db), item, w.now)


async def _place(w: World, db: AsyncSession, sitting: Any) -> Any:
    of_it = (AgendaItem.sitting_id == sitting, AgendaItem.deleted_at.is_(None))
    return w.chance.choice([None, *await w.ids(db, AgendaItem, *of_it)])


async def upload_piece(w: World, db: AsyncSession) -> None:
    sitting = await w.one(db, Sitting, *IN_FORCE)
    deposit = upload.Deposit(
        id=uuid4(),
        sitting_id=sitting,
        agenda_item_id=await _place(w, db, sitting),
        kind="report",
        title="Rapport",
        file_name="rapport.pdf",
    )
    await upload.upload_document(db, await w.clerk(db), deposit, _file(w), w.now)


async def read_piece(w: World, db: AsyncSession) -> None:
    waiting = await w.ids(db, DocumentVersion, DocumentVersion.state == "checking")
    if not waiting:
        raise NotFound
    version = w.chance.choice(waiting)
    accepted = w.chance.random() < 0.8
    found = Inspection(pages=3, flags=["form"]) if accepted else refused("unreadable")
    reading = ingest.Reading(found, None, None)
    await ingest.finish_reading(db, w.authority_id, version, reading)


async def replace_piece(w: World, db: AsyncSession) -> None:
    piece = await w.one(db, Document, Document.deleted_at.is_(None))
    clerk = await w.clerk(db)
    await upload.replace_document(db, clerk, piece, _file(w), "v2.pdf", "corrigé", w.now)


async def withdraw_piece(w: World, db: AsyncSession) -> None:
    piece = await w.one(db, Document, Document.deleted_at.is_(None))
    await arrange.withdraw_document(db, await w.clerk(db), piece, "erreur", w.now)


async def edit_piece(w: World, db: AsyncSession) -> None:
    piece = await w.one(db, Document, Document.deleted_at.is_(None))
    edit = DocumentEdit(title=f"Titre {w.chance.random()}", position=w.chance.randint(1, 3))
    await arrange.edit_document(db, await w.clerk(db), piece, edit)


async def move_piece(w: World, db: AsyncSession) -> None:
    piece = await w.one(db, Document, Document.deleted_at.is_(None))
    sitting = await db.scalar(select(Document.sitting_id).where(Document.id == piece))
    edit = DocumentEdit(agenda_item_id=await _place(w, db, sitting))
    await arrange.edit_document(db, await w.clerk(db), piece, edit)


async def convene(w: World, db: AsyncSession) -> None:
    draft = await w.one(db, Sitting, Sitting.state == "draft", *IN_FORCE)
    await convene_sitting(db, await w.clerk(db), draft, w.now)


async def call_guest(w: World, db: AsyncSession) -> None:
    member = w.members[w.chance.choice(["gus", "bruno", "ines"])]
    sitting = await w.one(db, Sitting, *IN_FORCE)
    await call.call_guest(db, await w.clerk(db), sitting, member)


async def dismiss_guest(w: World, db: AsyncSession) -> None:
    rows = await db.execute(
        select(Recipient.sitting_id, Recipient.member_id)
        .where(Recipient.authority_id == w.authority_id, Recipient.is_guest)
        .order_by(Recipient.sitting_id, Recipient.member_id)
    )
    sitting, member = w.chance.choice([tuple(row) for row in rows] or [(uuid4(), uuid4())])
    await call.dismiss_guest(db, await w.clerk(db), sitting, member)


async def give_seat(w: World, db: AsyncSession) -> None:
    starts = w.day(10, 3)
    new = NewSeat(
        assembly_id=w.chance.choice(w.assemblies),
        starts_on=starts,
        ends_on=w.chance.choice([None, starts + timedelta(days=w.chance.randint(0, 12))]),
        is_voting=w.chance.random() < 0.7,
    )
    member = w.members[w.chance.choice(["bruno", "gus", "chloe", "alice"])]
    await seats.give_seat(db, await w.actor(db, "ines"), member, new)


async def edit_seat(w: World, db: AsyncSession) -> None:
    edit = w.chance.choice(
        [
            SeatEdit(is_voting=w.chance.random() < 0.5),
            SeatEdit(ends_on=w.day(2, 6)),
            SeatEdit(ends_on=None),
        ]
    )
    await seats.edit_seat(db, await w.actor(db, "ines"), await w.one(db, Seat), edit)


async def remove_seat(w: World, db: AsyncSession) -> None:
    await seats.remove_seat(db, await w.actor(db, "ines"), await w.one(db, Seat))


async def change_roles(w: World, db: AsyncSession) -> None:
    name = w.chance.choice(["bruno", "chloe", "gus"])
    roles: list[Any] = ["councillor", "clerk"] if w.chance.random() < 0.5 else ["councillor"]
    await people.edit_member(
        db, await w.actor(db, "ines"), w.members[name], MemberEdit(roles=roles)
    )


async def edit_member(w: World, db: AsyncSession) -> None:
    edit = MemberEdit(position=f"Adjoint {w.chance.random()}", last_name=f"N{w.chance.random()}")
    member = w.members[w.chance.choice(list(w.members))]
    await people.edit_member(db, await w.actor(db, "ines"), member, edit)


async def edit_assembly(w: World, db: AsyncSession) -> None:
    edit = AssemblyEdit(name=f"Assemblée {w.chance.random()}")
    chosen = w.chance.choice(w.assemblies)
    await assemblies.edit_assembly(db, await w.actor(db, "ines"), chosen, edit)


async def deactivate(w: World, db: AsyncSession) -> None:
    member = w.members[w.chance.choice(["alice", "bruno", "gus"])]
    await people.deactivate_member(db, await w.actor(db, "ines"), member, w.now)


async def reactivate(w: World, db: AsyncSession) -> None:
    member = w.members[w.chance.choice(["alice", "bruno", "gus"])]
    await people.reactivate_member(db, await w.actor(db, "ines"), member)


async def archive(w: World, db: AsyncSession) -> None:
    """The months pass, then the nightly deed."""
    w.now += timedelta(days=w.chance.choice([1, 560]))
    await prepare.archive_sittings(db, w.authority_id, w.now)


async def purge(w: World, db: AsyncSession) -> None:
    """Two years pass, then the nightly deed."""
    w.now += timedelta(days=740)
    await sync_actions.purge_tombstones(db, w.authority_id, w.now)


async def prelude(w: World) -> None:
    """A called sitting with pieces in and out of camera, and a draft: most deeds then matter."""
    async with w.runtime.writing() as db:
        when = (w.now + timedelta(days=2)).strftime("%Y-%m-%dT18:30")
        new = NewSitting(assembly_id=w.assemblies[0], starts_at=when)
        sitting = (await prepare.create_sitting(db, await w.clerk(db), new)).id
        for title, in_camera in (("Budget", False), ("Personnel", True), ("Voirie", False)):
            item = NewAgendaItem(title=title, in_camera=in_camera)
            await agenda.add_agenda_item(db, await w.clerk(db), sitting, item)
    for _ in range(4):
        await w.do(upload_piece)
    for _ in range(8):
        await w.do(read_piece)
    async with w.runtime.writing() as db:
        for piece in await w.ids(db, Document, Document.version_id.is_(None)):
            await arrange.withdraw_document(db, await w.clerk(db), piece, "illisible", w.now)
    await w.do(convene)
    await w.do(create_sitting)


async def add_contact(w: World, db: AsyncSession) -> None:
    new = NewContact(name=f"Service {w.chance.random()}", phone="01 02 03 04 05")
    await contacts.add_contact(db, await w.actor(db, "ines"), new)


async def edit_contact(w: World, db: AsyncSession) -> None:
    contact = await w.one(db, Contact, Contact.deleted_at.is_(None))
    new = NewContact(name=f"Service {w.chance.random()}", email="mairie@ville.example")
    await contacts.edit_contact(db, await w.actor(db, "ines"), contact, new)


async def remove_contact(w: World, db: AsyncSession) -> None:
    contact = await w.one(db, Contact, Contact.deleted_at.is_(None))
    await contacts.remove_contact(db, await w.actor(db, "ines"), contact, w.now)


async def list_myself(w: World, db: AsyncSession) -> None:
    actor = await w.actor(db, w.chance.choice(list(w.people)))
    shows = [w.chance.random() < 0.5 for _ in range(2)]
    phone = f"06 00 00 00 {w.chance.randint(10, 99)}"
    mine = MyListing(phone=phone, shows_email=shows[0], shows_phone=shows[1])
    await contacts.list_myself(db, actor, mine)


async def switch_directory(w: World, db: AsyncSession) -> None:
    edit = SettingsEdit(directory_shows_emails=w.chance.random() < 0.5)
    await settings.edit_settings(db, await w.actor(db, "ines"), edit)


async def end_mandate(w: World, db: AsyncSession) -> None:
    actor, last_day = await w.actor(db, "ines"), w.day(10, 5)
    losses = await mandates.who_loses(db, actor, w.chance.choice(w.assemblies), last_day)
    order = MandateEndOrder(
        last_day=last_day,
        deactivates=last_day < w.today and w.chance.random() < 0.3,
        seats=[loss.seat_id for loss in losses],
    )
    await mandates.end_mandate(db, actor, w.chance.choice(w.assemblies), order, w.now)


async def undo_mandate_end(w: World, db: AsyncSession) -> None:
    ended = await w.one(db, MandateEnd, MandateEnd.undone_at.is_(None))
    await mandates.undo_mandate_end(db, await w.actor(db, "ines"), ended, w.now)


DEEDS = {
    create_sitting: 6, edit_sitting: 2, delete_sitting: 2, add_item: 5, edit_item: 3,
    put_in_camera: 6, order_items: 2, remove_item: 3, upload_piece: 8, read_piece: 14,
    replace_piece: 3, withdraw_piece: 4, edit_piece: 3, move_piece: 6, convene: 8,
    call_guest: 4, dismiss_guest: 3, give_seat: 5, edit_seat: 5, remove_seat: 3,
    change_roles: 4, edit_member: 1, edit_assembly: 1, deactivate: 2, reactivate: 3,
    archive: 1, purge: 2, add_contact: 2, edit_contact: 1, remove_contact: 1, list_myself: 2,
    switch_directory: 1, end_mandate: 1, undo_mandate_end: 1,
}  # fmt: skip
