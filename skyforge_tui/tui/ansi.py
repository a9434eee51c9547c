"""One raw line of a log to text that is safe to draw, with its colours.

Only colour survives from a log's escape sequences. Other sequences are dropped, strings for the
terminal (titles, clipboard, hyperlinks) with all they hold, if they end; every other control,
invalid byte, direction override or invisible character is shown as what it is. A line that was
rewritten in place (carriage returns, backspaces) shows what a terminal would show in the end. All
work is linear in the size of the line.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_left, bisect_right
from itertools import accumulate

from skyforge_tui.tui.characters import is_mark, is_odd, is_tone, joins, name_of, width_of
from skyforge_tui.tui.sgr import PLAIN, Sgr, applied, sgr_after
from skyforge_tui.tui.taken_back import without_taken_back

TAB = 8
MARKS = 4
"""How many combining marks a character may carry; more of them are written out."""

_STRINGS = re.compile(rb"\x1b(?:\][^\x07\x1b]*+(?:\x07|\x1b\\)|[PX^_][^\x1b]*+\x1b\\)")
"""Only what is ended: else one escape would hide the rest of a line, where hits are found too."""
_TOKEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\udc80-\udcff]"
    "(?:(?<=\x1b)(?:\\[[0-?]*+[ -/]*+[@-~]|[ -/]++[0-~]|[0-OQ-WYZ\\\\`-~])|(?<=\x08)\x08++)?"
)
_SGR = re.compile("\x1b\\[([0-9;:]*+)m")
_UNDERSTRUCK = re.compile("_\x08([^\x00-\x1f])")
_OVERSTRUCK = re.compile("([^\x00-\x1f])\x08\\1")
_STATES = 64
"""How many rewrites of a line are looked through for what is still seen of them."""
OVERWRITTEN = 4096
"""Bytes of them, at most; of a longer line only the last state is shown."""
_ERASING = re.compile(rb"\x1b\[[02]?K")


class Parsed:
    """Drawable text: no controls, each character one, two or (combining) no cells wide."""

    __slots__ = ("_edges", "columns", "sgrs", "starts", "text")

    def __init__(
        self, text: str, starts: list[int], sgrs: list[Sgr], columns: int, *, is_uniform: bool
    ) -> None:
        self.text = text
        self.starts = starts
        """Where in `text` each of `sgrs` begins; the first one at 0."""
        self.sgrs = sgrs
        self.columns = columns
        """Cells that the text takes."""
        self._edges: array[int] | None = None
        if not is_uniform:
            self._edges = array("I", accumulate(map(width_of, text), initial=0))

    def dressed(self, starts: list[int], sgrs: list[Sgr]) -> Parsed:
        """Return the same text looking otherwise."""
        other = Parsed(self.text, starts, sgrs, self.columns, is_uniform=True)
        other._edges = self._edges
        return other

    def over(self, below: Parsed) -> Parsed:
        """Return this text with what sticks out at the end of another one that it lies over."""
        if below.columns <= self.columns:
            return self
        if not self.text:
            return below
        edges = below.edges
        start = self.columns if edges is None else bisect_left(edges, self.columns)
        blank = 0 if edges is None else edges[start] - self.columns
        at = len(self.text) + blank
        first = bisect_right(below.starts, start) - 1
        starts = [at, *(at + one - start for one in below.starts[first + 1 :])]
        text = self.text + " " * blank + below.text[start:]
        is_uniform = self._edges is None and edges is None
        return Parsed(
            text, [*self.starts, *starts], [*self.sgrs, *below.sgrs[first:]], below.columns,
            is_uniform=is_uniform,
        )  # fmt: skip

    @property
    def edges(self) -> array[int] | None:
        """The column at which each character begins, and the end; None when all have one cell."""
        return self._edges


def prepared(data: bytes, sgr: Sgr = PLAIN) -> tuple[bytes, Sgr]:
    """Return what of a line (without its line feed) is to be parsed, and the state it begins in."""
    if b"\x1b" in data:
        data = _STRINGS.sub(b"", data)
    data = data.rstrip(b"\r\x08")
    if b"\x08" in data:
        data = without_taken_back(data)
    if b"\r" in data:
        cut = _first_state(data)
        sgr = sgr_after(data[:cut], sgr)
        data = data[cut:]
    return data, sgr


def _first_state(data: bytes) -> int:
    """Return where the first of the states begins of which something may still be seen."""
    cut = data.rfind(b"\r") + 1
    if len(data) - cut > OVERWRITTEN:
        return cut
    for _ in range(_STATES):
        if not cut:
            break
        before = data.rfind(b"\r", 0, cut - 1) + 1
        if len(data) - before > OVERWRITTEN:
            break
        cut = before
    return cut


def parse(data: bytes, sgr: Sgr = PLAIN) -> Parsed:
    """Parse bytes which `prepared` returned."""
    if b"\r" in data:
        return _overwritten(data, sgr)
    text = data.decode("utf-8", "surrogateescape")
    if text.isascii() and text.isprintable():
        return Parsed(text, [0], [sgr], len(text), is_uniform=True)
    if "\x08" in text:
        text = _UNDERSTRUCK.sub("\x1b[4m\\1\x1b[24m", text)
        text = _OVERSTRUCK.sub("\x1b[1m\\1\x1b[22m", text)
    page = _Page(sgr)
    position = 0
    for match in _TOKEN.finditer(text):
        start = match.start()
        if start > position:
            page.put(text[position:start])
        page.control(match.group())
        position = match.end()
    if position < len(text):
        page.put(text[position:])
    return page.finished()


def _overwritten(data: bytes, sgr: Sgr) -> Parsed:
    """Parse states of a line, each written over the one before from its first column on."""
    states: list[Parsed] = []
    for state in data.split(b"\r"):
        if _ERASING.search(state):
            # What was there before is gone, and what this one says stands before the erased rest.
            states.clear()
        if state:
            states.append(parse(state, sgr))
        sgr = sgr_after(state, sgr)
    whole = states.pop() if states else parse(b"", sgr)
    while states:
        whole = whole.over(states.pop())
    return whole


class _Page:
    """Collects the drawable text of one line."""

    def __init__(self, sgr: Sgr) -> None:
        self._sgr = sgr
        self._parts: list[str] = []
        self._length = 0
        self._column = 0
        self._starts = [0]
        self._sgrs = [sgr]
        self._is_uniform = True
        self._marks = 0
        """Marks that the last character carries."""

    def put(self, run: str) -> None:
        """Add printable text, or text that only looks so."""
        if run.isascii():
            self._add(run, len(run))
            return
        kinds = set(run)
        if any(map(is_odd, kinds)):
            self._put_odd(run)
            return
        if any(width_of(kind) != 1 for kind in kinds):
            self._is_uniform = False
        self._add(run, sum(map(width_of, run)))

    def control(self, token: str) -> None:
        """Obey, show or drop a control or an escape sequence."""
        first = token[0]
        if first == "\x1b" and len(token) > 1:
            found = _SGR.fullmatch(token)
            if found is not None:
                self._sgr = applied(self._sgr, found[1])
        elif first == "\t":
            width = TAB - self._column % TAB
            self._add(" " * width, width)
        elif first == "\x08":
            self._back(len(token))
        elif first != "\r":
            self._show(name_of(first))

    def finished(self) -> Parsed:
        """Return the line."""
        text = "".join(self._parts)
        return Parsed(text, self._starts, self._sgrs, self._column, is_uniform=self._is_uniform)

    def _add(self, text: str, width: int) -> None:
        if self._sgrs[-1] != self._sgr:
            if self._starts[-1] == self._length:
                self._sgrs[-1] = self._sgr
            else:
                self._starts.append(self._length)
                self._sgrs.append(self._sgr)
        self._parts.append(text)
        self._length += len(text)
        self._column += width
        if width:
            self._marks = 0

    def _show(self, name: str) -> None:
        """Add what stands for something that cannot be drawn."""
        sgr = self._sgr
        self._sgr = sgr._replace(tone="muted")
        self._add(name, len(name))
        self._sgr = sgr

    def _put_odd(self, run: str) -> None:
        even_from = 0
        for index, character in enumerate(run):
            if not is_odd(character):
                continue
            if index > even_from:
                self._put_even(run[even_from:index])
            even_from = index + 1
            if is_mark(character):
                self._mark(character)
            elif (character == "\u200d" and joins(run, index)) or is_tone(run, index):
                continue
            elif unicodedata.category(character) == "Zs":
                self._add(" ", 1)
            elif character not in "\ufe0e\ufe0f":
                self._show(name_of(character))
        if even_from < len(run):
            self._put_even(run[even_from:])

    def _put_even(self, run: str) -> None:
        width = sum(map(width_of, run))
        self._is_uniform = self._is_uniform and width == len(run)
        self._add(run, width)

    def _mark(self, mark: str) -> None:
        carried = self._marks
        if carried >= MARKS:
            self._show(name_of(mark))
            self._marks = carried
            return
        self._is_uniform = False
        if not self._length:
            self._add("\u25cc", 1)
        self._add(mark, 0)
        self._marks += 1

    def _back(self, count: int) -> None:
        while count and self._parts:
            part = self._parts.pop()
            kept, gone = part[:-count], part[-count:]
            self._length -= len(gone)
            self._column -= sum(map(width_of, gone))
            count -= len(gone)
            if kept:
                self._parts.append(kept)
        while len(self._starts) > 1 and self._starts[-1] >= self._length:
            self._starts.pop()
            self._sgrs.pop()
        self._marks = 0


_LONGEST_SEQUENCE = 64
_SEQUENCE_AT = re.compile(rb"\x1b(?:\[[0-?]*+[ -/]*+[@-~]?|[ -/]++[0-~]?|[0-Z\\-~])?")


def before_sequence(data: bytes, at: int) -> int:
    """Return where the escape sequence begins that covers the byte at `at`, else `at`."""
    escape = data.rfind(b"\x1b", max(0, at - _LONGEST_SEQUENCE), at)
    if escape < 0:
        return at
    found = _SEQUENCE_AT.match(data, escape)
    return escape if found is not None and found.end() > at else at
