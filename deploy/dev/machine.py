"""What the tests need from this machine, installed and started while they already run."""

import contextlib
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import services

HERE = Path(__file__).resolve().parent
OWNER = "runner"


@dataclass(frozen=True)
class Ready:
    """A service or a browser: variables for the tests, or why it is not there."""

    env: dict[str, str] = field(default_factory=dict)
    missing: str = ""


class Machine:
    """Services and browsers, one after the other in the background; all stopped at the exit.

    `folder` is a directory of /tmp for everything temporary. What a killed run left behind is
    stopped and removed first.
    """

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1)
        self._wanted: dict[str, Future[Ready]] = {}

    def __enter__(self) -> Self:
        for left in Path(tempfile.gettempdir()).glob("cartable-test-*"):
            if left.stat().st_uid == os.geteuid() and not _has_owner(left):
                _remove(left)
        self.folder = Path(tempfile.mkdtemp(prefix="cartable-test-"))
        self.folder.chmod(0o711)  # PostgreSQL's own user must reach its directory
        (self.folder / OWNER).write_text(f"{os.getpid()} {services.started(os.getpid())}")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._thread.shutdown(cancel_futures=True)
        _remove(self.folder)

    def want(self, *names: str) -> None:
        """Begin to install and start `postgresql`, `s3`, `chromium`, `webkit`."""
        for name in names:
            job = self._start if name in ("postgresql", "s3") else self._install_browser
            self._wanted[name] = self._thread.submit(job, name)

    def get(self, *names: str) -> Ready:
        """Wait for them. Everything together: all variables, or the first thing missing."""
        env: dict[str, str] = {}
        for name in names:
            ready = self._wanted[name].result()
            if ready.missing:
                return ready
            env |= ready.env
        return Ready(env)

    def _install_browser(self, name: str) -> Ready:
        return self._install(name, "browsers", "install", name) or Ready()

    def _start(self, name: str) -> Ready:
        if not_there := self._install(name, name, "install"):
            return not_there
        switch = ["--no-fsync"] if name == "postgresql" else []
        done = _script(name, "start", str(self.folder / name), *switch)
        if done.returncode != 0:
            return Ready(missing=f"{name} did not start: {done.stderr.strip()[-1500:]}")
        words = shlex.split(done.stdout.replace("export ", ""))
        return Ready(env=dict(word.split("=", 1) for word in words))

    def _install(self, name: str, *command: str) -> Ready | None:
        begin = time.monotonic()
        done = _script(*command)
        if done.returncode == 0:
            if time.monotonic() - begin > 5:
                print(f"[installed {name} in {time.monotonic() - begin:.0f} s]", flush=True)
            return None
        return Ready(missing=f"{name} could not be installed: {done.stderr.strip()[-1500:]}")


def _script(name: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a script of this folder in a session of its own: Ctrl-C must not cut apt in two."""
    return subprocess.run(
        [sys.executable, str(HERE / name), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        start_new_session=True,
        check=False,
    )


def _has_owner(folder: Path) -> bool:
    """Whether the run that made the folder is still there; a folder without a note is kept."""
    try:
        pid, began = (folder / OWNER).read_text().split()
    except (FileNotFoundError, ValueError):
        return True
    return services.is_alive(int(pid)) and services.started(int(pid)) == began


def _remove(folder: Path) -> None:
    for service in folder.glob("*/" + services.MARK):
        with contextlib.suppress(services.ServiceError):
            services.stop(service.parent)
    shutil.rmtree(folder, ignore_errors=True)
