"""Codes of an application: the vectors of RFC 6238, the window, one use."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartable.accounts import totp

SEEDS = {
    "sha1": b"12345678901234567890",
    "sha256": b"12345678901234567890123456789012",
    "sha512": b"1234567890123456789012345678901234567890123456789012345678901234",
}
SECRET = SEEDS["sha1"]
NOW = datetime(2026, 12, 10, 18, 30, 10, tzinfo=UTC)
moments = st.integers(1000, 4_000_000_000).map(lambda at: datetime.fromtimestamp(at, UTC))


@pytest.mark.parametrize(
    ("seconds", "digest", "code"),
    [
        (59, "sha1", "94287082"),
        (59, "sha256", "46119246"),
        (59, "sha512", "90693936"),
        (1111111109, "sha1", "07081804"),
        (1111111109, "sha256", "68084774"),
        (1111111109, "sha512", "25091201"),
        (1111111111, "sha1", "14050471"),
        (1234567890, "sha1", "89005924"),
        (2000000000, "sha1", "69279037"),
        (20000000000, "sha1", "65353130"),
        (20000000000, "sha512", "47863826"),
    ],
)
def test_the_vectors_of_the_rfc(seconds: int, digest: str, code: str) -> None:
    step = totp.step_at(datetime.fromtimestamp(seconds, UTC))
    assert totp.code_at(SEEDS[digest], step, 8, digest) == code


@given(moments, st.integers(-300, 300))
def test_a_code_lives_a_step_before_and_after_its_own(now: datetime, late: int) -> None:
    step = totp.step_at(now)
    code = totp.code_at(SECRET, step)
    then = now + timedelta(seconds=late)
    near = {totp.step_at(then) + drift for drift in (-1, 0, 1)}
    # Two steps may have the same code, once in a million.
    expected = max((one for one in near if totp.code_at(SECRET, one) == code), default=None)
    assert totp.step_of(SECRET, code, then, 0) == expected
    assert expected is not None or abs(totp.step_at(then) - step) > 1


@given(moments, st.integers(-1, 1))
def test_a_step_that_served_never_serves_again_nor_those_before(now: datetime, drift: int) -> None:
    step = totp.step_at(now) + drift
    code = totp.code_at(SECRET, step)
    served = totp.step_of(SECRET, code, now, 0)
    assert served is not None
    assert totp.step_of(SECRET, code, now, served) is None


def test_spaces_do_not_matter_and_words_are_no_code() -> None:
    code = totp.code_at(SECRET, totp.step_at(NOW))
    assert totp.step_of(SECRET, f" {code[:3]} {code[3:]} ", NOW, 0) == totp.step_at(NOW)
    for typed in ("", "abcdef", "１２３４５６", code[:5], code + "0", "é" * 6):
        assert totp.step_of(SECRET, typed, NOW, 0) is None


def test_what_an_application_reads() -> None:
    assert totp.as_text(SECRET) == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ"
    address = totp.address_of(SECRET, "claire+a@mairie.example")
    assert address == (
        "otpauth://totp/Cartable%3Aclaire%2Ba%40mairie.example"
        "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Cartable"
    )
    assert totp.picture_of(address).startswith("data:image/svg+xml")
