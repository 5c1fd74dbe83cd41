"""Rows of cells, and which graphemes have no sure width."""

from __future__ import annotations

import pytest

from tui.terminal.cells import Row, split, unsure
from tui.terminal.sgr import PLAIN, after

RED = after(PLAIN, "31")


def row(text: str) -> Row:
    _, cells = split(text)
    made = Row.of(len(cells))
    made.put(0, cells, PLAIN)
    return made


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("ab", ["a", "b"]),
        ("a日b", ["a", "日", "", "b"]),
        ("e\u0301x", ["e\u0301", "x"]),
        ("👨‍👩‍👧!", ["👨‍👩‍👧", "", "!"]),
        ("❤️", ["❤️", ""]),
    ],
)
def test_a_text_is_split_as_textual_lays_it_out(text: str, cells: list[str]) -> None:
    assert split(text) == ("", cells)


def test_a_combining_mark_joins_the_previous_cell() -> None:
    marks, cells = split("\u0301x")
    line = row("ab")
    line.join(1, marks)
    line.put(1, cells, PLAIN)
    assert line.chars == ["a\u0301", "x"]


def test_overwriting_half_a_wide_grapheme_blanks_the_rest() -> None:
    line = row("日本x")
    line.put(1, ["a", "b"], RED)
    assert line.chars == [" ", "a", "b", " ", "x"]


def test_a_wide_grapheme_that_does_not_fit_is_blank() -> None:
    line = row("abc")
    line.put(2, split("日")[1], RED)
    assert line.chars == ["a", "b", " "]


def test_a_cut_through_a_wide_grapheme_blanks_it() -> None:
    line = row("ab日")
    line.resize(3)
    assert line.chars == ["a", "b", " "]
    line.resize(5)
    assert line.chars == ["a", "b", " ", " ", " "]


@pytest.mark.parametrize(
    "grapheme",
    [
        "e\u0301",
        "👍🏽",
        "👨‍👩‍👧",
        "❤️",
        "é",
        "…",
        "🇩",
        "🏽",
        "⚠",
        "\u0301",
        "\ue0b0",
        "\U0001faea",
        "😀",
        "🥲",
        "🪿",
        "☰",
        "◽",
        "䷀",
    ],
)
def test_terminals_disagree_about(grapheme: str) -> None:
    assert unsure(grapheme)


@pytest.mark.parametrize(
    "grapheme", ["a", " ", "", "日", "한", "か", "ｶ", "Ａ", "。", "│", "▁", "●", "\u0107", "ש", "ب", "न"]
)
def test_terminals_agree_about(grapheme: str) -> None:
    assert not unsure(grapheme)
