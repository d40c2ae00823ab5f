"""A push service on loopback over real TLS, and a browser's side of a subscription.

What arrives is kept as it came; `BrowserKeys.read` decrypts it with an independent library.
"""

import json
import ssl
import subprocess
import threading
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from os import urandom
from pathlib import Path
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def base64url(raw: bytes) -> str:
    """Without padding."""
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


@dataclass
class BrowserKeys:
    """The keys of one subscription, as a browser makes them."""

    private: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    auth: bytes = field(default_factory=lambda: urandom(16))

    @property
    def sent(self) -> dict[str, str]:
        """What the server is given."""
        point = self.private.public_key().public_bytes(
            Encoding.X962, PublicFormat.UncompressedPoint
        )
        return {"p256dh": base64url(point), "auth": base64url(self.auth)}

    def plain(self, body: bytes) -> bytes:
        """What was encrypted for this browser."""
        read: bytes = http_ece.decrypt(
            body, private_key=self.private, auth_secret=self.auth, version="aes128gcm"
        )
        return read

    def read(self, body: bytes) -> Any:
        """The message."""
        return json.loads(self.plain(body))


@dataclass
class Received:
    """One request as it came; names of headers in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class PushService:
    """`answers`: status and headers of the next ones, then 201 for ever."""

    place: str
    certificate: Path
    received: list[Received] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)

    def endpoint(self, name: str) -> str:
        """The address of a device."""
        return f"https://{self.place}/send/{name}"


@contextmanager
def push_service(folder: Path) -> Iterator[PushService]:
    """A running one, whose certificate is made for it."""
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-days", "2", "-subj", "/CN=push", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", key, "-out", certificate],
        check=True, capture_output=True,
    )  # fmt: skip

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            service.received.append(Received(self.path, headers, body))
            status, more = service.answers.pop(0) if service.answers else (201, {})
            self.send_response(status)
            for name, value in {"content-length": "0", **more}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_request(self, *_args: Any) -> None:
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    service = PushService(f"127.0.0.1:{server.server_address[1]}", certificate)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
