"""What each deed made of each row, looked at from inside the push, and the rules it must follow."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from tests.model.ledger import Ledger, Violation, Written

Row = dict[str, Any] | None


@dataclass
class Done:
    """One mutation that a deed took. Rows are as the wire tells them, `deleted` beside.

    `before` is the row it was given, `after` the one where it landed, `left` what became of the
    first when it landed elsewhere.
    """

    mid: str
    name: str
    outcome: str
    before: Row
    after: Row
    left: Row

    def check(self, written: Written, ledger: Ledger, outcomes: Mapping[str, str]) -> None:
        """Raises `Violation` when a rule of conflicts does not hold (sync.md, section 5)."""
        rule = _RULES.get(self.name)
        # A number of a line that a restore has ended says little of what was seen: what one tablet
        # wrote upon its own words is chained again, the rest may fork or merge without need.
        is_blind = ledger.is_restored and self.name == "prepare_vote"
        if rule is not None and not is_blind:
            rule(self, written, _trail(written, ledger))
        is_alone = _text(self.before) == _text(written.seen) and isinstance(written.base, int)
        if self.outcome == "forked" and is_alone and not ledger.is_restored:
            raise _broken(self, "a fork where nobody else had written")
        if self.outcome == "forked":
            _breeds(self, written, ledger, outcomes)


def words(text: str) -> set[str]:
    """Each is written once in a history."""
    return set(text.split())


def _text(row: Row) -> str:
    return str(row["mark"].get("text", "")) if row and "mark" in row else ""


def _broken(done: Done, what: str) -> Violation:
    return Violation(f"{done.name} {done.mid} ({done.outcome}): {what}")


def _trail(written: Written, ledger: Ledger) -> list[Row]:
    """What the author saw at this write, and at each of their own it was made upon; and what had
    led to the row these began from, where the server has lost it."""
    trail, base = [written.seen], written.base
    while isinstance(base, str) and base in ledger.writes:
        earlier = ledger.writes[base]
        trail.append(earlier.seen)
        base = earlier.base
    return trail + ledger.left_behind(written.entity, base)


def _put(done: Done, written: Written, trail: list[Row]) -> None:
    if done.after is None or _sparse(done.after["mark"]) != _sparse(written.body["mark"]):
        raise _broken(done, f"{written.body['mark']} became {done.after}")


def _sparse(mark: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in mark.items() if value not in (None, "")}


def _edit(done: Done, written: Written, trail: list[Row]) -> None:
    shown, sent = words(_text(written.seen)), written.body["text"]
    seen = set().union(*(words(_text(row)) for row in trail))
    found, became = _text(done.before), _text(done.after)
    if done.outcome == "forked":
        if became != sent or done.left != done.before:
            raise _broken(done, "a fork that is not two whole notes")
    elif done.after is None or done.after["deleted"]:
        raise _broken(done, "an edit stays hidden under a delete")
    elif unseen := words(found) - seen - words(became):
        raise _broken(done, f"{unseen}, which its author never saw, was written over")
    if own := words(sent) - shown - words(became):
        raise _broken(done, f"its own words {own} are lost")
    if doubled := [word for word, n in Counter(became.split()).items() if n > 1]:
        raise _broken(done, f"{doubled} is there twice in « {became} »")


def _breeds(done: Done, written: Written, ledger: Ledger, outcomes: Mapping[str, str]) -> None:
    """Two siblings for one conflict."""
    base: Any = written.base
    while isinstance(base, str) and base in ledger.writes:
        earlier = ledger.writes[base]
        if outcomes.get(base) == "forked" and earlier.entity == written.entity:
            raise _broken(done, "a second sibling for one conflict")
        base = earlier.base


def _style(done: Done, written: Written, trail: list[Row]) -> None:
    if done.after is None or done.after["deleted"]:
        raise _broken(done, "an edit stays hidden under a delete")
    before = done.before["mark"] if done.before else {}
    for field in ("colour", "label"):
        wanted = written.body.get(field, before.get(field, ""))
        if done.after["mark"].get(field, "") != wanted:
            raise _broken(done, f"{field} is {done.after['mark'].get(field)}, not {wanted}")


def _delete(done: Done, written: Written, trail: list[Row]) -> None:
    if done.before is None or done.before["deleted"] or not (done.after or {}).get("deleted"):
        return
    found = done.before["mark"]
    for field in ("text", "label", "colour"):
        seen = {str(row["mark"].get(field, "")) for row in trail if row and "mark" in row}
        if words(str(found.get(field, ""))) - words(" ".join(seen)):
            raise _broken(done, f"{found.get(field)!r}, which its author never saw, was deleted")


_FIELDS = {"choice": "undecided", "argument": "", "speech": "", "question": "",
           "is_concerned": False}  # fmt: skip


def _vote(done: Done, written: Written, trail: list[Row]) -> None:
    found, seen, became = done.before or {}, written.seen or {}, done.after or {}
    other = became.get("other") or {}
    for field, blank in _FIELDS.items():
        was, base = found.get(field, blank), seen.get(field, blank)
        sent, shown = written.body.get(field, blank), became.get(field, blank)
        kept = other.get(field, blank)
        is_kept = str(was) in str(kept) if blank == "" else kept == was
        is_seen = was in [(row or {}).get(field, blank) for row in trail]
        if shown not in (was, sent) or (sent != base and shown != sent):
            raise _broken(done, f"{field} is {shown!r}, not {sent!r}")
        if not is_seen and shown != was and not is_kept:
            raise _broken(done, f"{field} {was!r}, never seen by its author, was written over")
    chose = written.body.get("settles") and found.get("other") == seen.get("other")
    if found.get("other") and not other and not chose:
        raise _broken(done, "the other answer is gone, and nobody has chosen")


def _reading(done: Done, written: Written, trail: list[Row]) -> None:
    found, became = done.before or {}, done.after or {}
    for field in ("position", "is_read"):
        wanted = written.body.get(field, found.get(field))
        if wanted is not None and became.get(field) != wanted:
            raise _broken(done, f"{field} is {became.get(field)}, not {wanted}")
    claims = [_instant(written.at), *([_instant(found["opened_at"])] if found else [])]
    if _instant(became["opened_at"]) != min(claims):
        raise _broken(done, f"opened at {became['opened_at']}, not the earliest of {claims}")


def _instant(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def _answer(done: Done, written: Written, trail: list[Row]) -> None:
    if done.before is not None or (done.after or {}).get("answer") != written.body["answer"]:
        raise _broken(done, f"{done.before} became {done.after}")


_RULES = {
    "put_annotation": _put, "edit_note": _edit, "style_annotation": _style,
    "delete_annotation": _delete, "prepare_vote": _vote, "keep_reading": _reading,
    "answer_call": _answer,
}  # fmt: skip
