"""Signing in and out, one's password, devices and ways in."""

from cartable.accounts.routes import devices, factors, sign_in
from cartable.accounts.routes.doors import ADMITTED, SIGNED_IN, UNSAFE

__all__ = ["ADMITTED", "SIGNED_IN", "UNSAFE", "handlers"]

handlers = [*sign_in.handlers, *devices.handlers, *factors.handlers]
