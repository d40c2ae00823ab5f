"""The bytes of pieces in one bucket of an S3 server: the only file that meets minio."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

import urllib3
from minio import Minio
from minio.error import MinioException, S3Error
from urllib3.exceptions import HTTPError

from cartable.errors import Unavailable
from cartable.settings import Settings
from cartable.storage import CHUNK

T = TypeVar("T")


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

    def place(self, name: str) -> str:
        """The object, below the bucket."""
        return name

    async def put(self, name: str, source: Path) -> None:
        """One PUT, or parts one after another for a large file."""
        await self._call(
            self._client.fput_object, self._bucket, name, str(source), num_parallel_uploads=1
        )

    async def fetch(self, name: str, target: Path) -> None:
        """Stream the object to a file."""
        await self._call(self._client.fget_object, self._bucket, name, str(target))

    async def read(self, name: str, start: int, end: int) -> AsyncGenerator[bytes, None]:
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
