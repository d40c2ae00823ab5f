"""The storage of bytes: plain files and S3 behave alike."""

import asyncio
import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from cartable.errors import Unavailable
from cartable.s3 import S3Storage
from cartable.settings import Settings
from cartable.storage import FileStorage, Storage

pytestmark = pytest.mark.anyio


def s3_settings(tmp_path: Path) -> Settings:
    env = os.environ
    return Settings(
        data=tmp_path,
        storage="s3",
        s3_endpoint=env["CARTABLE_TEST_S3_ENDPOINT"],
        s3_access_key=env["CARTABLE_TEST_S3_ACCESS_KEY"],
        s3_secret_key=env["CARTABLE_TEST_S3_SECRET_KEY"],
        s3_region=env["CARTABLE_TEST_S3_REGION"],
        s3_bucket="cartable-storage-tests",
    )


@pytest.fixture(params=["files", pytest.param("s3", marks=pytest.mark.s3)])
async def storage(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Storage]:
    if request.param == "files":
        yield FileStorage(tmp_path / "files")
        return
    held = S3Storage(s3_settings(tmp_path))
    await held.check()
    yield held


@pytest.fixture
def name() -> str:
    return f"{uuid4()}/{hashlib.sha256(uuid4().bytes).hexdigest()}"


def _source(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / f"source-{uuid4().hex}"
    path.write_bytes(content)
    return path


async def _read(storage: Storage, name: str, start: int, end: int) -> bytes:
    return b"".join([chunk async for chunk in storage.read(name, start, end)])


@pytest.mark.parametrize("size", [1, 1000, 256 * 1024, 6_000_000])
async def test_what_is_put_comes_back(
    storage: Storage, tmp_path: Path, name: str, size: int
) -> None:
    content = os.urandom(size)
    source = _source(tmp_path, content)
    await storage.put(name, source)
    assert source.read_bytes() == content
    assert await _read(storage, name, 0, size) == content
    for start, end in ((0, 1), (size - 1, size), (size // 3, size // 2 + 1)):
        assert await _read(storage, name, start, end) == content[start:end]
    target = tmp_path / "target"
    await storage.fetch(name, target)
    assert target.read_bytes() == content
    target.write_bytes(b"changed")
    assert await _read(storage, name, 0, size) == content, "a copy, never the object itself"


async def test_a_missing_object(storage: Storage, tmp_path: Path, name: str) -> None:
    with pytest.raises(FileNotFoundError):
        await storage.fetch(name, tmp_path / "target")
    with pytest.raises(FileNotFoundError):
        await _read(storage, name, 0, 1)
    await storage.delete(name)


async def test_a_deleted_object_is_missing(storage: Storage, tmp_path: Path, name: str) -> None:
    await storage.put(name, _source(tmp_path, b"bytes"))
    await storage.delete(name)
    with pytest.raises(FileNotFoundError):
        await _read(storage, name, 0, 1)
    await storage.delete(name)


async def test_authorities_do_not_share_objects(
    storage: Storage, tmp_path: Path, name: str
) -> None:
    await storage.put(name, _source(tmp_path, b"bytes"))
    with pytest.raises(FileNotFoundError):
        await _read(storage, f"{uuid4()}/{name.split('/')[1]}", 0, 1)


async def test_the_same_object_put_by_many_at_once(
    storage: Storage, tmp_path: Path, name: str
) -> None:
    content = os.urandom(300_000)
    sources = [_source(tmp_path, content) for _ in range(8)]
    await asyncio.gather(*(storage.put(name, source) for source in sources))
    assert await _read(storage, name, 0, len(content)) == content
    if isinstance(storage, FileStorage):
        kept = [path.name for path in storage.local_path(name).parent.iterdir()]
        assert kept == [name.split("/")[1]], "nothing left aside"


async def test_a_read_left_in_its_middle_gives_its_connection_back(
    storage: Storage, tmp_path: Path, name: str
) -> None:
    content = os.urandom(2_000_000)
    await storage.put(name, _source(tmp_path, content))
    for _ in range(20):
        chunks = storage.read(name, 0, len(content))
        assert await anext(chunks)
        await chunks.aclose()  # type: ignore[attr-defined]
    assert await asyncio.wait_for(_read(storage, name, 5, 9), 20) == content[5:9]


async def test_checking_says_when_it_answers(storage: Storage) -> None:
    await storage.check()


async def test_a_folder_that_cannot_be_written_is_unavailable(tmp_path: Path, name: str) -> None:
    (tmp_path / "files").write_bytes(b"a file where the folder should be")
    storage = FileStorage(tmp_path / "files")
    with pytest.raises(Unavailable):
        await storage.check()
    with pytest.raises(Unavailable):
        await storage.put(name, _source(tmp_path, b"bytes"))


def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path, name: str) -> None:
    storage = FileStorage(tmp_path / "files")
    source = _source(tmp_path, os.urandom(3_000_000))
    script = (
        "import asyncio, resource, signal, sys; from pathlib import Path\n"
        "from cartable.errors import Unavailable; from cartable.storage import FileStorage\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))\n"
        "try: asyncio.run(FileStorage(Path(sys.argv[1])).put(sys.argv[2], Path(sys.argv[3])))\n"
        "except Unavailable: print('unavailable')\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "files"), name, str(source)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.stdout.strip() == "unavailable", done.stderr
    assert list(storage.local_path(name).parent.iterdir()) == []


def test_a_process_killed_while_it_stores_leaves_no_half_object(tmp_path: Path, name: str) -> None:
    source = _source(tmp_path, os.urandom(5_000_000))
    script = (
        "import asyncio, shutil, sys, time; from pathlib import Path\n"
        "from cartable import storage\n"
        "def slow(source, target):\n"
        "    with open(source, 'rb') as a, open(target, 'wb') as b:\n"
        "        b.write(a.read(1_000_000)); b.flush()\n"
        "        print('middle', flush=True); time.sleep(60)\n"
        "shutil.copyfile = slow\n"
        "asyncio.run(storage.FileStorage(Path(sys.argv[1])).put(sys.argv[2], Path(sys.argv[3])))\n"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "files"), name, str(source)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"middle\n"
        process.send_signal(signal.SIGKILL)
    storage = FileStorage(tmp_path / "files")
    with pytest.raises(FileNotFoundError):
        asyncio.run(_read(storage, name, 0, 1))
    asyncio.run(storage.put(name, source))
    assert asyncio.run(_read(storage, name, 0, 5_000_000)) == source.read_bytes()


async def test_an_s3_server_that_is_away_is_unavailable(tmp_path: Path, name: str) -> None:
    away = Settings(
        data=tmp_path,
        storage="s3",
        s3_endpoint="http://127.0.0.1:9",
        s3_access_key="a",
        s3_secret_key="b" * 8,
    )
    storage = S3Storage(away)
    source = _source(tmp_path, b"bytes")
    for attempt in (
        storage.put(name, source),
        storage.fetch(name, tmp_path / "target"),
        _read(storage, name, 0, 1),
        storage.delete(name),
        storage.check(),
    ):
        with pytest.raises(Unavailable):
            await attempt
    assert not (tmp_path / "target").exists()


@pytest.mark.s3
async def test_an_s3_server_that_refuses_the_key_is_unavailable(tmp_path: Path, name: str) -> None:
    storage = S3Storage(replace(s3_settings(tmp_path), s3_secret_key="wrong" * 4))
    with pytest.raises(Unavailable):
        await storage.put(name, _source(tmp_path, b"bytes"))
