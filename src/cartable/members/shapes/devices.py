"""What devices hold of authorities, on the wire."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec

CopyState = Literal["held", "unseen", "leaving", "wiped"]


class DeviceCopy(msgspec.Struct, kw_only=True):
    """What one device of a member holds of one authority.

    `held`: signed in, and may read. Else the authority was taken from it at `taken_at`: `unseen`
    until it comes back, `leaving` once it did (`seen_at`), `wiped` when it said that it had erased
    everything (`wiped_at`).
    """

    device_id: UUID
    name: str
    authority_id: UUID
    authority_name: str
    last_seen_at: datetime
    state: CopyState
    taken_at: datetime | None
    seen_at: datetime | None
    wiped_at: datetime | None


class WipeReceipt(msgspec.Struct, kw_only=True):
    """A device erased what it held. `proof` was given to it while it was signed in."""

    proof: Annotated[str, msgspec.Meta(min_length=64, max_length=64)]


class KeyShare(msgspec.Struct, kw_only=True):
    """The server's part of the keys of in camera pieces on one device: 32 bytes, base64url."""

    share: str
