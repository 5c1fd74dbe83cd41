"""Any JSON as a tree: bounded, safe, and nothing in it breaks anything."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.core.details.tree import MOST_CHARACTERS, MOST_DEPTH, MOST_LINES, TreeLine, tree_lines
from tui.core.text import safe

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def drawn(value: Any) -> str:
    return "\n".join(
        f"{'  ' * line.depth}{line.name}{': ' * bool(line.name and line.text)}{line.text}" for line in tree_lines(value)
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        ("", '""'),
        ({}, "{}"),
        ([], "[]"),
        ("two\nlines", "two\nlines"),
        (
            {"a": 1, "b": {"c": [1, {"d": None, "e": "x"}], "f": {}}},
            "a: 1\nb\n  c\n    - : 1\n    - d: null\n      e: x\n  f: {}",
        ),
        ([[1, 2], [3]], "- - : 1\n  - : 2\n- - : 3"),
        ({"": ""}, '"": ""'),
        ({"a\x1b[2J\nb": "c\x07"}, "a␛ b: c␇"),
    ],
)
def test_a_value_is_a_tree(value: Any, text: str) -> None:
    assert drawn(value) == text


@given(JSON)
def test_every_json_is_safe_and_bounded(value: Any) -> None:
    lines = list(tree_lines(value))
    assert 0 < len(lines) <= MOST_LINES + 1
    for line in lines:
        assert safe(line.name) == line.name
        assert "\n" not in line.name
        assert safe(line.text) == line.text
        assert 0 <= line.depth <= MOST_DEPTH


def test_what_is_deep_is_told_by_its_size() -> None:
    value: Any = [1, 2, 3]
    for _ in range(150):
        value = {"a": value}
    assert list(tree_lines(value))[-1] == TreeLine(MOST_DEPTH, "a", "{… 1 members}")
    for _ in range(150):
        value = [value]
    assert "[… 1 items]" in drawn(value)


def test_what_is_wide_ends_with_a_remark() -> None:
    for value in ({str(n): n for n in range(100_000)}, list(range(100_000)), {"a": [list(range(9))] * 100_000}):
        lines = list(tree_lines(value))
        assert len(lines) == MOST_LINES + 1
        assert lines[-1].text == f"… and more than these {MOST_LINES:,} lines"


def test_what_is_long_is_cut_with_a_remark() -> None:
    (line,) = tree_lines("x" * (MOST_CHARACTERS + 1_234))
    assert line.text.endswith("x … and 1,234 more characters")
    (line,) = tree_lines({"k" * 10_000: 10**5_000})
    assert len(line.name) == 100
    assert line.text == "a number too long to be written out"


def test_numbers_stand_as_they_were_sent() -> None:
    assert drawn(json.loads('{"a": 1.50, "b": 12345678901234567890}')) == "a: 1.5\nb: 12345678901234567890"
