"""Assemblies and political groups."""

from uuid import UUID

from msgspec import UNSET
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.actor import Actor
from cartable.audit.actions import record
from cartable.database import uuid7
from cartable.members.access import assembly_of, group_of
from cartable.members.actions.enter import enter
from cartable.members.rules import GroupHasMembers, NameTaken
from cartable.members.shapes import AssemblyEdit, NewAssembly, NewGroup
from cartable.members.tables import Assembly, Group, Member


async def create_assembly(db: AsyncSession, actor: Actor, new: NewAssembly) -> Assembly:
    """A council, bureau or committee.

    Raises:
        NameTaken
    """
    seq = await enter(db, actor, "admin")
    name = new.name.strip()
    await _check_name(db, actor, Assembly, name)
    assembly = Assembly(
        id=uuid7(), authority_id=actor.authority_id, seq=seq, name=name, kind=new.kind
    )
    db.add(assembly)
    record(db, actor, seq, "assembly.created", assembly.id, name=assembly.name)
    await db.flush()
    return assembly


async def edit_assembly(
    db: AsyncSession, actor: Actor, assembly_id: UUID, edit: AssemblyEdit
) -> Assembly:
    """Rename an assembly or change its kind.

    Raises:
        NotFound, NameTaken
    """
    seq = await enter(db, actor, "admin")
    assembly = await assembly_of(db, actor, assembly_id)
    if edit.name is not UNSET and edit.name.strip() != assembly.name:
        await _check_name(db, actor, Assembly, edit.name.strip())
        assembly.name = edit.name.strip()
    if edit.kind is not UNSET:
        assembly.kind = edit.kind
    assembly.seq = seq
    record(db, actor, seq, "assembly.edited", assembly.id, name=assembly.name)
    await db.flush()
    return assembly


async def create_group(db: AsyncSession, actor: Actor, new: NewGroup) -> Group:
    """A political group.

    Raises:
        NameTaken
    """
    seq = await enter(db, actor, "admin")
    name = new.name.strip()
    await _check_name(db, actor, Group, name)
    group = Group(id=uuid7(), authority_id=actor.authority_id, name=name)
    db.add(group)
    record(db, actor, seq, "group.created", group.id, name=group.name)
    await db.flush()
    return group


async def rename_group(db: AsyncSession, actor: Actor, group_id: UUID, new: NewGroup) -> Group:
    """Another name for a group.

    Raises:
        NotFound, NameTaken
    """
    seq = await enter(db, actor, "admin")
    group = await group_of(db, actor, group_id)
    if new.name.strip() != group.name:
        await _check_name(db, actor, Group, new.name.strip())
        group.name = new.name.strip()
    record(db, actor, seq, "group.renamed", group.id, name=group.name)
    await db.flush()
    return group


async def delete_group(db: AsyncSession, actor: Actor, group_id: UUID) -> None:
    """Remove a group nobody belongs to.

    Raises:
        NotFound, GroupHasMembers
    """
    seq = await enter(db, actor, "admin")
    group = await group_of(db, actor, group_id)
    members = await db.scalar(select(func.count(Member.id)).where(Member.group_id == group.id))
    if members:
        raise GroupHasMembers(members=members)
    record(db, actor, seq, "group.deleted", group.id, name=group.name)
    await db.delete(group)
    await db.flush()


async def _check_name(
    db: AsyncSession, actor: Actor, table: type[Assembly] | type[Group], name: str
) -> None:
    taken = await db.scalar(
        select(table.id).where(table.authority_id == actor.authority_id, table.name == name)
    )
    if taken is not None:
        raise NameTaken(name=name)
