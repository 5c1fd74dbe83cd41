"""The offline fixture of PyAI's own ``omni-eval-harness``, from a call: one JSON document of exchanges.

An exchange is what the caller says and what the agent answers. The turns are taken in the order sent: an exchange
begins with a turn of the user, unless the exchange before has no turn of the assistant yet. So several turns of the
user in a row are one, as are several of the assistant; an assistant that opens has an exchange in which the caller says
nothing (""), and a last turn of the user one in which the agent says nothing. Turns of tools and other roles belong to
the exchange that they stand in; of these only calls of tools are taken, not their results.

- ``caller_says`` and ``agent_text`` are the words of the turns, with a blank between two turns.
- ``caller_audio_ms`` and ``agent_audio_ms`` are the lengths of these turns; null where one of them has no times.
- ``asr_hypothesis`` is null: the transcript is what was recognized, and nobody knows what was meant.
- Further words that stand in an exchange, as of a supervisor, and further latencies have no place: notes count them.
- ``ttfb_ms`` is the response latency of the agent by the rules of ``timing``: that of the first of these turns which
  takes the floor, from the end of the caller's turn, negative where it began before that; null where none takes it.
- ``turn_ms`` is null: the harness times the reply without its playback, and a transcript has the playback alone.
- ``barge_in`` belongs to the exchange whose agent was spoken over, by an interruption or a turn inside of the agent's:
  recovered if each time the agent gave up the floor. Null without any.
- ``agent_id`` is that of the record, else null; ``session_label`` is the label. ``scenario`` is null: the harness takes
  it from its command line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from tui.core.call import CallDocument
from tui.core.counted import counted
from tui.core.errors import UsageError
from tui.core.export.model import Export, Options, wanted
from tui.core.json_values import from_text, representable
from tui.core.shown import ToolCall, is_tool_role, tool_calls
from tui.core.times import iso_utc
from tui.core.timing import FloorOffset, Moment, MomentKind, is_interval, measure
from tui.core.transcript import Role, Turn

_NOTE = "made by omni-transcripts from the transcript of a call; times are those of the transcript"


class _Exchange(NamedTuple):
    """What the caller says, and what the agent answers.

    Attributes:
        caller: The turns of the user.
        agent: The turns of the assistant.
        others: All other turns.
    """

    caller: list[Turn]
    agent: list[Turn]
    others: list[Turn]


def render(document: CallDocument, options: Options) -> Export:
    """Render the call as a fixture.

    Raises:
        UsageError: It has no turn of the user or of the assistant.
    """
    turns = tuple(document.transcript.turns)
    exchanges = list(_exchanges(wanted(turns, options)))
    if not exchanges:
        raise UsageError("nobody speaks in these turns, so they are no fixture", "export them as json")
    timing = measure(turns, options.silence_ms)
    floor, barged = timing.floor_offsets, _barge_ins(turns, timing.moments)
    fixture = {**_heading(document), "turns": [_turn(one, floor, barged) for one in exchanges]}
    text = json.dumps(representable(fixture), indent=2, allow_nan=False) + "\n"
    return Export(text, tuple(_left_out(exchanges, floor)))


def _left_out(exchanges: Sequence[_Exchange], floor: Mapping[int, FloorOffset]) -> Iterator[str]:
    """What has no place in the format: words of other roles than caller, agent and tool, and further latencies."""
    voices = sum(_has_a_voice(turn) for one in exchanges for turn in one.others)
    if voices:
        verb = "is" if voices == 1 else "are"
        yield f"{counted(voices, 'turn')} of other roles {verb} left out: a fixture has caller and agent alone"
    further = sum(max(0, len(_latencies(one, floor)) - 1) for one in exchanges)
    if further:
        left_out = "latency is" if further == 1 else "latencies are"
        yield f"{further:,} response {left_out} left out: a fixture has one for each exchange"


def _has_a_voice(turn: Turn) -> bool:
    """Whether a turn of no side has words that no tool has written."""
    return not is_tool_role(turn.speaker) and bool(turn.text.strip())


def _heading(document: CallDocument) -> dict[str, Any]:
    record, call_id = document.record, document.transcript.call_id
    agent_id = record.fields.get("agent_id")
    return {
        "fixture": call_id, "scenario": None, "agent_id": agent_id if isinstance(agent_id, str) else None,
        "session_label": record.label, "mode": "live-voice",
        "recorded_at": iso_utc(document.start_ms), "note": _NOTE,
    }  # fmt: skip


def _exchanges(turns: Sequence[Turn]) -> Iterator[_Exchange]:
    """The exchanges, in order; other turns before the first of them belong to it."""
    current = _Exchange([], [], [])
    for turn in turns:
        if turn.role is Role.USER and current.agent:
            yield current
            current = _Exchange([], [], [])
        {Role.USER: current.caller, Role.ASSISTANT: current.agent}.get(turn.role, current.others).append(turn)
    if current.caller or current.agent:
        yield current


def _turn(exchange: _Exchange, floor: Mapping[int, FloorOffset], barged: Mapping[int, bool]) -> dict[str, Any]:
    attempts = [barged[turn.index] for turn in exchange.agent if turn.index in barged]
    calls = chain.from_iterable(map(tool_calls, sorted((*exchange.agent, *exchange.others), key=lambda one: one.index)))
    return {
        "caller_says": _words(exchange.caller), "caller_audio_ms": _length_ms(exchange.caller), "asr_hypothesis": None,
        "agent_text": _words(exchange.agent), "agent_audio_ms": _length_ms(exchange.agent),
        "ttfb_ms": next(iter(_latencies(exchange, floor)), None), "turn_ms": None,
        "tool_calls": [{"name": call.name, "args": _args(call)} for call in calls if _is_call(call)],
        "barge_in": {"attempted": True, "recovered": all(attempts)} if attempts else None,
    }  # fmt: skip


def _words(turns: Sequence[Turn]) -> str:
    return " ".join(turn.text for turn in turns if turn.text.strip())


def _length_ms(turns: Sequence[Turn]) -> int | None:
    """How long the turns are together; None if any has no times, or there are none."""
    times = [times_ms for turn in turns if is_interval(times_ms := (turn.start_ms, turn.end_ms))]
    return sum(end_ms - start_ms for start_ms, end_ms in times) if times and len(times) == len(turns) else None


def _latencies(exchange: _Exchange, floor: Mapping[int, FloorOffset]) -> list[int]:
    """The response latencies of the agent: those of its turns that take the floor, in the order sent."""
    offsets = (floor[turn.index] for turn in exchange.agent if turn.index in floor)
    return [offset_ms for offset_ms, transfer, _ in offsets if transfer == "change"]


def _barge_ins(turns: Sequence[Turn], moments: Sequence[Moment]) -> dict[int, bool]:
    """The turns of the assistant that the user spoke over, and whether the assistant always gave up the floor."""
    found: dict[int, bool] = {}
    for moment in moments:
        if moment.side is Role.USER and moment.kind is MomentKind.INTERRUPTION and moment.cut_turn is not None:
            found.setdefault(moment.cut_turn, True)
        if moment.side is Role.USER and moment.kind is MomentKind.TALKED_OVER:
            found.update((turn.index, False) for turn in turns if _is_around(turn, moment.start_ms or 0))
    return found


def _is_around(turn: Turn, at_ms: int) -> bool:
    times_ms = turn.start_ms, turn.end_ms
    return turn.role is Role.ASSISTANT and is_interval(times_ms) and times_ms[0] <= at_ms < times_ms[1]


def _is_call(call: ToolCall) -> bool:
    """Whether it is a call: results come with their own turn, without arguments."""
    return call.name is not None and (call.arguments is not None or call.result is None)


def _args(call: ToolCall) -> Any:
    """The arguments as an object, also where they were sent as JSON in a text."""
    return from_text(call.arguments) if isinstance(call.arguments, str) else call.arguments
