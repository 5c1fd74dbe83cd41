"""Turns facts of a call and of a fetch into safe texts for the widgets; pure functions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tui.core import times
from tui.core.anomalies import Anomalies
from tui.core.call import CallDocument
from tui.core.clock import Clock
from tui.core.counted import counted
from tui.core.errors import BadAnswerError, NotFoundError, OmniError, RefusedError
from tui.core.missing import WHEN_IT_COMES, WaitedError
from tui.core.progress import Connecting, LookingAgain, Progress, Reading, Receiving, Waiting
from tui.core.record import Call
from tui.core.shown import shown
from tui.core.status import status_words
from tui.core.text import safe_line
from tui.core.transcript import Transcript, Turn
from tui.core.waiting import never_comes, record_words
from tui.store.files import whole_path
from tui.widgets.call_header import HeaderFacts, HeaderRemark
from tui.widgets.fetch_panel import FetchFacts

if TYPE_CHECKING:
    from tui.core.layout import Remarks
    from tui.core.timing import Timing
    from tui.keys import Action
    from tui.screens.analysis import Analyzed
    from tui.screens.export_job import Written
    from tui.screens.fetch_state import FetchState

_GIVE_UP = (("dismiss", "give up"),)
_WAIT = ("wait_for_transcript", "wait for it")
_RECORD = ("details", "details of the call")
_RETRY = (("refresh_call", "try again"), ("open_call", "open another call"), ("back", ""))


def header(document: CallDocument, anomalies: Anomalies, clock: Clock, analyzed: Analyzed | None = None) -> HeaderFacts:
    """The facts of a call for its header line.

    Args:
        document: The call.
        anomalies: The sums over its turns, complete or not.
        clock: The zone of the start.
        analyzed: The figures and moments; None if not known yet.
    """
    last_ms = None if analyzed is None else analyzed.timing.last_end_ms
    record, start_ms = document.record, document.start_ms
    length_ms = document.length_ms(anomalies.last_ms if last_ms is None else last_ms)
    started = "" if start_ms is None else clock.date_time(start_ms)
    length = "" if length_ms is None else times.duration(length_ms)
    return HeaderFacts(
        name=safe_line(document.transcript.call_id),
        label=safe_line(record.label or ""),
        status=status_words(record.status),
        failed=document.has_failed,
        facts=(started, length, turn_count(document.transcript)),
        remarks=tuple(_remarks(document, anomalies, clock, analyzed)),
    )


def turn_count(transcript: Transcript) -> str:
    """The number of turns: "38 turns"."""
    if transcript.plain is not None:
        return "plain text, no turns"
    return counted(len(transcript.turns), "turn")


def fetched(transcript: Transcript, instead_of: OmniError | None, *, again: bool) -> str:
    """The notice after a fetch; empty if there is nothing to say.

    Args:
        transcript: The transcript on show.
        instead_of: Why the API has not delivered it; None if it has.
        again: Whether the fetch renewed what had been fetched before.
    """
    if instead_of is not None:
        return instead_of.line()
    return f"fetched again: {turn_count(transcript)}" if again else ""


def turn_name(turn: int) -> str:
    """A turn by its number, which counts from 1: "turn 14"."""
    return f"turn {turn + 1:,}"


def left_out(turn: int) -> str:
    """Why there is no going to a turn that the filter hides."""
    return f"{turn_name(turn)} is left out by the filter"


def marked(turns: Sequence[Turn], marks: Sequence[int], turn: int, *, is_marked: bool) -> str:
    """What a mark has changed: "turn 14 marked, 3.2 s after the mark at turn 12"."""
    if not is_marked:
        return f"{turn_name(turn)} unmarked"
    before = max((mark for mark in marks if mark < turn), default=None)
    return f"{turn_name(turn)} marked{_since_mark(turns, before, turn)}"


def at_mark(turns: Sequence[Turn], marks: Sequence[int], at: int) -> str:
    """The current mark: "mark 2 of 3, 3.2 s after the mark at turn 12"."""
    before = marks[at - 1] if at else None
    return f"mark {at + 1:,} of {len(marks):,}{_since_mark(turns, before, marks[at])}"


def _since_mark(turns: Sequence[Turn], before: int | None, turn: int) -> str:
    """The time from an earlier mark to a turn; empty if there is none, or no time is known."""
    start_ms = turns[turn].start_ms
    if before is None or start_ms is None or (began_ms := turns[before].start_ms) is None:
        return ""
    passed_ms = start_ms - began_ms
    sign = "before" if passed_ms < 0 else "after"
    return f", {times.length(abs(passed_ms))} {sign} the mark at {turn_name(before)}"


def place(state: FetchState, turn: int, time: Callable[[int], str]) -> tuple[str, ...]:
    """The reading position: "turn 14 of 38", the time of the turn, "37 %"; a plain text counts as one turn."""
    transcript = state.transcript
    if transcript is None or not state.has_turns:
        return ()
    count = 1 if transcript.plain is not None else len(transcript.turns)
    numbered = "" if transcript.plain is not None else f"{turn_name(turn)} of {count:,}"
    return tuple(filter(None, (numbered, time(turn), f"{100 * (turn + 1) // count} %")))


def _remarks(
    document: CallDocument, anomalies: Anomalies, clock: Clock, analyzed: Analyzed | None
) -> Iterator[HeaderRemark]:
    """The remarks of the header: how old the transcript is, the counts of moments, and what is odd."""
    transcript = document.transcript
    whole = anomalies.turns == len(transcript.turns) > 0
    untimed = "no times" if whole and not anomalies.timed else ""
    if whole and not untimed and analyzed is not None:
        untimed = _untimed(analyzed.timing)
    if transcript.cached_ms is not None:
        yield HeaderRemark(f"kept copy of {clock.date_time(transcript.cached_ms)}")
    yield from _measured(analyzed)
    for note in (untimed, *document.record.odd, *anomalies.counts()):
        if note:
            yield HeaderRemark(note)


def _untimed(timing: Timing) -> str:
    """The remark on a call without times; empty if it has some."""
    from tui.core.remarks import no_times  # loaded with the timing, after the first picture

    return "" if timing.timed else no_times(timing)


def _measured(analyzed: Analyzed | None) -> Iterator[HeaderRemark]:
    """The counts of moments, and why times are doubtful."""
    if analyzed is None:
        return
    from tui.core.remarks import counts_by_kind, doubts, reported_counts

    remarks = analyzed.remarks
    yield from (HeaderRemark(*count, is_trouble=True) for count in counts_by_kind(remarks.kinds, errors_first=True))
    yield from (HeaderRemark(*count) for count in reported_counts(remarks.reported_by))
    yield from map(HeaderRemark, doubts(analyzed.timing))


def moment(analyzed: Analyzed | None, turn: int) -> str:
    """The moment visited last, if it is at the turn: "2/7 slow answer 3.2 s"; else empty.

    Other moments are shown only beside their turns: repeating them in the foot would double the bytes of a ``j``.
    """
    if analyzed is None:
        return ""
    from tui.core.remarks import described

    walk = analyzed.walk
    at = walk.visited_in(turn)
    if at is None:
        return ""
    return f"{at + 1:,}/{len(walk.moments):,} {described(walk.moments[at])}"


def no_moment(analyzed: Analyzed) -> str:
    """Why there is no moment to go to."""
    if analyzed.walk.moments:
        return "no moment in the turns on show"
    return ": ".join(filter(None, ("no moments", _untimed(analyzed.timing))))


def fetching(name: str, progress: Progress | None, elapsed_s: float, wait_s: float) -> FetchFacts:
    """The state of a fetch that is under way.

    Args:
        name: What is fetched, safe.
        progress: The last event of the client.
        elapsed_s: Seconds since the fetch began.
        wait_s: Seconds left of a pause before the next attempt.
    """
    title, share, since = f"Fetching {name}", None, f"{elapsed_s:.0f} s"
    match progress:
        case Reading():
            title, line = f"Reading {name}", since
        case Receiving(received, total):
            of = "" if total is None else f" of {size(total)}"
            share = received / total if total else None
            line = f"{size(received)}{of}   {since}"
        case Waiting():
            title = f"Waiting to try again: {progress.reason.line()}"
            line = f"attempt {progress.attempt} of {progress.of} in {max(0.0, wait_s):.0f} s"
        case Connecting(attempt) if attempt > 1:
            line = f"connecting   {since}   attempt {attempt}"
        case _:
            line = f"connecting   {since}"
    return FetchFacts(title=title, lines=(line,), share=share, actions=_GIVE_UP)


def state(state: FetchState, under_way: FetchFacts | None, name: str, now_ms: int) -> FetchFacts:
    """The state of the fetch, shown while there are no turns.

    Args:
        state: What is known of the call.
        under_way: The progress of the current fetch; None without one.
        name: What is fetched, safe.
        now_ms: Unix time in ms.
    """
    if under_way is not None:
        return under_way
    if state.failure is None:
        return FetchFacts(title=f"Gave up fetching {name}", actions=_RETRY)
    return failed(state.failure, state.record, now_ms)


def awaiting(name: str, progress: LookingAgain, in_s: float, now_ms: int) -> FetchFacts:
    """The state of waiting for a transcript that is not there yet.

    Args:
        name: What is awaited, safe.
        progress: The result of the last request.
        in_s: Seconds until the next request.
        now_ms: Unix time in ms.
    """
    again = "looking again now" if in_s <= 0 else f"looking again in {in_s:.0f} s"
    looks = f"looked {counted(progress.looks, 'time')} so far"
    end = f"ends after {times.spoken(round(progress.patience_s * 1000))}"
    return FetchFacts(
        title=f"Waiting for the transcript of {name}",
        lines=(f"{again}   {looks}   {end}", record_words(progress.call, now_ms)),
        actions=_GIVE_UP,
    )


def failed(error: OmniError, call: Call | None, now_ms: int) -> FetchFacts:
    """The state of a fetch that ended without a transcript.

    Args:
        error: Why.
        call: The record, which may say why there is no transcript; None if it is unknown.
        now_ms: Unix time in ms.
    """
    if isinstance(error, NotFoundError):
        title = error.brief() if call is None else "This call has no transcript"
        lines = (safe_line(error.hint),) if call is None else _why_missing(error, call, now_ms)
        actions = (_WAIT, *((_RECORD,) if call is not None else ()), *_RETRY)
        return FetchFacts(title=_sentence(title), lines=_with_request_id(lines, error), actions=actions)
    kinds = {RefusedError: "Refused: ", BadAnswerError: "Not understood: "}
    title = _sentence(kinds.get(type(error), "") + error.brief())
    return FetchFacts(
        title=title, trouble=True, lines=_with_request_id((safe_line(error.hint),), error), actions=_RETRY
    )


def _with_request_id(lines: tuple[str, ...], error: OmniError) -> tuple[str, ...]:
    request = f"request {safe_line(error.request_id)}" if error.request_id else ""
    return (*lines, *filter(None, (request,)))


def _why_missing(error: NotFoundError, call: Call, now_ms: int) -> tuple[str, ...]:
    """Why there is no transcript, as far as the record tells (API.md on the 404)."""
    lines = [f"status: {status_words(call.status) or 'unknown'}"]
    if call.error:
        lines.append(f"error: {safe_line(call.error)}")
    if call.created_at_ms is not None:
        lines.append(f"recorded {times.age(now_ms - call.created_at_ms)} ago")
    why = never_comes(call, now_ms) or (error.hint if isinstance(error, WaitedError) else WHEN_IT_COMES)
    return (*lines, "", f"{_sentence(why)}.")


def _sentence(words: str) -> str:
    """Words with a capital letter."""
    return words[:1].upper() + words[1:]


def quoted(turn: Turn, time: str, remarks: Remarks, address: str) -> str:
    """A turn as text to pass on: the silence before it, who, when and what happened, its text, its link if any."""
    head = "  ".join(filter(None, (safe_line(turn.speaker), time, " · ".join(remarks.notes))))
    return "\n".join(filter(None, (remarks.silence, head, shown(turn).text, safe_line(address))))


def as_text(document: CallDocument, silence_ms: int) -> str:
    """The whole transcript as text to pass on."""
    from tui.core.export import FORMATS
    from tui.core.export.model import Options  # slow to import, and needed only here

    return FORMATS["txt"].render(document, Options(silence_ms=silence_ms)).text


def export_ended(path: Path, written: Written | None) -> str:
    """Where an export went: "written to call.srt (1.2 kB) · 2 turns have no times …"; or that it was given up."""
    if written is None:
        return f"gave up: {whole_path(path)} was not written"
    return safe_line(" · ".join((f"written to {whole_path(path)} ({size(written.count)})", *written.notes)))


def copied(what: str, count: int) -> str:
    """What was sent to the clipboard: "turn 14 sent to the clipboard, 312 bytes"."""
    return f"{what} sent to the clipboard, {size(count)}"


def large_copy(what: str, count: int, key: str) -> str:
    """What a large text for the clipboard takes, before it is sent."""
    return f"{what}: {size(count)}, the screen waits while it is sent; {key} again sends it"


def size(count: int) -> str:
    """A number of bytes for people: "812 bytes", "1.2 kB", "18.0 MB"."""
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1000:.1f} kB" if count < 999_950 else f"{count / 1_000_000:.1f} MB"


def label(action: Action, *, is_first: bool) -> str:
    """The word for an action in the foot and in the palette.

    Args:
        action: The action.
        is_first: Whether no screen is below, and so the way back ends the program.
    """
    return "back" if action.name == "back" and not is_first else action.label
