"""Coming back from a provider: its answer is checked whole before anything of it is believed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.actions.enter import Opened
from cartable.accounts.actions.failures import may_note
from cartable.accounts.passwords import token_hash
from cartable.actor import Person
from cartable.audit.actions import record_for_account
from cartable.connections.access import open_connection
from cartable.connections.actions import match
from cartable.connections.actions.depart import Luggage
from cartable.connections.actions.trusted import Trusted, trusted_of
from cartable.connections.oidc import Asked, Providers, moment_of
from cartable.connections.rules import (
    AnswerRefused,
    JourneyOver,
    ProviderDeclined,
    Vouched,
    check_assurance,
    is_plain,
    reason_of,
)
from cartable.connections.shapes import ComingBack, Purpose
from cartable.connections.tables import Journey
from cartable.database import begin_write, end
from cartable.errors import CartableError
from cartable.sealing import Key


@dataclass(frozen=True)
class Back:
    """What coming back did. `opened`: the session of whoever signed in."""

    purpose: Purpose
    authority_id: UUID
    opened: Opened | None = None


@dataclass(frozen=True)
class _Journey:
    connection_id: UUID
    purpose: Purpose
    luggage: Luggage
    account_id: UUID | None
    device_id: UUID | None
    left_at: datetime


async def come_back(
    db: AsyncSession,
    providers: Providers,
    master: Key,
    connection_id: UUID,
    coming: ComingBack,
    browser: str,
    person: Person | None,
    now: datetime,
) -> Back:
    """Do what the browser had left for: sign in, link, or prove.

    Raises:
        JourneyOver, ProviderDeclined, AnswerRefused, AddressRefused, ProviderUnreachable
        AssuranceTooLow, OrganisationRefused, EmailNotVerified, PersonUnknown, MembershipOver
        SubjectChanged, LinkNeeded, IdentityTaken, IdentityOfAnother, AddressNotProven
    """
    journey = await _arrive(db, master, connection_id, coming.state, browser, now)
    asked_by = (journey.account_id, journey.device_id)
    if journey.purpose != "enter" and (
        person is None or asked_by != (person.account_id, person.device_id)
    ):
        raise JourneyOver
    trusted = trusted_of(
        await open_connection(db, journey.connection_id), master, db.info["origin"]
    )
    await end(db, commit=True)
    try:
        vouched = await _listen(providers, trusted, journey, coming)
        check_assurance(vouched.acr, trusted.acr_accepted)
        if journey.purpose == "enter":
            opened = await match.enter(db, master, trusted, vouched, coming.device_name, now)
            return Back("enter", trusted.authority_id, opened)
        if person is None:
            raise JourneyOver
        deed = match.link if journey.purpose == "link" else match.prove
        await deed(db, trusted, vouched, person, now)
        return Back(journey.purpose, trusted.authority_id)
    except CartableError as refusal:
        await _note(db, master, person, refusal, now)
        raise


async def _arrive(
    db: AsyncSession, master: Key, connection_id: UUID, state: str, browser: str, now: datetime
) -> _Journey:
    """The journey that this browser left for; nobody comes back from it a second time.

    `connection_id`: of the address that the provider sent the browser to. Each has its own, so that
    one who sends people on to another's is given none of its codes (RFC 9700, section 4.4.2.2).
    """
    await begin_write(db)
    name = token_hash(state)
    gone = await db.execute(
        delete(Journey)
        .where(
            Journey.id == name,
            Journey.connection_id == connection_id,
            Journey.browser_hash == token_hash(browser),
            Journey.expires_at > now,
        )
        .returning(
            Journey.connection_id,
            Journey.purpose,
            Journey.sealed,
            Journey.account_id,
            Journey.device_id,
            Journey.created_at,
        )
    )
    found = gone.one_or_none()
    await end(db, commit=True)
    if found is None or not browser:
        raise JourneyOver
    kept = master.open(found.sealed, f"journey.sealed:{name}")
    return _Journey(
        connection_id=found.connection_id,
        purpose=msgspec.convert(found.purpose, Purpose),
        luggage=msgspec.json.decode(kept, type=Luggage),
        account_id=found.account_id,
        device_id=found.device_id,
        left_at=found.created_at,
    )


async def _listen(
    providers: Providers, trusted: Trusted, journey: _Journey, coming: ComingBack
) -> Vouched:
    """What the provider vouches for, everything of its answer checked."""
    provider = await providers.meet(trusted.issuer)
    if (provider.tells_issuer or coming.iss) and coming.iss != trusted.issuer:
        raise AnswerRefused(check="issuer")
    if coming.error:
        raise ProviderDeclined(reason=reason_of(coming.error))
    if not coming.code:
        raise AnswerRefused(check="code")
    client = trusted.client
    tokens = await providers.redeem(provider, client, coming.code, journey.luggage.verifier)
    asked = Asked(
        nonce=journey.luggage.nonce,
        asked_at=int(journey.left_at.timestamp()),
        is_fresh=journey.purpose == "prove",
    )
    shown = await providers.id_claims(provider, client, tokens, asked)
    told = await providers.user_claims(
        provider, client, tokens, shown["sub"], must_sign=trusted.must_sign
    )
    is_verified = told.get("email_verified")
    return Vouched(
        subject=shown["sub"],
        email=_text(told.get("email")),
        email_verified=None if is_verified is None else is_verified in (True, "true"),
        acr=_text(shown.get("acr")),
        siret=_text(told.get(trusted.siret_claim)) if trusted.siret_claim else "",
        sid=sid if is_plain(sid := shown.get("sid")) else "",
        shown_at=moment_of(shown, "auth_time"),
        id_token=tokens.id_token,
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


async def _note(
    db: AsyncSession, master: Key, person: Person | None, refusal: CartableError, now: datetime
) -> None:
    """A line for each journey that ended badly, as long as strangers do not write them; what the
    provider told is not in it."""
    await end(db, commit=False)
    if not await may_note(db, master, now):
        return
    account_id, device_id = (person.account_id, person.device_id) if person else (None, None)
    await record_for_account(
        db, account_id, device_id, "account.connection_refused", reason=refusal.code
    )
    await end(db, commit=True)
