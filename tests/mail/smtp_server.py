"""A real SMTP server on the loopback, which answers what a test tells it to."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.serving import free_port

USER, PASSWORD = "cartable", "un secret de relais"


@dataclass
class Postman:
    """What the server does with each message: `answers` are used up, then all are accepted.

    An answer `drop` cuts the connection in the middle of the message; `take and drop` takes it and
    cuts before saying so.
    """

    answers: list[str] = field(default_factory=list)
    at_recipient: list[str] = field(default_factory=list)
    received: list[EmailMessage] = field(default_factory=list)
    envelopes: list[tuple[str, str]] = field(default_factory=list)
    tried: int = 0

    async def handle_RCPT(  # noqa: N802 - the name is aiosmtpd's
        self, _server: Any, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """Answer to the recipient."""
        if self.at_recipient:
            return self.at_recipient.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the name is aiosmtpd's
        self, server: Any, _session: Session, envelope: Envelope
    ) -> str:
        """Answer to the message."""
        self.tried += 1
        answer = self.answers.pop(0) if self.answers else "250 OK: taken"
        if answer.startswith("250") or answer == "take and drop":
            assert isinstance(envelope.content, bytes)
            message = message_from_bytes(envelope.content, policy=policy.default)
            assert isinstance(message, EmailMessage)
            self.received.append(message)
            self.envelopes.append((str(envelope.mail_from), str(envelope.rcpt_tos[0])))
        if answer in ("drop", "take and drop"):
            server.transport.abort()
        return answer


def certificate(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """A certificate for the loopback that signs itself, and the server's context."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(IPv4Address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    public, private = folder / "smtp.pem", folder / "smtp.key"
    public.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(public, private)
    return public, context


@contextmanager
def smtp_server(
    postman: Postman, *, port: int = 0, tls: ssl.SSLContext | None = None, auth: bool = False
) -> Iterator[int]:
    """The server runs while the block lasts; its port."""

    def authenticate(*given: Any) -> AuthResult:
        said = given[-1]
        right = isinstance(said, LoginPassword) and said.password == PASSWORD.encode()
        return AuthResult(success=right, handled=right)

    port = port or free_port()
    options: dict[str, Any] = {"hostname": "127.0.0.1", "port": port, "ready_timeout": 20.0}
    if tls is not None:
        options |= {"tls_context": tls, "require_starttls": True}
    if auth:
        options |= {"authenticator": authenticate, "auth_required": True}
    controller = Controller(postman, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()
