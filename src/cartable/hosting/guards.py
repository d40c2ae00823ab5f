"""The guard of the host's routes."""

from litestar.handlers import BaseRouteHandler

from cartable.accounts.guards import admitted, person_of
from cartable.accounts.rules import ProofNeeded
from cartable.accounts.tables import Account
from cartable.errors import NotFound
from cartable.web import Connection, session_of


async def operator_only(connection: Connection, handler: BaseRouteHandler) -> None:
    """Somebody who runs the host.

    Raises:
        NotSignedIn, AnotherAccount, DeviceSignedOut, TooManyDevices
        NotFound: for anybody else these routes do not exist.
        ProofNeeded: it is a desk's work, and nobody showed for long who holds this device.
    """
    await admitted(connection, handler)
    person = person_of(connection)
    account = await session_of(connection).get(Account, person.account_id)
    if account is None or not account.is_operator:
        raise NotFound
    if person.desk_needs_proof:
        raise ProofNeeded
