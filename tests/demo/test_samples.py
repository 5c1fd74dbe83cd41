"""The sample calls show what their titles promise."""

import json
import unicodedata
from functools import cache
from importlib.resources import files
from itertools import pairwise
from textwrap import wrap
from typing import Any

import pytest

from tui.api.wire import parse_transcript
from tui.core.timing import MomentKind, measure
from tui.core.transcript import Role, role_of
from tui.demo.calls import LATE_ID, SAMPLES, sample_call, stored_calls
from tui.demo.large import large_call, large_id

Turns = list[dict[str, Any]]
TIMED = ["booking", "silences", "hebrew", "japanese", "long", "late"]


@cache
def transcript(name: str) -> Any:
    body = sample_call(f"call_demo_{name}").body
    return None if body is None else json.loads(body)["transcript"]


def turns(name: str) -> Turns:
    found: Turns = transcript(name)["turns"]
    return found


def gaps_ms(turns: Turns) -> list[int]:
    """From the end of each turn to the start of the next in ms; negative where they overlap."""
    return [after["start_ms"] - before["end_ms"] for before, after in pairwise(turns)]


def text(name: str) -> str:
    return " ".join(turn["text"] for turn in turns(name))


def test_samples_and_files_correspond() -> None:
    stored = {file.name for file in (files("tui.demo") / "samples").iterdir()}
    assert stored == {f"{sample.call_id}.json" for sample in SAMPLES}


def test_titles_are_short_and_distinct() -> None:
    titles = [sample.title for sample in SAMPLES]
    assert len(set(titles)) == len(titles)
    assert all(0 < len(title) < 60 and title.isprintable() for title in titles)


@pytest.mark.parametrize("name", TIMED)
def test_times_are_ordered_and_match_the_records_length(name: str) -> None:
    call, spoken = sample_call(f"call_demo_{name}"), turns(name)
    starts = [turn["start_ms"] for turn in spoken]
    assert starts == sorted(starts)
    assert all(turn["end_ms"] > turn["start_ms"] for turn in spoken)
    assert 0 < call.record["duration_s"] - max(turn["end_ms"] for turn in spoken) / 1000 < 2


@pytest.mark.parametrize("name", TIMED)
def test_speech_has_a_natural_speed(name: str) -> None:
    spoken = [turn for turn in turns(name) if turn["role"] != "tool"]
    seconds = sum(turn["end_ms"] - turn["start_ms"] for turn in spoken) / 1000
    assert 5 < sum(len(turn["text"]) for turn in spoken) / seconds < 20


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.call_id)
def test_records_are_created_after_their_call(sample: Any) -> None:
    record = sample_call(sample.call_id).record
    assert 1_790_000_000_000 < record["started_at"] < 1_795_000_000_000
    assert record["created_at"] > record["started_at"] + record["duration_s"] * 1000


def test_the_booking_is_a_typical_call() -> None:
    call, spoken = sample_call("call_demo_booking"), turns("booking")
    assert len(spoken) == 38
    assert 240 < call.record["duration_s"] < 260
    assert {turn["role"] for turn in spoken} == {"user", "assistant", "tool"}
    assert "Mia" in spoken[0]["text"]
    assert "summary" in call.detail
    assert sum(gap > 3000 for gap in gaps_ms(spoken)) == 2
    assert sum(gap < 0 for gap in gaps_ms(spoken)) == 1
    assert text("booking").lower().count("refund") == 5


def test_the_first_sample_went_wrong_in_every_way() -> None:
    call = sample_call(SAMPLES[0].call_id)
    parsed = parse_transcript(call.body or b"", call_id=call.call_id)
    timing = measure(parsed.turns)
    assert 25 <= timing.turns <= 45
    kinds = {(moment.kind, moment.side) for moment in timing.moments}
    assert {kind for kind, _ in kinds} == {*MomentKind}
    assert {(MomentKind.INTERRUPTION, side) for side in (Role.USER, Role.ASSISTANT)} <= kinds
    assert any(moment.kind is MomentKind.SLOW_ANSWER and moment.tool_ms for moment in timing.moments)
    assert timing.backchannels == 1
    assert (timing.untimed, timing.unordered, timing.doubtful, timing.in_whole_seconds) == (0, 0, 0, False)
    assert not any(turn.odd for turn in parsed.turns)
    assert {turn.speaker for turn in parsed.turns} == {"user", "assistant", "tool", "guardrail"}
    assert 0 < call.record["duration_s"] - (timing.last_end_ms or 0) / 1000 < 2


def test_the_silences_are_long_and_the_overlaps_many() -> None:
    gaps = gaps_ms(turns("silences"))
    assert sum(gap > 3000 for gap in gaps) >= 6
    assert max(gaps) > 10_000
    assert sum(gap < 0 for gap in gaps) >= 6


def test_interrupted_answers_end_in_mid_sentence() -> None:
    cut = [
        before
        for before, after in pairwise(turns("silences"))
        if (before["role"], after["role"]) == ("assistant", "user")
        and after["start_ms"] < before["end_ms"]
        and before["text"][-1].isalpha()
    ]
    assert len(cut) >= 3


def test_untimed_turns_have_only_role_and_text() -> None:
    assert all(turn.keys() == {"role", "text"} for turn in turns("untimed"))


def test_the_legacy_transcript_is_one_string_of_many_lines() -> None:
    assert isinstance(transcript("legacy"), str)
    assert transcript("legacy").count("\n") == 10


def test_the_failed_call_has_no_transcript() -> None:
    assert transcript("failed") is None


def test_hebrew_runs_from_right_to_left_around_latin_words() -> None:
    sides = {unicodedata.bidirectional(character) for character in text("hebrew")}
    assert {"R", "L", "EN"} <= sides
    assert not sides & {"RLO", "LRO", "RLE", "LRE", "RLI", "LRI", "FSI"}


@pytest.mark.parametrize("emoji", ["👨‍👩‍👧‍👦", "👍🏽", "🙇🏻‍♀️", "👩🏾‍🍳", "🇯🇵", "🏳️‍🌈", "1️⃣", "❤️‍🔥", "♨️"])
def test_the_japanese_call_has_every_kind_of_emoji(emoji: str) -> None:
    assert emoji in text("japanese")


def test_the_japanese_call_has_wide_and_halfwidth_letters() -> None:
    widths = {unicodedata.east_asian_width(character) for character in text("japanese")}
    assert {"W", "F", "H", "Na"} <= widths


def test_two_turns_fill_more_than_a_large_screen() -> None:
    lines = [sum(len(wrap(part, 76)) for part in turn["text"].split("\n")) for turn in turns("long")]
    assert sum(count > 36 for count in lines) == 2
    assert any("\n\n" in turn["text"] for turn in turns("long"))


def test_the_tools_call_has_undocumented_fields() -> None:
    everything = transcript("tools")["turns"]
    objects = [turn for turn in everything if isinstance(turn, dict)]
    roles = {turn["role"] for turn in objects if "role" in turn}
    starts = {type(turn["start_ms"]) for turn in objects if "start_ms" in turn}
    assert len(objects) == len(everything) - 1
    assert {"system", "tool"} <= roles
    assert {role for role in roles if role_of(role) is Role.OTHER} == {
        "system",
        "tool",
        "guardrail",
        "supervisor",
    }
    assert starts == {int, float, str}
    assert any("tool_calls" in turn for turn in objects)
    assert any("speaker" in turn and "content" in turn for turn in objects)
    assert any(turn.get("text") == "" for turn in objects)
    assert any("text" not in turn and "content" not in turn for turn in objects)


def test_the_large_call_is_deterministic_and_of_the_given_length() -> None:
    call = large_call(100_000)
    assert call.call_id == large_id(100_000) == "call_large_100000"
    assert call.body is not None
    assert 17_000_000 < len(call.body) < 19_000_000
    assert call == large_call(100_000)


def test_a_large_call_is_a_conversation_with_silences_and_overlaps() -> None:
    call = large_call(1000)
    document = json.loads(call.body or b"")
    spoken: Turns = document["transcript"]["turns"]
    assert document["call_id"] == call.call_id
    assert [turn["role"] for turn in spoken] == ["assistant", "user"] * 500
    assert call.record["duration_s"] * 1000 == spoken[-1]["end_ms"]
    assert {gap < 0 for gap in gaps_ms(spoken)} == {True, False}
    assert max(gaps_ms(spoken)) > 3000


def test_a_large_call_of_one_turn_is_whole() -> None:
    assert len(json.loads(large_call(1).body or b"")["transcript"]["turns"]) == 1


def test_an_extra_call_overrides_a_sample() -> None:
    calls = stored_calls(None, {LATE_ID: b"{}"})
    assert (calls[LATE_ID].body, calls[LATE_ID].comes_late) == (b"{}", False)
    assert len(calls) == len(SAMPLES)
