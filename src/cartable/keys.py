"""The master key: where it comes from, the change from one to the next, and what it must match.

It stands in a file of its own, in a setting, or in a key service that a command asks. Two may be
given while they change: the first seals, both open. What must outlive a change (keyed hashes) has a
secret of its own, sealed in the database by the master key; it also tells whether this key is the
one of this database.
"""

import logging
import os
import shlex
import stat
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import LargeBinary, Text, Uuid, column, select, table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import OperationalError, ProgrammingError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker
from sqlalchemy.orm import Mapped, mapped_column

from cartable.database import Table, begin_read, begin_write, end
from cartable.sealing import Key, SealBroken, Sealed, SealedBytes, flush_folder, write_secret
from cartable.settings import Settings, WrongSetting, read_keys

log = logging.getLogger(__name__)

DIGESTS = "digests"
PATIENCE = 20.0
"""Seconds a key service may take."""


class ServerSecret(Table):
    """What all processes of the server share and nobody else may know, sealed by the master key."""

    __tablename__ = "server_secret"

    name: Mapped[str] = mapped_column(Text, primary_key=True)
    sealed: Mapped[SealedBytes] = mapped_column(Sealed("server_secret.sealed:{name}"))
    created_at: Mapped[datetime]
    fingerprint: Mapped[str | None] = mapped_column(Text)
    """Of the master key that sealed it, so that another one can be named when it is refused."""


_ACCOUNT_KEYS = select(column("account_id", Uuid), column("wrapped", LargeBinary)).select_from(
    table("account_key")
)
"""The table is of a floor above this one."""


class MasterKey(Key):
    """The master key in force; older ones still open what they sealed while they are given too.

    `reread` gives the secrets anew when their file has changed: processes that run meanwhile follow
    a change of key without being started again.
    """

    def __init__(
        self, secrets: Sequence[bytes], reread: Callable[[], Sequence[bytes] | None] | None = None
    ) -> None:
        super().__init__(secrets[0])
        self._reread = reread
        self._digests: Key | None = None
        self._hold(secrets)

    def _hold(self, secrets: Sequence[bytes]) -> None:
        self._keys = [Key(secret) for secret in secrets]

    def _follow(self) -> None:
        if self._reread is not None and (secrets := self._reread()):
            self._hold(secrets)

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits that name the key in force and tell nothing of it."""
        self._follow()
        return self._keys[0].fingerprint

    @property
    def is_changing(self) -> bool:
        """An older key is still given."""
        self._follow()
        return len(self._keys) > 1

    def seal(self, plain: bytes, place: str) -> SealedBytes:
        """With the key in force."""
        self._follow()
        return self._keys[0].seal(plain, place)

    def open(self, sealed: SealedBytes, place: str) -> bytes:
        """With whichever key sealed it.

        Raises:
            SealBroken: none of those given.
        """
        self._follow()
        for key in self._keys:
            with suppress(SealBroken):
                return key.open(sealed, place)
        raise SealBroken

    def renewed(self, sealed: SealedBytes, place: str) -> SealedBytes | None:
        """The same, sealed by the key in force; None when it is already.

        Raises:
            SealBroken
        """
        self._follow()
        with suppress(SealBroken):
            self._keys[0].open(sealed, place)
            return None
        return self.seal(self.open(sealed, place), place)

    def digest(self, purpose: str, message: str) -> str:
        """With a secret of its own, so that what was hashed is found again under the next key."""
        return (self._digests or self._keys[0]).digest(purpose, message)

    def digest_with(self, secret: bytes) -> None:
        """From now on."""
        self._digests = Key(secret)


@dataclass
class _Watched:
    """A file of keys, read again when it is another one than the last time."""

    path: Path
    seen: tuple[int, int, int]
    refused: tuple[int, int, int] | None = None

    def __call__(self) -> Sequence[bytes] | None:
        try:
            found = _look(self.path)
        except OSError:
            return None  # Those in memory still serve: the doctor says that the file is gone.
        if found == self.seen:
            return None
        try:
            secrets = read_key_file(self.path)
        except WrongSetting as wrong:
            # Caught while it was copied or closed to others: it is read again until it can be.
            if found != self.refused:
                log.warning(str(wrong))
            self.refused = found
            return None
        self.seen = found
        return secrets


def _look(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_ino, found.st_mtime_ns, found.st_size


def key_file(settings: Settings) -> Path:
    """Where the master key is when no setting gives it."""
    return settings.data / "keys" / "master.key"


def open_master_key(settings: Settings) -> MasterKey:
    """From the setting, the command, or the file, which is made at the first start.

    Raises:
        WrongSetting: with a sentence; never with a part of a key.
    """
    if settings.master_key:
        return MasterKey(read_keys(settings.master_key))
    if settings.master_key_command:
        return MasterKey(_ask(settings.master_key_command))
    path = key_file(settings)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_secret(path)
    seen = _look(path)
    return MasterKey(read_key_file(path), _Watched(path, seen))


def read_key_file(path: Path) -> list[bytes]:
    """The keys that a file holds, the one in force first.

    Raises:
        WrongSetting: others can read it, or it holds something else.
    """
    try:
        if path.stat().st_mode & stat.S_IROTH:
            raise WrongSetting(f"La clé maîtresse est lisible par d’autres : chmod 600 {path}")
        return read_keys(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        raise WrongSetting(
            f"La clé maîtresse est illisible ou abîmée : remettez {path} depuis sa sauvegarde."
        ) from None


def _ask(command: str) -> list[bytes]:
    """Run the command of a key service. Nothing of what it says is ever shown."""
    name = "CARTABLE_MASTER_KEY_COMMAND"
    try:
        done = subprocess.run(  # noqa: S603
            shlex.split(command),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise WrongSetting(f"{name} : pas de réponse en {PATIENCE:.0f} secondes.") from None
    except (OSError, ValueError):
        raise WrongSetting(f"{name} : cette commande ne peut pas être lancée.") from None
    if done.returncode != 0:
        raise WrongSetting(f"{name} : la commande a échoué (code {done.returncode}).")
    try:
        return read_keys(done.stdout.decode("ascii"))
    except ValueError:
        raise WrongSetting(
            f"{name} : la commande doit écrire la clé, 64 chiffres hexadécimaux."
        ) from None


async def match_database(
    master: MasterKey, sessions: async_sessionmaker[AsyncSession], now: datetime | None = None
) -> None:
    """Read the secret of keyed hashes, made at the first start; nothing on an empty database.

    Raises:
        WrongSetting: this key is not the one of this database.
    """
    async with sessions() as db:
        try:
            await begin_read(db)
            row = await db.get(ServerSecret, DIGESTS)
        except (OperationalError, ProgrammingError):
            return  # No table yet: the schema's own check says so.
        if row is None:
            await _match_what_is_sealed(db, master)
            row = await _make_digests(db, master, now or datetime.now(UTC))
    try:
        master.digest_with(master.open(row.sealed, _place(DIGESTS)))
    except SealBroken:
        raise _not_its_key(master, row.fingerprint) from None


def _not_its_key(master: MasterKey, fingerprint: str | None) -> WrongSetting:
    return WrongSetting(
        f"La clé maîtresse (empreinte {master.fingerprint}) n’est pas celle de cette base "
        f"(empreinte {fingerprint or 'inconnue'}). Remettez la clé gardée à part des "
        "sauvegardes ; rien n’a été modifié."
    )


async def _match_what_is_sealed(db: AsyncSession, master: MasterKey) -> None:
    """Whether the key opens what a version before the secret of keyed hashes has sealed.

    Raises:
        WrongSetting: it does not.
    """
    try:
        for secret in await db.scalars(select(ServerSecret)):
            master.open(secret.sealed, _place(secret.name))
        for account in await db.execute(_ACCOUNT_KEYS.limit(1)):
            master.open(SealedBytes(account.wrapped), f"account_key:{account.account_id}")
    except SealBroken:
        raise _not_its_key(master, None) from None


async def _make_digests(db: AsyncSession, master: MasterKey, now: datetime) -> ServerSecret:
    await begin_write(db)
    insert: Any = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    await db.execute(
        insert(ServerSecret)
        .values(
            name=DIGESTS,
            sealed=master.seal(os.urandom(32), _place(DIGESTS)),
            created_at=now,
            fingerprint=master.fingerprint,
        )
        # Of processes that start together, one succeeds and all use what it kept.
        .on_conflict_do_nothing(index_elements=["name"])
    )
    row = (await db.scalars(select(ServerSecret).where(ServerSecret.name == DIGESTS))).one()
    await end(db, commit=True)
    return row


def _place(name: str) -> str:
    return f"server_secret.sealed:{name}"


def add_key(path: Path) -> None:
    """Put a new key before the one of a file; nothing when there are two already."""
    old = read_key_file(path)
    if len(old) == 1:
        _replace(path, [os.urandom(32), *old])


def drop_old_key(path: Path) -> Path | None:
    """Leave the key in force alone; where the older one was set aside, for older backups."""
    newest, *older = read_key_file(path)
    if not older:
        return None
    aside = path.with_name(f"retired-{Key(older[0]).fingerprint}.key")
    _replace(aside, older)
    _replace(path, [newest])
    return aside


def _replace(path: Path, secrets: Sequence[bytes]) -> None:
    """Write a whole file of keys or leave the one that is there, even when the power fails."""
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-")
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write("\n".join(secret.hex() for secret in secrets) + "\n")
        file.flush()
        os.fsync(file.fileno())
    Path(aside).replace(path)
    flush_folder(path.parent)
