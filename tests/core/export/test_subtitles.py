"""SubRip and WebVTT, judged by readers that are not ours."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
from collections.abc import Iterable
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pysubs2
import pytest
import srt
import webvtt
from hypothesis import example, given
from hypothesis import strategies as st

from tests.core.export.calls import LEGACY, OPTIONS, ORDINARY, hostile_transcripts, squeezed
from tui.core.call import CallDocument
from tui.core.errors import UsageError
from tui.core.export import FORMATS
from tui.core.export.cue_lines import cut, whole
from tui.core.export.cues import Cue, cues_of, spoken
from tui.core.export.model import Options
from tui.core.text import cell_len, safe
from tui.core.times import HOUR_MS
from tui.core.transcript import Transcript, Turn

Heard = tuple[int, int, str]
WHOLE = Options(whole_turns=True)
WAYS = pytest.mark.parametrize("options", [OPTIONS, WHOLE], ids=["cut", "whole"])
READABLE_SIGNS = str.maketrans("<>{}\\", "‹›()∖")
"""What may stand in SubRip for another sign."""


def rendered(name: str, transcript: Transcript, options: Options = OPTIONS) -> str:
    return FORMATS[name].render(CallDocument(transcript), options).text


def timed(*times: tuple[int | None, int | None]) -> Transcript:
    return Transcript("c", tuple(Turn(i, "user", "a word", *pair) for i, pair in enumerate(times)))


def cues(transcript: Transcript, options: Options = OPTIONS) -> list[Cue]:
    return cues_of(spoken(transcript), options)[0]


def notes(transcript: Transcript) -> tuple[str, ...]:
    return cues_of(spoken(transcript), OPTIONS)[1]


def expected(transcript: Transcript, options: Options = OPTIONS) -> list[Heard]:
    return [(cue.start_ms, cue.end_ms, "\n".join(cue.lines)) for cue in cues(transcript, options)]


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


def with_breaks(heard: list[Heard]) -> list[Heard]:
    """As pysubs2 reads: a backslash and an N are a line break."""
    return [(start, end, text.replace("\\N", "\n")) for start, end, text in heard]


def without_space(heard: list[Heard]) -> list[Heard]:
    """White space may differ."""
    return [(start, end, squeezed(text)) for start, end, text in heard]


def with_signs(heard: list[Heard]) -> list[Heard]:
    """With all signs exchanged that may be."""
    return [(start, end, text.translate(READABLE_SIGNS)) for start, end, text in without_space(heard)]


def with_text(transcript: Transcript) -> list[Turn]:
    return [turn for turn in transcript.turns if safe(turn.text).strip()]


@WAYS
@given(hostile_transcripts())
def test_every_turn_with_text_is_shown_whole(options: Options, transcript: Transcript) -> None:
    parts: dict[int, list[str]] = {}
    for cue in cues(transcript, options):
        parts.setdefault(cue.turn, []).extend(cue.lines)
        assert cue.part == 0 or not options.whole_turns
    shown = {number: squeezed("".join(lines)) for number, lines in parts.items()}
    assert shown == {turn.index + 1: squeezed(safe(turn.text)) for turn in with_text(transcript)}


@WAYS
@given(hostile_transcripts())
@example(Transcript("c", [Turn(0, "user", "\\NOTE x")]))
def test_two_readers_agree_about_srt(options: Options, transcript: Transcript) -> None:
    document = rendered("srt", transcript, options)
    assert with_signs(read_by_srt(document)) == with_signs(expected(transcript, options))
    assert with_signs(with_breaks(read_by_pysubs2(document, "srt"))) == with_signs(expected(transcript, options))


@WAYS
@given(hostile_transcripts())
@example(Transcript("c", [Turn(0, "user", "\\NOTE x")]))
def test_two_readers_agree_about_vtt(options: Options, transcript: Transcript) -> None:
    document = rendered("vtt", transcript, options)
    assert without_space(unescaped(read_by_webvtt(document))) == without_space(expected(transcript, options))
    heard = without_space(with_breaks(unescaped(read_by_pysubs2(document, "vtt"))))
    assert heard == without_space(with_breaks(expected(transcript, options)))


@given(hostile_transcripts())
@example(Transcript("c", [Turn(0, "user", ""), Turn(1, "user", "\U0001f3fb")]))
def test_cues_respect_limits_of_width_height_and_duration(transcript: Transcript) -> None:
    for cue in cues(transcript):
        assert 1 <= len(cue.lines) <= 2
        assert all(line.strip() and cell_len(line) <= 42 for line in cue.lines)  # a mark alone takes no cell
        assert 0 < cue.end_ms - cue.start_ms <= 7_000


def usable(turn: Turn) -> bool:
    return turn.start_ms is not None and turn.end_ms is not None and 0 <= turn.start_ms < turn.end_ms < 100 * HOUR_MS


def has_start(turn: Turn) -> bool:
    return turn.start_ms is not None and turn.start_ms < 100 * HOUR_MS


def in_order(turns: Iterable[Turn]) -> list[Turn]:
    """The turns without those that start before one sent earlier: these keep their times, and affect no others."""
    kept, latest_ms = list[Turn](), 0
    for turn in turns:
        start_ms = max(turn.start_ms or 0, 0) if has_start(turn) else latest_ms
        if start_ms >= latest_ms:
            kept.append(turn)
            latest_ms = start_ms
    return kept


@WAYS
@given(hostile_transcripts())
def test_cues_are_in_the_order_of_their_times(options: Options, transcript: Transcript) -> None:
    made = cues(transcript, options)
    starts = [cue.start_ms for cue in made]
    assert starts == sorted(starts)
    assert all(0 <= cue.start_ms < cue.end_ms for cue in made)


@given(hostile_transcripts())
@example(Transcript("c", [Turn(0, "user", "a", 0, 2), Turn(1, "user", "b", 10**20), Turn(2, "user", "", 2)]))
@example(Transcript("c", [*timed((354, 1814), (1, None), (None, -288), (859, None)).turns]))
def test_usable_times_are_kept(transcript: Transcript) -> None:
    shown = {cue.turn - 1 for cue in cues(transcript, WHOLE)}
    with_words = [turn for turn in transcript.turns if turn.index in shown]  # the others take no time of anybody
    gives_way = {turn.index for turn, after in pairwise(in_order(with_words)) if not has_start(after)}
    for cue in cues(transcript, WHOLE):
        turn = transcript.turns[cue.turn - 1]
        if usable(turn):
            assert cue.start_ms == turn.start_ms
            assert cue.end_ms == turn.end_ms or turn.index in gives_way
    for cue in cues(transcript):
        turn = transcript.turns[cue.turn - 1]
        if usable(turn) and cue.part == 0:
            assert cue.start_ms == turn.start_ms


@st.composite
def calls_in_order(draw: st.DrawFn) -> Transcript:
    """Calls as they are sent: one turn after the other, some without times or without one of them."""
    turns, now_ms = list[Turn](), 0
    for index, gap_ms in enumerate(draw(st.lists(st.integers(0, 3_000), max_size=12))):
        start_ms = now_ms + gap_ms
        now_ms = start_ms + draw(st.integers(1, 9_000))
        text = draw(st.sampled_from(["Yes.", "No, I do not think so.", "word " * 40, "So. " * 25]))
        start, end = draw(st.sampled_from([(start_ms, now_ms), (None, None), (start_ms, None), (None, now_ms)]))
        turns.append(Turn(index, ("user", "assistant")[index % 2], text, start, end))
    return Transcript("c", tuple(turns))


@WAYS
@given(calls_in_order())
def test_cues_keep_the_order_sent(options: Options, transcript: Transcript) -> None:
    made = cues(transcript, options)
    assert [(cue.turn, cue.part) for cue in made] == sorted((cue.turn, cue.part) for cue in made)
    assert {cue.turn for cue in made} == {turn.index + 1 for turn in transcript.turns}


@WAYS
@given(calls_in_order())
def test_computed_times_do_not_overlap(options: Options, transcript: Transcript) -> None:
    for cue, after in pairwise(cues(transcript, options)):
        assert cue.end_ms <= after.start_ms or cue.turn == after.turn  # one with more pieces than milliseconds


@pytest.mark.parametrize(
    ("times", "expected_times"),
    [
        # "First." until 2 s, two without times, then from 2 s on: the first one makes room.
        ([(0, 2_000), (None, None), (None, None), (2_000, 5_000)], [(0, 1_000), (1_000, 1_500), (1_500, 2_000)]),
        ([(0, 2_000), (None, None), (2_000, 5_000)], [(0, 1_000), (1_000, 2_000), (2_000, 5_000)]),
        ([(0, 7_000), (None, None), (7_000, 7_500)], [(0, 6_000), (6_000, 7_000), (7_000, 7_500)]),
        ([(0, 2_000), (None, None), (None, None), (2_010, 5_000)], [(0, 2_000), (2_000, 2_005), (2_005, 2_010)]),
        ([(0, 2_000), (None, None), (2_001, 5_000)], [(0, 2_000), (2_000, 2_001), (2_001, 5_000)]),
        ([(0, 2_000), (None, None), (9_000, 9_500)], [(0, 2_000), (2_000, 3_000), (9_000, 9_500)]),
        ([(None, None), (None, None), (400, 900)], [(0, 200), (200, 400), (400, 900)]),
        ([(0, 5_000), (None, None), (3_000, 6_000)], [(0, 2_000), (2_000, 3_000), (3_000, 6_000)]),
        ([(0, None), (300, 900)], [(0, 300), (300, 900)]),
        ([(0, None), (None, None), (500, 900)], [(0, 250), (250, 500), (500, 900)]),
        ([(0, 2_000), (None, 2_500), (4_000, 5_000)], [(0, 2_000), (2_000, 2_500), (4_000, 5_000)]),
        ([(0, 2_000), (None, None), (None, 9_000)], [(0, 2_000), (2_000, 3_000), (8_000, 9_000)]),
        ([(0, 2_000), (None, 1_000), (4_000, 5_000)], [(0, 2_000), (2_000, 3_000), (4_000, 5_000)]),
        ([(5_000, 6_000), (None, None), (1_000, 2_000)], [(1_000, 2_000), (5_000, 6_000), (6_000, 7_000)]),
        ([(0, 1), (None, None), (1, 900)], [(0, 1), (1, 1_001), (1, 900)]),
    ],
)
def test_untimed_turns_share_the_gap(
    times: list[tuple[int | None, int | None]], expected_times: list[tuple[int, int]]
) -> None:
    made = [(cue.start_ms, cue.end_ms) for cue in cues(timed(*times))]
    assert made[: len(expected_times)] == expected_times


def test_untimed_turns_share_a_gap_by_length() -> None:
    transcript = Transcript("c", (Turn(0, "user", "x" * 30), Turn(1, "user", "x" * 10), Turn(2, "user", "y", 300, 400)))
    assert [(cue.start_ms, cue.end_ms) for cue in cues(transcript)] == [(0, 199), (199, 300), (300, 400)]


def test_a_range_keeps_the_times_of_the_whole_call() -> None:
    transcript = timed((3_000, 5_000), (None, None), (None, None), (8_000, 9_000))
    some, told = cues_of(spoken(transcript), Options(turns=range(1, 3)))
    assert some == cues(transcript)[1:3]
    assert told == ("2 of 2 turns have no usable times: shown after the turn before them",)


def test_a_shortened_turn_is_noted() -> None:
    assert "1 of 3 turns end earlier, as turns without times come behind them" in notes(
        timed((0, 2_000), (None, None), (2_000, 3_000))
    )


@pytest.mark.parametrize(
    ("transcript", "expected_times", "note"),
    [
        (timed((1_000, 5_000), (2_000, 3_000)), [(1_000, 5_000), (2_000, 3_000)], None),
        (timed((4_000, 5_000), (1_000, 2_000)), [(1_000, 2_000), (4_000, 5_000)], "before a turn that was sent before"),
        (timed((1_000, 5_000), (None, None)), [(1_000, 5_000), (5_000, 6_000)], "no usable times"),
        (timed((None, None), (None, None)), [(0, 1_000), (1_000, 2_000)], "no usable times"),
        (timed((10**20, 10**20)), [(0, 1_000)], "no usable times"),
        (timed((1_000, 100 * HOUR_MS)), [(1_000, 2_000)], "no usable end"),
        (timed((1_000, 100 * HOUR_MS - 1)), [(1_000, 8_000)], "the cues end earlier"),
        (timed((1_000, 9_000)), [(1_000, 8_000)], "the cues end earlier"),
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
    made = cues(transcript)
    assert [(cue.start_ms, cue.end_ms) for cue in made] == expected_times
    told = notes(transcript)
    assert ([note in said for said in told] if note else list(told)) == ([True] if note else [])


def test_a_whole_turn_of_any_length_keeps_its_times() -> None:
    transcript = timed((1_000, 100 * HOUR_MS - 1))
    assert [(cue.start_ms, cue.end_ms) for cue in cues(transcript, WHOLE)] == [(1_000, 100 * HOUR_MS - 1)]


def test_a_long_untimed_text_is_shown_for_its_reading_time() -> None:
    made = cues(Transcript("c", (Turn(0, "user", "x" * 150),)))
    assert (made[0].start_ms, made[-1].end_ms) == (0, 10_000)
    assert notes(Transcript("c", (Turn(0, "user", "x" * 30),))) == (
        "1 of 1 turns have no usable times: shown after the turn before them",
    )


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
def test_lines_of_a_whole_turn_change_only_white_space(text: str, expected_lines: list[str]) -> None:
    assert whole(text) == expected_lines


SAID = "Thank you for waiting. I found it, and it is on its way to you already. Anything else, or is that all?"
GOES_ON = "we went on and on and on without any comma or stop until somebody told us that it had been enough for now"
JAPANESE = (
    "日本語の長い文章です。これは字幕の行に収まらないほど長いので、どこかで切らなければなりません。はい、そうです！"
)


@pytest.mark.parametrize(
    ("text", "most", "expected_pieces"),
    [
        ("Yes.", 84, ["Yes."]),
        ("one\n\ntwo", 84, ["one two"]),
        (
            SAID,
            84,
            [
                "Thank you for waiting. I found it,|and it is on its way to you already.",
                "Anything else, or is that all?",
            ],
        ),
        (
            SAID,
            40,
            *[
                [
                    "Thank you for waiting.",
                    "I found it, and it is on its",
                    "way to you already.",
                    "Anything else, or is that all?",
                ]
            ],
        ),
        (
            GOES_ON,
            84,
            *[
                [
                    "we went on and on and on|without any comma or stop",
                    "until somebody told us that|it had been enough for now",
                ]
            ],
        ),
        (
            JAPANESE,
            84,
            [
                "日本語の長い文章です。|これは字幕の行に収まらないほど長いので、",
                "どこかで切らなければなりません。|はい、そうです！",
            ],
        ),
        ("x" * 60, 84, ["x" * 42 + "|" + "x" * 18]),
        ("See e.g. this one", 10, ["See e.g.", "this one"]),
        ("from 00:00:01,5 to 00:00:02,5 it rang", 84, ["from 00:00:01,5 to|00:00:02,5 it rang"]),
        ("from00:00:01,5to00:00:02,5it", 84, ["from00:00:01,5|to00:00:02,5it"]),
        ("Press the number\n5", 84, ["Press the number 5"]),
        (f"5 {'x' * 41}", 84, ["5", "x" * 41]),
    ],
)
def test_texts_are_cut_at_good_positions(text: str, most: int, expected_pieces: list[str]) -> None:
    assert ["|".join(lines) for lines in cut(text, most)] == expected_pieces


def test_a_speaker_in_front_stays_with_the_words() -> None:
    assert next(iter(cut(f"Agent: Yes. {SAID}", 84, lead=6))) == ["Agent: Yes. Thank you for waiting."]
    assert [lines[0] for lines in cut("Mr. Long Name: " + "x" * 42, 84, lead=14)] == ["Mr. Long Name:"]


def test_a_long_turn_is_split_and_its_time_shared_by_length() -> None:
    transcript = Transcript("c", (Turn(0, "user", GOES_ON, 1_000, 11_200),))
    made = cues(transcript)
    assert [len("".join(cue.lines)) for cue in made] == [49, 53]
    assert [(cue.start_ms, cue.end_ms) for cue in made] == [(1_000, 5_900), (5_900, 11_200)]
    assert notes(transcript) == (
        "1 of 1 turns are longer than two lines or 7 s: cut into cues that share the time by their characters",
    )


def test_a_slow_turn_is_split_into_cues_of_seven_seconds() -> None:
    made = cues(Transcript("c", (Turn(0, "user", "seven three five nine", 0, 21_000),)))
    assert [cue.lines for cue in made] == [["seven"], ["three"], ["five"], ["nine"]]
    assert (made[0].start_ms, made[-1].end_ms) == (0, 21_000)


def test_a_pause_after_the_text_is_not_subtitled() -> None:
    made = cues(Transcript("c", (Turn(0, "user", "Hold.", 0, 90_000),)))
    assert [(cue.start_ms, cue.end_ms) for cue in made] == [(0, 7_000)]


def test_srt_names_speakers_on_request_once_a_turn() -> None:
    transcript = Transcript("c", (Turn(0, "<b>Mia", SAID, 0, 9_000), Turn(1, "user", " ", 9_000, 9_500)))
    document = rendered("srt", transcript, Options(speakers=True))
    assert [text for _, _, text in read_by_srt(document)] == [
        "‹b›Mia: Thank you for waiting. I found it,\nand it is on its way to you already.",
        "Anything else, or is that all?",
    ]
    whole_turns = rendered("srt", transcript, Options(speakers=True, whole_turns=True))
    assert [text for _, _, text in read_by_srt(whole_turns)] == [f"‹b›Mia: {SAID}"]


def test_srt_as_written() -> None:
    assert FORMATS["srt"].render(CallDocument(ORDINARY), OPTIONS).text == (
        "1\n00:00:00,000 --> 00:00:03,900\nThanks for calling Acme\nDental, this is Mia.\n\n"
        "2\n00:00:04,200 --> 00:00:08,700\nHi, uh, I need to move my appointment.\n\n"
        "3\n00:00:11,900 --> 00:00:13,000\nOf course.\n\n"
        "4\n00:00:13,000 --> 00:00:14,000\nThank you.\n"
    )


MARKUP = {
    "as <inaudible> loan, but <crosstalk>…": "as ‹inaudible› loan, but ‹crosstalk›…",
    "a < b and <i>b</i> > c": "a ‹ b and ‹i›b‹/i› › c",
    "<font color='red'>red</font>": "‹font color='red'›red‹/font›",
    "a < b": "a < b",
    "a > b -> c": "a > b -> c",
    "<b": "<b",
    "{inaudible} yes": "(inaudible) yes",
    "{\\an8}top": "(\\an8)top",
    "{\\1a&HFF&}hidden": "(\\1a&HFF&)hidden",
    "{y:i}x {open": "(y:i)x (open",
    "C:\\New\\now\\house\\end": "C:∖New∖now∖house\\end",
}


@pytest.mark.parametrize("text", MARKUP)
def test_srt_shows_markup_as_text_and_notes_it(text: str) -> None:
    export = FORMATS["srt"].render(CallDocument(Transcript("c", (Turn(0, "user", text, 0, 3_000),))), OPTIONS)
    assert export.text == f"1\n00:00:00,000 --> 00:00:03,000\n{MARKUP[text]}\n"
    told = "1 of 1 turns hold what players take for markup: shown with ‹ › ( ) ∖ instead"
    assert export.notes == ((told,) if text != MARKUP[text] else ())
    shown = pysubs2.SSAFile.from_string(export.text).events[0]
    assert shown.text == MARKUP[text]  # nothing became a tag
    assert shown.plaintext == MARKUP[text]  # nor is anything taken for one


FFMPEG = shutil.which("ffmpeg")


@pytest.mark.skipif(FFMPEG is None, reason="ffmpeg is not installed")
@pytest.mark.parametrize("name", ["srt", "vtt"])
def test_a_player_shows_every_word(tmp_path: Path, name: str) -> None:
    texts = (*MARKUP, SAID, GOES_ON, "<!-- x", "&lt;b&gt; &amp;", "x <\ni> y", "Press\n5", "[br] | ♪ -- x -->")
    if name == "vtt":
        texts = tuple(text for text in texts if not re.search(r"\\[Nnh]", text))  # ffmpeg 5 takes it for a break
    turns = tuple(Turn(i, "<b>{x}", text, i * 5_000, i * 5_000 + 5_000) for i, text in enumerate(texts))
    document = rendered(name, Transcript("c", turns))
    (tmp_path / f"call.{name}").write_text(document)
    convert = [FFMPEG or "", "-v", "error", "-i", f"call.{name}", "-f", "ass", "-"]
    script = subprocess.run(convert, cwd=tmp_path, capture_output=True, check=True).stdout.decode()
    drawn = "".join(
        drawn_by_libass(line.split(",", 9)[9]) for line in script.splitlines() if line.startswith("Dialogue")
    )
    signs = READABLE_SIGNS if name == "srt" else {}
    assert squeezed(drawn).translate(signs) == squeezed("".join(texts)).translate(signs)


def drawn_by_libass(event: str) -> str:
    """What is seen of an event: "{…}" is hidden, "\\N", "\\n" and "\\h" are space, "\\{" is a brace."""
    event = re.sub(r"\\[Nnh]", " ", event)
    event = event.replace("\\{", "\ue000").replace("\\}", "\ue001")
    return re.sub(r"\{[^}]*\}", "", event).replace("\ue000", "{").replace("\ue001", "}").replace("\u2060", "")


def test_vtt_escapes_markup() -> None:
    document = rendered("vtt", Transcript("c", (Turn(0, "user", "as <inaudible> & {x}", 0, 3_000),)))
    assert document.endswith("\n<v user>as &lt;inaudible&gt; &amp; {x}\n")


def test_vtt_as_written() -> None:
    export = FORMATS["vtt"].render(CallDocument(ORDINARY), OPTIONS)
    assert export.text.splitlines()[:7] == [
        "WEBVTT",
        "",
        "1",
        "00:00:00.000 --> 00:00:03.900",
        "<v assistant>Thanks for calling Acme",
        "Dental, this is Mia.",
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
    captions = webvtt.from_string(rendered("vtt", Transcript("c", (Turn(0, "Mia", GOES_ON, 0, 9_000),)))).captions
    assert [(caption.identifier, caption.voice) for caption in captions] == [("1", "Mia"), (None, "Mia")]


@pytest.mark.parametrize("name", ["srt", "vtt"])
def test_a_legacy_text_cannot_be_subtitles(name: str) -> None:
    with pytest.raises(UsageError, match="no turns"):
        rendered(name, LEGACY)


def test_subtitles_of_an_empty_call_are_empty() -> None:
    assert rendered("srt", Transcript("c")) == ""
    assert rendered("vtt", Transcript("c")) == "WEBVTT\n"
