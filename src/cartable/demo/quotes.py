"""Finds words on a page of a paper, as a reader who marks them does."""

from dataclasses import dataclass
from pathlib import Path

import pypdfium2

from cartable.annotations.shapes import TextQuote

AROUND = 32
"""Characters kept before and after (sync.md, section 7)."""


@dataclass(frozen=True)
class Passage:
    """Words on one line of a page: their corners in points of the PDF's user space."""

    left: float
    bottom: float
    right: float
    top: float
    quote: TextQuote

    @property
    def quad(self) -> list[float]:
        """Lower left, lower right, upper left, upper right."""
        low, high = self.bottom, self.top
        return [self.left, low, self.right, low, self.left, high, self.right, high]


def find(paper: Path, page: int, words: str) -> Passage:
    """Where `words` stand for the first time on a page, counted from 1.

    Raises:
        LookupError: the paper says something else now.
    """
    document = pypdfium2.PdfDocument(paper)
    try:
        text = document[page - 1].get_textpage()
        found = text.search(words).get_next()
        if found is None:
            raise LookupError(f"{paper.name}, page {page}: {words}")
        start, count = found
        boxes = [text.get_rect(n) for n in range(text.count_rects(start, count))]
        before = max(0, start - AROUND)
        return Passage(
            left=round(min(box[0] for box in boxes), 1),
            bottom=round(min(box[1] for box in boxes) - 1, 1),
            right=round(max(box[2] for box in boxes), 1),
            top=round(max(box[3] for box in boxes) + 1, 1),
            quote=TextQuote(
                exact=text.get_text_range(start, count),
                prefix=text.get_text_range(before, start - before),
                suffix=text.get_text_range(start + count, AROUND),
            ),
        )
    finally:
        document.close()
