"""The real provider of npm (oidc-provider) as a process, and a person who fills in its pages."""

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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
