"""The bytes of a piece: RFC 9110 ranges and conditions, and who gets them."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st
from sqlalchemy import update
from tests.cast import Cast
from tests.desk import Desk, paper

from cartable.app import create_app
from cartable.documents.sending import FileToSend, Sender, Unsatisfiable, parse_range
from cartable.documents.shapes import SLICE
from cartable.documents.spool import spool
from cartable.errors import Unavailable
from cartable.jobs import Job
from cartable.runtime import Runtime
from cartable.storage import FileStorage

pytestmark = pytest.mark.anyio
CONTENT = bytes(range(256)) * 3 + b"end"
SHA = hashlib.sha256(CONTENT).hexdigest()
NUMBERS = st.integers(0, 2 * len(CONTENT))


class _Memory(FileStorage):
    """The bytes of one file, in small chunks."""

    def __init__(self) -> None:
        super().__init__(Path("nowhere"))

    async def read(self, name: str, start: int, end: int) -> Any:
        for at in range(start, end, 100):
            yield CONTENT[at : min(at + 100, end)]


async def _ask(method: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    file = FileToSend(_Memory(), "a/b", SHA, len(CONTENT), "application/pdf", "Été.pdf")
    raw = [(k.replace("_", "-").encode(), v.encode("latin-1")) for k, v in headers.items()]
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await Sender(file)({"type": "http", "method": method, "headers": raw}, None, send)
    start, *bodies = sent
    assert not bodies[-1].get("more_body")
    named = {k.decode(): v.decode("latin-1") for k, v in start["headers"]}
    return start["status"], named, b"".join(part.get("body", b"") for part in bodies)


def _reference(first: int | None, last: int | None) -> tuple[int, bytes]:
    """RFC 9110, section 14.1.2, said with slices."""
    if first is None:
        assert last is not None
        wanted = CONTENT[-last:] if last else b""
    elif last is not None and last < first:
        return 200, CONTENT
    else:
        wanted = CONTENT[first:] if last is None else CONTENT[first : last + 1]
    return (206, wanted) if wanted else (416, b"")


@given(st.none() | NUMBERS, st.none() | NUMBERS)
@limits(max_examples=300, deadline=None)
async def test_one_range_is_a_slice(first: int | None, last: int | None) -> None:
    if first is None and last is None:
        return
    header = f"bytes={'' if first is None else first}-{'' if last is None else last}"
    status, headers, body = await _ask("GET", range=header)
    assert (status, body) == _reference(first, last)
    assert headers["content-length"] == str(len(body))
    assert headers["etag"] == f'"{SHA}"'
    if status == 206:
        start = CONTENT.index(body) if first is None else first
        if first is None:
            start = len(CONTENT) - len(body)
        end = start + len(body) - 1
        assert headers["content-range"] == f"bytes {start}-{end}/{len(CONTENT)}"
    if status == 416:
        assert headers["content-range"] == f"bytes */{len(CONTENT)}"
    plain, _, whole = await _ask("HEAD", range=header)
    assert (plain, whole) == (200, b""), "ranges mean something for GET alone"


@given(st.text(max_size=30) | st.from_regex(r"(bytes|Bytes|items)?=?[\d, -]{0,20}", fullmatch=True))
@limits(max_examples=300, deadline=None)
async def test_any_other_header_gives_the_whole_file_or_a_true_part(header: str) -> None:
    try:
        found = parse_range(header, len(CONTENT))
    except Unsatisfiable:
        return
    if found is not None:
        assert 0 <= found[0] < found[1] <= len(CONTENT)
        assert header.strip().lower().startswith("bytes=")


WHOLE = [
    "bytes=0-1,3-4",
    "bytes=5-2",
    "bytes=-",
    "bytes=a-b",
    "items=0-5",
    "bytes 0-5",
    "bytes=" + "9" * 5000 + "-",
    "bytes=٠-٥",
]


@pytest.mark.parametrize("header", WHOLE)
async def test_ranges_that_are_not_served_give_the_whole_file(header: str) -> None:
    assert parse_range(header, len(CONTENT)) is None


async def test_conditions() -> None:
    tag = f'"{SHA}"'
    for value in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        status, headers, body = await _ask("GET", if_none_match=value, range="bytes=0-9")
        assert (status, body) == (304, b"")
        assert headers["etag"] == tag
        assert "content-length" not in headers
    assert (await _ask("GET", if_none_match='"other"'))[0] == 200
    assert (await _ask("HEAD", if_none_match=tag))[0] == 304
    assert (await _ask("GET", if_range=tag, range="bytes=0-9"))[0] == 206
    for stale in ('"other"', f"W/{tag}", "Sat, 29 Oct 1994 19:43:31 GMT"):
        status, _, body = await _ask("GET", if_range=stale, range="bytes=0-9")
        assert (status, body) == (200, CONTENT)
    status, headers, body = await _ask("HEAD")
    assert (status, body) == (200, b"")
    assert headers["content-length"] == str(len(CONTENT))
    assert headers["accept-ranges"] == "bytes"


@given(
    st.lists(st.integers(-3, 3), min_size=1, max_size=3),
    st.integers(0, 2),
    st.integers(1, 3_000_000),
)
@limits(max_examples=25, deadline=None)
async def test_slices_are_those_of_the_bytes(
    tmp_path_factory: pytest.TempPathFactory, around: list[int], multiple: int, chunk: int
) -> None:
    size = max(10, multiple * SLICE + sum(around))
    content = (b"%PDF-1.7\n" + bytes(range(251)) * (size // 251 + 1))[:size]

    async def body() -> AsyncIterator[bytes]:
        for at in range(0, size, chunk):
            yield content[at : at + chunk]

    folder = tmp_path_factory.mktemp("spool")
    async with spool(body(), folder, 10_000_000) as file:
        assert file.path.read_bytes() == content
        assert (file.size, file.sha256) == (size, hashlib.sha256(content).hexdigest())
        parts = [content[at : at + SLICE] for at in range(0, size, SLICE)]
        assert file.slices == [hashlib.sha256(part).hexdigest() for part in parts]
    assert list(folder.iterdir()) == []


async def test_who_gets_the_bytes_is_checked_at_each_request(cast: Cast, do_jobs: Any) -> None:
    desk = Desk(cast)
    sitting = await desk.sitting()
    item = await desk.item(sitting)
    piece = await desk.piece(sitting, paper(), agenda_item_id=item)
    sha = piece["pending"]["sha256"]
    assert (await desk.file(cast.claire, sha)).status_code == 404, "not before it is read"
    await do_jobs()
    (listed,) = await desk.pieces(sitting)
    parts = [sha, listed["current"]["text"]["sha256"], listed["current"]["preview"]["sha256"]]

    async def readers() -> set[str]:
        found = set()
        for name in ("claire", "alice", "bruno", "gus", "ines", "paul", "carla", "daniel"):
            answers = {
                (await cast.people[name].get(f"{cast.town.path}/files/{part}")).status_code
                for part in parts
            }
            assert len(answers) == 1, (name, answers)
            if answers == {200}:
                found.add(name)
        return found

    assert await readers() == {"claire"}
    await desk.called(sitting)
    assert await readers() == {"claire", "alice", "bruno", "paul"}
    path = f"{cast.town.path}/agenda/{item}"
    assert (await desk.clerk.patch(path, {"in_camera": True})).status_code == 200
    bruno = cast.bruno.member[cast.town.name]
    admin = f"{cast.town.path}/members"
    seats = next(m for m in (await cast.ines.get(admin)).json() if m["id"] == str(bruno))["seats"]
    seat = f"{cast.town.path}/seats/{seats[0]['id']}"
    assert (await cast.ines.patch(seat, {"is_voting": False})).status_code == 200
    assert await readers() == {"claire", "alice", "paul"}
    alice = cast.alice.member[cast.town.name]
    assert (await cast.ines.post(f"{admin}/{alice}/deactivate")).status_code == 200
    assert await readers() == {"claire", "paul"}
    assert (await desk.withdraw(piece["document"]["id"])).status_code == 204
    assert await readers() == set()
    for garbage in ("0" * 64, "x", "..", "%2e%2e%2fkeys"):
        assert (await cast.claire.get(f"{cast.town.path}/files/{garbage}")).status_code == 404


async def test_a_saved_file_bears_the_title_of_its_piece(cast: Cast, do_jobs: Any) -> None:
    desk = Desk(cast)
    sitting = await desk.sitting()
    title = 'Délibération 3/4 : "budget"'
    await desk.piece(sitting, paper(), title=title, file_name="scan0001.pdf")
    await do_jobs()
    (listed,) = await desk.pieces(sitting)
    current = listed["current"]
    for sha, end in (
        (current["sha256"], ".pdf"),
        (current["text"]["sha256"], ".json.gz"),
        (current["preview"]["sha256"], ".webp"),
    ):
        told = (await desk.file(cast.claire, sha)).headers["content-disposition"]
        plain, _, encoded = told.partition("; filename*=UTF-8''")
        assert plain == f'inline; filename="D_lib_ration 3_4 : _budget_{end}"'
        assert "/" not in encoded
        assert unquote(encoded) == title + end


async def test_nginx_is_told_where_the_bytes_are(
    cast: Cast, runtime: Runtime, do_jobs: Any
) -> None:
    desk = Desk(cast)
    sitting = await desk.sitting()
    sha = (await desk.piece(sitting, paper()))["pending"]["sha256"]
    await do_jobs()
    fast = replace(runtime.settings, file_sending="x-accel")
    app = create_app(fast, has_worker=False, runtime=replace(runtime, settings=fast))
    async with app.lifespan():
        cast.app = app
        http = cast.browser()
        http.cookies = cast.claire.http.cookies
        path = f"{cast.town.path}/files/{sha}"
        answer = await http.get(path, headers={"range": "bytes=0-9"})
        told = answer.headers["x-accel-redirect"].removeprefix("/_objects/")
        assert told == runtime.storage.place(f"{cast.town.id}/{sha}")
        if runtime.settings.storage == "files":
            assert (runtime.settings.data / "files" / told).is_file()
        assert answer.headers["etag"] == f'"{sha}"'
        assert (answer.status_code, answer.content) == (200, b"")
        assert "content-range" not in answer.headers
        known = await http.get(path, headers={"if-none-match": f'"{sha}"'})
        assert known.status_code == 304
        assert "x-accel-redirect" not in known.headers
        stranger = cast.browser()
        refused = await stranger.get(path)
        assert refused.status_code == 401
        assert "x-accel-redirect" not in refused.headers
        await http.aclose()
        await stranger.aclose()


async def test_a_storage_that_is_away_is_said_and_loses_nothing(
    cast: Cast, runtime: Runtime, do_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(cast)
    sitting = await desk.sitting()
    sha = (await desk.piece(sitting, paper()))["pending"]["sha256"]

    async def away(*_args: Any) -> None:
        raise Unavailable(part="storage")

    def reads_nothing(*_args: Any) -> AsyncIterator[bytes]:
        async def chunks() -> AsyncIterator[bytes]:
            raise Unavailable(part="storage")
            yield b""

        return chunks()

    kind = type(runtime.storage)
    with monkeypatch.context() as patch:
        patch.setattr(kind, "put", away)
        patch.setattr(kind, "fetch", away)
        patch.setattr(kind, "read", reads_nothing)
        refused = await desk.send(sitting, paper("autre"))
        assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
        await do_jobs()
    (listed,) = await desk.pieces(sitting)
    assert listed["state"] == "checking"
    assert [p.name for p in (runtime.settings.data / "tmp").iterdir()] == []
    async with runtime.writing() as db:
        await db.execute(update(Job).values(due_at=datetime(2026, 1, 1, tzinfo=UTC)))
    await do_jobs()
    (listed,) = await desk.pieces(sitting)
    assert listed["state"] == "ready"
    with monkeypatch.context() as patch:
        patch.setattr(kind, "read", reads_nothing)
        for headers in ({}, {"range": "bytes=0-3"}):
            answer = await cast.claire.get(f"{cast.town.path}/files/{sha}", headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    await runtime.storage.delete(f"{cast.town.id}/{sha}")
    lost = await desk.file(cast.claire, sha)
    assert (lost.status_code, lost.json()["code"]) == (503, "unavailable")
