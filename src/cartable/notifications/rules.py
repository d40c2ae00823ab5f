"""Rules of notifications: which push services, what keys, when, and what their answers mean."""

import re
from base64 import urlsafe_b64decode
from binascii import Error as NotBase64
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from email.utils import parsedate_to_datetime
from enum import Enum
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from cartable.errors import Invalid

PUSH_SERVICES = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "web.push.apple.com",
    ".push.apple.com",
    ".notify.windows.com",
)
"""Where Chrome and Android, Firefox, Safari and Edge have their messages sent; a name that begins
with a point stands for all below it. The server calls nobody else: an endpoint is chosen by
whoever subscribes, and must not make it call the inside of the town hall."""

LONGEST_KEPT = timedelta(days=28)
SOON = timedelta(days=1)
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=6)

_PLAIN = re.compile(r"https://[a-z0-9][a-z0-9.-]*(:[0-9]+)?([/?][!-~]*)?", re.IGNORECASE | re.ASCII)
"""No user, no escape, no blank: nothing that a resolver or a proxy could read otherwise."""

_P = 2**256 - 2**224 + 2**192 + 2**96 - 1
_B = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B


class PushServiceUnknown(Invalid):
    """The endpoint is not one of a browser's push service over HTTPS. details: host."""


class PushKeysInvalid(Invalid):
    """p256dh is not a point of P-256 (65 bytes), or auth not 16 bytes (RFC 8291)."""


def check_endpoint(endpoint: str, more: tuple[str, ...]) -> str:
    """The `host` or `host:port` of an endpoint. `more`: those that the server's settings add.

    Raises:
        PushServiceUnknown
    """
    try:
        url = urlsplit(endpoint)
        host, port = (url.hostname or "").lower(), url.port
    except ValueError:
        raise PushServiceUnknown(host="") from None
    place = host if port in (None, 443) else f"{host}:{port}"
    if not _PLAIN.fullmatch(endpoint) or not is_listed(place, (*PUSH_SERVICES, *more)):
        raise PushServiceUnknown(host=host[:100])
    return place


def is_listed(place: str, services: tuple[str, ...]) -> bool:
    """Whether a `host` or `host:port` is one of `services`."""
    return any(place.endswith(s) if s.startswith(".") else place == s for s in services)


def check_keys(p256dh: str, auth: str) -> None:
    """Refuse keys that nothing could be encrypted for (RFC 8291, section 2).

    Raises:
        PushKeysInvalid
    """
    point, secret = _bytes(p256dh), _bytes(auth)
    if len(secret) != 16 or len(point) != 65 or point[0] != 4:
        raise PushKeysInvalid
    x, y = int.from_bytes(point[1:33]), int.from_bytes(point[33:])
    if max(x, y) >= _P or (y * y - (x * x * x - 3 * x + _B)) % _P:
        raise PushKeysInvalid


def _bytes(text: str) -> bytes:
    try:
        return urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    except (NotBase64, ValueError):
        raise PushKeysInvalid from None


def quiet_until(now: datetime, zone: str, begins: str, ends: str) -> datetime | None:
    """When the quiet hours that `now` falls in end; None outside them. Equal hours: never quiet."""
    local = now.astimezone(ZoneInfo(zone))
    first, last = time.fromisoformat(begins), time.fromisoformat(ends)
    clock = local.time()
    across = first > last
    is_quiet = (clock >= first or clock < last) if across else first <= clock < last
    if not is_quiet:
        return None
    day = local.date() + timedelta(days=1 if across and clock >= first else 0)
    end = datetime.combine(day, last, ZoneInfo(zone))
    # In autumn an hour comes twice, and so may this end: the next one, not the one that is past.
    return next(at for fold in (0, 1) if (at := end.replace(fold=fold).astimezone(UTC)) > now)


def worth_until(starts_at: datetime, now: datetime) -> datetime:
    """When telling comes too late: once the sitting has begun, or a day later for one that has."""
    return min(starts_at if starts_at > now else now + SOON, now + LONGEST_KEPT)


def urgency(starts_at: datetime, now: datetime) -> str:
    """`high` wakes a sleeping device (RFC 8030, section 5.3): kept for what begins within a day."""
    return "high" if now < starts_at <= now + SOON else "normal"


class Fate(Enum):
    """What becomes of a message once the push service has answered."""

    SENT = "sent"
    GONE = "gone"
    LATER = "later"
    OUR_FAULT = "our fault"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`later`: the service names the moment of the next try; None leaves it to us."""

    fate: Fate
    later: datetime | None = None


def verdict(status: int, retry_after: str, now: datetime) -> Verdict:
    """What an answer of a push service means (RFC 8030, sections 5 and 7.3)."""
    if 200 <= status < 300:
        return Verdict(Fate.SENT)
    if status in (404, 410):
        return Verdict(Fate.GONE)
    if status == 429 or status >= 500:
        return Verdict(Fate.LATER, _moment(retry_after, now))
    return Verdict(Fate.OUR_FAULT)


def _moment(retry_after: str, now: datetime) -> datetime | None:
    """Seconds or a date (RFC 9110, section 10.2.3), never further than six hours."""
    if retry_after.isascii() and retry_after.isdigit():
        wait = timedelta(seconds=min(int(retry_after[:9]), 86_400))
    else:
        try:
            named = parsedate_to_datetime(retry_after)
        except ValueError:
            return None
        wait = (named if named.tzinfo else named.replace(tzinfo=UTC)) - now
    return now + min(max(wait, timedelta(seconds=1)), LONGEST_WAIT)
