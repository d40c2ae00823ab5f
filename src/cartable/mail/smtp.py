"""SMTP: the only place that meets the library, and what its errors mean (RFC 5321)."""

import ssl
from dataclasses import dataclass

import aiosmtplib

from cartable.mail.rules import Fate, fate_of, one_line
from cartable.settings import Settings

PATIENCE = 30.0
"""Seconds for each step."""


@dataclass(frozen=True)
class Outcome:
    """What became of a try, and the words of the server, or what stopped us."""

    fate: Fate
    said: str


def _client(settings: Settings) -> aiosmtplib.SMTP:
    """The system's own authorities are trusted, as for push services: a town hall installs its
    certificate once."""
    security = settings.smtp_security
    return aiosmtplib.SMTP(
        hostname=settings.smtp_host,
        port=settings.smtp_port,
        username=settings.smtp_user or None,
        password=settings.smtp_password or None,
        local_hostname=settings.mail_domain,
        use_tls=security == "tls",
        start_tls=security == "starttls",
        tls_context=None if security == "none" else ssl.create_default_context(),
        timeout=PATIENCE,
    )


async def send(settings: Settings, sender: str, to: str, message: bytes) -> Outcome:
    """Hand one message to the server. Never raises for what the server or the network does."""
    client = _client(settings)
    try:
        await client.connect()
        _, said = await client.sendmail(sender, [to], message)
    except aiosmtplib.SMTPRecipientsRefused as error:
        return _answered("message", error.recipients[0])
    except aiosmtplib.SMTPDataError as error:
        return _answered("message", error)
    except aiosmtplib.SMTPResponseException as error:
        return _answered("us", error)
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        return _stopped(error)
    finally:
        # Whatever the server says to our farewell, the message is accepted or not already.
        client.close()
    return Outcome(Fate.ACCEPTED, one_line(said))


async def greet(settings: Settings) -> Outcome:
    """Connect, encrypt and sign in as a message would, without sending one."""
    client = _client(settings)
    try:
        await client.connect()
    except aiosmtplib.SMTPResponseException as error:
        return _answered("us", error)
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        return _stopped(error)
    finally:
        client.close()
    return Outcome(Fate.ACCEPTED, "")


def _answered(stage: str, error: aiosmtplib.SMTPResponseException) -> Outcome:
    return Outcome(fate_of(stage, error.code), one_line(f"{error.code} {error.message}"))


def _stopped(error: Exception) -> Outcome:
    """No answer. A certificate or an extension that is wrong stays so until somebody mends it."""
    is_ours = isinstance(error, ssl.SSLCertVerificationError | aiosmtplib.SMTPNotSupported)
    is_ours = is_ours or isinstance(error.__cause__, ssl.SSLCertVerificationError)
    return Outcome(Fate.OUR_FAULT if is_ours else Fate.LATER, type(error).__name__)
