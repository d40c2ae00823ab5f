"""A small identity provider on loopback that says whatever a test wants it to say: right unless
told otherwise."""

import json
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from hmac import digest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import RSAKey

CLIENT, SECRET = "cartable", "un secret: à coder%"
Claims = dict[str, Any]


def _coded(part: bytes) -> str:
    return urlsafe_b64encode(part).decode().rstrip("=")


def _key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": uuid4().hex, "use": "sig"})


@dataclass
class Provider:
    """What it says: `person` in its userinfo, `id_token` and `document` change what it would say.

    `alg` signs its ID tokens; `asked` are the parameters of the last departure, `tokens` how many
    codes were exchanged.
    """

    issuer: str
    person: Claims = field(default_factory=dict)
    key: RSAKey = field(default_factory=_key)
    published: list[RSAKey] = field(default_factory=list)
    alg: str = "RS256"
    signs_userinfo: bool = True
    id_token: Callable[[Claims], Claims] = lambda claims: claims
    userinfo: Callable[[Claims], Claims] = lambda claims: claims
    document: Claims = field(default_factory=dict)
    asked: dict[str, str] = field(default_factory=dict)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def discovery(self) -> Claims:
        """Its document."""
        at = self.issuer
        return {
            "issuer": at, "authorization_endpoint": f"{at}/authorize",
            "token_endpoint": f"{at}/token", "userinfo_endpoint": f"{at}/userinfo",
            "jwks_uri": f"{at}/keys", "end_session_endpoint": f"{at}/end",
            "response_types_supported": ["code"], "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            "authorization_response_iss_parameter_supported": True,
            "backchannel_logout_supported": True, "claims_supported": ["sub", "auth_time"],
            **self.document,
        }  # fmt: skip

    def let_in(self, address: str) -> dict[str, str]:
        """What comes back with a browser that was sent to `address`."""
        self.asked = dict(parse_qsl(urlsplit(address).query))
        code = uuid4().hex
        self.codes[code] = self.asked
        return {"state": self.asked["state"], "code": code, "iss": self.issuer}

    def signed(self, claims: Claims, alg: str = "", **header: Any) -> str:
        """A token of it."""
        alg = alg or self.alg
        said = {"alg": alg, "kid": self.key.kid, **header}
        if alg not in ("none", "HS256"):
            return jwt.encode(said, claims, self.key, algorithms=[alg])
        text = ".".join(_coded(json.dumps(part).encode()) for part in (said, claims))
        # HS256: the public key as a secret that two sides hold, which careless readers accept.
        public = self.key.as_pem(private=False)
        return f"{text}.{'' if alg == 'none' else _coded(digest(public, text.encode(), 'sha256'))}"

    def logout_token(self, **changes: Any) -> str:
        """A notice that the session of its person was closed."""
        event = "http://schemas.openid.net/event/backchannel-logout"
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "iat": now, "exp": now + 120, "jti": uuid4().hex,
            "events": {event: {}}, "sub": self.person["sub"], **changes,
        }  # fmt: skip
        kept = {name: value for name, value in claims.items() if value is not None}
        return self.signed(kept, typ="logout+jwt")

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, Claims]:
        """The answer of its token endpoint."""
        right = "Basic Y2FydGFibGU6dW4lMjBzZWNyZXQlM0ElMjAlQzMlQTAlMjBjb2RlciUyNQ=="
        if authorization != right:
            return 401, {"error": "invalid_client"}
        asked = self.codes.pop(form.get("code", ""), None)
        if asked is None:
            return 400, {"error": "invalid_grant"}
        challenge = _coded(sha256(form["code_verifier"].encode()).digest())
        if challenge != asked["code_challenge"] or form["redirect_uri"] != asked["redirect_uri"]:
            return 400, {"error": "invalid_grant"}
        now = int(time.time())
        claims = {
            "iss": self.issuer, "aud": CLIENT, "sub": self.person["sub"], "iat": now,
            "exp": now + 300, "nonce": asked["nonce"], "auth_time": now, "acr": "eidas1",
            "sid": f"session-{self.person['sub']}",
        }  # fmt: skip
        id_token = self.signed(self.id_token(claims))
        return 200, {"access_token": "sesame", "token_type": "Bearer", "id_token": id_token}

    def answer(self, method: str, path: str, body: str, headers: Any) -> tuple[int, str, str]:
        """Status, type and body of an answer."""
        self.calls.append(path)
        if path == "/.well-known/openid-configuration":
            return 200, "application/json", json.dumps(self.discovery())
        if path == "/keys":
            keys = [one.as_dict(private=False) for one in (self.published or [self.key])]
            return 200, "application/json", json.dumps({"keys": keys})
        if path == "/token":
            form = {name: values[0] for name, values in parse_qs(body).items()}
            status, told = self.token(form, headers.get("authorization", ""))
            return status, "application/json", json.dumps(told)
        if path == "/userinfo" and headers.get("authorization") == "Bearer sesame":
            told = self.userinfo(dict(self.person))
            if not self.signs_userinfo:
                return 200, "application/json", json.dumps(told)
            signed = self.signed({"iss": self.issuer, "aud": CLIENT, **told}, "RS256")
            return 200, "application/jwt", signed
        return 404, "text/plain", ""


@contextmanager
def provider() -> Iterator[Provider]:
    """One that answers."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._tell("GET", "")

        def do_POST(self) -> None:
            self._tell("POST", self.rfile.read(int(self.headers["content-length"])).decode())

        def _tell(self, method: str, body: str) -> None:
            status, kind, said = made.answer(method, urlsplit(self.path).path, body, self.headers)
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(said.encode())))
            self.end_headers()
            self.wfile.write(said.encode())

        def log_message(self, *_: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made = Provider(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
