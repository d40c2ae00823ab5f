"""Every setting, read once from the environment.

`CARTABLE_<NAME>` holds the value, or `CARTABLE_<NAME>_FILE` names a file that holds it.

`TABLE` is the whole list; the README shows the same one and a test compares them.
"""

import os
import re
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).resolve().parents[2]
"""The folder that holds `frontend/` and `migrations/`."""


class WrongSetting(Exception):
    """A setting stops the start; the message is a sentence for the person who installs."""


def _setting(
    read: Callable[[str], Any], default: Any, meaning: str, *, is_secret: bool = False
) -> Any:
    return field(default=default, repr=not is_secret, metadata={"read": read, "meaning": meaning})


def _text(value: str) -> str:
    return value


def _path(value: str) -> Path:
    return Path(value).expanduser().resolve()


def _whole(low: int, high: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        number = int(value) if value.strip().isdecimal() else -1
        if not low <= number <= high:
            raise ValueError(f"il faut un nombre entier entre {low} et {high}")
        return number

    return read


def _choice(*words: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if value not in words:
            raise ValueError("il faut " + " ou ".join(f"« {word} »" for word in words))
        return value

    return read


def _database(value: str) -> str:
    if not value.startswith(("sqlite+aiosqlite:///", "postgresql+asyncpg://")):
        raise ValueError("il faut une adresse sqlite+aiosqlite://… ou postgresql+asyncpg://…")
    return value


def _web(value: str) -> str:
    wrong = ValueError("il faut une adresse comme https://cartable.mairie.fr, sans chemin")
    try:
        url = urlsplit(value)
        is_right = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
    except ValueError:
        raise wrong from None
    if not is_right or url.path not in ("", "/") or url.query or url.fragment or url.username:
        raise wrong
    return value.rstrip("/")


def _hosts(value: str) -> tuple[str, ...]:
    hosts = tuple(one.strip().lower() for one in value.split(",") if one.strip())
    if any("/" in one or " " in one for one in hosts):
        raise ValueError("il faut des noms séparés par des virgules, comme push.mairie.fr")
    return hosts


def _host(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9.:_-]{1,253}", value):
        raise ValueError("il faut un nom de serveur, comme smtp.mairie.fr")
    return value


def _mail_address(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]{1,189}", value):
        raise ValueError("il faut une adresse comme cartable@mairie.fr, sans nom")
    return value


@dataclass(frozen=True)
class Settings:
    """All settings with their defaults: SQLite and files under `var/`, loopback only."""

    data: Path = _setting(_path, ROOT / "var", "folder of the embedded database, files and keys")
    database: str = _setting(
        _database,
        "",
        "`sqlite+aiosqlite:///…` or `postgresql+asyncpg://…`; empty: SQLite in data",
        is_secret=True,
    )
    database_owner: str = _setting(
        _database,
        "",
        "the same database for the role that owns the tables and migrates; empty: the one above",
        is_secret=True,
    )
    storage: str = _setting(_choice("files", "s3"), "files", "where the bytes are: `files` or `s3`")
    s3_endpoint: str = _setting(_web, "", "address of the S3 server")
    s3_region: str = _setting(_text, "default", "region name given to the S3 server")
    s3_bucket: str = _setting(_text, "cartable", "bucket, made at the first start when absent")
    s3_access_key: str = _setting(_text, "", "identifier for the S3 server")
    s3_secret_key: str = _setting(_text, "", "secret for the S3 server", is_secret=True)
    master_key: str = _setting(
        _text,
        "",
        "64 hexadecimal digits that seal private data; empty: a file in data/keys",
        is_secret=True,
    )
    master_key_command: str = _setting(
        _text, "", "command of a key service that writes the master key, instead of the above"
    )
    host: str = _setting(_text, "127.0.0.1", "address the server listens on")
    port: int = _setting(_whole(1, 65535), 8000, "port the server listens on")
    public_url: str = _setting(
        _web, "", "address people type; empty: http://localhost and the port"
    )
    workers: int = _setting(_whole(1, 64), 1, "web processes (1 with SQLite)")
    web_root: Path = _setting(_path, ROOT / "frontend" / "dist", "folder of the built interface")
    file_sending: str = _setting(
        _choice("direct", "x-accel"), "direct", "`x-accel`: nginx sends the files (/_objects/)"
    )
    upload_limit: int = _setting(_whole(1, 10_000), 300, "largest piece, in megabytes")
    trusted_proxy: str = _setting(
        _text, "", "address of the reverse proxy whose X-Forwarded-For is believed"
    )
    proof_minutes: int = _setting(
        _whole(1, 60), 5, "how long a sign-in or a confirmation opens deeds that weigh much"
    )
    session_idle_days: int = _setting(
        _whole(1, 366), 90, "days without a visit after which a device signs in again"
    )
    session_days: int = _setting(
        _whole(1, 400), 400, "days after which a device signs in again, whatever its visits"
    )
    desk_hours: int = _setting(
        _whole(1, 168), 12, "hours after which clerks and administrators confirm who they are"
    )
    push_hosts: tuple[str, ...] = _setting(
        _hosts, (), "push services beside those of the browsers: `push.mairie.fr,…`"
    )
    connection_hosts: tuple[str, ...] = _setting(
        _hosts, (), "identity providers inside the network: `sso.mairie.lan,…`"
    )
    smtp_host: str = _setting(
        _host, "", "mail server that takes what Cartable sends; empty: files in data/mail"
    )
    smtp_port: int = _setting(_whole(1, 65535), 587, "its port: 587 starttls, 465 tls, 25 none")
    smtp_security: str = _setting(
        _choice("starttls", "tls", "none"), "starttls", "`starttls`, `tls`, or `none` (local relay)"
    )
    smtp_user: str = _setting(_text, "", "identifier for the mail server, when it wants one")
    smtp_password: str = _setting(_text, "", "its password", is_secret=True)
    smtp_from: str = _setting(_mail_address, "", "address that messages come from")
    log_level: str = _setting(
        _choice("debug", "info", "warning", "error"), "info", "what the logs keep"
    )

    @property
    def database_url(self) -> str:
        """The SQLAlchemy URL, embedded database included."""
        return self.database or f"sqlite+aiosqlite:///{self.data / 'cartable.sqlite3'}"

    @property
    def owner_url(self) -> str:
        """The database as the role that migrates it reaches it."""
        return self.database_owner or self.database_url

    @property
    def serving_role(self) -> str:
        """The role to be let in by the one that migrates; empty when they are the same."""
        return unquote(urlsplit(self.database).username or "") if self.database_owner else ""

    @property
    def scratch(self) -> Path:
        """Where files lie while they arrive or are being read."""
        return self.data / "tmp"

    @property
    def revocations(self) -> Path:
        """What was taken away: never put back from a backup with the database."""
        return self.data / "revocations.jsonl"

    @property
    def mail_folder(self) -> Path:
        """Where messages are written when no mail server is set."""
        return self.data / "mail"

    @property
    def sender_address(self) -> str:
        """Where messages come from; without a server they go nowhere (RFC 2606)."""
        return self.smtp_from or "cartable@cartable.invalid"

    @property
    def mail_domain(self) -> str:
        """Name under which this server makes the names of messages, and greets others."""
        return urlsplit(self.address).hostname or "localhost"

    @property
    def is_local_relay(self) -> bool:
        """Whether the mail server is on this machine."""
        return self.smtp_host in ("localhost", "127.0.0.1", "::1")

    @property
    def checkpoints(self) -> Path:
        """Signed checkpoints of the journal: never put back from a backup with the database."""
        return self.data / "journal-checkpoints.jsonl"

    @property
    def is_sqlite(self) -> bool:
        """Whether the embedded database serves."""
        return self.database_url.startswith("sqlite")

    @property
    def proof_lasts(self) -> timedelta:
        """How long somebody who showed who they are need not do it again."""
        return timedelta(minutes=self.proof_minutes)

    @property
    def address(self) -> str:
        """Origin of the pages as people type it, without a final slash."""
        return self.public_url or f"http://localhost:{self.port}"

    @property
    def is_https(self) -> bool:
        """Whether people come over HTTPS (then cookies are `__Host-` and `Secure`)."""
        return self.address.startswith("https://")


TABLE = [
    (f"CARTABLE_{f.name.upper()}", f.default, str(f.metadata["meaning"])) for f in fields(Settings)
]


def load_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """Settings of this process.

    Raises:
        WrongSetting: with a sentence that names the setting, what is wrong and what is expected.
    """
    known = {name for name, _, _ in TABLE} | {f"{name}_FILE" for name, _, _ in TABLE}
    for name in environment:
        if name.startswith("CARTABLE_") and name not in known and not _is_foreign(name):
            raise WrongSetting(f"{name} n’est pas un réglage de Cartable (voir README).")
    values: dict[str, Any] = {}
    for f in fields(Settings):
        name = f"CARTABLE_{f.name.upper()}"
        if (value := _value(environment, name)) is not None:
            try:
                values[f.name] = f.metadata["read"](value)
            except ValueError as error:
                raise WrongSetting(f"{name} : {error}.") from None
    return _coherent(Settings(**values))


def _is_foreign(name: str) -> bool:
    return name.startswith(("CARTABLE_TEST_", "CARTABLE_DEV_"))


def _value(environment: Mapping[str, str], name: str) -> str | None:
    direct, file = environment.get(name), environment.get(f"{name}_FILE")
    if direct and file:
        raise WrongSetting(f"{name} et {name}_FILE sont donnés tous les deux : gardez-en un.")
    if not file:
        return direct or None
    try:
        if name == "CARTABLE_MASTER_KEY" and Path(file).stat().st_mode & stat.S_IROTH:
            raise WrongSetting(f"{name}_FILE : {file} est lisible par tous ; chmod 600 {file}")
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise WrongSetting(f"{name}_FILE : le fichier {file} ne peut pas être lu.") from None


def _coherent(settings: Settings) -> Settings:
    if settings.storage == "s3":
        for name in ("s3_endpoint", "s3_access_key", "s3_secret_key"):
            if not getattr(settings, name):
                raise WrongSetting(f"CARTABLE_{name.upper()} manque : le stockage S3 en a besoin.")
    if settings.smtp_host and not settings.smtp_from:
        raise WrongSetting("CARTABLE_SMTP_FROM manque : les messages partent de cette adresse.")
    if settings.smtp_security == "none" and settings.smtp_user and not settings.is_local_relay:
        raise WrongSetting(
            "CARTABLE_SMTP_SECURITY : avec un identifiant, le mot de passe passerait en clair ; "
            "il faut starttls ou tls."
        )
    if settings.is_sqlite and settings.workers > 1:
        raise WrongSetting("CARTABLE_WORKERS : avec SQLite, un seul processus (1).")
    if settings.master_key and settings.master_key_command:
        raise WrongSetting("CARTABLE_MASTER_KEY et CARTABLE_MASTER_KEY_COMMAND : gardez-en un.")
    if settings.master_key:
        try:
            read_keys(settings.master_key)
        except ValueError:
            raise WrongSetting(
                "CARTABLE_MASTER_KEY : il faut 64 chiffres hexadécimaux (deux fois, séparés par "
                "un espace, le temps d’un changement de clé : la nouvelle d’abord)."
            ) from None
    return settings


def read_keys(text: str) -> list[bytes]:
    """One master key, or two while they change, the new one first (32 bytes each).

    Raises:
        ValueError
    """
    words = text.split()
    if not 1 <= len(words) <= 2 or any(not re.fullmatch(r"[0-9a-fA-F]{64}", w) for w in words):
        raise ValueError("no key")
    return [bytes.fromhex(word) for word in words]
