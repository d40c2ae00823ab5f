"""How the messages of an authority are signed: reading it, deciding it, trying it."""

from typing import Any

from litestar import Request, Response, get, post, put
from litestar.params import JSONBody

from cartable.accounts.guards import proved
from cartable.database import end
from cartable.errors import TooManyAttempts
from cartable.mail import checks, dns
from cartable.mail.actions.sender import plain_address
from cartable.mail.rules import AddressInvalid, SenderNotConfirmed
from cartable.mail.shapes import AskedAddress, MailSender, MailSenderEdit, SenderChecks
from cartable.members.access import allow
from cartable.members.actions import sender
from cartable.members.doors import AUTHORITY, BODY, ROLE, WRITE, Asker, Db, Now
from cartable.members.guards import member_only
from cartable.web import refusals, runtime_of

SENDER = f"{AUTHORITY}/mail-sender"


@get(
    SENDER, summary="How messages are signed", guards=[member_only], responses=refusals(*ROLE)
)  # fmt: skip
async def read_mail_sender(request: Request[Any, Any, Any], db: Db, actor: Asker) -> MailSender:
    """With the platform's address, and what became of the last message to whoever asks."""
    allow(actor, "admin")
    return await sender.read_sender(db, actor, runtime_of(request).settings)


@put(
    SENDER,
    summary="Decide how messages are signed",
    guards=[member_only, proved],
    responses=refusals(*BODY, AddressInvalid, SenderNotConfirmed),
)
async def edit_mail_sender(
    request: Request[Any, Any, Any], data: JSONBody[MailSenderEdit], db: Db, actor: Asker, now: Now
) -> MailSender:
    """Empty words are the platform's. An address of one's own needs the code that was sent to it;
    messages that a mail server refuses because of it leave from the platform's, and so does
    whatever bears a secret."""
    allow(actor, "admin")
    runtime = runtime_of(request)
    await sender.edit_sender(db, actor, runtime.master_key, data, now)
    return await sender.read_sender(db, actor, runtime.settings)


@post(
    f"{SENDER}/code",
    summary="Send the code that lets messages come from an address",
    status_code=204,
    guards=[member_only, proved],
    responses=refusals(*BODY, AddressInvalid, TooManyAttempts),
)
async def send_sender_code(
    request: Request[Any, Any, Any], data: JSONBody[AskedAddress], db: Db, actor: Asker, now: Now
) -> None:
    """To that address, once an hour, and to ten in a quarter of one; it serves until the end of the
    next day (UTC)."""
    allow(actor, "admin")
    master = runtime_of(request).master_key
    await sender.send_sender_code(db, actor, master, data.address, now)


@post(
    f"{SENDER}/checks",
    summary="What the DNS says of an address",
    status_code=200,
    guards=[member_only],
    responses=refusals(*BODY, AddressInvalid),
)
async def check_sender(
    request: Request[Any, Any, Any], data: JSONBody[AskedAddress], db: Db, actor: Asker
) -> SenderChecks:
    """Hints, never a refusal: `absent` is what the DNS says, `silent` that it said nothing."""
    allow(actor, "admin")
    domain = plain_address(data.address).partition("@")[2]
    await end(db, commit=True)
    return await checks.look_at(runtime_of(request).settings, domain, dns.lookup)


@post(
    f"{SENDER}/try",
    summary="Send oneself a message",
    status_code=204,
    guards=[member_only],
    responses=refusals(*WRITE),
)
async def try_sender(
    request: Request[Any, Any, Any], db: Db, actor: Asker, now: Now
) -> Response[None]:
    """Once a minute, signed as any other; reading the sender tells what became of it."""
    allow(actor, "admin")
    await sender.try_sender(db, actor, runtime_of(request).settings, now)
    return Response(None, status_code=204)


handlers = [read_mail_sender, edit_mail_sender, send_sender_code, check_sender, try_sender]
