"""Commands run to their end by the test runner, with nothing left of them afterwards."""

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 3600.0
"""Seconds a section may take, on a machine that is slow or busy, before it is taken for hung."""


@contextlib.contextmanager
def started(
    command: Sequence[str],
    *,
    folder: Path = ROOT,
    env: Mapping[str, str] | None = None,
    output: Path | None = None,
) -> Iterator["subprocess.Popen[bytes]"]:
    """A command that runs meanwhile, in a process group of its own.

    Its words go to the screen, or to the file `output`. Whatever it started is ended with it when
    the context is left, also by an interruption.
    """
    with contextlib.ExitStack() as stack:
        words = stack.enter_context(output.open("wb")) if output else None
        process = subprocess.Popen(
            command,
            cwd=folder,
            env=os.environ | (env or {}),
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=subprocess.STDOUT if words else None,
            process_group=0,
        )
        try:
            yield process
        finally:
            _end(process)


def finish(process: "subprocess.Popen[bytes]", limit: float) -> int:
    """Wait for the exit status; 124 after `limit` seconds."""
    try:
        return process.wait(limit)
    except subprocess.TimeoutExpired:
        print(f"{_name(process)} was stopped after {limit:.0f} seconds.", flush=True)
        return 124


def run(
    command: Sequence[str],
    *,
    folder: Path = ROOT,
    env: Mapping[str, str] | None = None,
    output: Path | None = None,
    limit: float = PATIENCE,
) -> int:
    """Run to the end and return the exit status; 124 after `limit` seconds."""
    with started(command, folder=folder, env=env, output=output) as process:
        return finish(process, limit)


def _name(process: "subprocess.Popen[bytes]") -> str:
    return process.args[0] if isinstance(process.args, list) else str(process.args)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """Ask the leader to end, who closes its own browsers and servers; then end what is left."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(15)
    deadline = time.monotonic() + 2
    while _signal(process.pid, signal.SIGTERM) and time.monotonic() < deadline:
        time.sleep(0.05)
    _signal(process.pid, signal.SIGKILL)
    process.wait()


def _signal(group: int, kind: signal.Signals) -> bool:
    """Send to all of the group; whether anybody was there."""
    try:
        os.killpg(group, kind)
    except (ProcessLookupError, PermissionError):
        return False
    return True
