import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.layout import lines_within, wrap
from tui.core.text import cell_len, safe

HOSTILE = st.text(alphabet=list("ab \n日é\u0301。👨\u200d👩🇩🇪-"), max_size=80)


def lines(text: str, cells: int) -> list[str]:
    return [text[start:end] for start, end in wrap(text, cells)]


@pytest.mark.parametrize(
    ("text", "cells", "expected"),
    [
        ("", 5, [""]),
        ("Hello there my friend", 10, ["Hello", "there my", "friend"]),
        ("exactly ten", 7, ["exactly", "ten"]),
        ("abcdefghij", 4, ["abcd", "efgh", "ij"]),
        ("a\n\nb\n", 10, ["a", "", "b"]),
        ("two  spaces", 5, ["two", "space", "s"]),
        ("日本語", 4, ["日本", "語"]),
        ("日本語。", 6, ["日本", "語。"]),
        ("one 日本", 5, ["one", "日本"]),
        ("日 abcdefgh", 4, ["日", "abcd", "efgh"]),
        ("日\n\nb\n", 10, ["日", "", "b"]),
    ],
)
def test_lines(text: str, cells: int, expected: list[str]) -> None:
    assert lines(text, cells) == expected


@given(HOSTILE, st.integers(2, 20))
def test_lines_fit_and_lose_nothing_but_blanks(text: str, cells: int) -> None:
    text = safe(text)
    shown_until = 0
    for start, end in wrap(text, cells):
        assert shown_until <= start <= end
        assert text[shown_until:start].strip(" \n") == ""
        assert "\n" not in text[start:end]
        assert cell_len(text[start:end]) <= cells
        shown_until = end
    assert text[shown_until:].strip(" \n") == ""


@given(st.text(alphabet="abc ", max_size=60), st.integers(1, 12))
def test_wide_and_narrow_wrap_alike(text: str, cells: int) -> None:
    text = text.strip()
    narrow = [line for line in lines(text, cells) if line.strip()]
    with_wide = [line for line in lines(f"日\n{text}", max(2, cells))[1:] if line.strip()]
    if cells >= 2:
        assert " ".join(" ".join(with_wide).split()) == " ".join(" ".join(narrow).split())


@pytest.mark.parametrize(
    ("text", "most", "expected"),
    [
        ("written to /a/long/path.txt (1 kB)", 4, ["written to", "/a/long/path", ".txt (1 kB)"]),
        ("written to /a/long/path.txt (1 kB)", 2, ["written to /", "a/long/path…"]),
        ("no /aaa/bbb/ccc.txt (1 kB) · two notes", 3, ["no /aaa/bbb/", "ccc.txt (1", "kB) · two n…"]),
        ("日本語日本語日本 x /日本語日本語", 2, ["日本語日本語", "日本 x /日…"]),
        ("abcdefghijklmnopqrstuvwxyz", 2, ["abcdefghijkl", "mnopqrstuvw…"]),
    ],
)
def test_a_long_word_begins_behind_another_where_less_is_cut_by_that(text: str, most: int, expected: list[str]) -> None:
    assert lines_within(text, 12, most) == expected


@given(st.text(alphabet=list("abcdef日é /-"), max_size=80), st.integers(2, 12), st.integers(1, 4))
def test_lines_within_a_number_are_as_many_at_most_and_cut_only_the_end(text: str, cells: int, most: int) -> None:
    shown = lines_within(text, cells, most)
    assert len(shown) <= most
    assert all(cell_len(line) <= cells for line in shown)
    words = "".join(shown).replace(" ", "")
    assert text.replace(" ", "").startswith(words.removesuffix("…") if words.endswith("…") else words)
