"""The bytes of pieces: plain files when embedded, an S3 server otherwise (minio).

Names are `{authority}/{sha256}`: content addressing makes writing twice harmless.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

import urllib3
from minio import Minio
from minio.error import MinioException, S3Error
from urllib3.exceptions import HTTPError

from cartable.database import uuid7
from cartable.errors import Unavailable
from cartable.settings import Settings

T = TypeVar("T")
CHUNK = 256 * 1024


class Storage(Protocol):
    """Where bytes live.

    Every method may raise `Unavailable`, and `FileNotFoundError` for a missing object.
    """

    async def put(self, name: str, source: Path) -> None:
        """Store the bytes of `source` under `name`, durably, all or nothing."""

    async def fetch(self, name: str, target: Path) -> None:
        """Copy the object to the file `target`."""

    def read(self, name: str, start: int, end: int) -> AsyncIterator[bytes]:
        """Bytes `start` to `end` excluded, in chunks."""

    async def delete(self, name: str) -> None:
        """Forget the object; absent is fine."""

    def local_path(self, name: str) -> Path | None:
        """The file itself, when the bytes are plain files."""

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

    async def put(self, name: str, source: Path) -> None:
        """Copy aside, flush to the disk, then rename."""
        await asyncio.to_thread(self._put, self.local_path(name), source)

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
        finally:
            aside.unlink(missing_ok=True)

    async def fetch(self, name: str, target: Path) -> None:
        """A copy, so that the reader of PDFs never holds the stored file."""
        await asyncio.to_thread(shutil.copyfile, self.local_path(name), target)

    async def read(self, name: str, start: int, end: int) -> AsyncIterator[bytes]:
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


class S3Storage:
    """Objects of one bucket of an S3 server, through a bounded pool of connections and threads."""

    def __init__(self, settings: Settings, connections: int = 8) -> None:
        url = urlsplit(settings.s3_endpoint)
        self._bucket = settings.s3_bucket
        self._turn = asyncio.Semaphore(connections)
        self._client = Minio(
            url.netloc,
            access_key=settings.s3_access_key,
            secret_key=settings.s3_secret_key,
            secure=url.scheme == "https",
            region=settings.s3_region,
            http_client=urllib3.PoolManager(
                maxsize=connections,
                timeout=urllib3.Timeout(connect=5, read=60),
                retries=urllib3.Retry(
                    total=3, backoff_factor=0.2, status_forcelist=(500, 502, 503)
                ),
            ),
        )

    async def _call(self, function: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        async with self._turn:
            try:
                return await asyncio.to_thread(partial(function, *args, **kwargs))
            except S3Error as error:
                if error.code in ("NoSuchKey", "NoSuchObject"):
                    raise FileNotFoundError(str(args[:2])) from None
                raise Unavailable(part="storage") from error
            except (MinioException, HTTPError, ConnectionError) as error:
                raise Unavailable(part="storage") from error

    def local_path(self, name: str) -> None:
        """The bytes are elsewhere."""
        return

    async def put(self, name: str, source: Path) -> None:
        """One PUT, or parts one after another for a large file."""
        await self._call(
            self._client.fput_object, self._bucket, name, str(source), num_parallel_uploads=1
        )

    async def fetch(self, name: str, target: Path) -> None:
        """Stream the object to a file."""
        await self._call(self._client.fget_object, self._bucket, name, str(target))

    async def read(self, name: str, start: int, end: int) -> AsyncIterator[bytes]:
        """A ranged GET, released whatever happens to the reader."""
        response = await self._call(
            self._client.get_object, self._bucket, name, offset=start, length=end - start
        )
        try:
            while chunk := await self._call(response.read, CHUNK):
                yield chunk
        finally:
            response.close()
            response.release_conn()

    async def delete(self, name: str) -> None:
        """Remove the object."""
        with suppress(FileNotFoundError):
            await self._call(self._client.remove_object, self._bucket, name)

    async def check(self) -> None:
        """The bucket answers; it is made when it does not exist yet."""
        if not await self._call(self._client.bucket_exists, self._bucket):
            await self._call(self._client.make_bucket, self._bucket)


def open_storage(settings: Settings) -> Storage:
    """The storage that the settings name."""
    return S3Storage(settings) if settings.storage == "s3" else FileStorage(settings.data / "files")
