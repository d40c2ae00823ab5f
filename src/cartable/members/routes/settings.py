"""Settings of an authority, and its picture."""

import asyncio
from typing import Any

from litestar import Request, Response, delete, get, patch, put
from litestar.params import JSONBody

from cartable.authorities import pictures
from cartable.authorities.rules import (
    InvalidDepartment,
    InvalidSiren,
    InvalidSiret,
    PictureRefused,
    TimeZoneInUse,
    UnknownTimeZone,
)
from cartable.authorities.shapes import AuthoritySettings, SettingsEdit
from cartable.authorities.tables import AuthorityLogo
from cartable.errors import BodyTooLarge, NotFound
from cartable.members.access import allow
from cartable.members.actions import settings
from cartable.members.doors import ANY, AUTHORITY, BODY, ROLE, WRITE, Asker, Db
from cartable.members.guards import member_only
from cartable.web import refusals

SETTINGS = f"{AUTHORITY}/settings"
LOGO = f"{AUTHORITY}/logo"


@get(SETTINGS, summary="Read the settings", guards=[member_only], responses=refusals(*ROLE))
async def read_settings(db: Db, actor: Asker) -> AuthoritySettings:
    """With what the law says beside them."""
    allow(actor, "admin", "clerk")
    return await settings.all_settings(db, actor)


@patch(
    SETTINGS,
    summary="Change settings",
    guards=[member_only],
    responses=refusals(
        *BODY, InvalidSiren, InvalidSiret, InvalidDepartment, UnknownTimeZone, TimeZoneInUse
    ),
)
async def edit_settings(data: JSONBody[SettingsEdit], db: Db, actor: Asker) -> AuthoritySettings:
    """What is left out stays; each change is in the journal."""
    allow(actor, "admin")
    return await settings.edit_settings(db, actor, data)


@get(
    LOGO,
    summary="The picture of an authority",
    guards=[member_only],
    media_type="image/webp",
    responses=refusals(*ANY),
)
async def read_logo(request: Request[Any, Any, Any], db: Db, actor: Asker) -> Response[bytes]:
    """Asked with `?v=` and its SHA-256 it never changes: a browser keeps it."""
    logo = await db.get(AuthorityLogo, actor.authority_id)
    if logo is None:
        raise NotFound
    etag = f'"{logo.sha256}"'
    is_named = request.query_params.get("v") == logo.sha256
    headers = {
        "etag": etag,
        "cache-control": f"private, {'max-age=31536000, immutable' if is_named else 'no-cache'}",
        "content-security-policy": "default-src 'none'",
    }
    if etag in request.headers.get("if-none-match", ""):
        return Response(b"", status_code=304, headers=headers, media_type="image/webp")
    return Response(logo.content, headers=headers, media_type="image/webp")


@put(
    LOGO,
    summary="Change the picture of an authority",
    guards=[member_only],
    responses=refusals(*WRITE, BodyTooLarge, PictureRefused),
)
async def change_logo(request: Request[Any, Any, Any], db: Db, actor: Asker) -> AuthoritySettings:
    """The body is a PNG, JPEG or WebP of 1 MB at most; it is drawn again before it is kept."""
    allow(actor, "admin")
    drawn = await asyncio.to_thread(pictures.drawn_again, await request.body())
    await settings.change_logo(db, actor, drawn)
    return await settings.all_settings(db, actor)


@delete(
    LOGO,
    summary="Remove the picture of an authority",
    guards=[member_only],
    responses=refusals(*WRITE),
)
async def remove_logo(db: Db, actor: Asker) -> None:
    """Its name stands alone again."""
    allow(actor, "admin")
    await settings.remove_logo(db, actor)


handlers = [read_settings, edit_settings, read_logo, change_logo, remove_logo]
