"""Who answered the call, for the clerk."""

from uuid import UUID

from litestar import get
from litestar.params import FromPath

from cartable.attendance.desk import attendance_lines
from cartable.attendance.shapes import AttendanceLine
from cartable.members.access import allow
from cartable.members.doors import AUTHORITY, ROLE, Asker, Db
from cartable.members.guards import member_only
from cartable.web import refusals


@get(
    f"{AUTHORITY}/sittings/{{sitting_id:uuid}}/attendance",
    summary="List the answers to a call",
    guards=[member_only],
    responses=refusals(*ROLE),
)
async def list_attendance(sitting_id: FromPath[UUID], db: Db, actor: Asker) -> list[AttendanceLine]:
    """Everybody called, with all their answers, the last received first."""
    allow(actor, "clerk")
    return await attendance_lines(db, actor, sitting_id)


handlers = [list_attendance]
