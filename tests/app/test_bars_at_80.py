"""What the bars of the find and the go-to, and the foot behind them, say at 80 columns."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.app.conftest import Open, body, said
from tests.app.test_kept import archive

CALL = {"c1": body([said(f"the seat {number} of the call", start_ms=1000 * number) for number in range(6)])}


async def test_a_find_by_regular_expression_stays_marked_as_one(open_app: Open) -> None:
    async with open_app("c1", calls=CALL) as opened:
        await opened.press("slash", "ctrl+r", *"sea", "left_square_bracket", "t", "right_square_bracket", "enter")
        assert opened.foot.startswith(" / regex sea[t]  1/6 ")
        await opened.press("n")
        assert opened.foot.startswith(" / regex sea[t]  2/6 ")
        await opened.press("slash", "ctrl+r", "ctrl+u", *"seat", "enter")
        assert opened.foot.startswith(" / seat  ")


async def test_the_end_of_a_long_query_stays_in_sight_as_the_count_grows(open_app: Open) -> None:
    words = " ".join(f"word{number}" for number in range(30))
    calls = {"c1": body([said(words, start_ms=1000 * number) for number in range(6)])}
    async with open_app("c1", calls=calls) as opened:
        await opened.press("slash", *"zz")
        assert opened.foot.endswith(" 0")
        await opened.press("ctrl+u")
        await opened.paste(words[:90])
        await opened.settle()
        assert opened.foot.split("  ")[0].endswith(words[80:90])
        assert opened.foot.endswith(" 1/6")
        await opened.resize(60, 24)
        assert opened.foot.split("  ")[0].endswith(words[80:90])


@pytest.mark.parametrize(
    ("mode", "typed", "reason"),
    [
        ("ctrl+r", "(", "not a regular expression: missing ) at position 1 – correct it, or search for plain words"),
        ("ctrl+u", "after:2026-13-01", "today, yesterday, 36h or 7d"),
        ("ctrl+r", "a{9999999}", "repeats too often – 10000 times are allowed"),
    ],
)
async def test_why_nothing_can_be_found_is_said_whole(open_app: Open, mode: str, typed: str, reason: str) -> None:
    async with open_app("c1", calls=CALL) as opened:
        await opened.press("slash", mode)
        await opened.paste(typed)
        assert opened.foot.rstrip().endswith(typed)
        assert reason in " ".join(row.strip() for row in opened.rows[-4:-1])
        await opened.resize(160, 24)
        assert opened.foot.endswith(reason)
        await opened.resize(80, 24)
        assert opened.foot.rstrip().endswith(typed)
        await opened.press("ctrl+u", "s")
        assert opened.foot.endswith(" 1/6")
        await opened.press("escape")
        assert "the seat 0" in opened.text


async def test_a_remark_that_has_no_room_ends_in_a_sign_of_it(open_app: Open) -> None:
    async with open_app("c1", calls=CALL) as opened:
        await opened.press("ctrl+g", *"9:99", "enter")
        assert opened.rows[-2].endswith(" a turn like #14, or 50%")
        assert opened.foot == " go to 9:99"
        await opened.resize(24, 24)
        assert opened.rows[-2].endswith("…")
        assert opened.foot == " go to 9:99"
        await opened.resize(60, 8)
        assert opened.rows[-2].endswith("…")
        assert opened.rows[-3].strip() == ""
        assert opened.foot == " go to 9:99"


async def test_why_nothing_is_kept_stands_before_a_long_path(open_app: Open, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    path = tmp_path / "file" / ("long" * 20) / "library.db"
    async with open_app("call_demo_booking", archive=archive(path)) as opened:
        await opened.until(lambda: "not kept on this machine: a part of the path is no directory (" in opened.words)
        await opened.press("m")
        await opened.until(lambda: "marks hold until the program ends: a part of the path is no dire" in opened.words)
    async with open_app(archive=archive(path)) as opened:
        await opened.press("ctrl+o")
        await opened.until(lambda: "not kept on this machine: a part of the path is no directory (" in opened.words)


async def test_the_kinds_of_moments_go_before_start_and_length(open_app: Open) -> None:
    for width, head in (
        (60, " call_demo_trouble  ●   2 errors · 4 slow · 3 silences · +5"),
        (80, " call_demo_trouble  ●          2 errors · 4 slow · 3 silences · 4 cut-offs · +1"),
    ):
        async with open_app("call_demo_trouble", size=(width, 24)) as opened:
            assert opened.head == head
