"""What members write, drawn by lot: every deed of the catalogue, and some that must be parked.

Every word is written once in a history, so that a word that is missing or doubled is seen.
"""

import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from tests.model import screen
from tests.model.ledger import Ledger
from tests.model.tablets import Tablet

VOTE_INTENTIONS = UUID("2f0c1d8a-5b7e-5c3e-9a41-7d3f6c1b0e01")
READING_STATES = UUID("2f0c1d8a-5b7e-5c3e-9a41-7d3f6c1b0e02")
COLOURS = ("yellow", "green", "blue", "red", "black")
CHOICES = ("for", "against", "abstain", "not_voting", "undecided")
POISON = "empoisonné"
"""A word on which the model's server breaks, as a fault in a deed would."""

Draft = dict[str, Any]


@dataclass
class Field:
    """A note that somebody began to change a while ago: what it showed then, and its number."""

    entity: str
    base: int
    text: str


@dataclass
class Pen:
    """Draws what one member writes on one tablet."""

    chance: random.Random
    ledger: Ledger
    member_id: UUID
    words: int = 0

    def word(self) -> str:
        """A word never written before."""
        self.words += 1
        return f"mot{self.words}"

    def id(self) -> str:
        """A name for something new."""
        return str(UUID(int=self.chance.getrandbits(128), version=4))

    def draw(self, tablet: Tablet) -> tuple[Draft, dict[str, Any] | None] | None:
        """A write and what its author sees of its entity; None with nothing to write on."""
        shown = screen.of(tablet, self.ledger)
        name = self.chance.choices(list(_DRAWN), [weight for _, weight in _DRAWN.values()])[0]
        draft = _DRAWN[name][0](self, tablet, shown)
        if draft is None:
            return None
        seen = shown.get(draft["entity"])
        if tablet.field and draft["name"] == "edit_note" and "base" in draft and seen:
            seen = {**seen, "mark": {**seen["mark"], "text": tablet.field.text}}
            tablet.field = None
        return draft, seen

    def rows_of(self, tablet: Tablet, kind: str) -> list[dict[str, Any]]:
        """What a tablet shows of a kind, in a stable order."""
        rows = sorted((key, value) for key, value in tablet.rows.items() if key[0] == kind)
        return [value for _, (_, value) in rows]

    def one(self, several: list[Any]) -> Any:
        """One of them, None without any."""
        return self.chance.choice(several) if several else None


def _put(pen: Pen, tablet: Tablet, mark: dict[str, Any]) -> Draft | None:
    version = pen.one([v for v in pen.rows_of(tablet, "document_version") if v["state"] == "ready"])
    if version is None:
        return None
    body = {
        "document_id": version["document_id"],
        "sha256": version["sha256"],
        "page": pen.chance.randint(1, 3),
        "page_hash": "",
        "mark": mark,
    }
    return {"name": "put_annotation", "entity": pen.id(), "body": body}


def _note(pen: Pen, tablet: Tablet, _shown: screen.Shown) -> Draft | None:
    text = " ".join(pen.word() for _ in range(pen.chance.randint(1, 4)))
    return _put(pen, tablet, {"kind": "note", "colour": "yellow", "text": text, "label": ""})


def _ink(pen: Pen, tablet: Tablet, _shown: screen.Shown) -> Draft | None:
    points = [float(pen.chance.randint(0, 500)) for _ in range(6)]
    mark = {"kind": "ink", "colour": "black", "width": 2.0, "points": points, "label": pen.word()}
    return _put(pen, tablet, mark)


def _bookmark(pen: Pen, tablet: Tablet, _shown: screen.Shown) -> Draft | None:
    return _put(pen, tablet, {"kind": "bookmark", "colour": "red", "label": pen.word()})


def _edit(pen: Pen, tablet: Tablet, shown: screen.Shown) -> Draft | None:
    opened = tablet.field
    if opened and opened.entity in shown and pen.chance.random() < 0.6:
        body = {"text": _changed(pen, opened.text)}
        return {"name": "edit_note", "entity": opened.entity, "body": body, "base": opened.base}
    entity = pen.one(screen.marks(shown, "note"))
    if entity is None:
        return None
    text = shown[entity]["mark"]["text"]
    row = tablet.rows.get(("annotation", entity))
    if row and row[1]["mark"]["text"] == text and pen.chance.random() < 0.25:
        tablet.field = Field(entity, row[0], text)
        return None
    return {"name": "edit_note", "entity": entity, "body": {"text": _changed(pen, text)}}


def _changed(pen: Pen, text: str) -> str:
    """The text with a word more, less or another."""
    words = text.split()
    at = pen.chance.randint(0, len(words))
    how = pen.chance.random()
    if how < 0.45 or not words:
        words.insert(at, pen.word())
    elif how < 0.8:
        words[at % len(words)] = pen.word()
    elif len(words) > 1:
        del words[at % len(words)]
    return " ".join(words)


def _style(pen: Pen, tablet: Tablet, shown: screen.Shown) -> Draft | None:
    entity = pen.one(screen.marks(shown))
    if entity is None:
        return None
    body = pen.chance.choice([{"colour": pen.chance.choice(COLOURS)}, {"label": pen.word()}])
    return {"name": "style_annotation", "entity": entity, "body": body}


def _delete(pen: Pen, tablet: Tablet, shown: screen.Shown) -> Draft | None:
    entity = pen.one(screen.marks(shown))
    return entity and {"name": "delete_annotation", "entity": entity, "body": {}}


def _vote(pen: Pen, tablet: Tablet, shown: screen.Shown) -> Draft | None:
    item = pen.one(pen.rows_of(tablet, "agenda_item")[:2])
    if item is None:
        return None
    entity = str(uuid.uuid5(VOTE_INTENTIONS, f"{pen.member_id}:{item['id']}"))
    before = shown.get(entity, {})
    body = {
        "agenda_item_id": item["id"],
        "choice": before.get("choice", "undecided"),
        **{field: before.get(field, "") for field in ("argument", "speech", "question")},
        "is_concerned": before.get("is_concerned", False),
        "settles": bool(before.get("other")) and pen.chance.random() < 0.5,
    }
    field = pen.chance.choice(["choice", "choice", "argument", "speech", "is_concerned"])
    if field == "choice":
        body["choice"] = pen.chance.choice([c for c in CHOICES if c != body["choice"]])
    elif field == "is_concerned":
        body["is_concerned"] = not body["is_concerned"]
    else:
        body[field] = _changed(pen, body[field]) if pen.chance.random() < 0.6 else pen.word()
    return {"name": "prepare_vote", "entity": entity, "body": body}


def _read(pen: Pen, tablet: Tablet, _shown: screen.Shown) -> Draft | None:
    version = pen.one(pen.rows_of(tablet, "document_version"))
    if version is None:
        return None
    document = version["document_id"]
    entity = str(uuid.uuid5(READING_STATES, f"{pen.member_id}:{document}"))
    body: dict[str, Any] = {"document_id": document}
    if pen.chance.random() < 0.7:
        page = pen.chance.randint(1, 3)
        place = pen.word()
        body["position"] = {"sha256": version["sha256"], "page": page, "pages": 3, "place": place}
    if len(body) == 1 or pen.chance.random() < 0.4:
        body["is_read"] = pen.chance.random() < 0.7
    return {"name": "keep_reading", "entity": entity, "body": body}


def _answer(pen: Pen, tablet: Tablet, _shown: screen.Shown) -> Draft | None:
    sitting = pen.one([s for s in pen.rows_of(tablet, "sitting") if s["state"] == "convened"])
    if sitting is None:
        return None
    answer = pen.chance.choice(["present", "absent", "excused"])
    body = {"sitting_id": sitting["id"], "answer": answer}
    return {"name": "answer_call", "entity": pen.id(), "body": body}


def _discard(pen: Pen, tablet: Tablet, shown: screen.Shown) -> Draft | None:
    parked = sorted(e for e, row in shown.items() if row["kind"] == "parked_mutation")
    entity = pen.one(parked)
    return entity and {"name": "discard_parked", "entity": entity, "body": {}}


def _again(pen: Pen, tablet: Tablet, shown: screen.Shown) -> Draft | None:
    """Try again what was parked: the same words, as a new change."""
    parked = [row for row in shown.values() if row["kind"] == "parked_mutation"]
    row = pen.one(sorted(parked, key=lambda row: row["id"]))
    if row is None or row["name"] not in KNOWN:
        return None
    return {"name": row["name"], "entity": row["entity"], "body": row["body"], "again": True}


def _poison(pen: Pen, tablet: Tablet, shown: screen.Shown) -> Draft | None:
    """What no server can apply: it must be parked, and stop nobody."""
    nowhere = pen.id()
    wrong_vote = {"agenda_item_id": nowhere, "choice": "for"}
    on_nothing = {"document_id": nowhere, "sha256": "0" * 64, "page": 1}
    mark = {"kind": "bookmark", "colour": "red", "label": pen.word()}
    ways: list[Draft] = [
        {"name": "edit_note", "entity": nowhere, "body": {"text": pen.word()}},
        {"name": "edit_note", "entity": nowhere, "body": {"text": 12}},
        {"name": "prepare_vote", "entity": pen.id(), "body": wrong_vote},
        {"name": "put_annotation", "entity": pen.id(), "body": {**on_nothing, "mark": mark}},
        {"name": "answer_call", "entity": pen.id(), "body": {"sitting_id": nowhere}},
    ]
    notes = screen.marks(shown, "note")
    if notes:
        text = f"{POISON} {pen.word()}"
        ways.append({"name": "edit_note", "entity": pen.one(notes), "body": {"text": text}})
    return pen.chance.choice(ways)


_DRAWN: dict[str, tuple[Callable[[Pen, Tablet, screen.Shown], Draft | None], int]] = {
    "note": (_note, 16),
    "ink": (_ink, 4),
    "bookmark": (_bookmark, 3),
    "edit": (_edit, 26),
    "style": (_style, 9),
    "delete": (_delete, 8),
    "vote": (_vote, 16),
    "read": (_read, 7),
    "answer": (_answer, 4),
    "discard": (_discard, 3),
    "again": (_again, 3),
    "poison": (_poison, 3),
}
KNOWN = frozenset({
    "put_annotation", "edit_note", "style_annotation", "delete_annotation", "prepare_vote",
    "keep_reading", "answer_call", "discard_parked",
})  # fmt: skip
