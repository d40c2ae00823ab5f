"""Passwords: argon2id with the parameters of OWASP, never on the event loop.

https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
"""

import asyncio
import hashlib
import os
import secrets
import unicodedata
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

# m = 19 MiB, t = 2, p = 1: 47 ms. The library's default costs ten times that.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# As many hashes at once as cores: more would only make everybody wait.
_pool = ThreadPoolExecutor(max_workers=os.cpu_count() or 1, thread_name_prefix="argon2")
_NOBODY = _hasher.hash(secrets.token_hex(16))
# No 0/O, 1/I/L: a code is read aloud and typed on a tablet.
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def _typed(password: str) -> str:
    # Keyboards disagree on how to write « é »: one form of it is hashed (NIST SP 800-63B, 5.1.1.2).
    return unicodedata.normalize("NFKC", password)


async def hash_password(password: str) -> str:
    """The PHC string to store."""
    return await asyncio.get_running_loop().run_in_executor(_pool, _hasher.hash, _typed(password))


async def password_matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is right. `None` takes as long as a real hash and is never right."""

    def verify() -> bool:
        try:
            return _hasher.verify(password_hash or _NOBODY, _typed(password))
        except (VerificationError, InvalidHashError):
            return False

    matches = await asyncio.get_running_loop().run_in_executor(_pool, verify)
    return matches and password_hash is not None


def token_hash(token: str) -> str:
    """What the database keeps of a device's secret: it has 256 bits, a plain hash is enough."""
    return hashlib.sha256(token.encode()).hexdigest()
