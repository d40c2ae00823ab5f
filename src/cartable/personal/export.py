"""The copy of one person's data: everything that is theirs, nothing that is of others."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.access import account_key
from cartable.accounts.tables import Account, CodeSecret, Device, Passkey, RecoveryCode
from cartable.audit.reading import said_in, salted_payloads
from cartable.audit.tables import HostEvent, HostPayload
from cartable.connections.tables import Identity
from cartable.mail.tables import Mail
from cartable.notifications.tables import NotificationPreference, PushSubscription
from cartable.personal.access import memberships_of
from cartable.personal.archive import Archive
from cartable.personal.export_authority import export_authority
from cartable.personal.tables import Erasure
from cartable.runtime import Runtime

READ_ME = """\
Vos données dans Cartable
=========================

Ce dossier contient tout ce que Cartable garde à votre sujet, dans des formats ouverts.

compte.json          votre nom, votre adresse, vos moyens de connexion (aucun secret)
appareils.json       les appareils sur lesquels vous vous êtes connecté
notifications.json   ce que vous avez demandé à recevoir
activite.csv         ce qui a été fait sur votre compte
messages.csv         les messages qui vous ont été envoyés : dates et sort, sans leur texte
demandes.json        vos demandes d'effacement

Puis un dossier par collectivité :

adhesion.json        vos rôles, vos sièges, votre fiche d'annuaire
notes/               par séance : vos annotations (W3C Web Annotation, JSON), et en texte à lire
notes/…/*.xfdf       par pièce : les mêmes, à importer dans un lecteur de PDF
votes.csv, .json     vos intentions de vote : elles n'ont jamais été un vote
lectures.csv         jusqu'où vous avez lu
reponses.csv         vos réponses aux convocations
a-recuperer.json     ce qui n'a pas pu être appliqué, gardé pour vous
journal.csv          ce que vous avez fait, tel que le journal l'a noté

Un fichier .xfdf (ISO 19444-1) s'importe dans le PDF dont il dit le nom : « Importer des
commentaires » dans la plupart des lecteurs. Les pièces ne sont pas ici : ce sont des documents de
la collectivité, que vous ouvrez dans Cartable tant que vous siégez.

Vos notes et vos intentions disent des opinions : rangez ce fichier en lieu sûr.
Les tableaux .csv s'ouvrent avec un tableur (point-virgule, UTF-8).
"""


async def export_person(runtime: Runtime, account_id: UUID) -> AsyncIterator[bytes]:
    """The bytes of the ZIP, in the order they are made; a snapshot for each authority.

    Whoever calls has seen a proof of who asks. Nothing is logged, nothing is kept.
    """
    archive = Archive()
    yield archive.text("LISEZ-MOI.txt", READ_ME)
    async with runtime.reading() as db:
        key = await account_key(db, runtime.master_key, account_id)
        async for part in _account(db, archive, account_id):
            yield part
        memberships = await memberships_of(db, account_id)
    for number, one in enumerate(memberships, 1):
        async with runtime.reading(one.authority_id) as db:
            async for part in export_authority(db, archive, key, one, number):
                yield part
    yield archive.close()


async def _account(db: AsyncSession, archive: Archive, account_id: UUID) -> AsyncIterator[bytes]:
    account = await db.get_one(Account, account_id)
    yield archive.json("compte.json", await _identity(db, account))
    devices = await db.scalars(
        select(Device).where(Device.account_id == account_id).order_by(Device.created_at)
    )
    fields = ("id", "name", "method", "created_at", "last_seen_at", "proved_at", "signed_out_at")
    yield archive.json("appareils.json", [_of(one, *fields) for one in devices])
    yield archive.json("notifications.json", await _notifications(db, account_id))
    yield archive.csv(
        "activite.csv", ("date", "événement", "détails"), await _activity(db, account)
    )
    mails = await db.scalars(
        select(Mail).where(Mail.recipient == account.email).order_by(Mail.created_at)
    )
    rows = [(one.created_at, one.state, one.settled_at) for one in mails]
    yield archive.csv("messages.csv", ("écrit le", "état", "réglé le"), rows)
    asked = await db.scalars(select(Erasure).where(Erasure.account_id == account_id))
    named = ("asked_at", "due_at", "cancelled_at", "for_authority")
    yield archive.json("demandes.json", [_of(one, *named) for one in asked])


async def _identity(db: AsyncSession, account: Account) -> dict[str, Any]:
    passkeys = await db.scalars(select(Passkey).where(Passkey.account_id == account.id))
    codes = await db.get(CodeSecret, account.id)
    identities = await db.scalars(select(Identity).where(Identity.account_id == account.id))
    recovery = await db.scalars(select(RecoveryCode).where(RecoveryCode.account_id == account.id))
    return {
        **_of(
            account, "id", "email", "email_verified_at", "civility", "first_name", "last_name",
            "is_operator", "created_at",
        ),
        "has_password": account.password_hash is not None,
        "passkeys": [_of(one, "name", "created_at", "last_used_at") for one in passkeys],
        "identities": [
            _of(one, "issuer", "subject", "created_at", "last_used_at") for one in identities
        ],
        "has_code_application": codes is not None and codes.confirmed_at is not None,
        "recovery_codes_left": len(recovery.all()),
    }  # fmt: skip


async def _notifications(db: AsyncSession, account_id: UUID) -> dict[str, Any]:
    wished = await db.get(NotificationPreference, account_id)
    fields = ("sitting_called", "piece_changed", "quiet_begins", "quiet_ends")
    told = await db.scalars(
        select(PushSubscription).where(PushSubscription.account_id == account_id)
    )
    return {
        "preferences": _of(wished, *fields) if wished else None,
        "devices": [_of(one, "device_id", "created_at") for one in told],
    }


async def _activity(db: AsyncSession, account: Account) -> list[tuple[Any, ...]]:
    rows = list(
        await db.scalars(
            select(HostEvent).where(HostEvent.account_id == account.id).order_by(HostEvent.position)
        )
    )
    payloads = await salted_payloads(db, HostPayload, [row.id for row in rows])
    return [(row.at, row.event, _words(said_in(payloads.get(row.id)))) for row in rows]


def _words(said: dict[str, Any]) -> str:
    return "; ".join(f"{name}: {value}" for name, value in said.items())


def _of(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
