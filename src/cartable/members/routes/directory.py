"""The directory: services to call, and what I show of myself. Colleagues come with the sync."""

from uuid import UUID

import msgspec
from litestar import delete, get, post, put
from litestar.params import FromPath, JSONBody

from cartable.members.access import allow, member_of, readable_contacts
from cartable.members.actions import contacts
from cartable.members.doors import ANY, AUTHORITY, BODY, ROLE, WRITE, Asker, Db, Now
from cartable.members.guards import member_only
from cartable.members.rules import InvalidEmail, InvalidPhone
from cartable.members.shapes import Contact, MyListing, NewContact
from cartable.members.tables import Contact as ContactRow
from cartable.web import refusals

CONTACTS = f"{AUTHORITY}/contacts"
CONTACT = f"{CONTACTS}/{{contact_id:uuid}}"
MINE = f"{AUTHORITY}/my-listing"


@get(CONTACTS, summary="List services", guards=[member_only], responses=refusals(*ROLE))
async def list_contacts(db: Db, actor: Asker) -> list[Contact]:
    """By name."""
    allow(actor, "admin", "clerk")
    rows = await db.scalars(
        readable_contacts(actor)
        .where(ContactRow.deleted_at.is_(None))
        .order_by(ContactRow.name, ContactRow.id)
    )
    return msgspec.convert(list(rows), list[Contact], from_attributes=True)


@post(
    CONTACTS,
    summary="List a service in the directory",
    guards=[member_only],
    responses=refusals(*BODY, InvalidEmail, InvalidPhone),
)
async def add_contact(data: JSONBody[NewContact], db: Db, actor: Asker) -> Contact:
    """Every member sees it, off line too."""
    allow(actor, "admin")
    contact = await contacts.add_contact(db, actor, data)
    return msgspec.convert(contact, Contact, from_attributes=True)


@put(
    CONTACT,
    summary="Change a service of the directory",
    guards=[member_only],
    responses=refusals(*BODY, InvalidEmail, InvalidPhone),
)
async def edit_contact(
    contact_id: FromPath[UUID], data: JSONBody[NewContact], db: Db, actor: Asker
) -> Contact:
    """All of it at once."""
    allow(actor, "admin")
    contact = await contacts.edit_contact(db, actor, contact_id, data)
    return msgspec.convert(contact, Contact, from_attributes=True)


@delete(
    CONTACT, summary="Take a service off the directory", guards=[member_only],
    responses=refusals(*WRITE),
)  # fmt: skip
async def remove_contact(contact_id: FromPath[UUID], db: Db, actor: Asker, now: Now) -> None:
    """It leaves the tablets too."""
    allow(actor, "admin")
    await contacts.remove_contact(db, actor, contact_id, now)


@get(MINE, summary="See how I am listed", guards=[member_only], responses=refusals(*ANY))
async def read_my_listing(db: Db, actor: Asker) -> MyListing:
    """My telephone, and what of it and of my address colleagues see."""
    member = await member_of(db, actor, actor.member_id)
    return msgspec.convert(member, MyListing, from_attributes=True)


@put(
    MINE,
    summary="Say how I am listed",
    guards=[member_only],
    responses=refusals(*BODY, InvalidPhone),
)
async def list_myself(data: JSONBody[MyListing], db: Db, actor: Asker) -> MyListing:
    """In the directory of this authority only."""
    member = await contacts.list_myself(db, actor, data)
    return msgspec.convert(member, MyListing, from_attributes=True)


handlers = [
    list_contacts, add_contact, edit_contact, remove_contact, read_my_listing, list_myself,
]  # fmt: skip
