"""The three-way merge of a note: symmetric, and nobody's words are lost."""

import re
import time
from collections import Counter

from hypothesis import assume, given
from hypothesis import strategies as st

from cartable.annotations.rules import TEXT_LIMIT, merge_texts

words = st.text("aéb1’", min_size=1, max_size=3)
spaces = st.sampled_from([" ", "  ", "\n", "\n\n"])
texts = st.lists(st.tuples(words, spaces), max_size=12).map(
    lambda pairs: "".join(word + space for word, space in pairs)
)
versions = st.builds(lambda text, end: text.rstrip() if end else text, texts, st.booleans())


def _words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\S+", text))


@given(versions, versions)
def test_what_one_alone_changed_is_taken_as_it_is(base: str, mine: str) -> None:
    assert merge_texts(base, mine, base) == mine
    assert merge_texts(base, base, mine) == mine
    assert merge_texts(base, mine, mine) == mine


@given(versions, versions, versions)
def test_whoever_comes_first_the_text_is_the_same(base: str, mine: str, theirs: str) -> None:
    assert merge_texts(base, mine, theirs) == merge_texts(base, theirs, mine)


@given(versions, versions, versions)
def test_every_word_that_either_added_is_there(base: str, mine: str, theirs: str) -> None:
    merged = merge_texts(base, mine, theirs)
    assume(merged is not None)
    assert merged is not None
    before, kept = _words(base), _words(merged)
    for one in (mine, theirs):
        assert not (_words(one) - before) - kept, "a word that was added is lost"
    # Nothing comes from nowhere, and what nobody took away stays: of a word that was there twice,
    # each may have taken one.
    assert not kept - (before | _words(mine) | _words(theirs) | (_words(mine) + _words(theirs)))
    assert not before - (before - _words(mine)) - (before - _words(theirs)) - kept


@given(st.lists(words, min_size=1, max_size=6), st.data())
def test_edits_of_different_words_both_stand(between: list[str], data: st.DataObject) -> None:
    mine, theirs = data.draw(words), data.draw(words)
    middle = " ".join(between)
    base = f"premier {middle} dernier"
    merged = merge_texts(base, f"début:{mine} {middle} dernier", f"premier {middle} fin:{theirs}")
    assert merged == f"début:{mine} {middle} fin:{theirs}"


def test_the_same_words_changed_differently_are_a_fork() -> None:
    assert merge_texts("le budget est bon", "le budget est trop haut", "le budget est bas") is None
    assert merge_texts("", "une note", "une autre") is None
    assert merge_texts("fin", "fin un", "fin deux") is None, "which comes first?"


def test_both_deleted_or_wrote_the_same() -> None:
    base = "un deux trois quatre"
    assert merge_texts(base, "un trois quatre", "un trois") == "un trois"
    assert merge_texts(base, "un 2 trois quatre", "un 2 trois 4") == "un 2 trois 4"


def test_words_are_never_glued_together() -> None:
    assert merge_texts("  le", "Y  le", "X") in (None, "Y X")


def test_two_halves_too_long_together_are_a_fork() -> None:
    base = "a b"
    mine, theirs = "x" * (TEXT_LIMIT - 10) + " a b", "a b " + "y" * 100
    assert merge_texts(base, mine, theirs) is None


def test_long_notes_that_say_the_same_again_and_again_merge_in_time() -> None:
    base = "oui non " * 2400
    begin = time.process_time()
    both = merge_texts(base, base.replace("non", "oui", 1), base + "peut-être")
    assert both == base.replace("non", "oui", 1) + "peut-être"
    assert merge_texts(base, "non oui " * 2400, "oui " * 4800) is None, "all of it, by both"
    assert time.process_time() - begin < 3


def test_far_changes_in_a_long_note_merge() -> None:
    words = [f"mot{n}" if n % 3 else "et" for n in range(3000)]
    base = " ".join(words)
    mine = " ".join(["Début", *words, "fin"])
    theirs = " ".join([*words[:1400], "au", "milieu", *words[1500:]])
    both = " ".join(["Début", *words[:1400], "au", "milieu", *words[1500:], "fin"])
    assert merge_texts(base, mine, theirs) == both


def test_words_chosen_to_make_merging_long_do_not() -> None:
    """They took a second each, fifty to a push, while the whole authority waited."""

    def wicked(own: str) -> str:
        return " ".join(word for n in range(124) for word in ("oui", "oui", "oui", f"{own}{n}"))

    begin = time.process_time()
    for _ in range(5):
        assert merge_texts(wicked("a"), wicked("b"), wicked("c")) is None
    assert time.process_time() - begin < 0.5
