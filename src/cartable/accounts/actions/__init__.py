"""Making an account, signing in and out, proving oneself again, changing a password."""

from cartable.accounts.actions.accounts import create_account
from cartable.accounts.actions.confirm import prove, proved_again
from cartable.accounts.actions.devices import (
    forget_old_devices,
    rename_device,
    seen,
    sign_out,
    sign_out_again,
    sign_out_device,
    sign_out_devices,
    sign_out_other_devices,
)
from cartable.accounts.actions.enter import open_session, sign_in
from cartable.accounts.actions.passwords import (
    change_password,
)

__all__ = [
    "change_password",
    "create_account",
    "forget_old_devices",
    "open_session",
    "prove",
    "proved_again",
    "rename_device",
    "seen",
    "sign_in",
    "sign_out",
    "sign_out_again",
    "sign_out_device",
    "sign_out_devices",
    "sign_out_other_devices",
]
