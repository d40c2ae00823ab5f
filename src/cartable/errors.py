"""Refusals: a code for the program, data for the interface, never a sentence."""

import re
from typing import Any, ClassVar


class CartableError(Exception):
    """A refusal that the wire can carry (RFC 9457); its code is its name in snake_case."""

    status: ClassVar[int] = 500
    code: ClassVar[str] = "cartable_error"

    def __init_subclass__(cls) -> None:
        cls.code = re.sub(r"(?<!^)(?=[A-Z])", "_", cls.__name__).lower()

    def __init__(self, **details: Any) -> None:
        super().__init__(self.code)
        self.details = details


class NotFound(CartableError):
    """Absent, or not for you: both look the same."""

    status = 404


class NotSignedIn(CartableError):
    """Nobody is signed in with this request."""

    status = 401


class RoleMissing(CartableError):
    """You may see it, you may not do it. details: role."""

    status = 403


class Conflict(CartableError):
    """Family: the deed does not fit the present state."""

    status = 409


class Invalid(CartableError):
    """Family: what was sent cannot be accepted, whatever the state."""

    status = 422


class InvalidInput(Invalid):
    """A field is missing or of the wrong shape. details: path (of the field), message."""


class BodyTooLarge(CartableError):
    """What was sent is larger than any request of ours. details: limit, in bytes."""

    status = 413


class CrossSiteRequest(CartableError):
    """An unsafe request without the proof that it comes from our own pages."""

    status = 403


class TooManyAttempts(CartableError):
    """details: retry_after, in seconds."""

    status = 429


class Unavailable(CartableError):
    """The database or the storage does not answer; trying again later is right."""

    status = 503
