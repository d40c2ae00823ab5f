"""Upload of 200 MB, beside a copy and a hash of the same bytes by the system's own tools."""

import os
import subprocess
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.serving import Served, served

SIZE = 200_000_000


def main() -> None:
    """Prints both times, their ratio, and how much the server's memory grew meanwhile."""
    with served(has_worker=False) as server, tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "large.pdf")
        _make(file)
        peer = min(_copy_and_hash(file) for _ in range(3))
        at_rest = server.resident()
        peaks: list[int] = []
        done = threading.Event()
        watcher = threading.Thread(target=_watch, args=(server, peaks, done))
        watcher.start()
        times = [_upload(server, file) for _ in range(3)]
        done.set()
        watcher.join()
        ours = min(times)
        print(f"cp + sha256sum: {peer:.2f} s   upload: {ours:.2f} s   ratio: {ours / peer:.1f}")
        grown = (max(peaks) - at_rest) / 1e6
        print(f"memory of the server: {at_rest / 1e6:.0f} MB at rest, +{grown:.0f} MB at most")


def _make(file: Path) -> None:
    with file.open("wb") as out:
        out.write(b"%PDF-1.7\n")
        while out.tell() < SIZE:
            out.write(os.urandom(1 << 20))


def _copy_and_hash(file: Path) -> float:
    begun = time.perf_counter()
    copy = file.with_suffix(".copy")
    subprocess.run(["cp", str(file), str(copy)], check=True)
    subprocess.run(["sha256sum", str(copy)], check=True, stdout=subprocess.DEVNULL)
    copy.unlink()
    return time.perf_counter() - begun


def _upload(server: Served, file: Path) -> float:
    town = server.cast.town
    client = server.sign_in("claire@staubin.example")
    day = (datetime.now(UTC) + timedelta(days=9)).strftime("%Y-%m-%dT18:30")
    body = {"assembly_id": town.assemblies["council"], "starts_at": day}
    sitting = client.post(f"{town.path}/sittings", json=body).json()["id"]

    def chunks():  # type: ignore[no-untyped-def]
        with file.open("rb") as source:
            while chunk := source.read(1 << 18):
                yield chunk

    begun = time.perf_counter()
    answer = client.post(
        f"{town.path}/sittings/{sitting}/documents",
        params={"file_name": "large.pdf"},
        content=chunks(),
        headers={"content-type": "application/pdf", "content-length": str(file.stat().st_size)},
    )
    answer.raise_for_status()
    return time.perf_counter() - begun


def _watch(server: Served, peaks: list[int], done: threading.Event) -> None:
    while not done.wait(0.05):
        peaks.append(server.resident())


if __name__ == "__main__":
    main()
