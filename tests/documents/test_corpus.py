"""Every file of the corpus, from the clerk's upload to what the councillor gets."""

import asyncio
import csv
import hashlib
import time
from datetime import UTC, datetime
from typing import Any

import pytest
from tests.cast import Cast
from tests.desk import Desk, code, paper
from tests.documents.test_pdf import CORPUS, EXPECTED, manifest

from cartable import worker
from cartable.documents.shapes import SLICE
from cartable.jobs import claim
from cartable.runtime import Runtime

pytestmark = pytest.mark.anyio
AT_THE_DOOR = {"o18": (415, "not_a_pdf"), "o19": (422, "empty_file")}


@pytest.mark.slow
@pytest.mark.skipif(not manifest(), reason="the shared folder of real documents is absent")
async def test_every_file_ends_as_its_manifest_says(cast: Cast, do_jobs: Any) -> None:
    desk = Desk(cast)
    sitting = await desk.sitting()
    await desk.item(sitting)
    with (CORPUS / "manifest.csv").open(encoding="utf-8") as file:
        lines = {row["file"][:3]: row for row in csv.DictReader(file)}
    sent: dict[str, str] = {}
    for key, row in lines.items():
        if key not in EXPECTED:
            continue
        content = (CORPUS / row["file"]).read_bytes()
        answer = await desk.send(sitting, content, file_name=row["original_name"], title=key)
        if key in AT_THE_DOOR:
            assert code(answer) == AT_THE_DOOR[key], key
            continue
        assert answer.status_code == 201, (key, answer.text)
        sent[answer.json()["document"]["id"]] = key
    assert len(sent) == len(EXPECTED) - len(AT_THE_DOOR)
    await do_jobs()
    for piece in await desk.pieces(sitting):
        key = sent[piece["document"]["id"]]
        refusal, flags = EXPECTED[key]
        found = piece["current"] or piece["pending"]
        assert (found["refusal"], set(found["flags"])) == (refusal, flags), key
        assert piece["state"] == ("refused" if refusal else "ready"), key
        assert (piece["current"] is None) == (refusal is not None), key
        if refusal:
            assert (await desk.file(cast.claire, found["sha256"])).status_code == 404
            await desk.withdraw(piece["document"]["id"])
        elif lines[key]["pages"]:
            assert found["pages"] == int(lines[key]["pages"]), key
    await desk.called(sitting)
    versions = (await desk.view(cast.alice))["document_version"]
    assert len(versions) == sum(1 for refusal, _ in EXPECTED.values() if refusal is None)
    known = {row["sha256"]: row["file"] for row in lines.values()}
    for version in versions:
        got = await desk.file(cast.alice, version["sha256"])
        assert got.content == (CORPUS / known[version["sha256"]]).read_bytes()
        parts = [got.content[at : at + SLICE] for at in range(0, len(got.content), SLICE)]
        assert version["slices"] == [hashlib.sha256(part).hexdigest() for part in parts]
        for extra in ("text", "preview"):
            if version[extra]:
                bytes_of_it = (await desk.file(cast.alice, version[extra]["sha256"])).content
                assert len(bytes_of_it) == version[extra]["size"]
                assert hashlib.sha256(bytes_of_it).hexdigest() == version[extra]["sha256"]


@pytest.mark.slow
@pytest.mark.skipif(not manifest(), reason="the shared folder of real documents is absent")
async def test_a_bomb_holds_neither_the_server_nor_the_worker(cast: Cast, runtime: Runtime) -> None:
    desk = Desk(cast)
    sitting = await desk.sitting()
    bomb = (CORPUS / "o17_flate_bomb_1GiB.pdf").read_bytes()
    bad = await desk.piece(sitting, bomb)
    good = await desk.piece(sitting, paper())
    task = asyncio.create_task(worker.work(runtime))
    slowest, begin = 0.0, time.monotonic()
    states: dict[str, str] = {}
    while time.monotonic() - begin < 90:
        asked = time.monotonic()
        pieces = await desk.pieces(sitting)
        slowest = max(slowest, time.monotonic() - asked)
        states = {piece["document"]["id"]: piece["state"] for piece in pieces}
        if "checking" not in states.values():
            break
        await asyncio.sleep(0.05)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert states == {bad["document"]["id"]: "refused", good["document"]["id"]: "ready"}
    assert slowest < 5, "requests are answered meanwhile"


async def test_reading_twice_writes_the_same_thing(cast: Cast, runtime: Runtime) -> None:
    """A worker that died between the work and the mark: the job runs again."""
    desk = Desk(cast)
    sitting = await desk.sitting()
    await desk.piece(sitting, paper())
    while job := await claim(runtime.sessions, datetime.now(UTC)):
        if job.name == "documents.ingest_version":
            break  # letters of invitation wait too
    assert job is not None
    await worker.HANDLERS[job.name](runtime, job.body)
    first = await desk.pieces(sitting)
    head = (await cast.claire.get(f"{cast.town.path}/sync/head")).json()
    await worker.HANDLERS[job.name](runtime, job.body)
    assert await desk.pieces(sitting) == first
    assert first[0]["state"] == "ready"
    assert (await cast.claire.get(f"{cast.town.path}/sync/head")).json() == head
