"""Rules of the call."""

from cartable.errors import Conflict


class DocumentsBeingChecked(Conflict):
    """Some files are still being read: their verdict comes first. details: count."""


class DocumentsRefused(Conflict):
    """Some files were refused: replace or withdraw them first. details: count."""
