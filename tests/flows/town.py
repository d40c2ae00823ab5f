"""A town with a called sitting, made through the product's own routes: where stories begin."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cartable import worker
from cartable.runtime import Runtime
from tests.cast import Cast
from tests.serving import Served, served


@contextmanager
def called_sitting(papers: list[Path]) -> Iterator[Served]:
    """One sitting called in a week, with an item « Affaire n » and a piece « Rapport n » each."""

    async def fill(cast: Cast, runtime: Runtime) -> None:
        town, clerk = cast.town, cast.claire
        day = (datetime.now(UTC) + timedelta(days=7)).strftime("%Y-%m-%dT18:30")
        body = {"assembly_id": town.assemblies["council"], "starts_at": day, "place": "Mairie"}
        sitting = (await clerk.post(f"{town.path}/sittings", body)).json()["id"]
        for number, paper in enumerate(papers, 1):
            item = await clerk.post(
                f"{town.path}/sittings/{sitting}/agenda", {"title": f"Affaire {number}"}
            )
            sent = await clerk.http.post(
                f"{town.path}/sittings/{sitting}/documents",
                params={
                    "file_name": paper.name,
                    "title": f"Rapport {number}",
                    "agenda_item_id": item.json()["id"],
                },
                content=paper.read_bytes(),
                headers={"content-type": "application/pdf"},
            )
            assert sent.status_code == 201, sent.text
        await worker.drain(runtime)
        answer = await clerk.post(f"{town.path}/sittings/{sitting}/convene")
        assert answer.status_code == 200, answer.text

    with served(fill) as running:
        yield running
