"""The declared table of doors: for each operation, who passes, and what the others are answered.

tests/calls.py makes a request of each that is right in everything but, perhaps, who asks.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

CLERK, ADMIN = {"claire"}, {"ines"}
MEMBERS = {"claire", "alice", "bruno", "gus", "ines", "paul"}
STRANGERS = {"carla", "daniel", "irma"}
PEOPLE = [
    "anonymous", "claire", "alice", "bruno", "gus", "ines", "paul", "carla", "daniel", "irma",
    "signed_out", "deactivated", "invited", "operator",
]  # fmt: skip
"""`deactivated` signed in again after losing the only membership; `invited` belongs
to another town and has not accepted yet; so does `operator`, who runs the host."""


@dataclass(frozen=True)
class Door:
    """`status` for those `who` pass; the `others` among the members get theirs."""

    status: int
    who: frozenset[str]
    others: int = 403
    is_of_authority: bool = True
    refused: Mapping[str, int] = field(default_factory=dict)

    def expected(self, person: str) -> int:
        """The status that `person` must be answered."""
        if person in self.refused:
            return self.refused[person]
        if person in self.who:
            return self.status
        if person in ("anonymous", "signed_out"):
            return 401
        if person in STRANGERS or person in ("deactivated", "invited", "operator"):
            return 404 if self.is_of_authority else self.status
        return self.others if self.is_of_authority else self.status


def _to(status: int, *who: set[str], others: int = 403) -> Door:
    return Door(status, frozenset().union(*who), others)


def _own(status: int, *who: str, but: tuple[int, str, str] | None = None) -> Door:
    """A route about oneself: everybody who is signed in, and `who`; `but` some are told no."""
    refused = dict.fromkeys(but[1:], but[0]) if but else {}
    return Door(status, frozenset(who), is_of_authority=False, refused=refused)


def _host(status: int) -> Door:
    """A route of the host: for anybody but its operators it does not exist."""
    return Door(status, frozenset({"operator"}), others=404)


DOORS = {
    "read_me": _own(200),
    "list_devices": _own(200),
    "list_copies": _own(200),
    "ask_for_proof": _own(201),
    "prove": _own(204),
    "read_security": _own(200),
    "ask_for_passkey": _own(201),
    # An answer that no authenticator gave: refused the same to everybody who is signed in.
    "add_passkey": _own(401),
    "rename_passkey": _own(404),
    "remove_passkey": _own(404),
    "begin_codes": _own(201),
    "confirm_codes": _own(401),
    "remove_codes": _own(204),
    "make_recovery_codes": _own(201),
    "list_own_connections": _own(200),
    "depart_to_link": _own(404),
    "depart_to_prove": _own(404),
    "unlink_connection": _own(404),
    "read_door": _own(200, *PEOPLE),
    "depart_to_enter": _own(404, *PEOPLE),
    # Nobody had left: refused the same, whoever is signed in there.
    "return_from_provider": _own(410, *PEOPLE),
    "rename_device": _own(200),
    "sign_out_device": _own(204),
    "sign_out_other_devices": _own(204),
    "read_notifications": _own(200),
    "subscribe_device": _own(204),
    "unsubscribe_device": _own(204),
    "set_notification_preferences": _own(200),
    "read_notification_switch": _to(200, MEMBERS),
    "switch_notifications": _to(200, ADMIN),
    "list_members": _to(200, ADMIN, CLERK),
    "add_member": _to(201, ADMIN),
    "edit_member": _to(200, ADMIN),
    "deactivate_member": _to(200, ADMIN),
    "reactivate_member": _to(200, ADMIN),
    "send_invitation": _to(200, ADMIN),
    "cancel_invitation": _to(200, ADMIN),
    "give_member_code": _to(201, CLERK),
    "read_link_switch": _to(200, ADMIN),
    "switch_links": _to(200, ADMIN),
    "read_mail_sender": _to(200, ADMIN),
    "edit_mail_sender": _to(200, ADMIN),
    "send_sender_code": _to(204, ADMIN),
    "check_sender": _to(200, ADMIN),
    "try_sender": _to(204, ADMIN),
    # A secret opens, whoever is signed in there: without it all are answered the same.
    "read_invitation": _own(404, *PEOPLE),
    "accept_invitation": _own(404, *PEOPLE),
    "ask_link": _own(204, *PEOPLE),
    "open_link": _own(404, *PEOPLE),
    "open_mailed_code": _own(403, *PEOPLE),
    "open_given_code": _own(403, *PEOPLE),
    "list_member_devices": _to(200, ADMIN),
    "revoke_device": _to(204, ADMIN),
    # Its proof says which device speaks, whoever is signed in there by now.
    "say_wiped": _to(204, set(PEOPLE)),
    "read_key_share": _to(200, MEMBERS),
    "give_seat": _to(201, ADMIN),
    "edit_seat": _to(200, ADMIN),
    "remove_seat": _to(204, ADMIN),
    "set_substitutes": _to(200, ADMIN),
    "preview_mandate_end": _to(200, ADMIN),
    "end_mandate": _to(201, ADMIN),
    "list_mandate_ends": _to(200, ADMIN),
    "undo_mandate_end": _to(200, ADMIN),
    "preview_import": _to(200, ADMIN),
    "import_file": _to(200, ADMIN),
    "export_file": _to(200, ADMIN),
    "set_leaders": _to(200, ADMIN),
    "list_contacts": _to(200, ADMIN, CLERK),
    "add_contact": _to(201, ADMIN),
    "edit_contact": _to(200, ADMIN),
    "remove_contact": _to(204, ADMIN),
    "read_my_listing": _to(200, MEMBERS),
    "list_myself": _to(200, MEMBERS),
    "list_connections": _to(200, ADMIN),
    "add_connection": _to(201, ADMIN),
    "edit_connection": _to(200, ADMIN),
    "check_connection": _to(200, ADMIN),
    "remove_connection": _to(204, ADMIN),
    "read_settings": _to(200, ADMIN, CLERK),
    "read_usage": _to(200, ADMIN),
    "download_usage": _to(200, ADMIN),
    "edit_settings": _to(200, ADMIN),
    "read_logo": _to(404, MEMBERS, others=404),
    "change_logo": _to(200, ADMIN),
    "remove_logo": _to(204, ADMIN),
    "list_assemblies": _to(200, MEMBERS),
    "create_assembly": _to(201, ADMIN),
    "edit_assembly": _to(200, ADMIN),
    "list_groups": _to(200, ADMIN, CLERK),
    "create_group": _to(201, ADMIN),
    "rename_group": _to(200, ADMIN),
    "delete_group": _to(204, ADMIN),
    "list_sittings": _to(200, CLERK),
    "create_sitting": _to(201, CLERK),
    "read_sitting": _to(200, CLERK),
    "edit_sitting": _to(200, CLERK),
    "delete_sitting": _to(204, CLERK),
    "add_agenda_item": _to(201, CLERK),
    "edit_agenda_item": _to(200, CLERK),
    "remove_agenda_item": _to(204, CLERK),
    "order_agenda": _to(200, CLERK),
    "call_guest": _to(204, CLERK),
    "dismiss_guest": _to(204, CLERK),
    "convene_sitting": _to(200, CLERK),
    "list_attendance": _to(200, CLERK),
    "list_documents": _to(200, CLERK),
    "upload_document": _to(201, CLERK),
    "replace_document": _to(201, CLERK),
    "edit_document": _to(200, CLERK),
    "withdraw_document": _to(204, CLERK),
    "read_journal": _to(200, ADMIN),
    "verify_the_journal": _to(200, ADMIN),
    "create_journal_export": _to(201, ADMIN),
    "read_journal_export": _to(200, ADMIN),
    "read_activity": _own(200),
    "read_personal_data": _own(200),
    "export_my_data": _own(200),
    "ask_erasure": _own(200, but=(409, "ines", "irma")),
    "cancel_erasure": _own(204),
    "cancel_erasure_by_link": _own(404, *PEOPLE),
    "ask_member_erasure": _to(200, ADMIN),
    "list_erasures": _to(200, ADMIN),
    "read_register": _to(200, MEMBERS),
    "list_legal_notices": _own(200, *PEOPLE),
    "edit_legal_notice": _to(200, ADMIN),
    "list_hosted_authorities": _host(200),
    "read_support_view": _host(200),
    "read_health": _host(200),
    "open_authority": _host(201),
    "set_quota": _host(200),
    # Closed, then open again: one after the other.
    "suspend_authority": _host(200),
    "reopen_authority": _host(200),
    # A piece of the council's called sitting: those who sit in it, and clerks.
    "read_file": _to(200, CLERK, {"alice", "bruno", "paul"}, others=404),
    "read_file_headers": _to(200, CLERK, {"alice", "bruno", "paul"}, others=404),
    # A view that became empty is told as such, so that the tablet empties itself.
    "pull_changes": _to(200, MEMBERS, {"signed_out", "deactivated"}),
    # So is what such a tablet still brings: kept for its author.
    "push_changes": _to(200, MEMBERS, {"signed_out", "deactivated"}),
    "read_head": _to(200, MEMBERS),
    "follow_hints": _own(200),
    # These end sessions and open them: last, in this order.
    "change_password": _own(204),
    "sign_out": _own(204),
    "leave_provider": _own(401, *PEOPLE),
    "sign_in": _own(201, *PEOPLE),
    "ask_at_the_door": _own(201, *PEOPLE),
    "sign_in_with_code": _own(410, *PEOPLE),
    "sign_in_with_passkey": _own(401, *PEOPLE),
    "recover": _own(401, *PEOPLE),
}
UNLISTED = {
    "/", "/{path}", "/health/live", "/health/ready", "/api", "/api/openapi.json",
    "/api/connections/{connection_id}/logout",
}  # fmt: skip
"""Routes without an operation: the interface, the probes, the specification, and the one that
identity providers call."""
