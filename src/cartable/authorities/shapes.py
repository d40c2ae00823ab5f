"""Authorities on the wire."""

from typing import Literal
from uuid import UUID

import msgspec

AuthorityKind = Literal["commune", "epci", "departement", "region", "syndicat", "ccas"]


class Authority(msgspec.Struct, kw_only=True):
    """One local authority. `time_zone` is an IANA name: every legal time is told in it.

    `lease_days`: how long a tablet opens its papers without a word with the server, and those of
    items in camera.
    """

    id: UUID
    name: str
    kind: AuthorityKind
    time_zone: str
    siren: str | None
    lease_days: int = 30
    lease_days_in_camera: int = 7
