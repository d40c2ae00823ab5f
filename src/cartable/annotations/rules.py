"""Two tablets wrote in one note: the three-way merge, word by word."""

import re
from bisect import bisect_left
from collections import Counter
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Optional

from cartable.errors import Conflict

TEXT_LIMIT = 20_000
"""Characters of a note."""

_WORK = 1_000_000
"""Comparisons of words at most, about 5 ms: a push may bring fifty merges, and whoever wrote them
chose the words. Beyond, a changed stretch counts as changed in one piece."""

_WORDS = re.compile(r"\s*\S+|\s+$")


class NotANote(Conflict):
    """Only notes have words to edit."""


Hunk = tuple[int, int, tuple[str, ...]]
"""Words `from`, `to` (excluded) of the base become these."""

Chain = tuple[tuple[int, int], Optional["Chain"]]
"""A pair of places, and the chain of those before it."""


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
    """What turns the words of `base` into `other`, found between the words that each has once."""
    hunks: list[Hunk] = []
    left = _WORK
    start = low = 0
    for end, high in [*_anchors(base, other), (len(base), len(other))]:
        old, new = base[start:end], other[low:high]
        head = _common(old, new)
        tail = _common(old[head:][::-1], new[head:][::-1])
        old, new = old[head : len(old) - tail], new[head : len(new) - tail]
        place = start + head
        start, low = end + 1, high + 1
        # difflib may compare all pairs again for each word that it finds in common.
        work = len(old) * len(new) * min(len(old), len(new))
        if work <= left:
            left -= work
            hunks += _hunks(place, old, new)
        else:
            hunks.append((place, place + len(old), tuple(new)))
    return hunks


def _hunks(place: int, old: list[str], new: list[str]) -> list[Hunk]:
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return [
        (place + start, place + end, tuple(new[low:high]))
        for tag, start, end, low, high in matcher.get_opcodes()
        if tag != "equal"
    ]


def _anchors(base: list[str], other: list[str]) -> list[tuple[int, int]]:
    """Where the words stand that both have exactly once: as many as both have in one order.

    The longest increasing subsequence, by patience sorting.
    """
    once = _once(base) & _once(other)
    place = {word: n for n, word in enumerate(other) if word in once}
    tops: list[int] = []
    piles: list[Chain] = []
    for n, word in enumerate(base):
        if word in once:
            pile = bisect_left(tops, place[word])
            tops[pile : pile + 1] = [place[word]]
            below = piles[pile - 1] if pile else None
            piles[pile : pile + 1] = [((n, place[word]), below)]
    found: list[tuple[int, int]] = []
    chain = piles[-1] if piles else None
    while chain is not None:
        pair, chain = chain
        found.append(pair)
    return found[::-1]


def _once(words: list[str]) -> set[str]:
    return {word for word, count in Counter(words).items() if count == 1}


def _common(one: list[str], two: list[str]) -> int:
    """How many words both begin with."""
    count = 0
    for left, right in zip(one, two, strict=False):
        if left != right:
            break
        count += 1
    return count
