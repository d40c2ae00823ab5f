"""Mail on the wire."""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

MailState = Literal["waiting", "accepted", "refused", "unreached", "written", "too_late"]


class MailFate(msgspec.Struct, kw_only=True):
    """What became of a message. `said`: the words of the mail server, when it refused."""

    state: MailState
    said: str
    at: datetime


SenderName = Annotated[str, msgspec.Meta(max_length=80)]
SenderAddress = Annotated[str, msgspec.Meta(max_length=254)]
Verdict = Literal["pass", "fail", "softfail", "neutral", "none", "unknown"]
"""What a domain says of a server that sends for it (RFC 7208, section 2.6)."""


class MailSender(msgspec.Struct, kw_only=True):
    """How the messages of an authority are signed.

    What is empty is the platform's: « Cartable », no other address for answers,
    `platform_address`. `has_server`: messages leave; else they are written to files.
    `last_letter`: the fate of the last one that the authority had sent to whoever asks.
    """

    name: str
    reply_to: str
    address: str
    platform_address: str
    has_server: bool
    last_letter: MailFate | None


class MailSenderEdit(msgspec.Struct, kw_only=True):
    """`code`: what was sent to `address`, when it changes to one that is not empty."""

    name: SenderName = ""
    reply_to: SenderAddress = ""
    address: SenderAddress = ""
    code: Annotated[str, msgspec.Meta(max_length=40)] = ""


class AskedAddress(msgspec.Struct, kw_only=True):
    """An address that messages might come from."""

    address: SenderAddress


class SenderCheck(msgspec.Struct, kw_only=True):
    """What the DNS says: `said` is the record when it was found; `silent`: nobody answered."""

    check: Literal["spf", "mx", "dmarc"]
    state: Literal["found", "absent", "silent"]
    said: str


class SenderChecks(msgspec.Struct, kw_only=True):
    """What the names of `domain` say of sending for it. `verdict`: of our mail server by SPF;
    null when it could not be asked, or is on this machine."""

    domain: str
    verdict: Verdict | None
    checks: list[SenderCheck]
