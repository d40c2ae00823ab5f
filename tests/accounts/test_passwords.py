"""Choosing a password: the rules, and what it does to other devices."""

import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.cast import PASSWORD, Cast

from cartable.accounts.passwords import hash_password, password_matches
from cartable.accounts.rules import (
    MINIMUM,
    PasswordTooCommon,
    PasswordTooShort,
    PasswordUnchanged,
    check_new_password,
)

NEW = "cinq autres mots choisis"
ABOUT = ("Anne-Sophie", "Lefèvre", "as.lefevre")


@pytest.mark.anyio
async def test_a_change_signs_the_other_devices_out_and_a_refusal_does_not(cast: Cast) -> None:
    tablet = await cast.sign_in("alice@staubin.example")
    for body, status, code in (
        ({"current": "pas le bon", "new": NEW}, 401, "wrong_credentials"),
        ({"current": PASSWORD, "new": "trop court"}, 422, "password_too_short"),
        ({"current": PASSWORD, "new": "motdepasse123456789"}, 422, "password_too_common"),
        ({"current": PASSWORD, "new": "aliceALICEalice"}, 422, "password_too_common"),
        ({"current": PASSWORD, "new": PASSWORD}, 422, "password_unchanged"),
        ({"current": PASSWORD, "new": "x" * 257}, 422, "invalid_input"),
    ):
        answer = await cast.alice.post("/api/password", body)
        assert (answer.status_code, answer.json()["code"]) == (status, code), body
    assert (await tablet.get("/api/me")).status_code == 200
    assert (await cast.alice.post("/api/password", {"current": PASSWORD, "new": NEW})).is_success
    assert (await cast.alice.get("/api/me")).status_code == 200
    assert (await tablet.get("/api/me")).json()["code"] == "device_signed_out"
    await cast.sign_in("alice@staubin.example", NEW)


@pytest.mark.anyio
async def test_one_way_to_write_an_accent_is_as_good_as_another() -> None:
    hashed = await hash_password(unicodedata.normalize("NFC", "été à la mairie"))
    assert await password_matches(hashed, unicodedata.normalize("NFD", "été à la mairie"))
    assert not await password_matches(hashed, "ete a la mairie")


@given(st.text(max_size=MINIMUM - 1))
def test_short_ones_are_refused(password: str) -> None:
    with pytest.raises(PasswordTooShort) as refusal:
        check_new_password(password, None, ABOUT)
    assert refusal.value.details == {"minimum": MINIMUM}


@given(st.lists(st.sampled_from([
    "motdepasse", "AZERTY", "Cartable", "123456789", "annesophie", "Anne-Sophie", "lefevre",
    "Lefèvre", "Le fè vre", "as.lefevre", "--", " ",
]), min_size=6))  # fmt: skip
def test_ones_made_of_what_is_guessed_first_are_refused(words: list[str]) -> None:
    with pytest.raises((PasswordTooCommon, PasswordTooShort)):
        check_new_password("".join(words), None, ABOUT)


@given(st.text(alphabet="ab", min_size=MINIMUM))
def test_ones_of_two_letters_are_refused(password: str) -> None:
    with pytest.raises(PasswordTooCommon):
        check_new_password(password, None, ABOUT)


@given(st.lists(
    st.text(alphabet=string.ascii_lowercase, min_size=4, max_size=9).filter(
        lambda word: len(set(word)) >= 4
    ), min_size=4, max_size=6, unique=True,
))  # fmt: skip
def test_four_random_words_are_accepted(words: list[str]) -> None:
    check_new_password(" ".join(words), None, ("Yves", "Zola", "yz"))


@given(st.text(min_size=MINIMUM, max_size=40))
def test_the_one_in_use_is_refused(password: str) -> None:
    with pytest.raises(PasswordUnchanged):
        check_new_password(password, password, ABOUT)
