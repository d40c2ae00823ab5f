"""Whose lines one may read: an administrator those of their authority, anybody those about them."""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import Select, false, select

from cartable.actor import Actor, Person
from cartable.audit.events import AUTHORITY_EVENTS
from cartable.audit.tables import AuditEvent, HostEvent


class Filter(NamedTuple):
    """What is looked for; both days included, in the authority's time zone."""

    since: date | None = None
    until: date | None = None
    member_id: UUID | None = None
    family: str | None = None


def readable_lines(actor: Actor, wanted: Filter, zone: str) -> Select[AuditEvent]:
    """The authority's lines that a filter keeps; none but for its administrators."""
    lines = select(AuditEvent).where(AuditEvent.authority_id == actor.authority_id)
    if actor.is_ended or "admin" not in actor.roles:
        return lines.where(false())
    if wanted.since is not None:
        lines = lines.where(AuditEvent.at >= _midnight(wanted.since, zone))
    if wanted.until is not None:
        lines = lines.where(AuditEvent.at < _midnight(wanted.until + timedelta(days=1), zone))
    if wanted.member_id is not None:
        lines = lines.where(AuditEvent.member_id == wanted.member_id)
    if wanted.family is not None:
        events = [name for name, one in AUTHORITY_EVENTS.items() if one.family == wanted.family]
        lines = lines.where(AuditEvent.event.in_(events))
    return lines


def _midnight(day: date, zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))


def readable_activity(person: Person) -> Select[HostEvent]:
    """The lines about one's own account."""
    return select(HostEvent).where(HostEvent.account_id == person.account_id)
