"""Authorities on the wire."""

from typing import Literal
from uuid import UUID

import msgspec

AuthorityKind = Literal["commune", "epci", "departement", "region", "syndicat", "ccas"]


class Authority(msgspec.Struct, kw_only=True):
    """One local authority. `time_zone` is an IANA name: every legal time is told in it."""

    id: UUID
    name: str
    kind: AuthorityKind
    time_zone: str
    siren: str | None
