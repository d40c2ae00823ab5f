"""Deciding for an authority: its identity, the rules that are settings, its picture."""

import hashlib
from typing import Any

from msgspec import UNSET
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.actor import Actor
from cartable.audit.actions import record
from cartable.authorities import rules
from cartable.authorities.access import settings_of
from cartable.authorities.actions import access_changed
from cartable.authorities.shapes import AuthoritySettings, LawRule, SettingsEdit
from cartable.authorities.tables import Authority, AuthorityLogo
from cartable.members.actions.enter import enter
from cartable.members.tables import Assembly

_VIEWS = ("directory_shows_emails", "directory_shows_phones")
"""Settings on which depends what every tablet shows of rows that do not change themselves."""


async def edit_settings(db: AsyncSession, actor: Actor, edit: SettingsEdit) -> AuthoritySettings:
    """Change settings; each that changes leaves its line, with what it was and what it is.

    Raises:
        InvalidSiren, InvalidSiret, InvalidDepartment, UnknownTimeZone, TimeZoneInUse
    """
    seq = await enter(db, actor, "admin")
    authority = await db.get_one(Authority, actor.authority_id)
    settings = await settings_of(db, actor.authority_id)
    for name, value in _checked(edit, authority).items():
        row = authority if hasattr(authority, name) else settings
        before = getattr(row, name)
        if value == before:
            continue
        if name == "time_zone" and await _has_assemblies(db, actor):
            raise rules.TimeZoneInUse
        setattr(row, name, value)
        record(db, actor, seq, "setting.changed", setting=name, before=before, after=value)
        if row is authority:
            authority.seq = seq
        if name in _VIEWS:
            await access_changed(db, actor.authority_id, seq)
    await db.flush()
    return await all_settings(db, actor)


async def all_settings(db: AsyncSession, actor: Actor) -> AuthoritySettings:
    """Everything that was decided, beside what the law says."""
    authority = await db.get_one(Authority, actor.authority_id)
    row = await settings_of(db, actor.authority_id)
    of_settings = ("siret", *(n for n in SettingsEdit.__struct_fields__ if hasattr(row, n)))
    of_authority = (n for n in SettingsEdit.__struct_fields__ if hasattr(authority, n))
    values: dict[str, Any] = {name: getattr(row, name) for name in of_settings}
    values |= {name: getattr(authority, name) for name in of_authority}
    return AuthoritySettings(
        **values,
        logo=authority.logo,
        can_change_time_zone=not await _has_assemblies(db, actor),
        is_alsace_moselle=row.department in rules.ALSACE_MOSELLE,
        law=_law(authority.kind, row.population, row.department),
    )


async def change_logo(db: AsyncSession, actor: Actor, drawn: bytes) -> str:
    """Keep a picture that was drawn again (`pictures.drawn_again`); its SHA-256."""
    seq = await enter(db, actor, "admin")
    authority = await db.get_one(Authority, actor.authority_id)
    sha256 = hashlib.sha256(drawn).hexdigest()
    logo = await db.get(AuthorityLogo, actor.authority_id)
    if logo is None:
        db.add(AuthorityLogo(authority_id=actor.authority_id, sha256=sha256, content=drawn))
    else:
        logo.sha256, logo.content = sha256, drawn
    authority.logo, authority.seq = sha256, seq
    record(db, actor, seq, "logo.changed")
    await db.flush()
    return sha256


async def remove_logo(db: AsyncSession, actor: Actor) -> None:
    """Show the name alone again."""
    seq = await enter(db, actor, "admin")
    authority = await db.get_one(Authority, actor.authority_id)
    logo = await db.get(AuthorityLogo, actor.authority_id)
    if logo is not None:
        await db.delete(logo)
        authority.logo, authority.seq = None, seq
        record(db, actor, seq, "logo.removed")
        await db.flush()


def _checked(edit: SettingsEdit, authority: Authority) -> dict[str, Any]:
    """The values that are set, as they are kept."""
    values = {
        name: value.strip() if isinstance(value, str) else value
        for name in edit.__struct_fields__
        if (value := getattr(edit, name)) is not UNSET
    }
    siren = authority.siren
    if "siren" in values:
        values["siren"] = siren = rules.check_siren(values["siren"]) if values["siren"] else None
    if values.get("siret"):
        values["siret"] = rules.check_siret(values["siret"], siren)
    elif "siret" in values:
        values["siret"] = None
    if "department" in values:
        values["department"] = rules.check_department(values["department"])
    if "time_zone" in values:
        rules.check_time_zone(values["time_zone"])
    return values


async def _has_assemblies(db: AsyncSession, actor: Actor) -> bool:
    one = select(Assembly.id).where(Assembly.authority_id == actor.authority_id).limit(1)
    return await db.scalar(one) is not None


def _law(kind: str, population: int | None, department: str) -> list[LawRule]:
    notices = {
        "notice_days": rules.notice_of(kind, population, department),
        "urgent_notice_days": rules.urgent_notice_of(kind, population, department),
        "committee_notice_days": rules.COMMITTEE_NOTICE,
        "budget_notice_days": rules.BUDGET_NOTICE,
    }
    found = [
        LawRule(setting=name, article=one.article, is_to_verify=one.is_to_verify, days=one.days)
        for name, one in notices.items()
    ]
    return found + [
        LawRule(setting=name, article=article, is_to_verify=True, days=None)
        for name, article in rules.VOTING_RULES.items()
    ]
