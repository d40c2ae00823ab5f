"""Guesses of passwords are slowed where they come from, so that nobody can shut out another.

A browser that has signed in to this account before has a bucket of its own: whatever strangers
guess, its owner can sign in. Everybody else shares one bucket per address and network, and one per
network. Nothing counts against the address alone. Where nobody has said who they are (a passkey is
asked for, a clerk's code is typed), a browser that signed in to any account has a bucket too.
"""

import hmac
from dataclasses import dataclass
from datetime import datetime
from ipaddress import IPv6Address, ip_address
from uuid import UUID

from sqlalchemy import delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.rules import WINDOW, wait_after
from cartable.accounts.tables import Guess
from cartable.database import begin_write, end
from cartable.errors import TooManyAttempts
from cartable.sealing import Key

PER_PAIR = 6
PER_NETWORK = 60
PER_ACCOUNT = 20
PER_DOOR = 600
PER_KNOWN_AT_DOOR = 60
SITE = 5
"""The /48 of an IPv6 network may hold as much as so many networks."""

KNOWN = 5
"""All known browsers of a network may ask as much as so many networks of strangers."""


@dataclass(frozen=True)
class Guesser:
    """Where a guess comes from: the network address, and the browser's mark of an earlier visit."""

    address: str
    mark: str = ""


def network_of(address: str) -> str:
    """An IPv4 address, or the /64 of an IPv6 one: what one subscriber holds."""
    try:
        ip = ip_address(address)
    except ValueError:
        return "unknown"
    if isinstance(ip, IPv6Address):
        return str(ip.ipv4_mapped or int(ip) >> 64)
    return str(ip)


def networks_of(address: str, allowed: int) -> list[tuple[str, int]]:
    """The networks that a guess counts for, and how many each allows: its own, and the /48 of an
    IPv6 one, since who holds that much has 65,536 of the first kind."""
    network = network_of(address)
    try:
        ip = ip_address(address)
    except ValueError:
        return [(network, allowed)]
    if isinstance(ip, IPv6Address) and ip.ipv4_mapped is None:
        return [(network, allowed), (f"site|{int(ip) >> 80}", SITE * allowed)]
    return [(network, allowed)]


def mark_for(master: Key, email: str, device_id: UUID) -> str:
    """What a browser keeps to show later that it has signed in to this account, and that it has
    signed in at all, where nobody has said yet who they are."""
    device = device_id.hex
    return f"{device}.{_proof_of(master, email, device)}.{_proof_at_door(master, device)}"


def _proof_of(master: Key, email: str, device: str) -> str:
    return master.digest("known-browser", f"{email}|{device}")


def _proof_at_door(master: Key, device: str) -> str:
    return master.digest("known-at-door", device)


def _parts(guesser: Guesser) -> tuple[str, str, str]:
    """The device that a mark names, and its two proofs, whatever the browser sent."""
    device, proof, at_door, *_ = [*guesser.mark.split("."), "", ""]
    return device, proof, at_door


Buckets = list[tuple[str, int]]
"""Names of counts and how many failures each allows; the first is the narrowest."""


def is_known_browser(master: Key, email: str, guesser: Guesser) -> bool:
    """Whether the browser has signed in to this account before."""
    device, proof, _ = _parts(guesser)
    return _is(proof, _proof_of(master, email, device))


def _known_at_door(master: Key, guesser: Guesser) -> str:
    """The device of a browser that signed in before, to whatever account; empty: none did."""
    device, _, proof = _parts(guesser)
    return device if _is(proof, _proof_at_door(master, device)) else ""


def _is(shown: str, expected: str) -> bool:
    return hmac.compare_digest(shown.encode(), expected.encode())


def buckets_of_networks(master: Key, what: str, guesser: Guesser, allowed: int) -> Buckets:
    """Where something is counted by network, whoever it is about. `allowed`: of one network."""
    return [
        (master.digest("guess", f"{what}|{network}"), most)
        for network, most in networks_of(guesser.address, allowed)
    ]


def buckets_at_door(master: Key, what: str, guesser: Guesser, allowed: int, own: int) -> Buckets:
    """Where something is counted before anybody said who they are. `own`: of one known browser.

    By browser when it is known: strangers on the same network do not close the door to it. Whoever
    has an account may make many such browsers: of their network they have a count besides.
    """
    if device := _known_at_door(master, guesser):
        return [
            (master.digest("guess", f"{what}|known|{device}"), own),
            *buckets_of_networks(master, f"{what}|known", guesser, KNOWN * allowed),
        ]
    return buckets_of_networks(master, what, guesser, allowed)


def buckets_of_guess(master: Key, email: str, guesser: Guesser) -> Buckets:
    """Where a sign-in is counted."""
    if is_known_browser(master, email, guesser):
        device, proof, _ = _parts(guesser)
        return [(master.digest("guess", f"known|{device}.{proof}"), PER_PAIR)]
    pair = f"pair|{email}|{network_of(guesser.address)}"
    return [
        (master.digest("guess", pair), PER_PAIR),
        *buckets_of_networks(master, "network", guesser, PER_NETWORK),
    ]


def buckets_of_code(master: Key, email: str, guesser: Guesser) -> Buckets:
    """Where a second step is counted: like a sign-in, and by account when strangers try.

    Only who holds the password comes this far, so nobody else can use that count up; and a browser
    that is known, or a passkey, does not depend on it.
    """
    own, *shared = buckets_of_guess(master, email, guesser)
    buckets = [(master.digest("code", name), allowed) for name, allowed in (own, *shared)]
    if shared:
        buckets.append((master.digest("code", f"account|{email}"), PER_ACCOUNT))
    return buckets


def buckets_of_door(master: Key, guesser: Guesser) -> Buckets:
    """Where questions asked at the door are counted: each is a row that waits ten minutes."""
    return buckets_at_door(master, "door", guesser, PER_DOOR, PER_KNOWN_AT_DOOR)


def buckets_of_device(master: Key, device_id: UUID) -> Buckets:
    """Where a signed-in device's guesses of the password in use are counted."""
    return [(master.digest("guess", f"device|{device_id.hex}"), PER_PAIR)]


PER_NETWORK_OF_CODES = 200
"""A whole council shares the town hall's network; a code has 39 bits, and lives 15 minutes."""

PER_MESSAGE = 5


def buckets_of_asking(master: Key, email: str, guesser: Guesser) -> Buckets:
    """Where links asked for by mail are counted: nobody fills another's mailbox.

    By browser when it is known to this account: who asks beside its owner takes nothing from them.
    """
    if is_known_browser(master, email, guesser):
        device, proof, _ = _parts(guesser)
        return [(master.digest("guess", f"link|known|{device}.{proof}"), PER_PAIR)]
    pair = f"link|{email}|{network_of(guesser.address)}"
    return [
        (master.digest("guess", pair), PER_PAIR),
        *buckets_of_networks(master, "links", guesser, PER_NETWORK),
    ]


def buckets_of_given_code(master: Key, guesser: Guesser) -> Buckets:
    """Where the codes that clerks give are counted: like questions at the door."""
    return buckets_at_door(master, "given", guesser, PER_NETWORK_OF_CODES, PER_PAIR)


def buckets_of_mailed_code(master: Key, browser_hash: str) -> Buckets:
    """Where the codes of a message are counted: by the browser that asked for it, whether a message
    left or not."""
    return [(master.digest("guess", f"mailed|{browser_hash}"), PER_MESSAGE)]


async def take_guess(db: AsyncSession, buckets: Buckets, now: datetime) -> int:
    """Count one guess, or refuse it; how many the narrowest bucket holds now.

    Raises:
        TooManyAttempts: with the seconds to wait.
    """
    await begin_write(db)
    insert = sqlite.insert if db.get_bind().dialect.name == "sqlite" else postgresql.insert
    wait, counts = 0, []
    for bucket, allowed in buckets:
        # Made or locked at once: two first guesses wait for one another on the same row, and a
        # right password cannot remove it between two statements.
        guess = (
            await db.scalars(
                insert(Guess)
                .values(bucket=bucket, failures=0, since=now)
                .on_conflict_do_update(
                    index_elements=[Guess.bucket], set_={"failures": Guess.failures}
                )
                .returning(Guess),
                execution_options={"populate_existing": True},
            )
        ).one()
        if now >= guess.since + WINDOW:
            guess.failures, guess.since = 0, now
        wait = max(wait, wait_after(guess.failures, guess.since, allowed, now))
        guess.failures += 1
        counts.append(guess.failures)
    if wait:
        await end(db, commit=False)
        raise TooManyAttempts(retry_after=wait)
    return counts[0]


async def forget_guesses(db: AsyncSession, buckets: Buckets) -> None:
    """After the right password: the narrowest count starts again, the others give this guess back.

    A whole council may sign in from the town hall's network in the same quarter of an hour.
    """
    own, *shared = [bucket for bucket, _ in buckets]
    await db.execute(delete(Guess).where(Guess.bucket == own))
    await db.execute(
        update(Guess)
        .where(Guess.bucket.in_(shared), Guess.failures > 0)
        .values(failures=Guess.failures - 1)
    )


async def forget_old_guesses(db: AsyncSession, now: datetime) -> None:
    """Remove counts whose window is over."""
    await begin_write(db)
    await db.execute(delete(Guess).where(Guess.since < now - WINDOW))
