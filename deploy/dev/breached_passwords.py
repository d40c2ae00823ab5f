"""Make `src/cartable/accounts/breached.bin` from public lists of leaked passwords.

    python deploy/dev/breached_passwords.py LIST…

Each LIST is a text with one password a line, most common first, such as (of SecLists, MIT licence)
`10-million-password-list-top-1000000.txt` and `xato-net-10-million-passwords-100000.txt`, and (of
Richelieu, CC BY 4.0) `french_passwords_top20000.txt`. Nothing is fetched, and the same lists give
the same file. What goes into it is told by `accounts/breached.py`, which reads it.
"""

import itertools
import math
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from cartable.accounts.breached import HASHES, places, plain
from cartable.accounts.rules import MINIMUM

TARGET = Path(__file__).parents[2] / "src/cartable/accounts/breached.bin"
WORDS = 450
"""The most common words of each list, from which guessing programs start."""

TAILS = (
    *("".join(str(n % 10) for n in range(1, end)) for end in range(3, 13)),
    *(str(year) for year in range(1940, 2031)),
    "00", "007", "1234!", "123!", "69", "75", "13", "93", "azerty", "qwerty", "123azerty",
)  # fmt: skip
WALKS = ("azertyuiopqsdfghjklmwxcvbn", "qwertyuiopasdfghjklzxcvbnm", "1234567890", "0123456789",
         "abcdefghijklmnopqrstuvwxyz", "1q2w3e4r5t6y7u8i9o0p", "1a2z3e4r5t6y7u8i9o0p",
         "aqwzsxedcrfvtgbyhn", "1qaz2wsx3edc4rfv5tgb6yhn", "&é\"'(-è_çà)=")  # fmt: skip


def wanted(lists: list[list[str]]) -> set[str]:
    """Every password of the filter."""
    found = {one for words in lists for one in words}
    for words in lists:
        letters = [word for word in words if word.isalpha() and 4 <= len(word) < MINIMUM][:WORDS]
        found.update(_derived(letters))
    for walk in WALKS:
        twice = walk + walk
        found.update(
            part[::way]
            for start, end in itertools.combinations(range(len(twice) + 1), 2)
            for part in [twice[start:end]]
            for way in (1, -1)
            if MINIMUM <= end - start <= 20
        )
    return {one for one in found if len(one) >= MINIMUM}


def _derived(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        for tail in TAILS:
            yield word + tail
            yield word + tail + "!"
        yield word * 2
        yield word * 3


def main(names: list[str]) -> None:
    """Write the filter, and say what it holds."""
    texts = [Path(name).read_text(encoding="utf-8", errors="ignore") for name in names]
    passwords = wanted([[plain(line.strip()) for line in text.splitlines()] for text in texts])
    # The size at which `HASHES` bits each fill half of the filter: one in 2**HASHES by chance.
    size = math.ceil(len(passwords) * HASHES / math.log(2) / 8) * 8
    bits = bytearray(size // 8)
    for password in passwords:
        for at in places(password, size):
            bits[at >> 3] |= 1 << (at & 7)
    told = f"{len(passwords)} passwords of {MINIMUM} characters or more, of {len(texts)} lists\n"
    TARGET.write_bytes(told.encode() + bytes(bits))
    print(f"{told.strip()}: {TARGET.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
