"""Looking at a provider before people meet it: what it publishes, and whether it knows us."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cartable.actor import Actor
from cartable.authorities.access import settings_of
from cartable.connections.access import editable_connection
from cartable.connections.actions.trusted import Trusted, trusted_of
from cartable.connections.oidc import Provider, Providers
from cartable.connections.rules import AddressRefused, AnswerRefused, ProviderUnreachable
from cartable.connections.shapes import Check, Checked, CheckState
from cartable.database import end
from cartable.members.access import allow
from cartable.sealing import Key


async def look_at(
    db: AsyncSession, actor: Actor, providers: Providers, master: Key, connection_id: UUID
) -> list[Check]:
    """Each thing that must be right, in the order in which a sign-in meets it.

    Raises:
        RoleMissing, NotFound
    """
    allow(actor, "admin")
    row = await editable_connection(db, actor, connection_id)
    trusted = trusted_of(row, master, db.info["origin"])
    siret = (await settings_of(db, actor.authority_id)).siret
    await end(db, commit=True)
    checks: list[Check] = []
    try:
        provider = await providers.meet(trusted.issuer, again=True)
        checks += [Check(check="address", state="ok"), Check(check="issuer", state="ok")]
        await providers.keys(provider, again=True)
        checks.append(Check(check="keys", state="ok"))
        is_known = await providers.knows(provider, trusted.client)
        checks.append(Check(check="client", state="ok" if is_known else "wrong"))
    except (AddressRefused, ProviderUnreachable) as why:
        return [*checks, Check(check="address", state="wrong", detail=str(why.details["host"]))]
    except AnswerRefused as why:
        wrong: dict[str, Checked] = {"issuer": "issuer", "keys": "keys"}
        name = wrong.get(why.details["check"], "discovery")
        return [*checks, Check(check=name, state="wrong")]
    checks += _offers(provider)
    if trusted.siret_claim:
        checks.append(_siret(trusted, siret))
    return checks


def _offers(provider: Provider) -> list[Check]:
    """What a provider may do without, and what that costs."""
    return [
        Check(check="pkce", state="ok" if provider.knows_pkce else "warning"),
        # Who has no other way in proves by it alone that they are there.
        Check(check="sign_in_time", state="ok" if provider.tells_time else "warning"),
        Check(check="logout", state="ok" if provider.end_session else "warning"),
        Check(check="backchannel", state="ok" if provider.knows_logout else "warning"),
    ]


def _siret(trusted: Trusted, siret: str | None) -> Check:
    is_asked = any(scope in trusted.scopes for scope in (trusted.siret_claim, "profile"))
    state: CheckState = "wrong" if not siret else "ok" if is_asked else "warning"
    return Check(check="siret", state=state, detail=siret or "")
