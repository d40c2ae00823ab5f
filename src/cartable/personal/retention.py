"""How long each kind of data is kept, said with the very values that the nightly jobs use."""

from enum import Enum

from cartable.accounts.rules import CHALLENGE_LASTS, REMEMBERED, TICKETS_KEPT, WINDOW
from cartable.mail.rules import MAIL_KEPT
from cartable.mutations.rules import KEPT_DELETED, KEPT_TOMBSTONES
from cartable.personal.rules import GRACE, NOTES_KEPT_DAYS


class Retention(Enum):
    """A rule of retention; `said` tells it to people."""

    ACCOUNT = "account"
    ARCHIVE = "archive"
    NOTES = "notes"
    DEVICE = "device"
    MAIL = "mail"
    TICKET = "ticket"
    MOMENT = "moment"
    JOURNAL = "journal"
    AUTHORITY = "authority"
    WRITTEN = "written"

    def said(self, notes_kept_days: int = NOTES_KEPT_DAYS) -> str:
        """In French, for one authority."""
        return _SAID[self].format(notes=notes_kept_days)


_SAID = {
    Retention.ACCOUNT: (
        f"Tant que le compte existe, puis {GRACE.days} jours après la demande d’effacement."
    ),
    Retention.ARCHIVE: (
        "Sans limite : archives publiques (Code du patrimoine, L211-4 et L212-6). Ce qui est "
        f"supprimé laisse une trace vide pendant {KEPT_TOMBSTONES.days} jours."
    ),
    Retention.NOTES: (
        "Jusqu’à {notes} jours après la fin du mandat, ou jusqu’à l’effacement du compte. Ce que "
        f"la personne supprime est effacé pour toujours après {KEPT_DELETED.days} jours."
    ),
    Retention.DEVICE: f"{REMEMBERED.days} jours après la déconnexion de l’appareil.",
    Retention.MAIL: f"Texte effacé à l’envoi ; trace de l’envoi : {MAIL_KEPT.days} jours.",
    Retention.TICKET: f"{TICKETS_KEPT.days} jours après leur fin.",
    Retention.MOMENT: (
        f"{int(max(WINDOW, CHALLENGE_LASTS).total_seconds() // 60)} minutes, effacé dans la nuit."
    ),
    Retention.JOURNAL: (
        "Sans limite pour la chaîne de preuves ; ce qu’une ligne dit d’une personne est effacé "
        "avec son compte."
    ),
    Retention.AUTHORITY: "Tant que la collectivité utilise Cartable.",
    Retention.WRITTEN: f"Ce qui n’a pu être appliqué : {{notes}} jours après la fin du mandat, "
    f"ou {KEPT_DELETED.days} jours après son abandon.",
}
