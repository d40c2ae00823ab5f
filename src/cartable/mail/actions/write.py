"""Writing to somebody, inside the deed that has something to tell."""

from datetime import UTC, datetime
from uuid import UUID

import msgspec
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from cartable import jobs
from cartable.database import uuid7
from cartable.mail.letters import Letter
from cartable.mail.rules import check_address
from cartable.mail.tables import Mail
from cartable.sealing import Key

SEND = "mail.send"


def place_of(mail_id: UUID) -> str:
    """Where the sealed text of a message lives."""
    return f"mail.sealed:{mail_id}"


async def send_mail(
    db: AsyncSession,
    *,
    to: str,
    subject: str,
    text: str,
    html: str | None = None,
    authority_id: UUID | None = None,
    due_at: datetime | None = None,
    until: datetime | None = None,
    dedupe: str | None = None,
) -> UUID | None:
    """Put a message into the outbox, in the caller's write transaction; its id.

    `text` in paragraphs separated by empty lines, each link on a line of its own; `html` is made
    from it when absent. `until`: later than that it is of no use; whatever bears a secret has one,
    and never leaves from an authority's own address. A second message with the same `dedupe` is
    dropped (None). What it says is sealed, and erased once it has left.

    Raises:
        AddressInvalid
    """
    now = datetime.now(UTC)
    mail_id = uuid7()
    letter = msgspec.json.encode(Letter(subject=subject, text=text, html=html))
    master: Key = db.info["master_key"]
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    made = await db.scalar(
        insert(Mail)
        .values(
            id=mail_id,
            for_authority=authority_id,
            recipient=check_address(to),
            sealed=master.seal(letter, place_of(mail_id)),
            dedupe=dedupe,
            state="waiting",
            said="",
            attempts=0,
            created_at=now,
            until=until,
        )
        .on_conflict_do_nothing(index_elements=["dedupe"])
        .returning(Mail.id)
    )
    if made is not None:
        await jobs.enqueue(db, SEND, {"mail_id": str(mail_id)}, due_at=due_at or now)
    return made
