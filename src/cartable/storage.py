"""The bytes of pieces: plain files when embedded, an S3 server otherwise (`s3.py`).

Names are `{authority}/{sha256}`: content addressing makes writing twice harmless.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Protocol

from cartable.database import uuid7
from cartable.errors import Unavailable
from cartable.sealing import flush_folder
from cartable.settings import Settings

CHUNK = 256 * 1024


class Storage(Protocol):
    """Where bytes live.

    Every method may raise `Unavailable`, and `FileNotFoundError` for a missing object.
    """

    async def put(self, name: str, source: Path) -> None:
        """Store the bytes of `source` under `name`, durably, all or nothing."""

    async def fetch(self, name: str, target: Path) -> None:
        """Copy the object to the file `target`."""

    def read(self, name: str, start: int, end: int) -> AsyncGenerator[bytes, None]:
        """Bytes `start` to `end` excluded, in chunks."""

    async def delete(self, name: str) -> None:
        """Forget the object; absent is fine."""

    def local_path(self, name: str) -> Path | None:
        """The file itself, when the bytes are plain files."""

    def place(self, name: str) -> str:
        """Where the object is below the storage's root, for a proxy that reads it there."""

    async def check(self) -> None:
        """Prove that the storage answers."""


class FileStorage:
    """Plain files under one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def local_path(self, name: str) -> Path:
        """Where the object is, or would be."""
        authority, sha256 = name.split("/")
        return self._folder / authority / sha256[:2] / sha256

    def place(self, name: str) -> str:
        """The file, below the folder."""
        return self.local_path(name).relative_to(self._folder).as_posix()

    async def put(self, name: str, source: Path) -> None:
        """Copy aside, flush to the disk, then rename."""
        try:
            await asyncio.to_thread(self._put, self.local_path(name), source)
        except OSError as error:
            raise Unavailable(part="storage") from error

    @staticmethod
    def _put(target: Path, source: Path) -> None:
        if target.exists():
            return
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = target.with_name(f".{uuid7().hex}")
        try:
            shutil.copyfile(source, aside)
            with aside.open("rb") as file:
                os.fsync(file.fileno())
            aside.replace(target)
            flush_folder(target.parent)
        finally:
            aside.unlink(missing_ok=True)

    async def fetch(self, name: str, target: Path) -> None:
        """A copy, so that the reader of PDFs never holds the stored file."""
        await asyncio.to_thread(shutil.copyfile, self.local_path(name), target)

    async def read(self, name: str, start: int, end: int) -> AsyncGenerator[bytes, None]:
        """Read in a thread: a slow disk never holds the event loop."""
        with await asyncio.to_thread(self.local_path(name).open, "rb") as file:
            file.seek(start)
            while start < end:
                chunk = await asyncio.to_thread(file.read, min(CHUNK, end - start))
                if not chunk:
                    raise FileNotFoundError(name)
                start += len(chunk)
                yield chunk

    async def delete(self, name: str) -> None:
        """Remove the file."""
        await asyncio.to_thread(self.local_path(name).unlink, missing_ok=True)

    async def check(self) -> None:
        """Write and remove a small file."""
        probe = self._folder / f".{uuid7().hex}"
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            await asyncio.to_thread(probe.write_bytes, b"cartable")
            await asyncio.to_thread(probe.unlink)
        except OSError:
            raise Unavailable(part="storage") from None


def open_storage(settings: Settings) -> Storage:
    """The storage that the settings name."""
    if settings.storage == "s3":
        # The S3 client weighs 12 MB in memory: only those who use it pay for it.
        from cartable.s3 import S3Storage

        return S3Storage(settings)
    return FileStorage(settings.data / "files")
