"""The services that tests run on: started twice at once, used, stopped, nothing left."""

import io
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import asyncpg
import pytest
from minio import Minio
from tests.runner.scripts import DEV, services


def call(name: str, *arguments: str) -> dict[str, str]:
    """Run a service's script. Returns the variables it exports."""
    done = subprocess.run(
        [DEV / name, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = [line.removeprefix("export ") for line in done.stdout.splitlines()]
    return dict(line.split("=", 1) for line in lines)


def processes_of(folder: Path) -> list[str]:
    """The command lines that name a folder, of processes that still run."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(folder) in words and int(entry.parent.name) != os.getpid():
            found.append(words)
    return found


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that PostgreSQL's own user can reach."""
    made = tmp_path_factory.mktemp("services")
    for parent in (made, *made.parents[:2]):
        parent.chmod(parent.stat().st_mode | 0o011)
    return made


async def test_two_postgresql_servers_at_once(folder: Path) -> None:
    places = [folder / "one", folder / "two"]
    with ThreadPoolExecutor() as pool:
        started = list(pool.map(lambda place: call("postgresql", "start", str(place)), places))
    try:
        for variables in started:
            address = variables["CARTABLE_TEST_POSTGRES_URL"]
            assert address.startswith("postgresql+asyncpg://")
            db = await asyncpg.connect(address.replace("+asyncpg", ""))
            await db.execute("create database of_its_own")
            assert await db.fetchval("show fsync") == "on"
            await db.close()
    finally:
        for place in places:
            call("postgresql", "stop", str(place))
    assert not any(place.exists() for place in places)
    assert processes_of(folder) == []


def test_an_s3_server_keeps_an_object(folder: Path) -> None:
    place = folder / "s3"
    variables = call("s3", "start", str(place))
    try:
        client = Minio(
            variables["CARTABLE_TEST_S3_ENDPOINT"].removeprefix("http://"),
            access_key=variables["CARTABLE_TEST_S3_ACCESS_KEY"],
            secret_key=variables["CARTABLE_TEST_S3_SECRET_KEY"],
            region=variables["CARTABLE_TEST_S3_REGION"],
            secure=False,
        )
        client.make_bucket("papers")
        client.put_object("papers", "a/b", io.BytesIO(b"budget"), 6)
        answer = client.get_object("papers", "a/b", offset=2)
        assert answer.read() == b"dget"
        answer.close()
        answer.release_conn()
    finally:
        call("s3", "stop", str(place))
    assert not place.exists()
    assert processes_of(folder) == []


@pytest.mark.parametrize("name", ["postgresql", "s3"])
def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path, name: str) -> None:
    (tmp_path / "letter").write_text("mine")
    for command in ("start", "stop"):
        done = subprocess.run(
            [DEV / name, command, tmp_path], capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        assert str(tmp_path) in done.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["letter"]
    call(name, "stop", str(tmp_path / "never-started"))


def test_a_stranger_with_the_same_process_id_is_never_ended(tmp_path: Path) -> None:
    place = tmp_path / "service"
    services.prepare(place, None)
    with subprocess.Popen(["sleep", "600"], process_group=0) as stranger:
        (place / "old.pid").write_text(f"{stranger.pid} 12345")
        services.stop(place)
        assert stranger.poll() is None
        stranger.kill()
    assert not place.exists()
