"""How an authority signs its messages, and the code by which it shows that an address is its own.

Several authorities share a server that their domains let send: without that code, one could write
under the name of another.
"""

import hmac
from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cartable.mail.access import sender_of
from cartable.mail.rules import SenderNotConfirmed, check_address, one_line
from cartable.mail.shapes import MailSenderEdit
from cartable.sealing import Key


def code_of(master: Key, authority_id: UUID, address: str, at: datetime) -> str:
    """Ten hexadecimal digits, the same all day (UTC): nothing is kept of a code that was sent."""
    return master.digest("mail_sender", f"{authority_id}|{address}|{at:%Y-%m-%d}")[:10]


def codes_end(at: datetime) -> datetime:
    """When the codes of a day are worth nothing any more: the end of the day after (UTC)."""
    return datetime.combine(at.date(), time(), UTC) + timedelta(days=2)


def plain_address(typed: str) -> str:
    """An address as it is kept.

    Raises:
        AddressInvalid
    """
    return check_address(typed.strip().lower())


async def put_sender(
    db: AsyncSession, master: Key, authority_id: UUID, edit: MailSenderEdit, now: datetime
) -> bool:
    """Sign so from now on, in the caller's write transaction; whether anything changed.

    Raises:
        AddressInvalid
        SenderNotConfirmed: the address is new, and the code is not that of today or of yesterday.
    """
    row = await sender_of(db, authority_id)
    address = plain_address(edit.address) if edit.address.strip() else None
    reply_to = plain_address(edit.reply_to) if edit.reply_to.strip() else None
    if address is not None and address != row.address:
        typed = "".join(c for c in edit.code.casefold() if c.isalnum()).encode()
        days = (now, now - timedelta(days=1))
        codes = [code_of(master, authority_id, address, day).encode() for day in days]
        if not any(hmac.compare_digest(typed, code) for code in codes):
            raise SenderNotConfirmed
    before = (row.name, row.reply_to, row.address)
    row.name, row.reply_to, row.address = one_line(edit.name, 80), reply_to, address
    db.add(row)
    await db.flush()
    return before != (row.name, row.reply_to, row.address)
