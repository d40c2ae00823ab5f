"""Rules of outgoing mail: addresses, how long to try, what an answer of the server means."""

import re
from datetime import datetime, timedelta
from enum import Enum

from cartable.errors import Invalid

EMAIL = re.compile(
    r"[^@\s\"(),:;<>\[\\\]\x00-\x1f\x7f]{1,64}@(?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63}",
    re.ASCII | re.IGNORECASE,
)
_INVISIBLE = re.compile(r"[\s\x00-\x1f\x7f-\x9f\u2028\u2029]+")

WAITS = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=3),
    timedelta(hours=6),
    timedelta(hours=12),
)
"""Between eight tries, almost a day: a server under maintenance, or one that greylists."""

MAIL_KEPT = timedelta(days=400)
"""How long it is known that a message was sent: longer than any time to contest a call."""


class AddressInvalid(Invalid):
    """No mail can be sent to it, or from it: a part is missing, or it is not one address."""


class SenderNotConfirmed(Invalid):
    """The code sent to the address is missing, wrong, or too old."""


class Fate(Enum):
    """What becomes of a message after a try."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    LATER = "later"
    OUR_FAULT = "our fault"


def check_address(address: str) -> str:
    """One plain address, such as a header can hold without harm.

    Raises:
        AddressInvalid
    """
    if len(address) > 254 or not address.isascii() or not EMAIL.fullmatch(address):
        raise AddressInvalid
    return address


def one_line(text: str, limit: int = 200) -> str:
    """Text for a header or a table: no line end, no control character, not longer than `limit`."""
    return _INVISIBLE.sub(" ", text).strip()[:limit].rstrip()


def next_try(attempts: int, now: datetime) -> datetime:
    """When to try again after so many tries, the first included."""
    return now + WAITS[min(max(attempts, 1), len(WAITS)) - 1]


def fate_of(stage: str, code: int) -> Fate:
    """What an answer means (RFC 5321, section 4.2.1).

    `stage`: `message` for what was said of the recipient or the text, else of us: a password that
    is wrong, a sender that is not welcome. Whoever installs mends that, so it is tried again.
    """
    if 200 <= code < 300:
        return Fate.ACCEPTED
    if 500 <= code < 600:
        return Fate.REFUSED if stage == "message" else Fate.OUR_FAULT
    return Fate.LATER
