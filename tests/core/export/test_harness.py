"""The fixture of PyAI's harness: which turns make an exchange, and what its times count from."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.export.calls import LEGACY, ORDINARY, RECORD
from tests.core.timing.calls import turns_at_random
from tests.core.timing.naive import steps, timed_turns
from tui.core.call import CallDocument
from tui.core.errors import UsageError
from tui.core.export import HARNESS
from tui.core.export.model import Options
from tui.core.record import Call
from tui.core.transcript import Role, Transcript, Turn

USER, AGENT = "user", "assistant"


def fixture(*turns: tuple[Any, ...], options: Options | None = None, **facts: Any) -> dict[str, Any]:
    """The fixture of turns: speaker, text, start, end, further fields."""
    built = tuple(Turn(index, *turn) for index, turn in enumerate(turns))
    rendered = HARNESS.render(CallDocument(Transcript("c1", built), Call("c1", **facts)), options or Options())
    document: dict[str, Any] = json.loads(rendered.text)
    return document


def notes(*turns: tuple[Any, ...]) -> tuple[str, ...]:
    """What is told of the fixture of turns."""
    built = tuple(Turn(index, *turn) for index, turn in enumerate(turns))
    return HARNESS.render(CallDocument(Transcript("c1", built)), Options()).notes


def said(*turns: tuple[Any, ...]) -> list[tuple[str, str]]:
    return [(one["caller_says"], one["agent_text"]) for one in fixture(*turns)["turns"]]


def test_turns_in_a_row_are_one_exchange() -> None:
    assert said((USER, "Hi"), (USER, "there"), (AGENT, "Hello"), (AGENT, "you"), (USER, "Bye"), (AGENT, "Bye")) == [
        ("Hi there", "Hello you"),
        ("Bye", "Bye"),
    ]


def test_an_agent_that_opens_answers_nobody() -> None:
    assert said((AGENT, "Hello"), (USER, "Hi"), (AGENT, "Yes?")) == [("", "Hello"), ("Hi", "Yes?")]


def test_a_last_turn_of_the_caller_has_no_answer() -> None:
    assert said((USER, "Hi"), (AGENT, "Hello"), (USER, "Bye")) == [("Hi", "Hello"), ("Bye", "")]


def test_times_count_from_the_end_of_the_caller() -> None:
    (first,) = fixture((USER, "Hi", 0, 1_000), (AGENT, "Hello", 1_400, 2_000), (AGENT, "you", 2_200, 3_000))["turns"]
    assert (first["ttfb_ms"], first["turn_ms"]) == (400, None)
    assert (first["caller_audio_ms"], first["agent_audio_ms"]) == (1_000, 1_400)


def test_the_latency_is_that_of_the_turn_that_takes_the_floor() -> None:
    first, second = fixture(
        (USER, "Hi", 0, 1_000), (USER, "my parcel", 1_500, 9_000), (AGENT, "mhm", 4_000, 4_300),
        (AGENT, "I see", 14_000, 15_000), (USER, "ok", 14_500, 14_700), (AGENT, "so", 15_200, 16_000),
    )["turns"]  # fmt: skip
    assert (first["ttfb_ms"], second["ttfb_ms"]) == (5_000, None)  # the last turn continues


@given(turns_at_random())
def test_each_latency_stands_in_the_fixture_or_is_counted(turns: list[Turn]) -> None:
    if not any(turn.role in (Role.USER, Role.ASSISTANT) for turn in turns):
        return
    rendered = HARNESS.render(CallDocument(Transcript("c1", turns)), Options())
    told = [one["ttfb_ms"] for one in json.loads(rendered.text)["turns"] if one["ttfb_ms"] is not None]
    latencies = [
        step["offset"] for step in steps(timed_turns(turns)) if (step["kind"], step["side"]) == ("change", AGENT)
    ]
    left_out = [int(note.partition(" ")[0]) for note in rendered.notes if "latenc" in note]
    assert Counter(told) <= Counter(latencies)
    assert len(told) + sum(left_out) == len(latencies)


def test_further_latencies_of_an_exchange_are_counted() -> None:
    turns = (
        (USER, "Hi", 0, 1_000), (AGENT, "Yes?", 1_500, 2_000), (AGENT, "Sure", 5_000, 6_000), (USER, "So", 3_000, 4_000)
    )  # fmt: skip
    assert [one["ttfb_ms"] for one in fixture(*turns)["turns"]] == [500, None]
    assert notes(*turns) == ("1 response latency is left out: a fixture has one for each exchange",)


def test_what_a_third_voice_says_is_counted() -> None:
    called = ("tool", "done", None, None, {"name": "book", "result": "done"})
    assert notes((USER, "Hi"), ("supervisor", "Hm"), called, (AGENT, "Yes?")) == (
        "1 turn of other roles is left out: a fixture has caller and agent alone",
    )
    assert notes((USER, "Hi"), ("system", "Note"), ("supervisor", " "), ("", "Hm"), (AGENT, "Yes?")) == (
        "2 turns of other roles are left out: a fixture has caller and agent alone",
    )
    assert notes((USER, "Hi"), called, (AGENT, "Yes?")) == ()


def test_what_is_unknown_is_null() -> None:
    document = fixture((USER, "Hi"), (AGENT, "Hello", 1_400, 2_000))
    (first,) = document["turns"]
    for name in ("caller_audio_ms", "asr_hypothesis", "ttfb_ms", "turn_ms", "barge_in"):
        assert first[name] is None
    assert [document[name] for name in ("scenario", "agent_id", "session_label", "recorded_at")] == [None] * 4


def test_facts_of_the_record() -> None:
    document = fixture((USER, "Hi"), label="desk", started_at_ms=1_762_956_191_250, fields={"agent_id": "agent_7"})
    assert (document["fixture"], document["session_label"], document["agent_id"]) == ("c1", "desk", "agent_7")
    assert document["recorded_at"] == "2025-11-12T14:03:11.250Z"


def test_calls_of_tools_are_taken_and_results_are_not() -> None:
    call = {"tool_calls": [{"function": {"name": "book", "arguments": '{"day": "Fri"}'}}]}
    result = {"name": "book", "result": "done"}
    (first,) = fixture((USER, "Hi"), (AGENT, "Wait", None, None, call), ("tool", "", None, None, result))["turns"]
    assert first["tool_calls"] == [{"name": "book", "args": {"day": "Fri"}}]


@pytest.mark.parametrize(
    ("caller", "recovered"),
    [((1_500, 4_000), True), ((1_500, 2_500), False)],
    ids=["takes the floor", "inside of the agent's turn"],
)
def test_a_barge_in_belongs_to_the_agent_that_is_spoken_over(caller: tuple[int, int], recovered: bool) -> None:
    exchanges = fixture((USER, "Hi", 0, 900), (AGENT, "Well", 1_000, 3_000), (USER, "No", *caller))["turns"]
    assert [one["barge_in"] for one in exchanges] == [{"attempted": True, "recovered": recovered}, None]


def test_a_range_of_turns_has_the_times_of_the_whole_call() -> None:
    turns = (USER, "Hi", 0, 1_000), (AGENT, "Hello", 1_400, 2_000), (USER, "Bye", 2_500, 3_000)
    (only,) = fixture(*turns, options=Options(turns=range(1, 2)))["turns"]
    assert (only["caller_says"], only["agent_text"], only["ttfb_ms"]) == ("", "Hello", 400)


def test_turns_in_which_nobody_speaks_are_refused() -> None:
    for transcript in (LEGACY, Transcript("c", (Turn(0, "tool", "x"),))):
        with pytest.raises(UsageError, match="no fixture"):
            HARNESS.render(CallDocument(transcript), Options())


def test_the_keys_are_those_of_the_format() -> None:
    document = json.loads(HARNESS.render(CallDocument(ORDINARY, RECORD), Options()).text)
    assert list(document) == [
        "fixture", "scenario", "agent_id", "session_label", "mode", "recorded_at", "note", "turns"
    ]  # fmt: skip
    assert {tuple(one) for one in document["turns"]} == {(
        "caller_says", "caller_audio_ms", "asr_hypothesis", "agent_text", "agent_audio_ms", "ttfb_ms", "turn_ms",
        "tool_calls", "barge_in",
    )}  # fmt: skip


TURN = st.tuples(st.sampled_from([USER, AGENT, "tool"]), st.integers(0, 9).map(lambda number: f"w{number}"))


@given(st.lists(TURN, min_size=1))
def test_every_word_stands_in_one_exchange_in_order(turns: list[tuple[str, str]]) -> None:
    spoken = [(speaker, text) for speaker, text in turns if speaker != "tool"]
    if not spoken:
        return
    exchanges = said(*turns)
    assert [word for caller, _ in exchanges for word in caller.split()] == [w for s, w in spoken if s == USER]
    assert [word for _, agent in exchanges for word in agent.split()] == [w for s, w in spoken if s == AGENT]
    assert all(caller or agent for caller, agent in exchanges)
    assert all(caller for caller, _ in exchanges[1:])
    assert all(agent for _, agent in exchanges[:-1])
