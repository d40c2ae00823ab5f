"""Answers to the call: each reads their own on tablets, clerks read all of a sitting."""

from typing import Any
from uuid import UUID

from sqlalchemy import Select, exists, false, or_, select
from sqlalchemy.sql.elements import ColumnElement

from cartable.actor import Actor
from cartable.attendance.shapes import AttendanceAnswer as AttendanceAnswerShape
from cartable.attendance.tables import AttendanceAnswer
from cartable.members.access import sits
from cartable.sittings.access import may_read_sitting
from cartable.sittings.tables import Recipient, Sitting


def readable_answers(actor: Actor) -> Select[AttendanceAnswer]:
    """The actor's own answers to sittings they may read."""
    if actor.is_ended:
        return select(AttendanceAnswer).where(false())
    return (
        select(AttendanceAnswer)
        .join(Sitting, Sitting.id == AttendanceAnswer.sitting_id)
        .where(
            AttendanceAnswer.authority_id == actor.authority_id,
            AttendanceAnswer.member_id == actor.member_id,
            may_read_sitting(actor),
        )
    )


def answers_of(actor: Actor, sitting_id: UUID) -> Select[AttendanceAnswer]:
    """All answers to a sitting, the last received first; nothing for anybody but clerks."""
    all_of_them = (
        select(AttendanceAnswer)
        .where(
            AttendanceAnswer.authority_id == actor.authority_id,
            AttendanceAnswer.sitting_id == sitting_id,
        )
        .order_by(AttendanceAnswer.received_at.desc(), AttendanceAnswer.id)
    )
    return all_of_them if actor.is_clerk else all_of_them.where(false())


def is_called(actor: Actor) -> ColumnElement[bool]:
    """The rule of one `Sitting` row: the actor holds a seat of it that day, or is invited."""
    invited = exists().where(
        Recipient.sitting_id == Sitting.id,
        Recipient.member_id == actor.member_id,
        Recipient.is_guest,
    )
    return or_(sits(Sitting.assembly_id, Sitting.day, actor.member_id), invited)


def answer_shape(row: Any) -> AttendanceAnswerShape:
    """An answer as it travels."""
    return AttendanceAnswerShape(
        id=row.id,
        sitting_id=row.sitting_id,
        answer=row.answer,
        answered_at=row.claimed_at,
        received_at=row.received_at,
        is_late=row.is_late,
    )
