"""Letting in everybody a file speaks of: looked at first, then done as it was shown."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.tables import Account
from cartable.actor import Actor
from cartable.audit.actions import record
from cartable.authorities.tables import Authority
from cartable.database import end, uuid7
from cartable.members.actions.alone import accounts_alone
from cartable.members.actions.enter import enter
from cartable.members.actions.room import check_room_for_members
from cartable.members.actions.write_import import Writer
from cartable.members.csv_file import Sheet, read_sheet
from cartable.members.csv_people import CellError, People, read_people
from cartable.members.csv_words import fold
from cartable.members.planning import PersonPlan, Planner, unknown_names, what_is_known
from cartable.members.rules import ImportChanged, ImportHasErrors
from cartable.members.shapes import (
    Import,
    Imported,
    ImportFault,
    ImportFile,
    ImportLine,
    ImportPreview,
)
from cartable.members.tables import Assembly, Group
from cartable.sealing import Key

PEOPLE = 100
"""People that one deed may write: a longer file is done in several.

A deed holds the authority's number (and SQLite's one place to write) for its time: some two seconds
here. Tablets pull a row a person of it; seats, accounts, keys, lines of the journal and invitations
are rows that nobody pulls.
"""


@dataclass(frozen=True)
class Planned:
    """A file, read and compared."""

    sheet: Sheet
    file: People
    plans: list[PersonPlan]
    errors: list[CellError]
    new_assemblies: list[str]
    new_groups: list[str]


async def preview_import(
    db: AsyncSession, actor: Actor, file: ImportFile, now: datetime
) -> ImportPreview:
    """What the import of a file would do, line by line, without writing.

    Assemblies and groups that do not exist yet count as created, but those it leaves out.

    Raises:
        ImportUnreadable, ImportEmpty, ImportTooLong, ImportColumnsUnknown
    """
    planned = await _plan(db, actor, file, now, created=None)
    return ImportPreview(
        format="own" if planned.file.format == "own" else "reference",
        encoding=planned.sheet.encoding,
        delimiter=planned.sheet.delimiter,
        lines=planned.file.lines,
        people_at_once=PEOPLE,
        people=[_line(plan) for plan in planned.plans],
        errors=msgspec.convert(planned.errors, list[ImportFault], from_attributes=True),
        new_assemblies=planned.new_assemblies,
        new_groups=planned.new_groups,
    )


async def import_members(
    db: AsyncSession, actor: Actor, master: Key, order: Import, now: datetime
) -> Imported:
    """Do what was previewed, or nothing.

    Everything is compared again under the authority's lock, before the first line is written: a
    line that would do anything else than shown, and is not done already, refuses the whole. Up to
    `PEOPLE` new or changed people are one deed, all or nothing. A longer file takes several, each
    of whole people; no later one can be refused by what others do meanwhile (unless they take the
    last places of the quota, or seat somebody whom the file names as a substitute there), since
    each adds what lacks and changes what differs. Should the server stop between two, the same
    order sent again does the rest: what is there counts as done.

    Raises:
        ImportUnreadable, ImportEmpty, ImportTooLong, ImportColumnsUnknown, ImportHasErrors
        ImportChanged: the members are no longer those of the preview.
        QuotaExceeded: all who would come in, together, are more than the host allows.
    """
    seq = await enter(db, actor, "admin")
    created = {f"assembly:{fold(one.name)}" for one in order.assemblies}
    created |= {f"group:{fold(name)}" for name in order.groups}
    planned = await _plan(db, actor, order, now, created=created)
    if planned.errors:
        raise ImportHasErrors(errors=len(planned.errors))
    _check_shown(planned.plans, order.previewed)
    await check_room_for_members(db, actor.authority_id, sum(map(_comes_in, planned.plans)))
    writer = Writer(db, actor, master, now, invites=order.invites)
    await _create(db, actor, seq, order, planned)
    done = Imported(added=0, changed=0, same=0, new_members=[])
    for number, lot in enumerate(_lots(planned.plans)):
        if number:
            await end(db, commit=True)
            seq = await enter(db, actor, "admin")
        await accounts_alone(db, Account.email.in_([plan.draft.email for plan in lot]))
        await writer.open(seq)
        for plan in lot:
            await writer.person(plan)
        record(db, actor, seq, "members.imported", count=len(lot))
        await db.flush()
    # Substitutes come last: they may stand further down in the file.
    await writer.substitutes(planned.plans)
    await db.flush()
    for plan in planned.plans:
        done.added += plan.verdict == "new"
        done.changed += plan.verdict == "changed"
        done.same += plan.verdict == "same"
    done.new_members = writer.added
    return done


async def _plan(
    db: AsyncSession, actor: Actor, file: ImportFile, now: datetime, created: set[str] | None
) -> Planned:
    sheet = read_sheet(file.content)
    found = read_people(sheet)
    known = await what_is_known(db, actor, found.people)
    assemblies, groups = unknown_names(found, known)
    if created is None:
        left_out = {fold(name) for name in file.leaves_out}
        created = {f"assembly:{fold(name)}" for name in assemblies if fold(name) not in left_out}
        created |= {f"group:{fold(name)}" for name in groups if fold(name) not in left_out}
    starts_on = file.starts_on or await _today(db, actor, now)
    planner = Planner(known, found, starts_on, created)
    plans = [planner.plan(person) for person in found.people]
    planner.check_substitutes(plans)
    errors = sorted(found.errors + planner.errors, key=lambda one: (one.line, one.column))
    return Planned(sheet, found, plans, errors, assemblies, groups)


async def _today(db: AsyncSession, actor: Actor, now: datetime) -> date:
    authority = await db.get_one(Authority, actor.authority_id)
    return now.astimezone(ZoneInfo(authority.time_zone)).date()


def _line(plan: PersonPlan) -> ImportLine:
    return ImportLine(
        line=plan.draft.line,
        email=plan.draft.email,
        first_name=plan.draft.first_name,
        last_name=plan.draft.last_name,
        verdict=plan.verdict,
        changes=plan.changes,
        notes=plan.notes,
        fingerprint=plan.fingerprint,
    )


def _check_shown(plans: list[PersonPlan], previewed: list[str]) -> None:
    """Each line does what was shown, or has nothing left to do but name who replaces them.

    Substitutes come in the last deed: after a long file was cut short, they may be all that lacks.
    """
    if len(plans) != len(previewed):
        raise ImportChanged
    for plan, shown in zip(plans, previewed, strict=True):
        lacks = {change.field for change in plan.changes}
        is_end = lacks == {"substitute"} and shown.endswith(f".{plan.deputies}")
        if lacks and plan.fingerprint != shown and not is_end:
            raise ImportChanged


def _comes_in(plan: PersonPlan) -> bool:
    """Whether it makes one active member more."""
    return plan.verdict == "new" or any(change.field == "access" for change in plan.changes)


async def _create(
    db: AsyncSession, actor: Actor, seq: int, order: Import, planned: Planned
) -> None:
    """Assemblies and groups that the file names and somebody said to create."""
    wanted = {fold(name): name for name in planned.new_assemblies}
    for one in order.assemblies:
        if name := wanted.pop(fold(one.name), None):
            assembly = Assembly(
                id=uuid7(), authority_id=actor.authority_id, seq=seq, name=name, kind=one.kind
            )
            db.add(assembly)
            record(db, actor, seq, "assembly.created", assembly.id)
    chosen = {fold(name) for name in order.groups}
    for name in planned.new_groups:
        if fold(name) in chosen:
            group = Group(id=uuid7(), authority_id=actor.authority_id, name=name)
            db.add(group)
            record(db, actor, seq, "group.created", group.id)
    await db.flush()


def _lots(plans: list[PersonPlan]) -> Iterator[list[PersonPlan]]:
    """People cut into deeds, in the order of the file; whoever is there already costs nothing."""
    lot: list[PersonPlan] = []
    written = 0
    for plan in plans:
        is_written = plan.verdict != "same"
        if is_written and written == PEOPLE:
            yield lot
            lot, written = [], 0
        lot.append(plan)
        written += is_written
    yield lot
