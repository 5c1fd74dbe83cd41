"""Moments in words."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.core.timing.calls import Spoken, call
from tui.core.layout import Remarks
from tui.core.moment_walk import Reported
from tui.core.remarks import KINDS, CallRemarks, counts, counts_by_kind, describe, doubts, reported_counts, reservations
from tui.core.timing import Moment, MomentKind, measure
from tui.core.transcript import Role, Turn


def remarked(turns: Sequence[Turn]) -> CallRemarks:
    timing = measure(turns)
    remarks = CallRemarks(timing.silences)
    for moment in timing.moments:  # one at a time, as slices may end anywhere
        remarks.take([moment])
    return remarks


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (Moment(MomentKind.SLOW_ANSWER, 1, 0, 3_299, Role.ASSISTANT, 0), "slow answer 3.3 s"),
        (Moment(MomentKind.SLOW_ANSWER, 1, 0, 3_200, Role.ASSISTANT, 2_100), "slow answer 3.2 s, of which tool 2.1 s"),
        (Moment(MomentKind.SLOW_ANSWER, 1, 0, 3_200, Role.ASSISTANT, 49), "slow answer 3.2 s"),
        (
            Moment(MomentKind.SILENCE, 1, 0, 3_200, Role.USER, 900, are_tools=False),
            "silence 3.2 s, of which others 0.9 s",
        ),
        (Moment(MomentKind.SILENCE, 1, 0, 72_400, Role.USER, 0), "silence 1:12.4"),
        (Moment(MomentKind.INTERRUPTION, 1, 0, 600, Role.USER), "user cuts in, cut off after 0.6 s"),
        (Moment(MomentKind.INTERRUPTION, 1, 0, 600, Role.ASSISTANT), "assistant speaks over the user, 0.6 s"),
        (Moment(MomentKind.TALKED_OVER, 1, 0, 1_100, Role.USER), "user talks at the same time, 1.1 s"),
        (Moment(MomentKind.ERROR, 1, None, None, Role.OTHER), "error"),
    ],
)
def test_a_moment_is_told_in_a_few_words(moment: Moment, words: str) -> None:
    assert describe(moment) == words


@pytest.mark.parametrize("kind", MomentKind)
def test_every_kind_of_moment_is_counted_and_has_a_rule(kind: MomentKind) -> None:
    assert counts({kind: 1})
    assert KINDS[kind].rule


def test_moments_are_counted_by_kind() -> None:
    turns = call(("u", 0, 500), ("a", 2_500, 3_000), ("u", 7_000, 8_000), ("a", 11_000, 12_000))
    assert counts(remarked(turns).kinds) == "2 slow · 1 silence"
    assert counts({}) == ""
    kinds = {MomentKind.SLOW_ANSWER: 1, MomentKind.ERROR: 2}
    assert counts(kinds) == "1 slow · 2 errors"
    assert [text for text, _ in counts_by_kind(kinds, errors_first=True)] == ["2 errors", "1 slow"]


def test_how_many_turns_are_too_fast_is_told() -> None:
    assert doubts(measure(call(("u", 1, 100), text="far too many words"))) == ("1 turn is faster than anybody speaks",)
    assert doubts(measure(call(("u", 0, 9_001)))) == ()


WHOLE = "times in whole seconds, ± 1 s"


@pytest.mark.parametrize(
    ("spoken", "words"),
    [
        ([("u", 0, 2_000), ("a", 3_000, 9_000)], (WHOLE,)),
        ([("u", 0, 2_000), ("a", 3_000, None)], ("1 turn has no start and later end", WHOLE)),
        ([("u", 0, 2_000), ("t", 2_000, 2_100), ("a", 3_000, 9_000)], ()),
        ([("u", 0, 2_000), ("a", 3_000, 9_001)], ()),
        ([("u", None, None), ("a", 3_000, None)], ("no turn has a start and a later end",)),
        ([("t", 0, 900), ("a", 3_000, None)], ("no turn of user or assistant has a start and a later end",)),
        ([("u", 500, 700), ("a", 3_000, 4_000), ("u", 1_000, 2_000)], ("1 turn starts before a turn sent earlier",)),
        ([], ()),
    ],
)
def test_what_is_wrong_with_times_is_told_once(spoken: list[Spoken], words: tuple[str, ...]) -> None:
    timing = measure(call(*spoken))
    assert reservations(timing) == words
    assert doubts(timing) == tuple(word for word in words if word == WHOLE)


def test_each_turn_is_remarked_by_the_rules() -> None:
    turns = call(
        ("u", 0, 1_000), ("a", 2_600, 5_000), ("u", 4_400, 7_000), ("a", 5_000, 5_600), ("u", 9_000, 9_500),
        ("a", 12_500, 13_000)
    )  # fmt: skip
    remarks = remarked(turns)
    assert [remarks.of(turn) for turn in range(6)] == [
        Remarks(),
        Remarks(("took 1.6 s", "cut off after 0.6 s"), moments=("took 1.6 s", "cut off after 0.6 s")),
        Remarks(("cuts in",), moments=("cuts in",)),
        Remarks(("at the same time, 0.6 s",), moments=("at the same time, 0.6 s",)),
        Remarks(silence="·· 2.0 s silence ··"),
        Remarks(("took 3.0 s",), "·· 3.0 s silence ··", is_long=True, moments=("took 3.0 s",)),
    ]


def test_the_assistant_speaks_over_the_user_and_an_error_is_one() -> None:
    remarks = remarked(call(("u", 0, 1_000), ("a", 600, 2_000), error="lost"))
    assert [remarks.of(turn).notes for turn in (0, 1)] == [("error",), ("speaks over the user, 0.4 s", "error")]


def test_what_others_report_stands_beside_its_turn() -> None:
    remarks = remarked(call(("u", 0, 500), ("a", 2_500, 3_000)))
    remarks.report([Reported(1, None, f"thing {number}", "Recap") for number in range(5)])
    remarks.report([Reported(0, 10, "barge-in", "Trace"), *(Reported(1, None, f"{n}", "Recap") for n in range(5))])
    assert remarks.of(0).reported == ("trace: barge-in",)
    assert remarks.of(1).reported == ("recap: 0", "recap: 1", "recap: 2", "… and 2 more")
    assert remarks.of(1).notes == ("took 2.0 s",)
    assert reported_counts(remarks.reported_by) == (("5 recap", 5), ("1 trace", 1))
    assert counts(remarks.kinds) == "1 slow"
