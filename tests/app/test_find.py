"""Finding, as the user meets it."""

from __future__ import annotations

import threading
import time
from itertools import count, repeat

import pytest
from textual import events

from tests.app.conftest import Open, Opened, body, said
from tests.faults import FaultServer, answer, says
from tui.core.search import corpus
from tui.keys import key_word
from tui.screens import analysis, find_bar
from tui.screens.find_bar import FindBar
from tui.screens.foot import Foot
from tui.screens.transcript import TranscriptScreen
from tui.terminal import typeahead
from tui.widgets.ask_bar import AskBar

TURNS = [said(f"line {number} of the call", start_ms=1000 * number) for number in range(60)]
FACES = {3: "a Refund please", 20: "refund, refund", 41: "no refunds"}
CALL = {"c1": body([said(FACES[n], start_ms=1000 * n) if n in FACES else turn for n, turn in enumerate(TURNS)])}


async def find(opened: Opened, pattern: str) -> None:
    await opened.press("slash")
    await opened.paste(pattern)


def place(opened: Opened) -> int:
    """The current turn, counted from 1."""
    return opened.view.current + 1


def press_at_once(opened: Opened, *keys: str) -> None:
    for key in keys:
        opened.app.post_message(events.Key(key, key_word(key) if len(key_word(key)) == 1 else None))


async def test_a_failed_import_ahead_of_it_ends_nothing(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    failed = threading.Event()

    def fails() -> None:
        failed.set()
        raise ImportError("gone while the package is upgraded")

    monkeypatch.setattr("tui.app._import_for_first_find", fails)
    async with open_app("c1", calls=CALL) as opened:
        await opened.until(failed.is_set)
        await opened.until(lambda: not opened.app.workers)
        await find(opened, "refunds")
        assert opened.foot.endswith("1/1")


async def test_it_finds_as_one_types(open_app: Open) -> None:
    async with open_app("c1", calls=CALL) as opened:
        await opened.press("slash", "r", "e")
        assert opened.foot.startswith(" / re")
        assert opened.foot.endswith("1/4")
        assert place(opened) == 4
        await opened.press("f", "u", "n", "d", "s")
        assert opened.foot.endswith("1/1")
        assert place(opened) == 42
        await opened.press("backspace")
        assert place(opened) == 4


async def test_a_capital_makes_case_matter(open_app: Open) -> None:
    async with open_app("c1", calls=CALL) as opened:
        for pattern, count in {"refund": "1/4", "Refund": "1/1", "REFUND": "0 – 4 without the capital"}.items():
            await find(opened, pattern)
            assert opened.foot.removeprefix(f" / {pattern}").strip() == count
            await opened.press("ctrl+u")
            assert opened.foot == " / find"
            await opened.press("escape")


async def test_enter_keeps_the_find_and_n_wraps_around(open_app: Open) -> None:
    async with open_app("c1", calls=CALL) as opened:
        await find(opened, "refund")
        await opened.press("enter")
        assert not opened.only(FindBar).display
        steps = []
        for key in ("n", "n", "n", "n", "N", "N"):
            await opened.press(key)
            steps.append((opened.foot.split()[2], place(opened)))
        assert steps == [("2/4", 21), ("3/4", 21), ("4/4", 42), ("1/4", 4), ("4/4", 42), ("3/4", 21)]


@pytest.mark.exhaustive
@pytest.mark.parametrize("pattern", ["refund", "line", "line 7", "nowhere"])
@pytest.mark.parametrize(
    "behind",
    ["N", "n", "gn", "gN", "Gn", "GN", "kN", "jN", "GkkkN", "j", "&", "&j", "nnn&G", "y"],
    ids=lambda keys: f"then {keys}",
)
async def test_keys_behind_a_find_act_on_its_hits_however_long_it_takes(
    open_app: Open, monkeypatch: pytest.MonkeyPatch, pattern: str, behind: str
) -> None:
    monkeypatch.setattr(corpus, "SLICE_S", 0.0)  # each turn is a step
    keys = ["slash", *pattern, "enter", *behind]
    seen = []
    for at_once in (False, True):
        async with open_app("c1", calls=CALL) as opened:
            await opened.press("ctrl+g", *"#30", "enter")
            for some in [keys] if at_once else [[key] for key in keys]:
                press_at_once(opened, *some)
                await opened.settle()
            seen.append((place(opened), opened.rows))
    assert seen[0] == seen[1]


async def test_up_and_down_step_while_one_types(open_app: Open) -> None:
    async with open_app("c1", calls=CALL) as opened:
        await find(opened, "refund")
        await opened.press("down")
        assert opened.foot.endswith("2/4")
        await opened.press("up", "up")
        assert opened.foot.endswith("4/4")
        assert opened.only(FindBar).value == "refund"


async def test_a_notice_gives_way_to_the_count(open_app: Open) -> None:
    async with open_app("c1", calls=CALL) as opened:
        await find(opened, "refund")
        await opened.press("enter", "y")
        assert "sent to the clipboard" in opened.foot
        await opened.press("n")
        assert opened.foot.startswith(" / refund  2/4")
        await opened.press("y", "N")
        assert opened.foot.startswith(" / refund  1/4")


async def test_it_begins_where_the_reader_is(open_app: Open) -> None:
    async with open_app("c1#turn=30", calls=CALL) as opened:
        await find(opened, "refund")
        assert place(opened) == 42
        assert opened.foot.endswith("4/4")


async def test_escape_leads_back_to_the_place_before(open_app: Open) -> None:
    async with open_app("c1#turn=10", calls=CALL) as opened:
        await opened.press("j")
        before = opened.rows
        await find(opened, "refund")
        assert place(opened) == 21
        await opened.press("escape")
        assert opened.rows == before
        await opened.press("n")
        assert opened.rows[:-1] == before[:-1]


async def test_escape_clears_a_find_that_was_kept_and_stays(open_app: Open) -> None:
    async with open_app("c1", calls=CALL) as opened:
        await find(opened, "refund")
        await opened.press("enter", "n", "escape")
        assert place(opened) == 21
        assert "refund" not in opened.foot
        await opened.press("escape")
        assert opened.app.return_value is None


async def test_a_find_can_be_taken_up_again(open_app: Open) -> None:
    async with open_app("c1", calls=CALL) as opened:
        await find(opened, "refund")
        await opened.press("enter", "slash")
        assert opened.only(FindBar).value == "refund"
        await opened.press("s")
        assert opened.foot.endswith("1/1")


async def test_only_turns_with_a_hit_and_all_again(open_app: Open) -> None:
    async with open_app("c1", calls=CALL) as opened:
        await find(opened, "refund")
        await opened.press("enter", "ampersand")
        assert [row[2:] for row in opened.body if row] == [
            "0:03.0 user a Refund please",
            "0:20.0 user refund, refund",
            "0:41.0 user no refunds",
        ]
        assert opened.foot.startswith(" / refund  1/4 · 3 of 60 turns  ")
        await opened.press("j")
        assert place(opened) == 21
        await opened.press("j", "j")
        assert place(opened) == 42
        await opened.press("ampersand")
        assert place(opened) == 42
        assert "line 40 of the call" in opened.text
        assert opened.foot.startswith(" / refund")


async def test_the_filter_moves_a_reader_who_stands_between_hits(open_app: Open) -> None:
    async with open_app("c1", calls=CALL) as opened:
        await find(opened, "refund")
        await opened.press("enter", "j", "j", "ampersand")
        assert place(opened) == 21
        await opened.press("escape")
        assert place(opened) == 21
        assert "line 21 of the call" in opened.text


async def test_the_filter_shows_turns_around_the_hits(open_app: Open) -> None:
    async with open_app("c1", calls=CALL, size=(80, 50)) as opened:
        await find(opened, "refund")
        await opened.press("enter", "n", "ampersand")
        for key, around in (("2", 2), ("1", 1), ("3", 3)):
            await opened.press(key)
            turns = sorted({turn + beside + 1 for turn in FACES for beside in range(-around, around + 1)})
            assert [opened.view.is_shown(turn - 1) for turn in turns] == [True] * len(turns)
            assert sum(opened.view.is_shown(turn) for turn in range(60)) == len(turns)
            assert opened.foot.startswith(f" / refund  2/4 · 3 of 60 turns, {around} around")
            assert place(opened) == 21
            between = [index for index, row in enumerate(opened.body) if "·· turns left out ··" in row]
            assert len(between) == 2
            assert all(
                opened.body[at + 1].lstrip(" ▌").startswith(("0:17", "0:18", "0:19", "0:38", "0:39", "0:40"))
                for at in between
            )
        await opened.press("j")
        assert place(opened) == 22
        await opened.press("0")
        assert [row[2:] for row in opened.body if row] == [
            "0:03.0 user a Refund please",
            "0:20.0 user refund, refund",
            "0:41.0 user no refunds",
        ]
        assert opened.foot.startswith(" / refund  4 · 3 of 60 turns  ")
        assert place(opened) == 42


async def test_the_foot_shows_the_filter_as_long_as_it_holds(open_app: Open) -> None:
    async with open_app("c1", calls=CALL) as opened:
        await find(opened, "refund")
        await opened.press("enter", "ampersand")
        assert opened.foot.startswith(" / refund  1/4 · 3 of 60 turns   ")
        for key in ("j", "j"):
            await opened.press(key)
            assert opened.foot.startswith(" / refund  4 · 3 of 60 turns   ")
        await opened.press("y", "k")
        assert opened.foot.startswith(" turn 42 sent to the clipboard, 34 bytes   3 of 60 turns")
        await opened.press("2", "j")
        assert opened.foot.startswith(" / refund  4 · 3 of 60 turns, 2 around   turn 22 ")
        await opened.press("ampersand", "j")
        assert opened.foot.startswith(" / refund  4   ")
        await opened.press("ampersand", "escape", "j")
        assert "of 60 turns" not in opened.foot


async def test_the_current_turn_keeps_its_row_in_the_filter(open_app: Open) -> None:
    async with open_app("c1", calls=CALL) as opened:
        await find(opened, "line")
        await opened.press("enter", *"jjjjjjjjjjjjjjj", "ctrl+e", "ctrl+e")
        at = rows_of_current(opened)
        await opened.press("ampersand")
        assert rows_of_current(opened) == at
        await opened.press("1")
        assert rows_of_current(opened) == at
        await opened.press("ampersand")
        assert rows_of_current(opened) == at


async def test_the_filter_returns_to_the_position_before_it(open_app: Open) -> None:
    async with open_app("c1", calls=CALL) as opened:
        await find(opened, "refund")
        await opened.press("enter", "n", "ctrl+e", "ctrl+e")
        before = opened.rows
        await opened.press("ampersand", "2", "j", "k", "ampersand")
        assert opened.rows[1:-1] == before[1:-1]
        assert place(opened) == 21


def rows_of_current(opened: Opened) -> list[int]:
    return [at for at, row in enumerate(opened.body) if row.startswith(("▌", " ▌"))]


@pytest.mark.parametrize("key", ["0", "1", "2", "3"])
async def test_a_number_does_nothing_while_all_turns_are_shown(open_app: Open, key: str) -> None:
    async with open_app("c1", calls=CALL) as opened:
        await opened.press(key)
        assert "around" not in opened.foot
        await find(opened, "refund")
        await opened.press("enter")
        before = opened.rows
        await opened.press(key)
        assert opened.rows == before
        await opened.press("ampersand", "ampersand", key)
        assert opened.rows == before


@pytest.mark.parametrize("key", ["ampersand", "n", "N"])
async def test_a_key_of_the_find_without_one_says_so(open_app: Open, key: str) -> None:
    async with open_app("c1", calls=CALL) as opened:
        before = opened.body
        await opened.press(key)
        assert opened.body == before
        assert opened.foot.startswith(" nothing to find yet: type / and some words")


@pytest.mark.parametrize("key", ["ampersand", "n", "N"])
async def test_a_key_of_the_find_without_hits_says_why(open_app: Open, key: str) -> None:
    async with open_app("c1", calls=CALL) as opened:
        await find(opened, "rEfund")
        await opened.press("enter")
        assert opened.foot.startswith(" / rEfund  0 – 4 without the capital")
        await opened.press(key)
        assert opened.foot.startswith(" no hits – 4 without the capital")
        await opened.press("escape")
        await find(opened, "nowhere")
        await opened.press("enter", key)
        assert opened.foot.startswith(" no hits  ")


LOOK_ALIKES = [
    said("She won’t say “maybe” – ever."),
    said("une cre\u0301me brûlée"),
    said("ＲＯＯＭ　４０７, ﬂoor co‑op"),
    said("first\n   second\xa0third"),
]


@pytest.mark.parametrize(
    ("pattern", "marked"),
    [
        ("won't", "won’t"),
        ('"maybe" - ever', "“maybe” – ever"),
        ("créme", "cre\u0301me"),
        ("cre\u0301me bru\u0302lée", "cre\u0301me brûlée"),
        ("room 407", "ＲＯＯＭ　４０７"),
        ("floor", "ﬂoor"),
        ("co-op", "co‑op"),
        ("second third", "second\xa0third"),
    ],
)
async def test_equivalent_characters_are_found_and_marked(open_app: Open, pattern: str, marked: str) -> None:
    async with open_app("c1", calls={"c1": body(LOOK_ALIKES)}) as opened:
        await find(opened, pattern)
        assert opened.foot.endswith("1/1")
        turn, start, end = opened.view.current_hit or (0, 0, 0)
        assert opened.view.texts[turn][start:end] == marked
        strips = [segment for strip in opened.screen._compositor.render_strips()[2:-2] for segment in strip]
        assert marked in [segment.text for segment in strips if segment.style and segment.style.bgcolor]


async def test_a_hit_goes_over_the_end_of_a_line(open_app: Open) -> None:
    async with open_app("c1", calls={"c1": body(LOOK_ALIKES)}) as opened:
        await find(opened, "first second")
        assert opened.foot.endswith("1/1")


async def test_a_regular_expression_by_ctrl_r_and_back(open_app: Open) -> None:
    async with open_app("c1", calls=CALL) as opened:
        await find(opened, "refund.$")
        assert opened.foot.endswith("  0")
        await opened.press("ctrl+r")
        assert opened.foot.startswith(" / regex refund.$")
        assert opened.foot.endswith("1/1")
        assert place(opened) == 42
        await opened.press("ctrl+r")
        assert opened.foot.startswith(" / refund.$")
        assert opened.foot.endswith("  0")
        assert place(opened) == 1


async def test_an_invalid_expression_is_reported_at_it(open_app: Open) -> None:
    async with open_app("c1", calls=CALL, size=(120, 24)) as opened:
        await opened.press("slash", "ctrl+r")
        for pattern in ("(", "[", "(?P<x>", "a{99999}{99999}"):
            await opened.paste(pattern)
            assert "regular expression" in opened.text
            await opened.press("enter", "n")
            assert place(opened) == 1
            await opened.press("slash", "ctrl+u")


async def test_an_endless_expression_is_stopped(open_app: Open) -> None:
    calls = {"c1": body([said("a" * 5_000 + "b")])}
    async with open_app("c1", calls=calls, size=(120, 24)) as opened:
        await opened.press("slash", "ctrl+r")
        begun = time.process_time()
        await opened.paste("(a+)+$")
        assert "takes too long" in opened.foot
        assert time.process_time() - begun < 3


async def test_ten_megabytes_pasted_into_the_find_are_bounded(open_app: Open) -> None:
    async with open_app("c1", calls=CALL) as opened:
        begun = time.process_time()
        await find(opened, "refund" * 1_700_000)
        assert time.process_time() - begun < 2
        assert len(opened.only(FindBar).value) <= 1_000


async def test_the_query_is_shown_without_markup(open_app: Open) -> None:
    calls = {"c1": body([said("press [red]x[/x] now")])}
    async with open_app("c1", calls=calls) as opened:
        await find(opened, "[red]x[/x]\x1b[2J")
        assert opened.foot.startswith(" / [red]x[/x]␛")
        await opened.press("backspace")
        assert opened.foot.endswith("1/1")
        await opened.press("enter")
        assert opened.foot.startswith(" / [red]x[/x]  1/1")


async def test_a_find_is_repeated_after_a_fetch(open_app: Open) -> None:
    async with open_app("c1", calls=CALL) as opened:
        await find(opened, "refund")
        await opened.press("enter", "n", "r")
        assert place(opened) == 21
        await opened.press("n")
        assert opened.foot.startswith(" / refund  ")
        assert place(opened) == 21


async def test_a_hit_in_a_tall_turn_becomes_visible(open_app: Open) -> None:
    words = " ".join(f"word{number:04}" for number in range(900))
    async with open_app("c1", calls={"c1": body([said("x"), said(words)])}) as opened:
        await find(opened, "word0800")
        assert "word0800" in "\n".join(opened.body)


async def test_a_cancelled_find_returns_after_a_resize(open_app: Open) -> None:
    words = " ".join(f"word{number:04}" for number in range(900))
    async with open_app("c1", calls={"c1": body([said("x"), said(words)])}, size=(60, 20)) as opened:
        await opened.press("G", "slash", "x")
        await opened.resize(200, 50)
        await opened.press("escape")
        assert place(opened) == 2
        assert "word0899" in opened.text


async def test_a_find_continues_in_a_shorter_new_version(open_app: Open) -> None:
    tall = said("tall " * 900)
    long, short = (says(answer(body(turns))) for turns in ([tall, tall], [said("the only turn")]))
    async with (
        FaultServer.following(long, short) as server,
        open_app("c1", base_url=server.base_url, has_record=False) as opened,
    ):
        await opened.press("G", "slash")  # the first row is one in the middle of a turn
        assert isinstance(opened.screen, TranscriptScreen)
        opened.screen.action_refresh_call()
        await opened.until(lambda: "the only turn" in opened.text)
        await opened.press(*"only")
        assert "1/1" in opened.foot
        await opened.press("escape")
        assert "the only turn" in opened.text


async def test_keys_typed_before_the_bar_opens_are_searched(open_app: Open) -> None:
    async with open_app("call_demo_booking") as opened:
        for key in ("slash", *"dental"):
            opened.app.simulate_key(key)  # all at once, as a paste into a terminal or a slow link brings them
        await opened.settle()
        assert opened.app.screen.query_one(FindBar).pattern == "dental"


@pytest.mark.parametrize(
    ("opened_by", "typed", "keys", "foot"),
    [
        ("slash", "dental", ["enter", "g", "j", "j"], "turn 3 of 38"),
        ("slash", "dental", ["escape", "j", "j"], "turn 3 of 38"),
        ("ctrl+g", "#14", ["enter", "j", "j"], "turn 16 of 38"),
        ("ctrl+g", "#14", ["escape", "j", "j"], "turn 3 of 38"),
    ],
)
async def test_keys_after_the_bar_closes_are_commands(
    open_app: Open, opened_by: str, typed: str, keys: list[str], foot: str
) -> None:
    async with open_app("call_demo_booking") as opened:
        await opened.press(opened_by)
        for key in (*typed, *keys):
            opened.app.simulate_key(key)  # all at once, as a slow link brings them
        await opened.until(lambda: foot in opened.foot)


async def test_keys_after_an_error_stay_input(open_app: Open) -> None:
    async with open_app("call_demo_booking") as opened:
        await opened.press("ctrl+g")
        for key in ("x", "enter", "y", "enter", "z"):
            opened.app.simulate_key(key)
        await opened.until(lambda: "go to xyz" in opened.foot)


@pytest.mark.parametrize("bar", ["slash", "ctrl+g"])
@pytest.mark.parametrize("panel", [False, True])
async def test_the_keyboard_stays_in_an_open_bar(open_app: Open, bar: str, panel: bool) -> None:
    async with open_app("call_demo_booking", size=(160, 40)) as opened:
        if panel:
            await opened.press("i", "j")
            opened.view.focus()
        at = place(opened)
        await opened.press(bar, "tab", "e", "shift+tab", "q", "ctrl+y", "ctrl+g", "pagedown", "ctrl+d", "ctrl+e")
        assert opened.only(Foot).query_one(f"#{'find' if bar == 'slash' else 'go-to'}", AskBar).value == "eq"
        assert place(opened) == at
        await opened.press("escape", "j")
        assert place(opened) == at + 1


async def test_an_open_bar_has_the_keyboard_when_a_panel_over_it_closes(open_app: Open) -> None:
    async with open_app("call_demo_booking", size=(160, 40)) as opened:
        await opened.press("i")
        opened.view.focus()
        await opened.press("slash", "d")
        await opened.pilot.resize_terminal(80, 24)  # too narrow for both
        await opened.settle()
        await opened.press("escape", "e")
        assert opened.only(Foot).query_one("#find", AskBar).value == "de"


def test_keys_wait_for_a_search_no_longer_than_for_each_other() -> None:
    assert analysis.PATIENCE_S < typeahead.PATIENCE_S


async def test_keys_behind_an_endless_search_wait_together_not_one_after_the_other(
    open_app: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = count(step=0.01)  # each look at it takes so long
    monkeypatch.setattr(find_bar, "monotonic", lambda: next(clock))
    monkeypatch.setattr(corpus.Corpus, "hits", lambda *_: repeat([]))
    async with open_app("c1", calls=CALL) as opened:
        press_at_once(opened, "slash", "x", "enter", *"n" * 20)
        await opened.until(opened._is_calm)
        assert "still looking" in opened.foot
        assert next(clock) < 3 * analysis.PATIENCE_S
        await opened.press("slash", "escape")


async def test_the_reason_why_an_expression_finds_nothing_stays(open_app: Open) -> None:
    async with open_app("c1", calls=CALL, size=(120, 36)) as opened:
        await opened.press("slash", "ctrl+r")
        await opened.paste("refund[")
        assert "not a regular expression" in opened.rows[-2]
        await opened.press("enter")
        assert "not a regular expression" in opened.foot
        await opened.press("n")
        assert "not a regular expression" in opened.foot
        await opened.press("slash", "backspace", "enter")
        assert "not a regular expression" not in opened.foot
        assert "1/4" in opened.foot


@pytest.mark.parametrize("size", [(80, 24), (160, 40)])
async def test_the_place_stands_beside_why_an_expression_finds_nothing(open_app: Open, size: tuple[int, int]) -> None:
    async with open_app("call_demo_booking", size=size) as opened:
        await opened.press("slash", "ctrl+r")
        await opened.paste("refund[")
        await opened.press("enter", "j")
        assert "unterminated character set at position 7 – correct it, or search for plain words" in opened.words
        assert "turn 2 of 38" in opened.foot


async def test_an_error_goes_as_soon_as_the_next_search_begins(open_app: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    async with open_app("c1", calls=CALL) as opened:
        await opened.press("slash", "ctrl+r")
        await opened.paste("refund[")
        monkeypatch.setattr(corpus.Corpus, "hits", lambda *_: repeat([]))
        await opened.pilot.press("backspace")
        await opened.until(lambda: "regular expression" not in opened.foot)
        await opened.press("escape")
