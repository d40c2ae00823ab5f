"""What travels: one address, one line a header, whatever was typed; the same words twice."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartable.mail.letters import Envelope, Letter, compose
from cartable.mail.rules import (
    WAITS,
    AddressInvalid,
    Fate,
    check_address,
    fate_of,
    next_try,
    one_line,
)

NOW = datetime(2026, 12, 3, 17, 30, tzinfo=UTC)
HEADERS = [
    "from", "to", "reply-to", "subject", "date", "message-id", "auto-submitted",
    "x-auto-response-suppress", "mime-version", "content-type", "content-language",
]  # fmt: skip
NASTY = st.text(
    alphabet=st.sampled_from('aé \r\n\t\x00\x0b\x85\u2028:<>,"@=?&;'), max_size=40
) | st.sampled_from(["x\r\nBcc: spy@evil.example", "x\nBcc:spy@evil.example\n\nbody", "=?utf-8?q?"])


def _read(letter: Letter, name: str = "Mairie") -> EmailMessage:
    envelope = Envelope(
        message_id="<1@cartable.test>", sender_name=name, sender="cartable@mairie.example",
        to="jean@mairie.example", reply_to="secretariat@mairie.example", at=NOW,
    )  # fmt: skip
    raw = compose(envelope, letter, "https://cartable.test")
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    message = message_from_bytes(raw, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


@given(NASTY, NASTY, st.text(max_size=200))
def test_nothing_typed_becomes_a_header(subject: str, name: str, text: str) -> None:
    message = _read(Letter(subject=subject, text=text), name)
    assert [key.lower() for key in message] == HEADERS
    assert message["to"].addresses[0].addr_spec == "jean@mairie.example"
    assert len(message["to"].addresses) == 1
    assert message["from"].addresses[0].addr_spec == "cartable@mairie.example"


@given(NASTY)
def test_an_address_is_one_address(typed: str) -> None:
    for address in (typed, f"{typed}@mairie.example", f"jean@mairie.example{typed}"):
        try:
            checked = check_address(address)
        except AddressInvalid:
            continue
        assert checked.count("@") == 1
        assert not set(checked) & set('\r\n \t\x00<>,;:"')


@pytest.mark.parametrize("address", [
    "jean@mairie.example, spy@evil.example", "jean@mairie.example\r\nBcc: spy@evil.example",
    "<jean@mairie.example>", "jean@@mairie.example", "jean@localhost", "", "@mairie.example",
    "é@mairie.example", "a" * 250 + "@b.fr",
])  # fmt: skip
def test_others_are_refused(address: str) -> None:
    with pytest.raises(AddressInvalid):
        check_address(address)


def test_both_halves_say_the_same() -> None:
    text = "Bonjour <Léa> & co,\n\nOuvrez :\nhttps://cartable.test/lien#a&b\n\nÀ bientôt."
    message = _read(Letter(subject="Été à la mairie", text=text))
    assert message["subject"] == "Été à la mairie"
    plain, page = message.get_body(("plain",)), message.get_body(("html",))
    assert plain is not None
    assert page is not None
    assert plain.get_content().splitlines() == text.splitlines()
    html = page.get_content()
    assert "Bonjour &lt;Léa&gt; &amp; co," in html
    assert 'href="https://cartable.test/lien#a&amp;b"' in html
    assert '<html lang="fr">' in html
    assert "<title>Été à la mairie</title>" in html
    for far in ("<img", "<script", "<link", "src="):
        assert far not in html


@pytest.mark.parametrize("line", [
    "https://faux.example/connexion", "https://cartable.test.faux.example/", "https://cartable.test",
    "https://cartable.test@faux.example/", "« https://cartable.test/lien »", "javascript:alert(1)",
    "https://cartable.test/lien https://faux.example", "HTTPS://CARTABLE.TEST/lien",
])  # fmt: skip
def test_a_name_links_nowhere(line: str) -> None:
    """An administrator chooses names, a stranger that of a device."""
    text = f"Bonjour Alice\n{line}\n,\n\nUn nouvel appareil : « {line} ».\n{line} l’a ouvert."
    page = _read(Letter(subject="Nouvel appareil", text=text)).get_body(("html",))
    assert page is not None
    assert "href" not in page.get_content()


@given(st.text())
def test_a_page_never_runs_what_was_typed(text: str) -> None:
    page = _read(Letter(subject=text, text=text)).get_body(("html",))
    assert page is not None
    inside = page.get_content().split("<main", 1)[1].split("</main>", 1)[0]
    tags = {part.split(">")[0].split()[0] for part in inside.split("<")[1:]}
    assert tags <= {"p", "/p", "br", "a", "/a"} | {""}


@given(st.text(max_size=300))
def test_one_line_is_one_line(text: str) -> None:
    line = one_line(text)
    assert len(line) <= 200
    assert len(line.splitlines()) <= 1


def test_a_day_of_tries() -> None:
    waits = [next_try(n, NOW) - NOW for n in range(1, 8)]
    assert waits == list(WAITS)
    assert next_try(99, NOW) - NOW == WAITS[-1]


@given(st.integers(200, 599), st.sampled_from(["message", "us"]))
def test_answers(code: int, stage: str) -> None:
    expected = {2: Fate.ACCEPTED, 3: Fate.LATER, 4: Fate.LATER}.get(code // 100)
    if expected is None:
        expected = Fate.REFUSED if stage == "message" else Fate.OUR_FAULT
    assert fate_of(stage, code) is expected
