"""Who asks: a device, its account, and what it is in one authority."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Person:
    """Who is signed in, whatever the authority.

    `is_signed_out`: this device may only be emptied. `proved_at`: when this device last showed
    who holds it, by signing in or later; `method`: how it signed in.
    `is_extra`: it came in beyond the maximum of devices. `desk_needs_proof`: see `Actor`.
    """

    account_id: UUID
    device_id: UUID
    is_signed_out: bool = False
    signed_in_at: datetime = LONG_AGO
    proved_at: datetime = LONG_AGO
    method: str = ""
    is_extra: bool = False
    desk_needs_proof: bool = False

    @property
    def is_given(self) -> bool:
        """A clerk's code opened this session, and nobody has shown since that it is theirs."""
        return self.method == "clerk_code" and self.proved_at < self.signed_in_at


@dataclass(frozen=True, slots=True)
class Actor:
    """A member of one authority.

    `is_ended`: the membership ended (at `ended_at`) or the device was signed out: nothing is
    readable any more. `desk_needs_proof`: nobody showed for long who holds this device, so it
    prepares and administers nothing until then; what it reads as a councillor's goes on.
    """

    authority_id: UUID
    member_id: UUID
    account_id: UUID
    device_id: UUID
    roles: frozenset[str]
    is_ended: bool = False
    ended_at: datetime | None = None
    desk_needs_proof: bool = False

    @property
    def is_clerk(self) -> bool:
        """Prepares sittings: reads all of them, drafts included."""
        return "clerk" in self.roles and not self.is_ended
