"""``omni-transcripts insights``: when who spoke, as text for people or as JSON for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tui.commands.fetching import anomalies, fetched
from tui.commands.output import say, write_out
from tui.core.call import CallDocument
from tui.core.errors import ExitStatus, UsageError
from tui.core.missing import is_empty, missing
from tui.core.remarks import NO_TIMES, reservations, told
from tui.core.target import Locator, Target, link
from tui.core.text import safe_line
from tui.core.times import duration, offset
from tui.core.timing import FAIR_MS, GOOD_MS, Moment, MomentKind, SideFigures, Timing, measure
from tui.sources.calls import open_source
from tui.sources.connection import Connection

_ENOUGH_FOR_P95 = 20
_NAME_CELLS = 20
_UNKNOWN = "unknown"
_LATE = "times are those of the transcript: an engine may stamp them some hundred milliseconds late"
_UNSPOKEN = "what was written but never spoken after an interruption cannot be known"


async def insights(connection: Connection, target: Target, *, stdin: bytes = b"", as_json: bool = False) -> ExitStatus:
    """Fetch a call, and write its figures and moments.

    Args:
        connection: The account.
        target: The call, without a place.
        stdin: What came on standard input.
        as_json: Whether to write JSON.

    Raises:
        OmniError: As its classes tell; nothing was written then.
    """
    if target.place != Locator():
        raise UsageError("the figures are those of a whole call", "leave out #turn= and #t=")
    async with open_source(connection, stdin=stdin) as source:
        transcript, record = await fetched(source, target)
        if is_empty(transcript):
            raise missing(None, record or transcript.record)
        document, timing = CallDocument(transcript, record), measure(transcript.turns)
        text = as_document(document, timing) if as_json else as_text(document, timing)
        write_out(text.encode())
        for note in anomalies(transcript, record):
            say(note)
    return ExitStatus.DONE


def as_document(document: CallDocument, timing: Timing) -> str:
    """One line of JSON in ASCII: times in ms, turns from 1, what is unknown as null."""
    duration_ms = document.length_ms(None)
    facts: dict[str, Any] = {"call_id": document.transcript.call_id}
    for name in ("turns", "timed", "untimed", "other", "unordered", "doubtful", "backchannels"):
        facts[name] = getattr(timing, name)
    facts |= {
        "first_start_ms": timing.first_start_ms, "last_end_ms": timing.last_end_ms, "duration_ms": duration_ms,
        "first_word_ms": timing.first_word_ms, "overlap_ms": timing.overlap_ms, "silence_ms": timing.silence_ms,
        "assistant": _side(timing, timing.assistant, duration_ms), "user": _side(timing, timing.user, duration_ms),
        "moments": [_moment(moment) for moment in timing.moments],
    }  # fmt: skip
    return json.dumps(facts) + "\n"


def _side(timing: Timing, side: SideFigures, duration_ms: int | None) -> dict[str, Any]:
    turn, stretch, response = side.longest_turn, side.longest_monologue, side.response
    return {
        "turns": side.turns, "talk_ms": side.talk_ms, "share_of_talk": side.share_of_talk,
        "share_of_call": timing.share_of_call(side, duration_ms), "words_per_minute": side.words_per_minute,
        "longest_turn": turn and {"turn": turn.turn + 1, "ms": turn.ms},
        "longest_monologue": stretch and {
            "from_turn": stretch.from_turn + 1, "to_turn": stretch.to_turn + 1, "ms": stretch.ms,
        },
        "response": {
            "n": response.n, "p50_ms": response.percentile_ms(50), "p95_ms": response.percentile_ms(95),
            "max_ms": response.percentile_ms(100), "slow": response.slow,
            "offsets": [answer._asdict() | {"turn": answer.turn + 1} for answer in response.answers],
        },
    }  # fmt: skip


def _moment(moment: Moment) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "kind": moment.kind.value, "turn": moment.turn + 1, "start_ms": moment.start_ms, "ms": moment.ms,
        "side": moment.side.value,
    }  # fmt: skip
    return facts if moment.tool_ms is None else facts | {"tool_ms": moment.tool_ms}


def as_text(document: CallDocument, timing: Timing) -> str:
    """Every figure with its rule in a few words, then the moments, each with the link that opens it."""
    lines = [safe_line(document.transcript.call_id), *_call_lines(document, timing)]
    if timing.timed:
        for side in (timing.assistant, timing.user):
            lines += ["", *_side_lines(document, timing, side)]
    lines += ["", *_moment_lines(document, timing)]
    return "\n".join(lines) + "\n"


def _row(name: str, value: str, rule: str = "") -> str:
    return f"  {name:<{_NAME_CELLS}}{value}" + (f"  ({rule})" if rule else "")


def _call_lines(document: CallDocument, timing: Timing) -> Iterator[str]:
    parts = [f"{timing.timed:,} timed"]
    parts += [f"{count:,} {name}" for name, count in (("untimed", timing.untimed), ("other", timing.other)) if count]
    yield _row("turns", f"{timing.turns:,}", ", ".join(parts))
    if not timing.timed:
        yield f"  {NO_TIMES}: there are no figures of time"
        return
    length_ms = document.length_ms(timing.last_end_ms)
    yield _row("length", _UNKNOWN if length_ms is None else duration(length_ms), "of the record, else the last end")
    yield _row("first word", _seconds(timing.first_word_ms), "start of the assistant's first turn")
    yield _row("talking at once", _seconds(timing.overlap_ms), "both sides have a turn")
    yield _row("nobody talking", _seconds(timing.silence_ms), "between the first start and the last end")
    yield _row("backchannels", f"{timing.backchannels:,}", "up to 0.5 s, inside a turn of the other side")
    yield from _reservations(timing)


def _reservations(timing: Timing) -> Iterator[str]:
    """What must be said of the times, once."""
    yield f"  {_LATE}"
    if any(moment.kind is MomentKind.INTERRUPTION for moment in timing.moments):
        yield f"  {_UNSPOKEN}"
    yield from (f"  {reservation}" for reservation in reservations(timing))


def _turns(count: int, one: str, many: str) -> str:
    return f"1 turn {one}" if count == 1 else f"{count:,} turns {many}"


def _side_lines(document: CallDocument, timing: Timing, side: SideFigures) -> Iterator[str]:
    yield f"{side.role.value}, {_turns(side.turns, '', '').strip()}"
    of_talk, of_call = side.share_of_talk, timing.share_of_call(side, document.length_ms(None))
    yield _row("talk", _seconds(side.talk_ms), f"{_percent(of_talk)} of all talk, {_percent(of_call)} of the call")
    rate = _UNKNOWN if side.words_per_minute is None else f"{side.words_per_minute:,} words a minute"
    yield _row("speaking rate", rate, "from 15 s of talk on, where spaces separate words")
    if turn := side.longest_turn:
        yield _row("longest turn", _seconds(turn.ms), _link(document, turn.turn))
    if stretch := side.longest_monologue:
        name = "longest monologue"
        yield _row(name, _seconds(stretch.ms), f"no pause of 1.5 s; from {_link(document, stretch.from_turn)}")
    yield from _response_lines(side)


def _response_lines(side: SideFigures) -> Iterator[str]:
    response = side.response
    typical, longest = response.percentile_ms(50), response.percentile_ms(100)
    if typical is None:
        yield _row("response", _UNKNOWN, f"the {side.role.value} never takes the floor from the other side")
        return
    rule = "from the end of the other side's turn; below 0 it began before that"
    yield _row("response, median", f"{_seconds(typical)}, {_band(typical)}", rule)
    if response.n >= _ENOUGH_FOR_P95:
        yield _row("response, p95", _seconds(response.percentile_ms(95)), f"of {response.n:,}, by nearest rank")
    yield _row("response, longest", _seconds(longest), f"{response.slow:,} of {response.n:,} above 1.5 s")


def _band(ms: int) -> str:
    """What PyAI's own harness calls a latency."""
    if ms < GOOD_MS:
        return "good: below 0.8 s"
    return "fair: up to 1.5 s" if ms <= FAIR_MS else "slow: above 1.5 s"


_RULES = {
    MomentKind.SLOW_ANSWER: "slow answer: the assistant takes the floor after more than 1.5 s",
    MomentKind.SILENCE: "silence: any other of 3 s or more",
    MomentKind.INTERRUPTION: "interruption: more than 0.3 s at once, and the floor changes",
    MomentKind.TALKED_OVER: "talked over: more than 0.5 s inside a turn of the other side",
    MomentKind.ERROR: "error: the turn, or a tool that it called, says so itself",
}


def _moment_lines(document: CallDocument, timing: Timing) -> Iterator[str]:
    if not timing.moments:
        yield "no moments"
        return
    yield "1 moment" if len(timing.moments) == 1 else f"{len(timing.moments):,} moments"
    kinds = Counter(moment.kind for moment in timing.moments)
    for kind, rule in _RULES.items():
        if kind in kinds:
            yield f"  {kinds[kind]:>4,}  {rule}"
    yield ""
    for moment in timing.moments:
        at = "" if moment.start_ms is None else offset(moment.start_ms)
        yield f"  {at:>9}  {_link(document, moment.turn)}  {told(moment, _seconds)}"


def _link(document: CallDocument, turn: int) -> str:
    return safe_line(link(document.transcript.call_id, turn + 1))


def _percent(share: float | None) -> str:
    return _UNKNOWN if share is None else f"{share:.1%}"


def _seconds(ms: int | None) -> str:
    """A length in seconds to the millisecond, as no figure is rounded: "0.64 s", "-1.204 s"."""
    return _UNKNOWN if ms is None else f"{ms / 1000:,.3f}".rstrip("0").rstrip(".") + " s"
