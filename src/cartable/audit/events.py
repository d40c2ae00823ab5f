"""Every event of the journal, its family, and the only details that it may bear.

A detail is a name, a day, a count or an id. Never a note, an opinion, a text of a piece or a
secret: what is not listed here is refused, so that nothing slips in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Family = Literal["sittings", "documents", "members", "settings", "journal", "hosting", "account"]


class UndeclaredEvent(Exception):
    """A deed writes an event, or a detail, that audit/events.py does not list."""


@dataclass(frozen=True)
class Event:
    """What a line of one event may say. `details`: names of its payload's values."""

    family: Family
    details: frozenset[str] = frozenset()


def _of(family: Family, details: dict[str, str]) -> dict[str, Event]:
    """Events of a family: each name with the words of its details."""
    return {name: Event(family, frozenset(words.split())) for name, words in details.items()}


AUTHORITY_EVENTS: Mapping[str, Event] = {
    **_of("sittings", {
        "sitting.created": "day",
        "sitting.edited": "day",
        "sitting.deleted": "day",
        "sitting.convened": "day",
        "sittings.archived": "count",
        "agenda_item.added": "sitting title",
        "agenda_item.edited": "in_camera title",
        "agenda_item.removed": "sitting title",
        "agenda.ordered": "day",
        "guest.called": "member",
        "guest.dismissed": "member",
        "call.answered": "answer is_late day",
    }),
    **_of("documents", {
        "document.uploaded": "sha256 title",
        "document.replaced": "sha256 reason title",
        "document.edited": "title",
        "document.withdrawn": "reason title",
    }),
    **_of("members", {
        "member.added": "roles name",
        "member.edited": "name",
        "member.roles_changed": "roles name",
        "member.deactivated": "name",
        "member.reactivated": "name",
        "member.invited": "name",
        "member.invitation_cancelled": "name",
        "member.invitation_accepted": "name",
        "member.way_in_renewed": "name",
        "member.code_given": "name",
        "member.device_revoked": "device",
        "member.device_wiped": "device",
        "seat.given": "member assembly",
        "seat.edited": "member assembly",
        "seat.removed": "member assembly",
        "seat.substitutes_set": "count",
        "members.imported": "count",
        "members.exported": "count",
        "mandate.ended": "last_day seats deactivated",
        "mandate.undone": "seats",
        "member.listing_changed": "",
        "member.erasure_asked": "",
        "member.erased": "",
        "member.notes_purged": "",
        "contact.added": "name",
        "contact.edited": "name",
        "contact.removed": "",
        "assembly.created": "name",
        "assembly.edited": "name",
        "group.created": "name",
        "group.renamed": "name",
        "group.deleted": "name",
        "group.leaders_set": "count",
    }),
    **_of("settings", {
        "links.enabled": "",
        "links.disabled": "",
        "mail_sender.edited": "",
        "mail_sender.code_sent": "",
        "notifications.enabled": "",
        "notifications.disabled": "",
        "setting.changed": "setting before after",
        "logo.changed": "",
        "logo.removed": "",
        "legal_notice.edited": "",
        "connection.added": "name",
        "connection.edited": "name",
        "connection.removed": "name",
    }),
    **_of("journal", {"journal.exported": "lines", "journal.restored": "first_lost last_lost"}),
    **_of("hosting", {
        "authority.founded": "name",
        "authority.suspended": "reason",
        "authority.reopened": "",
        "authority.quota_changed": "megabytes members",
    }),
}  # fmt: skip

HOST_EVENTS: Mapping[str, Event] = {
    **_of("account", {
        "account.signed_in": "method device",
        "account.sign_in_failed": "count",
        "account.signed_out": "device",
        "account.devices_signed_out": "count",
        "account.device_signed_out": "device",
        "account.device_renamed": "device",
        "account.password_changed": "",
        "account.password_renewed": "",
        "account.passkey_added": "",
        "account.passkey_renamed": "",
        "account.passkey_removed": "",
        "account.codes_added": "",
        "account.codes_removed": "",
        "account.recovery_codes_made": "",
        "account.ways_in_reset": "",
        "account.notices_on": "device",
        "account.notices_off": "device",
        "account.notices_chosen": "",
        "account.data_copied": "",
        "account.erasure_asked": "",
        "account.erasure_cancelled": "",
        "account.erased": "",
        "account.connection_linked": "",
        "account.connection_unlinked": "",
        "account.connection_refused": "reason",
        "account.closed_by_provider": "",
    }),
    **_of("hosting", {
        "operator.named": "name",
        "operator.dismissed": "name",
        "master_key.rotated": "count",
        "authority.founded": "name",
        "authority.suspended": "name reason",
        "authority.reopened": "name",
        "authority.quota_changed": "name megabytes members",
    }),
    **_of("journal", {"journal.restored": "first_lost last_lost"}),
}  # fmt: skip


def check_details(
    events: Mapping[str, Event], event: str, details: Mapping[str, Any]
) -> dict[str, Any]:
    """The details that were given, without those that say nothing.

    Raises:
        UndeclaredEvent
    """
    declared = events.get(event)
    if declared is None:
        raise UndeclaredEvent(f"declare {event!r} and its details in audit/events.py")
    if unknown := sorted(details.keys() - declared.details):
        raise UndeclaredEvent(f"declare {unknown} among the details of {event!r}, or leave it out")
    return {name: value for name, value in details.items() if value is not None}
