"""Rules of pieces."""

import re
from pathlib import PurePosixPath
from unicodedata import normalize

from cartable.errors import CartableError, Conflict, Invalid

DOCUMENT_LIMIT = 400
"""Pieces of one sitting: moving one may place all of them anew, and a deed writes 500 rows."""


class NotAPdf(CartableError):
    """The bytes are not those of a PDF, whatever the name says."""

    status = 415


class EmptyFile(Invalid):
    """The file has no byte."""


class FileTooLarge(CartableError):
    """details: limit, in bytes."""

    status = 413


class UploadInterrupted(CartableError):
    """The connection was cut before the last byte."""

    status = 400


class DuplicateDocument(Conflict):
    """The same bytes are in this sitting already. details: document_id, title."""


class DocumentWithdrawn(Conflict):
    """The piece was withdrawn: it has no next version."""


class DossierFull(Conflict):
    """details: limit."""


class ReasonMissing(Invalid):
    """Members have read the version in force: they are told why it is replaced."""


def clean_file_name(name: str) -> str:
    """A name to show, never a path: the last part, composed, without control characters, with
    plain spaces, 200 characters at most."""
    last = PurePosixPath(normalize("NFC", name).replace("\\", "/")).name
    spaced = " ".join(last.split())
    plain = "".join(c for c in spaced if c.isprintable()).strip()
    is_named = plain.lower().removesuffix(".pdf").strip(" .")
    return plain[-200:] if is_named else "document.pdf"


def title_from(file_name: str) -> str:
    """What a piece is called until somebody says better: its clean file name without `.pdf`."""
    return re.sub(r"\s*\.pdf$", "", file_name, flags=re.IGNORECASE)
