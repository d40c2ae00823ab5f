"""Two tablets wrote in one note: the three-way merge, word by word."""

import re
from difflib import SequenceMatcher
from itertools import pairwise

from cartable.errors import Conflict

TEXT_LIMIT = 20_000
"""Characters of a note."""

_WORK = 250_000
"""Pairs of words compared at most: beyond, a changed stretch counts as changed in one piece."""

_WORDS = re.compile(r"\s*\S+|\s+$")


class NotANote(Conflict):
    """Only notes have words to edit."""


Hunk = tuple[int, int, tuple[str, ...]]
"""Words `from`, `to` (excluded) of the base become these."""


def merge_texts(base: str, mine: str, theirs: str) -> str | None:
    """`base` with what both changed; None when they changed the same words differently, or when
    together they are too long for a note.

    Words come with the space before them. Whoever is called mine, the result is the same.
    """
    if mine == theirs or theirs == base:
        return mine
    if mine == base:
        return theirs
    words = _WORDS.findall(base)
    hunks = sorted(
        {*_changes(words, _WORDS.findall(mine)), *_changes(words, _WORDS.findall(theirs))}
    )
    if any(_overlap(one, two) for one, two in pairwise(hunks)):
        return None
    merged: list[str] = []
    place = 0
    for start, end, new in hunks:
        merged += words[place:start]
        merged += new
        place = end
    merged += words[place:]
    text = "".join(merged)
    glued = any(not word[0].isspace() for word in merged[1:])
    return None if glued or len(text) > TEXT_LIMIT else text


def _overlap(one: Hunk, two: Hunk) -> bool:
    """Sorted, they take the same word, or write different ones in the same place."""
    return two[0] < one[1] or (one[0] == two[0] and one[1] == two[1])


def _changes(base: list[str], other: list[str]) -> list[Hunk]:
    """What turns the words of `base` into `other`."""
    head = _common(base, other)
    tail = _common(base[head:][::-1], other[head:][::-1])
    old, new = base[head : len(base) - tail], other[head : len(other) - tail]
    if len(old) * len(new) > _WORK:
        return [(head, head + len(old), tuple(new))]
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [
        (head + start, head + end, tuple(new[low:high]))
        for tag, start, end, low, high in matcher.get_opcodes()
        if tag != "equal"
    ]


def _common(one: list[str], two: list[str]) -> int:
    """How many words both begin with."""
    count = 0
    for left, right in zip(one, two, strict=False):
        if left != right:
            break
        count += 1
    return count
