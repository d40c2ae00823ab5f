"""What the scripts of this folder share: Debian packages, processes known by their id, free ports.

A service lives in one directory, made by `start` and removed by `stop`. Each of its processes is
written down there with its start time the moment it exists, so that `stop` finds all of them, also
after a start that died half way, and never ends a stranger that was given the same id later.
"""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

CANNOT_INSTALL = 77
"""Exit status of `install` where the packages are missing and nobody may install them."""

MARK = ".cartable-service"


class ServiceError(Exception):
    """A service did not start; the message is for a person."""


def packages_missing(commands: Sequence[str]) -> list[str]:
    """The commands and files, given by name or absolute path, that this machine does not have."""
    return [
        name
        for name in commands
        if not (Path(name).exists() if name.startswith("/") else shutil.which(name, path=_path()))
    ]


def install(packages: Sequence[str]) -> int:
    """Install Debian packages as root or by sudo without a password. Returns an exit status."""
    if shutil.which("apt-get") is None:
        print("apt-get is missing: this is not a Debian system.", file=sys.stderr)
        return CANNOT_INSTALL
    rights: list[str] = []
    if os.geteuid() != 0:
        rights = ["sudo", "--non-interactive"]
        if shutil.which("sudo") is None or not succeeds([*rights, "true"]):
            print("Nobody here may install packages: neither root nor sudo.", file=sys.stderr)
            return CANNOT_INSTALL
    apt = [
        *rights,
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "--quiet=2",
        "--option=DPkg::Lock::Timeout=600",
    ]
    wanted = [*apt, "install", "--yes", "--no-install-recommends", *packages]
    if succeeds(wanted):
        return 0
    subprocess.run([*apt, "update"], stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)
    done = subprocess.run(wanted, stdin=subprocess.DEVNULL, stdout=sys.stderr, check=False)
    return 0 if done.returncode == 0 else 1


def succeeds(command: Sequence[str]) -> bool:
    """Run a command in silence; whether its status is 0."""
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    return done.returncode == 0


def prepare(directory: Path, owner: str | None) -> None:
    """Make the service's directory, private to its owner.

    Refuses one that already holds something, and one that the owner cannot reach.
    """
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    if any(directory.iterdir()):
        raise ServiceError(f"{directory} is not empty: stop what runs there, or give another.")
    (directory / MARK).touch()
    if owner is not None:
        shutil.chown(directory, owner)
        reach = subprocess.run(["test", "-w", str(directory)], user=owner, group=owner, check=False)
        if reach.returncode != 0:
            (directory / MARK).unlink()
            raise ServiceError(f"The user {owner} cannot reach {directory}: choose one in /tmp.")


def launch(directory: Path, name: str, command: Sequence[str], owner: str | None = None) -> int:
    """Start a process of its own session, its words in `name.log`. Returns its id."""
    with (directory / f"{name}.log").open("ab") as log:
        process = subprocess.Popen(  # left running on purpose: `stop` ends it
            command,
            cwd=directory,
            env=os.environ | {"PATH": _path()},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            user=owner,
            group=owner,
            extra_groups=[] if owner else None,
        )
    with (directory / f"{name}.pid").open("a") as note:
        note.write(f"{process.pid} {started(process.pid)}\n")
    return process.pid


def run(directory: Path, command: Sequence[str], owner: str | None = None) -> str:
    """Run a command to its end, in silence unless it fails. Returns what it printed."""
    try:
        done = subprocess.run(
            command,
            cwd=directory,
            env=os.environ | {"PATH": _path()},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            user=owner,
            group=owner,
            extra_groups=[] if owner else None,
            timeout=120,
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise ServiceError(f"{command[0]} did not end within two minutes.") from None
    if done.returncode != 0:
        raise ServiceError(f"{command[0]} failed: {(done.stderr or done.stdout).strip()[-800:]}")
    return done.stdout


def wait_until(ready: Callable[[], bool], seconds: float, pid: int, what: str) -> None:
    """Wait for a service to answer; stops waiting as soon as its process has ended."""
    deadline = time.monotonic() + seconds
    while not ready():
        if not is_alive(pid):
            raise ServiceError(f"{what} ended instead of starting.")
        if time.monotonic() > deadline:
            raise ServiceError(f"{what} was not ready after {seconds:.0f} seconds.")
        time.sleep(0.1)


def stop(directory: Path) -> None:
    """End every process written down in the directory, then remove it. Absent: nothing to do.

    SIGINT, because PostgreSQL takes SIGTERM as "when the last client has left".
    """
    if not directory.exists():
        return
    if not (directory / MARK).exists():
        raise ServiceError(f"{directory} was not made by `start`: left alone.")
    notes = [line.split() for file in directory.glob("*.pid") for line in file.open()]
    known = [(int(note[0]), note[1]) for note in notes if len(note) == 2]
    for kind, patience in ((signal.SIGINT, 5.0), (signal.SIGKILL, 5.0)):
        running = [pid for pid, began in known if is_alive(pid) and started(pid) == began]
        for pid in running:
            _kill_group(pid, kind)
        deadline = time.monotonic() + patience
        while any(is_alive(pid) for pid in running) and time.monotonic() < deadline:
            time.sleep(0.05)
    for _ in range(20):  # children that outlive their parent by a moment still write there
        shutil.rmtree(directory, ignore_errors=True)
        if not directory.exists():
            return
        time.sleep(0.1)
    raise ServiceError(f"{directory} cannot be removed.")


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def is_alive(pid: int) -> bool:
    """Whether the process exists and is not a zombie."""
    with contextlib.suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)
    state = _stat(pid)
    return bool(state) and state[0] != "Z"


def started(pid: int) -> str:
    """When the process began, in ticks since the machine started; "0" if it is gone."""
    state = _stat(pid)
    return state[19] if state else "0"


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat after the name, which may itself hold spaces; empty if gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def _kill_group(pid: int, kind: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(pid, kind)


def _path() -> str:
    """Debian keeps daemons in /usr/sbin, which is not on everybody's path."""
    return os.environ.get("PATH", "/usr/bin:/bin") + ":/usr/local/sbin:/usr/sbin:/sbin"
