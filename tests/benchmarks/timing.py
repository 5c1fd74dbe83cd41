"""What the figures of time cost, against the least that anybody needs for them."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from time import process_time

from tests.benchmarks.measures import Measure, Pair
from tests.benchmarks.workbench import Workbench
from tui.cli import COLLECT_AT
from tui.core.timing import measure
from tui.core.transcript import Turn

_TEXT = "I would like to know where my parcel is because it has not come yet please help me with it now"


def figures_of_time(count: int) -> Measure:
    """The processor's time for all figures and moments, beside that for one plain pass over the same turns."""

    def pairs(bench: Workbench) -> list[Pair]:
        turns = _turns(count)
        with _collecting_as_the_program_does():
            costs: list[Pair] = [
                (_cost_s(lambda: measure(turns)), _cost_s(lambda: _plain_pass(turns)))
                for _ in range(bench.options.repetitions + 1)
            ]
        return costs[1:]

    return pairs


@contextmanager
def _collecting_as_the_program_does() -> Iterator[None]:
    before = gc.get_threshold()
    gc.set_threshold(*COLLECT_AT)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _turns(count: int) -> list[Turn]:
    """Two who take turns, at times at once, at times after a long silence; the same for each run."""
    turns, end_ms, words = [], 1_000, _TEXT.split()
    for place in range(count):
        start_ms = end_ms + place * 7919 % 2500 - 500
        text = " ".join(words[: 3 + place % 17])
        end_ms = start_ms + 300 * (3 + place % 17)
        turns.append(Turn(place, ("user", "assistant")[place % 2], text, start_ms, end_ms))
    return turns


def _plain_pass(turns: Sequence[Turn]) -> object:
    """The intervals sorted, and the words counted."""
    return sorted((turn.start_ms or 0, turn.end_ms or 0, len(turn.text.split())) for turn in turns)


def _cost_s(work: Callable[[], object]) -> float:
    begun_s = process_time()
    held = work()  # to free it is no part of the work: the app has it as long as the call is open
    spent_s = process_time() - begun_s
    del held
    return spent_s
