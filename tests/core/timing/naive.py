"""The same figures once more, from the rules alone: slow, millisecond by millisecond, with no code of the program."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import ceil
from typing import Any

from tui.core.transcript import Turn

ROLES = {"user": "user", "caller": "user", "assistant": "assistant", "Agent": "assistant"}
Timed = tuple[int, int, int, str, str]
"""Start, number, end, side and text."""


def timed_turns(turns: Sequence[Turn]) -> list[Timed]:
    found = []
    for number, turn in enumerate(turns, 1):
        side, start, end = ROLES.get(turn.speaker), turn.start_ms, turn.end_ms
        if side and start is not None and end is not None and 0 <= start < end:
            found.append((start, number, end, side, turn.text))
    return sorted(found)


def milliseconds(spans: Sequence[tuple[int, int]]) -> set[int]:
    return {ms for start, end in spans for ms in range(start, end)}


def talk(timed: Sequence[Timed], side: str) -> set[int]:
    return milliseconds([(start, end) for start, _, end, whose, _ in timed if whose == side])


def steps(timed: Sequence[Timed]) -> list[dict[str, Any]]:
    """What each turn but the first does, each found by looking at all the turns before it."""
    told = []
    for place in range(1, len(timed)):
        start, number, end, side, _ = timed[place]
        before = timed[:place]
        frontier = max(turn[2] for turn in before)
        holder = next(turn[3] for turn in before if turn[2] == frontier)
        kind = "nested" if end <= frontier else "continuing" if side == holder else "change"
        told.append({"turn": number, "start": start, "end": end, "side": side, "kind": kind, "frontier": frontier,
                     "holder": holder, "offset": start - frontier})  # fmt: skip
    return told


def tool_ms(turns: Sequence[Turn], since: int, until: int) -> int:
    spans = []
    for turn in turns:
        start, end = turn.start_ms, turn.end_ms
        if turn.speaker not in ROLES and start is not None and end is not None and 0 <= start < end:
            spans.append((start, end))
    return len(milliseconds(spans) & set(range(since, until)))


def is_doubtful(turn: Timed) -> bool:
    words = len(turn[4].split())
    return words >= 3 and Fraction(words * 60_000, turn[2] - turn[0]) > 400


def monologue(timed: Sequence[Timed], side: str) -> dict[str, int] | None:
    """The longest stretch: each candidate is begun by some turn, and grows as long as nothing ends it."""
    if not timed:
        return None
    done = {step["turn"]: step for step in steps(timed)}
    holding = [turn for turn in timed if turn[1] not in done or done[turn[1]]["kind"] != "nested"]
    begins = [
        place for place, turn in enumerate(holding)
        if turn[1] not in done or done[turn[1]]["kind"] == "change" or done[turn[1]]["offset"] >= 1500
    ]  # fmt: skip
    stretches = [holding[begin:end] for begin, end in zip(begins, [*begins[1:], len(holding)], strict=True)]
    told = [
        {"from_turn": each[0][1], "to_turn": each[-1][1], "ms": max(turn[2] for turn in each) - each[0][0]}
        for each in stretches if each[0][3] == side
    ]  # fmt: skip
    return max(told, key=lambda each: each["ms"], default=None)


def side_of(turns: Sequence[Turn], side: str, duration_ms: int | None) -> dict[str, Any]:
    timed = timed_turns(turns)
    mine = [turn for turn in timed if turn[3] == side]
    mine_ms, all_ms = len(talk(timed, side)), len(talk(timed, "user")) + len(talk(timed, "assistant"))
    trusted = [turn for turn in mine if not is_doubtful(turn)]
    minutes = Fraction(sum(turn[2] - turn[0] for turn in trusted), 60_000)
    changes = [step for step in steps(timed) if step["kind"] == "change" and step["side"] == side]
    ranked = sorted(step["offset"] for step in changes)
    longest = max(mine, key=lambda turn: turn[2] - turn[0], default=None)
    whole = duration_ms if duration_ms is not None else max((turn[2] for turn in timed), default=None)
    return {
        "turns": len(mine),
        "talk_ms": mine_ms if timed else None,
        "share_of_talk": round(mine_ms / all_ms, 3) if timed else None,
        "share_of_call": round(mine_ms / whole, 3) if timed and whole else None,
        "words_per_minute": round(sum(len(turn[4].split()) for turn in trusted) / minutes)
        if minutes >= Fraction(1, 4)
        else None,
        "longest_turn": {"turn": longest[1], "ms": longest[2] - longest[0]} if longest else None,
        "longest_monologue": monologue(timed, side),
        "response": {
            "n": len(ranked),
            "p50_ms": ranked[ceil(0.5 * len(ranked)) - 1] if ranked else None,
            "p95_ms": ranked[ceil(0.95 * len(ranked)) - 1] if ranked else None,
            "max_ms": ranked[-1] if ranked else None,
            "slow": len([ms for ms in ranked if ms > 1500]),
            "offsets": [
                {"turn": step["turn"], "ms": step["offset"], "tool_ms": tool_ms(turns, step["frontier"], step["start"])}
                for step in changes
            ],
        },
    }


def moments(turns: Sequence[Turn]) -> list[dict[str, Any]]:
    told = []
    for step in steps(timed_turns(turns)):
        at, over = step["start"], min(step["frontier"], step["end"]) - step["start"]
        is_other = step["side"] != step["holder"]
        kind = None
        if step["kind"] == "change" and step["side"] == "assistant" and step["offset"] > 1500:
            kind = "slow_answer"
        elif step["offset"] >= 3000:
            kind = "silence"
        elif step["kind"] == "change" and over > 300:
            kind = "interruption"
        elif step["kind"] == "nested" and is_other and step["end"] - step["start"] > 500:
            kind = "talked_over"
        if kind in {"slow_answer", "silence"}:
            tools = tool_ms(turns, step["frontier"], at)
            told.append({"kind": kind, "turn": step["turn"], "start_ms": step["frontier"], "ms": step["offset"],
                         "side": step["side"], "tool_ms": tools})  # fmt: skip
        elif kind:
            told.append({"kind": kind, "turn": step["turn"], "start_ms": at, "ms": over, "side": step["side"]})
    return told


def insights(call_id: str, turns: Sequence[Turn], duration_ms: int | None = None) -> dict[str, Any]:
    """All figures, and the moments but for errors."""
    timed = timed_turns(turns)
    of_side = [turn for turn in turns if turn.speaker in ROLES]
    as_sent = sorted(timed, key=lambda turn: turn[1])
    both = talk(timed, "user") & talk(timed, "assistant")
    either = talk(timed, "user") | talk(timed, "assistant")
    first, last = (timed[0][0], max(turn[2] for turn in timed)) if timed else (None, None)
    return {
        "call_id": call_id,
        "turns": len(turns),
        "timed": len(timed),
        "untimed": len(of_side) - len(timed),
        "other": len(turns) - len(of_side),
        "unordered": sum(any(b[0] > a[0] for b in as_sent[:place]) for place, a in enumerate(as_sent)),
        "doubtful": sum(map(is_doubtful, timed)),
        "backchannels": sum(
            step["kind"] == "nested" and step["side"] != step["holder"] and step["end"] - step["start"] <= 500
            for step in steps(timed)
        ),
        "first_start_ms": first,
        "last_end_ms": last,
        "duration_ms": duration_ms,
        "first_word_ms": min((turn[0] for turn in timed if turn[3] == "assistant"), default=None),
        "overlap_ms": len(both) if timed else None,
        "silence_ms": last - first - len(either) if first is not None and last is not None else None,
        "assistant": side_of(turns, "assistant", duration_ms),
        "user": side_of(turns, "user", duration_ms),
        "moments": moments(turns),
    }
