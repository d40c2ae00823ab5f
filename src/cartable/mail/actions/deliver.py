"""Sending one message of the outbox, and keeping what became of it.

At least once: a worker that dies between the server's answer and the mark sends again, under the
same Message-ID, by which mailboxes know it for the same.
"""

import logging
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec
from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.database import begin_write
from cartable.jobs import Postponed
from cartable.mail import files
from cartable.mail.actions.write import place_of
from cartable.mail.letters import Envelope, Letter, compose
from cartable.mail.rules import Fate, next_try
from cartable.mail.tables import Mail, MailSender
from cartable.runtime import Runtime
from cartable.settings import Settings

if TYPE_CHECKING:
    from cartable.mail.smtp import Outcome

log = logging.getLogger(__name__)


async def deliver(runtime: Runtime, mail_id: UUID, now: datetime) -> None:
    """Send a message that waits, or write its file when no server is set.

    Raises:
        Postponed: it was not taken, for now.
    """
    async with runtime.reading() as db:
        mail = await db.get(Mail, mail_id)
        if mail is None or mail.state != "waiting" or mail.sealed is None:
            return
    sender = await _sender(runtime, mail.for_authority) if mail.for_authority else None
    if mail.until is not None and now >= mail.until:
        await _settle(runtime, mail_id, "too_late", "", now)
        return
    settings = runtime.settings
    letter = msgspec.json.decode(
        runtime.master_key.open(mail.sealed, place_of(mail_id)), type=Letter
    )
    envelope = _envelope(settings, mail, sender)
    if not settings.smtp_host:
        name = f"{mail.created_at:%Y%m%d-%H%M%S}-{mail_id}.eml"
        files.write(settings.mail_folder, name, compose(envelope, letter, settings.address))
        await _settle(runtime, mail_id, "written", "", now)
        return
    outcome = await _send(settings, envelope, letter)
    told = {"mail_id": str(mail_id), "fate": outcome.fate.value}
    if outcome.fate in (Fate.ACCEPTED, Fate.REFUSED):
        log.info("mail answered", extra=told)
        await _settle(runtime, mail_id, outcome.fate.value, outcome.said, now)
        return
    log.log(logging.ERROR if outcome.fate is Fate.OUR_FAULT else logging.WARNING,
            "mail not taken", extra={**told, "said": outcome.said[:3]})  # fmt: skip
    attempts = await _tried(runtime, mail_id, outcome.said)
    raise Postponed(next_try(attempts, now))


async def _send(settings: Settings, envelope: Envelope, letter: Letter) -> "Outcome":
    """By the mail server; one that refuses an authority's own address may take the platform's."""
    # The library is loaded only where there is a server to talk to.
    from cartable.mail import smtp

    # The domain of an authority is asked (SPF) of who the envelope says, not of the first line.
    origin = settings.address
    message = compose(envelope, letter, origin)
    outcome = await smtp.send(settings, envelope.sender, envelope.to, message)
    if envelope.sender == settings.sender_address or outcome.fate in (Fate.ACCEPTED, Fate.LATER):
        return outcome
    log.warning("sender not taken", extra={"said": outcome.said[:3]})
    ours = msgspec.structs.replace(
        envelope, sender=settings.sender_address, reply_to=envelope.reply_to or envelope.sender
    )
    return await smtp.send(settings, ours.sender, ours.to, compose(ours, letter, origin))


async def _sender(runtime: Runtime, authority_id: UUID) -> MailSender | None:
    async with runtime.reading(authority_id) as db:
        return await db.get(MailSender, authority_id)


def _envelope(settings: Settings, mail: Mail, sender: MailSender | None) -> Envelope:
    """What dies at a given time bears a secret. A message that could not be delivered goes back
    whole to whoever the envelope says: a secret leaves from the platform's address alone."""
    own = sender.address if sender and mail.until is None else None
    return Envelope(
        message_id=f"<{mail.id}@{settings.mail_domain}>",
        sender_name=sender.name if sender and sender.name else "Cartable",
        sender=own or settings.sender_address,
        to=mail.recipient,
        reply_to=(sender.reply_to or (None if own else sender.address)) if sender else None,
        at=mail.created_at,
    )


async def _settle(runtime: Runtime, mail_id: UUID, state: str, said: str, now: datetime) -> None:
    async with runtime.writing() as db:
        await db.execute(
            update(Mail)
            .where(Mail.id == mail_id, Mail.state == "waiting")
            .values(state=state, said=said, sealed=None, settled_at=now, attempts=Mail.attempts + 1)
        )


async def _tried(runtime: Runtime, mail_id: UUID, said: str) -> int:
    async with runtime.writing() as db:
        attempts = await db.scalar(
            update(Mail)
            .where(Mail.id == mail_id)
            .values(said=said, attempts=Mail.attempts + 1)
            .returning(Mail.attempts)
        )
    return attempts or 1


async def give_up(runtime: Runtime, mail_id: UUID, now: datetime) -> None:
    """No server took it in a day: what stopped the last try stays with it."""
    async with runtime.writing() as db:
        await db.execute(
            update(Mail)
            .where(Mail.id == mail_id, Mail.state == "waiting")
            .values(state="unreached", sealed=None, settled_at=now)
        )


async def forget_old_mail(db: AsyncSession, before: datetime) -> None:
    """Remove what was settled before `before`: who was written to, when, and with what fate."""
    await begin_write(db)
    await db.execute(delete(Mail).where(Mail.settled_at < before))
