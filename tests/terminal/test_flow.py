"""Flow control: how much may be on its way."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.terminal.flow import FAR_PACE_S, PATIENCE_S, ROOM, STEP, Flow, pace_s


def test_small_output_asks_no_question() -> None:
    flow = Flow()
    assert not flow.send(STEP - 1, 0.0)
    assert not flow.expects(0.0)


def test_output_never_waits_for_a_terminal_that_never_answered() -> None:
    flow = Flow()
    assert flow.send(STEP, 0.0)
    assert not any(flow.send(ROOM, 0.1) for _ in range(5))
    assert flow.wait_s(0.2) == 0.0


def test_output_waits_for_a_terminal_that_answers() -> None:
    flow = Flow()
    flow.send(STEP, 0.0)
    assert flow.answered()
    assert flow.send(ROOM, 1.0)
    assert flow.wait_s(1.5) == PATIENCE_S - 0.5
    assert flow.answered()
    assert flow.wait_s(1.5) == 0.0


def test_questions_overlap_so_latency_does_not_stall_output() -> None:
    flow = Flow()
    flow.send(STEP, 0.0)
    flow.answered()
    assert [flow.send(STEP // 2, 1.0) for _ in range(4)] == [False, True, False, True]
    assert flow.wait_s(1.0) == 0.0


def test_closing_twice_returns_false() -> None:
    flow = Flow()
    assert flow.close()
    assert not flow.close()
    assert not flow.send(STEP, 0.0)


def test_waiting_for_a_lost_answer_times_out() -> None:
    flow = Flow()
    flow.send(STEP, 0.0)
    flow.answered()
    flow.send(ROOM, 1.0)
    assert flow.wait_s(1.0 + PATIENCE_S) == 0.0
    assert not flow.expects(1.0 + PATIENCE_S)
    assert not flow.answered()


def test_an_unexpected_answer_is_rejected() -> None:
    assert not Flow().answered()


def test_no_questions_after_close() -> None:
    flow = Flow()
    flow.close()
    assert not flow.send(10 * ROOM, 0.0)


STEPS = st.lists(
    st.tuples(st.sampled_from(["send", "answered", "close", "wait_s", "expects"]), st.integers(0, 3 * ROOM)),
    max_size=40,
)


@given(STEPS)
def test_any_sequence_of_events_keeps_the_invariants(steps: list[tuple[str, int]]) -> None:
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


def test_no_waiting_after_close() -> None:
    flow = Flow()
    flow.send(STEP, 0.0)
    flow.answered()
    flow.close()
    flow.send(2 * ROOM, 1.0)
    assert flow.wait_s(1.0) == 0.0


def test_a_paced_picture_waits_for_the_one_before() -> None:
    flow = Flow(pace_s=0.1)
    assert flow.wait_s(50.0) == 0
    flow.send(10, 50.0)
    assert flow.wait_s(50.04) == pytest.approx(0.06)
    assert flow.wait_s(50.1) == 0
    flow.send(10, 50.1)
    flow.close()
    assert flow.wait_s(50.1) == 0, "the end waits for no pace"


@pytest.mark.parametrize(
    ("environ", "is_paced"),
    [
        ({"TMUX": "/tmp/tmux-0/default,1,0", "SSH_CONNECTION": "::1 1 ::1 22"}, True),
        ({"STY": "1.pts-0.host", "SSH_TTY": "/dev/pts/0"}, True),
        ({"TMUX": "/tmp/tmux-0/default,1,0"}, False),
        ({"SSH_CONNECTION": "::1 1 ::1 22", "TERM": "tmux-256color"}, False),
        ({}, False),
    ],
)
def test_only_a_multiplexer_on_the_far_end_of_ssh_is_paced(environ: dict[str, str], is_paced: bool) -> None:
    assert pace_s(environ) == (FAR_PACE_S if is_paced else 0)
