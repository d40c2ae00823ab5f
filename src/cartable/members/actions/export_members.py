"""The table of members as a file that a spreadsheet opens, and that can be imported."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cartable.actor import Actor
from cartable.audit.actions import record
from cartable.members.access import readable_assemblies, readable_groups
from cartable.members.actions.enter import enter
from cartable.members.csv_file import write_sheet
from cartable.members.csv_words import WRITTEN, french, heading, role_word
from cartable.members.lines import member_lines
from cartable.members.phones import national
from cartable.members.shapes import MemberLine, Seat


async def export_members(db: AsyncSession, actor: Actor) -> bytes:
    """Active members by name, a line for each of their seats; the deed is in the journal."""
    seq = await enter(db, actor, "admin")
    lines = await member_lines(db, actor, state="active")
    groups = {group.id: group.name for group in await db.scalars(readable_groups(actor))}
    assemblies = {one.id: one.name for one in await db.scalars(readable_assemblies(actor))}
    emails = {line.id: line.email for line in lines}
    rows = [[heading(name) for name in WRITTEN]]
    for line in lines:
        person = _person(line, groups.get(line.group_id, "") if line.group_id else "")
        rows += [
            person + _seat(seat, assemblies[seat.assembly_id], emails) for seat in line.seats
        ] or [[*person, "", "", "", "", "", ""]]
    record(db, actor, seq, "members.exported", count=len(lines))
    await db.flush()
    return write_sheet(rows)


def _person(line: MemberLine, group: str) -> list[str]:
    return [
        line.civility,
        line.first_name,
        line.last_name,
        line.email,
        national(line.phone),
        line.position,
        "|".join(role_word(role) for role in line.roles),
        group,
    ]


def _seat(seat: Seat, assembly: str, emails: dict[UUID, str]) -> list[str]:
    substitutes = [emails[one] for one in seat.substitutes if one in emails]
    return [
        assembly,
        french(seat.starts_on),
        french(seat.ends_on),
        str(seat.rank) if seat.rank else "",
        "oui" if seat.is_voting else "non",
        next(iter(substitutes), ""),
    ]
