"""Cursors and the cut of a page: pure decisions of the pull (sync.md, section 2)."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Annotated
from uuid import UUID

import msgspec

from cartable.errors import CartableError

PAGE_BYTES = 512 * 1024

OLDEST_WIRE = 1
"""The oldest version of the wire that a pull may still speak."""

SHAPE = 1
"""What the rows say. Raised when they say more than before: a tablet holds those it was given, and
no number tells it to ask again."""


class PullTooOld(CartableError):
    """The application on this tablet is too old to be brought up to date. details: oldest."""

    status = 426


class Cursor(msgspec.Struct, frozen=True, array_like=True):
    """How far a scan has come: `start` is the head when it began, `c` the last number sent.

    `shape` is that of the rows it brought; the oldest cursors do not say it.
    """

    epoch: UUID
    start: Annotated[int, msgspec.Meta(ge=0)]
    c: Annotated[int, msgspec.Meta(ge=0)]
    shape: int = 0


class HeadState(msgspec.Struct, frozen=True):
    """The number line as one snapshot shows it; `access` is the later of the authority's and
    the member's last change of access."""

    epoch: UUID
    seq: int
    access: int
    floor: int


def read_cursor(text: str | None) -> Cursor | None:
    """The cursor that `write_cursor` made; anything else counts as none."""
    if not text:
        return None
    try:
        return msgspec.json.decode(urlsafe_b64decode(text.encode()), type=Cursor)
    except (msgspec.MsgspecError, binascii.Error, ValueError):
        return None


def write_cursor(cursor: Cursor) -> str:
    """Opaque to clients."""
    return urlsafe_b64encode(msgspec.json.encode(cursor)).decode()


def must_reset(cursor: Cursor | None, head: HeadState) -> bool:
    """Whether the view must be scanned again from the start."""
    return (
        cursor is None
        or cursor.epoch != head.epoch
        or cursor.shape != SHAPE
        or cursor.start < head.access
        or max(cursor.start, cursor.c) < head.floor
        or max(cursor.start, cursor.c) > head.seq
    )


def cut(sizes: list[tuple[int, int]], most: int) -> int:
    """How many rows of a page to send: about `PAGE_BYTES`, never inside one number.

    `sizes` are (seq, bytes) in order of seq, at least one whole number is sent; `most` bytes.
    """
    total, last_whole = 0, 0
    for place, (seq, size) in enumerate(sizes):
        if place and seq != sizes[place - 1][0]:
            last_whole = place
        total += size
        if total > most and last_whole:
            return last_whole
    return len(sizes)
