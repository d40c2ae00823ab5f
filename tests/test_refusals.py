"""A refusal leaves a line in the log: what, to which device, and nothing that was sent."""

import logging
from typing import Any

import pytest

from tests.cast import Cast, Person

pytestmark = pytest.mark.anyio


def _lines(caplog: pytest.LogCaptureFixture) -> list[tuple[str, Any]]:
    return [(vars(one)["code"], vars(one)["device"]) for one in caplog.records
            if one.message == "refused"]  # fmt: skip


async def _device(person: Person) -> str:
    devices = (await person.get("/api/devices")).json()
    return next(str(one["id"]) for one in devices if one["is_current"])


async def test_each_kind_of_refusal_is_written_down(
    cast: Cast, caplog: pytest.LogCaptureFixture
) -> None:
    alice, stranger = await _device(cast.alice), cast.browser()
    typed = {"email": "eve@a.example", "password": "ce-que-quelqu-un-a-tape"}
    caplog.set_level(logging.INFO, "cartable.web")
    await cast.alice.get(f"{cast.town.path}/erasures")
    await cast.alice.get(f"{cast.other.path}/register")
    await cast.alice.post("/api/password", {"current": "ce-que-quelqu-un-a-tape", "new": 12})
    await stranger.get("/api/me")
    for _ in range(8):
        last = await stranger.post("/api/sign-in", json=typed)
    assert last.status_code == 429
    await stranger.post("/api/sign-in", json=typed, headers={"sec-fetch-site": "cross-site"})
    await stranger.aclose()
    lines = [(code, device and str(device)) for code, device in _lines(caplog)]
    assert lines[:4] == [
        ("role_missing", alice),
        ("not_found", alice),
        ("invalid_input", alice),
        ("not_signed_in", None),
    ]
    assert ("wrong_credentials", None) in lines
    assert ("too_many_attempts", None) in lines
    assert lines[-1] == ("cross_site_request", None)
    assert "ce-que-quelqu-un-a-tape" not in str([vars(one) for one in caplog.records])


async def test_a_fault_of_ours_is_written_down_and_not_shown(
    cast: Cast, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("what-a-stranger-must-not-read")

    monkeypatch.setattr("cartable.accounts.routes.devices.readable_devices", fail)
    answer = await cast.alice.get("/api/devices")
    assert answer.status_code == 500
    assert answer.json()["code"] == "cartable_error"
    assert "must-not-read" not in answer.text
    [line] = [one for one in caplog.records if one.message == "request failed"]
    assert line.levelno == logging.ERROR
    assert vars(line)["path"] == "/api/devices"
    assert line.exc_info is not None
    assert line.exc_info[0] is ZeroDivisionError
