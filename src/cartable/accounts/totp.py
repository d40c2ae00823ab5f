"""Codes of six digits that change every 30 seconds (RFC 6238 over RFC 4226, HMAC-SHA-1).

Every authenticator application makes them; SHA-1 is what they all know, and HMAC does not need its
resistance to collisions.
"""

import base64
import hmac
from datetime import datetime
from urllib.parse import quote, urlencode

import segno

STEP = 30
DIGITS = 6
DRIFT = 1
"""Steps of a clock that is late or early: a code lives a minute and a half."""


def code_at(secret: bytes, step: int, digits: int = DIGITS, digest: str = "sha1") -> str:
    """The code of one step (RFC 4226, section 5.3: dynamic truncation)."""
    mac = hmac.digest(secret, step.to_bytes(8, "big"), digest)
    at = mac[-1] & 0xF
    return str((int.from_bytes(mac[at : at + 4], "big") & 0x7FFFFFFF) % 10**digits).zfill(digits)


def step_at(now: datetime) -> int:
    """The number of the step that an instant is in."""
    return int(now.timestamp()) // STEP


def step_of(secret: bytes, code: str, now: datetime, last: int) -> int | None:
    """The step that a typed code is of, if it is one that may be used now.

    `last`: the newest step that served; it and those before it never serve again.
    """
    typed = "".join(code.split()).encode()
    found = None
    # All are computed, whichever matches: the time taken tells nothing.
    for step in range(step_at(now) - DRIFT, step_at(now) + DRIFT + 1):
        if hmac.compare_digest(code_at(secret, step).encode(), typed) and step > last:
            found = step
    return found


def as_text(secret: bytes) -> str:
    """The secret as people type it: base32 in groups of four."""
    plain = base64.b32encode(secret).decode().rstrip("=")
    return " ".join(plain[i : i + 4] for i in range(0, len(plain), 4))


def address_of(secret: bytes, email: str) -> str:
    """The `otpauth:` address that applications read."""
    told = {"secret": as_text(secret).replace(" ", ""), "issuer": "Cartable"}
    return f"otpauth://totp/{quote(f'Cartable:{email}')}?{urlencode(told)}"


def picture_of(address: str) -> str:
    """The address as a QR code: an SVG in a `data:` address, black on white in any theme."""
    made: str = segno.make(address, error="m").svg_data_uri(scale=4, border=4, light="#fff")
    return made
