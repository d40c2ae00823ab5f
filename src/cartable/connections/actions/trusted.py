"""A connection as deeds that call its provider need it: read once, before the database is left."""

from dataclasses import dataclass
from uuid import UUID

from cartable.connections.oidc import Client
from cartable.connections.tables import Connection
from cartable.sealing import Key

RETURN = "/connexion/retour"
DOOR = "/connexion"


@dataclass(frozen=True)
class Trusted:
    """See `Connection`."""

    id: UUID
    authority_id: UUID
    kind: str
    name: str
    issuer: str
    client: Client
    scopes: tuple[str, ...]
    acr_asked: tuple[str, ...]
    acr_accepted: tuple[str, ...]
    siret_claim: str
    trusts_email: bool

    @property
    def must_sign(self) -> bool:
        """ProConnect always signs what it tells of a person."""
        return self.kind == "proconnect"


def return_address(connection_id: UUID, origin: str) -> str:
    """Where a provider sends browsers back to."""
    return f"{origin}{RETURN}/{connection_id}"


def trusted_of(row: Connection, master: Key, origin: str) -> Trusted:
    """What a row says, its secret opened. `origin`: of our pages."""
    secret = master.open(row.secret, f"connection.secret:{row.id}").decode()
    return Trusted(
        id=row.id,
        authority_id=row.for_authority,
        kind=row.kind,
        name=row.name,
        issuer=row.issuer,
        client=Client(row.client_id, secret, return_address(row.id, origin)),
        scopes=tuple(row.scopes),
        acr_asked=tuple(row.acr_asked),
        acr_accepted=tuple(row.acr_accepted),
        siret_claim=row.siret_claim,
        trusts_email=row.trusts_email,
    )
