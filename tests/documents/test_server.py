"""A real server: 200 MB in flat memory, nobody waits meanwhile, a cut upload leaves nothing."""

import http.client
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.cast import PASSWORD
from tests.desk import in_days, paper
from tests.letterbox import secret_of

pytestmark = pytest.mark.slow
SIZE = 200_000_000
ROOM = 60_000_000
"""Bytes of memory an upload may add to the server, whatever its size."""

CARTABLE = str(Path(sys.executable).with_name("cartable"))


@dataclass
class Served:
    """A running server, its clerk and a sitting."""

    process: "subprocess.Popen[bytes]"
    data: Path
    http: httpx.Client
    sitting: str

    @property
    def path(self) -> str:
        return f"{self.sitting}/documents?file_name=grand.pdf"

    def left(self) -> list[str]:
        """Temporary files still there."""
        return [path.name for path in (self.data / "tmp").glob("*")]

    def memory(self) -> int:
        """Resident bytes of the server's processes, without the child that reads PDFs."""
        total, waiting = 0, [self.process.pid]
        while waiting:
            folder = Path("/proc", str(waiting.pop()))
            try:
                children = (folder / "task" / folder.name / "children").read_text().split()
                command = (folder / "cmdline").read_bytes()
                status = (folder / "status").read_text()
            except OSError:
                continue
            waiting += [int(child) for child in children]
            found = re.search(r"VmRSS:\s+(\d+) kB", status)
            if found and b"cage.py" not in command and b"documents.pdf" not in command:
                total += int(found[1]) * 1024
        return total


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _environment(tmp_path: Path, storage: str, port: int) -> dict[str, str]:
    env = {k: v for k, v in os.environ.items() if not k.startswith("CARTABLE_")}
    env |= {"CARTABLE_DATA": str(tmp_path / "var"), "CARTABLE_PORT": str(port)}
    if storage == "s3":
        env["CARTABLE_STORAGE"] = "s3"
        env["CARTABLE_S3_BUCKET"] = "cartable-server-tests"
        for name in ("ENDPOINT", "ACCESS_KEY", "SECRET_KEY", "REGION"):
            env[f"CARTABLE_S3_{name}"] = os.environ[f"CARTABLE_TEST_S3_{name}"]
    return env


def _prepare(http_: httpx.Client, secret: str) -> str:
    """The administrator becomes a clerk too and creates a sitting; its path."""
    invited = {"secret": secret, "password": PASSWORD}
    assert http_.post("/api/invitation/accept", json=invited).status_code == 201
    membership = http_.get("/api/me").json()["memberships"][0]
    root = f"/api/authorities/{membership['authority']['id']}"
    roles = {"roles": ["admin", "clerk"]}
    edited = http_.patch(f"{root}/members/{membership['member_id']}", json=roles)
    assert edited.status_code == 200, edited.text
    made = http_.post(f"{root}/assemblies", json={"name": "Conseil", "kind": "council"})
    new = {"assembly_id": made.json()["id"], "starts_at": in_days(7)}
    return f"{root}/sittings/{http_.post(f'{root}/sittings', json=new).json()['id']}"


@pytest.fixture(scope="module", params=["files", pytest.param("s3", marks=pytest.mark.s3)])
def served(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    tmp_path = tmp_path_factory.mktemp("served")
    port = _free_port()
    env = _environment(tmp_path, request.param, port)
    subprocess.run([CARTABLE, "migrate"], env=env, check=True, capture_output=True)
    names = ["--name", "Ville", "--first-name", "Inès", "--last-name", "Nom"]
    found = subprocess.run(
        [CARTABLE, "found", *names, "--email", "ines@ville.example"],
        env=env, check=True, capture_output=True, text=True,
    )  # fmt: skip
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen([CARTABLE, "serve"], env=env, stdout=log, stderr=log)
    try:
        client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=120)
        client.headers["x-cartable"] = "1"
        for _ in range(300):
            try:
                if client.get("/health/ready").status_code == 200:
                    break
            except httpx.TransportError:
                time.sleep(0.1)
        sitting = _prepare(client, secret_of(found.stdout))
        yield Served(process, tmp_path / "var", client, sitting)
        client.close()
    finally:
        process.terminate()
        process.wait(30)


def _large_pdf(path: Path) -> None:
    """A valid PDF of about 200 MB: one page, and a stream nobody draws, written by hand."""
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Padding 4 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>",
    ]
    with path.open("wb") as file:
        file.write(b"%PDF-1.7\n")
        places = []
        for number, body in enumerate(objects, 1):
            places.append(file.tell())
            file.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
        places.append(file.tell())
        file.write(b"4 0 obj\n<< /Length %d >>\nstream\n" % SIZE)
        for _ in range(SIZE // 1_000_000):
            file.write(os.urandom(1_000_000))
        file.write(b"\nendstream\nendobj\n")
        table = file.tell()
        file.write(b"xref\n0 5\n0000000000 65535 f \n")
        file.writelines(b"%010d 00000 n \n" % place for place in places)
        file.write(b"trailer\n<< /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % table)


def test_two_hundred_megabytes_in_flat_memory(served: Served, tmp_path: Path) -> None:
    small = {"content-type": "application/pdf"}
    warm = served.http.post(f"{served.path}&title=petit", content=paper(), headers=small)
    assert warm.status_code == 201, warm.text
    source = tmp_path / "large.pdf"
    _large_pdf(source)
    before, answers = served.memory(), list[Any]()

    def upload() -> None:
        with source.open("rb") as file:
            chunks = iter(lambda: file.read(262_144), b"")
            size = {"content-length": str(source.stat().st_size)}
            answers.append(served.http.post(served.path, content=chunks, headers=small | size))

    begin = time.monotonic()
    thread = threading.Thread(target=upload)
    thread.start()
    peak, writes, slowest = before, 0, 0.0
    with httpx.Client(base_url=served.http.base_url, timeout=60) as other:
        other.cookies = served.http.cookies
        other.headers = served.http.headers
        while thread.is_alive():
            asked = time.monotonic()
            made = other.post(f"{served.sitting}/agenda", json={"title": f"Point {writes}"})
            assert made.status_code == 201, made.text
            slowest = max(slowest, time.monotonic() - asked)
            writes += 1
            peak = max(peak, served.memory())
            time.sleep(0.1)
    thread.join()
    took = time.monotonic() - begin
    assert answers[0].status_code == 201, answers[0].text
    sys.stdout.write(
        f"before {before / 1e6:.0f} MB, peak {peak / 1e6:.0f} MB, {took:.1f} s, {writes} writes "
        f"meanwhile, the slowest {slowest:.2f} s\n"
    )
    assert peak - before < ROOM
    assert writes >= 3, "other deeds go through meanwhile"
    assert slowest < 8
    deadline = time.monotonic() + 90
    states: set[str] = {"checking"}
    while "checking" in states and time.monotonic() < deadline:
        time.sleep(0.5)
        pieces = served.http.get(f"{served.sitting}/documents").json()
        states = {piece["state"] for piece in pieces}
    assert states == {"ready"}
    assert served.left() == []


def test_a_client_that_leaves_in_the_middle_leaves_nothing(served: Served) -> None:
    cookie = "; ".join(f"{k}={v}" for k, v in served.http.cookies.items())
    base = served.http.base_url
    before = served.http.get(f"{served.sitting}/documents").json()
    for _ in range(3):
        gone = http.client.HTTPConnection(base.host, base.port or 80, timeout=20)
        gone.putrequest("POST", served.path)
        for name, value in (
            ("x-cartable", "1"),
            ("cookie", cookie),
            ("content-type", "application/pdf"),
            ("content-length", "5000000"),
        ):
            gone.putheader(name, value)
        gone.endheaders()
        gone.send(paper(size=2_500_000))
        time.sleep(0.3)
        gone.close()
    deadline = time.monotonic() + 15
    while served.left() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert served.left() == []
    assert served.http.get(f"{served.sitting}/documents").json() == before


def test_a_file_announced_too_large_is_refused_before_it_is_sent(served: Served) -> None:
    base = served.http.base_url
    cookie = "; ".join(f"{k}={v}" for k, v in served.http.cookies.items())
    eager = http.client.HTTPConnection(base.host, base.port or 80, timeout=20)
    eager.putrequest("POST", served.path)
    for name, value in (
        ("x-cartable", "1"),
        ("cookie", cookie),
        ("content-type", "application/pdf"),
        ("content-length", "900000000"),
    ):
        eager.putheader(name, value)
    eager.endheaders()
    answer = eager.getresponse()
    assert (answer.status, b"file_too_large" in answer.read()) == (413, True)
    eager.close()
    assert served.left() == []
