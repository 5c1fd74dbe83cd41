"""Folding makes the same of what readers take for the same, and every place can be told in the text."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core import fold as folding
from tui.core.fold import fold, fold_in_steps, unfolded
from tui.core.search import compile_query
from tui.core.text import safe

PIECES = ["a", "B", "é", "e\u0301", "ß", "İ", "Σ", "ς", "ﬁ", "ﬃ", "Ａ", "…", "½", "’", "“", "–", " ", "\n", "\xa0"]
PIECES += ["क्ष", "한", "\u1112\u1161\u11ab", "ｶﾞ", "👩🏽", "❤\ufe0f", "¨", "´", "日本", "ำ", "\u0301", "שָׁ"]
TEXTS = (st.lists(st.sampled_from(PIECES) | st.characters(), max_size=20).map("".join)).map(safe)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("It’s", "it's"),
        ("„ja“", '"ja"'),
        ("co‐op", "co–op"),
        ("a\u2003\n b", "A b"),
        ("Café", "cafe\u0301"),
        ("\u212bngstro\u0308m", "ångström"),
        ("ﬀ", "FF"),
        ("１２", "12"),
        ("ΟΔΟΣ", "οδος"),
        ("STRASSE", "straße"),
        ("ΐ", "\u03b9\u0308\u0301"),
        ("H\u0331", "ẖ"),
    ],
)
def test_equivalent_texts_fold_alike(one: str, other: str) -> None:
    assert fold(one)[0] == fold(other)[0]


@pytest.mark.parametrize(("one", "other"), [("é", "e"), ("'", '"'), ("a b", "ab"), ("-", " "), ("ä", "ae")])
def test_different_texts_fold_differently(one: str, other: str) -> None:
    assert fold(one)[0] != fold(other)[0]


@given(TEXTS)
def test_both_normal_forms_fold_alike(text: str) -> None:
    assert fold(unicodedata.normalize("NFC", text))[0] == fold(unicodedata.normalize("NFD", text))[0]


@given(TEXTS)
def test_every_folded_span_maps_to_the_text(text: str) -> None:
    words, changes = fold(text)
    assert len(words) == len(text) or changes
    places = [unfolded(changes, at, at + 1) for at in range(len(words))]
    assert places == sorted(places)
    assert all(0 <= start < end <= len(text) for start, end in places)
    assert {at for start, end in places for at in range(start, end)} == set(range(len(text)))
    for at, (start, end) in enumerate(places):
        assert words[at] in fold(text[start:end])[0]


@given(TEXTS, st.integers(1, 9))
def test_folding_in_steps_gives_the_same(text: str, size: int) -> None:
    *steps, last = fold_in_steps(text, size) if text else [fold(text)]
    assert last is not None
    assert last[0] == fold(text)[0]
    assert set(steps) <= {None}


@given(TEXTS)
def test_a_text_is_found_in_itself_in_both_normal_forms(text: str) -> None:
    for form in (text, safe(unicodedata.normalize("NFC", text)), safe(unicodedata.normalize("NFD", text))):
        assert compile_query(form).spans(form) == ([(0, len(form))] if form else [])


def test_the_fast_path_covers_only_simple_characters() -> None:
    easy = [c for c in map(chr, range(0x10000)) if re.fullmatch(f"[{folding._EASY}]", c)]
    assert len(easy) > 30_000
    assert [c for c in easy if re.match(folding._ANY_LOOK_ALIKE, c) or folding._is_attached(c)] == []
    assert [c for c in easy if folding._fold_unit(c) != c.lower() or len(c.lower()) != 1] == []
    assert "".join(easy).lower() == "".join(c.lower() for c in easy)
