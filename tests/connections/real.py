"""The real provider of npm (oidc-provider) as a process, and a person who fills in its pages."""

import json
import re
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qsl, urljoin, urlsplit

import httpx

from tests.serving import free_port

ROOT = Path(__file__).resolve().parents[2]


def client(name: str, origin: str, **more: Any) -> dict[str, Any]:
    """A client of the provider: Cartable at `origin`."""
    return {
        "client_id": name, "client_secret": f"secret de {name}",
        "redirect_uris": [f"{origin}/connexion/retour"],
        "post_logout_redirect_uris": [f"{origin}/connexion"],
        "userinfo_signed_response_alg": "RS256", **more,
    }  # fmt: skip


@dataclass(frozen=True)
class Real:
    """A provider that runs."""

    issuer: str
    config: Path

    def learn(self, client_id: str, address: str) -> None:
        """One more address of ours to which a client sends people back, to the letter."""
        told = json.loads(self.config.read_text())
        told["addresses"].setdefault(client_id, []).append(address)
        fresh = self.config.with_suffix(".new")
        fresh.write_text(json.dumps(told))
        fresh.replace(self.config)


@contextmanager
def real_provider(
    clients: list[dict[str, Any]], people: dict[str, dict[str, Any]]
) -> Iterator[Real]:
    """`people`: claims by what is typed as login."""
    port = free_port()
    with TemporaryDirectory(prefix="oidc-") as folder:
        config = Path(folder) / "config.json"
        config.write_text(json.dumps({"clients": clients, "people": people, "addresses": {}}))
        process = subprocess.Popen(
            ["node", str(Path(__file__).with_name("real.mjs")), str(port), str(config)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            assert process.stdout is not None
            while line := process.stdout.readline():
                if "listening" in line:
                    break
            assert process.poll() is None, "the provider did not start"
            yield Real(f"http://127.0.0.1:{port}", config)
        finally:
            process.terminate()
            process.wait(10)


@dataclass
class Ear:
    """Where a provider tells its clients that a session was closed: logout tokens by path."""

    address: str
    heard: dict[str, str] = field(default_factory=dict)


@contextmanager
def open_ear() -> Iterator[Ear]:
    """One on loopback, that thanks for everything."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = self.rfile.read(int(self.headers["content-length"])).decode()
            ear.heard[self.path] = dict(parse_qsl(said))["logout_token"]
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    ear = Ear(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield ear
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Visitor:
    """A browser at the provider: follows it, signs in and agrees."""

    def __init__(self, http: httpx.AsyncClient, login: str) -> None:
        self._http, self._login = http, login

    async def come_back(self, address: str) -> dict[str, str]:
        """What the provider sends back to Cartable with the browser that went to `address`."""
        answer = await self._http.get(address)
        for _ in range(12):
            while answer.is_redirect:
                target = urljoin(str(answer.url), answer.headers["location"])
                if urlsplit(target).path.startswith("/connexion/retour/"):
                    return dict(parse_qsl(urlsplit(target).query))
                answer = await self._http.get(target)
            action = re.search(r'<form[^>]*action="([^"]+)"', answer.text)
            prompt = re.search(r'name="prompt" value="([^"]+)"', answer.text)
            assert action is not None, answer.text[:2000]
            assert prompt is not None, answer.text[:2000]
            form = {"prompt": prompt[1]}
            if prompt[1] == "login":
                form |= {"login": self._login, "password": "peu importe"}
            answer = await self._http.post(urljoin(str(answer.url), action[1]), data=form)
        raise AssertionError("the provider never came back")

    async def leave(self, issuer: str) -> None:
        """Sign out at the provider itself, which tells its clients before it answers."""
        page = await self._http.get(f"{issuer}/session/end")
        action = re.search(r'<form[^>]*action="([^"]+)"', page.text)
        secret = re.search(r'name="xsrf" value="([^"]+)"', page.text)
        assert action is not None, page.text[:2000]
        assert secret is not None, page.text[:2000]
        done = await self._http.post(action[1], data={"xsrf": secret[1], "logout": "yes"})
        assert done.is_redirect, done.text[:500]
