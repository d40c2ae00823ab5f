"""Children that misbehave: each tries one deed and, if it succeeds, answers as an honest reader.

So a deed that is not prevented shows as an accepted file, and the honest child is the control.
"""

import os
import shutil
import sys
import textwrap
import time
from pathlib import Path

import anyio
import pytest

from cartable.documents.confinement import (
    AT_ONCE,
    TEXTS,
    Inspection,
    Limits,
    inspect_pdf,
    looks_like_pdf,
    read_texts,
)

HONEST = """
import gzip, os, pathlib, sys
source, out = map(pathlib.Path, sys.argv[1:3])
said = '{"pages": 1, "sizes": [[595, 842]], "flags": []}'
(out / "texts.json.gz").write_bytes(gzip.compress(b'["Budget"]'))
(out / "preview.webp").write_bytes(b"RIFF....WEBP")
"""
ANSWER = "\nprint(said, flush=True)\n"


def read_with(
    folder: Path, deed: str, limits: Limits | None = None, answer: str = ANSWER
) -> Inspection:
    source = folder / "paper.pdf"
    source.write_bytes(b"%PDF-1.7")
    reader = [sys.executable, "-I", "-c", HONEST + textwrap.dedent(deed) + answer]
    quick = limits or Limits(cpu_seconds=1, wall_seconds=5)

    async def read() -> Inspection:
        return await inspect_pdf(source, folder / "out", quick, reader=reader)

    return anyio.run(read)


def kernel_shuts_files_and_calls() -> bool:
    """Asked in a child, because confinement cannot be undone."""
    terms = (
        "dict(memory_bytes=1 << 30, cpu_seconds=5, file_bytes=1, open_files=32,"
        " readable=['/'], writable=[])"
    )
    code = f"from cartable.documents import cage; raise SystemExit(not all(cage.confine({terms})))"
    return os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-I", "-c", code]) == 0


@pytest.fixture(scope="module")
def strong_kernel() -> None:
    if not kernel_shuts_files_and_calls():
        if os.environ.get("CI") == "true":
            pytest.fail("this kernel offers neither Landlock nor seccomp")
        pytest.skip("this kernel does not offer both Landlock and seccomp to the tests")


def test_an_honest_child_is_believed(tmp_path: Path) -> None:
    assert read_with(tmp_path, "") == Inspection(pages=1, sizes=[(595, 842)])
    assert read_texts(tmp_path / "out" / TEXTS) == ["Budget"]


@pytest.mark.parametrize(
    ("deed", "refusal"),
    [
        pytest.param("import time; time.sleep(60)", "too_heavy_to_read", id="sleep"),
        pytest.param("while True: print('x' * 65536)", "too_heavy_to_read", id="endless output"),
        pytest.param("os.abort()", "too_heavy_to_read", id="abort, as PDFium without memory"),
        pytest.param("import ctypes; ctypes.string_at(8)", "unreadable", id="segmentation fault"),
        pytest.param("raise SystemExit(3)", "unreadable", id="silent exit"),
        pytest.param("x = bytearray(2 << 30)", "unreadable", id="memory"),
        pytest.param("(out / 'x').write_bytes(bytes(2 << 20))", "unreadable", id="huge file"),
        pytest.param(
            "kept = [open(source) for _ in range(99)]", "unreadable", id="many open files"
        ),
    ],
)
def test_a_child_cannot_exceed(tmp_path: Path, deed: str, refusal: str) -> None:
    limits = Limits(cpu_seconds=1, wall_seconds=3, file_bytes=1 << 20, line_bytes=1 << 20)
    start = time.monotonic()
    assert read_with(tmp_path, deed, limits).refusal == refusal
    assert time.monotonic() - start < 8


def test_processor_time_ends_long_before_the_wall_clock(tmp_path: Path) -> None:
    start = time.monotonic()
    limits = Limits(cpu_seconds=1, wall_seconds=60)
    assert read_with(tmp_path, "while True: pass", limits).refusal == "too_heavy_to_read"
    assert time.monotonic() - start < 20


@pytest.mark.parametrize(
    "deed",
    [
        pytest.param("os.fork()", id="fork"),
        pytest.param("import subprocess; subprocess.run(['/bin/true'])", id="spawn"),
        pytest.param("import threading; threading.Thread(target=int).start()", id="thread"),
        pytest.param("import socket; socket.socket()", id="socket"),
        pytest.param("os.kill(os.getppid(), 0)", id="signal the server"),
        pytest.param("open('/etc/passwd').read()", id="read a system file"),
        pytest.param("open(f'/proc/{os.getppid()}/environ').read()", id="server's environment"),
        pytest.param("(out.parent / 'secret').read_text()", id="read beside the folder"),
        pytest.param("(out.parent / 'x').write_text('')", id="write beside the folder"),
        pytest.param("source.write_bytes(b'')", id="change the paper"),
        pytest.param("source.unlink()", id="delete the paper"),
        pytest.param("(out / 'link').symlink_to('/etc/passwd')", id="plant a link"),
    ],
)
@pytest.mark.usefixtures("strong_kernel")
def test_a_child_cannot_reach_out(tmp_path: Path, deed: str) -> None:
    (tmp_path / "secret").write_text("master key")
    assert read_with(tmp_path, deed).refusal == "unreadable"
    assert (tmp_path / "paper.pdf").read_bytes() == b"%PDF-1.7"


def test_a_child_sees_no_secret_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CARTABLE_SECRET", "canary")
    deed = "assert 'canary' not in str(os.environ) and set(os.environ) <= {'LC_ALL', 'LC_CTYPE'}"
    assert read_with(tmp_path, deed).refusal is None


@pytest.mark.parametrize(
    "deed",
    [
        pytest.param("said = 'hello'", id="no JSON"),
        pytest.param("said = '{}'", id="no page"),
        pytest.param("said = said.replace('1,', '2,')", id="fewer sizes than pages"),
        pytest.param("said = said.replace('595', '-595')", id="negative size"),
        pytest.param("said = said.replace('[]', '[\"trusted\"]')", id="unknown flag"),
        pytest.param('said = \'{"refusal": "<b>"}\'', id="unknown refusal"),
        pytest.param("said = '{\"x\":' + '[' * 99999", id="deep nesting"),
        pytest.param(
            "said = said.replace('[]', '[], \"title\": \"' + 'x' * 999 + '\"')", id="long title"
        ),
        pytest.param(
            'said = said.replace(\'[]\', \'[], "outline": [{"title":"x","page":7,"level":0}]\')',
            id="heading of no page",
        ),
        pytest.param("(out / 'texts.json.gz').unlink()", id="no texts"),
        pytest.param("(out / 'texts.json.gz').write_bytes(b'[\"a\"]')", id="texts not compressed"),
        pytest.param(
            "(out / 'texts.json.gz').write_bytes(gzip.compress(b'[]'))", id="texts of no page"
        ),
        pytest.param(
            "(out / 'texts.json.gz').write_bytes(gzip.compress(b'[1]'))", id="texts of numbers"
        ),
        pytest.param(
            "p = out / 'texts.json.gz'; p.write_bytes(p.read_bytes()[:-9])", id="texts cut"
        ),
        pytest.param(
            "p = out / 'texts.json.gz'; b = bytearray(p.read_bytes()); b[12] ^= 255;"
            " p.write_bytes(b)",
            id="texts corrupt",
        ),
        pytest.param(
            "(out / 'texts.json.gz').write_bytes(gzip.compress(b' ' * (200 << 20), 1))",
            id="texts bomb",
        ),
        pytest.param("p = out / 'texts.json.gz'; os.link(p, out / 'x')", id="texts with two names"),
    ],
)
def test_a_child_that_lies_is_not_believed(tmp_path: Path, deed: str) -> None:
    assert read_with(tmp_path, deed, Limits(wall_seconds=20)).refusal == "unreadable"


@pytest.mark.parametrize(
    "deed",
    [
        "(out / 'preview.webp').unlink()",
        "(out / 'preview.webp').write_bytes(b'<svg onload=alert(1)>')",
        "(out / 'preview.webp').write_bytes(b'RIFF....WEBP' + bytes(5 << 20))",
    ],
)
def test_a_false_preview_is_dropped_and_said(tmp_path: Path, deed: str) -> None:
    inspection = read_with(tmp_path, deed)
    assert (inspection.refusal, inspection.flags) == (None, ["no_preview"])
    assert not (tmp_path / "out" / "preview.webp").exists()


def test_dying_while_drawing_keeps_what_was_read(tmp_path: Path) -> None:
    first = "print(said.replace('[]', '[\"no_preview\"]'), flush=True)"
    deed = f"(out / 'preview.webp').unlink(); {first}; print('{{', end='', flush=True); os.abort()"
    inspection = read_with(tmp_path, deed)
    assert (inspection.refusal, inspection.flags) == (None, ["no_preview"])


def test_results_of_an_earlier_reading_do_not_pass(tmp_path: Path) -> None:
    assert read_with(tmp_path, "").refusal is None
    deed = "(out / 'texts.json.gz').unlink()"
    assert read_with(tmp_path, deed).refusal == "unreadable"


def test_the_servers_own_troubles_refuse_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(FileNotFoundError):
        anyio.run(inspect_pdf, tmp_path / "gone.pdf", tmp_path / "out")
    full = shutil.disk_usage(tmp_path)._replace(free=1_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: full)
    with pytest.raises(OSError, match="No space left"):
        read_with(tmp_path, "")


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_cancelling_kills_the_child(tmp_path: Path) -> None:
    source, told = tmp_path / "paper.pdf", tmp_path / "out" / "pid"
    source.write_bytes(b"%PDF-1.7")
    told.parent.mkdir()
    os.mkfifo(told)
    deed = "(out / 'pid').write_text(str(os.getpid())); import time; time.sleep(60)"
    reader = [sys.executable, "-I", "-c", HONEST + deed]

    async def cancel_once_started() -> int:
        async with anyio.create_task_group() as group:
            group.start_soon(lambda: inspect_pdf(source, told.parent, reader=reader))
            pid = int(await anyio.to_thread.run_sync(told.read_text))
            assert is_alive(pid)
            group.cancel_scope.cancel()
        return pid

    assert not is_alive(anyio.run(cancel_once_started))


def test_no_more_than_two_readings_at_once(tmp_path: Path) -> None:
    source = tmp_path / "paper.pdf"
    source.write_bytes(b"%PDF-1.7")
    deed = (
        "import time; begin = time.monotonic(); time.sleep(0.3);"
        "(out / 'times').write_text(f'{begin} {time.monotonic()}')"
    )
    reader = [sys.executable, "-I", "-c", HONEST + deed + ANSWER]

    async def read_all() -> None:
        async with anyio.create_task_group() as group:
            for number in range(5):
                out = tmp_path / str(number)
                group.start_soon(lambda out=out: inspect_pdf(source, out, reader=reader))

    anyio.run(read_all)
    spans = [
        tuple(map(float, (tmp_path / str(number) / "times").read_text().split()))
        for number in range(5)
    ]
    most = max(sum(begin <= moment < end for begin, end in spans) for moment, _ in spans)
    assert most == AT_ONCE


@pytest.mark.parametrize(
    ("head", "answer"),
    [
        (b"%PDF-1.4\n", True),
        (b"\xef\xbb\xbf junk before %PDF-1.7", True),
        (b" " * 1020 + b"%PDF-1.7", False),
        (b"PK\x03\x04", False),
        (b"", False),
    ],
)
def test_the_upload_door_knows_a_pdf(head: bytes, answer: bool) -> None:
    assert looks_like_pdf(head) is answer


def test_the_server_side_loads_no_pdf_library() -> None:
    code = (
        "import sys, cartable.documents.confinement;"
        "raise SystemExit(bool({'pypdf', 'pikepdf', 'pypdfium2', 'PIL'} & set(sys.modules)))"
    )
    assert os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-I", "-c", code]) == 0


def test_the_child_loads_no_server() -> None:
    code = (
        "import sys, cartable.documents.pdf;"
        "raise SystemExit(bool({'litestar', 'sqlalchemy', 'anyio', 'asyncio'} & set(sys.modules)))"
    )
    assert os.spawnv(os.P_WAIT, sys.executable, [sys.executable, "-I", "-c", code]) == 0
