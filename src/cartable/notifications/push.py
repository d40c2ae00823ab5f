"""Web Push: the only place that encrypts for browsers and calls their push services.

RFC 8030 (delivery), RFC 8291 (encryption), RFC 8292 (who sends).
"""

import asyncio
import ipaddress
import logging
import socket
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import httpx
import jwt
from webpush import WebPush
from webpush.types import WebPushSubscription
from webpush.vapid import VAPID

from cartable.notifications.identity import Identity

PATIENCE = 10.0
"""Seconds for each step of a call."""

LARGEST = 3_993
"""Bytes of a message: with the header and the tag of its encryption it fills 4,096."""

for _noisy in ("httpx", "httpcore"):
    # Their lines hold the address of the device, which is a secret.
    logging.getLogger(_noisy).setLevel(logging.WARNING)


def new_identity() -> Identity:
    """Fresh P-256 keys."""
    private, public, key = VAPID.generate_keys()
    return Identity(private=private.decode(), public=public.decode(), key=key)


class PrivateAddress(Exception):
    """The name of a push service leads inside the network: nothing is sent there."""


class _Sender(VAPID):
    """Says who sends, with the port in `aud` and the server's own address in `sub`; the private key
    is read once."""

    def __init__(self, identity: Identity, contact: str) -> None:
        private = identity.private.encode()
        super().__init__(private, identity.public.encode())
        self._signer: Any = jwt.get_algorithm_by_name("ES256").prepare_key(private)
        self._key, self._contact = identity.key, contact

    def get_authorization_header(self, endpoint: Any, subscriber: str, expiration: int) -> str:
        """RFC 8292, sections 2 and 3."""
        claims = {
            "aud": origin_of(str(endpoint)),
            "exp": int(time.time()) + expiration,
            "sub": self._contact,
        }
        return f"vapid t={jwt.encode(claims, self._signer, algorithm='ES256')}, k={self._key}"


def origin_of(address: str) -> str:
    """Scheme, host and port, the port only when it is not the usual one."""
    url = urlsplit(address)
    port = "" if url.port in (None, 443) else f":{url.port}"
    return f"{url.scheme}://{url.hostname}{port}"


class Post:
    """Encrypts and sends. `contact`: an https or mailto address. `trusted`: hosts that the settings
    name, which may stand inside the network."""

    def __init__(
        self, http: httpx.AsyncClient, identity: Identity, contact: str, trusted: tuple[str, ...]
    ) -> None:
        self._http, self._trusted = http, trusted
        pair = (identity.private.encode(), identity.public.encode())
        self._webpush = WebPush(*pair, subscriber=contact)
        self._webpush.vapid = _Sender(identity, contact)

    async def send(
        self,
        endpoint: str,
        keys: dict[str, str],
        message: bytes,
        *,
        ttl: int,
        urgency: str,
        topic: str,
    ) -> tuple[int, str]:
        """The status and the Retry-After that the push service answers.

        `ttl` in seconds; `topic` of at most 32 characters: a later message replaces one of the same
        topic that was not delivered yet.

        Raises:
            PrivateAddress, httpx.TransportError
        """
        if len(message) > LARGEST:
            raise ValueError("a push message is at most 3,993 bytes")
        await self._refuse_inside(endpoint)
        subscription = WebPushSubscription.model_validate({"endpoint": endpoint, "keys": keys})
        made = self._webpush.get(message, subscription)
        headers = {
            "authorization": made.headers["authorization"],
            "content-encoding": made.headers["content-encoding"],
            "content-type": "application/octet-stream",
            # Ours, never the library's: one it is given for a message stays for the next ones.
            "ttl": str(ttl),
            "urgency": urgency,
            "topic": topic,
        }
        request = self._http.build_request(
            "POST", endpoint, content=made.encrypted, headers=headers
        )
        answer = await self._http.send(request, stream=True)
        # The body is nothing to us, and might be endless.
        await answer.aclose()
        return answer.status_code, answer.headers.get("retry-after", "")

    async def _refuse_inside(self, endpoint: str) -> None:
        """A name of the list that leads to a private address is a trick, or a broken resolver.

        A name that cannot be resolved here may still be reached through the town hall's proxy.
        """
        url = urlsplit(endpoint)
        host, port = url.hostname or "", url.port or 443
        if host in self._trusted or f"{host}:{port}" in self._trusted:
            return
        loop = asyncio.get_running_loop()
        try:
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            return
        for *_, address in found:
            if not ipaddress.ip_address(str(address[0]).partition("%")[0]).is_global:
                raise PrivateAddress


@asynccontextmanager
async def open_post(
    identity: Identity, contact: str, trusted: tuple[str, ...]
) -> AsyncIterator[Post]:
    """One client for the process. The system's own authorities are trusted, so that a town hall
    whose proxy opens TLS installs its certificate once, where it installs the others."""
    async with httpx.AsyncClient(
        verify=ssl.create_default_context(),
        timeout=PATIENCE,
        follow_redirects=False,
        limits=httpx.Limits(max_connections=8),
    ) as http:
        yield Post(http, identity, contact, trusted)
