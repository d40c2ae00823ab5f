"""Assemblies and political groups."""

from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from litestar import delete, get, patch, post, put
from litestar.params import FromPath, JSONBody

from cartable.authorities.tables import Authority
from cartable.members.access import allow
from cartable.members.actions import assemblies, leaders
from cartable.members.doors import ANY, AUTHORITY, BODY, ROLE, WRITE, Asker, Db, Now
from cartable.members.guards import member_only
from cartable.members.lines import assembly_lines, group_lines
from cartable.members.rules import GroupHasMembers, LeaderOfAnotherGroup, NameTaken
from cartable.members.shapes import (
    Assembly,
    AssemblyEdit,
    AssemblyLine,
    Group,
    GroupLine,
    Leaders,
    NewAssembly,
    NewGroup,
)
from cartable.web import refusals

ASSEMBLIES = f"{AUTHORITY}/assemblies"
GROUPS = f"{AUTHORITY}/groups"


@get(ASSEMBLIES, summary="List assemblies", guards=[member_only], responses=refusals(*ANY))
async def list_assemblies(db: Db, actor: Asker, now: Now) -> list[AssemblyLine]:
    """By name, with the seats in office today."""
    authority = await db.get_one(Authority, actor.authority_id)
    today = now.astimezone(ZoneInfo(authority.time_zone)).date()
    return await assembly_lines(db, actor, today)


@post(
    ASSEMBLIES,
    summary="Create an assembly",
    guards=[member_only],
    responses=refusals(*BODY, NameTaken),
)
async def create_assembly(data: JSONBody[NewAssembly], db: Db, actor: Asker) -> Assembly:
    """A council, bureau or committee."""
    allow(actor, "admin")
    assembly = await assemblies.create_assembly(db, actor, data)
    return msgspec.convert(assembly, Assembly, from_attributes=True)


@patch(
    f"{ASSEMBLIES}/{{assembly_id:uuid}}",
    summary="Change an assembly",
    guards=[member_only],
    responses=refusals(*BODY, NameTaken),
)
async def edit_assembly(
    assembly_id: FromPath[UUID], data: JSONBody[AssemblyEdit], db: Db, actor: Asker
) -> Assembly:
    """Its name or kind."""
    allow(actor, "admin")
    assembly = await assemblies.edit_assembly(db, actor, assembly_id, data)
    return msgspec.convert(assembly, Assembly, from_attributes=True)


@get(GROUPS, summary="List political groups", guards=[member_only], responses=refusals(*ROLE))
async def list_groups(db: Db, actor: Asker) -> list[GroupLine]:
    """By name, with their active members."""
    allow(actor, "admin", "clerk")
    return await group_lines(db, actor)


@post(
    GROUPS,
    summary="Create a political group",
    guards=[member_only],
    responses=refusals(*BODY, NameTaken),
)
async def create_group(data: JSONBody[NewGroup], db: Db, actor: Asker) -> Group:
    """A political group."""
    allow(actor, "admin")
    group = await assemblies.create_group(db, actor, data)
    return msgspec.convert(group, Group, from_attributes=True)


@patch(
    f"{GROUPS}/{{group_id:uuid}}",
    summary="Rename a political group",
    guards=[member_only],
    responses=refusals(*BODY, NameTaken),
)
async def rename_group(
    group_id: FromPath[UUID], data: JSONBody[NewGroup], db: Db, actor: Asker
) -> Group:
    """Another name."""
    allow(actor, "admin")
    group = await assemblies.rename_group(db, actor, group_id, data)
    return msgspec.convert(group, Group, from_attributes=True)


@delete(
    f"{GROUPS}/{{group_id:uuid}}",
    summary="Delete a political group",
    guards=[member_only],
    responses=refusals(*WRITE, GroupHasMembers),
)
async def delete_group(group_id: FromPath[UUID], db: Db, actor: Asker) -> None:
    """One that nobody belongs to."""
    allow(actor, "admin")
    await assemblies.delete_group(db, actor, group_id)


@put(
    f"{GROUPS}/{{group_id:uuid}}/leaders",
    summary="Say who leads a political group",
    guards=[member_only],
    responses=refusals(*BODY, LeaderOfAnotherGroup),
)
async def set_leaders(
    group_id: FromPath[UUID], data: JSONBody[Leaders], db: Db, actor: Asker
) -> list[GroupLine]:
    """Members of the group; every group, as it is then."""
    allow(actor, "admin")
    await leaders.set_leaders(db, actor, group_id, data.members)
    return await group_lines(db, actor)


handlers = [
    list_assemblies, create_assembly, edit_assembly, list_groups, create_group, rename_group,
    delete_group, set_leaders,
]  # fmt: skip
