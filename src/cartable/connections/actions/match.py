"""From an identity that a provider vouches for to an account: recognised once by its address, then
bound to what never changes, (issuer, client, subject).
"""

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.access import check_signed_in, is_owned
from cartable.accounts.actions import open_session, proved_again
from cartable.accounts.actions.enter import Opened, second_steps
from cartable.accounts.notices import tell_change
from cartable.accounts.rules import AddressNotProven
from cartable.accounts.tables import Account
from cartable.actor import Person
from cartable.audit.actions import record_for_account
from cartable.authorities.access import settings_of
from cartable.authorities.actions import authority_write
from cartable.connections.actions.own import linked_identity
from cartable.connections.actions.trusted import Trusted
from cartable.connections.rules import (
    IdentityOfAnother,
    IdentityTaken,
    MembershipOver,
    PersonUnknown,
    SubjectChanged,
    Vouched,
    check_email,
    check_organisation,
    check_reach,
    would_let_in,
)
from cartable.connections.tables import Connection, Identity, ProviderSession
from cartable.database import begin_write, uuid7
from cartable.members.actions.accept import accept_by_provider
from cartable.members.actions.alone import account_alone
from cartable.members.tables import Member
from cartable.sealing import Key
from cartable.tenancy import across_authorities, bind

UNTOLD = timedelta(minutes=61)
"""How old a sign-in at the provider is taken to be when it does not say: too old for any deed that
weighs much, whatever the settings."""


async def enter(
    db: AsyncSession,
    master: Key,
    trusted: Trusted,
    vouched: Vouched,
    device_name: str,
    now: datetime,
) -> Opened:
    """Sign in whoever is behind an identity; an invited member accepts by coming.

    Raises:
        OrganisationRefused, EmailNotVerified, PersonUnknown, MembershipOver, SubjectChanged
        LinkNeeded
    """
    await _begin(db, trusted, vouched)
    identity = await _identity(db, trusted, vouched.subject)
    account_id = identity.account_id if identity else await _recognise(db, trusted, vouched)
    member = await _member(db, trusted.authority_id, account_id)
    seq = None
    if member.accepted_at is None:
        seq = await authority_write(db, trusted.authority_id)
        member = await _member(db, trusted.authority_id, account_id)
    await account_alone(db, account_id)
    account = await db.get_one(Account, account_id, populate_existing=True)
    identity = await _identity(db, trusted, vouched.subject)
    await _check_reach(db, trusted, vouched, account, identity)
    if identity is None:
        await _bind(db, trusted, vouched, account_id, now)
    else:
        identity.last_used_at = now
    proved_at = min(now, vouched.shown_at or now - UNTOLD)
    device, token = await open_session(
        db, account, device_name, "connection", now, proved_at=proved_at
    )
    if seq is not None:
        await accept_by_provider(db, member, device.id, seq, now)
    db.add(
        ProviderSession(
            device_id=device.id,
            connection_id=trusted.id,
            issuer=trusted.issuer,
            client_id=trusted.client.id,
            subject=vouched.subject,
            sid=vouched.sid,
            id_token=master.seal(
                vouched.id_token.encode(), f"provider_session.id_token:{device.id}"
            ),
        )
    )
    await db.flush()
    return account, device, token


async def link(
    db: AsyncSession, trusted: Trusted, vouched: Vouched, person: Person, now: datetime
) -> None:
    """Bind an identity to the account that is signed in, by its own choice: its address may be
    another there.

    Raises:
        OrganisationRefused, PersonUnknown, MembershipOver, IdentityTaken, SubjectChanged
        DeviceSignedOut
        AddressNotProven: what was chosen then would outlive the owner's first coming.
    """
    await _begin(db, trusted, vouched)
    await account_alone(db, person.account_id)
    await check_signed_in(db, person)  # The provider's answers were waited for meanwhile.
    account = await db.get_one(Account, person.account_id, populate_existing=True)
    if not is_owned(account):
        raise AddressNotProven
    await _member(db, trusted.authority_id, person.account_id)
    identity = await _identity(db, trusted, vouched.subject)
    if identity is not None and identity.account_id != person.account_id:
        raise IdentityTaken
    if identity is None:
        identity = await _bind(db, trusted, vouched, person.account_id, now)
    identity.is_own_choice = True
    await db.flush()
    await record_for_account(
        db, person.account_id, person.device_id, "account.connection_linked", identity.id
    )
    await tell_change(db, person.account_id, "connection_linked", now)


async def prove(
    db: AsyncSession, trusted: Trusted, vouched: Vouched, person: Person, now: datetime
) -> None:
    """Believe that it is the same person who is there: they have just signed in at the provider.

    Raises:
        OrganisationRefused, IdentityOfAnother, LinkNeeded
    """
    await _begin(db, trusted, vouched)
    identity = await _identity(db, trusted, vouched.subject)
    if identity is None or identity.account_id != person.account_id:
        raise IdentityOfAnother
    account = await db.get_one(Account, person.account_id)
    await _check_reach(db, trusted, vouched, account, identity)
    await proved_again(db, person, now)


async def _begin(db: AsyncSession, trusted: Trusted, vouched: Vouched) -> None:
    await begin_write(db)
    await bind(db, trusted.authority_id)
    siret = (await settings_of(db, trusted.authority_id)).siret
    check_organisation(vouched.siret, siret, is_asked=trusted.siret_claim != "")


async def _identity(db: AsyncSession, trusted: Trusted, subject: str) -> Identity | None:
    found: Identity | None = await db.scalar(
        select(Identity)
        .where(
            Identity.issuer == trusted.issuer,
            Identity.client_id == trusted.client.id,
            Identity.subject == subject,
        )
        .execution_options(populate_existing=True)
    )
    return found


async def _recognise(db: AsyncSession, trusted: Trusted, vouched: Vouched) -> UUID:
    """The account of the address that the provider vouches for."""
    email = check_email(vouched.email, vouched.email_verified, is_trusted=trusted.trusts_email)
    account_id: UUID | None = await db.scalar(select(Account.id).where(Account.email == email))
    if account_id is None:
        raise PersonUnknown
    await _member(db, trusted.authority_id, account_id)
    if await linked_identity(db, account_id, trusted.issuer, trusted.client.id) is not None:
        raise SubjectChanged
    return account_id


async def _member(db: AsyncSession, authority_id: UUID, account_id: UUID) -> Member:
    member: Member | None = await db.scalar(
        select(Member)
        .where(Member.authority_id == authority_id, Member.account_id == account_id)
        .execution_options(populate_existing=True)
    )
    if member is None:
        raise PersonUnknown
    if member.deactivated_at is not None:
        raise MembershipOver
    if member.accepted_at is None and member.invited_at is None:
        raise PersonUnknown  # Their invitation was taken back.
    return member


async def _bind(
    db: AsyncSession, trusted: Trusted, vouched: Vouched, account_id: UUID, now: datetime
) -> Identity:
    if await linked_identity(db, account_id, trusted.issuer, trusted.client.id) is not None:
        raise SubjectChanged
    identity = Identity(
        id=uuid7(),
        account_id=account_id,
        issuer=trusted.issuer,
        client_id=trusted.client.id,
        subject=vouched.subject,
        is_own_choice=False,
        created_at=now,
        last_used_at=now,
    )
    db.add(identity)
    await db.flush()
    return identity


async def _check_reach(
    db: AsyncSession,
    trusted: Trusted,
    vouched: Vouched,
    account: Account,
    identity: Identity | None,
) -> None:
    """Refuse what the account's person has not decided.

    Raises:
        LinkNeeded
    """
    # Before its address is proven an account has nothing but what its first providers opened: they
    # go on, beside the passkey that was added from there.
    was_there = identity is not None and not is_owned(account)
    check_reach(
        is_own_choice=identity is not None and identity.is_own_choice,
        opens_more=await _opens_more(db, trusted, vouched, account),
        has_stronger=not was_there and bool(await second_steps(db, account.id)),
    )


async def _opens_more(
    db: AsyncSession, trusted: Trusted, vouched: Vouched, account: Account
) -> bool:
    """Whether the account opens anything that would not let this answer in: the host, or another
    authority, even one that was left (what was written there stays its author's).

    An issuer is public, and anybody may name it: that others trust it too counts for an account
    whose owner has come, since somebody else may hold one whose address is not proven. What they
    ask of its answers counts as well: nobody passes by another's conditions with laxer ones.
    """
    if account.is_operator:
        return True
    elsewhere = select(Member.authority_id).where(
        Member.account_id == account.id,
        Member.authority_id != trusted.authority_id,
        Member.accepted_at.is_not(None),
    )
    async with across_authorities(db, "memberships", account.id):
        others = set(await db.scalars(elsewhere))
    if not is_owned(account):
        return bool(others)
    trusting = select(Connection).where(
        Connection.issuer == trusted.issuer,
        Connection.is_enabled,
        Connection.for_authority.in_(others),
    )
    return bool(
        others
        - {
            row.for_authority
            for row in await db.scalars(trusting)
            if would_let_in(
                vouched,
                account.email,
                acr_accepted=row.acr_accepted,
                siret_claim=row.siret_claim,
                trusts_email=row.trusts_email,
            )
        }
    )
