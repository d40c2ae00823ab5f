"""Annotations as others read them: W3C Web Annotations, and a page of Markdown."""

from collections.abc import Iterable
from typing import Any

import msgspec

from cartable.annotations.shapes import Annotation, Bookmark, Highlight, Ink, Note

CONTEXT = "http://www.w3.org/ns/anno.jsonld"
_MOTIVATIONS = {
    Note: "commenting",
    Highlight: "highlighting",
    Bookmark: "bookmarking",
    Ink: "editing",
}
_WORDS = {Note: "Note", Highlight: "Surlignage", Bookmark: "Signet", Ink: "Tracé au stylet"}


def web_annotation(one: Annotation, title: str) -> dict[str, Any]:
    """One mark (W3C Web Annotation Data Model, 2017). `cartable` is what the model has no word for:
    geometry in points of the PDF's user space, colours."""
    said = [one.mark.text] if isinstance(one.mark, Note) else []
    if one.mark.label:
        said.append(one.mark.label)
    page = {
        "type": "FragmentSelector",
        "conformsTo": "http://tools.ietf.org/rfc/rfc3778",
        "value": f"page={one.page}",
    }
    selectors: list[dict[str, Any]] = [page]
    if quote := getattr(one.mark, "quote", None):
        selectors.append({"type": "TextQuoteSelector", **msgspec.to_builtins(quote)})
    return {
        "@context": CONTEXT,
        "id": f"urn:uuid:{one.id}",
        "type": "Annotation",
        "motivation": _MOTIVATIONS[type(one.mark)],
        "created": one.created_at,
        "modified": one.modified_at,
        "body": [{"type": "TextualBody", "format": "text/plain", "value": text} for text in said],
        "target": {
            "source": f"urn:sha256:{one.sha256}",
            "title": title,
            "format": "application/pdf",
            "selector": selectors,
        },
        "cartable": {"mark": one.mark, "device": one.device_name, "forked_from": one.forked_from},
    }


def as_markdown(heading: str, notes: Iterable[tuple[Annotation, str]]) -> str:
    """The same, to read: piece by piece, page by page."""
    lines, piece = [f"# {heading}"], None
    for one, title in sorted(notes, key=lambda pair: (pair[1], pair[0].page, pair[0].created_at)):
        if title != piece:
            lines += ["", f"## {title}"]
            piece = title
        lines += ["", f"- **Page {one.page}, {_WORDS[type(one.mark)]}**"]
        if quote := getattr(one.mark, "quote", None):
            lines.append(f"  « {_one_line(quote.exact)} »")
        if isinstance(one.mark, Note):
            lines += [f"  {line}" for line in one.mark.text.splitlines()]
        if one.mark.label:
            lines.append(f"  {_one_line(one.mark.label)}")
    return "\n".join(lines) + "\n"


def _one_line(text: str) -> str:
    return " ".join(text.split())
