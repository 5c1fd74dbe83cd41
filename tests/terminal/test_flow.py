"""Flow control: how much may be on its way."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tui.terminal.flow import PATIENCE_S, ROOM, STEP, Flow


def test_little_is_sent_without_a_question() -> None:
    flow = Flow()
    assert not flow.send(STEP - 1, 0.0)
    assert not flow.expects(0.0)


def test_a_terminal_that_never_answered_is_never_waited_for() -> None:
    flow = Flow()
    assert flow.send(STEP, 0.0)
    assert not any(flow.send(ROOM, 0.1) for _ in range(5))
    assert flow.wait_s(0.2) == 0.0


def test_a_terminal_that_answers_is_waited_for() -> None:
    flow = Flow()
    flow.send(STEP, 0.0)
    assert flow.answered()
    assert flow.send(ROOM, 1.0)
    assert flow.wait_s(1.5) == PATIENCE_S - 0.5
    assert flow.answered()
    assert flow.wait_s(1.5) == 0.0


def test_questions_overlap_so_that_a_long_way_does_not_stall() -> None:
    flow = Flow()
    flow.send(STEP, 0.0)
    flow.answered()
    assert [flow.send(STEP // 2, 1.0) for _ in range(4)] == [False, True, False, True]
    assert flow.wait_s(1.0) == 0.0


def test_it_is_closed_once() -> None:
    flow = Flow()
    assert flow.close()
    assert not flow.close()
    assert not flow.send(STEP, 0.0)


def test_a_lost_answer_is_not_waited_for_for_ever() -> None:
    flow = Flow()
    flow.send(STEP, 0.0)
    flow.answered()
    flow.send(ROOM, 1.0)
    assert flow.wait_s(1.0 + PATIENCE_S) == 0.0
    assert not flow.expects(1.0 + PATIENCE_S)
    assert not flow.answered()


def test_an_answer_without_a_question_is_not_ours() -> None:
    assert not Flow().answered()


def test_once_closed_it_asks_nothing() -> None:
    flow = Flow()
    flow.close()
    assert not flow.send(10 * ROOM, 0.0)


STEPS = st.lists(
    st.tuples(st.sampled_from(["send", "answered", "close", "wait_s", "expects"]), st.integers(0, 3 * ROOM)),
    max_size=40,
)


@given(STEPS)
def test_it_bears_any_course_of_events(steps: list[tuple[str, int]]) -> None:
    flow, now_s = Flow(), 0.0
    for step, number in steps:
        now_s += number / 2000
        match step:
            case "send":
                flow.send(number, now_s)
            case "answered":
                flow.answered()
            case "close":
                flow.close()
            case "wait_s":
                assert 0 <= flow.wait_s(now_s) <= PATIENCE_S
            case _:
                flow.expects(now_s)


def test_once_closed_it_waits_for_no_answer_to_what_it_does_not_ask() -> None:
    flow = Flow()
    flow.send(STEP, 0.0)
    flow.answered()
    flow.close()
    flow.send(2 * ROOM, 1.0)
    assert flow.wait_s(1.0) == 0.0
