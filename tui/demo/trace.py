"""Makes the demo's interactions of Trace: a timeline from the turns of a call, with times as an engine measures them.

The percentiles are by nearest rank, as those of the platform's own harness.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_SIDES = ("user", "assistant")
_ENDPOINTING_MS = (240, 310, 275, 420, 290)
_DETECTION_MS = (140, 185, 230)
_LEAST_TTFB_MS = 90
_BARGE_MS = 300


def interaction(call_id: str, turns: Sequence[Mapping[str, Any]], scored: Mapping[str, Any]) -> dict[str, Any]:
    """The answer for a call.

    Args:
        call_id: The call's id.
        turns: Its turns as on the wire, with times.
        scored: The fields that do not follow from the turns: verdict, findings, scorecard and the like.
    """
    timeline = _timeline(turns)
    return {
        "object": "trace.interaction",
        "id": call_id,
        **scored,
        "timeline": timeline,
        "derived_metrics": _derived(timeline),
    }


def _timeline(turns: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    timeline: list[dict[str, Any]] = []
    tools: list[dict[str, Any]] = []
    for turn in turns:
        if turn["role"] == "tool":
            tools.append(
                {
                    "name": turn.get("name", "tool"),
                    "args": turn.get("arguments", {}),
                    "result": turn["text"],
                    "t_ms": turn["start_ms"],
                }
            )
        elif turn["role"] in _SIDES:
            entry = {"seq": len(timeline), "t_ms": turn["start_ms"], "role": turn["role"], "text": turn["text"]}
            timeline.append(entry | _measured(turn, len(timeline), turns) | ({"tool_calls": tools} if tools else {}))
            tools = []
    return timeline


def _measured(turn: Mapping[str, Any], place: int, turns: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The measured times of a turn: of the user's its endpointing and barge-in, of an answer its first byte."""
    before = [other for other in turns if other["role"] in _SIDES and other["start_ms"] < turn["start_ms"]]
    last = max(before, key=lambda other: other["end_ms"], default=None)
    if turn["role"] == "user":
        measured: dict[str, Any] = {"endpointing_ms": _ENDPOINTING_MS[place % len(_ENDPOINTING_MS)]}
        if last is not None and last["role"] == "assistant" and last["end_ms"] - turn["start_ms"] > _BARGE_MS:
            measured["barge"] = {"detect_ms": _DETECTION_MS[place % 3], "recovered": place % 5 != 2}
        return measured
    if last is None or last["role"] != "user" or turn["start_ms"] < last["end_ms"]:
        return {}
    waited_ms = turn["start_ms"] - last["end_ms"] - _ENDPOINTING_MS[place % len(_ENDPOINTING_MS)]
    return {"ttfb_ms": max(_LEAST_TTFB_MS, waited_ms)}


def _derived(timeline: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    barges = [entry["barge"] for entry in timeline if "barge" in entry]
    recovered = sum(barge["recovered"] for barge in barges)
    return {
        "turns": len(timeline),
        "tool_calls": sum(len(entry.get("tool_calls", ())) for entry in timeline),
        "turns_by_role": {role: sum(entry["role"] == role for entry in timeline) for role in _SIDES},
        "ttfb_ms": _spread([entry["ttfb_ms"] for entry in timeline if "ttfb_ms" in entry]),
        "endpointing_ms": _spread([entry["endpointing_ms"] for entry in timeline if "endpointing_ms" in entry]),
        "barge": {
            "count": len(barges),
            "recovered": recovered,
            "recovery_rate": recovered / len(barges) if barges else None,
            "detect_ms": _spread([barge["detect_ms"] for barge in barges]),
        },
    }


def _spread(values: Sequence[int]) -> dict[str, int | None]:
    return {"count": len(values)} | {f"p{q}": _percentile(values, q) for q in (50, 95, 99)}


def _percentile(values: Sequence[int], q: int) -> int | None:
    """By nearest rank; None of nothing."""
    return sorted(values)[-(-len(values) * q // 100) - 1] if values else None
