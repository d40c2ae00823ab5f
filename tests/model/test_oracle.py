"""What the oracle lets pass after a restore, or a second try, and what it does not."""

from datetime import timedelta
from typing import Any

import pytest

from tests.model.deeds import Done
from tests.model.ledger import Ledger, Violation, Written

WHOLE, CUT = "mot1 mot2 mot3", "mot1 mot2"
ADDED = f"{CUT} mot4"


def row(text: str, *, deleted: bool = False) -> dict[str, Any]:
    return {"mark": {"kind": "note", "text": text}, "deleted": deleted}


def edited(base: int | str, mid: str = "m2") -> Written:
    body = {"text": ADDED}
    return Written(mid, "tablet", "alice", "edit_note", "note", base, body, "", row(CUT))


def fast_forward(mid: str = "m2", found: str = WHOLE) -> Done:
    return Done(mid, "edit_note", "applied", row(found), row(ADDED), row(ADDED))


@pytest.fixture
def ledger() -> Ledger:
    """A note made at 10 and cut at 20; the server then goes back to 15, and on from 100."""
    ledger = Ledger()
    ledger.make("note", 10, row(WHOLE))
    ledger.make("note", 20, row(CUT))
    ledger.restored(timedelta(days=1), range(16, 100), set(), set())
    return ledger


def test_a_word_cut_before_the_lost_row_was_seen_may_go(ledger: Ledger) -> None:
    fast_forward().check(edited(20), ledger, {})


def test_so_may_a_note_that_is_deleted(ledger: Ledger) -> None:
    gone = row(WHOLE, deleted=True)
    done = Done("m2", "delete_annotation", "applied", row(WHOLE), gone, gone)
    deleted = Written("m2", "tablet", "alice", "delete_annotation", "note", 20, {}, "", row(CUT))
    done.check(deleted, ledger, {})
    deleted.base = 10
    with pytest.raises(Violation, match="never saw"):
        done.check(deleted, ledger, {})


def test_a_change_of_ones_own_upon_the_lost_row_may_too(ledger: Ledger) -> None:
    ledger.writes["m2"] = edited(20)
    fast_forward("m3").check(edited("m2", "m3"), ledger, {"m2": "applied"})


@pytest.mark.parametrize("base", [10, 100, "unknown"])
def test_not_upon_a_row_that_the_server_has(ledger: Ledger, base: int | str) -> None:
    with pytest.raises(Violation, match="mot3"):
        fast_forward().check(edited(base), ledger, {})


def test_not_a_word_that_the_lost_row_never_had(ledger: Ledger) -> None:
    ledger.make("note", 30, row(f"{CUT} mot5"))
    ledger.make("note", 101, row(f"{WHOLE} mot6"))
    for unseen in ("mot5", "mot6"):
        with pytest.raises(Violation, match=unseen):
            fast_forward(found=f"{WHOLE} {unseen}").check(edited(20), ledger, {})


def test_not_a_word_of_another_line(ledger: Ledger) -> None:
    """Cut on a line that ended, and seen on the next, which ended too."""
    ledger.make("note", 110, row(WHOLE))
    ledger.make("note", 120, row(CUT))
    ledger.restored(timedelta(days=1), range(105, 200), set(), set())
    ledger.make("note", 30, row(f"{CUT} mot5"))
    fast_forward().check(edited(120), ledger, {})
    with pytest.raises(Violation, match="mot5"):
        fast_forward(found=f"{WHOLE} mot5").check(edited(120), ledger, {})


def test_what_is_changed_goes_first_unless_it_was_made_again_since() -> None:
    ledger = Ledger()
    made, again = (
        Written(mid, "tablet", "alice", "put_annotation", "note", 0, {}, "")
        for mid in ("made", "again")
    )
    change = edited("made", "change")
    ledger.writes = {one.mid: one for one in (made, change, again)}
    assert ledger.made_by({"made", "again"}, change)
    assert not ledger.made_by({"again"}, change)
