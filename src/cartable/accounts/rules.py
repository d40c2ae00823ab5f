"""Rules of passwords, of guesses and of tickets."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from cartable.accounts.breached import is_breached
from cartable.errors import CartableError, Conflict, Invalid

MINIMUM = 12
"""Characters of a password (CNIL, délibération 2022-100; ANSSI)."""

NAME_LIMIT = 60
"""Characters of the name of a device or passkey."""

WINDOW = timedelta(minutes=15)
KEPT_SIGNED_OUT = timedelta(days=30)
"""How long a signed-out device may still empty itself (sync.md, section 4)."""

REMEMBERED = timedelta(days=440)
"""How long a signed-out device is told that it was revoked: longer than its cookie lives."""


TICKETS_KEPT = timedelta(days=30)
"""Tickets are remembered so long once they are over, so that an old link is explained."""

CHALLENGE_LASTS = timedelta(minutes=10)
DEVICES = 5
"""Signed-in devices of one person: a tablet, a telephone, two computers, and one to spare."""

PASSKEYS = 20
RECOVERY_CODES = 10


@dataclass(frozen=True)
class Limits:
    """How long a session lasts. `idle` and `absolute` end it; `desk` is how old the last proof may
    be for what a clerk or an administrator does with it. `given`: all that a clerk's code gives,
    unless its person then shows who they are."""

    idle: timedelta
    absolute: timedelta
    desk: timedelta
    given: timedelta = timedelta(hours=24)


class WrongCredentials(CartableError):
    """The address or the password is wrong; which one is never said."""

    status = 401


class AddressNotProven(CartableError):
    """Nobody has opened an invitation sent to the account's address yet: no lasting way in."""

    status = 403


class DeviceSignedOut(CartableError):
    """This device was signed out from elsewhere: it must forget what it holds."""

    status = 401


class AnotherAccount(CartableError):
    """The page works for one account, another has signed in to the same browser since."""

    status = 401


class Revoked(CartableError):
    """This device was signed out more than 30 days ago: whatever it still holds, it forgets."""

    status = 403


class ProofNeeded(CartableError):
    """What is asked weighs much, or a desk was left for long: show again that it is you."""

    status = 403


class SecondStepNeeded(CartableError):
    """The password is right; a passkey or a code must follow. details: challenge, ways."""

    status = 401


class WrongCode(CartableError):
    """Not the code of this moment, already used, or no recovery code of this account."""

    status = 401


class PasskeyRefused(CartableError):
    """Unknown here, removed, or not what its authenticator would have answered."""

    status = 401


class ChallengeOver(CartableError):
    """Too late, or answered already: ask again."""

    status = 410


class CodesAlreadyThere(Conflict):
    """An application gives codes already; it is removed first."""


class PasskeyKnown(Conflict):
    """This passkey is registered already."""


class TooManyPasskeys(Conflict):
    """details: maximum."""


class LastWayIn(Conflict):
    """Without it the person could not come back: another way in is needed first."""


class TooManyDevices(CartableError):
    """This device came in beyond the maximum: another must be signed out. details: maximum."""

    status = 403


class PasswordTooShort(Invalid):
    """details: minimum."""


class PasswordTooCommon(Invalid):
    """It is one of the first that a guesser tries, or made of the person's own name."""


class PasswordUnchanged(Invalid):
    """The new one is the one in use."""


COMMON = (
    "motdepasse", "password", "azerty", "qwerty", "123456789", "cartable", "conseilmunicipal",
    "bienvenue", "soleil", "mairie", "administrateur", "changezmoi", "jetaime",
)  # fmt: skip
"""Words of the field and of guessers' lists, that a password may not be made of."""


def check_new_password(new: str, current: str | None, about: tuple[str, ...]) -> None:
    """Refuse what is short, unchanged, or guessed first. `about`: names and address of the person.

    Raises:
        PasswordTooShort, PasswordTooCommon, PasswordUnchanged
    """
    if len(new) < MINIMUM:
        raise PasswordTooShort(minimum=MINIMUM)
    if new == current:
        raise PasswordUnchanged
    if is_breached(new):
        raise PasswordTooCommon
    plain = _letters(new)
    for word in (*COMMON, *map(_letters, about)):
        if len(word) >= 4:
            plain = plain.replace(word, "")
    if len(set(plain)) < 4:
        raise PasswordTooCommon


def _letters(text: str) -> str:
    """Letters and digits alone, in lower case and without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in plain if c.isalnum())


def is_over(
    signed_in_at: datetime,
    last_seen_at: datetime,
    limits: Limits,
    now: datetime,
    *,
    is_given: bool = False,
) -> bool:
    """Whether a session has lasted too long, or was left alone for too long.

    `is_given`: a clerk's code opened it, and its person has not shown who they are since.
    """
    longest = min(limits.absolute, limits.given) if is_given else limits.absolute
    return now - signed_in_at >= longest or now - last_seen_at >= limits.idle


def recovery_code(letters: str) -> str:
    """What was typed, in the form that is compared: case, spaces and dashes do not matter."""
    return "".join(c for c in letters.casefold() if c.isalnum())


def wait_after(failures: int, since: datetime, allowed: int, now: datetime) -> int:
    """Seconds to wait before the next guess of a bucket; 0 when it may be tried now.

    The window slides: when it is over the count starts again, so nobody is shut out for long.
    """
    if failures < allowed or now >= since + WINDOW:
        return 0
    return max(1, int((since + WINDOW - now).total_seconds()))


LIFETIMES = {
    "invitation": timedelta(hours=72),
    "magic_link": timedelta(minutes=15),
    "clerk_code": timedelta(minutes=15),
}


class TicketUnknown(CartableError):
    """No such invitation or link: cut in two by a mailbox, or forgotten since."""

    status = 404


class TicketUsed(CartableError):
    """It opens once, and did."""

    status = 410


class TicketCancelled(CartableError):
    """Another was sent since, or it was taken back."""

    status = 410


class TicketExpired(CartableError):
    """Its time is over."""

    status = 410


class AnotherBrowser(CartableError):
    """The link opens in the browser that asked for it; elsewhere, the code is typed there."""

    status = 403


class CodeWrong(CartableError):
    """No such code."""

    status = 403


def check_ticket(
    used_at: datetime | None, cancelled_at: datetime | None, expires_at: datetime, now: datetime
) -> None:
    """Refuse a ticket that opens nothing any more, saying why.

    Raises:
        TicketUsed, TicketCancelled, TicketExpired
    """
    if used_at is not None:
        raise TicketUsed
    if cancelled_at is not None:
        raise TicketCancelled
    if now >= expires_at:
        raise TicketExpired
