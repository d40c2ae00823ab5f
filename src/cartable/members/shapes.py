"""Members, assemblies, seats and groups on the wire."""

from datetime import date, datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from cartable.accounts.shapes import Account, Device, DeviceName, Email, Password
from cartable.authorities.shapes import Authority
from cartable.mail.shapes import MailFate

Role = Literal["councillor", "clerk", "admin", "staff", "guest"]
Civility = Literal["", "Mme", "M."]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=120, pattern=r"\S")]
Secret = Annotated[str, msgspec.Meta(min_length=20, max_length=100)]
Position = Annotated[str, msgspec.Meta(max_length=160)]
Phone = Annotated[str, msgspec.Meta(max_length=40)]
AssemblyKind = Literal["council", "bureau", "committee", "other"]


class Membership(msgspec.Struct, kw_only=True):
    """One authority of the person who asks, and what they are in it."""

    authority: Authority
    member_id: UUID
    roles: list[Role]


class Me(msgspec.Struct, kw_only=True):
    """Everything a screen needs to know of who is signed in.

    `wipe_proof`: by what this device will say that it has erased itself, once nothing else is left.
    """

    account: Account
    device: Device
    memberships: list[Membership]
    wipe_proof: str


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


class Assembly(msgspec.Struct, kw_only=True):
    """A council, bureau or committee."""

    id: UUID
    name: str
    kind: AssemblyKind


class AssemblyLine(Assembly, kw_only=True):
    """An assembly with its seats in office today."""

    seats_in_office: int
    voting_seats: int


class NewAssembly(msgspec.Struct, kw_only=True):
    """An assembly to create."""

    name: Name
    kind: AssemblyKind


class AssemblyEdit(msgspec.Struct, kw_only=True):
    """What changes in an assembly; what is left out stays."""

    name: Name | UnsetType = UNSET
    kind: AssemblyKind | UnsetType = UNSET


class Group(msgspec.Struct, kw_only=True):
    """A political group."""

    id: UUID
    name: str


class GroupLine(Group, kw_only=True):
    """A group with its number of active members, and who leads it."""

    members: int
    leaders: list[UUID]


class Leaders(msgspec.Struct, kw_only=True):
    """The members who lead a group."""

    members: Annotated[list[UUID], msgspec.Meta(max_length=20)]


class NewGroup(msgspec.Struct, kw_only=True):
    """A group to create, or its new name."""

    name: Name


class NewSeat(msgspec.Struct, kw_only=True):
    """A place to give in an assembly. `ends_on`: the last day in office, absent while it lasts."""

    assembly_id: UUID
    starts_on: date
    ends_on: date | None = None
    is_voting: bool = True
    position: Position = ""
    rank: Annotated[int, msgspec.Meta(ge=0, le=9999)] = 0


class SeatEdit(msgspec.Struct, kw_only=True):
    """What changes in a seat; what is left out stays."""

    starts_on: date | UnsetType = UNSET
    ends_on: date | UnsetType | None = UNSET
    is_voting: bool | UnsetType = UNSET
    position: Position | UnsetType = UNSET
    rank: Annotated[int, msgspec.Meta(ge=0, le=9999)] | UnsetType = UNSET


class Seat(NewSeat, kw_only=True):
    """A member's place in an assembly. `substitutes`: who replaces its holder, in order."""

    id: UUID
    substitutes: list[UUID]


class Substitutes(msgspec.Struct, kw_only=True):
    """Members who replace the holder of a seat, in order."""

    members: Annotated[list[UUID], msgspec.Meta(max_length=10)]


class Member(msgspec.Struct, kw_only=True):
    """A colleague, as every member of the authority sees them.

    `email` and `phone` are empty when the directory does not show them.
    """

    id: UUID
    civility: str
    first_name: str
    last_name: str
    position: str
    roles: list[Role]
    is_active: bool
    email: str
    phone: str


Entry = Literal["accepted", "invited", "expired", "uninvited"]


class MemberLine(Member, kw_only=True):
    """A member as the administrator sees them; `last_seen_at` on any of their devices.

    `entry`: until the invitation is accepted nothing is readable; it opens for 72 hours. `mail`:
    what became of the last message to their address. Address and telephone are there even when
    the directory does not show them.
    """

    group_id: UUID | None
    seats: list[Seat]
    deactivated_at: datetime | None
    created_at: datetime
    entry: Entry
    invited_at: datetime | None
    accepted_at: datetime | None
    mail: MailFate | None
    last_seen_at: datetime | None
    devices: list[str]


class NewMember(msgspec.Struct, kw_only=True):
    """A person to let into the authority."""

    civility: Civility = ""
    first_name: Name
    last_name: Name
    email: Email
    phone: Phone = ""
    position: Position = ""
    roles: Annotated[list[Role], msgspec.Meta(min_length=1, max_length=5)]
    group_id: UUID | None = None
    seats: Annotated[list[NewSeat], msgspec.Meta(max_length=50)] = []


class MemberEdit(msgspec.Struct, kw_only=True):
    """What changes in a member; what is left out stays."""

    civility: Civility | UnsetType = UNSET
    first_name: Name | UnsetType = UNSET
    last_name: Name | UnsetType = UNSET
    position: Position | UnsetType = UNSET
    phone: Phone | UnsetType = UNSET
    roles: Annotated[list[Role], msgspec.Meta(min_length=1, max_length=5)] | UnsetType = UNSET
    group_id: UUID | UnsetType | None = UNSET


class ImportFile(msgspec.Struct, kw_only=True):
    """A CSV file (base64 on the wire). `starts_on`: of the seats the file gives no first day.

    `leaves_out`: assemblies and groups of the file that do not exist and shall not be created.
    """

    content: Annotated[bytes, msgspec.Meta(max_length=1_000_000)]
    starts_on: date | None = None
    leaves_out: Annotated[list[Name], msgspec.Meta(max_length=200)] = []


class ImportFault(msgspec.Struct, kw_only=True):
    """What is wrong in a cell: `line` and `column` count from 1, as a spreadsheet shows them.

    `column` is 0 when the file lacks it; `other_line` is the line that says something else.
    """

    line: int
    column: int
    field: str
    code: str
    value: str
    other_line: int


class ImportChange(msgspec.Struct, kw_only=True):
    """One thing an import does: `field` goes from `before` to `after`, words of the file."""

    field: str
    before: str
    after: str


ImportVerdict = Literal["new", "changed", "same"]


class ImportLine(msgspec.Struct, kw_only=True):
    """What an import does for one person. `notes`: what it leaves alone, and why (codes).

    `fingerprint` stands for all of it: an import is refused when it would do anything else.
    """

    line: int
    email: str
    first_name: str
    last_name: str
    verdict: ImportVerdict
    changes: list[ImportChange]
    notes: list[str]
    fingerprint: str


class ImportPreview(msgspec.Struct, kw_only=True):
    """What an import would do; nothing was written.

    `new_assemblies` and `new_groups` are named in the file and do not exist here.
    """

    format: Literal["own", "reference"]
    encoding: str
    delimiter: str
    lines: int
    people: list[ImportLine]
    errors: list[ImportFault]
    new_assemblies: list[str]
    new_groups: list[str]


class Import(ImportFile, kw_only=True):
    """The file that was previewed, what to create with it, and what the preview said it does.

    An assembly or a group of the file that is not created here is left out of it. `invites`: new
    members are sent their invitation at once.
    """

    invites: bool = True
    assemblies: Annotated[list[NewAssembly], msgspec.Meta(max_length=100)] = []
    groups: Annotated[list[Name], msgspec.Meta(max_length=100)] = []
    previewed: Annotated[list[str], msgspec.Meta(max_length=2000)]


class Imported(msgspec.Struct, kw_only=True):
    """What an import did."""

    added: int
    changed: int
    same: int
    new_members: list[UUID]


class InvitationSecret(msgspec.Struct, kw_only=True):
    """What a link carries after its `#`: servers on the way never see it."""

    secret: Secret


class Invitation(msgspec.Struct, kw_only=True):
    """What a link invites to. `must_sign_in`: the person has a way in already, and accepts by it.

    `is_renewal`: a member chooses another password.
    """

    authority_name: str
    civility: str
    first_name: str
    last_name: str
    email: str
    expires_at: datetime
    must_sign_in: bool
    is_renewal: bool


class Acceptance(msgspec.Struct, kw_only=True):
    """Accepting an invitation. Without a password, a passkey is added from the session it opens."""

    secret: Secret
    password: Password | None = None
    device_name: DeviceName = ""


class Entered(msgspec.Struct, kw_only=True):
    """The invitation is accepted; the cookie carries the secret of the session that opened."""

    account_id: UUID
    authority_id: UUID


class Contact(msgspec.Struct, kw_only=True):
    """A service of the authority in the directory; `phone` is E.164."""

    id: UUID
    name: str
    role: str
    phone: str
    email: str


class NewContact(msgspec.Struct, kw_only=True):
    """A service to list, or all of what it becomes."""

    name: Name
    role: Position = ""
    phone: Phone = ""
    email: Email = ""


class MyListing(msgspec.Struct, kw_only=True):
    """How a person stands in the directory of an authority: what they show of themselves."""

    phone: Phone
    shows_email: bool
    shows_phone: bool


class MandateEndOrder(msgspec.Struct, kw_only=True):
    """Seats of an assembly to end on a day. `deactivates`: who is left without any role leaves.

    `seats`: those that were shown; other ones in office refuse the whole.
    """

    last_day: date
    deactivates: bool = False
    seats: Annotated[list[UUID], msgspec.Meta(max_length=1000)] = []


class MandateLoss(msgspec.Struct, kw_only=True):
    """What one person loses. `is_left_without_role`: nothing but this seat made them a member."""

    seat_id: UUID
    member_id: UUID
    first_name: str
    last_name: str
    position: str
    starts_on: date
    ends_on: date | None
    is_left_without_role: bool


class MandateEnded(msgspec.Struct, kw_only=True):
    """Seats ended together; it can be undone once."""

    id: UUID
    assembly_id: UUID
    last_day: date
    at: datetime
    seats: int
    deactivated: int
    can_undo: bool


class LinkAsked(msgspec.Struct, kw_only=True):
    """The address to send a link to."""

    email: Email


class LinkOpened(msgspec.Struct, kw_only=True):
    """What the link of a message carries after its `#`."""

    secret: Secret
    device_name: DeviceName = ""


class TypedCode(msgspec.Struct, kw_only=True):
    """A code of eight characters, however it is typed."""

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    device_name: DeviceName = ""


class GivenCode(msgspec.Struct, kw_only=True):
    """A code to read aloud: shown once, opens once."""

    code: str
    expires_at: datetime


class LinkSwitch(msgspec.Struct, kw_only=True):
    """Whether councillors of an authority may sign in by a link sent to them."""

    is_enabled: bool
