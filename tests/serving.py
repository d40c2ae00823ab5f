"""A real server on loopback for stories and benches: its own process, a folder of its own."""

import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from cartable.app import create_app
from cartable.runtime import Runtime, open_runtime
from cartable.schema import migrate
from cartable.settings import Settings
from tests.cast import HEADERS, PASSWORD, Cast, make_cast
from tests.isolation.eyes import Seeing, open_eyes


@dataclass
class Served:
    """A running server, its process and its towns."""

    base: str
    pid: int
    settings: Settings
    cast: Cast

    def sign_in(self, email: str) -> httpx.Client:
        """A client that is signed in."""
        client = httpx.Client(base_url=self.base, headers=HEADERS, timeout=120)
        client.post("/api/sign-in", json={"email": email, "password": PASSWORD}).raise_for_status()
        return client

    def resident(self) -> int:
        """Bytes resident, the process and its children."""
        return sum(_resident(pid) for pid in [self.pid, *_children(self.pid)])

    def cpu(self) -> float:
        """Seconds of processor taken so far, the process and its children."""
        return sum(_cpu(pid) for pid in [self.pid, *_children(self.pid)])


def free_port() -> int:
    """A port of loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served(
    fill: Callable[[Cast, Runtime], Any] | None = None,
    *,
    has_worker: bool = True,
    database: str = "",
    connection_hosts: tuple[str, ...] = (),
) -> Iterator[Served]:
    """Make the cast, let `fill` (a coroutine function) add to it, then serve.

    `database`: the URL of an empty one; without it, the embedded one.
    """
    with tempfile.TemporaryDirectory(prefix="cartable-") as folder:
        port = free_port()
        settings = Settings(
            data=Path(folder), port=port, database=database, connection_hosts=connection_hosts
        )
        cast = asyncio.run(_prepare(settings, fill))
        with running(settings, has_worker=has_worker) as (base, pid):
            yield Served(base, pid, settings, cast)


@contextmanager
def running(settings: Settings, *, has_worker: bool = True) -> Iterator[tuple[str, int]]:
    """A server on data that is there: its origin and its process."""
    process = _start(settings, has_worker)
    try:
        base = f"http://localhost:{settings.port}"
        _wait(base, process)
        yield base, process.pid
    finally:
        process.terminate()
        process.wait(20)


async def _prepare(settings: Settings, fill: Callable[[Cast, Runtime], Any] | None) -> Cast:
    await migrate(settings.database_url)
    open_eyes()
    async with open_runtime(settings) as held:
        runtime = Seeing.by(held)
        app: Any = create_app(settings, has_worker=False, runtime=runtime)
        async with app.lifespan():
            cast = await make_cast(app, runtime)
            if fill is not None:
                await fill(cast, runtime)
    return cast


def _start(settings: Settings, has_worker: bool) -> subprocess.Popen[bytes]:
    command = [str(Path(sys.executable).with_name("cartable")), "serve"]
    return subprocess.Popen(
        command if has_worker else [*command, "--no-worker"],
        env={
            **os.environ,
            "CARTABLE_DATA": str(settings.data),
            "CARTABLE_DATABASE": settings.database,
            "CARTABLE_PORT": str(settings.port),
            "CARTABLE_CONNECTION_HOSTS": ",".join(settings.connection_hosts),
            # A story on a slow machine takes longer than a clerk who seals a call.
            "CARTABLE_PROOF_MINUTES": "60",
            "CARTABLE_LOG_LEVEL": "warning",
        },
    )


def _wait(base: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(200):
        if process.poll() is not None:
            raise RuntimeError("the server stopped at once")
        try:
            if httpx.get(f"{base}/health/ready").status_code == 200:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise RuntimeError("the server did not start")


def _resident(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    found = next((line for line in lines if line.startswith("VmRSS")), "VmRSS: 0 kB")
    return int(found.split()[1]) * 1024


def _cpu(pid: int) -> float:
    # After the name, which may hold spaces: user and system time are the 14th and 15th field.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _children(pid: int) -> list[int]:
    text = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    direct = [int(child) for child in text.split()]
    return [one for child in direct for one in [child, *_children(child)]]
