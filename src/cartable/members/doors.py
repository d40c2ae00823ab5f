"""What the routes of an authority share: their path, their guard, what any of them may refuse."""

from datetime import datetime

from litestar.di import NamedDependency
from sqlalchemy.ext.asyncio import AsyncSession

from cartable.accounts.rules import (
    AnotherAccount,
    DeviceSignedOut,
    ProofNeeded,
    Revoked,
    TooManyDevices,
)
from cartable.actor import Actor
from cartable.errors import (
    CrossSiteRequest,
    InvalidInput,
    NotFound,
    NotSignedIn,
    RoleMissing,
)

AUTHORITY = "/api/authorities/{authority_id:uuid}"
Db = NamedDependency[AsyncSession]
Now = NamedDependency[datetime]
Asker = NamedDependency[Actor]
ANY = (NotSignedIn, AnotherAccount, DeviceSignedOut, Revoked, TooManyDevices, NotFound)
ROLE = (*ANY, RoleMissing, ProofNeeded)
WRITE = (*ROLE, CrossSiteRequest)
BODY = (*WRITE, InvalidInput)
