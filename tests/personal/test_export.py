"""A copy of one's own data: whole, open, and nobody else's."""

import csv
import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import update
from tests.cast import Cast, Person
from tests.pushing import Tablet, piece, two_tablets
from tests.test_canaries import Canaries, write_everywhere
from tests.world import good

from cartable.accounts.tables import Device
from cartable.runtime import Runtime

pytestmark = pytest.mark.anyio


async def _copy(person: Person) -> dict[str, bytes]:
    answer = await person.post("/api/export")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["content-disposition"].startswith("attachment;")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def _all(files: dict[str, bytes]) -> bytes:
    return b"\n".join([*(name.encode() for name in files), *files.values()])


async def _written(cast: Cast, do_jobs: Any) -> tuple[Canaries, Tablet]:
    on, word = await piece(cast, do_jobs), Canaries()
    one, two = await two_tablets(cast)
    await write_everywhere(one, two, on, word)
    return word, one


async def test_it_has_all_that_its_author_wrote(cast: Cast, do_jobs: Any) -> None:
    word, one = await _written(cast, do_jobs)
    files = await _copy(one.person)
    erased = {"deleted note", "text of a deleted note", "discarded", "label of ink"}
    assert set(word.where.values()) - word.found(_all(files)) <= erased | {"reading place"}


async def test_nobody_else_s_copy_has_a_word_of_it(cast: Cast, do_jobs: Any) -> None:
    word, _ = await _written(cast, do_jobs)
    for person in ("bruno", "claire", "ines", "gus", "paul", "carla", "irma", "daniel"):
        assert word.found(_all(await _copy(cast.people[person]))) == set(), person


async def test_it_names_nobody_else(cast: Cast, do_jobs: Any) -> None:
    await _written(cast, do_jobs)
    mine = _all(await _copy(cast.alice))
    others = [good(await cast.people[name].get("/api/me"))["account"]
              for name in ("bruno", "claire", "ines", "gus", "paul")]  # fmt: skip
    assert others
    for account in others:
        for field in ("email", "last_name", "id"):
            assert account[field].encode() not in mine, account["email"]


async def test_files_are_open_formats(cast: Cast, do_jobs: Any) -> None:
    await _written(cast, do_jobs)
    files = await _copy(cast.alice)
    assert "Vos données" in files["LISEZ-MOI.txt"].decode()
    account = json.loads(files["compte.json"])
    assert account["email"].startswith("alice@")
    assert not {"password_hash", "wrapped", "sealed", "token_hash"} & set(account)
    [annotations] = [json.loads(body) for name, body in files.items()
                     if "/notes/" in name and name.endswith(".json")]  # fmt: skip
    assert {one["motivation"] for one in annotations} >= {
        "commenting", "highlighting", "bookmarking", "editing",
    }  # fmt: skip
    for one in annotations:
        assert one["@context"] == "http://www.w3.org/ns/anno.jsonld"
        assert one["target"]["source"].startswith("urn:sha256:")
        assert one["target"]["selector"][0]["value"].startswith("page=")
    [votes] = [body.decode("utf-8-sig") for name, body in files.items() if "/votes.csv" in name]
    rows = list(csv.DictReader(io.StringIO(votes), delimiter=";"))
    assert [row["intention"] for row in rows] == ["contre"]
    assert any(name.endswith(".md") for name in files)


async def test_each_paper_has_its_marks_for_pdf_readers(cast: Cast, do_jobs: Any) -> None:
    word, one = await _written(cast, do_jobs)
    files = await _copy(one.person)
    [marks] = [body for name, body in files.items() if name.endswith(".xfdf")]
    read = ET.fromstring(marks)
    name = "{http://ns.adobe.com/xfdf/}"
    paper = read.find(f"{name}f")
    assert paper is not None
    assert paper.attrib["href"].endswith(".pdf")
    annotations = read.find(f"{name}annots")
    assert annotations is not None
    assert {each.tag.removeprefix(name) for each in annotations} == {"text", "highlight", "ink"}
    said = {each.findtext(f"{name}contents", "") for each in annotations}
    written = {where: text for text, where in word.where.items()}
    assert any(written["note"] in text for text in said)
    for each in annotations:
        assert int(each.attrib["page"]) >= 0
        left, low, right, high = map(float, each.attrib["rect"].split(","))
        assert left <= right
        assert low <= high


async def test_who_left_still_has_theirs(cast: Cast, do_jobs: Any) -> None:
    word, _ = await _written(cast, do_jobs)
    member = f"{cast.town.path}/members/{cast.alice.member[cast.town.name]}"
    good(await cast.ines.post(f"{member}/deactivate"))
    alice = await cast.sign_in("alice@staubin.example")
    assert "note" in word.found(_all(await _copy(alice)))


async def test_it_wants_a_proof_and_leaves_a_line(cast: Cast, runtime: Runtime) -> None:
    await _copy(cast.alice)
    lines = good(await cast.alice.get("/api/activity"))["lines"]
    assert lines[0]["event"] == "account.data_copied"
    old = datetime.now(UTC) - timedelta(minutes=6)
    async with runtime.writing() as db:
        await db.execute(update(Device).values(proved_at=old))
    refused = await cast.alice.post("/api/export")
    assert (refused.status_code, refused.json()["code"]) == (403, "proof_needed")
    assert (await cast.browser().post("/api/export")).status_code == 401
