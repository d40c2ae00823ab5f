"""The clerk's list of who answered a call."""

from collections import defaultdict
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.actor import Actor
from cartable.attendance.access import answer_shape, answers_of
from cartable.attendance.shapes import AttendanceAnswer, AttendanceLine
from cartable.members.tables import Group, Member
from cartable.sittings.access import editable_sitting
from cartable.sittings.actions.call import recipients_of


async def attendance_lines(
    db: AsyncSession, actor: Actor, sitting_id: UUID
) -> list[AttendanceLine]:
    """Those called to a sitting by rank, then its guests, each with all their answers.

    Raises:
        NotFound
    """
    sitting = await editable_sitting(db, actor, sitting_id)
    answers: dict[UUID, list[AttendanceAnswer]] = defaultdict(list)
    for row in await db.scalars(answers_of(actor, sitting.id)):
        answers[row.member_id].append(answer_shape(row))
    told = await db.execute(
        select(Member.id, Member.position, Group.name)
        .outerjoin(Group, Group.id == Member.group_id)
        .where(Member.authority_id == actor.authority_id)
    )
    about = {row.id: row for row in told}
    return [
        AttendanceLine(
            member_id=one.member_id,
            civility=one.civility,
            first_name=one.first_name,
            last_name=one.last_name,
            position=about[one.member_id].position,
            group_name=about[one.member_id].name,
            is_guest=not one.has_seat,
            is_voting=one.is_voting,
            answers=answers[one.member_id],
        )
        for one in await recipients_of(db, sitting)
    ]
