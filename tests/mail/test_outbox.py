"""The outbox against a real SMTP server: taken, put off, refused, cut, restarted, killed."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select, update

from cartable import worker
from cartable.database import begin_write, end
from cartable.doctor import examine
from cartable.jobs import LEASE, TRIES, Job
from cartable.mail.actions import deliver, send_mail
from cartable.mail.actions.write import SEND
from cartable.mail.tables import Mail
from cartable.runtime import Runtime
from cartable.settings import Settings
from tests.letterbox import written
from tests.mail.smtp_server import PASSWORD, USER, Postman, certificate, smtp_server

pytestmark = pytest.mark.anyio
TO = "jean@mairie.example"


@pytest.fixture
def postman() -> Postman:
    return Postman()


@pytest.fixture
def port(postman: Postman, request: pytest.FixtureRequest) -> Iterator[int]:
    with smtp_server(postman) as port:
        yield port


@pytest.fixture
def settings(settings: Settings, port: int) -> Settings:
    """A server that hands its mail to the loopback."""
    return replace(
        settings,
        smtp_host="127.0.0.1",
        smtp_port=port,
        smtp_security="none",
        smtp_from="cartable@mairie.example",
    )


async def _write(runtime: Runtime, **more: object) -> UUID:
    async with runtime.writing() as db:
        made = await send_mail(
            db,
            to=TO,
            subject="Votre séance",
            text="Bonjour,\n\nVoici :\nhttps://cartable.test/lien#secret-canary",
            **more,  # type: ignore[arg-type]
        )
    assert made is not None
    return made


async def _mail(runtime: Runtime, mail_id: UUID) -> Mail:
    async with runtime.reading() as db:
        return await db.get_one(Mail, mail_id)


async def _later(runtime: Runtime) -> timedelta:
    """Let the next try come; how long it would have waited."""
    async with runtime.writing() as db:
        job = (await db.scalars(select(Job).where(Job.name == SEND))).one()
        wait = job.due_at - datetime.now(UTC)
        await db.execute(update(Job).where(Job.id == job.id).values(due_at=datetime.now(UTC)))
    await worker.drain(runtime)
    return wait


async def test_taken(runtime: Runtime, postman: Postman) -> None:
    mail_id = await _write(runtime)
    await worker.drain(runtime)
    (message,) = postman.received
    assert postman.envelopes == [("cartable@mairie.example", TO)]
    assert message["message-id"] == f"<{mail_id}@cartable.test>"
    assert message["auto-submitted"] == "auto-generated"
    body = message.get_body(("plain",))
    assert body is not None
    assert "secret-canary" in body.get_content()
    row = await _mail(runtime, mail_id)
    assert (row.state, row.said, row.sealed, row.attempts) == ("accepted", "OK: taken", None, 1)
    assert row.settled_at is not None


async def test_put_off_then_taken(runtime: Runtime, postman: Postman) -> None:
    postman.answers = ["451 greylisted", "421 too busy"]
    mail_id = await _write(runtime)
    await worker.drain(runtime)
    row = await _mail(runtime, mail_id)
    assert (row.state, row.said, row.attempts) == ("waiting", "451 greylisted", 1)
    assert row.sealed is not None
    assert timedelta(seconds=50) < await _later(runtime) <= timedelta(minutes=1)
    assert timedelta(minutes=4) < await _later(runtime) <= timedelta(minutes=5)
    assert (await _mail(runtime, mail_id)).state == "accepted"
    assert (postman.tried, len(postman.received)) == (3, 1)


@pytest.mark.parametrize("where", ["recipient", "message"])
async def test_refused_for_good(runtime: Runtime, postman: Postman, where: str) -> None:
    said = "550 5.1.1 no such person"
    (postman.at_recipient if where == "recipient" else postman.answers).append(said)
    mail_id = await _write(runtime)
    await worker.drain(runtime)
    row = await _mail(runtime, mail_id)
    assert (row.state, row.said, row.sealed) == ("refused", said, None)
    async with runtime.reading() as db:
        assert list(await db.scalars(select(Job).where(Job.name == SEND))) == []


@pytest.mark.parametrize("answer", ["drop", "take and drop"])
async def test_cut_in_the_middle(runtime: Runtime, postman: Postman, answer: str) -> None:
    postman.answers = [answer]
    mail_id = await _write(runtime)
    await worker.drain(runtime)
    assert (await _mail(runtime, mail_id)).state == "waiting"
    await _later(runtime)
    assert (await _mail(runtime, mail_id)).state == "accepted"
    names = {message["message-id"] for message in postman.received}
    assert names == {f"<{mail_id}@cartable.test>"}
    assert len(postman.received) == (1 if answer == "drop" else 2)


async def test_a_worker_killed_after_the_answer_doubles_under_one_name(
    runtime: Runtime, postman: Postman, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        """As when the process goes: nothing is caught, nothing is written."""

    async def die(*_: object) -> None:
        raise Killed

    mail_id = await _write(runtime)
    with monkeypatch.context() as patch:
        patch.setattr(deliver, "_settle", die)
        with pytest.raises(Killed):
            await worker.drain(runtime)
    await worker.drain(runtime)
    assert len(postman.received) == 1, "its lease is not over"
    assert timedelta(minutes=1) < await _later(runtime) <= LEASE
    assert (await _mail(runtime, mail_id)).state == "accepted"
    assert len(postman.received) == 2
    assert len({message["message-id"] for message in postman.received}) == 1
    await worker.drain(runtime)
    assert len(postman.received) == 2


async def test_a_server_that_restarts(settings: Settings, runtime: Runtime) -> None:
    again = Postman()
    away = replace(settings, smtp_port=1)
    stopped = replace(runtime, settings=away)
    mail_id = await _write(stopped)
    await worker.drain(stopped)
    row = await _mail(runtime, mail_id)
    assert (row.state, row.said) == ("waiting", "SMTPConnectError")
    with smtp_server(again) as port:
        back = replace(runtime, settings=replace(settings, smtp_port=port))
        await _later(back)
    assert len(again.received) == 1
    assert (await _mail(runtime, mail_id)).state == "accepted"


async def test_nothing_is_lost_before_the_eighth_try(runtime: Runtime, postman: Postman) -> None:
    postman.answers = ["451 later"] * 20
    mail_id = await _write(runtime)
    await worker.drain(runtime)
    waited = timedelta()
    for _ in range(TRIES - 1):
        waited += await _later(runtime)
    assert waited > timedelta(hours=22)
    row = await _mail(runtime, mail_id)
    assert (postman.tried, row.state, row.said, row.sealed) == (8, "unreached", "451 later", None)


async def test_what_comes_too_late_is_not_sent(runtime: Runtime, postman: Postman) -> None:
    mail_id = await _write(runtime, until=datetime.now(UTC))
    await worker.drain(runtime)
    assert (await _mail(runtime, mail_id)).state == "too_late"
    assert postman.tried == 0


async def test_a_second_one_alike_is_dropped(runtime: Runtime, postman: Postman) -> None:
    await _write(runtime, dedupe="call:1")
    async with runtime.writing() as db:
        assert await send_mail(db, to=TO, subject="s", text="t", dedupe="call:1") is None
    await worker.drain(runtime)
    assert len(postman.received) == 1


async def test_a_deed_that_is_undone_writes_to_nobody(runtime: Runtime, postman: Postman) -> None:
    async with runtime.sessions() as db:
        await begin_write(db)
        assert await send_mail(db, to=TO, subject="s", text="t")
        await end(db, commit=False)
    await worker.drain(runtime)
    assert postman.tried == 0


async def test_encrypted_and_signed_in(
    settings: Settings, runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    public, context = certificate(tmp_path)
    postman = Postman()
    with smtp_server(postman, tls=context, auth=True) as port:
        secured = replace(
            settings, smtp_port=port, smtp_security="starttls", smtp_user=USER,
            smtp_password=PASSWORD,
        )  # fmt: skip
        mail_id = await _write(runtime)
        # A certificate that nobody trusts: neither the password nor the message is given.
        await worker.drain(replace(runtime, settings=secured))
        assert (await _mail(runtime, mail_id)).state == "waiting"
        assert postman.tried == 0
        monkeypatch.setenv("SSL_CERT_FILE", str(public))
        await _later(replace(runtime, settings=replace(secured, smtp_password="faux")))
        row = await _mail(runtime, mail_id)
        assert (row.state, row.said[:3], postman.tried) == ("waiting", "535", 0)
        findings = await examine(replace(secured, smtp_password="faux"))
        (wrong,) = [f.sentence for f in findings if "messagerie" in f.sentence]
        assert "ne nous accepte pas (535" in wrong
        assert PASSWORD not in wrong
        well = [f for f in await examine(secured) if "messagerie" in f.sentence]
        assert [f.is_well for f in well] == [True]
        await _later(replace(runtime, settings=secured))
    assert len(postman.received) == 1


async def test_a_server_without_encryption_gets_nothing(
    settings: Settings, runtime: Runtime, postman: Postman
) -> None:
    wanted = replace(runtime, settings=replace(settings, smtp_security="starttls"))
    mail_id = await _write(runtime)
    await worker.drain(wanted)
    assert (await _mail(runtime, mail_id)).state == "waiting"
    assert postman.tried == 0


async def test_without_a_server_messages_are_files_of_their_owner(
    settings: Settings, runtime: Runtime
) -> None:
    embedded = replace(settings, smtp_host="")
    mail_id = await _write(runtime)
    await worker.drain(replace(runtime, settings=embedded))
    (path,) = embedded.mail_folder.iterdir()
    assert path.stat().st_mode & 0o777 == 0o600
    (message,) = written(embedded.mail_folder, TO)
    assert message["subject"] == "Votre séance"
    assert (await _mail(runtime, mail_id)).state == "written"
    told = [f.sentence for f in await examine(embedded)]
    assert any(str(embedded.mail_folder) in sentence for sentence in told)


async def test_a_text_is_nowhere_in_the_clear(runtime: Runtime, settings: Settings) -> None:
    await _write(runtime)
    async with runtime.reading() as db:
        rows = [str(vars(row)) for row in await db.scalars(select(Mail))]
        rows += [str(vars(job)) for job in await db.scalars(select(Job))]
    assert "canary" not in "".join(rows)
    if settings.is_sqlite:
        database = Path(settings.database_url.removeprefix("sqlite+aiosqlite:///"))
        files = [database, database.with_name(database.name + "-wal")]
        assert not any(b"canary" in f.read_bytes() for f in files if f.exists())


async def test_old_ones_are_forgotten(runtime: Runtime, postman: Postman) -> None:
    old, waiting = await _write(runtime), await _write(runtime)
    async with runtime.writing() as db:
        await db.execute(
            update(Mail).where(Mail.id == old).values(settled_at=datetime(2020, 1, 1, tzinfo=UTC))
        )
    async with runtime.writing() as db:
        await deliver.forget_old_mail(db, datetime(2021, 1, 1, tzinfo=UTC))
    async with runtime.reading() as db:
        assert list(await db.scalars(select(Mail.id))) == [waiting]
