"""What the author of a write has on the screen: rows and outbox replayed, said a second time."""

from typing import Any

from tests.model.ledger import Ledger
from tests.model.tablets import Tablet

Shown = dict[str, dict[str, Any]]


def of(tablet: Tablet, ledger: Ledger) -> Shown:
    """Entity to what is shown of it, for every private entity, by kind."""
    shown: Shown = {
        entity: {"kind": kind, **value}
        for (kind, entity), (_, value) in tablet.rows.items()
        if kind in ("annotation", "vote_intention", "reading_state", "parked_mutation")
    }
    for mid in tablet.outbox:
        written = ledger.writes.get(mid)
        if written is not None:
            _replay(shown, written.name, written.entity, written.body)
    return shown


def _replay(shown: Shown, name: str, entity: str, body: dict[str, Any]) -> None:
    row = shown.get(entity)
    if name == "put_annotation":
        shown[entity] = {"kind": "annotation", **body}
    elif name in ("delete_annotation", "discard_parked"):
        shown.pop(entity, None)
    elif name == "prepare_vote":
        shown[entity] = {"kind": "vote_intention", **body, "other": (row or {}).get("other")}
    elif row is not None and name == "edit_note":
        shown[entity] = {**row, "mark": {**row["mark"], "text": body["text"]}}
    elif row is not None and name == "style_annotation":
        shown[entity] = {**row, "mark": {**row["mark"], **body}}


def marks(shown: Shown, kind: str | None = None) -> list[str]:
    """Annotations of a kind, in a stable order."""
    return sorted(
        entity
        for entity, row in shown.items()
        if row["kind"] == "annotation" and kind in (None, row["mark"]["kind"])
    )
