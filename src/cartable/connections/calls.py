"""Calls to providers whose addresses administrators type: never inside the network, unless a
setting names the host; never slow, long or redirected.

The name is resolved here and the call goes to the address that was looked at, so that a name that
changes its mind meanwhile (DNS rebinding) leads nowhere.
"""

import asyncio
import ipaddress
import json
import logging
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

import httpx

from cartable.connections.rules import AddressRefused, AnswerRefused, ProviderUnreachable

PATIENCE = 10.0
"""Seconds for a whole call."""

LARGEST = 256_000
"""Bytes of an answer."""

for _noisy in ("httpx", "httpcore"):
    # Their lines hold whole addresses.
    logging.getLogger(_noisy).setLevel(logging.WARNING)


@dataclass(frozen=True)
class Answer:
    """What a provider answered. `media_type` without its parameters, in lower case."""

    status: int
    media_type: str
    body: bytes


class Caller:
    """Calls providers. `trusted`: hosts, with or without a port, that may stand inside the network;
    those of this machine may even do without TLS."""

    def __init__(self, trusted: tuple[str, ...]) -> None:
        self._trusted = trusted
        # The system's own authorities, as for push services: a town hall installs its own once.
        self._tls = ssl.create_default_context()

    async def call(
        self, method: str, address: str, *, headers: Mapping[str, str] = {}, body: str = ""
    ) -> Answer:
        """One call, without cookies, proxies or redirections.

        Raises:
            AddressRefused, ProviderUnreachable
        """
        host = urlsplit(address).hostname or ""
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._call(method, address, headers, body)
        except (httpx.HTTPError, httpx.InvalidURL, OSError, TimeoutError):
            raise ProviderUnreachable(host=host) from None

    async def _call(
        self, method: str, address: str, headers: Mapping[str, str], body: str
    ) -> Answer:
        url = self.check(address)
        host = url.hostname or ""
        known = httpx.URL(address)
        reached = known.copy_with(host=await self._resolve(url))
        # A client for each call: they share no cookie, whatever providers stand at one address.
        async with httpx.AsyncClient(verify=self._tls, trust_env=False, timeout=PATIENCE) as http:
            request = http.build_request(
                method,
                reached,
                content=body or None,
                headers={**headers, "host": known.netloc.decode()},
                extensions={"sni_hostname": host},
            )
            answer = await http.send(request, stream=True)
            try:
                return await self._read(answer, host)
            finally:
                await answer.aclose()

    async def _read(self, answer: httpx.Response, host: str) -> Answer:
        read = bytearray()
        async for chunk in answer.aiter_bytes():
            read += chunk
            if len(read) > LARGEST:
                raise ProviderUnreachable(host=host)
        media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        return Answer(answer.status_code, media_type, bytes(read))

    def check(self, address: str) -> SplitResult:
        """An address that a call, or a browser, may be sent to.

        Raises:
            AddressRefused
        """
        try:
            url = urlsplit(address)
            host, _ = url.hostname or "", url.port
        except ValueError:
            raise AddressRefused(host="") from None
        is_local = url.scheme == "http" and self._is_trusted(url) and _is_this_machine(host)
        if not host or url.username or not (url.scheme == "https" or is_local):
            raise AddressRefused(host=host)
        return url

    def _is_trusted(self, url: SplitResult) -> bool:
        host = url.hostname or ""
        return host in self._trusted or f"{host}:{url.port}" in self._trusted

    async def _resolve(self, url: SplitResult) -> str:
        host = url.hostname or ""
        port = url.port or (443 if url.scheme == "https" else 80)
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(one[4][0]).partition("%")[0] for one in found]
        if not self._is_trusted(url) and not all(map(_is_outside, addresses)):
            raise AddressRefused(host=host)
        return addresses[0]


def _is_outside(address: str) -> bool:
    ip = ipaddress.ip_address(address)
    mapped = getattr(ip, "ipv4_mapped", None)
    return (mapped or ip).is_global and not ip.is_multicast


def _is_this_machine(host: str) -> bool:
    return host in ("localhost", "127.0.0.1", "::1")


def json_of(answer: Answer, check: str) -> dict[str, Any]:
    """The object that an answer holds.

    Raises:
        AnswerRefused
    """
    try:
        told = json.loads(answer.body)
    except (ValueError, RecursionError):
        told = None
    if answer.status != 200 or not isinstance(told, dict):
        raise AnswerRefused(check=check)
    return told
