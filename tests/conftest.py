"""One empty server per test, on SQLite and files or on PostgreSQL and S3.

`CARTABLE_TEST_DATABASE` chooses (see deploy/dev/test). Schemas are migrated once, then copied.
"""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text, update
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from cartable import worker
from cartable.accounts.tables import Device
from cartable.app import create_app
from cartable.runtime import Runtime, open_runtime
from cartable.schema import migrate
from cartable.settings import Settings
from tests.cast import Cast, Remembered, make_cast
from tests.isolation.eyes import Seeing, let_tests_see, open_eyes
from tests.isolation.statements import watch

SHARED = Path(__file__).resolve().parents[2] / "shared"
IS_POSTGRESQL = os.environ.get("CARTABLE_TEST_DATABASE") == "postgresql"
ROLE = "cartable_application"
"""Who serves on PostgreSQL: row security holds it."""

APPLICATION = f"""
DO $$ BEGIN
    CREATE ROLE {ROLE} LOGIN NOSUPERUSER NOCREATEDB NOBYPASSRLS PASSWORD '{{password}}';
EXCEPTION WHEN duplicate_object THEN NULL;
END $$
"""

open_eyes()
watch()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What needs PostgreSQL or S3 belongs to the other of the two runs: left out, not skipped."""
    absent = {"sqlite"} if IS_POSTGRESQL else {"postgresql"}
    if "CARTABLE_TEST_S3_ENDPOINT" not in os.environ:
        absent.add("s3")
    elsewhere = [item for item in items if any(item.get_closest_marker(m) for m in absent)]
    if elsewhere:
        config.hook.pytest_deselected(items=elsewhere)
        items[:] = [item for item in items if item not in elsewhere]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """One event loop library."""
    return "asyncio"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of real documents beside the project."""
    if not SHARED.is_dir():
        if os.environ.get("CI") == "true":
            pytest.fail("the shared folder of real documents is absent")
        pytest.skip("the shared folder of real documents is absent")
    return SHARED


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A migrated, empty database to copy: a file, or a PostgreSQL template."""
    if not IS_POSTGRESQL:
        path = tmp_path_factory.mktemp("template") / "template.sqlite3"
        asyncio.run(migrate(f"sqlite+aiosqlite:///{path}"))
        yield str(path)
        return
    name = f"cartable_template_{uuid4().hex[:12]}"
    asyncio.run(on_server(f'CREATE DATABASE "{name}"'))
    asyncio.run(_make_template(_database(name)))
    yield name
    asyncio.run(on_server(f'DROP DATABASE "{name}"'))


async def _make_template(url: str) -> None:
    """Migrated by the owner, to be served as the role of the application, seen by the tests."""
    await on_server(APPLICATION.format(password=make_url(url).password))
    await migrate(url, ROLE)
    engine = create_async_engine(url)
    async with engine.begin() as connection:
        await connection.run_sync(let_tests_see)
    await engine.dispose()


@dataclass(frozen=True)
class Populated:
    """A database where the cast lives, the key that seals it, and the cast's own browsers."""

    database: str
    keys: Path
    cast: Remembered


@pytest.fixture(scope="session")
def populated(template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Populated]:
    """The cast, made once: making it hashes some forty passwords."""
    folder = tmp_path_factory.mktemp("populated")
    name = f"cartable_cast_{uuid4().hex[:12]}" if IS_POSTGRESQL else str(folder / "cast.sqlite3")
    asyncio.run(_copy(template, name))
    cast = asyncio.run(_make(settings_of(name, folder / "var")))
    yield Populated(name, folder / "var" / "keys", cast)
    if IS_POSTGRESQL:
        asyncio.run(on_server(f'DROP DATABASE "{name}"'))


async def _make(settings: Settings) -> Remembered:
    async with open_runtime(settings) as runtime:
        application: Any = create_app(settings, has_worker=False, runtime=runtime)
        async with application.lifespan():
            cast = await make_cast(application, runtime)
            for person in cast.people.values():
                await person.http.aclose()
            return Remembered.of(cast)


@pytest.fixture
def source(request: pytest.FixtureRequest, template: str, tmp_path: Path) -> str:
    """The database that this test starts from: with the cast when it asks for it, else empty."""
    if "cast" not in request.fixturenames:
        return template
    made: Populated = request.getfixturevalue("populated")
    shutil.copytree(made.keys, tmp_path / "var" / "keys")
    return made.database


@pytest.fixture
async def settings(source: str, tmp_path: Path) -> AsyncIterator[Settings]:
    """Settings of a fresh server with a migrated database of its own."""
    name = f"cartable_test_{uuid4().hex[:12]}" if IS_POSTGRESQL else str(tmp_path / "test.sqlite3")
    await _copy(source, name)
    yield settings_of(name, tmp_path / "var")
    if IS_POSTGRESQL:
        await on_server(f'DROP DATABASE "{name}" WITH (FORCE)')


def settings_of(database: str, data: Path) -> Settings:
    common: dict[str, Any] = {"data": data, "public_url": "http://cartable.test"}
    if not IS_POSTGRESQL:
        return Settings(database=f"sqlite+aiosqlite:///{database}", **common)
    env = os.environ
    return Settings(
        database=_database(database, ROLE),
        database_owner=_database(database),
        storage="s3",
        s3_endpoint=env["CARTABLE_TEST_S3_ENDPOINT"],
        s3_access_key=env["CARTABLE_TEST_S3_ACCESS_KEY"],
        s3_secret_key=env["CARTABLE_TEST_S3_SECRET_KEY"],
        s3_region=env["CARTABLE_TEST_S3_REGION"],
        s3_bucket="cartable-tests",
        **common,
    )


async def _copy(source: str, target: str) -> None:
    if IS_POSTGRESQL:
        await on_server(f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
    else:
        shutil.copyfile(source, target)


@pytest.fixture
async def runtime(settings: Settings) -> AsyncIterator[Runtime]:
    """The open parts of the server."""
    async with open_runtime(settings) as held:
        yield Seeing.by(held)


@pytest.fixture
async def app(settings: Settings, runtime: Runtime) -> AsyncIterator[Any]:
    """The application, without a worker: tests call `do_jobs` when they want the work done."""
    application = create_app(settings, has_worker=False, runtime=runtime)
    async with application.lifespan():
        yield application


@pytest.fixture
async def cast(app: Any, runtime: Runtime, populated: Populated) -> AsyncIterator[Cast]:
    """Two towns with their people, all signed in a moment ago."""
    made = populated.cast.on(app, runtime)
    async with runtime.writing() as db:
        await db.execute(update(Device).values(proved_at=datetime.now(UTC)))
    yield made
    for person in made.people.values():
        await person.http.aclose()


@pytest.fixture
def do_jobs(runtime: Runtime) -> Any:
    """Do every due job now."""

    async def do() -> None:
        await worker.drain(runtime)

    return do


def _database(name: str, role: str | None = None) -> str:
    url = make_url(os.environ["CARTABLE_TEST_POSTGRES_URL"]).set(database=name, username=role)
    return url.render_as_string(hide_password=False)


async def on_server(statement: str) -> None:
    engine = create_async_engine(
        os.environ["CARTABLE_TEST_POSTGRES_URL"], isolation_level="AUTOCOMMIT"
    )
    async with engine.connect() as connection:
        await connection.execute(text(statement))
    await engine.dispose()
