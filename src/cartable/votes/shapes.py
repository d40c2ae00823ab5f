"""Vote preparation on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

Choice = Literal["for", "against", "abstain", "not_voting", "undecided"]
Words = Annotated[str, msgspec.Meta(max_length=20_000)]


class PrepareVote(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`prepare_vote` 1: the whole preparation of one item as it is now on the tablet.

    The entity is UUIDv5(`VOTE_INTENTIONS`, "member:item"). `settles`: the author saw two answers
    and chose.
    """

    agenda_item_id: UUID
    choice: Choice = "undecided"
    argument: Words = ""
    speech: Words = ""
    question: Words = ""
    is_concerned: bool = False
    settles: bool = False


class OtherIntention(msgspec.Struct, kw_only=True):
    """What another tablet had prepared at the same time, kept until its author chooses."""

    choice: Choice
    argument: str
    speech: str
    question: str
    is_concerned: bool
    device_name: str
    modified_at: datetime


class VoteIntention(msgspec.Struct, kw_only=True):
    """How its author means to vote on an item, and what to say. It is never a vote.

    `other` is there when two tablets disagree: « deux réponses, laquelle garder ? ».
    """

    id: UUID
    agenda_item_id: UUID
    choice: Choice
    argument: str
    speech: str
    question: str
    is_concerned: bool
    device_name: str
    modified_at: datetime
    other: OtherIntention | None
