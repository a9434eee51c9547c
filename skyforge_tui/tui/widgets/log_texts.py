"""The lines of a log by the offset at which they begin, laid out for drawing."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from skyforge_tui.domain.log import LogLine
from skyforge_tui.tui.sgr import PLAIN, Sgr, sgr_after
from skyforge_tui.tui.widgets.log_text import LogText

if TYPE_CHECKING:
    from skyforge_tui.ports.log_store import LogReader

LOOK_BACK_LINES = 50
"""How far above a line colours are looked for that were left switched on."""
_LOOK_BACK_BYTES = 256 * 1024

_RESETS = (b"\x1b[0m", b"\x1b[m")
"""A line that switches everything off leaves nothing on from above."""
_ABOVE_AT_ONCE = 8
_SHORT_BYTES = 4096
"""Above a line shorter than this, several are read at once: most likely they are short too."""

_LINES_AT_HAND = 512
_BYTES_AT_HAND = 32 * 1024 * 1024
"""Lines that are found again without looking, and bytes of them, until the log grows."""
_TEXTS_KEPT = 512
_BYTES_KEPT = 32 * 1024 * 1024
_STATES_KEPT = 2048

_TextKey = tuple[int, int, Sgr, bool]
"""Where a line begins, bytes of it, the colours from above, whether more of it is left out."""


class LogTexts:
    """Lays lines out, and remembers what it laid out."""

    def __init__(self, reader: LogReader) -> None:
        self._reader = reader
        self._lines: dict[int, LogLine] = {}
        self._line_bytes = 0
        self._above: dict[int, LogLine | None] = {}
        self._here: dict[int, LogText] = {}
        self._texts: OrderedDict[_TextKey, LogText] = OrderedDict()
        self._text_bytes = 0
        self._states: OrderedDict[int, Sgr] = OrderedDict()

    def changed(self) -> None:
        """Look at the reader anew: there may be more lines, and the last one may be longer."""
        self._lines.clear()
        self._line_bytes = 0
        self._above.clear()
        self._here.clear()

    def line(self, offset: int) -> LogLine | None:
        """Return the line that begins at `offset`, or the next one; None where none is."""
        line = self._lines.get(offset)
        if line is None:
            found = self._reader.lines_from(offset, 1)
            if not found:
                return None
            line = found[0]
            self._keep(offset, line)
        return line

    def above(self, offset: int) -> LogLine | None:
        """Return the line above the one that begins at `offset`."""
        if offset not in self._above:
            self._look_above(offset)
        return self._above[offset]

    def below(self, offset: int) -> LogLine | None:
        """Return the line below the one that begins at `offset`."""
        line = self.line(offset)
        if line is None:
            return None
        below = self.line(line.end + 1)
        if below is not None:
            self._above[below.offset] = line
        return below

    def text(self, offset: int) -> LogText | None:
        """Return the line that begins at `offset`, in the colours that were left on above it."""
        at_hand = self._here.get(offset)
        if at_hand is not None:
            return at_hand
        line = self.line(offset)
        if line is None:
            return None
        state = self._state_at(line.offset)
        key = (line.offset, len(line.data), state, line.omitted > 0)
        text = self._texts.get(key)
        if text is None:
            text = self._laid_out(line, key)
        else:
            self._texts.move_to_end(key)
        self._here[offset] = text
        return text

    def _look_above(self, offset: int) -> None:
        """Look at some lines above, more of them the more there were above the last ones."""
        below = self._lines.get(offset)
        is_short = below is not None and len(below.data) < _SHORT_BYTES
        found = self._reader.lines_before(offset, _ABOVE_AT_ONCE if is_short else 1)
        above = None
        for line in found:
            self._keep(line.offset, line)
            if above is not None:
                self._above[line.offset] = above
            above = line
        self._above[offset] = above

    def _keep(self, offset: int, line: LogLine) -> None:
        if max(len(self._lines), len(self._above)) >= _LINES_AT_HAND:
            self.changed()
        if self._line_bytes + len(line.data) > _BYTES_AT_HAND:
            self.changed()
        self._line_bytes += len(line.data)
        self._lines[offset] = line

    def _laid_out(self, line: LogLine, key: _TextKey) -> LogText:
        text = self._texts[key] = LogText(line, key[2])
        self._text_bytes += key[1]
        while len(self._texts) > 1 and (
            len(self._texts) > _TEXTS_KEPT or self._text_bytes > _BYTES_KEPT
        ):
            gone, _ = self._texts.popitem(last=False)
            self._text_bytes -= gone[1]
        return text

    def _state_at(self, offset: int) -> Sgr:
        """Return the colours that lines above left switched on."""
        lines: list[LogLine] = []
        seen = 0
        while offset > 0 and offset not in self._states:
            above = self.above(offset)
            # What is left out above may have switched anything on or off.
            if above is None or above.end + 1 != offset:
                break
            if len(lines) >= LOOK_BACK_LINES or seen > _LOOK_BACK_BYTES:
                break
            seen += len(above.data)
            lines.append(above)
            offset = above.offset
            if any(reset in above.data for reset in _RESETS):
                break
        state = self._states.get(offset, PLAIN)
        for line in reversed(lines):
            state = sgr_after(line.data, state)
            self._states[line.end + 1] = state
        while len(self._states) > _STATES_KEPT:
            self._states.popitem(last=False)
        return state
