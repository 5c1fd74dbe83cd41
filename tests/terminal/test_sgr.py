"""Styles: every change leads where it should, and none is longer than a reset."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.terminal.sgr import PLAIN, Style, after, blank, change, linked

COLOURS = ["", "31", "97", "38;5;17", "38;2;1;2;3"]
GROUNDS = ["", "41", "107", "48;5;17", "48;2;1;2;3"]
ATTRIBUTES = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "21", "4:3", "53", "58;5;3", "73"]

styles = st.builds(
    lambda codes, link: linked(after(PLAIN, ";".join(filter(None, codes))), link),
    st.tuples(
        st.lists(st.sampled_from(ATTRIBUTES), max_size=3).map(";".join),
        st.sampled_from(COLOURS),
        st.sampled_from(GROUNDS),
    ),
    st.sampled_from(["", ";https://example.org", "id=3;https://example.org"]),
)


def obeyed(style: Style, sequence: str) -> Style:
    for link, codes in re.findall(r"\x1b\]8;([^\x1b]*)\x1b\\|\x1b\[([^m]*)m", sequence):
        style = linked(style, link if link != ";" else "") if link else after(style, codes)
    return style


@given(styles, styles)
def test_a_change_leads_from_one_style_to_the_other(one: Style, other: Style) -> None:
    assert obeyed(one, change(one, other)) is other


@given(styles, styles)
def test_a_change_is_never_longer_than_a_reset(one: Style, other: Style) -> None:
    assert len(change(one, other)) <= len(change(PLAIN, linked(other, ""))) + len(change(one, PLAIN)) + 40 * (
        one.link != other.link
    )


@pytest.mark.parametrize(
    ("before", "to", "sent"),
    [
        ("", "", ""),
        ("1", "1", ""),
        ("", "1;31", "\x1b[1;31m"),
        ("1;38;2;1;2;3", "", "\x1b[m"),
        ("1;38;2;1;2;3", "38;2;1;2;3", "\x1b[22m"),
        ("1;38;2;1;2;3", "2;38;2;1;2;3", "\x1b[22;2m"),
        ("38;2;1;2;3;48;2;1;2;3", "38;2;1;2;3", "\x1b[49m"),
        ("1;2;38;2;1;2;3", "2;38;2;1;2;3", "\x1b[22;2m"),
        ("1;3;4;31", "7", "\x1b[0;7m"),
    ],
)
def test_a_change_is_the_shortest(before: str, to: str, sent: str) -> None:
    assert change(after(PLAIN, before), after(PLAIN, to)) == sent


@pytest.mark.parametrize("parameters", ["", "0", "00", "1;0", "31;39", "41;49", ";", "4;24", "39;49", "1;22"])
def test_parameters_without_effect_are_plain(parameters: str) -> None:
    assert after(PLAIN, parameters) is PLAIN


def test_a_blank_drops_attributes_that_only_show_on_glyphs() -> None:
    assert blank(after(PLAIN, "1;2;3;31")) is PLAIN
    assert blank(after(PLAIN, "1;31;44")) is after(PLAIN, "44")
    for shown in ("4;31", "7;31", "9;31"):
        assert blank(after(PLAIN, shown)) is after(PLAIN, shown)
