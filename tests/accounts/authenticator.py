"""A passkey authenticator in software: what a telephone or a security key does, and may do wrong.

WebAuthn level 2, sections 6.1 (authenticator data), 6.5 (attestation) and 7; ES256, attestation
`none`. It answers what the server asked in JSON, as a browser's `PublicKeyCredential.toJSON()`.
"""

import hashlib
import json
import os
import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

ORIGIN = "http://cartable.test"
Wire = dict[str, Any]

UP, UV, BE, BS, AT = 0x01, 0x04, 0x08, 0x10, 0x40


def b64(data: bytes) -> str:
    """Base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text: str) -> bytes:
    """The bytes of `b64`."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Kept:
    """One discoverable credential."""

    id: bytes
    key: ec.EllipticCurvePrivateKey
    rp: str
    handle: bytes


@dataclass
class Authenticator:
    """Holds passkeys and answers with them. What it may do wrong is set from outside:

    `origin` and `rp` of a forger's page, `flags` without verification, `count` that goes back.
    """

    origin: str = ORIGIN
    rp: str | None = None
    flags: int = UP | UV | BE | BS
    count: int = 0
    counts: bool = False
    client: Wire = field(default_factory=dict)
    kept: list[Kept] = field(default_factory=list)

    def create(self, asked: Wire, as_if: bytes = b"") -> Wire:
        """`navigator.credentials.create()`; `as_if`: the id of somebody else's passkey."""
        excluded = {one["id"] for one in asked.get("excludeCredentials", [])}
        if any(b64(one.id) in excluded for one in self.kept):
            raise InvalidStateError
        made = Kept(
            id=as_if or os.urandom(32),
            key=ec.generate_private_key(ec.SECP256R1()),
            rp=asked["rp"]["id"],
            handle=unb64(asked["user"]["id"]),
        )
        self.kept.append(made)
        point = made.key.public_key().public_numbers()
        cose = {
            1: 2,
            3: -7,
            -1: 1,
            -2: point.x.to_bytes(32, "big"),
            -3: point.y.to_bytes(32, "big"),
        }
        attested = bytes(16) + struct.pack(">H", len(made.id)) + made.id + cbor2.dumps(cose)
        data = self._data(made.rp, AT) + attested
        return self._wire(
            made.id,
            clientDataJSON=b64(self._client("webauthn.create", asked["challenge"])),
            attestationObject=b64(cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})),
            transports=["internal", "hybrid"],
        )

    def get(self, asked: Wire, which: Kept | None = None) -> Wire:
        """`navigator.credentials.get()`, with the newest passkey that is allowed, or with this."""
        allowed = {one["id"] for one in asked.get("allowCredentials", [])}
        held = which or next(
            one
            for one in reversed(self.kept)
            if one.rp == asked["rpId"] and (not allowed or b64(one.id) in allowed)
        )
        self.count += 1
        data = self._data(held.rp, 0)
        client = self._client("webauthn.get", asked["challenge"])
        signed = held.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(SHA256()))
        return self._wire(
            held.id,
            clientDataJSON=b64(client),
            authenticatorData=b64(data),
            signature=b64(signed),
            userHandle=b64(held.handle),
        )

    def _data(self, rp: str, more: int) -> bytes:
        count = self.count if self.counts else 0
        place = hashlib.sha256((self.rp or rp).encode()).digest()
        return place + struct.pack(">BI", self.flags | more, count)

    def _client(self, kind: str, challenge: str) -> bytes:
        told = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps({**told, **self.client}).encode()

    def _wire(self, credential_id: bytes, **response: Any) -> Wire:
        return {
            "id": b64(credential_id),
            "rawId": b64(credential_id),
            "type": "public-key",
            "response": response,
            "clientExtensionResults": {},
        }


class InvalidStateError(Exception):
    """What a browser raises when the authenticator already holds one of the excluded."""
