"""Answers of a resolver, byte by byte: right ones, cut ones, hostile ones."""

import struct
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cartable.mail.dns import Silent, answers, question


def _answer(kind: int, *records: bytes, flags: int = 0x8180, number: int = 7) -> bytes:
    asked = question(7, "mairie.example", "TXT" if kind == 16 else "MX")[12:-11]
    head = struct.pack("!6H", number, flags, 1, len(records), 0, 0)
    told = b"".join(
        b"\xc0\x0c" + struct.pack("!2HIH", kind, 1, 60, len(one)) + one for one in records
    )
    return head + asked + told


def _text(*parts: bytes) -> bytes:
    return b"".join(struct.pack("!B", len(part)) + part for part in parts)


def test_texts_in_several_parts_are_one() -> None:
    packet = _answer(16, _text(b"v=spf1 mx ", b"-all"), _text(b"x=1"))
    assert answers(packet, 7, "TXT") == ["v=spf1 mx -all", "x=1"]


def test_mail_servers_may_point_to_the_question() -> None:
    packet = _answer(15, b"\x00\x0a" + b"\x04mail\xc0\x0c")
    assert answers(packet, 7, "MX") == ["mail.mairie.example"]


def test_a_name_that_is_not_there_has_no_answer() -> None:
    assert answers(_answer(16, flags=0x8183), 7, "TXT") == []


@pytest.mark.parametrize("packet", [
    b"", _answer(16, _text(b"v=spf1"), number=8), _answer(16, flags=0x8182),
    _answer(16, flags=0x8380), _answer(16, flags=0x0100), _answer(16, _text(b"v=spf1"))[:20],
    _answer(15, b"\x00\x0a\xc0\xff"),
])  # fmt: skip
def test_what_is_not_an_answer_is_silence(packet: bytes) -> None:
    with pytest.raises(Silent):
        answers(packet, 7, "MX" if packet[-2:] == b"\xc0\xff" else "TXT")


def test_a_name_that_leads_to_itself_is_silence() -> None:
    start = len(_answer(15, b"")) + 2
    packet = _answer(15, b"\x00\x0a\x01a" + struct.pack("!H", 0xC000 | start))
    with pytest.raises(Silent):
        answers(packet, 7, "MX")


@given(st.binary(max_size=200))
def test_no_packet_harms(packet: bytes) -> None:
    with suppress(Silent):
        answers(struct.pack("!2H", 7, 0x8180) + packet, 7, "TXT")
        answers(struct.pack("!2H", 7, 0x8180) + packet, 7, "MX")
