"""First pull and delta pull of 5,000 rows, beside bare selects of the same rows by the driver."""

import sqlite3
import time
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx

from cartable.authorities.actions import authority_write
from cartable.database import uuid7
from cartable.runtime import Runtime
from cartable.sittings.tables import AgendaItem, Sitting
from tests.cast import Cast
from tests.serving import Served, served

ROWS = 5_000
PER_SITTING = 200


async def _fill(cast: Cast, runtime: Runtime) -> None:
    """Called sittings with agendas, written straight into the tables to go quickly."""
    town, assembly = cast.town, UUID(cast.town.assemblies["council"])
    for _ in range(ROWS // PER_SITTING):
        async with runtime.writing() as db:
            seq = await authority_write(db, town.id)
            now = datetime.now(UTC)
            sitting = Sitting(
                id=uuid7(), authority_id=town.id, seq=seq, assembly_id=assembly, starts_at=now,
                day=now.date(), place="Salle du conseil", state="convened", convened_at=now,
            )  # fmt: skip
            db.add(sitting)
            await db.flush()
            db.add_all(
                AgendaItem(
                    id=uuid7(), authority_id=town.id, seq=seq, sitting_id=sitting.id,
                    position=n, number=n, title=f"Subvention aux associations, dossier {n}",
                    kind="deliberation", in_camera=False,
                )
                for n in range(1, PER_SITTING)
            )  # fmt: skip


def main() -> None:
    """Prints times and ratios for a first pull, a delta of one row, and an idle poll."""
    with served(_fill, has_worker=False) as server:
        client = server.sign_in("alice@staubin.example")
        path = f"{server.cast.town.path}/sync/pull"
        first, cursor, rows = min(
            (_pull_all(client, path) for _ in range(3)), key=lambda each: each[0]
        )
        bare = min(_bare(server) for _ in range(3))
        print(f"first pull of {rows} rows: {first * 1000:.0f} ms")
        print(f"bare sqlite3 selects of them: {bare * 1000:.0f} ms   ratio: {first / bare:.1f}")
        _delta(client, path, cursor, server)


def _pull_all(client: httpx.Client, path: str) -> tuple[float, str, int]:
    begun, cursor, rows = time.perf_counter(), None, 0
    while True:
        page = client.post(path, json={"cursor": cursor}).json()
        cursor, rows = page["cursor"], rows + len(page["rows"])
        if not page["more"]:
            return time.perf_counter() - begun, cursor, rows


def _bare(server: Served) -> float:
    file = server.settings.database_url.removeprefix("sqlite+aiosqlite:///")
    with sqlite3.connect(file) as connection:
        begun = time.perf_counter()
        for table in ("authority", "assembly", "member", "sitting", "agenda_item"):
            connection.execute(f"SELECT * FROM {table} WHERE seq > 0 ORDER BY seq").fetchall()
        return time.perf_counter() - begun


def _delta(client: httpx.Client, path: str, cursor: str, server: Served) -> None:
    file = server.settings.database_url.removeprefix("sqlite+aiosqlite:///")
    town = server.cast.town
    changed: list[float] = []
    bare: list[float] = []
    for _ in range(20):
        with sqlite3.connect(file) as connection:
            connection.execute(
                "UPDATE authority_head SET seq = seq + 1 WHERE authority_id = ?", (town.id.hex,)
            )
            connection.execute(
                "UPDATE agenda_item SET seq = (SELECT seq FROM authority_head WHERE authority_id"
                " = ?) WHERE id = (SELECT id FROM agenda_item LIMIT 1)",
                (town.id.hex,),
            )
        begun = time.perf_counter()
        page: dict[str, Any] = client.post(path, json={"cursor": cursor}).json()
        changed.append(time.perf_counter() - begun)
        assert len(page["rows"]) == 1, "a delta brings the row that changed and no other"
        with sqlite3.connect(file) as connection:
            begun = time.perf_counter()
            connection.execute(
                "SELECT * FROM agenda_item WHERE authority_id = ? AND seq >= ?",
                (town.id.hex, page["rows"][0]["seq"]),
            ).fetchall()
            bare.append(time.perf_counter() - begun)
        cursor = page["cursor"]
    idle = []
    for _ in range(20):
        begun = time.perf_counter()
        client.post(path, json={"cursor": cursor})
        idle.append(time.perf_counter() - begun)
    delta, poll, select_one = (sorted(each)[10] * 1000 for each in (changed, idle, bare))
    print(f"delta of one row: {delta:.1f} ms   nothing new: {poll:.1f} ms (medians of 20)")
    print(f"bare select of the one row: {select_one:.2f} ms   ratio: {delta / select_one:.0f}")


if __name__ == "__main__":
    main()
