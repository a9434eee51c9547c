"""One line of a log laid out for drawing: wrapped or cut to a width, only where it is looked at.

Long lines are taken in pieces, so that looking at one end of ten megabytes does not parse the
other. Lines of plain ASCII need no pieces: where a row begins in them is arithmetic.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections import Counter, OrderedDict
from collections.abc import Callable
from functools import cached_property

from skyforge_tui.domain.log import LogLine
from skyforge_tui.domain.log_severity import Severity
from skyforge_tui.tui.ansi import Parsed, before_sequence, parse, prepared
from skyforge_tui.tui.characters import is_odd, width_of
from skyforge_tui.tui.presenters.log_lines import dressed
from skyforge_tui.tui.sgr import Sgr, sgr_after

HEAD_BYTES = 4 * 1024
"""What is parsed of a line that is cut at the edge of the screen."""
PIECE_BYTES = 32 * 1024
"""What is parsed at once of a line that is wrapped."""
_PIECES_KEPT = 64
_COLOUR = re.compile(rb"\x1b\[[0-9;:]*+m")
_PRINTABLE = bytes(range(0x20, 0x7F))

Fragment = tuple[str, Sgr]
Light = Callable[[int, Parsed, int, int], Parsed]
"""Returns a piece (its number and text) with something lit up between two characters of it."""


class LogText:
    """A line, piece by piece; rows begin anew with each piece."""

    def __init__(self, line: LogLine, sgr: Sgr) -> None:
        self._data, self._sgr = prepared(line.data, sgr)
        self._written = len(line.data)
        self.omitted = line.omitted
        """Bytes of the line that are not here."""
        self._is_short = len(self._data) <= HEAD_BYTES
        head = dressed(parse(self._data[: self._boundary(HEAD_BYTES)], self._sgr))
        self.severity: Severity = head.severity
        self.has_rule = head.has_rule and self._is_short
        self._head = head.parsed
        self._rest = head.rest
        self._pieces: OrderedDict[int, Parsed] = OrderedDict()
        if self._is_short:
            self._pieces[0] = head.parsed
        self._breaks: dict[int, tuple[int, array[int]]] = {}
        self._columns = array("Q", [0])
        """How many cells there are before each piece, as far as that was needed."""

    @cached_property
    def pieces(self) -> int:
        """How many pieces there are, at least one."""
        is_one = len(self._data) <= PIECE_BYTES or not self._data.translate(None, _PRINTABLE)
        return 1 if is_one else -(-len(self._data) // PIECE_BYTES)

    @property
    def is_as_written(self) -> bool:
        """Whether every byte of the line is one character of one piece."""
        return self.pieces == 1 and len(self.piece(0).text) == len(self._data) == self._written

    def piece_at(self, byte: int) -> tuple[int, int]:
        """Return the piece that holds a byte of the line, and with which byte it begins."""
        # What was cut off at the front was written over.
        byte = max(0, byte - (self._written - len(self._data)))
        number = min(byte // PIECE_BYTES, self.pieces - 1)
        if self._start(number) > byte:
            number -= 1
        return number, self._start(number)

    def columns_before(self, piece: int, character: int) -> int:
        """Return how many cells of the unwrapped line there are before a character."""
        before = self._cells_before(piece)
        edges = self.piece(piece).edges
        return before + (character if edges is None else edges[min(character, len(edges) - 1)])

    def piece(self, number: int) -> Parsed:
        """Return a piece, parsed."""
        parsed = self._pieces.get(number)
        if parsed is None:
            start, end = self._start(number), self._start(number + 1)
            state = sgr_after(self._data[:start], self._sgr)
            parsed = parse(self._data[start:end], state)
            if number == 0:
                parsed = dressed(parsed).parsed
            elif self._rest is not None:
                parsed = parsed.dressed([0], [self._rest])
            self._pieces[number] = parsed
            if len(self._pieces) > _PIECES_KEPT:
                gone, _ = self._pieces.popitem(last=False)
                self._breaks.pop(gone, None)
        return parsed

    def row_count(self, number: int, width: int) -> int:
        """Return how many rows of `width` cells a piece takes, at least one."""
        parsed = self.piece(number)
        if parsed.edges is None:
            return max(1, -(-len(parsed.text) // width))
        return len(self._row_starts(number, parsed.edges, width)) - 1

    def row_bounds(self, number: int, width: int, row: int) -> tuple[int, int]:
        """Return where a row of a piece begins and ends, in characters."""
        parsed = self.piece(number)
        if parsed.edges is None:
            return row * width, min((row + 1) * width, len(parsed.text))
        starts = self._row_starts(number, parsed.edges, width)
        return starts[row], starts[row + 1]

    def row_of(self, number: int, width: int, character: int) -> int:
        """Return the row of a piece that holds a character."""
        parsed = self.piece(number)
        if parsed.edges is None:
            return min(character // width, self.row_count(number, width) - 1)
        starts = self._row_starts(number, parsed.edges, width)
        return min(bisect_right(starts, character), len(starts) - 1) - 1

    def row(
        self, number: int, width: int, row: int, light: Light | None = None
    ) -> tuple[list[Fragment], int]:
        """Return what stands in a row of a piece, and how many cells it takes."""
        parsed = self.piece(number)
        start, end = self.row_bounds(number, width, row)
        columns = end - start
        if parsed.edges is not None:
            columns = parsed.edges[end] - parsed.edges[start]
        if light is not None:
            parsed = light(number, parsed, start, end)
        return fragments(parsed, start, end), columns

    def window(
        self, column: int, width: int, light: Light | None = None
    ) -> tuple[list[Fragment], int, bool]:
        """Return what stands in `width` cells from `column` of the unwrapped line.

        The parts are the text, the cells it takes, and whether there is more to the right.
        """
        if self._is_short or column + width < self._head.columns:
            column = min(column, self._head.columns)
            text, taken = _cells(self._head, column, width, light, 0)
            has_more = column + taken < self._head.columns or not self._is_short
            return text, taken, has_more or self.omitted > 0
        first = 0
        while first + 1 < self.pieces and self._cells_before(first + 1) <= column:
            first += 1
        column -= self._cells_before(first)
        found: list[Fragment] = []
        taken = 0
        for number in range(first, self.pieces):
            parsed = self.piece(number)
            column = min(column, parsed.columns)
            text, columns = _cells(parsed, column, width - taken, light, number)
            found += text
            taken += columns
            if column + columns < parsed.columns:
                return found, taken, True
            column = 0
            if taken >= width and number + 1 < self.pieces:
                return found, taken, True
        return found, taken, self.omitted > 0

    def width_hint(self) -> int:
        """Return how many cells the unwrapped line takes; an upper bound when it is long."""
        return self._head.columns if self._is_short else len(self._data)

    def _cells_before(self, piece: int) -> int:
        """Return how many cells there are before a piece."""
        while len(self._columns) <= piece:
            last = len(self._columns) - 1
            self._columns.append(self._columns[last] + self._cells_of(last))
        return self._columns[piece]

    def _cells_of(self, number: int) -> int:
        """Return how many cells a piece takes, without parsing it where that is not needed."""
        if number and number not in self._pieces:
            bare = _COLOUR.sub(b"", self._data[self._start(number) : self._start(number + 1)])
            if not bare.translate(None, _PRINTABLE):
                return len(bare)
            kinds = Counter(bare.decode("utf-8", "surrogateescape"))
            if not any(map(_needs_parsing, kinds)):
                return sum(times * width_of(kind) for kind, times in kinds.items())
        return self.piece(number).columns

    def _start(self, number: int) -> int:
        return len(self._data) if number >= self.pieces else self._boundary(number * PIECE_BYTES)

    def _boundary(self, at: int) -> int:
        """Return where the character or the escape sequence begins that covers the byte `at`."""
        if at == 0 or at >= len(self._data):
            return min(at, len(self._data))
        lead = at
        while at - lead < 4 and self._data[lead] & 0xC0 == 0x80:
            lead -= 1
        if self._data[lead] & 0xC0 == 0xC0:
            at = lead
        return before_sequence(self._data, at)

    def _row_starts(self, number: int, edges: array[int], width: int) -> array[int]:
        """Return where the rows of a piece begin; the last entry is the end."""
        known = self._breaks.get(number)
        if known is not None and known[0] == width:
            return known[1]
        starts = array("L", [0])
        end = len(edges) - 1
        while starts[-1] < end:
            start = starts[-1]
            fits = bisect_right(edges, edges[start] + width, start) - 1
            starts.append(max(fits, start + 1))
        if end == 0:
            starts.append(0)
        self._breaks[number] = (width, starts)
        return starts


def _needs_parsing(character: str) -> bool:
    return character < " " or character == "\x7f" or is_odd(character)


def fragments(parsed: Parsed, start: int, end: int) -> list[Fragment]:
    """Return the characters from `start` to `end`, cut where their look changes."""
    found: list[Fragment] = []
    span = bisect_right(parsed.starts, start) - 1
    while start < end:
        stop = parsed.starts[span + 1] if span + 1 < len(parsed.starts) else end
        stop = min(stop, end)
        if stop > start:
            found.append((parsed.text[start:stop], parsed.sgrs[span]))
        start = stop
        span += 1
    return found


def _cells(
    parsed: Parsed, column: int, width: int, light: Light | None, piece: int
) -> tuple[list[Fragment], int]:
    """Return `width` cells from `column`; a wide character cut in two becomes blanks."""
    edges = parsed.edges
    if edges is None:
        start, end = column, min(column + width, len(parsed.text))
    else:
        start = bisect_right(edges, column) - 1
        end = bisect_right(edges, column + width) - 1
    if light is not None and end > start:
        parsed = light(piece, parsed, start, end)
    if edges is None:
        return fragments(parsed, start, end), end - start
    found: list[Fragment] = []
    columns = 0
    if edges[start] < column:
        start += 1
        columns = min(edges[start] - column, width)
        found.append((" " * columns, Sgr()))
    if end > start:
        found += fragments(parsed, start, end)
        columns += edges[end] - edges[start]
    if columns < width and end < len(parsed.text) and end >= start:
        found.append((" " * (width - columns), Sgr()))
        columns = width
    return found, columns
