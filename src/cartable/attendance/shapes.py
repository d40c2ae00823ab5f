"""Answers to the call on the wire."""

from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

Answer = Literal["present", "absent", "excused"]


class AnswerCall(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`answer_call` 1: an act of its own (the entity is new each time); the last one counts."""

    sitting_id: UUID
    answer: Answer


class AttendanceAnswer(msgspec.Struct, kw_only=True):
    """One answer of one member. `answered_at` is the tablet's claim, `received_at` the server's
    clock; `is_late` when it came after the sitting had begun."""

    id: UUID
    sitting_id: UUID
    answer: Answer
    answered_at: datetime
    received_at: datetime
    is_late: bool


class AttendanceLine(msgspec.Struct, kw_only=True):
    """A recipient of the call as the clerk sees it, with all their answers, the last first."""

    member_id: UUID
    civility: str
    first_name: str
    last_name: str
    position: str
    group_name: str | None
    is_guest: bool
    is_voting: bool
    answers: list[AttendanceAnswer]
