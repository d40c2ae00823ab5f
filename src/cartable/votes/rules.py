"""Two tablets prepared one vote: field by field, and two answers kept where they disagree."""

from typing import NamedTuple
from uuid import UUID

import msgspec

from cartable.votes.shapes import OtherIntention, PrepareVote, VoteIntention

FIELDS = ("choice", "argument", "speech", "question", "is_concerned")
_WORDS = ("argument", "speech", "question")
_LIMIT = 20_000
_BETWEEN = "\n\n"

NOTHING = PrepareVote(agenda_item_id=UUID(int=0))
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


def set_aside(theirs: VoteIntention, fields: dict[str, object]) -> OtherIntention:
    """What was shown becomes the other answer of `fields`; words of one set aside before stay
    beside it, and its choice too where what was shown says the same as `fields`."""
    other = msgspec.convert(theirs, OtherIntention, from_attributes=True)
    older = theirs.other
    if older is None:
        return other
    for name in _WORDS:
        kept, before = getattr(other, name), getattr(older, name)
        both = _BETWEEN.join(word for word in (kept, before) if word)
        if before not in kept and len(both) <= _LIMIT:
            setattr(other, name, both)
    if theirs.is_concerned == fields["is_concerned"]:
        other.is_concerned = older.is_concerned
    if theirs.choice == fields["choice"]:
        other.choice = older.choice
        other.device_name, other.modified_at = older.device_name, older.modified_at
    return other
