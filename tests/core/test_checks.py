"""Limits against calls that can be counted on one's fingers."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.core.timing.calls import Spoken, call
from tui.core.checks import COUNT_LIMITS, FIXED_LIMITS, TIME_LIMITS, Outcome, Verdict, make_checks
from tui.core.errors import UsageError
from tui.core.transcript import Role, Transcript, Turn

TALK: tuple[Spoken, ...] = (
    ("u", 0, 1000), ("a", 1800, 3000), ("u", 2600, 4000), ("a", 3500, 6000), ("u", 6000, 7000), ("a", 8501, 9000),
    ("a", 11_000, 12_000), ("u", 11_500, 13_000), ("u", 15_900, 16_000),
)  # fmt: skip
"""Responses of 800, -500 and 1,501 ms; silences up to 2,900 ms; the user cuts in twice, the assistant once."""


def judge(name: str, limit: int, *spoken: Spoken, role: Role | None = None, is_strict: bool = False) -> Verdict:
    (verdict,) = make_checks({name: limit}, (), role, is_strict=is_strict).judge(Transcript("c", call(*spoken)))
    return verdict


def words(text: str, *turns: tuple[str, str], name: str = "contains", role: Role | None = None) -> Verdict:
    said = [Turn(place, speaker, spoken) for place, (speaker, spoken) in enumerate(turns)]
    (verdict,) = make_checks({}, [(name, text)], role).judge(Transcript("c", said))
    return verdict


@pytest.mark.parametrize(
    ("name", "value", "turn"),
    [
        ("max-response", 1501, 5),
        ("max-response-p50", 800, 1),
        ("max-response-p95", 1501, 5),
        ("bands", 1501, 5),
        ("max-silence", 2900, 8),
        ("max-stop", 500, 7),
        ("max-interruptions", 3, 7),
    ],
)
def test_a_limit_is_inclusive(name: str, value: int, turn: int) -> None:
    at, below = judge(name, value, *TALK), judge(name, value - 1, *TALK)
    assert (at.figure.value, at.figure.turn, at.outcome) == (value, turn, Outcome.PASS)
    assert (below.figure.value, below.outcome) == (value, Outcome.FAIL)


def test_responses_are_those_of_the_assistant() -> None:
    assert judge("max-response", 9, ("a", 0, 10), ("u", 5000, 5010), ("a", 5010, 5020)).figure.value == 0


def test_the_longest_silence_may_be_no_moment() -> None:
    assert judge("max-silence", 0, ("a", 0, 10), ("a", 12, 20), ("u", 21, 22)).figure[:2] == (2, 1)


def test_without_silence_or_cut_every_limit_holds() -> None:
    for name in ("max-silence", "max-stop"):
        verdict = judge(name, 0, ("u", 0, 10), ("a", 10, 20), is_strict=True)
        assert (verdict.outcome, verdict.figure.value) == (Outcome.PASS, None)


@pytest.mark.parametrize(("role", "count"), [(None, 3), (Role.USER, 2), (Role.ASSISTANT, 1)])
def test_interruptions_are_those_of_the_side(role: Role | None, count: int) -> None:
    assert judge("max-interruptions", 0, *TALK, role=role).figure.value == count


def test_the_interruption_that_is_too_many_is_shown() -> None:
    assert [judge("max-interruptions", limit, *TALK).figure.turn for limit in (0, 1, 2, 9)] == [2, 3, 7, 7]


def test_the_stop_is_that_of_the_assistant_alone() -> None:
    spoken: tuple[Spoken, ...] = (("u", 0, 3000), ("a", 1000, 4000), ("u", 3500, 5000))
    assert judge("max-stop", 0, *spoken).figure[:2] == (500, 2)


@pytest.mark.parametrize(("over_ms", "user_ends_ms"), [(250, 12_000), (1, 12_000), (501, 9_990)])
def test_a_stop_counts_however_short_a_backchannel_does_not(over_ms: int, user_ends_ms: int) -> None:
    begins_ms = min(10_000 - over_ms, user_ends_ms - over_ms)
    spoken: tuple[Spoken, ...] = (("a", 0, 10_000), ("u", begins_ms, user_ends_ms))
    assert judge("max-stop", over_ms - 1, *spoken).outcome is Outcome.FAIL
    assert judge("max-stop", over_ms, *spoken).figure[:2] == (over_ms, 1)
    assert judge("max-stop", 0, ("a", 0, 10_000), ("u", 9_000, 9_500)).outcome is Outcome.PASS


@pytest.mark.parametrize(("ms", "band"), [(799, "good"), (800, "fair"), (1500, "fair"), (1501, "slow")])
def test_bands_are_named(ms: int, band: str) -> None:
    verdict = judge("bands", FIXED_LIMITS["bands"], ("u", 0, 10), ("a", 10 + ms, 9000))
    assert (verdict.figure.note, verdict.outcome is Outcome.FAIL) == (band, band == "slow")


@pytest.mark.parametrize("name", [*TIME_LIMITS, "max-interruptions"])
@pytest.mark.parametrize(("is_strict", "outcome"), [(False, Outcome.UNKNOWN), (True, Outcome.FAIL)])
def test_without_times_all_times_are_unknown(name: str, is_strict: bool, outcome: Outcome) -> None:
    verdict = judge(name, 10**9, ("u", 0, None), ("a", None, 5), is_strict=is_strict)
    assert (verdict.outcome, verdict.figure.value, verdict.figure.note) == (outcome, None, "no times")


@pytest.mark.parametrize("name", ["max-response", "max-response-p50", "max-response-p95", "bands"])
def test_a_response_that_never_comes_is_unknown(name: str) -> None:
    assert judge(name, 10**9, ("a", 0, 10), ("u", 20, 30)).outcome is Outcome.UNKNOWN


def test_errors_need_no_times_and_are_of_all_sides() -> None:
    turns = call(("u", None, None), ("t", None, None))
    turns[1] = replace(turns[1], extra={"is_error": True})
    checks = make_checks({"no-errors": 0}, is_strict=True)
    assert [verdict.figure[:2] for verdict in checks.judge(Transcript("c", turns))] == [(1, 1)]
    assert checks.judge(Transcript("c", turns[:1]))[0].outcome is Outcome.PASS


def test_words_match_as_in_the_find() -> None:
    turn = ("user", "It’s a\nREFUND, café")
    for text in ("it's a refund", "refund", "REFUND", "cafe\u0301"):
        assert words(text, turn).outcome is Outcome.PASS
    for text in ("Refund", "refunds", "cafe"):
        assert words(text, turn).outcome is Outcome.FAIL


@pytest.mark.parametrize(
    ("name", "text", "value", "turn", "passes"),
    [
        ("contains", "fund", 2, 1, True),
        ("contains", "no such", 0, None, False),
        ("not-contains", "fund", 2, 1, False),
        ("not-contains", "re: fund", 0, None, True),
        ("regex", "^re.und$", 1, 1, True),
        ("regex", "^fund", 0, None, False),
        ("not-regex", "f.nd", 2, 1, False),
        ("not-regex", r"\d", 0, None, True),
    ],
)
def test_words_are_wanted_or_not_in_any_one_turn(
    name: str, text: str, value: int, turn: int | None, passes: bool
) -> None:
    verdict = words(text, ("user", "re"), ("user", "refund"), ("assistant", "a fund"), ("tool", "fund"), name=name)
    assert (verdict.figure[:2], verdict.outcome is Outcome.PASS) == ((value, turn), passes)


def test_words_are_those_of_the_side() -> None:
    turns = (("user", "yes"), ("agent", "no"), ("system", "yes no"))
    for role, (yes, no) in {Role.USER: (0, None), Role.ASSISTANT: (None, 1), None: (0, 1)}.items():
        assert [words(text, *turns, role=role).figure.turn for text in ("yes", "no")] == [yes, no]


def test_a_plain_text_has_words_and_no_sides() -> None:
    transcript = Transcript("c", plain="Agent: hello\x1b[31m")
    plain, sided = (make_checks({"no-errors": 0}, [("contains", "hello")], role) for role in (None, Role.USER))
    outcomes = [verdict.outcome for checks in (plain, sided) for verdict in checks.judge(transcript)]
    assert outcomes == [Outcome.UNKNOWN, Outcome.PASS, Outcome.UNKNOWN, Outcome.UNKNOWN]


def test_invalid_checks_are_refused() -> None:
    for said in ([], [("contains", "")], [("regex", "")], [("regex", "(")], [("not-regex", "a{9999}{9999}")]):
        with pytest.raises(UsageError):
            make_checks(dict.fromkeys((*TIME_LIMITS, *COUNT_LIMITS)), said)


def test_an_assistant_that_never_stops_for_the_user_is_beyond_the_limit() -> None:
    verdict = judge("max-stop", 100, ("a", 0, 10_000), ("u", 2_000, 6_000))
    assert (verdict.outcome, verdict.figure.value, verdict.figure.turn) == (Outcome.FAIL, 4_000, 1)
    assert judge("max-stop", 100, ("a", 0, 10_000), ("u", 2_000, 2_500)).outcome is Outcome.PASS  # a backchannel
