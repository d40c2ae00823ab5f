"""Short letters to a person whose ways in have changed: no secret, and what to do if it was not
them."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.tables import Account, Device
from cartable.accounts.throttle import Guesser, is_known_browser
from cartable.mail.actions import send_mail
from cartable.mail.french import moment
from cartable.sealing import Key

Change = Literal[
    "password_changed", "passkey_added", "passkey_removed", "codes_added", "codes_removed",
    "recovery_codes_made", "ways_in_reset", "connection_linked", "connection_unlinked",
]  # fmt: skip
_CHANGES: dict[Change, tuple[str, str]] = {
    "password_changed": (
        "Votre mot de passe Cartable a changé",
        "Le mot de passe de votre compte a été changé. Vos autres appareils ont été déconnectés.",
    ),
    "passkey_added": (
        "Une clé d’accès a été ajoutée à votre compte Cartable",
        "Une clé d’accès (visage, empreinte ou code d’un appareil) ouvre désormais votre compte.",
    ),
    "passkey_removed": (
        "Une clé d’accès a été retirée de votre compte Cartable",
        "Une clé d’accès n’ouvre plus votre compte.",
    ),
    "codes_added": (
        "Les codes d’une application protègent votre compte Cartable",
        "Après votre mot de passe, un code de votre application sera désormais demandé.",
    ),
    "codes_removed": (
        "Les codes d’une application ne sont plus demandés",
        "Après votre mot de passe, aucun code d’application ne sera plus demandé.",
    ),
    "recovery_codes_made": (
        "De nouveaux codes de secours pour votre compte Cartable",
        "Dix codes de secours ont été faits pour votre compte ; ceux d’avant ne servent plus.",
    ),
    "ways_in_reset": (
        "Vos moyens d’entrer dans Cartable ont été remis à zéro",
        "À votre demande, la personne qui héberge Cartable a retiré les clés d’accès, les codes "
        "et les services d’identification de votre compte, et déconnecté vos appareils.",
    ),
    "connection_linked": (
        "Un service d’identification a été relié à votre compte Cartable",
        "Un service d’identification (comme ProConnect) ouvre désormais votre compte.",
    ),
    "connection_unlinked": (
        "Un service d’identification a été retiré de votre compte Cartable",
        "Un service d’identification (comme ProConnect) n’est plus relié à votre compte.",
    ),
}
_ZONE = "Europe/Paris"
_NOT_ME = (
    "Si ce n’est pas vous, ouvrez Cartable, « Mon compte », déconnectez les appareils que vous ne "
    "reconnaissez pas, changez de mot de passe, et prévenez le secrétariat."
)


async def tell_change(db: AsyncSession, account_id: UUID, change: Change, now: datetime) -> None:
    """Tell a person that a way in changed, in the deed that changes it."""
    subject, what = _CHANGES[change]
    await _tell(db, account_id, subject, what, now)


async def tell_new_device(
    db: AsyncSession, master: Key, account: Account, device: Device, guesser: Guesser, now: datetime
) -> None:
    """Tell a person of a session opened in a browser that never signed in to their account.

    Nothing is said of the first one of all: it is theirs, by the invitation they just accepted.
    """
    # A clerk's own browser may have served the person before: they are told of a code all the same.
    is_given = device.method == "clerk_code"
    if not is_given and is_known_browser(master, account.email, guesser):
        return
    others = select(Device.id).where(Device.account_id == account.id, Device.id != device.id)
    if await db.scalar(others.limit(1)) is None:
        return
    what = f"Un nouvel appareil s’est connecté à votre compte : « {device.name} »."
    if is_given:
        what += " Un code donné par le secrétariat l’a ouvert."
    await _tell(db, account.id, "Nouvel appareil connecté à Cartable", what, now)


async def _tell(db: AsyncSession, account_id: UUID, subject: str, what: str, now: datetime) -> None:
    person = select(Account.email, Account.first_name, Account.last_name)
    to = (await db.execute(person.where(Account.id == account_id))).one()
    text = (
        f"Bonjour {to.first_name} {to.last_name},\n\n"
        f"{what}\n\nC’était le {moment(now, _ZONE)}.\n\n"
        f"Si c’est vous, vous n’avez rien à faire.\n\n{_NOT_ME}"
    )
    await send_mail(db, to=to.email, subject=subject, text=text)
