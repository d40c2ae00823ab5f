"""The guard of the host's routes."""

from litestar.handlers import BaseRouteHandler

from cartable.accounts.guards import admitted, person_of
from cartable.accounts.tables import Account
from cartable.errors import NotFound
from cartable.web import Connection, session_of


async def operator_only(connection: Connection, handler: BaseRouteHandler) -> None:
    """Somebody who runs the host.

    Raises:
        NotSignedIn, AnotherAccount, DeviceSignedOut, TooManyDevices
        NotFound: for anybody else these routes do not exist.
    """
    await admitted(connection, handler)
    account = await session_of(connection).get(Account, person_of(connection).account_id)
    if account is None or not account.is_operator:
        raise NotFound
