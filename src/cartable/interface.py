"""Serving the built interface: hashed assets for ever, everything else revalidated.

Every page is the same `index.html` (a single-page application); unknown assets are 404.
"""

import gzip
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from litestar import Request, Response, route
from litestar.params import FromPath

from cartable.errors import NotFound

_TEXT = ("text/", "application/javascript", "application/json", "image/svg", "application/manifest")
_MEDIA = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".webmanifest": "application/manifest+json",
    ".woff2": "font/woff2",
    ".wasm": "application/wasm",
}


@dataclass(frozen=True)
class Asset:
    """One file of the build, compressed once when that helps."""

    body: bytes
    zipped: bytes | None
    media_type: str
    etag: str
    is_immutable: bool


class Interface:
    """The files of the build, read when first asked for."""

    def __init__(self, root: Path) -> None:
        self._root = root.resolve()
        self._assets: dict[str, tuple[int, Asset]] = {}

    def find(self, path: str) -> Asset | None:
        """The asset at `path`, `index.html` for a page, or None."""
        name = path.strip("/")
        file = self._file(name)
        if file is None:
            if "." in name.rpartition("/")[2] or name.startswith("api/"):
                return None
            file = self._root / "index.html"
        if not file.is_file():
            return None
        name = file.relative_to(self._root).as_posix()
        changed = file.stat().st_mtime_ns
        known = self._assets.get(name)
        if known is None or known[0] != changed:
            known = self._assets[name] = (changed, _read(file, name))
        return known[1]

    def _file(self, name: str) -> Path | None:
        try:
            file = (self._root / name).resolve()
            return file if file.is_relative_to(self._root) and file.is_file() else None
        except (OSError, ValueError):
            # A name too long, or with a NUL: no file bears it.
            return None


def _read(file: Path, name: str) -> Asset:
    body = file.read_bytes()
    media = _MEDIA.get(file.suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    is_text = media.startswith(_TEXT)
    return Asset(
        body=body,
        zipped=gzip.compress(body, 9, mtime=0) if is_text and len(body) > 512 else None,
        media_type=f"{media}; charset=utf-8" if is_text else media,
        etag=f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        is_immutable=name.startswith("assets/"),
    )


@route(
    ["/", "/{path:path}"],
    http_method=["GET", "HEAD"],
    include_in_schema=False,
    sync_to_thread=False,
)
def show_interface(request: Request[Any, Any, Any], path: FromPath[str] = "") -> Response[bytes]:
    """A file of the interface."""
    asset = request.app.state.interface.find(path)
    if asset is None:
        raise NotFound
    headers = {
        "etag": asset.etag,
        "vary": "Accept-Encoding",
        "cache-control": "public, max-age=31536000, immutable"
        if asset.is_immutable
        else "no-cache",
    }
    if request.headers.get("if-none-match") == asset.etag:
        return Response(b"", status_code=304, headers=headers)
    body = asset.body
    if asset.zipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
        body, headers["content-encoding"] = asset.zipped, "gzip"
    return Response(
        body, headers={**headers, "content-type": asset.media_type}, media_type=asset.media_type
    )
