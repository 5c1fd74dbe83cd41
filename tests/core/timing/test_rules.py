"""Each rule by an example that can be counted on one's fingers, and the cases at its edge."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.timing.calls import Spoken, call
from tui.core.timing import Moment, MomentKind, Timing, measure
from tui.core.timing.figures import Response
from tui.core.timing.intervals import OtherTurns
from tui.core.transcript import Role, Turn


def kinds(timing: Timing) -> list[tuple[str, int, int | None, int | None]]:
    return [(moment.kind.value, moment.turn, moment.start_ms, moment.ms) for moment in timing.moments]


def test_each_turn_is_nested_continuing_or_change() -> None:
    timing = measure(
        call(
            ("u", 0, 1000), ("a", 200, 1000), ("u", 900, 1200), ("a", 1200, 1300), ("a", 1250, 1300), ("a", 1290, 1400)
        )
    )
    assert kinds(timing) == [("talked_over", 1, 200, 800)]
    assert [answer[:3] for answer in timing.assistant.response.answers] == [(3, 0, 0)]
    assert timing.user.response.n == 0
    assert (timing.user.longest_monologue, timing.assistant.longest_monologue) == ((0, 2, 1200), (3, 5, 200))


def test_response_latencies_are_the_unclamped_offsets_of_changes() -> None:
    timing = measure(call(("u", 0, 1000), ("a", 1600, 3000), ("u", 2800, 4000), ("a", 4000, 5000), ("a", 9000, 9500)))
    assert [answer[:3] for answer in timing.assistant.response.answers] == [(1, 600, 0), (3, 0, 0)]
    assert [answer[:3] for answer in timing.user.response.answers] == [(2, -200, 0)]


def test_a_nested_backchannel_makes_no_silence_behind_it() -> None:
    timing = measure(call(("a", 0, 10_000), ("u", 2000, 2400), ("a", 10_100, 11_000)))
    assert (timing.backchannels, timing.silence_ms, timing.moments) == (1, 100, ())
    assert timing.user.response.n == 0


@pytest.mark.parametrize(
    ("n", "p50", "p95"), [(0, None, None), (1, 1, 1), (2, 1, 2), (3, 2, 3), (19, 10, 19), (20, 10, 19), (21, 11, 20)]
)
def test_percentiles_by_nearest_rank(n: int, p50: int | None, p95: int | None) -> None:
    response = Response((list(range(n)), list(range(n, 0, -1)), [0] * n), OtherTurns([]))
    assert (response.percentile_ms(50), response.percentile_ms(95)) == (p50, p95)
    assert response.percentile_ms(100) == (n or None)


def test_an_answer_above_1500_ms_is_slow() -> None:
    timing = measure(call(("u", 0, 1000), ("a", 2500, 3000), ("u", 3000, 4000), ("a", 5501, 6000)))
    assert kinds(timing) == [("slow_answer", 3, 4000, 1501)]
    assert timing.assistant.response.slow == 1


def test_a_slow_user_is_a_silence_from_3000_ms_on() -> None:
    timing = measure(
        call(("a", 0, 1000), ("u", 3999, 5000), ("a", 5000, 6000), ("u", 9000, 9500), ("u", 12_500, 13_000))
    )
    assert kinds(timing) == [("silence", 3, 6000, 3000), ("silence", 4, 9500, 3000)]


def test_the_least_length_of_a_silence_can_be_set() -> None:
    turns = call(("a", 0, 1000), ("a", 3000, 4000))
    assert (kinds(measure(turns)), kinds(measure(turns, 2000))) == ([], [("silence", 1, 1000, 2000)])


@pytest.mark.parametrize(
    ("silence_ms", "shown"),
    [(1000, [1000, 1600, 2000]), (1001, [1600, 2000]), (2000, [2000]), (3000, [2000]), (9000, [2000])],
)
def test_a_silence_has_a_line_from_two_seconds_or_the_setting_on(silence_ms: int, shown: list[int]) -> None:
    spoken = ("u", 0, 1000), ("u", 1999, 3000), ("u", 4000, 5000), ("a", 6600, 7000), ("u", 9000, 9500)
    timing = measure(call(*spoken), silence_ms)
    assert [silence.ms for silence in timing.silences] == shown
    assert silence_ms > 2000 or {moment.turn for moment in timing.moments if moment.kind is MomentKind.SILENCE} <= {
        silence.turn for silence in timing.silences
    }


def test_the_time_of_tools_is_the_union_within_the_silence() -> None:
    tools: tuple[Spoken, ...] = (("t", 500, 1200), ("t", 1100, 1500), ("s", 2800, 9000), ("t", 1300, 1300))
    timing = measure(call(("u", 0, 1000), *tools, ("a", 3000, 4000), ("u", 5000, 6000)))
    assert timing.moments == (Moment(MomentKind.SLOW_ANSWER, 5, 1000, 2000, Role.ASSISTANT, 700, are_tools=False),)
    assert timing.user.response.answers[0][2:] == (1000, False)
    assert (timing.turns, timing.timed, timing.other, timing.untimed) == (7, 3, 4, 0)


@pytest.mark.parametrize(
    ("others", "are_tools"),
    [
        ([], True),
        ([("t", 1000, 2000)], True),
        ([("t", 1000, 2000), ("s", 2500, 2501)], False),
        ([("t", 1000, 2000), ("s", 0, 1000), ("s", 3000, 4000), ("s", 1500, None)], True),
    ],
)
def test_who_fills_a_silence_depends_on_the_turns_within_it(others: list[Spoken], are_tools: bool) -> None:
    timing = measure(call(("u", 0, 1000), *others, ("a", 3000, 4000)))
    assert [moment.are_tools for moment in timing.moments] == [are_tools]
    assert [answer.are_tools for answer in timing.assistant.response.answers] == [are_tools]


def test_an_overlap_above_300_ms_that_changes_the_floor_interrupts() -> None:
    timing = measure(call(("a", 0, 2000), ("u", 1700, 3000), ("a", 2699, 4000)))
    assert timing.moments == (Moment(MomentKind.INTERRUPTION, 2, 2699, 301, Role.ASSISTANT, cut_turn=1),)


def test_a_nested_turn_above_500_ms_is_talked_over() -> None:
    timing = measure(call(("a", 0, 5000), ("u", 1000, 1501), ("a", 1000, 4000), ("u", 4500, 5000)))
    assert timing.moments == (Moment(MomentKind.TALKED_OVER, 1, 1000, 501, Role.USER),)
    assert timing.backchannels == 1


def test_talk_is_a_union_with_shares_of_talk_and_call() -> None:
    timing = measure(call(("u", 0, 1000), ("u", 500, 2000), ("a", 1500, 3500), ("a", 4000, 5000)))
    assert (timing.user.talk_ms, timing.assistant.talk_ms) == (2000, 3000)
    assert (timing.user.share_of_talk, timing.assistant.share_of_talk) == (0.4, 0.6)
    assert (timing.overlap_ms, timing.silence_ms, timing.first_start_ms, timing.last_end_ms) == (500, 500, 0, 5000)
    shares = [timing.share_of_call(timing.user, duration_ms) for duration_ms in (None, 6000, 0)]
    assert shares == [0.4, 0.333, None]


def test_first_word_is_the_first_start_of_the_assistant() -> None:
    assert measure(call(("u", 0, 10), ("a", 700, 800), ("a", 600, 650))).first_word_ms == 600
    assert measure(call(("u", 0, 10))).first_word_ms is None


def test_a_rate_needs_15_s_that_are_not_doubtful() -> None:
    def rate(*spoken: Spoken, text: str = "a b c d") -> int | None:
        return measure(call(*spoken, text=text)).user.words_per_minute

    assert (rate(("u", 0, 14_999)), rate(("u", 0, 15_000))) == (None, 16)
    assert rate(("u", 0, 15_000), ("u", 15_000, 15_599)) == 16
    assert rate(("u", 0, 15_000), ("u", 15_000, 15_600)) == 31
    assert rate(("u", 0, 15_000), text=" a\tb\n\nc\u3000d ") == 16
    for text in ("你好 吗", "これは", "สวัสดี", "ສະບາຍດີ", "ជំរាបសួរ"):
        assert rate(("u", 0, 15_000), text=text) is None
    assert rate(("u", 0, 15_000), text="안녕하세요 여러분 é") == 12


def test_doubtful_turns_are_faster_than_400_words_a_minute() -> None:
    texts = {"a b": 0, "a b c": 1, "a b c d": 1}
    assert {text: measure(call(("u", 0, 449), text=text)).doubtful for text in texts} == texts
    assert measure(call(("u", 0, 450), text="a b c")).doubtful == 0


def test_any_white_space_separates_words() -> None:
    spaces = [chr(code) for code in range(0x110000) if chr(code).isspace()]
    counted = [measure(call(("u", 0, 449), text=f"a{space}b{space}c")).doubtful for space in spaces]
    assert counted == [1] * len(spaces)
    assert measure(call(("u", 0, 449), text=" a  b ")).doubtful == 0


def test_a_long_unordered_call_equals_the_ordered_one() -> None:
    spoken: list[Spoken] = [("ua"[place % 2], place * 700, place * 700 + 650) for place in range(2500)]
    turns, backwards = call(*spoken), call(*reversed(spoken))
    assert measure(backwards).unordered == 2499
    assert kinds(measure(backwards)) == kinds(measure(turns))
    assert measure(backwards).silence_ms == measure(turns).silence_ms


def test_of_equal_longest_turns_the_first_by_start_counts() -> None:
    timing = measure(call(("u", 5000, 6000), ("u", 2000, 3000), ("u", 0, 999)))
    assert timing.user.longest_turn == (1, 1000)
    assert (timing.unordered, timing.assistant.longest_turn) == (2, None)


def test_a_change_or_a_long_pause_ends_a_monologue() -> None:
    timing = measure(
        call(
            ("a", 0, 1000), ("u", 400, 900), ("a", 2499, 3000), ("a", 4500, 6000), ("u", 5900, 6100), ("a", 7000, 9000)
        )
    )
    assert timing.assistant.longest_monologue == (0, 2, 3000)
    assert timing.user.longest_monologue == (4, 4, 200)


def test_other_names_of_a_role_belong_to_its_side() -> None:
    timing = measure(call(("c", 0, 1000), ("A", 1500, 2000)))
    assert (timing.user.turns, timing.assistant.turns) == (1, 1)


def test_unordered_turns_start_before_any_turn_sent_earlier() -> None:
    assert measure(call(("u", 3000, 3100), ("a", 1000, 1100), ("a", 2000, 2100), ("u", 3000, 3200))).unordered == 2


@pytest.mark.parametrize(
    "spoken", [(), (("u", None, None),), (("u", 5, 5),), (("u", 9, 5),), (("a", -1, 5),), (("t", 0, 9),)]
)
def test_a_call_without_timed_turns_has_no_figures(spoken: tuple[Spoken, ...]) -> None:
    timing = measure(call(*spoken))
    known = (timing.first_start_ms, timing.last_end_ms, timing.first_word_ms, timing.overlap_ms, timing.silence_ms)
    assert (timing.timed, known, timing.moments) == (0, (None,) * 5, ())
    for side in (timing.user, timing.assistant):
        assert (side.talk_ms, side.share_of_talk, timing.share_of_call(side, 9000)) == (None, None, None)


def test_one_turn_is_no_change() -> None:
    timing = measure(call(("u", 100, 600)))
    assert (timing.user.response.n, timing.silence_ms, timing.overlap_ms, timing.last_end_ms) == (0, 0, 0, 600)
    assert timing.user.longest_monologue == (0, 0, 500)
    assert (timing.user.share_of_talk, timing.assistant.share_of_talk, timing.assistant.talk_ms) == (1.0, 0.0, 0)


def test_of_equal_starts_the_first_sent_comes_first() -> None:
    timing = measure(call(("a", 0, 1000), ("u", 0, 1400)))
    assert timing.moments == (Moment(MomentKind.INTERRUPTION, 1, 0, 1000, Role.USER, cut_turn=0),)
    assert measure(call(("u", 0, 1400), ("a", 0, 1000))).moments[0].kind is MomentKind.TALKED_OVER


ERRORS = [
    {"is_error": True},
    {"error": "no such parcel"},
    {"tool_calls": [{"name": "track", "error": "offline"}]},
    {"tool_call": {"function": {"name": "track", "status": "failed"}}},
    {"content": [{"type": "tool_result", "is_error": True}]},
    {"tool_calls": [{"name": "track", "status": " FAILED "}]},
    {"tool_calls": [{"name": "track", "status": "timeout"}]},
    {"tool_calls": [{"name": "track", "success": False}]},
    {"is_error": "true"},
]


@pytest.mark.parametrize("extra", ERRORS)
def test_a_turn_that_reports_an_error_is_one(extra: dict[str, object]) -> None:
    turns = [Turn(0, "assistant", "hm", 0, 900, extra, text_key="content")]
    assert measure(turns).moments == (Moment(MomentKind.ERROR, 0, 0, None, Role.ASSISTANT),)


@pytest.mark.parametrize(
    "extra",
    [
        {"is_error": False},
        {"is_error": "false"},
        {"error": None},
        {"error": " "},
        {"status": "failed"},
        {"tool_calls": [{"name": "track"}, 5]},
        {"tool_calls": [{"name": "track", "status": "completed", "success": True, "is_error": "False"}]},
    ],
)
def test_a_turn_without_an_error_report_is_none(extra: dict[str, object]) -> None:
    assert measure([Turn(0, "assistant", "hm", 0, 900, extra)]).moments == ()


def test_a_tool_turn_whose_status_is_failed_is_an_error() -> None:
    turns = [Turn(0, "tool", "", extra={"name": "track", "result": {}, "status": "failed"})]
    assert measure(turns).moments == (Moment(MomentKind.ERROR, 0, None, None, Role.OTHER),)


def test_an_error_without_a_start_follows_the_previous_turn() -> None:
    turns = call(("u", 0, 1000), ("a", 3000, 4000), ("t", None, None), ("u", 7500, 8000))
    turns[2] = Turn(2, "tool", "", extra={"is_error": True})
    assert kinds(measure(turns)) == [
        ("slow_answer", 1, 1000, 2000), ("error", 2, None, None), ("silence", 3, 4000, 3500),
    ]  # fmt: skip


@pytest.mark.parametrize("end_ms", [None, 1500, 700])
def test_an_error_has_the_start_of_its_turn_however_long_that_is(end_ms: int | None) -> None:
    turns = call(("u", 0, 1000), ("t", 1500, end_ms), ("u", 2000, 3000))
    turns[1] = replace(turns[1], extra={"is_error": True})
    assert kinds(measure(turns)) == [("error", 1, 1500, None)]


def test_a_negative_start_of_an_error_is_none() -> None:
    assert kinds(measure([Turn(0, "tool", "", -5, 10, {"is_error": True})])) == [("error", 0, None, None)]


def test_a_call_without_times_has_only_errors() -> None:
    turns = [Turn(0, "user", "a"), Turn(1, "tool", "", extra={"error": "x"}), Turn(2, "tool", "", extra={"error": "y"})]
    assert kinds(measure(turns)) == [("error", 1, None, None), ("error", 2, None, None)]
