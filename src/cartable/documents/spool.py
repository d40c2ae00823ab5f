"""Receiving a file: to the disk while it is hashed, so that memory stays flat whatever its size."""

import asyncio
import hashlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any, TypeVar

from cartable.documents.inspection import looks_like_pdf
from cartable.documents.rules import EmptyFile, FileTooLarge, NotAPdf
from cartable.documents.shapes import SLICE
from cartable.errors import Unavailable

A = TypeVar("A")
T = TypeVar("T")

_FLUSH = 1024 * 1024
_HEAD = 1024


@dataclass(frozen=True)
class Spooled:
    """A received file: where it is, its SHA-256, its size, and the SHA-256 of each 2 MiB."""

    path: Path
    sha256: str
    size: int
    slices: list[str]


@dataclass
class _Hashing:
    file: IO[bytes]
    whole: Any = field(default_factory=hashlib.sha256)
    slice: Any = field(default_factory=hashlib.sha256)
    slices: list[str] = field(default_factory=list)
    size: int = 0

    def take(self, data: bytes) -> None:
        self.file.write(data)
        self.whole.update(data)
        view = memoryview(data)
        while view:
            room = SLICE - self.size % SLICE
            part = view[:room]
            self.slice.update(part)
            self.size += len(part)
            view = view[room:]
            if self.size % SLICE == 0:
                self.close_slice()

    def close_slice(self) -> None:
        self.slices.append(self.slice.hexdigest())
        self.slice = hashlib.sha256()

    def finish(self, path: Path) -> Spooled:
        self.file.flush()
        if self.size % SLICE:
            self.close_slice()
        return Spooled(path, self.whole.hexdigest(), self.size, self.slices)


@asynccontextmanager
async def spool(body: AsyncIterator[bytes], folder: Path, limit: int) -> AsyncIterator[Spooled]:
    """The whole of `body` in a file of `folder`, removed at the end of the block.

    Raises:
        EmptyFile, NotAPdf, FileTooLarge (`limit` in bytes), Unavailable (the disk is full)
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=folder, prefix="upload-") as file:
        hashing = _Hashing(file)
        waiting = bytearray()
        async for chunk in body:
            waiting += chunk
            if hashing.size + len(waiting) > limit:
                raise FileTooLarge(limit=limit)
            if len(waiting) >= _FLUSH:
                await _take(hashing, waiting)
                waiting = bytearray()
        await _take(hashing, waiting)
        if not hashing.size:
            raise EmptyFile
        yield await _on_disk(hashing, hashing.finish, Path(file.name))


async def _take(hashing: _Hashing, data: bytearray) -> None:
    # The magic number stands in the first KiB: anything else is refused before it fills the disk.
    if hashing.size == 0 and data and not looks_like_pdf(bytes(data[:_HEAD])):
        raise NotAPdf
    if data:
        await _on_disk(hashing, hashing.take, bytes(data))


async def _on_disk(hashing: _Hashing, step: Callable[[A], T], value: A) -> T:
    try:
        return await asyncio.to_thread(step, value)
    except OSError as error:
        # What the disk did not take must not be offered to it once more at the end of the block.
        with suppress(OSError):
            hashing.file.close()
        raise Unavailable(part="storage") from error


def remove_leftovers(folder: Path, before: datetime) -> None:
    """Forget what a process killed in the middle of an upload or of a reading left in `folder`."""
    for left in folder.iterdir() if folder.is_dir() else ():
        with suppress(FileNotFoundError):
            if left.stat().st_mtime >= before.timestamp():
                continue
            if left.is_dir():
                shutil.rmtree(left)
            else:
                left.unlink()
