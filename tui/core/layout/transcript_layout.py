"""A transcript as blocks, each laid out when it is first looked at."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Container, Iterator, Sequence

from tui.core.layout.block import NO_REMARKS, Block, Content, Remarks, Structure
from tui.core.layout.folds import Folds
from tui.core.layout.labels import TimeLabels, TimeStyle
from tui.core.layout.layouts import Chat, Layout, Outline, Script, TurnLayout, script
from tui.core.layout.tree import outside, values
from tui.core.shown import NO_TEXT, Shown, ShownTexts, failures, has_failed
from tui.core.text import cell_len, clip, safe_line
from tui.core.transcript import Role, Transcript, Turn

_KEPT_BLOCKS = 2_000
_SAMPLE = 200
"""How many turns at the start and at the end decide the widths of the script's columns."""
_FAILURE = re.compile("[→·] failed")


class TranscriptLayout:
    """Blocks of one transcript in one layout; layout, width and time style can change.

    Args:
        transcript: What to show. A legacy text is one block without a head.

    Attributes:
        texts: The text shown of each turn, which a find searches.
        folds: Which turns have their structures folded.
    """

    def __init__(self, transcript: Transcript) -> None:
        self.transcript = transcript
        self.turns: Sequence[Turn] = transcript.shown_turns
        self.texts = ShownTexts(self.turns)
        self.labels = TimeLabels(epoch_ms=transcript.epoch_ms)
        self.layout: TurnLayout = Chat(80)
        self._remarks: Callable[[int], Remarks] = lambda turn: NO_REMARKS
        self._shown: Container[int] = range(len(self.turns))
        self._apart: Container[int] = ()
        self._blocks: OrderedDict[int, Block] = OrderedDict()
        self.folds = Folds()

    def arrange(self, layout: Layout, width: int, labels: TimeLabels) -> None:
        """Lay out for a window of a width in cells."""
        self.labels = labels
        if layout is Layout.CHAT:
            self.layout = Chat(width)
        else:
            self.layout = (script if layout is Layout.SCRIPT else Outline)(width, *self._columns())
        self._blocks.clear()

    def show_only(self, shown: Container[int], apart: Container[int] = ()) -> None:
        """Show only some turns: a run consists of turns that stand below each other.

        Args:
            shown: The turns.
            apart: Those of them before which a line says that turns are left out.
        """
        self._shown, self._apart = shown, apart
        self._blocks.clear()

    def remark(self, remarks: Callable[[int], Remarks]) -> None:
        """Set the remarks about the turns; only blocks that they change are laid out again, as a turn may be long."""
        self._remarks = remarks
        for turn in [turn for turn, block in self._blocks.items() if block.content.remarks != remarks(turn)]:
            del self._blocks[turn]

    def fold(self, folds: Folds) -> None:
        """Fold and unfold the structures of turns."""
        if folds != self.folds:
            self.folds = folds
            self._blocks.clear()

    def block(self, index: int) -> Block:
        """The block of a turn."""
        block = self._blocks.get(index)
        if block is None:
            block = self._blocks[index] = self._lay_out(self.turns[index])
            if len(self._blocks) > _KEPT_BLOCKS:
                self._blocks.popitem(last=False)
        return block

    def time(self, index: int) -> str:
        """The time of a turn as it is shown; empty if unknown."""
        return self.labels.label(self.turns, index)

    def _lay_out(self, turn: Turn) -> Block:
        shown = self.texts.of(turn.index)
        content = Content(
            role=turn.role,
            speaker=clip(safe_line(turn.speaker), self.layout.speaker_cells),
            time=self.time(turn.index),
            body=shown.text or NO_TEXT,
            words=len(shown.words),
            continues=self._continues(turn),
            remarks=self._remarks(turn.index),
            structures=tuple(_structures(turn, shown)),
            is_unfolded=self.folds.is_unfolded(turn.index),
            is_apart=turn.index in self._apart,
        )
        return self.layout.block(content)

    def _continues(self, turn: Turn) -> bool:
        before = turn.index - 1
        return before >= 0 and before in self._shown and self.turns[before].speaker == turn.speaker

    def _columns(self) -> tuple[int, int]:
        """The widths of the script's columns of times and of role words."""
        count = len(self.turns)
        sample = {*range(min(_SAMPLE, count)), *range(max(0, count - _SAMPLE), count)}
        timed = self.labels.style is not TimeStyle.OFF
        time_cells = max((len(self.time(index)) for index in sample), default=0) if timed else 0
        speakers = {self.turns[index].speaker for index in sample}
        role_cells = max((cell_len(safe_line(speaker)) for speaker in speakers), default=0)
        return time_cells, min(role_cells, Script.speaker_cells)


def _structures(turn: Turn, shown: Shown) -> Iterator[Structure]:
    """The structures in the text of a turn; the text of a tool may be one as a whole."""
    end = len(shown.words)
    is_json = turn.role is Role.OTHER and shown.words.startswith(("{", "["))
    if is_json and any(value[:2] == (0, end) for value in values(shown.words, 0, end)):
        yield Structure(0, end, end)
    failed = failures(turn) if shown.structures and has_failed(turn) else ()
    for place, text in enumerate(shown.structures):
        start = end + 1 if end else 0
        end = start + len(text)
        yield Structure(start, end, start + (_failure_in(text) if place in failed else len(text)))


def _failure_in(text: str) -> int:
    """Where the failure in a structure begins."""
    return outside(text, _FAILURE, 0, len(text), values(text, 0, len(text)))
