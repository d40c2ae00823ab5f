"""What leaves is what RFC 8291 says, byte for byte, and others can read it."""

import json
from base64 import urlsafe_b64decode
from pathlib import Path
from typing import Any

import jwt
import pytest
import webpush
from cryptography.hazmat.primitives.asymmetric import ec

from cartable.notifications.identity import Identity
from cartable.notifications.push import LARGEST, PrivateAddress, new_identity, open_post
from tests.notifications.push_service import BrowserKeys, PushService

pytestmark = pytest.mark.anyio


@pytest.fixture
def vector(shared: Path) -> dict[str, str]:
    """RFC 8291, section 5 and appendix A."""
    text = (shared / "reference" / "rfc8291-vector.json").read_text(encoding="utf-8")
    found: dict[str, str] = json.loads(text)
    return found


def _raw(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _private(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(_raw(text)), ec.SECP256R1())


async def _send(
    service: PushService, identity: Identity, keys: dict[str, str], message: bytes
) -> tuple[int, str]:
    contact = "https://cartable.mairie.example"
    async with open_post(identity, contact, (service.place,)) as post:
        return await post.send(
            service.endpoint("a"), keys, message, ttl=60, urgency="normal", topic="t"
        )


async def test_the_vector_of_the_rfc_comes_out_byte_for_byte(
    vector: dict[str, str], service: PushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    identity = new_identity()
    monkeypatch.setattr(webpush.os, "urandom", lambda _size: _raw(vector["salt"]))
    server_key = _private(vector["as_private"])
    monkeypatch.setattr(webpush.ec, "generate_private_key", lambda *_args: server_key)
    keys = {"p256dh": vector["ua_public"], "auth": vector["auth_secret"]}
    await _send(service, identity, keys, vector["plaintext"].encode())
    (request,) = service.received
    assert request.body == _raw(vector["body"])
    browser = BrowserKeys(_private(vector["ua_private"]), _raw(vector["auth_secret"]))
    assert browser.plain(request.body).decode() == vector["plaintext"]


async def test_the_largest_message_fits_and_a_larger_is_refused_here(service: PushService) -> None:
    browser = BrowserKeys()
    await _send(service, new_identity(), browser.sent, b"x" * LARGEST)
    (request,) = service.received
    assert len(request.body) <= 4096 + 86
    assert browser.plain(request.body) == b"x" * LARGEST
    with pytest.raises(ValueError, match="3,993"):
        await _send(service, new_identity(), browser.sent, b"x" * (LARGEST + 1))


async def test_who_sends_is_signed_for_that_service_alone(service: PushService) -> None:
    identity = new_identity()
    await _send(service, identity, BrowserKeys().sent, b"{}")
    (request,) = service.received
    scheme, _, parameters = request.headers["authorization"].partition(" ")
    said = dict(part.strip().split("=", 1) for part in parameters.split(","))
    assert (scheme, said["k"]) == ("vapid", identity.key)
    point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _raw(said["k"]))
    origin = f"https://{service.place}"
    claims: dict[str, Any] = jwt.decode(said["t"], point, algorithms=["ES256"], audience=origin)
    assert claims["sub"] == "https://cartable.mairie.example"
    assert claims["aud"] == origin, "with its port: the library alone drops it"


async def test_a_redirection_is_not_followed(service: PushService) -> None:
    service.answers = [(307, {"location": service.endpoint("elsewhere")})]
    assert (await _send(service, new_identity(), BrowserKeys().sent, b"{}"))[0] == 307
    assert len(service.received) == 1


async def test_a_name_that_leads_inside_is_not_called(service: PushService) -> None:
    async with open_post(new_identity(), "https://cartable.example", ()) as post:
        for host in (service.place, "localhost", "[::1]", "10.0.0.1", "169.254.169.254"):
            with pytest.raises(PrivateAddress):
                await post.send(
                    f"https://{host}/send", BrowserKeys().sent, b"{}", ttl=1, urgency="low",
                    topic="t",
                )  # fmt: skip
    assert service.received == []


async def test_a_service_nobody_vouches_for_is_not_told_anything(
    service: PushService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(Exception, match="CERTIFICATE_VERIFY_FAILED"):
        await _send(service, new_identity(), BrowserKeys().sent, b"{}")
    assert service.received == []
