"""The spine: a clerk prepares and calls a sitting, its members see it, strangers do not."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.cast import Cast

pytestmark = pytest.mark.anyio


async def test_spine(cast: Cast, do_jobs: Any, shared: Path) -> None:
    town = cast.town
    day = (datetime.now(UTC) + timedelta(days=7)).strftime("%Y-%m-%dT18:30")
    made = await cast.claire.post(
        f"{town.path}/sittings",
        {"assembly_id": town.assemblies["council"], "starts_at": day, "place": "Salle du conseil"},
    )
    assert made.status_code == 201, made.text
    sitting = made.json()["id"]
    item = await cast.claire.post(
        f"{town.path}/sittings/{sitting}/agenda", {"title": "Budget", "kind": "deliberation"}
    )
    assert item.status_code == 201, item.text
    paper = shared / "corpus" / "o01_pv_conseil_tagged.pdf"
    sent = await cast.claire.http.post(
        f"{town.path}/sittings/{sitting}/documents",
        params={"file_name": "pv.pdf", "agenda_item_id": item.json()["id"]},
        content=paper.read_bytes(),
        headers={"content-type": "application/pdf"},
    )
    assert sent.status_code == 201, sent.text
    assert sent.json()["state"] == "checking"
    await do_jobs()
    listed = (await cast.claire.get(f"{town.path}/sittings/{sitting}/documents")).json()
    assert listed[0]["state"] == "ready", listed
    pulled = (await cast.alice.post(f"{town.path}/sync/pull", {})).json()
    assert {row["kind"] for row in pulled["rows"]} == {"authority", "assembly", "member"}
    called = await cast.claire.post(f"{town.path}/sittings/{sitting}/convene")
    assert called.status_code == 200, called.text
    pulled = (await cast.alice.post(f"{town.path}/sync/pull", {"cursor": pulled["cursor"]})).json()
    assert pulled["reset"]
    kinds = [row["kind"] for row in pulled["rows"]]
    assert kinds.count("document_version") == 1, kinds
    sha = next(r for r in pulled["rows"] if r["kind"] == "document_version")["value"]["sha256"]
    got = await cast.alice.get(f"{town.path}/files/{sha}", headers={"range": "bytes=0-9"})
    assert got.status_code == 206, got.text
    assert got.content == paper.read_bytes()[:10]
    whole = await cast.alice.get(f"{town.path}/files/{sha}")
    assert whole.content == paper.read_bytes()
    assert (await cast.daniel.get(f"{town.path}/files/{sha}")).status_code == 404
    assert (await cast.gus.get(f"{town.path}/files/{sha}")).status_code == 404
