"""What a request tells of its browser: the two cookies (the secret of its device, its mark of an
earlier visit) and the address it comes from."""

from typing import Any

from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie

from cartable.settings import Settings

_LONGEST = 400 * 24 * 3600
"""What browsers keep at most (RFC 6265bis, section 5.5), and the longest a session may last."""


def device_cookie(settings: Settings) -> str:
    """Name of the cookie that signs a device in: `__Host-` over HTTPS."""
    return "__Host-cartable" if settings.is_https else "cartable"


def mark_cookie(settings: Settings) -> str:
    """Name of the cookie by which a browser shows it has signed in before."""
    return "__Host-cartable-known" if settings.is_https else "cartable-known"


def asking_cookie(settings: Settings) -> str:
    """Name of the cookie by which a browser shows that it is the one that asked for a link."""
    return "__Host-cartable-asking" if settings.is_https else "cartable-asking"


def connecting_cookie(settings: Settings) -> str:
    """Name of the cookie by which a browser shows that it is the one that went to a provider."""
    return "__Host-cartable-connecting" if settings.is_https else "cartable-connecting"


def keep(settings: Settings, name: str, value: str, seconds: int = _LONGEST) -> Cookie:
    """A cookie that scripts cannot read and other sites cannot send."""
    return Cookie(
        key=name,
        value=value,
        path="/",
        max_age=seconds,
        secure=settings.is_https,
        httponly=True,
        samesite="lax",
    )


def drop(settings: Settings, name: str) -> Cookie:
    """The same cookie, gone."""
    return Cookie(
        key=name,
        value="",
        path="/",
        max_age=0,
        secure=settings.is_https,
        httponly=True,
        samesite="lax",
    )


def address_of(connection: ASGIConnection[Any, Any, Any, Any], settings: Settings) -> str:
    """The client's address; a forwarded one is believed from our own proxy alone."""
    peer = connection.client.host if connection.client else ""
    forwarded = connection.headers.get("x-forwarded-for", "")
    if settings.trusted_proxy and peer == settings.trusted_proxy and forwarded:
        return forwarded.split(",")[-1].strip()
    return peer
