"""The journal as people read it: pages, filters, verification, a copy that others can verify."""

import io
import json
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update
from tests.cast import PASSWORD, Cast
from tests.world import World, good

from cartable.accounts.actions import failures
from cartable.audit.reading import details_of
from cartable.audit.signing import sign_chains
from cartable.audit.tables import AuditEvent, HostEvent, HostPayload
from cartable.runtime import Runtime

pytestmark = pytest.mark.anyio


@pytest.fixture
def world(cast: Cast) -> World:
    """Saint-Aubin."""
    return World(cast, cast.town, cast.claire, cast.ines)


async def _journal(cast: Cast, **query: Any) -> Any:
    return good(await cast.ines.get(f"{cast.town.path}/journal", params=query))


async def test_a_line_says_who_did_what(cast: Cast, world: World) -> None:
    sitting = await world.ready_to_convene()
    good(await cast.claire.post(f"{cast.town.path}/sittings/{sitting}/convene"))
    lines = (await _journal(cast))["lines"]
    assert [line["event"] for line in lines[:3]] == [
        "sitting.convened", "agenda_item.added", "sitting.created",
    ]  # fmt: skip
    first, second = lines[:2]
    assert (first["who"], first["subject_id"]) == ("Claire Nom-claire", sitting)
    assert set(first["details"]) == {"day"}
    assert second["details"]["title"] == "Budget primitif"
    assert [line["position"] for line in lines] == sorted(
        (line["position"] for line in lines), reverse=True
    )


async def test_filters_and_pages(cast: Cast, world: World) -> None:
    for _ in range(40):
        good(await cast.ines.post(f"{cast.town.path}/groups", {"name": str(next(world.numbers))}))
    everything = await _journal(cast)
    assert len(everything["lines"]) == 50
    assert everything["pages"] == -(-everything["total"] // 50) > 1
    last = await _journal(cast, page=everything["pages"])
    assert last["lines"][-1]["position"] == 1
    assert (await _journal(cast, page=999))["page"] == everything["pages"]
    await world.sitting()
    only = await _journal(cast, family="sittings")
    assert {line["event"].split(".")[0] for line in only["lines"]} == {"sitting"}
    claire = await _journal(cast, member=str(cast.claire.member[cast.town.name]))
    assert {line["who"] for line in claire["lines"]} == {"Claire Nom-claire"}
    assert (await _journal(cast, until="2020-01-01"))["total"] == 0
    assert (await _journal(cast, since="2020-01-01"))["total"] == everything["total"] + 1


async def test_verification_says_the_first_line_that_was_altered(
    cast: Cast, world: World, runtime: Runtime
) -> None:
    await world.sitting()
    await sign_chains(runtime, [cast.town.id], datetime.now(UTC))
    path = f"{cast.town.path}/journal/verification"
    whole = good(await cast.ines.post(path))
    assert (whole["broken"], whole["lines"], whole["signed_to"]) == (
        None, (await _journal(cast))["total"], whole["lines"],
    )  # fmt: skip
    async with runtime.writing(cast.town.id) as db:
        await db.execute(
            update(AuditEvent).where(AuditEvent.position == 3).values(event="sitting.deleted")
        )
    broken = good(await cast.ines.post(path))
    assert broken["broken"] == {"position": 3, "reason": "changed"}


async def test_a_copy_is_verified_by_the_script_that_goes_with_it(
    cast: Cast, world: World, tmp_path: Path
) -> None:
    await world.document()
    asked = await cast.ines.post(f"{cast.town.path}/journal/exports")
    assert asked.status_code == 201
    path = f"{cast.town.path}/journal/exports/{asked.json()['position']}"
    answer = await cast.ines.get(path)
    assert answer.headers["content-type"] == "application/zip"
    zipfile.ZipFile(io.BytesIO(answer.content)).extractall(tmp_path)
    lines = [json.loads(line) for line in (tmp_path / "journal.jsonl").open(encoding="utf-8")]
    assert lines[-1]["event"] == "journal.exported"
    ran = _verify(tmp_path)
    assert (ran.returncode, ran.stdout) == (
        0, f"{len(lines)} lignes, toutes dans l'ordre et intactes.\n",
    ), ran.stderr  # fmt: skip
    signed = _run(
        tmp_path, "openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "cle-publique.pem",
        "-rawin", "-in", "point-1.txt", "-sigfile", "point-1.sig",
    )  # fmt: skip
    assert "Signature Verified Successfully" in signed.stdout, signed.stderr
    lines[2]["event"] = "sitting.deleted"
    (tmp_path / "journal.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    assert "Ligne 3" in _verify(tmp_path).stderr
    table = (tmp_path / "journal.csv").read_text(encoding="utf-8-sig").splitlines()
    assert len(table) == len(lines) + 1


def _verify(folder: Path) -> "subprocess.CompletedProcess[str]":
    return _run(folder, sys.executable, "verifier.py")


def _run(folder: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


async def test_a_copy_is_fetched_by_who_asked_for_it(cast: Cast) -> None:
    asked = good(await cast.ines.post(f"{cast.town.path}/journal/exports"))["position"]
    for position in (asked - 1, asked + 1, 0, 10**30):
        answer = await cast.ines.get(f"{cast.town.path}/journal/exports/{position}")
        assert answer.status_code == 404
    other = await cast.irma.get(f"{cast.other.path}/journal/exports/{asked}")
    assert other.status_code == 404


async def test_activity_is_about_oneself(cast: Cast, runtime: Runtime) -> None:
    again = await cast.sign_in("alice@staubin.example")
    mine = good(await again.get("/api/activity"))["lines"]
    assert mine[0]["event"] == "account.signed_in"
    async with runtime.reading() as db:
        accounts = set(await db.scalars(select(HostEvent.account_id)))
    assert len(accounts) > 1
    bruno = good(await cast.bruno.get("/api/activity"))["lines"]
    assert [line["at"] for line in bruno] != [line["at"] for line in mine]


async def test_deeds_on_devices_are_told(cast: Cast) -> None:
    for _ in range(2):
        await cast.sign_in("alice@staubin.example")
    mine = good(await cast.alice.get("/api/me"))["device"]["id"]
    good(await cast.alice.patch(f"/api/devices/{mine}", {"name": "Tablette du salon"}))
    assert (await cast.alice.post("/api/devices/sign-out-others")).status_code == 204
    lines = good(await cast.alice.get("/api/activity"))["lines"]
    said = [(line["event"], line["details"]) for line in lines[:2]]
    assert said == [
        ("account.devices_signed_out", {"count": 2}),
        ("account.device_renamed", {"device": "Tablette du salon"}),
    ]


async def test_a_failed_sign_in_is_told_to_whose_account_it_is(cast: Cast) -> None:
    http = cast.browser()
    for email in ("alice@staubin.example", "nobody@staubin.example"):
        wrong = {"email": email, "password": "pas la bonne phrase"}
        assert (await http.post("/api/sign-in", json=wrong)).status_code == 401
    await http.aclose()
    lines = good(await cast.alice.get("/api/activity"))["lines"]
    assert lines[0]["event"] == "account.sign_in_failed"
    assert [line["event"] for line in lines].count("account.sign_in_failed") == 1


async def _failures(runtime: Runtime) -> list[tuple[UUID | None, object]]:
    """Whose, and how many: the lines of failures, oldest first."""
    failed = select(HostEvent).where(HostEvent.event == "account.sign_in_failed")
    async with runtime.reading() as db:
        return [
            (line.account_id, (await details_of(db, HostPayload, line.id)).get("count"))
            for line in await db.scalars(failed.order_by(HostEvent.position))
        ]


async def test_failures_are_counted_in_the_journal_not_written_one_by_one(
    cast: Cast, runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    http = cast.browser()
    for email in ("alice@staubin.example", "nobody@staubin.example"):
        wrong = {"email": email, "password": "pas la bonne phrase"}
        for _ in range(8):
            await http.post("/api/sign-in", json=wrong)
    alice = UUID(good(await cast.alice.get("/api/me"))["account"]["id"])
    assert await _failures(runtime) == [(alice, 1), (alice, 6), (None, 1), (None, 6)]
    # A line of a chain is for ever: strangers, however many, write so many and no more.
    monkeypatch.setattr(failures, "LINES", 5)
    for number in range(3):
        wrong = {"email": f"{number}@staubin.example", "password": "pas la bonne phrase"}
        assert (await http.post("/api/sign-in", json=wrong)).status_code == 401
    assert len(await _failures(runtime)) == 5


async def test_whichever_part_was_wrong_leaves_the_same_line(cast: Cast, runtime: Runtime) -> None:
    http = cast.browser()
    good(await cast.alice.post("/api/recovery-codes"))
    lost = {"email": "alice@staubin.example", "password": PASSWORD, "code": "aaaa-aaaa-aaaa"}
    assert (await http.post("/api/sign-in/recovery", json=lost)).status_code == 401
    assert (await http.post("/api/code", json={"code": "AAAA AAAA"})).status_code == 403
    assert (await cast.bruno.post("/api/proof", {"password": "pas la bonne"})).status_code == 401
    lines = [(account is not None, count) for account, count in await _failures(runtime)]
    assert lines == [(True, 1), (False, 1), (True, 1)]
