"""What became of an authority's messages: who, when, with what fate; never what they said."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.mail.shapes import MailFate
from cartable.mail.tables import Mail, MailSender


async def sender_of(db: AsyncSession, authority_id: UUID) -> MailSender:
    """How an authority signs; without a row of its own, as the platform does."""
    found = await db.get(MailSender, authority_id)
    return found or MailSender(authority_id=authority_id, name="", reply_to=None, address=None)


async def last_fates(
    db: AsyncSession, authority_id: UUID, recipients: Sequence[str]
) -> dict[str, MailFate]:
    """The fate of the last message that the authority had sent to each address."""
    newest = (
        select(func.max(Mail.created_at).label("created_at"), Mail.recipient)
        .where(Mail.for_authority == authority_id, Mail.recipient.in_(recipients))
        .group_by(Mail.recipient)
        .subquery()
    )
    rows = await db.scalars(
        select(Mail)
        .join(
            newest,
            (newest.c.recipient == Mail.recipient) & (newest.c.created_at == Mail.created_at),
        )
        .where(Mail.for_authority == authority_id)
    )
    return {
        row.recipient: MailFate(
            state=row.state,  # type: ignore[arg-type]
            said=row.said if row.state == "refused" else "",
            at=row.settled_at or row.created_at,
        )
        for row in rows
    }
