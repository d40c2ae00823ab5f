"""Adding, replacing, moving and withdrawing pieces over HTTP."""

import hashlib
import resource
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import func, select, update
from tests.cast import Cast
from tests.desk import Desk, code, paper

from cartable.app import create_app
from cartable.documents.tables import Document, DocumentVersion
from cartable.jobs import TRIES, Job
from cartable.runtime import Runtime

pytestmark = pytest.mark.anyio

NAMES = {
    "Présentation - CC PAYS D'UZÈS l’été.pdf": "Présentation - CC PAYS D'UZÈS l’été",
    "Pre\u0301sentation.pdf": "Présentation",
    "RAPPORT.PDF": "RAPPORT",
    "../../etc/passwd.pdf": "passwd",
    "C:\\Documents\\budget.pdf": "budget",
    "a/b/..": "document",
    "..": "document",
    ".pdf": "document",
    "": "document",
    "\x00\x07\u202e.pdf": "document",
    "n°\u00a05\tannexe.pdf": "n° 5 annexe",
    "x" * 250 + ".pdf": "x" * 196,
    '"quoted";drop=1.pdf': '"quoted";drop=1',
}


async def _counts(runtime: Runtime) -> tuple[int, int]:
    async with runtime.reading() as db:
        pieces = await db.scalar(select(func.count()).select_from(Document)) or 0
        versions = await db.scalar(select(func.count()).select_from(DocumentVersion)) or 0
        return pieces, versions


def _left(runtime: Runtime) -> list[str]:
    folder = runtime.settings.data / "tmp"
    return [path.name for path in folder.iterdir()] if folder.exists() else []


async def test_names_are_shown_and_never_paths(cast: Cast, do_jobs: Any) -> None:
    desk = Desk(cast)
    sitting = await desk.sitting()
    await desk.item(sitting)
    for number, (given, title) in enumerate(NAMES.items()):
        piece = await desk.piece(sitting, paper(seed=number), file_name=given)
        assert piece["document"]["title"] == title, given
        assert "/" not in piece["pending"]["file_name"]
    await do_jobs()
    for piece in await desk.pieces(sitting):
        answer = await desk.file(cast.claire, piece["current"]["sha256"])
        shown = answer.headers["content-disposition"]
        assert answer.status_code == 200
        assert shown.startswith('inline; filename="')
        assert "\n" not in shown
        name = shown.partition("filename*=UTF-8''")[2]
        assert httpx.QueryParams(f"n={name}")["n"] == f"{piece['document']['title']}.pdf"


async def test_the_same_deposit_twice_adds_nothing_twice(cast: Cast, runtime: Runtime) -> None:
    desk = Desk(cast)
    sitting = await desk.sitting()
    deposit = str(uuid4())
    first = await desk.send(sitting, paper(), id=deposit)
    again = await desk.send(sitting, paper(), id=deposit)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert await _counts(runtime) == (1, 1)
    other = await desk.send(sitting, paper("autre"), id=deposit)
    assert code(other) == (404, "not_found")
    elsewhere = await desk.send(await desk.sitting(), paper(), id=deposit)
    assert code(elsewhere) == (404, "not_found")
    assert (await desk.withdraw(deposit)).status_code == 204
    late = await desk.send(sitting, paper(), id=deposit)
    assert code(late) == (404, "not_found")
    assert await desk.pieces(sitting) == []


async def test_a_duplicate_is_named_and_may_be_insisted_on(cast: Cast) -> None:
    desk = Desk(cast)
    sitting, other = await desk.sitting(), await desk.sitting()
    piece = await desk.piece(sitting, paper(), title="Budget")
    again = await desk.send(sitting, paper())
    assert code(again) == (409, "duplicate_document")
    known = {"document_id": piece["document"]["id"], "title": "Budget"}
    assert again.json()["details"] == known
    await desk.piece(sitting, paper(), allow_duplicate="true")
    await desk.piece(other, paper())


async def test_what_is_not_a_pdf_is_refused_at_the_door(
    cast: Cast, runtime: Runtime, shared: Path
) -> None:
    desk = Desk(cast)
    sitting = await desk.sitting()
    pointer = (shared / "corpus" / "o18_git_lfs_pointer.pdf").read_bytes()
    assert code(await desk.send(sitting, pointer)) == (415, "not_a_pdf")
    assert code(await desk.send(sitting, b"x" * 3_000_000)) == (415, "not_a_pdf")
    assert code(await desk.send(sitting, b"")) == (422, "empty_file")
    assert await _counts(runtime) == (0, 0)
    assert _left(runtime) == []


async def test_a_file_too_large_is_refused_announced_or_not(cast: Cast, runtime: Runtime) -> None:
    small = replace(runtime.settings, upload_limit=1)
    app = create_app(small, has_worker=False, runtime=replace(runtime, settings=small))
    desk = Desk(cast)
    sitting = await desk.sitting()
    content = paper(size=1_000_001)

    async def streamed() -> AsyncIterator[bytes]:
        for start in range(0, len(content), 65_536):
            yield content[start : start + 65_536]

    async with app.lifespan():
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        cookies = cast.claire.http.cookies
        async with httpx.AsyncClient(
            transport=transport, base_url="http://cartable.test", cookies=cookies
        ) as http:
            http.headers["x-cartable"] = "1"
            path = f"{cast.town.path}/sittings/{sitting}/documents?file_name=a.pdf"
            for body in (content, streamed()):
                answer = await http.post(path, content=body)
                assert code(answer) == (413, "file_too_large")
                assert answer.json()["details"] == {"limit": 1_000_000}
    assert await _counts(runtime) == (0, 0)
    assert _left(runtime) == []


async def test_a_full_disk_is_said_and_leaves_nothing(cast: Cast, runtime: Runtime) -> None:
    desk = Desk(cast)
    sitting = await desk.sitting()
    _, most = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (8_000_000, most))
    try:
        sent = await desk.send(sitting, paper(size=9_000_000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
    assert code(sent) == (503, "unavailable")
    assert await _counts(runtime) == (0, 0)
    assert _left(runtime) == []


async def _raw_upload(cast: Cast, path: str, messages: list[dict[str, Any]]) -> list[Any]:
    """Speak ASGI as a server does when the client goes away."""
    cookie = "; ".join(f"{k}={v}" for k, v in cast.claire.http.cookies.items())
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"file_name=a.pdf",
        "root_path": "",
        "headers": [
            (b"host", b"cartable.test"),
            (b"x-cartable", b"1"),
            (b"cookie", cookie.encode()),
            (b"content-length", b"500000"),
        ],
        "client": ("127.0.0.1", 1),
        "server": ("cartable.test", 80),
    }
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    await cast.app(scope, receive, send)
    return sent


@pytest.mark.parametrize("how", ["client gone", "body shorter than announced"])
async def test_an_interrupted_upload_leaves_nothing(cast: Cast, runtime: Runtime, how: str) -> None:
    desk = Desk(cast)
    sitting = await desk.sitting()
    part = paper(size=200_000)
    more = how == "client gone"
    messages = [{"type": "http.request", "body": part, "more_body": more}]
    path = f"{cast.town.path}/sittings/{sitting}/documents"
    sent = await _raw_upload(cast, path, messages)
    assert sent[0]["status"] == 400, sent
    assert b'"upload_interrupted"' in sent[1]["body"]
    assert await _counts(runtime) == (0, 0)
    assert _left(runtime) == []
    name = f"{cast.town.id}/{hashlib.sha256(part).hexdigest()}"
    with pytest.raises(FileNotFoundError):
        await anext(runtime.storage.read(name, 0, 1))


async def test_pieces_are_placed_moved_and_named(cast: Cast) -> None:
    desk = Desk(cast)
    sitting, other = await desk.sitting(), await desk.sitting()
    one, two = await desk.item(sitting), await desk.item(sitting, "Voirie")
    far = await desk.item(other)
    ids = []
    for number in range(3):
        made = await desk.piece(sitting, paper(seed=number), agenda_item_id=one)
        ids.append(made["document"]["id"])
    refused = await desk.send(sitting, paper(seed=9), agenda_item_id=far)
    assert code(refused) == (404, "not_found")

    async def edit(piece: str, **fields: Any) -> httpx.Response:
        return await desk.clerk.patch(f"{cast.town.path}/documents/{piece}", fields)

    async def order(item: str | None) -> list[str]:
        listed = [piece["document"] for piece in await desk.pieces(sitting)]
        placed = [p for p in listed if p["agenda_item_id"] == item]
        return [p["id"] for p in sorted(placed, key=lambda p: p["position"])]

    assert await order(one) == ids
    assert (await edit(ids[2], position=1)).status_code == 200
    assert await order(one) == [ids[2], ids[0], ids[1]]
    assert (await edit(ids[2], position=9999)).status_code == 200
    assert await order(one) == ids
    assert (await edit(ids[0], agenda_item_id=two, title=" Note ")).status_code == 200
    assert await order(two) == [ids[0]]
    assert await order(one) == ids[1:]
    named = next(p for p in await desk.pieces(sitting) if p["document"]["id"] == ids[0])
    assert named["document"]["title"] == "Note"
    assert (await edit(ids[0], agenda_item_id=None)).status_code == 200
    assert await order(None) == [ids[0]]
    assert code(await edit(ids[0], agenda_item_id=far)) == (404, "not_found")
    assert code(await edit(ids[0], title="   ")) == (422, "invalid_input")
    assert code(await edit(str(uuid4()), title="x")) == (404, "not_found")


async def test_a_new_version_comes_into_force_when_it_is_ready(
    cast: Cast, do_jobs: Any, shared: Path
) -> None:
    desk = Desk(cast)
    sitting = await desk.sitting()
    await desk.item(sitting)
    piece = (await desk.piece(sitting, paper("un")))["document"]["id"]
    await do_jobs()
    await desk.called(sitting)

    async def read_by_alice() -> bytes:
        (shown,) = (await desk.view(cast.alice))["document"]
        versions = (await desk.view(cast.alice))["document_version"]
        version = next(v for v in versions if v["id"] == shown["version_id"])
        answer = await desk.file(cast.alice, version["sha256"])
        assert answer.status_code == 200
        return answer.content

    assert await read_by_alice() == paper("un")
    assert code(await desk.replace(piece, paper("deux"))) == (422, "reason_missing")
    assert code(await desk.replace(piece, paper("deux"), "   ")) == (422, "reason_missing")
    assert code(await desk.replace(piece, paper("un"), "même")) == (409, "duplicate_document")
    replaced = await desk.replace(piece, paper("deux"), "montant corrigé")
    assert replaced.json()["state"] == "checking"
    assert await read_by_alice() == paper("un"), "the old one stays until the new one is read"
    await do_jobs()
    assert await read_by_alice() == paper("deux")
    bad = (shared / "corpus" / "o14_truncated_upload.pdf").read_bytes()
    assert (await desk.replace(piece, bad, "encore")).status_code == 201
    await do_jobs()
    (listed,) = await desk.pieces(sitting)
    assert listed["state"] == "refused"
    assert listed["pending"]["refusal"] == "incomplete_file"
    assert await read_by_alice() == paper("deux")
    assert len((await desk.view(cast.alice))["document_version"]) == 2


async def test_withdrawing_in_a_draft_and_once_called(cast: Cast, do_jobs: Any) -> None:
    desk = Desk(cast)
    sitting = await desk.sitting()
    await desk.item(sitting)
    gone = (await desk.piece(sitting, paper("brouillon")))["document"]["id"]
    kept = (await desk.piece(sitting, paper("appelée")))["document"]["id"]
    await do_jobs()
    assert (await desk.withdraw(gone)).status_code == 204
    assert [p["document"]["id"] for p in await desk.pieces(sitting)] == [kept]
    await desk.called(sitting)
    before = await desk.pull(cast.alice)
    sha256 = hashlib.sha256(paper("appelée")).hexdigest()
    assert (await desk.file(cast.alice, sha256)).status_code == 200
    assert code(await desk.withdraw(kept, "  ")) == (422, "invalid_input")
    assert (await desk.withdraw(kept, "mauvais montant")).status_code == 204
    assert (await desk.withdraw(kept, "encore")).status_code == 204
    (shown,) = (await desk.view(cast.alice))["document"]
    assert shown["withdrawn_reason"] == "mauvais montant"
    delta = await desk.pull(cast.alice, before["cursor"])
    assert not delta["reset"]
    stones = [row for row in delta["rows"] if row.get("deleted")]
    assert [(row["kind"], "value" in row) for row in stones] == [("document_version", False)]
    assert (await desk.file(cast.alice, sha256)).status_code == 404
    assert code(await desk.replace(kept, paper("x"), "r")) == (409, "document_withdrawn")


async def test_a_reading_that_fails_for_hours_is_told_to_the_clerk(
    cast: Cast, runtime: Runtime, do_jobs: Any
) -> None:
    desk = Desk(cast)
    sitting = await desk.sitting()
    await desk.item(sitting)
    await desk.piece(sitting, paper())
    async with runtime.writing() as db:
        await db.execute(update(Job).values(attempts=TRIES, due_at=datetime.now(UTC)))
    await do_jobs()
    (piece,) = await desk.pieces(sitting)
    assert piece["state"] == "refused"
    assert piece["pending"]["refusal"] == "reading_failed"
