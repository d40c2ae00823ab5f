"""A member who writes on tablets, over HTTP: mutations as a tablet makes them, pushes and pulls."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid5

import httpx

from cartable.annotations.actions import FORKS
from cartable.database import uuid7
from cartable.readings.actions import READING_STATES
from cartable.votes.actions import VOTE_INTENTIONS
from tests.cast import Cast, Person
from tests.desk import Desk, paper

SPACE = count()
NOTE = {"kind": "note", "colour": "yellow", "text": "Demander le coût au kilomètre"}


def sibling(mid: str) -> str:
    """The note that a fork by this mutation makes."""
    return str(uuid5(FORKS, mid))


@dataclass
class Piece:
    """A piece of a called sitting, for everybody who sits in the council."""

    sitting: str
    item: str
    document: str
    sha256: str


async def piece(
    cast: Cast,
    do_jobs: Any,
    *,
    days: int = 7,
    in_camera: bool = False,
    clerk: Person | None = None,
) -> Piece:
    """A sitting that was called, with an item and a piece under it."""
    desk = Desk(cast, clerk)
    sitting = await desk.sitting(days)
    item = await desk.item(sitting, "Budget", in_camera=in_camera)
    made = await desk.piece(sitting, paper(seed=next(SPACE)), agenda_item_id=item)
    await do_jobs()
    await desk.called(sitting)
    return Piece(sitting, item, made["document"]["id"], made["pending"]["sha256"])


@dataclass
class Tablet:
    """One signed-in device of a member in Saint-Aubin. `at` is its clock, `sent` what left it."""

    cast: Cast
    person: Person
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    epoch: str = ""
    sent: list[Any] = field(default_factory=list)

    @property
    def member(self) -> UUID:
        """Who writes."""
        return self.cast.people[self.person.name].member[self.cast.town.name]

    def intention(self, item: str) -> str:
        """The register of an item."""
        return str(uuid5(VOTE_INTENTIONS, f"{self.member}:{item}"))

    def reading(self, document: str) -> str:
        """The reading of a piece."""
        return str(uuid5(READING_STATES, f"{self.member}:{document}"))

    def mutation(
        self, name: str, body: Any, entity: str = "", base: int | str = 0, **other: Any
    ) -> dict[str, Any]:
        """A mutation that was not sent yet; another second of the tablet's clock each time."""
        self.at += timedelta(seconds=1)
        made = {
            "mid": str(uuid7()),
            "name": name,
            "version": 1,
            "entity": entity or str(uuid7()),
            "base": base,
            "at": self.at.isoformat(),
            "body": body,
        }
        return made | other

    def put(self, on: Piece, mark: Any = None, **other: Any) -> dict[str, Any]:
        """A new mark on a piece: a note, unless told otherwise."""
        body = {"document_id": on.document, "sha256": on.sha256, "page": 1, "mark": mark or NOTE}
        return self.mutation("put_annotation", body, **other)

    def note(self, on: Piece, text: str, **other: Any) -> dict[str, Any]:
        """A new note that says this."""
        return self.put(on, NOTE | {"text": text}, **other)

    def edit(self, entity: str, text: str, base: int | str) -> dict[str, Any]:
        """Another text for a note."""
        return self.mutation("edit_note", {"text": text}, entity, base)

    def prepare(self, item: str, base: int | str = 0, **fields: Any) -> dict[str, Any]:
        """A vote prepared."""
        body = {"agenda_item_id": item} | fields
        return self.mutation("prepare_vote", body, self.intention(item), base)

    async def send(self, *mutations: Any, epoch: str = "") -> httpx.Response:
        """Push; the answer whatever it is."""
        self.epoch = epoch or self.epoch or (await self.pull())["epoch"]
        self.sent += mutations
        path = f"{self.cast.town.path}/sync/push"
        return await self.person.post(path, {"epoch": self.epoch, "mutations": list(mutations)})

    async def push(self, *mutations: Any) -> list[tuple[str, str | None]]:
        """Push what must be taken: outcome and code of each."""
        answer = await self.send(*mutations)
        assert answer.status_code == 200, answer.text
        told = answer.json()["outcomes"]
        assert [one["mid"] for one in told] == [one["mid"] for one in mutations]
        return [(one["outcome"], one["code"]) for one in told]

    async def did(self, *mutations: Any) -> None:
        """Push what must be applied as it is."""
        assert await self.push(*mutations) == [("applied", None)] * len(mutations)

    async def pull(self, cursor: str | None = None, **asked: Any) -> Any:
        """One page."""
        path = f"{self.cast.town.path}/sync/pull"
        answer = await self.person.post(path, {"cursor": cursor} | asked)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def rows(self, kind: str) -> dict[str, Any]:
        """A fresh view: the rows of a kind by id, tombstones left out."""
        rows = (await self.pull())["rows"]
        return {r["id"]: r for r in rows if r["kind"] == kind and not r.get("deleted")}

    async def values(self, kind: str) -> dict[str, Any]:
        """The same, only what they say."""
        return {key: row["value"] for key, row in (await self.rows(kind)).items()}

    async def seq(self, kind: str, entity: str) -> int:
        """The number of a row as this tablet sees it."""
        return int((await self.rows(kind))[entity]["seq"])

    async def parked(self) -> dict[str, tuple[str, Any]]:
        """« À récupérer »: code and body by mid."""
        values = await self.values("parked_mutation")
        return {mid: (value["code"], value["body"]) for mid, value in values.items()}


async def two_tablets(cast: Cast, name: str = "alice") -> tuple[Tablet, Tablet]:
    """Two devices of one member."""
    first = cast.people[name]
    second = await cast.sign_in(f"{name}@staubin.example", name=name)
    return Tablet(cast, first), Tablet(cast, second)
