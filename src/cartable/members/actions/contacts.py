"""The directory: services of the authority, and what a person shows of themselves."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cartable.actor import Actor
from cartable.audit.actions import record
from cartable.database import uuid7
from cartable.errors import NotFound
from cartable.members.access import contact_of
from cartable.members.actions.enter import enter
from cartable.members.phones import NotAPhone, international
from cartable.members.rules import InvalidPhone, check_email
from cartable.members.shapes import MyListing, NewContact
from cartable.members.tables import Contact, Member


def checked_phone(typed: str) -> str:
    """E.164, empty for none.

    Raises:
        InvalidPhone
    """
    try:
        return international(typed)
    except NotAPhone:
        raise InvalidPhone from None


async def add_contact(db: AsyncSession, actor: Actor, new: NewContact) -> Contact:
    """List a service.

    Raises:
        InvalidPhone, InvalidEmail
    """
    seq = await enter(db, actor, "admin")
    contact = Contact(id=uuid7(), authority_id=actor.authority_id)
    db.add(contact)
    _fill(contact, new, seq)
    record(db, actor, seq, "contact.added", contact.id, name=contact.name)
    await db.flush()
    return contact


async def edit_contact(
    db: AsyncSession, actor: Actor, contact_id: UUID, new: NewContact
) -> Contact:
    """Change a service.

    Raises:
        NotFound, InvalidPhone, InvalidEmail
    """
    seq = await enter(db, actor, "admin")
    contact = await contact_of(db, actor, contact_id)
    _fill(contact, new, seq)
    record(db, actor, seq, "contact.edited", contact.id, name=contact.name)
    await db.flush()
    return contact


async def remove_contact(db: AsyncSession, actor: Actor, contact_id: UUID, now: datetime) -> None:
    """Take a service off the directory: a tombstone tells the tablets.

    Raises:
        NotFound
    """
    seq = await enter(db, actor, "admin")
    contact = await contact_of(db, actor, contact_id)
    contact.name = contact.role = contact.phone = contact.email = ""
    contact.deleted_at, contact.seq = now, seq
    record(db, actor, seq, "contact.removed", contact.id)
    await db.flush()


async def list_myself(db: AsyncSession, actor: Actor, mine: MyListing) -> Member:
    """Say what colleagues see of me: a telephone, whether it shows, whether my address does.

    Raises:
        InvalidPhone
    """
    phone = checked_phone(mine.phone)
    seq = await enter(db, actor)
    member = await db.get(Member, actor.member_id)
    if member is None:
        raise NotFound
    member.phone = phone
    member.shows_email, member.shows_phone = mine.shows_email, mine.shows_phone
    member.seq = seq
    record(db, actor, seq, "member.listing_changed", member.id)
    await db.flush()
    return member


def _fill(contact: Contact, new: NewContact, seq: int) -> None:
    contact.name, contact.role = new.name.strip(), new.role.strip()
    contact.phone = checked_phone(new.phone)
    contact.email = check_email(new.email) if new.email.strip() else ""
    contact.seq = seq
