"""Passwords that guessers try first, known without asking anybody.

`breached.bin` is a Bloom filter (Bloom, 1970) of passwords of 12 characters or more, in lower case;
the first line of the file says how many and where they are from, and
`deploy/dev/breached_passwords.py` made it. It holds the long ones of public lists of leaked
passwords, French ones among them, and what guessing programs derive from the most common words:
two in a row, one with a year or a run of digits. It does not hold the billions of a breach
service: nothing here leaves the town hall. One good password in a million is refused for nothing.
"""

import hashlib
import unicodedata
from functools import cache
from pathlib import Path

_FILE = Path(__file__).with_name("breached.bin")
HASHES = 20


def plain(password: str) -> str:
    """The form that is looked for: capitals and ways to write an accent do not matter."""
    return unicodedata.normalize("NFKC", password).casefold()


def places(password: str, size: int) -> list[int]:
    """The bits of a password in a filter of `size` bits (Kirsch and Mitzenmacher, 2006)."""
    digest = hashlib.sha256(plain(password).encode()).digest()
    first, second = int.from_bytes(digest[:8], "big"), int.from_bytes(digest[8:16], "big") | 1
    return [(first + i * second) % size for i in range(HASHES)]


@cache
def bits() -> bytes:
    """The filter: a bit is set for each place of each password."""
    return _FILE.read_bytes().partition(b"\n")[2]


def is_breached(password: str) -> bool:
    """Whether a password is among those tried first."""
    held = bits()
    return all(held[at >> 3] >> (at & 7) & 1 for at in places(password, len(held) * 8))
