"""Two tablets prepared one vote: field by field, and two answers kept where they disagree."""

from typing import NamedTuple

import msgspec

from cartable.votes.shapes import OtherIntention, PrepareVote, VoteIntention

FIELDS = ("choice", "argument", "speech", "question", "is_concerned")
_WORDS = ("argument", "speech", "question")
_LIMIT = 20_000
_BETWEEN = "\n\n"

NOTHING = PrepareVote(agenda_item_id=None)  # type: ignore[arg-type]
"""What is prepared before anything is."""


class Merged(NamedTuple):
    """The fields to show, and whether the two disagree on one."""

    fields: dict[str, object]
    differs: bool


def merge(base: PrepareVote, mine: PrepareVote, theirs: VoteIntention) -> Merged:
    """Each field as whoever changed it wrote it; changed by both, as the later arrival, mine."""
    fields: dict[str, object] = {}
    differs = False
    for name in FIELDS:
        before, own, other = (getattr(one, name) for one in (base, mine, theirs))
        fields[name] = other if own == before else own
        differs = differs or (own != before and other != before and own != other)
    return Merged(fields, differs)


def set_aside(theirs: VoteIntention) -> OtherIntention:
    """What was shown becomes the other answer; words of one set aside before stay beside it."""
    other = msgspec.convert(theirs, OtherIntention, from_attributes=True)
    if theirs.other is not None:
        for name in _WORDS:
            kept, older = getattr(other, name), getattr(theirs.other, name)
            both = _BETWEEN.join(word for word in (kept, older) if word)
            if older not in kept and len(both) <= _LIMIT:
                setattr(other, name, both)
    return other
