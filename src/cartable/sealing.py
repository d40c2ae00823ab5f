"""Private data at rest: a master key outside the database wraps one key per account.

A dump of the database without the master key shows nothing (sync.md, section 5).
"""

import hmac
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import Dialect, LargeBinary, TypeDecorator

_VERSION = b"\x01"
_NONCE = 12


class SealBroken(Exception):
    """Sealed bytes were altered, moved to another place, or belong to another key."""


class SealedBytes(bytes):
    """Bytes that went through a `Key`: the only thing a `Sealed` column accepts."""

    __slots__ = ()


class Sealed(TypeDecorator[SealedBytes]):
    """A column that refuses anything a `Key` has not sealed: plain text cannot slip in.

    `place`: for what the master key seals, where it lives, made of columns of its row
    (`mail.sealed:{id}`): a change of master key finds it so. Left out: sealed by another key.
    """

    impl = LargeBinary
    cache_ok = True

    def __init__(self, place: str = "") -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: Any, dialect: Dialect) -> bytes | None:
        """Refuse plain bytes."""
        if value is None or isinstance(value, SealedBytes):
            return value
        raise TypeError("a Sealed column takes SealedBytes only")

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> SealedBytes | None:
        """What comes back is still sealed."""
        return None if value is None else SealedBytes(value)


class Key:
    """A 256-bit AES-GCM key. `place` binds sealed bytes to where they live: `table.column:id`."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != 32:
            raise ValueError("a key has 32 bytes")
        self._cipher = AESGCM(secret)
        self._secret = secret

    def seal(self, plain: bytes, place: str) -> SealedBytes:
        """Sealed form: version, 96-bit nonce, ciphertext and tag."""
        nonce = os.urandom(_NONCE)
        return SealedBytes(_VERSION + nonce + self._cipher.encrypt(nonce, plain, place.encode()))

    def open(self, sealed: SealedBytes, place: str) -> bytes:
        """The plain bytes.

        Raises:
            SealBroken: wrong key, wrong place, or altered bytes.
        """
        if sealed[:1] != _VERSION or len(sealed) < 1 + _NONCE:
            raise SealBroken
        nonce, body = sealed[1 : 1 + _NONCE], sealed[1 + _NONCE :]
        try:
            return self._cipher.decrypt(nonce, body, place.encode())
        except InvalidTag:
            raise SealBroken from None

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits that name the key and tell nothing of it."""
        return hmac.digest(self._secret, b"fingerprint", "sha256").hex()[:16]

    def digest(self, purpose: str, message: str) -> str:
        """A keyed hash (HMAC-SHA-256, hexadecimal) that only holders of this key can make."""
        return hmac.digest(self._secret, f"{purpose}\0{message}".encode(), "sha256").hex()


def _secret_file(path: Path) -> bytes:
    """The 32 bytes that a file of keys holds in hexadecimal, drawn when it is not there yet."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_secret(path)
    return bytes.fromhex(path.read_text(encoding="ascii").strip())


def write_secret(path: Path) -> None:
    """Write 32 random bytes aside, flush to the disk, then give them their name unless somebody
    else just did: processes that start together share one, and none ever sees it half written."""
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}-")
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(os.urandom(32).hex())
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(aside, path)
    finally:
        Path(aside).unlink()
    flush_folder(path.parent)


def flush_folder(folder: Path) -> None:
    """Make new names in a folder survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class SigningKey:
    """An Ed25519 key (RFC 8032) that signs checkpoints of the journal."""

    def __init__(self, secret: bytes) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(secret)

    @property
    def public(self) -> bytes:
        """The 32 bytes that anybody may check signatures with."""
        return self._key.public_key().public_bytes_raw()

    def sign(self, message: bytes) -> bytes:
        """A signature of 64 bytes."""
        return self._key.sign(message)


def is_signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the holder of a public key's other half signed this message."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def public_key_file(public: bytes) -> str:
    """A public key as other programs read it (PEM, RFC 8410)."""
    key = Ed25519PublicKey.from_public_bytes(public)
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()


def load_signing_key(folder: Path) -> SigningKey:
    """The key of the journal's checkpoints, `folder/journal.key`, made at the first start."""
    return SigningKey(_secret_file(folder / "journal.key"))


def new_account_key(master: Key, account_id: str) -> SealedBytes:
    """A fresh key for one account, wrapped by the master key."""
    return master.seal(os.urandom(32), f"account_key:{account_id}")


def open_account_key(master: Key, wrapped: SealedBytes, account_id: str) -> Key:
    """The key of one account."""
    return Key(master.open(wrapped, f"account_key:{account_id}"))
