"""What every answer carries: security headers and a request id; and one log line per request.

A log line says what was asked and how it went: no address of a person, no query, no body.
"""

import logging
import time
from typing import Any

from cartable.database import uuid7
from cartable.logs import request_id as serving

log = logging.getLogger("cartable.access")

CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'wasm-unsafe-eval'",
        "style-src 'self'",
        "img-src 'self' blob: data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
SECURITY = {
    "content-security-policy": CSP,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


class Headers:
    """ASGI middleware around the whole application."""

    def __init__(self, app: Any, *, is_https: bool) -> None:
        self._app = app
        fixed = dict(SECURITY)
        if is_https:
            fixed["strict-transport-security"] = "max-age=63072000; includeSubDomains"
        self._fixed = [(name.encode(), value.encode()) for name, value in fixed.items()]

    @property
    def inside(self) -> Any:
        """The application within, for tests."""
        return self._app

    @property
    def lifespan(self) -> Any:
        """The application's own start and end, for tests."""
        return self._app.lifespan

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Add the headers to the start of the answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id, begun, status = uuid7().hex, time.perf_counter(), 500
        token = serving.set(request_id)
        private = scope["path"].startswith("/api/")

        async def send_with_headers(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = [
                    *message["headers"],
                    *self._fixed,
                    (b"x-request-id", request_id.encode()),
                ]
                if private and not any(n.lower() == b"cache-control" for n, _ in headers):
                    headers.append((b"cache-control", b"no-store"))
                message = {**message, "headers": headers}
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        finally:
            log.info(
                "request",
                extra={
                    "method": scope["method"],
                    "path": scope["path"],
                    "status": status,
                    "ms": round((time.perf_counter() - begun) * 1000, 1),
                },
            )
            serving.reset(token)
