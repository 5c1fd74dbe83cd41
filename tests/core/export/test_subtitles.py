"""SubRip and WebVTT, judged by readers that are not ours."""

from __future__ import annotations

import html
from datetime import timedelta

import pysubs2
import pytest
import srt
import webvtt
from hypothesis import given

from tests.core.export.calls import LEGACY, OPTIONS, ORDINARY, hostile_transcripts, squeezed
from tui.core.errors import UsageError
from tui.core.export import FORMATS
from tui.core.export.cues import cues_of, lines
from tui.core.text import safe
from tui.core.times import HOUR_MS
from tui.core.transcript import Transcript, Turn

Heard = tuple[int, int, str]


def rendered(name: str, transcript: Transcript) -> str:
    return FORMATS[name].render(transcript, None, OPTIONS).text


def timed(*times: tuple[int | None, int | None]) -> Transcript:
    return Transcript("c", tuple(Turn(i, "user", "a word", *pair) for i, pair in enumerate(times)))


def expected(transcript: Transcript) -> list[Heard]:
    return [(cue.start_ms, cue.end_ms, cue.text) for cue in cues_of(transcript)[0]]


def read_by_srt(document: str) -> list[Heard]:
    ms = timedelta(milliseconds=1)
    return [(cue.start // ms, cue.end // ms, cue.content) for cue in srt.parse(document)]


def read_by_pysubs2(document: str, format_: str) -> list[Heard]:
    events = pysubs2.SSAFile.from_string(document, format_=format_).events if document else []
    return [(event.start, event.end, event.text) for event in events]


def read_by_webvtt(document: str) -> list[Heard]:
    captions = webvtt.from_string(document, strict=True).captions
    return [(cue.start_time.in_milliseconds(), cue.end_time.in_milliseconds(), cue.text) for cue in captions]


def unescaped(heard: list[Heard]) -> list[Heard]:
    return [(start, end, html.unescape(text)) for start, end, text in heard]


def without_space(heard: list[Heard]) -> list[Heard]:
    """White space may differ. pysubs2 writes a line break as a backslash and an N, so those count as such."""
    return [(start, end, squeezed(text.replace("\\N", "\n"))) for start, end, text in heard]


@given(hostile_transcripts())
def test_a_cue_for_each_turn_with_text(transcript: Transcript) -> None:
    with_text = [squeezed(safe(turn.text)) for turn in transcript.turns if safe(turn.text).strip()]
    assert sorted(squeezed(text) for _, _, text in expected(transcript)) == sorted(with_text)


@given(hostile_transcripts())
def test_two_readers_agree_about_srt(transcript: Transcript) -> None:
    document = rendered("srt", transcript)
    assert without_space(read_by_srt(document)) == without_space(expected(transcript))
    assert without_space(read_by_pysubs2(document, "srt")) == without_space(expected(transcript))


@given(hostile_transcripts())
def test_two_readers_agree_about_vtt(transcript: Transcript) -> None:
    document = rendered("vtt", transcript)
    assert without_space(unescaped(read_by_webvtt(document))) == without_space(expected(transcript))
    assert without_space(unescaped(read_by_pysubs2(document, "vtt"))) == without_space(expected(transcript))


@given(hostile_transcripts())
def test_cues_are_in_order_and_usable_times_are_kept(transcript: Transcript) -> None:
    cues, _ = cues_of(transcript)
    starts = [cue.start_ms for cue in cues]
    assert starts == sorted(starts)
    assert all(0 <= cue.start_ms < cue.end_ms for cue in cues)
    for cue in cues:
        turn = transcript.turns[cue.turn - 1]
        if turn.start_ms is not None and turn.end_ms is not None and 0 <= turn.start_ms < turn.end_ms < 100 * HOUR_MS:
            assert (cue.start_ms, cue.end_ms) == (turn.start_ms, turn.end_ms)


@pytest.mark.parametrize(
    ("transcript", "expected_times", "note"),
    [
        (timed((1_000, 5_000), (2_000, 3_000)), [(1_000, 5_000), (2_000, 3_000)], None),
        (timed((4_000, 5_000), (1_000, 2_000)), [(1_000, 2_000), (4_000, 5_000)], None),
        (timed((1_000, 5_000), (None, None)), [(1_000, 5_000), (5_000, 6_000)], "no usable times"),
        (timed((None, None), (None, None)), [(0, 1_000), (1_000, 2_000)], "no usable times"),
        (timed((10**20, 10**20)), [(0, 1_000)], "no usable times"),
        (timed((1_000, 100 * HOUR_MS)), [(1_000, 2_000)], "no usable end"),
        (timed((1_000, 100 * HOUR_MS - 1)), [(1_000, 100 * HOUR_MS - 1)], None),
        (timed((3_000, None)), [(3_000, 4_000)], "no usable end"),
        (timed((3_000, 3_000)), [(3_000, 4_000)], "no usable end"),
        (timed((3_000, 1_000)), [(3_000, 4_000)], "no usable end"),
        (timed((-2_000, -1_000)), [(0, 1_000)], "no usable end"),
        (timed((-2_000, 900)), [(0, 900)], "start before 0"),
        (timed((None, 5_000)), [(4_000, 5_000)], "no usable start"),
        (timed((None, 400)), [(0, 400)], "no usable start"),
    ],
)
def test_the_rules_of_times(transcript: Transcript, expected_times: list[tuple[int, int]], note: str | None) -> None:
    cues, notes = cues_of(transcript)
    assert [(cue.start_ms, cue.end_ms) for cue in cues] == expected_times
    assert ([note in said for said in notes] if note else list(notes)) == ([True] if note else [])


def test_a_long_text_without_times_is_shown_for_fifteen_characters_a_second() -> None:
    cues, notes = cues_of(Transcript("c", (Turn(0, "user", "x" * 150),)))
    assert (cues[0].start_ms, cues[0].end_ms) == (0, 10_000)
    assert notes == ("1 of 1 turns have no usable times: shown after the turn before them",)


@pytest.mark.parametrize(
    ("text", "expected_lines"),
    [
        ("one\n\n \ntwo", ["one", "two"]),
        ("from 0:01.5 on", ["from 0:01.5 on"]),
        ("from 00:00:01,5 to 00:00:02,5 it rang", ["from 00:00:01,5", "to 00:00:02,5", "it rang"]),
        ("Press\n5", ["Press 5"]),
        ("5\nis what to press\nnow", ["5 is what to press", "now"]),
        ("1\n2\n3", ["1 2 3"]),
    ],
)
def test_lines_change_white_space_alone(text: str, expected_lines: list[str]) -> None:
    assert lines(text) == expected_lines


def test_srt_as_written() -> None:
    assert FORMATS["srt"].render(ORDINARY, None, OPTIONS).text == (
        "1\n00:00:00,000 --> 00:00:03,900\nThanks for calling Acme Dental, this is Mia.\n\n"
        "2\n00:00:04,200 --> 00:00:08,700\nHi, uh, I need to\nmove my appointment.\n\n"
        "3\n00:00:11,900 --> 00:00:13,000\nOf course.\n\n"
        "4\n00:00:13,000 --> 00:00:14,000\nThank you.\n"
    )


def test_srt_keeps_markup_visible_and_says_so() -> None:
    export = FORMATS["srt"].render(Transcript("c", (Turn(0, "user", "{\\an8}a <b>c", 0, 1),)), None, OPTIONS)
    assert export.text.endswith("\n{\n\\an8}a <\nb>c\n")
    assert export.notes == ("1 of 1 cues hold what players take for markup: broken there, to be seen",)
    assert "a < b" in rendered("srt", Transcript("c", (Turn(0, "user", "a < b", 0, 1),)))


def test_vtt_as_written() -> None:
    export = FORMATS["vtt"].render(ORDINARY, None, OPTIONS)
    assert export.text.splitlines()[:6] == [
        "WEBVTT",
        "",
        "1",
        "00:00:00.000 --> 00:00:03.900",
        "<v assistant>Thanks for calling Acme Dental, this is Mia.",
        "",
    ]
    assert export.notes == (
        "1 of 5 turns have no text: left out",
        "1 of 5 turns have no usable times: shown after the turn before them",
    )


def test_vtt_names_the_speaker_to_readers() -> None:
    captions = webvtt.from_string(rendered("vtt", ORDINARY)).captions
    assert [caption.voice for caption in captions] == ["assistant", "user", "assistant", "user"]
    assert [caption.identifier for caption in captions] == ["1", "2", "4", "5"]


@pytest.mark.parametrize("name", ["srt", "vtt"])
def test_a_legacy_text_cannot_be_subtitles(name: str) -> None:
    with pytest.raises(UsageError, match="no turns"):
        rendered(name, LEGACY)


def test_subtitles_of_nothing() -> None:
    assert rendered("srt", Transcript("c")) == ""
    assert rendered("vtt", Transcript("c")) == "WEBVTT\n"
