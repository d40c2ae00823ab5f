"""The register of processing (GDPR, article 30), declared once for the whole product.

Every column of the database is here: personal, under its processing, or plain, under `PLAIN`. A
test compares with the tables, so that a new column cannot go unclassified.
"""

from dataclasses import dataclass

from cartable.personal.retention import Retention

OBLIGATION = "Obligation légale (RGPD, art. 6-1-c) : CGCT, L2121-10 à L2121-21 ; L5211-1."
PUBLIC_TASK = "Mission d’intérêt public (RGPD, art. 6-1-e)."
OPINIONS = (
    "Mission d’intérêt public (RGPD, art. 6-1-e) ; données révélant des opinions politiques, "
    "rendues illisibles à tout autre que leur auteur (art. 9-2-g)."
)
SECURITY = "Obligation de sécurité (RGPD, art. 32)."

MEASURES = (
    "Notes, intentions de vote, lectures et moyens de connexion chiffrés avec une clé par compte.",
    "Clé maîtresse hors de la base, sauvegardée à part.",
    "Cloisonnement des collectivités par l’application et par la base de données.",
    "Journal inaltérable, signé chaque nuit hors de la base.",
    "Aucun sous-traitant hors de l’hébergeur ; aucune mesure d’audience.",
)


@dataclass(frozen=True)
class Held:
    """Personal columns of one table. `is_sensitive`: they may tell political opinions."""

    table: str
    columns: tuple[str, ...]
    category: str
    people: str
    retention: Retention
    is_sensitive: bool = False


@dataclass(frozen=True)
class Activity:
    """One processing."""

    title: str
    purpose: str
    legal_basis: str
    recipients: str
    held: tuple[Held, ...]


def _held(
    table: str, columns: str, category: str, people: str, retention: Retention,
    *, is_sensitive: bool = False,
) -> Held:  # fmt: skip
    return Held(table, tuple(columns.split()), category, people, retention, is_sensitive)


_MEMBERS = "Élus, agents et invités"
_COUNCILLORS = "Élus"
_ACCOUNT, _ARCHIVE, _NOTES = Retention.ACCOUNT, Retention.ARCHIVE, Retention.NOTES

ACTIVITIES = (
    Activity(
        "Comptes et accès",
        "Reconnaître les personnes, protéger leur accès, sur des appareils qui se perdent.",
        SECURITY,
        "La personne ; les administrateurs voient les appareils, jamais les secrets.",
        (
            _held("account", "id email civility first_name last_name email_verified_at is_operator "
                  "created_at", "Identité et adresse", _MEMBERS, _ACCOUNT),
            _held("account", "password_hash", "Mot de passe (empreinte)", _MEMBERS, _ACCOUNT),
            _held("account_key", "account_id wrapped", "Clé des données privées", _MEMBERS,
                  _ACCOUNT),
            _held("passkey", "id account_id credential_id public_key sign_count is_syncable "
                  "is_backed_up transports name created_at last_used_at", "Clés d’accès", _MEMBERS,
                  _ACCOUNT),
            _held("code_secret", "account_id sealed last_step confirmed_at",
                  "Application de codes", _MEMBERS, _ACCOUNT),
            _held("recovery_code", "account_id code_hash created_at", "Codes de secours", _MEMBERS,
                  _ACCOUNT),
            _held("device", "id account_id name token_hash created_at last_seen_at signed_out_at "
                  "proved_at method", "Appareils et dernières visites", _MEMBERS,
                  Retention.DEVICE),
            _held("device_copy", "device_id revoked_at seen_at wiped_at share",
                  "Ce qu’un appareil détient", _MEMBERS, Retention.DEVICE),
            _held("ticket", "id kind account_id for_authority secret_hash code_hash browser_hash "
                  "is_renewal created_at expires_at used_at cancelled_at",
                  "Invitations, liens et codes", _MEMBERS, Retention.TICKET),
            _held("challenge", "id kind account_id device_id expires_at",
                  "Connexions en cours", _MEMBERS, Retention.MOMENT),
            _held("guess", "bucket failures since", "Essais de connexion (empreintes)",
                  "Toute personne qui essaie d’entrer", Retention.MOMENT),
            _held("identity", "id account_id issuer client_id subject is_own_choice created_at "
                  "last_used_at", "Compte chez un service d’identification", _MEMBERS, _ACCOUNT),
            _held("provider_session", "connection_id client_id issuer subject sid device_id "
                  "id_token", "Sessions chez ce service", _MEMBERS, Retention.DEVICE),
            _held("journey", "id purpose account_id device_id connection_id browser_hash sealed "
                  "created_at expires_at", "Allers vers ce service", _MEMBERS, Retention.MOMENT),
            _held("erasure", "id account_id for_authority for_member secret_hash asked_at due_at "
                  "cancelled_at done_at", "Demandes d’effacement", _MEMBERS, Retention.JOURNAL),
        ),
    ),
    Activity(
        "Assemblées et membres",
        "Savoir qui siège, qui est convoqué, et joindre les collègues.",
        OBLIGATION,
        "Les membres de la collectivité ; adresse et téléphone si la personne le veut bien.",
        (
            _held("member", "id account_id roles position created_at invited_at accepted_at "
                  "deactivated_at", "Rôles et fonction", _MEMBERS, _ARCHIVE),
            _held("member", "phone shows_email shows_phone", "Coordonnées", _MEMBERS, _ACCOUNT),
            _held("member", "group_id", "Groupe politique", _COUNCILLORS, _ACCOUNT,
                  is_sensitive=True),
            _held("group_leader", "group_id member_id", "Présidence de groupe", _COUNCILLORS,
                  _ACCOUNT, is_sensitive=True),
            _held("seat", "id member_id starts_on ends_on is_voting position rank", "Mandats",
                  _COUNCILLORS, _ARCHIVE),
            _held("substitute", "seat_id member_id rank", "Suppléants", _COUNCILLORS, _ACCOUNT),
            _held("mandate_end", "seats deactivated", "Fins de mandat", _COUNCILLORS, _ARCHIVE),
            _held("contact", "name role phone email", "Annuaire des services", "Agents",
                  Retention.AUTHORITY),
            _held("notes_end", "member_id ended_on warnings warned_at purged_at",
                  "Fin des notes après un mandat", _COUNCILLORS, Retention.NOTES),
        ),
    ),
    Activity(
        "Séances et convocations",
        "Convoquer, réunir les pièces, savoir qui sera présent.",
        OBLIGATION,
        "Les membres convoqués et le secrétariat ; archives publiques.",
        (
            _held("recipient", "member_id is_guest", "Personnes convoquées", _MEMBERS, _ARCHIVE),
            _held("attendance_answer", "id member_id answer claimed_at received_at is_late",
                  "Réponses aux convocations", _MEMBERS, _ARCHIVE),
            _held("agenda_item", "rapporteur_id", "Rapporteurs", _COUNCILLORS, _ARCHIVE),
            _held("document_version", "author_id", "Auteur d’un dépôt", "Agents", _ARCHIVE),
        ),
    ),
    Activity(
        "Notes personnelles et préparation",
        "Permettre à chaque élu d’annoter ses dossiers et de préparer ses votes, pour lui seul.",
        OPINIONS,
        "Leur auteur, et personne d’autre.",
        (
            _held("annotation", "id member_id document_id body", "Annotations", _COUNCILLORS,
                  _NOTES, is_sensitive=True),
            _held("vote_intention", "id member_id agenda_item_id body", "Intentions de vote",
                  _COUNCILLORS, _NOTES, is_sensitive=True),
            _held("reading_state", "id member_id document_id body", "Lectures", _COUNCILLORS,
                  _NOTES, is_sensitive=True),
            _held("mutation", "id member_id device_id ordinal name entity landed base_seq base_mid "
                  "outcome code received_at body result", "Ce que les tablettes ont envoyé",
                  _COUNCILLORS, Retention.WRITTEN, is_sensitive=True),
        ),
    ),
    Activity(
        "Messages et notifications",
        "Prévenir qu’un dossier attend.",
        PUBLIC_TASK,
        "La personne ; services de messagerie des navigateurs, sans contenu.",
        (
            _held("mail", "recipient sealed said state created_at settled_at",
                  "Messages envoyés", _MEMBERS, Retention.MAIL),
            _held("push_subscription", "id device_id account_id endpoint_digest sealed created_at",
                  "Appareils à prévenir", _MEMBERS, _ACCOUNT),
            _held("notification_preference", "account_id sitting_called piece_changed quiet_begins "
                  "quiet_ends", "Préférences", _MEMBERS, _ACCOUNT),
        ),
    ),
    Activity(
        "Journal",
        "Prouver ce qui a été fait, et par qui.",
        SECURITY,
        "Les administrateurs de la collectivité ; chacun pour son propre compte.",
        (
            _held("audit_event", "member_id device_id subject_id at", "Auteur d’un acte", _MEMBERS,
                  Retention.JOURNAL),
            _held("audit_payload", "account_id sealed", "Ce que dit une ligne", _MEMBERS,
                  Retention.JOURNAL),
            _held("host_event", "account_id device_id subject_id at", "Activité d’un compte",
                  _MEMBERS, Retention.JOURNAL),
            _held("host_payload", "account_id sealed", "Ce que dit une ligne", _MEMBERS,
                  Retention.JOURNAL),
            _held("audit_key", "owner_id wrapped", "Clés du journal", _MEMBERS, Retention.JOURNAL),
        ),
    ),
)  # fmt: skip
"""Every processing of the product."""

PLAIN = {
    name: frozenset(columns.split())
    for name, columns in {
        "account": "",
        "authority": "id name kind time_zone siren logo created_at lease_days lease_days_in_camera "
        "suspended_at suspension_reason megabytes_allowed members_allowed seq deleted_at",
        "authority_head": "authority_id epoch seq access_seq floor",
        "authority_logo": "authority_id sha256 content",
        "authority_settings": "authority_id population department siret address notice_days "
        "urgent_notice_days committee_notice_days budget_notice_days recusal_leaves_quorum "
        "chair_leaves_account eldest_wins_tie directory_shows_emails directory_shows_phones "
        "notes_kept_days",
        "assembly": "authority_id name kind id seq deleted_at",
        "political_group": "id authority_id name",
        "agenda_item": "id authority_id sitting_id position number title kind in_camera seq "
        "deleted_at",
        "sitting": "id authority_id assembly_id starts_at day place state convened_at archived_at "
        "seq deleted_at",
        "document": "id authority_id sitting_id agenda_item_id position kind title version_id "
        "withdrawn_at withdrawn_reason seq deleted_at",
        "document_version": "id authority_id document_id number state file_name sha256 size slices "
        "pages flags refusal reason text_sha256 text_size preview_sha256 preview_size created_at "
        "seq deleted_at",
        "audit_event": "id authority_id seq position event digest previous hash",
        "audit_payload": "event_id authority_id",
        "host_event": "id position event digest previous hash",
        "host_payload": "event_id",
        "job": "id name body dedupe due_at attempts claimed_by dead_at",
        "server_secret": "name sealed created_at fingerprint",
        "link_switch": "authority_id is_enabled",
        "notification_switch": "authority_id is_enabled",
        "mail": "id for_authority dedupe attempts until",
        "mail_sender": "authority_id name reply_to address",
        "connection": "id for_authority name kind issuer client_id secret scopes acr_asked "
        "acr_accepted siret_claim trusts_email is_enabled created_at",
        "logout_seen": "id expires_at",
        "legal_notice": "for_authority publisher director host dpo contact accessibility "
        "accessibility_contact accessibility_gaps updated_at",
        "member": "authority_id access_seq seq deleted_at",
        "device_copy": "authority_id",
        "mandate_end": "id authority_id assembly_id last_day at undone_at",
        "contact": "id authority_id seq deleted_at",
        "seat": "authority_id assembly_id",
        "substitute": "authority_id",
        "group_leader": "authority_id",
        "notes_end": "authority_id",
        "recipient": "sitting_id authority_id",
        "attendance_answer": "authority_id sitting_id seq deleted_at",
        "annotation": "authority_id seq deleted_at",
        "vote_intention": "authority_id seq deleted_at",
        "reading_state": "authority_id seq deleted_at",
        "mutation": "authority_id seq deleted_at",
    }.items()
}
"""By table: columns that say nothing of a person."""


def classified() -> dict[str, set[str]]:
    """By table, every column that is declared, personal or plain."""
    found = {table: set(columns) for table, columns in PLAIN.items()}
    for activity in ACTIVITIES:
        for one in activity.held:
            found.setdefault(one.table, set()).update(one.columns)
    return found
