"""Rules of connections: what a provider's answer must be, and whom it lets in."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeGuard
from urllib.parse import urlsplit

from cartable.errors import CartableError, Conflict, Invalid

JOURNEY_LASTS = timedelta(minutes=10)
LEEWAY = 60
"""Seconds by which a provider's clock may differ from ours."""

FRESH = 5 * 60
"""Seconds during which a logout token may be received."""

CONNECTIONS = 5
"""Providers of one authority: buttons that a person can still tell apart."""

REASONS = frozenset({
    "access_denied", "login_required", "consent_required", "interaction_required",
    "account_selection_required", "temporarily_unavailable", "server_error",
    "unmet_authentication_requirements",
})  # fmt: skip
"""Errors of a provider that have words of their own (RFC 6749 4.1.2.1, OpenID Connect 3.1.2.6)."""


class JourneyOver(CartableError):
    """Left too long ago, came back already, or left from another browser: begin again."""

    status = 410


class ProviderUnreachable(CartableError):
    """The provider does not answer, or not in time. details: host."""

    status = 503


class AddressRefused(Invalid):
    """Not https, or an address inside the network that no setting allows. details: host."""


class AnswerRefused(CartableError):
    """What the provider answered is not what it must. details: check."""

    status = 401


class ProviderDeclined(CartableError):
    """The provider let nobody in. details: reason."""

    status = 401


class EmailNotVerified(CartableError):
    """The provider does not vouch for the address."""

    status = 403


class PersonUnknown(CartableError):
    """Nobody of this authority has this address: its administrator invites."""

    status = 403


class MembershipOver(CartableError):
    """They were a member of this authority, and no longer are."""

    status = 403


class SubjectChanged(CartableError):
    """The account is bound to another identity of the same provider."""

    status = 403


class OrganisationRefused(CartableError):
    """The provider says another organisation (SIRET), or none."""

    status = 403


class AssuranceTooLow(CartableError):
    """The way they signed in there is not strong enough here (acr)."""

    status = 403


class LinkNeeded(CartableError):
    """Their account opens more than this authority, or has a stronger way in: they link this one
    themselves first."""

    status = 403


class IdentityTaken(Conflict):
    """This identity opens another account."""


class IdentityOfAnother(CartableError):
    """It is not the identity bound to the account that is signed in."""

    status = 403


class StrongerWayThere(Conflict):
    """The account has a password or a passkey: that is what confirms who is there."""


class TooManyConnections(Conflict):
    """details: maximum."""


class SiretNeeded(Invalid):
    """The organisation is to be checked and the authority's settings have no SIRET."""


class SecretNeeded(Invalid):
    """What lets people in needs its identifier and secret; another issuer, another secret."""


class LogoutRefused(CartableError):
    """Not a logout token for us. details: check."""

    status = 400


@dataclass(frozen=True)
class Vouched:
    """What a provider vouches for, once everything of its answer was checked.

    `email_verified` is None when it says nothing of it; `siret` the value of the claim asked for;
    `shown_at` when the person last showed there who they are, if it says so.
    """

    subject: str
    email: str
    email_verified: bool | None
    acr: str
    siret: str
    sid: str
    shown_at: datetime | None
    id_token: str


def check_issuer(issuer: str) -> str:
    """An issuer as its discovery document must repeat it, to the letter.

    Raises:
        AddressRefused
    """
    url = urlsplit(issuer)
    if url.scheme not in ("https", "http") or not url.hostname or url.query or url.fragment:
        raise AddressRefused(host=url.hostname or "")
    if url.username or url.password or issuer != issuer.strip():
        raise AddressRefused(host=url.hostname)
    return issuer


def check_assurance(acr: str, accepted: Iterable[str]) -> None:
    """Refuse a sign-in that was not strong enough there; an empty list accepts any.

    Raises:
        AssuranceTooLow
    """
    wanted = set(accepted)
    if wanted and acr not in wanted:
        raise AssuranceTooLow


def check_organisation(told: str, siret: str | None, *, is_asked: bool) -> None:
    """Refuse whoever comes for another organisation.

    Raises:
        OrganisationRefused
    """
    ours = _digits(siret or "")
    if is_asked and (not ours or _digits(told) != ours):
        raise OrganisationRefused


def _digits(text: str) -> str:
    return re.sub(r"\s", "", text)


def check_email(email: str, is_verified: bool | None, *, is_trusted: bool) -> str:
    """The address in lower case, if the provider vouches for it.

    Raises:
        EmailNotVerified: it says that it does not, or says nothing and is not trusted to check.
    """
    # Letters of other alphabets may turn into ours in lower case (the sign of the kelvin).
    is_address = is_plain(email.strip()) and "@" in email
    if not is_address or not (is_trusted if is_verified is None else is_verified):
        raise EmailNotVerified
    return email.strip().lower()


def would_let_in(
    vouched: Vouched,
    email: str,
    *,
    acr_accepted: Iterable[str],
    siret_claim: str,
    trusts_email: bool,
) -> bool:
    """Whether a connection so described would let an answer of its provider in, for the account of
    an address. One that compares organisations would ask for what another's answer does not hold.
    """
    if siret_claim:
        return False
    try:
        check_assurance(vouched.acr, acr_accepted)
        told = check_email(vouched.email, vouched.email_verified, is_trusted=trusts_email)
    except (AssuranceTooLow, EmailNotVerified):
        return False
    return told == email


def is_plain(value: object) -> TypeGuard[str]:
    """Whether it is a name that a provider may give: at most 255 ASCII characters (Core, section
    2), and none that a database or a log would stumble over."""
    return (
        isinstance(value, str) and 0 < len(value) <= 255 and value.isascii() and value.isprintable()
    )


def check_reach(*, is_own_choice: bool, opens_more: bool, has_stronger: bool) -> None:
    """Refuse that one authority's provider opens what others entrusted to the same account, or
    passes by the passkey or the codes that its person chose.

    Whoever administers an authority chooses its provider, which may vouch for any address: what
    their colleagues can read must not hang on that, unless the person decided it.

    Raises:
        LinkNeeded
    """
    if (opens_more or has_stronger) and not is_own_choice:
        raise LinkNeeded


def reason_of(error: str) -> str:
    """A provider's error as one of ours: what it says beside may hold anything."""
    return error if error in REASONS else "other"
