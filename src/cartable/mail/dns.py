"""Questions to the system's resolver (RFC 1035): TXT and MX by a datagram of our own, addresses by
the system itself. Answers that do not come in time are `Silent`: nothing is known then."""

import asyncio
import os
import socket
import struct
from collections.abc import Sequence
from pathlib import Path

PATIENCE = 3.0
_KINDS = {"TXT": 16, "MX": 15}
_LARGE = struct.pack("!B2HIH", 0, 41, 4096, 0, 0)
"""We take answers of 4,096 bytes (RFC 6891): many records of a domain do not fit in 512."""

_RESOLVERS = Path("/etc/resolv.conf")


class Silent(Exception):
    """No resolver answered, or the answer was cut: try again later."""


def question(number: int, name: str, kind: str) -> bytes:
    """A question that asks the resolver to find out by itself."""
    labels = b"".join(
        struct.pack("!B", len(label)) + label
        for label in (part.encode("idna") for part in name.rstrip(".").split("."))
    )
    head = struct.pack("!6H", number, 0x0100, 1, 0, 0, 1)
    return head + labels + b"\0" + struct.pack("!2H", _KINDS[kind], 1) + _LARGE


def answers(packet: bytes, number: int, kind: str) -> list[str]:
    """The texts, or the names of mail servers, of an answer; empty when there is none.

    Raises:
        Silent: not our answer, cut, or a failure of the resolver.
    """
    try:
        told, flags, questions, count = struct.unpack_from("!4H", packet)
        failed = flags & 0x0200 or flags & 0xF not in (0, 3)
        if told != number or failed or not flags & 0x8000:
            raise Silent
        at = 12
        for _ in range(questions):
            at = _name(packet, at)[1] + 4
        found = []
        for _ in range(count):
            _, at = _name(packet, at)
            sort, _, _, size = struct.unpack_from("!2HIH", packet, at)
            at += 10
            if sort == _KINDS[kind]:
                found.append(_text(packet[at : at + size]) if kind == "TXT" else
                             _name(packet, at + 2)[0])  # fmt: skip
            at += size
    except (struct.error, IndexError):
        raise Silent from None
    return found


def _text(data: bytes) -> str:
    parts, at = [], 0
    while at < len(data):
        parts.append(data[at + 1 : at + 1 + data[at]])
        at += 1 + data[at]
    return b"".join(parts).decode("ascii", "replace")


def _name(packet: bytes, at: int) -> tuple[str, int]:
    """A name that may point to an earlier one, and so on backwards; where the record goes on."""
    labels: list[str] = []
    after, lowest = 0, at
    while packet[at]:
        if packet[at] >= 0xC0:
            target = struct.unpack_from("!H", packet, at)[0] & 0x3FFF
            after = after or at + 2
            if target >= lowest:
                raise Silent
            at = lowest = target
            continue
        labels.append(packet[at + 1 : at + 1 + packet[at]].decode("ascii", "replace"))
        at += 1 + packet[at]
    return ".".join(labels), after or at + 1


def resolvers() -> list[str]:
    """The addresses that the system asks."""
    try:
        lines = _RESOLVERS.read_text(encoding="ascii", errors="replace").splitlines()
    except OSError:
        return []
    return [line.split()[1] for line in lines if line.startswith("nameserver ")]


async def lookup(name: str, kind: str) -> Sequence[str]:
    """What the DNS says of a name. TXT, MX (names alone), A or AAAA.

    Raises:
        Silent
    """
    try:
        is_name = b"\0" not in name.encode("idna")
    except UnicodeError:
        is_name = False
    if not is_name:
        return []  # The system's functions refuse a NUL, or stop there: another name.
    if kind in _KINDS:
        return await _asked(name, kind)
    family = socket.AF_INET if kind == "A" else socket.AF_INET6
    loop = asyncio.get_running_loop()
    try:
        found = await loop.getaddrinfo(name, None, family=family, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return sorted({str(one[4][0]) for one in found})


async def _asked(name: str, kind: str) -> list[str]:
    number = int.from_bytes(os.urandom(2))
    sent = question(number, name, kind)
    loop = asyncio.get_running_loop()
    for resolver in resolvers()[:3]:
        family = socket.AF_INET6 if ":" in resolver else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as line:
            line.setblocking(False)
            try:
                await loop.sock_connect(line, (resolver, 53))
                await loop.sock_sendall(line, sent)
                packet = await asyncio.wait_for(loop.sock_recv(line, 4096), PATIENCE)
                return answers(packet, number, kind)
            except (OSError, TimeoutError, Silent):
                continue
    raise Silent
