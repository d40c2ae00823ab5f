"""What a PDF can do besides being read, and what its author asked not to do: pypdf.

Runs in the confined child. pypdf is Python: what a hostile file does to it ends as an exception,
and it can be told to stop. It costs 0.07 s to load, then up to 0.5 ms a page.
"""

import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from types import FrameType

from pypdf import PdfReader
from pypdf.generic import ArrayObject, BooleanObject, DictionaryObject, NullObject, PdfObject

_RESTRICTIONS = {
    "printing": (3, 3),
    "fine_printing": (12, 3),
    "copying": (5, 5),
    "reading_aloud": (10, 5),
    "changing": (4, 4),
    "annotating": (6, 6),
    "filling_forms": (9, 6),
    "assembling": (11, 4),
}
"""The bit of /P that allows it, counted from 1 as in ISO 32000-2 table 22; before revision 3."""

_PAGES, _NOTES_OF_A_PAGE, _FIELDS, _ACTIONS = 5_000, 200, 1_000, 64

# Thousands of complaints about one damaged file, which nobody would read.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


class _OutOfTimeError(BaseException):
    """Not an Exception: pypdf swallows those, to try another way."""


def examine(path: Path, seconds: float) -> tuple[set[str], list[str]]:
    """Flags and restrictions of `inspection`, looked for during `seconds` of processor at most.

    Raises nothing for what the file does: PDFium has read every page of it by now, and a paper
    that people can read is not refused for what a second library thinks of it. Where pypdf fails,
    or runs out of time or memory, what it found so far counts and `damaged` is added, because a
    structure that cannot be followed to its end may hide something and this flag asks the clerk
    to look. Main thread only.
    """
    flags: set[str] = set()
    restrictions: list[str] = []
    try:
        with _at_most(seconds), path.open("rb") as file:
            reader = PdfReader(file)
            if reader.is_encrypted:
                flags.add("restricted")
                restrictions.extend(_restrictions(reader))
            for power in _powers(reader):
                flags.add(power)
    except (Exception, _OutOfTimeError):  # a structure that is not what the format says
        flags.add("damaged")
    return flags, restrictions


@contextmanager
def _at_most(seconds: float) -> Iterator[None]:
    """Raise once `seconds` of processor are spent, and again for as long as that is ignored."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise _OutOfTimeError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds, seconds / 10)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _restrictions(reader: PdfReader) -> list[str]:
    allowed = reader.user_access_permissions or 0
    revision = _dictionary(reader.trailer, "/Encrypt").get("/R", 0)
    column = 0 if revision >= 3 else 1
    return [word for word, bits in _RESTRICTIONS.items() if not allowed >> bits[column] - 1 & 1]


def _powers(reader: PdfReader) -> Iterator[str]:
    root = reader.root_object
    names = _dictionary(root, "/Names")
    if "/JavaScript" in names or _runs_script(root, "/OpenAction"):
        yield "javascript"
    if "/EmbeddedFiles" in names or "/AF" in root:
        yield "embedded_files"
    form = _dictionary(root, "/AcroForm")
    yield from _uses_of_fields(form)
    needs_rendering = _entry(root, "/NeedsRendering")
    if "/XFA" in form and isinstance(needs_rendering, BooleanObject) and needs_rendering.value:
        yield "dynamic_form"
    for page in islice(reader.pages, _PAGES):
        if _runs_script(page):
            yield "javascript"
        for note in islice(_array(page, "/Annots"), _NOTES_OF_A_PAGE):
            if str(_entry(note, "/Subtype")) == "/FileAttachment":
                yield "embedded_files"
            if _runs_script(note, "/A"):
                yield "javascript"


def _uses_of_fields(form: DictionaryObject) -> Iterator[str]:
    """What the fields are for: to be filled in, or to hold a signature.

    A field without a type of its own has that of the group it stands in.
    """
    stack: list[tuple[PdfObject, object]] = [(each, None) for each in _array(form, "/Fields")]
    for _ in range(_FIELDS):
        if not stack:
            break
        field, kind = stack.pop()
        kind = _entry(field, "/FT") or kind
        parts = _array(field, "/Kids")
        if kind == "/Sig" and "/ByteRange" in _dictionary(field, "/V"):
            yield "signed"
        if parts and kind in (None, "/Sig"):
            stack.extend((part, kind) for part in parts)
        elif kind != "/Sig":
            yield "form"


def _runs_script(thing: PdfObject, key: str = "") -> bool:
    """Whether the action at `key`, a triggered one (/AA), or one that follows it is a script."""
    stack = [_entry(thing, key), *_dictionary(thing, "/AA").values()]
    for _ in range(_ACTIONS):
        if not stack:
            break
        action = stack.pop()
        if _entry(action, "/JS") is not None:
            return True
        following = _entry(action, "/Next")
        if following is not None:
            stack.extend(following if isinstance(following, ArrayObject) else [following])
    return False


# pypdf gives a reference where the file has one, and any type where the format wants another.


def _entry(thing: PdfObject | None, key: str) -> PdfObject | None:
    """What stands at `key` of a dictionary; None for nothing, or in what is no dictionary."""
    owner = None if thing is None else thing.get_object()
    found = owner.get(key) if isinstance(owner, DictionaryObject) else None
    solid = None if found is None else found.get_object()
    return None if isinstance(solid, NullObject) else solid


def _dictionary(thing: PdfObject | None, key: str) -> DictionaryObject:
    found = _entry(thing, key)
    return found if isinstance(found, DictionaryObject) else DictionaryObject()


def _array(thing: PdfObject | None, key: str) -> ArrayObject:
    """Its things may be references: each is read from the file when its turn comes."""
    found = _entry(thing, key)
    return found if isinstance(found, ArrayObject) else ArrayObject()
