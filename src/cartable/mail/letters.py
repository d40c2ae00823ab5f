"""A letter as it is kept, and as it travels (RFC 5322, RFC 2045, RFC 3834)."""

import html
import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import msgspec

from cartable.mail.rules import check_address, one_line


class Letter(msgspec.Struct, kw_only=True):
    """What a message says. Without `html`, one is made from the text."""

    subject: str
    text: str
    html: str | None = None


class Envelope(msgspec.Struct, kw_only=True, frozen=True):
    """Who writes to whom, and the name of the message: the same at each try."""

    message_id: str
    sender_name: str
    sender: str
    to: str
    reply_to: str | None
    at: datetime


def compose(envelope: Envelope, letter: Letter, origin: str) -> bytes:
    """The message, its lines ended by CRLF; ASCII alone, so that any server takes it.

    `origin`: of our pages, the only ones that it links to.

    Raises:
        AddressInvalid
    """
    message = EmailMessage(policy=SMTP.clone(cte_type="7bit"))
    name = one_line(envelope.sender_name, 80)
    message["From"] = Address(name, addr_spec=check_address(envelope.sender))
    message["To"] = Address(addr_spec=check_address(envelope.to))
    if envelope.reply_to:
        message["Reply-To"] = Address(name, addr_spec=check_address(envelope.reply_to))
    message["Subject"] = one_line(letter.subject)
    message["Date"] = format_datetime(envelope.at)
    message["Message-ID"] = envelope.message_id
    # No answer of an absent person's mailbox comes back (RFC 3834; the second is Exchange's).
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(letter.text, charset="utf-8", cte="quoted-printable")
    page = letter.html or as_html(letter, origin)
    message.add_alternative(page, subtype="html", charset="utf-8", cte="quoted-printable")
    # After the parts: those take what is said of the content with them.
    message["Content-Language"] = "fr"
    return message.as_bytes()


def as_html(letter: Letter, origin: str) -> str:
    """A plain page that says the same: large letters, a paragraph for each, links that stand out.

    A link is an address of ours that stands alone on its line: names of people and devices stand
    in letters too, and whoever chooses one must not send anybody elsewhere.

    No picture, no style sheet from elsewhere: nothing tells the sender that it was read.
    """
    paragraphs = [part for part in re.split(r"\n\s*\n", letter.text.strip()) if part.strip()]
    body = "\n".join(f'<p style="margin:0 0 1em">{_lines(part, origin)}</p>' for part in paragraphs)
    return (
        f'<!doctype html>\n<html lang="fr">\n<head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width">'
        f"<title>{html.escape(one_line(letter.subject))}</title></head>\n"
        '<body style="margin:0;padding:24px 16px;font:18px/1.5 sans-serif">\n'
        f'<main style="max-width:36em;margin:0 auto">\n{body}\n</main>\n</body>\n</html>\n'
    )


def _lines(paragraph: str, origin: str) -> str:
    lines = paragraph.strip().splitlines()
    return "<br>\n".join(_linked(line.strip(), origin) for line in lines)


def _linked(line: str, origin: str) -> str:
    shown = html.escape(line)
    if not line.startswith(f"{origin}/") or len(line.split()) != 1:
        return shown
    return f'<a href="{shown}" style="font-weight:bold;word-break:break-word">{shown}</a>'
