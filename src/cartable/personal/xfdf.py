"""Annotations as a file that PDF readers import: XFDF (ISO 19444-1:2019), one for each paper.

Lengths are those of the marks already: points of the PDF's user space. Pages count from 0 there.
"""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from xml.sax.saxutils import escape, quoteattr

from cartable.annotations.shapes import Annotation, Bookmark, Highlight, Ink, Note

_FILLS = {
    "yellow": "#FFD400", "green": "#34C759", "blue": "#3AA0FF", "red": "#FF6B6B",
    "black": "#8C8C8C",
}  # fmt: skip
_PENS = {
    "yellow": "#8A6A00", "green": "#12703A", "blue": "#1D4ED8", "red": "#B91C1C",
    "black": "#16181C",
}  # fmt: skip
_ICON = 20.0
"""Side of the sign of a note, in points."""
_MARGIN = 36.0
"""Where the sign of a note that is pinned nowhere stands, from the lower left of its page."""
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What no XML 1.0 document may hold, even escaped."""


def as_xfdf(notes: Iterable[Annotation], paper: str) -> str:
    """The marks on one version of a piece, whose file is named `paper`."""
    return "\n".join(
        (
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<xfdf xmlns="http://ns.adobe.com/xfdf/" xml:space="preserve">',
            f"<f href={_quoted(paper)}/>",
            "<annots>",
            *(_element(one) for one in notes),
            "</annots>",
            "</xfdf>\n",
        )
    )


def _element(one: Annotation) -> str:
    mark = one.mark
    named: dict[str, str] = {
        "page": str(one.page - 1),
        "name": str(one.id),
        "color": (_FILLS if isinstance(mark, Highlight) else _PENS)[mark.colour],
        "creationdate": _date(one.created_at),
        "date": _date(one.modified_at),
    }
    match mark:
        case Highlight():
            tag, inside = "highlight", ""
            named |= {
                "rect": _around([length for quad in mark.quads for length in quad]),
                # Readers want the upper corners first, whatever ISO 32000 says of it.
                "coords": _lengths([length for q in mark.quads for length in q[4:] + q[:4]]),
                "opacity": "0.35",
            }
        case Ink():
            # Pressure has no word in XFDF: one width for the whole stroke.
            flat = [length for n, length in enumerate(mark.points) if n % 3 < 2]
            path = ";".join(_lengths(flat[n : n + 2]) for n in range(0, len(flat), 2))
            tag, inside = "ink", f"<inklist><gesture>{path}</gesture></inklist>"
            named |= {"rect": _around(flat, mark.width / 2), "width": _lengths([mark.width])}
        case Note() | Bookmark():
            x, y = getattr(mark, "x", None), getattr(mark, "y", None)
            x, y = (_MARGIN, _MARGIN + _ICON) if x is None or y is None else (x, y)
            tag, inside = "text", ""
            named |= {
                "rect": _lengths([x, y - _ICON, x + _ICON, y]),
                "icon": "Comment" if isinstance(mark, Note) else "Key",
            }
    said = [mark.text] if isinstance(mark, Note) else []
    if words := "\n".join([*said, mark.label]).strip():
        inside += f"<contents>{escape(_NOT_XML.sub('', words))}</contents>"
    attributes = " ".join(f"{key}={_quoted(value)}" for key, value in named.items())
    return f"<{tag} {attributes}>{inside}</{tag}>"


def _around(points: list[float], margin: float = 0.0) -> str:
    xs, ys = points[0::2], points[1::2]
    return _lengths([min(xs) - margin, min(ys) - margin, max(xs) + margin, max(ys) + margin])


def _lengths(values: Iterable[float]) -> str:
    return ",".join(f"{value:.3f}".rstrip("0").rstrip(".") for value in values)


def _date(at: datetime) -> str:
    """ISO 32000-2, 7.9.4."""
    return at.astimezone(UTC).strftime("D:%Y%m%d%H%M%SZ")


def _quoted(text: str) -> str:
    return quoteattr(_NOT_XML.sub("", text))
