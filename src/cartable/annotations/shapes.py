"""Annotations on the wire. Lengths are in points of the PDF's user space, pages count from 1."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

Colour = Literal["yellow", "green", "blue", "red", "black"]
Label = Annotated[str, msgspec.Meta(max_length=500)]
NoteText = Annotated[str, msgspec.Meta(max_length=20_000)]
Sha256 = Annotated[str, msgspec.Meta(pattern=r"^[0-9a-f]{64}$")]
PageHash = Annotated[str, msgspec.Meta(pattern=r"^([0-9a-f]{64})?$")]
Length = Annotated[float, msgspec.Meta(ge=-100_000, le=100_000)]
Quad = Annotated[list[Length], msgspec.Meta(min_length=8, max_length=8)]
"""Four corners x, y: lower left, lower right, upper left, upper right (ISO 32000-2, 12.5.6.10)."""


class TextQuote(msgspec.Struct, kw_only=True):
    """TextQuoteSelector of the Web Annotation Data Model: what was selected, and around it."""

    exact: Annotated[str, msgspec.Meta(max_length=8000)]
    prefix: Annotated[str, msgspec.Meta(max_length=64)]
    suffix: Annotated[str, msgspec.Meta(max_length=64)]


class Ink(msgspec.Struct, kw_only=True, tag_field="kind", tag="ink"):
    """One stroke of a pen: `points` are x, y, pressure (0 to 1) of each point in turn."""

    colour: Colour
    width: Annotated[float, msgspec.Meta(gt=0, le=100)]
    points: Annotated[list[Length], msgspec.Meta(min_length=3, max_length=15_000)]
    label: Label = ""


class Highlight(msgspec.Struct, kw_only=True, tag_field="kind", tag="highlight"):
    """Words made visible, where they stand and which they are."""

    colour: Colour
    quads: Annotated[list[Quad], msgspec.Meta(min_length=1, max_length=1000)]
    quote: TextQuote
    label: Label = ""


class Note(msgspec.Struct, kw_only=True, tag_field="kind", tag="note"):
    """Words of one's own, pinned at `x`, `y` of a page; null: of the page as a whole.

    `quote` when it was written about selected words.
    """

    colour: Colour
    text: NoteText
    x: Length | None = None
    y: Length | None = None
    quote: TextQuote | None = None
    label: Label = ""


class Bookmark(msgspec.Struct, kw_only=True, tag_field="kind", tag="bookmark"):
    """A page to come back to."""

    colour: Colour = "red"
    label: Label = ""


Mark = Ink | Highlight | Note | Bookmark


class PutAnnotation(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`put_annotation` 1: a new mark on a page of one version of a piece.

    `sha256` names the version, `page_hash` is the SHA-256 of the page's folded text, empty when
    it has none: both stay for ever, so that the mark can be found again on another version.
    """

    document_id: UUID
    sha256: Sha256
    page: Annotated[int, msgspec.Meta(ge=1, le=100_000)]
    page_hash: PageHash = ""
    mark: Mark


class EditNote(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`edit_note` 1: the whole text as it is now on the tablet."""

    text: NoteText


class StyleAnnotation(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`style_annotation` 1: colour or label; what is left out stays."""

    colour: Colour | UnsetType = UNSET
    label: Label | UnsetType = UNSET


class DeleteAnnotation(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`delete_annotation` 1: gone from every tablet, erased for good after 30 days."""


class Annotation(msgspec.Struct, kw_only=True):
    """A mark as its author sees it.

    `created_at` and `modified_at` are the tablets' claims. `forked_from` names the note whose text
    another tablet, `device_name`, had changed otherwise at the same time.
    """

    id: UUID
    document_id: UUID
    sha256: str
    page: int
    page_hash: str
    mark: Mark
    created_at: datetime
    modified_at: datetime
    forked_from: UUID | None
    device_name: str
