"""Range requests of 64 kB on a 2.6 MB piece, beside nginx serving the same bytes (when present)."""

import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

from cartable import worker
from cartable.runtime import Runtime
from tests.cast import Cast
from tests.serving import free_port, served

PIECE = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "o05_352_pages.pdf"
RANGE = 64 * 1024
SECONDS = 3.0
CLIENTS = 4
NGINX = """
daemon off; worker_processes 1; pid {0}/pid; error_log {0}/error.log;
events {{ worker_connections 256; }}
http {{ access_log off; client_body_temp_path {0}; proxy_temp_path {0}; fastcgi_temp_path {0};
  uwsgi_temp_path {0}; scgi_temp_path {0}; sendfile on;
  server {{ listen 127.0.0.1:{1}; root {0}/files; }} }}
"""


async def _fill(cast: Cast, runtime: Runtime) -> None:
    town, clerk = cast.town, cast.claire
    day = (datetime.now(UTC) + timedelta(days=9)).strftime("%Y-%m-%dT18:30")
    body = {"assembly_id": town.assemblies["council"], "starts_at": day}
    sitting = (await clerk.post(f"{town.path}/sittings", body)).json()["id"]
    await clerk.post(f"{town.path}/sittings/{sitting}/agenda", {"title": "Budget"})
    await clerk.http.post(
        f"{town.path}/sittings/{sitting}/documents",
        params={"file_name": "budget.pdf"},
        content=PIECE.read_bytes(),
        headers={"content-type": "application/pdf"},
    )
    await worker.drain(runtime)
    called = await clerk.post(f"{town.path}/sittings/{sitting}/convene")
    assert called.status_code == 200, called.text


def main() -> None:
    """Prints requests a second of both, and the ratio."""
    if not PIECE.exists():
        print("skipped: the folder of real documents is absent")
        return
    with served(_fill) as server:
        client = server.sign_in("alice@staubin.example")
        rows = client.post(f"{server.cast.town.path}/sync/pull", json={}).json()["rows"]
        sha = next(r["value"]["sha256"] for r in rows if r["kind"] == "document_version")
        url = f"{server.base}{server.cast.town.path}/files/{sha}"
        ours = _rate(url, dict(client.cookies))
        print(f"Cartable: {ours:.0f} ranges of 64 kB a second, {CLIENTS} clients")
    if nginx := shutil.which("nginx") or shutil.which("/usr/sbin/nginx"):
        theirs = _nginx_rate(nginx)
        print(f"nginx, no check of access: {theirs:.0f} a second   ratio: {theirs / ours:.1f}")
    else:
        print("nginx is not installed: nothing to compare with")


def _nginx_rate(nginx: str) -> float:
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        files = Path(folder, "files")
        files.mkdir()
        shutil.copyfile(PIECE, files / "piece.pdf")
        port = free_port()
        config = Path(folder, "nginx.conf")
        config.write_text(NGINX.format(folder, port))
        process = subprocess.Popen([nginx, "-c", str(config)], stderr=subprocess.DEVNULL)
        try:
            time.sleep(0.5)
            return _rate(f"http://127.0.0.1:{port}/piece.pdf", {})
        finally:
            process.terminate()
            process.wait()


def _rate(url: str, cookies: dict[str, str]) -> float:
    """Requests a second of several clients, each in a process of its own."""
    command = [sys.executable, "-c", _CLIENT, url, *(f"{k}={v}" for k, v in cookies.items())]
    counts: list[int] = []

    def one() -> None:
        counts.append(int(subprocess.run(command, check=True, capture_output=True).stdout))

    threads = [Thread(target=one) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / SECONDS


_CLIENT = f"""
import http.client, sys, time
from urllib.parse import urlsplit
url = urlsplit(sys.argv[1])
connection = http.client.HTTPConnection(url.hostname, url.port)
headers = {{"Cookie": "; ".join(sys.argv[2:])}}
count, end = 0, time.monotonic() + {SECONDS}
while time.monotonic() < end:
    start = (count * {RANGE}) % 2_500_000
    headers["Range"] = f"bytes={{start}}-{{start + {RANGE} - 1}}"
    connection.request("GET", url.path, headers=headers)
    answer = connection.getresponse()
    assert answer.status == 206, answer.status
    answer.read()
    count += 1
print(count)
"""


if __name__ == "__main__":
    main()
