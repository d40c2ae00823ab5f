"""Passwords that guessers try first: a file of our own, small, that knows the usual ones."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cartable.accounts import breached
from cartable.accounts.breached import is_breached, places
from cartable.accounts.rules import PasswordTooCommon, check_new_password


@pytest.mark.parametrize(
    "password",
    [
        "password1234", "Motdepasse2024", "azertyuiop123", "AZERTYUIOPQS", "jetaime123456",
        "soleilsoleil", "Marseille2023", "1q2w3e4r5t6y", "123456789012", "qwertyuiopas",
        "Chouchou1987", "mamanjetaime", "987654321098",
    ],
)  # fmt: skip
def test_the_usual_ones_are_known_whatever_the_capitals(password: str) -> None:
    assert is_breached(password)
    with pytest.raises(PasswordTooCommon):
        check_new_password(password, None, ("Zoé", "Quine", "zq"))


def test_good_ones_are_not() -> None:
    for password in (
        "une phrase de passe longue", "cinq autres mots choisis", "lemoulintourne",
        "quatre mots sans rapport", "kf7m-q2xw-93hd-ztbn", "le chat dort sur le toit bleu",
    ):  # fmt: skip
        assert not is_breached(password), password
        check_new_password(password, None, ("Zoé", "Quine", "zq"))


def test_few_good_ones_are_refused_by_chance() -> None:
    """Half of the bits are set, twenty are looked at: one in a million."""
    bits = breached.bits()
    filled = sum(byte.bit_count() for byte in bits) / (len(bits) * 8)
    assert filled**breached.HASHES < 1 / 900_000
    assert len(bits) > 100_000


def test_the_file_is_small_and_says_what_it_holds() -> None:
    path = Path(breached.__file__).with_name("breached.bin")
    assert path.stat().st_size < 300_000
    told = path.read_bytes().partition(b"\n")[0].decode()
    assert int(told.split()[0]) > 70_000
    assert "12 characters or more" in told


@settings(max_examples=50)
@given(st.text(), st.integers(64, 10_000_000))
def test_a_place_is_a_bit_of_the_filter_and_always_the_same(password: str, size: int) -> None:
    found = places(password, size)
    assert len(found) == breached.HASHES
    assert all(0 <= at < size for at in found)
    assert found == places(breached.plain(password), size)
