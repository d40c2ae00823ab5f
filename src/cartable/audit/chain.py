"""How a line of a chain is hashed, version 1. Nothing here reads a clock, a key or the database.

The hash of a line is the SHA-256, in lower case hexadecimal, of these twelve texts in UTF-8,
joined by one line feed (U+000A), none at the end:

     1  `cartable-journal-1`
     2  the chain: the authority's id, or `host`
     3  the position, in decimal, from 1
     4  the id of the line
     5  `seq`, the number of the deed, in decimal (`-` in the host's chain)
     6  the instant, UTC, `2026-11-22T18:30:00.000000Z`, always six decimals
     7  who: the member's id (the account's id in the host's chain)
     8  the device's id
     9  the event, such as `document.uploaded`
    10  the id of what it was done to
    11  the digest of the payload
    12  the hash of the line before; sixty-four `0` for the first

An id is a UUID in lower case with its hyphens. What is absent is `-`. None of the texts holds a
line feed, so two different lines never give the same bytes.

The digest of a payload is the HMAC-SHA-256, keyed by its salt (16 bytes drawn for this line alone
and kept with the payload), of its JSON in UTF-8. Once salt and payload are erased, the digest tells
nothing of them, and the chain holds.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

VERSION = "cartable-journal-1"
HOST = "host"
FIRST = "0" * 64
SALT = 16


class Chained(Protocol):
    """What any line of a chain holds."""

    @property
    def id(self) -> UUID: ...
    @property
    def position(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def device_id(self) -> UUID | None: ...
    @property
    def event(self) -> str: ...
    @property
    def subject_id(self) -> UUID | None: ...
    @property
    def digest(self) -> str: ...
    @property
    def previous(self) -> str: ...


@dataclass(frozen=True)
class Place:
    """What only one of the two kinds of chains knows: which it is, the deed's number, who."""

    chain: str
    seq: int | None
    who: UUID | None


def instant(at: datetime) -> str:
    """An instant as lines and checkpoints write it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def canonical(line: Chained, place: Place) -> bytes:
    """The bytes that the hash of a line is of."""
    texts = (
        VERSION,
        place.chain,
        line.position,
        line.id,
        place.seq,
        instant(line.at),
        place.who,
        line.device_id,
        line.event,
        line.subject_id,
        line.digest or None,
        line.previous,
    )
    return "\n".join("-" if text is None else str(text) for text in texts).encode()


def hash_of(line: Chained, place: Place) -> str:
    """The hash of a line, which the next one repeats."""
    return hashlib.sha256(canonical(line, place)).hexdigest()


def digest_of(salted: bytes) -> str:
    """The digest of a payload: 16 bytes of salt, then its JSON."""
    return hmac.digest(salted[:SALT], salted[SALT:], "sha256").hex()
