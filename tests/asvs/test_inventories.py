"""What deploy/ tells an auditor is what the program does: who it calls, with which keys, behind
which TLS, and which words a password may not be made of."""

import ast
import re
import ssl
from pathlib import Path
from typing import Any

import httpx
import pytest

from cartable.accounts import rules
from cartable.headers import Headers

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "cartable"
INVENTORIES = (ROOT / "deploy" / "securite-inventaires.md").read_text(encoding="utf-8")
PROXY = (ROOT / "deploy" / "nginx.conf").read_text(encoding="utf-8")
REACHING = {"aiosmtplib", "asyncpg", "httpx", "minio", "socket", "subprocess", "urllib3", "webpush"}
SEALING = {"argon2", "authlib", "cryptography", "joserfc", "jwt", "webauthn"}


def _importing(libraries: set[str]) -> set[str]:
    found = set()
    for file in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            if libraries & {name.split(".")[0] for name in names}:
                found.add(file.relative_to(SOURCE).as_posix())
    return found


def _named(section: str) -> str:
    return INVENTORIES.split(f"## {section}\n", 1)[1].split("\n## ", 1)[0]


def test_whoever_reaches_out_is_listed() -> None:
    listed = set(re.findall(r"`([\w/]+\.py)`", _named("À qui le serveur parle")))
    assert _importing(REACHING) <= listed
    assert all((SOURCE / one).is_file() for one in listed)


def test_whoever_holds_an_algorithm_is_listed() -> None:
    listed = set(re.findall(r"`([\w/.]+\.(?:py|ts|conf))`", _named("Algorithmes et clés")))
    assert _importing(SEALING) - _importing(REACHING) <= listed
    for one in listed:
        assert (SOURCE / one).is_file() or (ROOT / one).is_file(), one


def test_the_words_that_are_listed_are_those_refused() -> None:
    listed = _named("Mots refusés dans un mot de passe").replace("\n", " ")
    assert ", ".join(rules.COMMON) in listed


def test_the_proxy_speaks_only_tls_that_is_recommended() -> None:
    assert re.findall(r"ssl_protocols (.*);", PROXY) == ["TLSv1.2 TLSv1.3"]
    [suites] = re.findall(r"ssl_ciphers (.*);", PROXY)
    context = ssl.create_default_context()
    context.set_ciphers(suites)
    offered = {one["name"]: one for one in context.get_ciphers()}
    for name in suites.split(":"):
        assert offered[name]["aead"], name
        assert name.startswith("ECDHE-"), name


def test_nothing_is_answered_without_tls_but_the_way_to_it() -> None:
    plain = [block for block in PROXY.split("\nserver {") if "listen 80;" in block]
    assert len(plain) == 1
    assert "return 301 https://$host$request_uri;" in plain[0]
    assert "location" not in plain[0]


@pytest.mark.anyio
async def test_browsers_are_told_to_keep_to_tls() -> None:
    async def empty(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    within = httpx.ASGITransport(Headers(empty, is_https=True))
    async with httpx.AsyncClient(transport=within, base_url="https://cartable.test") as browser:
        policy = (await browser.get("/")).headers["strict-transport-security"]
    age = re.fullmatch(r"max-age=(\d+); includeSubDomains", policy)
    assert age is not None
    assert int(age[1]) >= 365 * 24 * 3600
