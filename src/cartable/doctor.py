"""What `cartable doctor` looks at: schema, database, storage, keys, disk, clock, interface."""

import shutil
import stat
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from cartable.audit.signing import check_signing_key
from cartable.database import create_engine, session_maker
from cartable.errors import Unavailable
from cartable.jobs import Job
from cartable.keys import key_file, match_database, open_master_key
from cartable.mail.rules import Fate
from cartable.schema import is_current
from cartable.settings import Settings, WrongSetting
from cartable.storage import open_storage

LEAST_DISK = 2_000_000_000
CLOCK_DRIFT = 5


@dataclass(frozen=True)
class Finding:
    """One thing looked at, in a sentence for the person who installs."""

    is_well: bool
    sentence: str


async def examine(settings: Settings) -> list[Finding]:
    """Every finding, in the order they are worth mending."""
    findings = [
        _keys(settings),
        *_signing_key(settings),
        _disk(settings),
        _interface(settings),
        *_proxy(settings),
        await _storage(settings),
        await _mail(settings),
    ]
    try:
        tables = await _tables(settings)
        schema = [await _schema(settings), *await _role(settings)]
        return [*schema, *findings, *await _match(settings), *tables]
    except Exception as error:
        # Drivers raise errors of their own before SQLAlchemy wraps any: each is an answer here.
        return [
            Finding(False, f"La base ne répond pas ({type(error).__name__}). Vérifiez "
                           "CARTABLE_DATABASE et que le serveur de base est démarré."),
            *findings,
        ]  # fmt: skip


async def _schema(settings: Settings) -> Finding:
    if await is_current(settings.database_url):
        return Finding(True, "La base répond et son schéma est à jour.")
    return Finding(False, "Le schéma de la base n’est pas à jour : lancez « cartable migrate ».")


_ROLE = """
SELECT rolsuper OR rolbypassrls AS passes, EXISTS (
    SELECT FROM pg_class AS t WHERE t.relowner = r.oid AND t.relname = 'authority_head'
) AS owns FROM pg_roles AS r WHERE rolname = current_user
"""


async def _role(settings: Settings) -> list[Finding]:
    """Whether row security holds the role that serves (PostgreSQL)."""
    if settings.is_sqlite:
        return []
    engine = create_engine(settings.database_url)
    try:
        async with engine.connect() as connection:
            role = (await connection.exec_driver_sql(_ROLE)).one()
    finally:
        await engine.dispose()
    advice = (
        "Servez avec un rôle qui ne possède rien et migrez par CARTABLE_DATABASE_OWNER (README)."
    )
    if role.passes:
        sentence = "Le rôle de CARTABLE_DATABASE passe outre la séparation des collectivités."
        return [Finding(False, f"{sentence} {advice}")]
    if role.owns:
        sentence = "Le rôle de CARTABLE_DATABASE possède les tables : il pourrait les ouvrir."
        return [Finding(False, f"{sentence} {advice}")]
    return [Finding(True, "La base sépare les collectivités, et le rôle qui sert y est tenu.")]


async def _storage(settings: Settings) -> Finding:
    try:
        await open_storage(settings).check()
    except Unavailable:
        return Finding(
            False, "Le stockage des pièces ne répond pas : vérifiez CARTABLE_STORAGE et S3."
        )
    return Finding(True, "Le stockage des pièces répond.")


async def _mail(settings: Settings) -> Finding:
    if not settings.smtp_host:
        return Finding(
            True,
            "Aucun serveur de messagerie n’est réglé (CARTABLE_SMTP_HOST) : les messages ne "
            f"partent pas, ils sont écrits dans {settings.mail_folder}",
        )
    # Mail is loaded only where there is a server to talk to.
    from cartable.mail import smtp

    outcome = await smtp.greet(settings)
    if outcome.fate is Fate.ACCEPTED:
        return Finding(
            True, f"Le serveur de messagerie répond et nous accepte. {await _sender(settings)}"
        )
    return Finding(
        False,
        f"Le serveur de messagerie {settings.smtp_host} ne nous accepte pas ({outcome.said}). "
        "Vérifiez les réglages CARTABLE_SMTP_…",
    )


async def _sender(settings: Settings) -> str:
    """Whether the sender's domain lets the mail server send for it, as far as names can tell."""
    if settings.is_local_relay:
        return ""
    from cartable.mail import dns, spf

    domain = settings.smtp_from.partition("@")[2]
    try:
        for address in (await dns.lookup(settings.smtp_host, "A"))[:1]:
            return spf.in_words(await spf.verdict(domain, address, dns.lookup), domain)
    except dns.Silent:
        pass
    return f"Les noms de {domain} n’ont pas pu être consultés : SPF à vérifier."


async def _tables(settings: Settings) -> list[Finding]:
    engine = create_engine(settings.database_url)
    try:
        async with session_maker(engine)() as db:
            theirs = await db.scalar(select(func.current_timestamp()))
            dead = await db.scalar(select(func.count()).where(Job.dead_at.is_not(None)))
    except SQLAlchemyError:
        return []  # The schema's own finding says what to do.
    finally:
        await engine.dispose()
    if dead:
        sentence = f"{dead} travaux de fond ont échoué pour de bon : voir les journaux."
        return [_clock(theirs), Finding(False, sentence)]
    return [_clock(theirs), Finding(True, "Aucun travail de fond n’a échoué.")]


def _clock(theirs: datetime | str | None) -> Finding:
    if isinstance(theirs, str):
        theirs = datetime.fromisoformat(theirs)
    if theirs is None:
        return Finding(False, "La base ne dit pas l’heure.")
    if theirs.tzinfo is None:
        theirs = theirs.replace(tzinfo=UTC)
    drift = abs((datetime.now(UTC) - theirs).total_seconds())
    if drift > CLOCK_DRIFT:
        return Finding(False, f"L’horloge et celle de la base diffèrent de {drift:.0f} s : "
                              "réglez l’heure (NTP), les délais légaux en dépendent.")  # fmt: skip
    return Finding(True, "L’horloge est d’accord avec celle de la base.")


def _keys(settings: Settings) -> Finding:
    path = key_file(settings)
    is_given = bool(settings.master_key or settings.master_key_command)
    if not is_given and not path.exists():
        return Finding(True, "La clé maîtresse sera créée au premier démarrage.")
    try:
        master = open_master_key(settings)
    except WrongSetting as wrong:
        return Finding(False, str(wrong))
    named = f"La clé maîtresse (empreinte {master.fingerprint})"
    if master.is_changing:
        return Finding(False, f"{named} est en cours de changement : terminez par "
                              "« cartable keys rotate ».")  # fmt: skip
    if is_given:
        by = "un service de clés" if settings.master_key_command else "un réglage"
        return Finding(True, f"{named} est donnée par {by}.")
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return Finding(False, f"La clé maîtresse est lisible par d’autres : chmod 600 {path}")
    if settings.is_sqlite and settings.is_https:
        return Finding(False, f"{named} est dans le dossier des données : une sauvegarde de ce "
                              f"dossier ouvrirait tout. Déplacez {path} hors de lui et donnez son "
                              "nouvel emplacement par CARTABLE_MASTER_KEY_FILE.")  # fmt: skip
    return Finding(True, f"{named} est en place. Sauvegardez {path.parent} à part de la base.")


def _signing_key(settings: Settings) -> list[Finding]:
    try:
        check_signing_key(settings)
    except WrongSetting as wrong:
        return [Finding(False, str(wrong))]
    return []


async def _match(settings: Settings) -> list[Finding]:
    """Whether this key is the one of this database; nothing when there is no good key."""
    if not (settings.master_key or settings.master_key_command or key_file(settings).exists()):
        return []  # Opening it would make it: the doctor changes nothing.
    try:
        master = open_master_key(settings)
    except WrongSetting:
        return []
    engine = create_engine(settings.database_url)
    try:
        await match_database(master, session_maker(engine))
    except WrongSetting as wrong:
        return [Finding(False, str(wrong))]
    finally:
        await engine.dispose()
    return [Finding(True, "La clé maîtresse est bien celle de cette base.")]


def _proxy(settings: Settings) -> list[Finding]:
    """Whether strangers are told from one another; nothing to say of a server without HTTPS."""
    if not settings.is_https:
        return []
    if settings.trusted_proxy:
        return [Finding(True, f"Le relais {settings.trusted_proxy} dit d’où viennent les gens.")]
    return [
        Finding(False, "CARTABLE_TRUSTED_PROXY est vide : derrière un relais (nginx), chacun "
                       "semble venir de la même adresse, et les essais d’un inconnu feraient "
                       "attendre tous les autres. Donnez l’adresse du relais, par exemple "
                       "127.0.0.1.")
    ]  # fmt: skip


def _disk(settings: Settings) -> Finding:
    folder = next(place for place in (settings.data, *settings.data.parents) if place.exists())
    free = shutil.disk_usage(folder).free
    if free < LEAST_DISK:
        return Finding(False, f"Il reste {free // 1_000_000} Mo sur le disque : libérez 2 Go.")
    return Finding(True, f"Il reste {free // 1_000_000_000} Go sur le disque.")


def _interface(settings: Settings) -> Finding:
    if (settings.web_root / "index.html").is_file():
        return Finding(True, "L’interface est construite.")
    return Finding(False, "L’interface n’est pas construite : lancez « make demo » ou voir README.")
