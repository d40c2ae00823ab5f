"""Mutations of a push with an id of another authority in each place of each."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4, uuid5

from cartable.database import uuid7
from cartable.readings.actions import reading_of
from cartable.samples import sample
from cartable.sync.catalogue import DEEDS, Form
from cartable.votes.actions import register_of
from tests.isolation.places import Document, Place, Steps, get, ids_in, put
from tests.pushing import NOTE

ENTITIES = {
    "put_annotation": "sibling", "edit_note": "annotation", "style_annotation": "annotation",
    "delete_annotation": "annotation", "prepare_vote": "vote_intention", "keep_reading":
    "reading_state", "answer_call": "attendance_answer", "discard_parked": "parked",
}  # fmt: skip
"""What each deed writes upon: a row of a table; a mutation that is parked; and, for what makes
rows, another annotation than is changed after."""

FITS: Mapping[str, Document] = {"put_annotation": {"mark": NOTE}}
"""Where an example of the schema is not a value of it: examples know no width of a pen."""

MADE = {f"{name} {what}" for name, _ in DEEDS for what in ("mid", "base")} | {
    "put_annotation entity", "answer_call entity", "keep_reading body position.sha256",
}  # fmt: skip
"""Ids that whoever writes makes, or that are given back as they came: met elsewhere, they change
nothing there, and here they are as good as any."""

Sent = list[Any]
"""A mutation, after those that make what it is about."""


@dataclass(frozen=True)
class Writing:
    """The same mutation twice: `foreign` names what another authority has, `nowhere` what nobody
    has."""

    place: str
    foreign: Sent
    nowhere: Sent


@dataclass
class Writer:
    """A member at a tablet. `own`, `theirs`: an id of each kind; `mids`: mutations of theirs."""

    schemas: Document
    member: UUID
    own: Mapping[str, Any]
    theirs: Mapping[str, Any]
    mids: list[str]

    def right(self) -> Iterator[Sent]:
        """Each deed, about nothing but what is the author's own to write about."""
        for form in DEEDS:
            yield self._write(form, {})

    def wrong(self) -> Iterator[Writing]:
        """Each deed with each id swapped in turn, then with all those of its body."""
        for form, mid in zip(DEEDS, self.mids, strict=False):
            name = form[0]
            there = {"entity": self.theirs[ENTITIES[name]], "base": mid, "mid": mid}
            for what, value in there.items():
                foreign, nowhere = self._write(form, {}), self._write(form, {})
                # One name for all the devices of a member, who have one log: as the other has.
                nothing = uuid5(self.member, f"{name} {what}")
                foreign[-1][what], nowhere[-1][what] = str(value), str(nothing)
                yield Writing(f"{name} {what}", foreign, nowhere)
            inside = list(ids_in(_schema(form), self.schemas))
            for swapped in [[one] for one in inside] + [inside] * (len(inside) > 1):
                there = {one: self.theirs[Place("body", one).kind] for one in swapped}
                nobody = {one: _like(value) for one, value in there.items()}
                where = " and ".join(".".join(map(str, one)) for one in swapped)
                yield Writing(
                    f"{name} body {where}", self._write(form, there), self._write(form, nobody)
                )

    def _write(self, form: Form, swapped: Mapping[Steps, Any]) -> Sent:
        """A mutation never sent, where other ids stand in the body."""
        name, version = form
        schema = _schema(form)
        body = {**sample(schema, self.schemas), **FITS.get(name, {})}
        for steps in ids_in(schema, self.schemas):
            one = swapped.get(steps, self.own[Place("body", steps).kind])
            body = put(body, steps, str(one), schema, self.schemas)
        before = self._before(name)
        about = [str(one["mid" if name == "discard_parked" else "entity"]) for one in before]
        return [*before, {
            "mid": str(uuid7()), "name": name, "version": version,
            "entity": about[0] if about else str(self._entity(name, body)),
            "base": before[0]["mid"] if before else 0, "at": "2026-12-01T08:00:00Z", "body": body,
        }]  # fmt: skip

    def _before(self, name: str) -> Sent:
        """What makes the row that a deed changes: a note, or something that will be parked."""
        if name in ("edit_note", "style_annotation", "delete_annotation"):
            return self._write(("put_annotation", 1), {})
        if name == "discard_parked":
            return [{**self._write(("put_annotation", 1), {})[0], "name": "unknown_deed"}]
        return []

    def _entity(self, name: str, body: Document) -> UUID:
        """The row a deed makes: some have one name for each member and thing."""
        if name == "prepare_vote":
            return register_of(self.member, UUID(get(body, ("agenda_item_id",))))
        if name == "keep_reading":
            return reading_of(self.member, UUID(get(body, ("document_id",))))
        return uuid7()


def _schema(form: Form) -> Document:
    return {"$ref": f"#/components/schemas/{DEEDS[form].body.__name__}"}


def _like(value: Any) -> Any:
    """Of the same form, and of nobody."""
    return uuid4().hex * 2 if len(str(value)) == 64 else uuid4()
