"""Rules of passwords and of guesses."""

import unicodedata
from datetime import datetime, timedelta

from cartable.errors import CartableError, Invalid

MINIMUM = 12
"""Characters of a password (CNIL, délibération 2022-100; ANSSI)."""

NAME_LIMIT = 60
"""Characters of the name of a device or passkey."""

WINDOW = timedelta(minutes=15)
KEPT_SIGNED_OUT = timedelta(days=30)
"""How long a signed-out device may still empty itself (sync.md, section 4)."""

REMEMBERED = timedelta(days=400)
"""How long a signed-out device is told that it was revoked: longer than its cookie lives."""


class WrongCredentials(CartableError):
    """The address or the password is wrong; which one is never said."""

    status = 401


class DeviceSignedOut(CartableError):
    """This device was signed out from elsewhere: it must forget what it holds."""

    status = 401


class AnotherAccount(CartableError):
    """The page works for one account, another has signed in to the same browser since."""

    status = 401


class Revoked(CartableError):
    """This device was signed out more than 30 days ago: whatever it still holds, it forgets."""

    status = 403


class PasswordMustChange(CartableError):
    """Signed in with a one-time password: choose one first."""

    status = 403


class ProofNeeded(CartableError):
    """What is asked weighs much: show again that it is you. details: ways."""

    status = 403


class PasswordTooShort(Invalid):
    """details: minimum."""


class PasswordTooCommon(Invalid):
    """It is one of the first that a guesser tries, or made of the person's own name."""


class PasswordUnchanged(Invalid):
    """The new one is the one in use."""


_COMMON = (
    "motdepasse", "password", "azerty", "qwerty", "123456789", "cartable", "conseilmunicipal",
    "bienvenue", "soleil", "mairie", "administrateur", "changezmoi", "jetaime",
)  # fmt: skip


def check_new_password(new: str, current: str | None, about: tuple[str, ...]) -> None:
    """Refuse what is short, unchanged, or guessed first. `about`: names and address of the person.

    Raises:
        PasswordTooShort, PasswordTooCommon, PasswordUnchanged
    """
    if len(new) < MINIMUM:
        raise PasswordTooShort(minimum=MINIMUM)
    if new == current:
        raise PasswordUnchanged
    plain = _letters(new)
    for word in (*_COMMON, *map(_letters, about)):
        if len(word) >= 4:
            plain = plain.replace(word, "")
    if len(set(plain)) < 4:
        raise PasswordTooCommon


def _letters(text: str) -> str:
    """Letters and digits alone, in lower case and without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if c.isalnum())


def wait_after(failures: int, since: datetime, allowed: int, now: datetime) -> int:
    """Seconds to wait before the next guess of a bucket; 0 when it may be tried now.

    The window slides: when it is over the count starts again, so nobody is shut out for long.
    """
    if failures < allowed or now >= since + WINDOW:
        return 0
    return max(1, int((since + WINDOW - now).total_seconds()))
