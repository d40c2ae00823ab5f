"""Sending the bytes of a file: ranges, revalidation, and the fast ways of the server.

RFC 9110: sections 13 (conditional requests) and 14 (ranges; one range is served, a list of ranges
is answered with the whole file, as section 14.2 allows).
"""

import re
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from cartable.errors import Unavailable
from cartable.storage import Storage

# RFC 9110, section 14.1: names of units have no case. A number no file can have is not a range.
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class FileToSend:
    """Bytes named by their SHA-256, which is their strong ETag; `size` in bytes."""

    storage: Storage
    object_name: str
    sha256: str
    size: int
    media_type: str
    file_name: str
    is_accelerated: bool = False

    @property
    def etag(self) -> str:
        """Strong validator."""
        return f'"{self.sha256}"'


class Unsatisfiable(Exception):
    """The range asked lies outside the file."""


def parse_range(header: str | None, size: int) -> tuple[int, int] | None:
    """First byte and end (excluded) of the range asked; None for the whole file.

    Raises:
        Unsatisfiable
    """
    match = _RANGE.fullmatch(header.strip()) if header else None
    first, last = match.groups() if match else ("", "")
    if not first and not last:
        return None
    if not first:
        start, end = max(0, size - int(last)), size
    else:
        start, end = int(first), min(size, int(last) + 1) if last else size
        if last and int(last) < int(first):
            return None
    if start >= end:
        raise Unsatisfiable
    return start, end


class Sender:
    """An ASGI application that answers one GET or HEAD with a file."""

    def __init__(self, file: FileToSend) -> None:
        self._file = file

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer 200, 206, 304 or 416."""
        file = self._file
        asked = {name: value.decode("latin-1") for name, value in scope["headers"]}
        headers = self._headers()
        if _matches(asked.get(b"if-none-match"), file.etag):
            await _answer(send, 304, headers)
            return
        wanted = None
        # RFC 9110, section 14.2: ranges mean something for GET alone.
        if scope["method"] == "GET" and asked.get(b"if-range", file.etag) == file.etag:
            try:
                wanted = parse_range(asked.get(b"range"), file.size)
            except Unsatisfiable:
                await _answer(send, 416, {**headers, "content-range": f"bytes */{file.size}"})
                return
        await self._send(scope, send, headers, wanted)

    def _headers(self) -> dict[str, str]:
        name = self._file.file_name
        plain = re.sub(r'[^ -~]|["\\%/]', "_", name)
        return {
            "etag": self._file.etag,
            "accept-ranges": "bytes",
            # Private: access is checked at each request, a shared cache must keep nothing.
            "cache-control": "private, no-cache",
            "content-disposition": f'inline; filename="{plain}"; '
            f"filename*=UTF-8''{quote(name, safe='')}",
            "content-type": self._file.media_type,
        }

    async def _send(
        self, scope: Any, send: Any, headers: dict[str, str], wanted: tuple[int, int] | None
    ) -> None:
        file = self._file
        start, end = wanted or (0, file.size)
        status = 206 if wanted else 200
        if wanted:
            headers["content-range"] = f"bytes {start}-{end - 1}/{file.size}"
        if file.is_accelerated and scope["method"] != "HEAD":
            headers["x-accel-redirect"] = f"/_objects/{file.storage.place(file.object_name)}"
            headers.pop("content-range", None)
            await _answer(send, 200, headers)
            return
        headers["content-length"] = str(end - start)
        if scope["method"] == "HEAD":
            await _answer(send, status, headers, has_length=True)
            return
        path = file.storage.local_path(file.object_name)
        can_send_path = "http.response.pathsend" in scope.get("extensions", {})
        if path is not None and not wanted and can_send_path and path.exists():
            await _start(send, status, headers)
            await send({"type": "http.response.pathsend", "path": str(path)})
            return
        async with aclosing(file.storage.read(file.object_name, start, end)) as chunks:
            # Before the status is sent: a storage that is away can still be told as such.
            try:
                first = await anext(chunks)
            except FileNotFoundError as error:
                raise Unavailable(part="storage") from error
            await _start(send, status, headers)
            await send({"type": "http.response.body", "body": first, "more_body": True})
            await _stream(send, chunks)


async def _start(send: Any, status: int, headers: dict[str, str]) -> None:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": raw})


async def _answer(
    send: Any, status: int, headers: dict[str, str], *, has_length: bool = False
) -> None:
    if not has_length and status != 304:
        headers = {**headers, "content-length": "0"}
    await _start(send, status, headers)
    await send({"type": "http.response.body", "body": b""})


async def _stream(send: Any, chunks: AsyncGenerator[bytes, None]) -> None:
    async for chunk in chunks:
        await send({"type": "http.response.body", "body": chunk, "more_body": True})
    await send({"type": "http.response.body", "body": b""})


def _matches(header: str | None, etag: str) -> bool:
    if not header:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in header.split(",")]
    return "*" in tags or etag in tags
