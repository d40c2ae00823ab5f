"""Accounts and devices on the wire."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec

Password = Annotated[str, msgspec.Meta(min_length=1, max_length=256)]
Email = Annotated[str, msgspec.Meta(max_length=254)]
DeviceName = Annotated[str, msgspec.Meta(max_length=60, pattern=r"^[^\x00-\x1f\x7f]*$")]


class Credentials(msgspec.Struct, kw_only=True):
    """What a person types to sign in. `device_name` is how this browser will be listed."""

    email: Email
    password: Password
    device_name: DeviceName = ""


Code = Annotated[str, msgspec.Meta(max_length=40)]
Credential = dict[str, Any]
"""What `PublicKeyCredential.toJSON()` gives (WebAuthn level 3)."""


class SecondStep(msgspec.Struct, kw_only=True):
    """After a right password: the code of the application, or one of the recovery codes."""

    challenge: Annotated[str, msgspec.Meta(max_length=64)]
    code: Code
    device_name: DeviceName = ""


class Recovery(msgspec.Struct, kw_only=True):
    """For somebody who lost everything but a recovery code. `password`: by those who have one."""

    email: Email
    code: Code
    password: Annotated[str, msgspec.Meta(max_length=256)] = ""
    device_name: DeviceName = ""


class PasskeySignIn(msgspec.Struct, kw_only=True):
    """What the browser answers with a passkey."""

    credential: Credential
    device_name: DeviceName = ""


class Question(msgspec.Struct, kw_only=True):
    """What to ask the browser: `PublicKeyCredential.parse…OptionsFromJSON` reads `options`."""

    options: dict[str, Any]


Way = Literal["passkey", "password", "password_code", "code"]
"""How a person may prove themselves: `password_code` is a password, then a code."""


class ProofQuestion(msgspec.Struct, kw_only=True):
    """The ways open to this person, best first; none: sign in again. `options` for a passkey."""

    ways: list[Way]
    options: dict[str, Any] | None


class Proof(msgspec.Struct, kw_only=True):
    """What shows again that it is the same person: a passkey, or a password and a code."""

    credential: Credential | None = None
    password: Annotated[str, msgspec.Meta(max_length=256)] = ""
    code: Code = ""


class NewPasskey(msgspec.Struct, kw_only=True):
    """What the browser made, and what its owner calls it."""

    credential: Credential
    name: DeviceName = ""


class Passkey(msgspec.Struct, kw_only=True):
    """One way to sign in without a password. `is_syncable`: it follows its owner's devices."""

    id: UUID
    name: str
    created_at: datetime
    last_used_at: datetime | None
    is_syncable: bool


class Security(msgspec.Struct, kw_only=True):
    """How a person may sign in. `recovery_codes`: how many are left. `is_given`: a clerk's code
    opened this session: it adds no way in before its person shows who they are."""

    has_password: bool
    has_codes: bool
    recovery_codes: int
    is_given: bool
    passkeys: list[Passkey]


class CodeSecret(msgspec.Struct, kw_only=True):
    """What an authenticator application must be given: by a picture (QR code), or typed."""

    secret: str
    address: str
    picture: str


class FirstCode(msgspec.Struct, kw_only=True):
    """The code that the application shows."""

    code: Code


class RecoveryCodes(msgspec.Struct, kw_only=True):
    """Shown once; each opens once. Those made before are worth nothing any more."""

    codes: list[str]


class SignedIn(msgspec.Struct, kw_only=True):
    """The cookie carries the secret of the session."""

    account_id: UUID
    device_id: UUID


class PasswordChange(msgspec.Struct, kw_only=True):
    """The password in use, if there is one, then the one wanted (12 characters or more)."""

    current: Annotated[str, msgspec.Meta(max_length=256)] = ""
    new: Password


class Account(msgspec.Struct, kw_only=True):
    """The person who is signed in. `is_operator`: they run the host too."""

    id: UUID
    email: str
    civility: str
    first_name: str
    last_name: str
    is_operator: bool


class Device(msgspec.Struct, kw_only=True):
    """One signed-in browser or installed app. `is_current`: the one that asks; `is_extra`: it came
    in beyond the maximum, and may only sign another out."""

    id: UUID
    name: str
    created_at: datetime
    last_seen_at: datetime
    is_current: bool
    is_extra: bool = False


class DeviceEdit(msgspec.Struct, kw_only=True):
    """Another name for a device."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
