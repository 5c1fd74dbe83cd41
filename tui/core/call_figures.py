"""The figures of a call as plain values, for programs: times in ms, turns from 1, unknown values as None."""

from __future__ import annotations

from typing import Any

from tui.core.call import CallDocument
from tui.core.timing import Moment, SideFigures, Timing

_COUNTS = ("turns", "timed", "untimed", "other", "unordered", "doubtful", "backchannels")


def figures_of(document: CallDocument, timing: Timing) -> dict[str, Any]:
    """All figures and moments of a call, always with the same keys in the same order."""
    duration_ms = document.length_ms(None)
    return {name: getattr(timing, name) for name in _COUNTS} | {
        "first_start_ms": timing.first_start_ms, "last_end_ms": timing.last_end_ms, "duration_ms": duration_ms,
        "first_word_ms": timing.first_word_ms, "overlap_ms": timing.overlap_ms, "silence_ms": timing.silence_ms,
        "assistant": _side(timing, timing.assistant, duration_ms), "user": _side(timing, timing.user, duration_ms),
        "moments": [_moment(moment) for moment in timing.moments],
    }  # fmt: skip


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
            "offsets": [
                {"turn": answer.turn + 1, "ms": answer.ms, "tool_ms": answer.tool_ms} for answer in response.answers
            ],
        },
    }  # fmt: skip


def _moment(moment: Moment) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "kind": moment.kind.value, "turn": moment.turn + 1, "start_ms": moment.start_ms, "ms": moment.ms,
        "side": moment.side.value,
    }  # fmt: skip
    return facts if moment.tool_ms is None else facts | {"tool_ms": moment.tool_ms}
