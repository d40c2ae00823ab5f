"""Which endpoints and keys, when it is quiet, and what a push service's answer means."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartable.notifications.rules import (
    LONGEST_KEPT,
    LONGEST_WAIT,
    Fate,
    PushKeysInvalid,
    PushServiceUnknown,
    check_endpoint,
    check_keys,
    quiet_until,
    urgency,
    verdict,
    worth_until,
)
from tests.notifications.push_service import BrowserKeys, base64url

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
PARIS = "Europe/Paris"


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:def",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAA",
        "https://web.push.apple.com/QOx",
        "https://wns2-par02p.notify.windows.com/w/?token=BQ",
        "https://FCM.googleapis.com:443/fcm/send/abc",
        "https://push.mairie.example:8443/send/1",
    ],
)
def test_services_of_browsers_are_called(endpoint: str) -> None:
    check_endpoint(endpoint, ("push.mairie.example:8443",))


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://fcm.googleapis.com/fcm/send/abc",
        "https://fcm.googleapis.com.evil.example/fcm/send/abc",
        "https://evil.example/fcm.googleapis.com",
        "https://evilnotify.windows.com/w",
        "https://fcm.googleapis.com@evil.example/",
        "https://evil.example\\@fcm.googleapis.com/",
        "https://user:word@fcm.googleapis.com/",
        "https://fcm.googleapis.com:22/",
        "https://push.mairie.example/send/1",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://localhost/",
        "https://169.254.169.254/latest/meta-data",
        "https://fcm.googleapis.com./x",
        "https://ｆcm.googleapis.com/x",
        "https://fcm.googleapis.com:port/",
        "https://[fcm.googleapis.com/",
        "https://evil.example\\.push.apple.com/",
        "https://evil.example%2f.push.apple.com/",
        "https://evil.example\t.push.apple.com/",
        "https://evil.example;.push.apple.com/",
        "https://.push.apple.com/",
        " https://fcm.googleapis.com/x",
        "https://fcm.googleapis.com/x\n",
        "file:///etc/passwd",
        "",
    ],
)
def test_nobody_else_is_called(endpoint: str) -> None:
    with pytest.raises(PushServiceUnknown):
        check_endpoint(endpoint, ("push.mairie.example:8443",))


def test_keys_of_a_browser_are_taken_and_others_refused() -> None:
    good = BrowserKeys().sent
    check_keys(good["p256dh"], good["auth"])
    check_keys(good["p256dh"] + "=", good["auth"] + "==")
    off_curve = base64url(b"\x04" + bytes(31) + b"\x01" + bytes(31) + b"\x01")
    for p256dh, auth in (
        ("", good["auth"]),
        (good["p256dh"][:-2], good["auth"]),
        (off_curve, good["auth"]),
        (base64url(b"\x04" + b"\xff" * 64), good["auth"]),
        (base64url(b"\x02" + bytes(32)), good["auth"]),
        (good["p256dh"], ""),
        (good["p256dh"], good["auth"][:-2]),
        (good["p256dh"], base64url(bytes(17))),
        ("é" * 87, good["auth"]),
    ):
        with pytest.raises(PushKeysInvalid):
            check_keys(p256dh, auth)


@pytest.mark.parametrize(
    ("now", "begins", "ends", "until"),
    [
        ("2026-03-02T21:30+01:00", "21:00", "07:30", "2026-03-03T07:30+01:00"),
        ("2026-03-03T07:29+01:00", "21:00", "07:30", "2026-03-03T07:30+01:00"),
        ("2026-03-03T07:30+01:00", "21:00", "07:30", None),
        ("2026-03-03T20:59+01:00", "21:00", "07:30", None),
        ("2026-03-03T12:15+01:00", "12:00", "14:00", "2026-03-03T14:00+01:00"),
        ("2026-03-03T12:15+01:00", "12:00", "12:00", None),
        # The clocks change in the night of 28 to 29 March: the morning is the one people live in.
        ("2026-03-28T23:00+01:00", "21:00", "07:30", "2026-03-29T07:30+02:00"),
        # On 25 October it is twice half past two: an end that is past must not be named again.
        ("2026-10-25T02:15+02:00", "21:00", "02:30", "2026-10-25T02:30+02:00"),
        ("2026-10-25T02:15+01:00", "21:00", "02:30", "2026-10-25T02:30+01:00"),
    ],
)
def test_quiet_hours_end_when_the_clock_on_the_wall_says_so(
    now: str, begins: str, ends: str, until: str | None
) -> None:
    found = quiet_until(datetime.fromisoformat(now), PARIS, begins, ends)
    assert found == (datetime.fromisoformat(until) if until else None)


@given(
    st.integers(0, 366 * 24 * 60),
    st.times(),
    st.times(),
    st.sampled_from([PARIS, "Indian/Reunion", "Pacific/Marquesas", "America/Cayenne"]),
)
def test_what_waits_for_the_end_waits_less_than_a_day_and_is_heard_then(
    minutes: int, begins: time, ends: time, zone: str
) -> None:
    now = NOW + timedelta(minutes=minutes)
    hours = (begins.strftime("%H:%M"), ends.strftime("%H:%M"))
    until = quiet_until(now, zone, *hours)
    if until is None:
        return
    assert now < until <= now + timedelta(hours=25)
    shown = until.astimezone(ZoneInfo(zone)).strftime("%H:%M")
    if shown == hours[1]:  # an end that falls in the hour that spring skips comes later
        assert quiet_until(until, zone, *hours) is None


def test_telling_stops_when_the_sitting_begins() -> None:
    soon, far, past = (NOW + timedelta(days=days) for days in (3, 60, -3))
    assert worth_until(soon, NOW) == soon
    assert worth_until(far, NOW) == NOW + LONGEST_KEPT
    assert worth_until(past, NOW) == NOW + timedelta(days=1)
    assert urgency(NOW + timedelta(hours=5), NOW) == "high"
    assert urgency(soon, NOW) == urgency(past, NOW) == "normal"


@pytest.mark.parametrize(
    ("status", "fate"),
    [(201, Fate.SENT), (200, Fate.SENT), (202, Fate.SENT), (404, Fate.GONE), (410, Fate.GONE),
     (429, Fate.LATER), (500, Fate.LATER), (503, Fate.LATER), (400, Fate.OUR_FAULT),
     (401, Fate.OUR_FAULT), (403, Fate.OUR_FAULT), (413, Fate.OUR_FAULT), (302, Fate.OUR_FAULT)],
)  # fmt: skip
def test_what_a_status_means(status: int, fate: Fate) -> None:
    assert verdict(status, "", NOW).fate is fate


@pytest.mark.parametrize(
    ("retry_after", "wait"),
    [("120", timedelta(minutes=2)), ("0", timedelta(seconds=1)), ("", None), ("soon", None),
     ("Mon, 02 Mar 2026 09:05:00 GMT", timedelta(minutes=5)), ("-5", None),
     ("Mon, 02 Mar 2020 09:05:00 GMT", timedelta(seconds=1)), ("9" * 300, LONGEST_WAIT),
     ("Mon, 02 Mar 2099 09:05:00 GMT", LONGEST_WAIT)],
)  # fmt: skip
def test_when_a_service_names_the_moment(retry_after: str, wait: timedelta | None) -> None:
    assert verdict(429, retry_after, NOW).later == (None if wait is None else NOW + wait)
