"""A request of each operation that is right in everything but, perhaps, who asks: so the door
answers, never the validation."""

from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

from cartable.samples import WORDS
from tests.world import PDF, PROVIDER, World, blank_pdf

NO_SECRET = "a-secret-that-nobody-was-ever-sent"
CSV = b64encode("Prénom;Nom;Courriel\nZoé;Petit;zoe@import.example".encode()).decode()
PICTURE = b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
NOTICE = {
    "publisher": "Commune", "director": "", "host": "", "dpo": "", "contact": "",
    "accessibility": "not_audited", "accessibility_contact": "", "accessibility_gaps": "",
}  # fmt: skip

Call = tuple[dict[str, str], dict[str, Any]]
"""Parameters of the path, then what httpx sends."""


def _json(body: Any, **path: str) -> Call:
    return path, {"json": body}


def _bare(**path: str) -> Call:
    return path, {}


def calls(world: World, file: str, guest: str) -> dict[str, Callable[[], Awaitable[Call]]]:
    """A right request of each operation of an authority.

    `file` is a SHA-256 of a called sitting, `guest` a member without a seat.
    """
    w, council = world, world.town.assemblies["council"]

    async def order_agenda() -> Call:
        sitting = await w.sitting()
        items = [await w.item(sitting), await w.item(sitting)]
        return _json({"items": items[::-1]}, sitting_id=sitting)

    async def dismiss_guest() -> Call:
        sitting = await w.sitting()
        return _bare(sitting_id=sitting, member_id=await w.guest(sitting))

    async def read_journal_export() -> Call:
        asked = await w.admin.post(f"{w.town.path}/journal/exports")
        return _bare(position=str(asked.json()["position"]))

    async def add_member() -> Call:
        who = {"first_name": "Zoé", "last_name": "Petit", "email": f"{uuid4().hex}@a.example"}
        return _json({**who, "roles": ["councillor"]})

    async def given_code() -> Call:
        return _bare(member_id=guest)

    async def upload_document() -> Call:
        send = {"params": {"file_name": "a.pdf"}, "content": blank_pdf(mark=7), "headers": PDF}
        return {"sitting_id": await w.sitting()}, send

    async def replace_document() -> Call:
        send = {"params": {"file_name": "b.pdf"}, "content": blank_pdf(mark=8), "headers": PDF}
        return {"document_id": (await w.document())[0]}, send

    async def create_sitting() -> Call:
        return _json({"assembly_id": council, "starts_at": "2031-01-10T18:30"})

    async def preview_mandate_end() -> Call:
        return {"assembly_id": await w.assembly()}, {"params": {"last_day": "2026-01-31"}}

    async def end_mandate() -> Call:
        assembly = await w.assembly()
        held = await w.seat(assembly)
        return _json({"last_day": "2026-01-31", "seats": [held]}, assembly_id=assembly)

    async def undo_mandate_end() -> Call:
        return _bare(mandate_end_id=await w.mandate_end())

    async def import_file() -> Call:
        shown = await w.admin.post(f"{w.town.path}/members/import/preview", {"content": CSV})
        told = [line["fingerprint"] for line in shown.json()["people"]]
        return _json({"content": CSV, "previewed": told})

    async def change_logo() -> Call:
        return {}, {"content": PICTURE}

    async def push_changes() -> Call:
        pulled = await w.clerk.post(f"{w.town.path}/sync/pull", {})
        one = {
            "mid": str(uuid4()), "name": "edit_note", "version": 1, "entity": str(uuid4()),
            "at": "2026-12-01T08:00:00Z", "body": {"text": "Note"},
        }  # fmt: skip
        return _json({"epoch": pulled.json()["epoch"], "mutations": [one]})

    async def nothing() -> Call:
        return _bare()

    async def say_wiped() -> Call:
        me = (await w.admin.get("/api/me")).json()
        return _json({"proof": me["wipe_proof"]}, device_id=me["device"]["id"])

    async def revoke_device() -> Call:
        member, device = await w.spare_device()
        return _bare(member_id=member, device_id=device)

    async def read_file() -> Call:
        return _bare(sha256=file)

    def on(name: str, make: Callable[[], Awaitable[Any]], body: Any = None) -> Any:
        async def call() -> Call:
            made = await make()
            made = made[0] if isinstance(made, tuple) else made
            return _bare(**{name: made}) if body is None else _json(body, **{name: made})

        return call

    def sent(body: Any) -> Any:
        async def call() -> Call:
            return _json(body() if callable(body) else body)

        return call

    def new_name() -> dict[str, str]:
        return {"name": f"Nom {next(w.numbers)}"}

    seat = {"assembly_id": council, "starts_on": "2026-01-01"}
    administrator = {"first_name": "Ada", "last_name": "Noir", "email": "ada@noir.example"}
    return {
        "read_notification_switch": nothing,
        "switch_notifications": sent({"is_enabled": False}),
        "list_members": nothing,
        "add_member": add_member,
        "edit_member": on("member_id", w.member, {"position": "Adjointe"}),
        "deactivate_member": on("member_id", w.member),
        "reactivate_member": on("member_id", w.member),
        "send_invitation": on("member_id", w.member),
        "cancel_invitation": on("member_id", w.member),
        "give_member_code": given_code,
        "read_link_switch": nothing,
        "switch_links": sent({"is_enabled": True}),
        "read_mail_sender": nothing,
        "edit_mail_sender": sent({"name": "Mairie", "reply_to": "accueil@mairie.example"}),
        "send_sender_code": sent({"address": "accueil@mairie.example"}),
        "check_sender": sent({"address": "accueil@mairie.example"}),
        "try_sender": nothing,
        "list_member_devices": on("member_id", w.member),
        "revoke_device": revoke_device,
        "say_wiped": say_wiped,
        "read_key_share": nothing,
        "give_seat": on("member_id", w.member, seat),
        "edit_seat": on("seat_id", w.seat, {"rank": 3}),
        "remove_seat": on("seat_id", w.seat),
        "set_substitutes": on("seat_id", w.seat, {"members": []}),
        "preview_mandate_end": preview_mandate_end,
        "end_mandate": end_mandate,
        "list_mandate_ends": nothing,
        "undo_mandate_end": undo_mandate_end,
        "preview_import": sent({"content": CSV}),
        "import_file": import_file,
        "export_file": nothing,
        "set_leaders": on("group_id", w.group, {"members": []}),
        "list_contacts": nothing,
        "add_contact": sent(new_name),
        "edit_contact": on("contact_id", w.contact, new_name()),
        "remove_contact": on("contact_id", w.contact),
        "list_connections": nothing,
        "add_connection": sent(PROVIDER),
        "edit_connection": on("connection_id", w.connection, PROVIDER),
        "check_connection": on("connection_id", w.connection),
        "remove_connection": on("connection_id", w.connection),
        "read_my_listing": nothing,
        "list_myself": sent({"phone": "", "shows_email": True, "shows_phone": False}),
        "read_settings": nothing,
        "read_usage": nothing,
        "download_usage": nothing,
        "edit_settings": sent({"population": 860}),
        "read_logo": nothing,
        "change_logo": change_logo,
        "remove_logo": nothing,
        "list_assemblies": nothing,
        "create_assembly": sent(lambda: {**new_name(), "kind": "bureau"}),
        "edit_assembly": on("assembly_id", w.assembly, {"kind": "other"}),
        "list_groups": nothing,
        "create_group": sent(new_name),
        "rename_group": on("group_id", w.group, new_name()),
        "delete_group": on("group_id", w.group),
        "list_sittings": nothing,
        "create_sitting": create_sitting,
        "read_sitting": on("sitting_id", w.sitting),
        "edit_sitting": on("sitting_id", w.sitting, {"place": "Mairie"}),
        "delete_sitting": on("sitting_id", w.sitting),
        "add_agenda_item": on("sitting_id", w.sitting, {"title": "Budget"}),
        "edit_agenda_item": on("item_id", w.item, {"title": "Budget modifié"}),
        "remove_agenda_item": on("item_id", w.item),
        "order_agenda": order_agenda,
        "call_guest": on("sitting_id", w.sitting, {"member_id": guest}),
        "dismiss_guest": dismiss_guest,
        "convene_sitting": on("sitting_id", w.ready_to_convene),
        "list_attendance": on("sitting_id", w.sitting),
        "list_documents": on("sitting_id", w.sitting),
        "upload_document": upload_document,
        "replace_document": replace_document,
        "edit_document": on("document_id", w.document, {"title": "Rapport"}),
        "withdraw_document": on("document_id", w.document, {"reason": "Erreur de pièce"}),
        "read_file": read_file,
        "read_file_headers": read_file,
        "pull_changes": sent({}),
        "push_changes": push_changes,
        "read_head": nothing,
        "read_journal": nothing,
        "verify_the_journal": nothing,
        "create_journal_export": nothing,
        "read_journal_export": read_journal_export,
        "ask_member_erasure": on("member_id", w.member),
        "list_erasures": nothing,
        "read_register": nothing,
        "edit_legal_notice": sent(NOTICE),
        "list_hosted_authorities": nothing,
        "read_support_view": nothing,
        "read_health": nothing,
        "open_authority": sent(lambda: {**administrator, "name": f"Commune {uuid4().hex[:6]}"}),
        "set_quota": sent({"megabytes": 500, "members": 200}),
        "suspend_authority": sent({"reason": "Fin de contrat"}),
        "reopen_authority": nothing,
    }


def own_calls(
    person: str, device: str, spare: str, password: str, connection: str = ""
) -> dict[str, Call]:
    """A right request of each operation about oneself; `spare` is another device of the person,
    `connection` a provider, else one that nobody knows."""
    connection = connection or str(uuid4())
    new = "une autre phrase de passe"
    subscription = {
        "endpoint": f"https://web.push.apple.com/{person}",
        "keys": {"p256dh": WORDS["p256dh"], "auth": WORDS["auth"]},
    }
    return {
        "read_notifications": _bare(),
        "subscribe_device": _json(subscription),
        "unsubscribe_device": _bare(),
        "set_notification_preferences": _json({"piece_changed": False}),
        "read_invitation": _json({"secret": NO_SECRET}),
        "accept_invitation": _json({"secret": NO_SECRET}),
        "ask_link": _json({"email": f"{person}@staubin.example"}),
        "open_link": _json({"secret": NO_SECRET}),
        "open_mailed_code": _json({"code": "KF7M Q2XW"}),
        "open_given_code": _json({"code": "KF7M Q2XW"}),
        "read_me": _bare(),
        "read_activity": _bare(),
        "read_personal_data": _bare(),
        "export_my_data": _bare(),
        "ask_erasure": _bare(),
        "cancel_erasure": _bare(),
        "cancel_erasure_by_link": _json({"secret": NO_SECRET}),
        "list_legal_notices": _bare(),
        "list_devices": _bare(),
        "list_copies": _bare(),
        "follow_hints": _bare(),
        "rename_device": _json({"name": f"Tablette de {person}"}, device_id=device),
        "sign_out_device": _bare(device_id=spare),
        "sign_out_other_devices": _bare(),
        "ask_for_proof": _bare(),
        "prove": _json({"password": password}),
        "list_own_connections": _bare(),
        "depart_to_link": _bare(connection_id=connection),
        "depart_to_prove": _bare(connection_id=connection),
        "unlink_connection": _bare(connection_id=connection),
        "read_door": _bare(),
        "depart_to_enter": _json({}, connection_id=connection),
        "return_from_provider": _json(
            {"state": "nobody-left", "code": "x"}, connection_id=connection
        ),
        "leave_provider": _bare(),
        "read_security": _bare(),
        "ask_for_passkey": _bare(),
        "add_passkey": _json({"credential": {}}),
        "rename_passkey": _json({"name": "Clé"}, passkey_id=str(uuid4())),
        "remove_passkey": _bare(passkey_id=str(uuid4())),
        "begin_codes": _bare(),
        "confirm_codes": _json({"code": "000000"}),
        "remove_codes": _bare(),
        "make_recovery_codes": _bare(),
        "ask_at_the_door": _bare(),
        "sign_in_with_code": _json({"challenge": "x", "code": "000000"}),
        "sign_in_with_passkey": _json({"credential": {}}),
        "recover": _json({"email": "claire@staubin.example", "code": "x"}),
        "change_password": _json({"current": password, "new": new}),
        "sign_out": _bare(),
        "sign_in": _json({"email": "claire@staubin.example", "password": new}),
    }
