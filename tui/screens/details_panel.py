"""The details of a call as the lines of a panel: record, summary, recording, Recap, Trace.

Pure but for the list itself. All text from the API passes ``core.text`` before it stands here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, ClassVar, NamedTuple

from textual.binding import BindingType
from textual.content import Content

from tui.core import times
from tui.core.clock import Clock
from tui.core.details.facts import Fact, other_fields, record_facts
from tui.core.details.placing import TracePlaces, moment_words, quote_words, recovered_words
from tui.core.details.trace import Barge, Finding, Spread, Trace, TraceEntry
from tui.core.details.tree import TreeLine, tree_lines
from tui.core.errors import OmniError
from tui.core.insights import ENOUGH_FOR_P95, seconds
from tui.core.record import Call
from tui.core.shown import tool_words
from tui.core.status import status_words
from tui.core.text import safe, safe_line
from tui.core.timing import Timing
from tui.keys import Keymap, Place
from tui.screens.call_details import CallDetails
from tui.screens.line_panel import HANG_CELLS, LinePanel, PanelLine, hanging, heading, quiet
from tui.screens.presenters import turn_name
from tui.screens.session import Session
from tui.themes import QUIET
from tui.widgets.bindings import bindings
from tui.widgets.hanging_text import HangingText

_NAME_CELLS = 14
_MOST_INDENT_CELLS = 24
_MOST_LISTED = 200
"""So many of each kind of item are listed."""
_RECORDING = heading("recording")
_OURS = "measured by the platform; beside it, as ours, the response by the times of the transcript"


class Known(NamedTuple):
    """The content of the lines.

    Attributes:
        call: The record; None if there is none (yet).
        details: What was asked besides.
        timing: Our figures; None if not known yet.
        session: The clock, and the keys.
    """

    call: Call | None
    details: CallDetails
    timing: Timing | None
    session: Session


class DetailList(LinePanel):
    """The details.

    Args:
        lines: Its lines.
        details: Fetches links, and plays.
    """

    opened_by = "details"
    BINDINGS: ClassVar[list[BindingType]] = bindings(Place.DETAILS)
    _awaited = ""  # the action whose answer is to be in view when it arrives

    def __init__(self, lines: Iterable[PanelLine], details: CallDetails) -> None:
        super().__init__(lines)
        self._details = details

    def show(self, lines: Iterable[PanelLine]) -> None:
        """As the base does; the answer to a key stays in view while the cursor is where the key has left it."""
        before = self._listed
        is_awaiting = bool(self._awaited) and self.highlighted == self._answered_at(self._awaited)
        super().show(lines)
        if is_awaiting and self._listed is not before:
            self._answer_below(self._awaited)

    def action_recording_link(self) -> None:
        """Fetch a fresh link to the recording."""
        self._answer_below("recording_link")
        self._details.fetch_link()

    def action_play_recording(self) -> None:
        """Hand a fresh link to the player, or stop it."""
        self._answer_below("play_recording")
        self._details.play()

    def _answer_below(self, action: str) -> None:
        """Go to the line of an action, or to the heading of its part, which comes to the top."""
        self._awaited = action
        self.go_below(self._listed.index(_RECORDING), self._answered_at(action))

    def _answered_at(self, action: str) -> int:
        """The index of the line of an action of the recording, else of its heading."""
        lines = self._listed
        return next((at for at, line in enumerate(lines) if line.action == action), lines.index(_RECORDING))


def detail_lines(known: Known) -> Iterator[PanelLine]:
    """The lines of the panel."""
    yield heading("the record")
    yield from _record_lines(known)
    yield heading("summary")
    yield from _summary_lines(known.call)
    yield _RECORDING
    yield from _recording_lines(known)
    yield heading("Recap")
    yield from _recap_lines(known)
    yield heading("Trace")
    yield from _trace_lines(known)


def _fact_line(fact: Fact) -> PanelLine:
    value = (fact.value, "$trouble") if fact.is_trouble else fact.value
    return PanelLine(HangingText(_name(fact.name), Content.assemble(value)))


def _name(name: str) -> Content:
    return Content.assemble((f"{name:<{_NAME_CELLS}} ", QUIET))


def _tree(value: Any) -> Iterator[PanelLine]:
    return map(_tree_line, tree_lines(value))


def _tree_line(line: TreeLine) -> PanelLine:
    indent = Content(" " * min(line.depth * HANG_CELLS, _MOST_INDENT_CELLS))
    gap = "" if not line.name or line.name.endswith(" ") or not line.text else "  "
    return PanelLine(HangingText(indent, Content.assemble((line.name, QUIET), gap, line.text), HANG_CELLS))


def _text_line(name: str, text: str) -> PanelLine:
    return PanelLine(HangingText(_name(name), Content(safe(text).strip())))


def _rest(count: int) -> Iterator[PanelLine]:
    if count > _MOST_LISTED:
        yield quiet(f"… and {count - _MOST_LISTED:,} more")


# The record, the summary, the recording


def _record_lines(known: Known) -> Iterator[PanelLine]:
    if known.call is None:
        yield quiet("nothing is known of it")
        return
    yield from map(_fact_line, record_facts(known.call, known.session.clock.date_time, known.session.clock.now_ms()))
    if others := other_fields(known.call):
        yield from _tree(others)


def _summary_lines(call: Call | None) -> Iterator[PanelLine]:
    summary = None if call is None else call.fields.get("summary")
    if summary in (None, "", {}, []):
        yield quiet(
            "the record has none" if call is None or not call.has_summary else "the record says that it has one"
        )
    else:
        yield from _tree(summary)


def _recording_lines(known: Known) -> Iterator[PanelLine]:
    details, call, keymap = known.details, known.call, known.session.keymap
    if call is not None and call.has_recording is False:
        yield quiet("the record says that there is none")
    elif details.unasked:
        yield quiet(details.unasked)
    else:
        yield _action_line(keymap, "recording_link", "a fresh link, shown and copied")
        player = details.player
        named = "play it" if player is None else f"play it with {player.name}"
        does = f"stop {player.name}" if player is not None and player.is_playing else named
        yield _action_line(keymap, "play_recording", does)
    if details.is_asking:
        yield quiet("asking for a link …")
    elif isinstance(details.recording, OmniError):
        yield hanging(Content(details.recording.line()))
    elif details.recording is not None:
        yield PanelLine(HangingText(Content(""), Content(details.recording.url)))
        yield quiet(_lifetime(details.recording.expires_at_ms, known.session.clock))
    if details.played:
        yield hanging(Content(details.played))


def _lifetime(expires_at_ms: int | None, clock: Clock) -> str:
    until = "for a while" if expires_at_ms is None else f"until {clock.date_time(expires_at_ms)}"
    return f"whoever has this link can listen, {until}; it is kept nowhere"


def _action_line(keymap: Keymap, action: str, does: str) -> PanelLine:
    name = Content.assemble((f"{keymap.word(action):<{_NAME_CELLS}} ", "bold"))
    return PanelLine(HangingText(name, Content(does)), action=action)


# Recap


def _recap_lines(known: Known) -> Iterator[PanelLine]:
    placed = known.details.recap.placed
    if placed is None:
        yield quiet(known.details.recap.why_none)
        return
    recap = placed.recap
    yield _fact_line(Fact("status", status_words(recap.status) or "unknown", recap.status == "failed"))
    if recap.error:
        yield _fact_line(Fact("error", safe_line(recap.error), is_trouble=True))
    if recap.pack:
        yield _fact_line(Fact("pack", safe_line(recap.pack)))
    yield from (_text_line(name, text) for name, text in recap.texts.items())
    for moment, turn in islice(zip(recap.moments, placed.moments, strict=True), _MOST_LISTED):
        at = "" if moment.offset_s is None else times.offset(round(moment.offset_s * 1000), tenths=False)
        yield _placed(at, turn, moment_words(moment))
    yield from _rest(len(recap.moments))
    for quote, turn in islice(zip(recap.quotes, placed.quotes, strict=True), _MOST_LISTED):
        words = f"“{safe_line(quote.quote)}”" if quote.quote else ""
        about = quote_words(quote)
        yield _placed("", turn, ": ".join(filter(None, (quote.kind, " · ".join(filter(None, (words, about)))))))
    yield from _rest(len(recap.quotes))
    if recap.rest:
        yield from _tree(recap.rest)


def _placed(at: str, turn: int | None, *words: str | tuple[str, str]) -> PanelLine:
    """A line with its place, as far as that is known; words may have a style."""
    place = "" if turn is None else turn_name(turn)
    head = "  ".join(filter(None, (at, place)))
    body = Content.assemble((f"{head}  " if head else "", QUIET), *words)
    return hanging(body, turn)


# Trace


def _trace_lines(known: Known) -> Iterator[PanelLine]:
    placed = known.details.trace.placed
    if placed is None:
        yield quiet(known.details.trace.why_none)
        return
    trace = placed.trace
    verdict = safe_line(trace.verdict or "unknown")
    yield _fact_line(Fact("verdict", verdict, verdict.upper() == "FAIL"))
    if trace.scored_at_ms is not None:
        yield _fact_line(Fact("scored", known.session.clock.date_time(trace.scored_at_ms)))
    yield from (_fact_line(Fact(name.replace("_", " "), f"{count:,}")) for name, count in trace.counts.items())
    yield from _finding_lines(trace.findings)
    yield from _measured_lines(trace, known.timing)
    yield from _entry_lines(placed, known.timing)
    if trace.rest:
        yield from _tree(trace.rest)


def _finding_lines(findings: tuple[Finding, ...]) -> Iterator[PanelLine]:
    for finding in findings[:_MOST_LISTED]:
        head = " · ".join(safe_line(word) for word in (finding.check, finding.verdict, finding.severity) if word)
        named = {"action": finding.action, "confidence": finding.confidence, "at_t": finding.at}
        facts = " · ".join(f"{name} {safe_line(value)}" for name, value in named.items() if value)
        told = f"told the agent: {safe_line(finding.instruction)}" if finding.instruction else ""
        below = "".join(f"\n{line}" for line in (safe_line(finding.reason), told) if line)
        rest = (f"\n{facts}", QUIET) if facts else ""
        yield hanging(Content.assemble((head or "finding", "$trouble"), below, rest))
    yield from _rest(len(findings))


def _measured_lines(trace: Trace, timing: Timing | None) -> Iterator[PanelLine]:
    spreads = {"ttfb": trace.ttfb, "endpointing": trace.endpointing, "barge-in noticed": trace.detection}
    if not (any(spread.p50 is not None for spread in spreads.values()) or trace.barges):
        return
    yield quiet(_OURS)
    for name, spread in spreads.items():
        if spread.p50 is not None:
            ours = _our_spread(timing) if name == "ttfb" else ""
            yield _measured_line(name, _spread(spread) + ours)
    if trace.barges:
        recovered = "" if trace.recovered is None else f", {trace.recovered:,} recovered"
        yield _measured_line("barge-ins", f"{trace.barges:,}{recovered}")


def _measured_line(name: str, words: str) -> PanelLine:
    return hanging(Content.assemble((f"measured {name}  ", QUIET), words))


def _spread(spread: Spread) -> str:
    percentiles = (("p50", spread.p50), ("p95", spread.p95), ("p99", spread.p99))
    known = "  ".join(f"{name} {_ms(value)}" for name, value in percentiles if value is not None)
    return known + ("" if spread.n is None else f"  of {spread.n:,}")


def _our_spread(timing: Timing | None) -> str:
    response = None if timing is None else timing.assistant.response
    if response is None or response.percentile_ms(50) is None:
        return ""
    typical, longest = seconds(response.percentile_ms(50)), seconds(response.percentile_ms(100))
    high = f"p95 {seconds(response.percentile_ms(95))}" if response.n >= ENOUGH_FOR_P95 else f"longest {longest}"
    return f"\nours: response p50 {typical}  {high}  of {response.n:,}"


def _ms(value: float) -> str:
    return seconds(round(value))


def _entry_lines(placed: TracePlaces, timing: Timing | None) -> Iterator[PanelLine]:
    ours = {} if timing is None else {answer.turn: answer.ms for answer in timing.assistant.response.answers}
    entries = zip(placed.trace.entries, placed.turns, strict=True)
    told = [(entry, turn) for entry, turn in entries if entry.is_measured or entry.tools]
    for entry, turn in told[:_MOST_LISTED]:
        at = "" if turn is not None or entry.t_ms is None else f"t_ms {entry.t_ms}"
        our_ms = None if turn is None or entry.ttfb_ms is None else ours.get(turn)
        ours_too = "" if our_ms is None else f" · ours {seconds(our_ms)}"
        yield _placed(at, turn, _measured(entry) + ours_too, *map(_tool, entry.tools))
    yield from _rest(len(told))


def _tool(call: Mapping[str, Any]) -> str | tuple[str, str]:
    """A tool call on a line of its own."""
    words, failed = tool_words(call)
    return (f"\n{words}", "$trouble") if failed else f"\n{words}"


def _measured(entry: TraceEntry) -> str:
    """The measured times of an entry: "ttfb 0.49 s · endpointing 0.31 s"."""
    parts = [] if entry.ttfb_ms is None else [f"ttfb {_ms(entry.ttfb_ms)}"]
    parts += [] if entry.endpointing_ms is None else [f"endpointing {_ms(entry.endpointing_ms)}"]
    parts += [] if entry.barge is None else [_barge(entry.barge)]
    return " · ".join(parts)


def _barge(barge: Barge) -> str:
    noticed = "" if barge.detect_ms is None else f" noticed after {_ms(barge.detect_ms)}"
    return f"barge-in{noticed}{recovered_words(barge)}"
