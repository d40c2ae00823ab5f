"""Read a PDF in a child process that may fail in any way without harm. No PDF library here.

The child runs in `cage.py`: 1 GiB of address space, 20 s of processor, bounded files, no core, no
other file, process, socket or signal, an empty environment, its own process group. It answers in
lines of JSON, of which the last whole one counts. Everything it says or leaves is checked.
"""

import errno
import gzip
import json
import os
import shutil
import signal
import stat
import sys
import zlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from subprocess import DEVNULL, PIPE

import anyio
import msgspec
from anyio.abc import Process
from anyio.lowlevel import RunVar

import cartable
from cartable.documents.inspection import (
    FLAGS,
    PREVIEW,
    REFUSALS,
    REPAIRED,
    RESTRICTIONS,
    TEXTS,
    Inspection,
    Limits,
    OutlineEntry,
    is_coherent,
    looks_like_pdf,
    refused,
)

__all__ = (
    "FLAGS",
    "PREVIEW",
    "REFUSALS",
    "RESTRICTIONS",
    "TEXTS",
    "Inspection",
    "Limits",
    "OutlineEntry",
    "inspect_pdf",
    "looks_like_pdf",
    "read_texts",
)

AT_ONCE = 2
READER = (sys.executable, "-I", "-m", "cartable.documents.pdf")

_CAGE = (sys.executable, "-I", "-S", str(Path(__file__).with_name("cage.py")))
_ENVIRONMENT = {"LC_ALL": "C.UTF-8"}
_CODE = (
    sys.prefix,
    sys.base_prefix,
    str(Path(cartable.__file__).parents[1]),
    *("/usr", "/lib", "/lib64", "/bin", "/etc/ld.so.cache", "/etc/fonts", "/dev/urandom"),
)
_TEXT_BYTES = 128 << 20
_PREVIEW_BYTES = 4 << 20
_SPARE_BYTES = 64 << 20

# A fault that corrupt input provokes; other signals mean a limit (PDFium traps when memory ends).
_FAULTS = {-signal.SIGSEGV, -signal.SIGBUS, -signal.SIGFPE}

_slots: RunVar[anyio.CapacityLimiter] = RunVar("_slots")


async def inspect_pdf(
    source: Path,
    out: Path,
    limits: Limits | None = None,
    *,
    reader: Sequence[str] = READER,
) -> Inspection:
    """Read `source`; leave `texts.json.gz` and `preview.webp` in `out`, a folder for this alone.

    Never raises for what the file does to its reader: a child that crashes, hangs, exceeds or
    lies becomes a refusal (`too_heavy_to_read` or `unreadable`). Raises OSError when the server
    itself has no source or no room. Both results exist when it is accepted, but for the preview
    when `no_preview` is flagged. Two readings run at once, others wait. Cancelling kills the
    child. `reader` is the command that is given source, out and limits.
    """
    limits = limits or Limits()
    async with _limiter():
        source, out = await anyio.to_thread.run_sync(_prepare, source, out)
        line, status = await _run(source, out, limits, reader)
        return await anyio.to_thread.run_sync(_judge, line, status, out, limits)


def read_texts(path: Path) -> list[str]:
    """One string per page of `texts.json.gz`; ValueError or OSError when it is not that."""
    try:
        with gzip.open(path) as file:
            content = file.read(_TEXT_BYTES + 1)
        if len(content) <= _TEXT_BYTES:
            return msgspec.json.decode(content, type=list[str])
    except (zlib.error, EOFError, RecursionError) as error:
        raise ValueError(str(error)) from error
    raise ValueError("more text than a reading may give")


def _limiter() -> anyio.CapacityLimiter:
    try:
        return _slots.get()
    except LookupError:
        _slots.set(anyio.CapacityLimiter(AT_ONCE))
        return _slots.get()


def _prepare(source: Path, out: Path) -> tuple[Path, Path]:
    """A clean folder, so that nothing older passes for a result; both paths made absolute.

    The server's own troubles (no source, full disk) raise OSError: they must not refuse a file.
    """
    source = source.resolve(strict=True)
    out.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(out).free < source.stat().st_size + _SPARE_BYTES:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(out))
    for name in (TEXTS, PREVIEW, REPAIRED):
        (out / name).unlink(missing_ok=True)
    return source, out.resolve()


async def _run(
    source: Path, out: Path, limits: Limits, reader: Sequence[str]
) -> tuple[bytes, int | None]:
    """The last whole line said, and the exit status; None when the child had to be stopped."""
    terms = {
        "memory_bytes": limits.memory_bytes,
        "cpu_seconds": limits.cpu_seconds,
        "file_bytes": limits.file_bytes,
        "open_files": limits.open_files,
        "readable": [*_CODE, str(source)],
        "writable": [str(out)],
    }
    command = [*_CAGE, json.dumps(terms), *reader, str(source), str(out)]
    said = bytearray()
    status = None
    process = await anyio.open_process(
        [*command, msgspec.json.encode(limits).decode()],
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=DEVNULL,
        cwd=out,
        env=_ENVIRONMENT,
        start_new_session=True,
    )
    try:
        with anyio.move_on_after(limits.wall_seconds):
            if await _listen(process, said, limits.line_bytes):
                status = await process.wait()
    finally:
        with anyio.CancelScope(shield=True):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.aclose()
    lines = bytes(said).split(b"\n")[:-1]
    return lines[-1] if lines else b"", status


async def _listen(process: Process, said: bytearray, most: int) -> bool:
    """Gather what the child says until it ends; False when it says too much."""
    if process.stdout is not None:
        async for chunk in process.stdout:
            said += chunk
            if len(said) > most:
                said.clear()
                return False
    return True


def _judge(line: bytes, status: int | None, out: Path, limits: Limits) -> Inspection:
    (out / REPAIRED).unlink(missing_ok=True)
    try:
        inspection = msgspec.json.decode(line, type=Inspection)
    except (ValueError, RecursionError):
        heavy = status is None or (status < 0 and status not in _FAULTS)
        return refused("too_heavy_to_read" if heavy else "unreadable")
    if not is_coherent(inspection, limits):
        return refused("unreadable")
    if inspection.refusal is not None:
        return refused(inspection.refusal)
    if not _are_texts(out / TEXTS, inspection.pages):
        return refused("unreadable")
    if not _is_preview(out / PREVIEW):
        (out / PREVIEW).unlink(missing_ok=True)
        if "no_preview" not in inspection.flags:
            inspection.flags.append("no_preview")
    return inspection


def _is_plain_file(path: Path, most: int) -> bool:
    """A file of this folder, not a link by which another one would be read in its place."""
    try:
        found = path.lstat()
    except OSError:
        return False
    return stat.S_ISREG(found.st_mode) and found.st_nlink == 1 and 0 < found.st_size <= most


def _are_texts(path: Path, pages: int) -> bool:
    try:
        return _is_plain_file(path, _TEXT_BYTES) and len(read_texts(path)) == pages
    except (OSError, ValueError):
        return False


def _is_preview(path: Path) -> bool:
    if not _is_plain_file(path, _PREVIEW_BYTES):
        return False
    with path.open("rb") as file:
        head = file.read(12)
    return head[:4] == b"RIFF" and head[8:] == b"WEBP"
