"""A push service to be told through, which the server's settings name."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from cartable.settings import Settings
from tests.notifications.push_service import PushService, push_service


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PushService]:
    """Its certificate is trusted the way a town hall trusts its own: by the system's list."""
    with push_service(tmp_path) as running:
        monkeypatch.setenv("SSL_CERT_FILE", str(running.certificate))
        yield running


@pytest.fixture
def settings(settings: Settings, service: PushService) -> Settings:
    """The server of the other tests, which may call that service."""
    return replace(settings, push_hosts=(service.place,))
