"""How an authority signs its messages: shown its own address, decided, tried, left with it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from cartable import worker
from cartable.accounts.tables import Device
from cartable.audit.tables import AuditEvent
from cartable.mail.actions.sender import code_of
from cartable.mail.checks import look_at
from cartable.mail.dns import Silent, lookup
from cartable.members.actions.sender import CODES
from cartable.runtime import Runtime
from cartable.settings import Settings
from tests.accounts.test_tickets import ALICE, invite
from tests.cast import Cast
from tests.letterbox import letters, written
from tests.mail.smtp_server import Postman, smtp_server
from tests.world import good

pytestmark = pytest.mark.anyio
MAIRIE, INES = "mairie@staubin.example", "ines@staubin.example"
SIGNED = {"name": "Mairie de Saint-Aubin", "reply_to": "", "address": MAIRIE}


def _sender(cast: Cast) -> str:
    return f"{cast.town.path}/mail-sender"


async def _code(cast: Cast, runtime: Runtime, address: str = MAIRIE) -> str:
    """The code that the reader of a mailbox finds there."""
    good(await cast.ines.post(f"{_sender(cast)}/code", {"address": address}))
    lines = (await letters(runtime, address.strip().lower()))[-1].text.splitlines()
    return next(line for line in lines if len(line) == 11 and line[5] == " ")


async def _events(runtime: Runtime) -> list[str]:
    async with runtime.reading() as db:
        return list(await db.scalars(select(AuditEvent.event).order_by(AuditEvent.position)))


async def test_an_address_is_used_once_its_reader_agreed(cast: Cast, runtime: Runtime) -> None:
    first = good(await cast.ines.get(_sender(cast)))
    assert (first["name"], first["address"], first["has_server"]) == ("", "", False)
    code = await _code(cast, runtime)
    for wrong in ("", "00000 00000", await _code(cast, runtime, "other@staubin.example")):
        refused = await cast.ines.put(_sender(cast), {**SIGNED, "code": wrong})
        assert refused.json()["code"] == "sender_not_confirmed"
    assert "mail_sender.edited" not in await _events(runtime)
    saved = good(await cast.ines.put(_sender(cast), {**SIGNED, "code": code.lower()}))
    assert (saved["name"], saved["address"]) == (SIGNED["name"], MAIRIE)
    # What was shown once stays shown; what did not change leaves no line.
    good(await cast.ines.put(_sender(cast), SIGNED))
    assert (await _events(runtime)).count("mail_sender.edited") == 1
    good(await cast.ines.put(_sender(cast), {**SIGNED, "reply_to": " Accueil@StAubin.example "}))
    assert good(await cast.ines.get(_sender(cast)))["reply_to"] == "accueil@staubin.example"
    assert (await _events(runtime)).count("mail_sender.edited") == 2
    assert good(await cast.ines.put(_sender(cast), {}))["address"] == ""


async def test_a_code_serves_one_authority_and_two_days(cast: Cast, runtime: Runtime) -> None:
    now, master = datetime.now(UTC), runtime.master_key
    theirs = code_of(master, cast.other.id, MAIRIE, now)
    old = code_of(master, cast.town.id, MAIRIE, now - timedelta(days=2))
    for wrong in (theirs, old):
        refused = await cast.ines.put(_sender(cast), {**SIGNED, "code": wrong})
        assert refused.json()["code"] == "sender_not_confirmed"
    yesterday = code_of(master, cast.town.id, MAIRIE, now - timedelta(days=1))
    good(await cast.ines.put(_sender(cast), {**SIGNED, "code": yesterday}))


async def test_the_code_is_sent_once_an_hour(cast: Cast, runtime: Runtime) -> None:
    assert await _code(cast, runtime) == await _code(cast, runtime, f" {MAIRIE.upper()}")
    assert len(await letters(runtime, MAIRIE)) == 1


async def test_few_addresses_are_written_to(cast: Cast, runtime: Runtime) -> None:
    """Nobody has shown them to be the authority's: strangers are not written to at will."""
    for number in range(CODES):
        await _code(cast, runtime, f"stranger{number}@ville.example")
    path = f"{_sender(cast)}/code"
    flood = await cast.ines.post(path, {"address": "another@ville.example"})
    assert (flood.status_code, flood.json()["code"]) == (429, "too_many_attempts")
    assert await letters(runtime, "another@ville.example") == []
    assert (await _events(runtime)).count("mail_sender.code_sent") == CODES
    good(await cast.irma.post(f"{cast.other.path}/mail-sender/code", {"address": MAIRIE}))


async def test_it_asks_who_is_there(cast: Cast, runtime: Runtime) -> None:
    async with runtime.writing() as db:
        long_ago = datetime.now(UTC) - timedelta(hours=1)
        await db.execute(update(Device).values(proved_at=long_ago))
    for asked in (
        await cast.ines.put(_sender(cast), SIGNED),
        await cast.ines.post(f"{_sender(cast)}/code", {"address": MAIRIE}),
    ):
        assert (asked.status_code, asked.json()["code"]) == (403, "proof_needed")


@pytest.mark.parametrize(
    "address", ["mairie", "a@b", "a b@ville.example", "a@ville.example\r\nBcc: x"]
)
async def test_what_is_no_address_is_refused(cast: Cast, address: str) -> None:
    for asked in (
        await cast.ines.put(_sender(cast), {**SIGNED, "address": address}),
        await cast.ines.put(_sender(cast), {"reply_to": address}),
        await cast.ines.post(f"{_sender(cast)}/code", {"address": address}),
        await cast.ines.post(f"{_sender(cast)}/checks", {"address": address}),
    ):
        assert asked.json()["code"] == "address_invalid"


async def test_a_try_comes_back_to_whoever_asked(cast: Cast, runtime: Runtime) -> None:
    good(await cast.ines.put(_sender(cast), {"name": "Mairie", "reply_to": MAIRIE}))
    good(await cast.ines.post(f"{_sender(cast)}/try"))
    assert good(await cast.ines.get(_sender(cast)))["last_letter"]["state"] == "waiting"
    await worker.drain(runtime)
    assert good(await cast.ines.get(_sender(cast)))["last_letter"]["state"] == "written"
    message = written(runtime.settings.mail_folder, INES)[-1]
    assert message["from"] == f"Mairie <{runtime.settings.sender_address}>"
    assert message["reply-to"] == f"Mairie <{MAIRIE}>"
    # Others read nothing of it.
    assert (await cast.irma.get(_sender(cast))).status_code == 404
    assert (await cast.claire.get(_sender(cast))).status_code == 403


class TestWithServer:
    """Letters that leave."""

    @pytest.fixture
    def postman(self) -> Postman:
        return Postman()

    @pytest.fixture
    def port(self, postman: Postman) -> Iterator[int]:
        with smtp_server(postman) as port:
            yield port

    @pytest.fixture
    def settings(self, settings: Settings, port: int) -> Settings:
        """A server that hands its mail to the loopback."""
        return replace(
            settings,
            smtp_host="127.0.0.1",
            smtp_port=port,
            smtp_security="none",
            smtp_from="cartable@host.example",
        )

    async def _try(self, cast: Cast, runtime: Runtime, postman: Postman) -> None:
        good(await cast.ines.put(_sender(cast), {**SIGNED, "code": await _code(cast, runtime)}))
        await worker.drain(runtime)
        postman.received.clear()
        postman.envelopes.clear()

    async def test_letters_leave_with_it(
        self, cast: Cast, runtime: Runtime, postman: Postman
    ) -> None:
        await self._try(cast, runtime, postman)
        alice = cast.alice.member[cast.town.name]
        good(await cast.claire.post(f"{cast.town.path}/members/{alice}/code"))
        good(await cast.ines.post(f"{_sender(cast)}/try"))
        # The other town's leave from the platform.
        good(await cast.irma.post(f"{cast.other.path}/mail-sender/try"))
        await worker.drain(runtime)
        told = {(sender, to) for sender, to in postman.envelopes}
        assert (MAIRIE, INES) in told
        assert ("cartable@host.example", "irma@breuil.example") in told
        (ours,) = (one for one in postman.received if one["to"] == INES)
        assert ours["from"] == f"Mairie de Saint-Aubin <{MAIRIE}>"
        assert good(await cast.ines.get(_sender(cast)))["last_letter"]["state"] == "accepted"

    async def test_what_bears_a_secret_leaves_from_the_platform(
        self, cast: Cast, runtime: Runtime, postman: Postman
    ) -> None:
        """What is returned is returned whole: to the host, to no administrator."""
        await self._try(cast, runtime, postman)
        good(await cast.ines.http.put(f"{cast.town.path}/links", json={"is_enabled": True}))
        alice = cast.alice.member[cast.town.name]
        good(await cast.ines.post(f"{cast.town.path}/members/{alice}/invite"))
        await invite(cast, "eve@staubin.example")
        await _code(cast, runtime, "other@staubin.example")
        assert (await cast.browser().post("/api/link", json={"email": ALICE})).is_success
        await worker.drain(runtime)
        ours = [one for one in postman.envelopes if one[0] != MAIRIE]
        written_to = [ALICE, ALICE, "eve@staubin.example", "other@staubin.example"]
        assert sorted(ours) == [("cartable@host.example", to) for to in written_to]
        signed = [one for one in postman.received if one["to"] in written_to]
        assert {one["from"] for one in signed} == {"Mairie de Saint-Aubin <cartable@host.example>"}
        assert {one["reply-to"] for one in signed} == {f"Mairie de Saint-Aubin <{MAIRIE}>"}

    async def test_a_server_that_refuses_it_takes_the_platforms(
        self, cast: Cast, runtime: Runtime, postman: Postman
    ) -> None:
        await self._try(cast, runtime, postman)
        postman.at_recipient = ["553 5.7.1 sender address rejected: not owned by user"]
        good(await cast.ines.post(f"{_sender(cast)}/try"))
        await worker.drain(runtime)
        assert postman.envelopes == [("cartable@host.example", INES)]
        (message,) = postman.received
        assert message["from"] == "Mairie de Saint-Aubin <cartable@host.example>"
        assert message["reply-to"] == f"Mairie de Saint-Aubin <{MAIRIE}>"

    async def test_a_recipient_who_is_refused_stays_so(
        self, cast: Cast, runtime: Runtime, postman: Postman
    ) -> None:
        await self._try(cast, runtime, postman)
        postman.at_recipient = ["550 no such person", "550 no such person"]
        good(await cast.ines.post(f"{_sender(cast)}/try"))
        await worker.drain(runtime)
        fate = good(await cast.ines.get(_sender(cast)))["last_letter"]
        assert (fate["state"], fate["said"]) == ("refused", "550 no such person")


ZONE = {
    ("ville.example", "TXT"): ["google=1", "v=spf1 ip4:192.0.2.7 -all"],
    ("ville.example", "MX"): ["mx.ville.example"],
    ("null.example", "MX"): [""],
    ("smtp.host.example", "A"): ["192.0.2.7"],
}


async def _lookup(name: str, kind: str) -> Sequence[str]:
    if name.startswith("_dmarc.quiet"):
        raise Silent
    return ZONE.get((name, kind), [])


async def test_each_check_is_found_absent_or_silent(settings: Settings) -> None:
    host = replace(settings, smtp_host="smtp.host.example")
    seen = await look_at(host, "ville.example", _lookup)
    assert [(one.check, one.state, one.said) for one in seen.checks] == [
        ("spf", "found", "v=spf1 ip4:192.0.2.7 -all"),
        ("mx", "found", "mx.ville.example"),
        ("dmarc", "absent", ""),
    ]
    assert seen.verdict == "pass"
    quiet = await look_at(host, "quiet.example", _lookup)
    assert [one.state for one in quiet.checks] == ["absent", "absent", "silent"]
    assert quiet.verdict == "none"
    assert (await look_at(host, "null.example", _lookup)).checks[1].state == "absent"


@pytest.mark.parametrize("host", ["", "localhost", "unknown.example"])
async def test_a_server_nobody_knows_gets_no_verdict(settings: Settings, host: str) -> None:
    seen = await look_at(replace(settings, smtp_host=host), "ville.example", _lookup)
    assert seen.verdict is None


@pytest.mark.parametrize(
    "name", ["a..b", "é\ufffd.example", f"{'x' * 64}.example", "localhost\0.example"]
)
@pytest.mark.parametrize("kind", ["TXT", "MX", "A"])
async def test_names_that_cannot_be_have_no_answer(name: str, kind: str) -> None:
    assert await lookup(name, kind) == []
