"""Deciding how an authority signs its messages, and trying it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.tables import Account
from cartable.accounts.throttle import take_guess
from cartable.actor import Actor
from cartable.audit.actions import record
from cartable.authorities.tables import Authority
from cartable.database import begin_write
from cartable.mail.access import last_fates, sender_of
from cartable.mail.actions import send_mail
from cartable.mail.actions.sender import code_of, codes_end, plain_address, put_sender
from cartable.mail.shapes import MailSender, MailSenderEdit
from cartable.members import letters
from cartable.members.actions.enter import enter
from cartable.sealing import Key
from cartable.settings import Settings

CODES = 10
"""Of a quarter of an hour, for an authority: it writes to mailboxes that nobody showed to be its
own."""


async def read_sender(db: AsyncSession, actor: Actor, settings: Settings) -> MailSender:
    """How it signs, and what became of its last message to whoever asks."""
    row = await sender_of(db, actor.authority_id)
    email = (await db.get_one(Account, actor.account_id)).email
    return MailSender(
        name=row.name,
        reply_to=row.reply_to or "",
        address=row.address or "",
        platform_address=settings.sender_address,
        has_server=bool(settings.smtp_host),
        last_letter=(await last_fates(db, actor.authority_id, [email])).get(email),
    )


async def edit_sender(
    db: AsyncSession, actor: Actor, master: Key, edit: MailSenderEdit, now: datetime
) -> None:
    """Sign so from now on; the letters that wait too.

    Raises:
        RoleMissing, AddressInvalid, SenderNotConfirmed
    """
    seq = await enter(db, actor, "admin")
    if await put_sender(db, master, actor.authority_id, edit, now):
        record(db, actor, seq, "mail_sender.edited")
        await db.flush()


async def send_sender_code(
    db: AsyncSession, actor: Actor, master: Key, typed: str, now: datetime
) -> None:
    """Write to an address, so that who reads it lets the authority use it; once an hour, to few.

    Raises:
        RoleMissing, AddressInvalid, TooManyAttempts
    """
    address = plain_address(typed)
    seq = await enter(db, actor, "admin")
    bucket = master.digest("guess", f"sender codes|{actor.authority_id}")
    await take_guess(db, [(bucket, CODES)], now)
    authority = await db.get_one(Authority, actor.authority_id)
    code = code_of(master, actor.authority_id, address, now)
    letter = letters.sender_code(authority.name, f"{code[:5]} {code[5:]}".upper())
    await send_mail(
        db,
        to=address,
        subject=letter.subject,
        text=letter.text,
        authority_id=actor.authority_id,
        until=codes_end(now),
        dedupe=f"sender_code:{actor.authority_id}:{address}:{now:%Y%m%d%H}",
    )
    record(db, actor, seq, "mail_sender.code_sent")
    await db.flush()


async def try_sender(db: AsyncSession, actor: Actor, settings: Settings, now: datetime) -> None:
    """Write to whoever asks, as any letter of the authority is; once a minute."""
    await begin_write(db)
    authority = await db.get_one(Authority, actor.authority_id)
    account = await db.get_one(Account, actor.account_id)
    address = (await sender_of(db, actor.authority_id)).address
    person = f"{account.first_name} {account.last_name}"
    letter = letters.sender_try(authority.name, person, address, settings.sender_address)
    await send_mail(
        db,
        to=account.email,
        subject=letter.subject,
        text=letter.text,
        authority_id=actor.authority_id,
        dedupe=f"sender_try:{actor.member_id}:{now:%Y%m%d%H%M}",
    )
