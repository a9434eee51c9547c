"""The part of a log in view: it follows, yields, resumes, and knows gaps and long lines."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from skyforge_tui.domain.log import LogGap
from skyforge_tui.domain.log_query import read_log_query
from skyforge_tui.ports.log_search import Hit, LogSearch
from skyforge_tui.store.log_filter import FilteredLogReader
from skyforge_tui.store.log_search import BackgroundLogSearch
from skyforge_tui.store.logs import FileLogReader, LogWriter
from skyforge_tui.tui.sgr import Sgr
from skyforge_tui.tui.widgets.log_document import LogDocument, Place
from skyforge_tui.tui.widgets.log_window import LogWindow


class Log:
    """A log on disk, its reader, and a window on it."""

    def __init__(self, directory: Path) -> None:
        self.writer = LogWriter(directory)
        self.reader = FileLogReader(directory)
        self.document = LogDocument(self.reader)
        self.window = LogWindow(self.document, 5)
        self.window.lay_out(20, 5, wraps=False)

    def add(self, *lines: str) -> bool:
        """Write lines; return whether the view is to be drawn again."""
        was_end, was_gaps = self.reader.size, len(self.reader.gaps())
        self.writer.append("".join(f"{line}\n" for line in lines).encode(), 1)
        return self.look(was_end, was_gaps)

    def gap(self, lines: int) -> bool:
        """Record a gap; return whether the view is to be drawn again."""
        was_end, was_gaps = self.reader.size, len(self.reader.gaps())
        self.writer.add_gap(None, lines, "")
        self.reader.reopen()
        return self.look(was_end, was_gaps)

    def look(self, was_end: int, was_gaps: int) -> bool:
        """Look at what was written; return whether the view is to be drawn again."""
        self.reader.refresh()
        self.document.changed()
        has_new_gaps = len(self.reader.gaps()) != was_gaps
        return self.window.grow(was_end=was_end, has_new_gaps=has_new_gaps)

    def shown(self) -> list[str]:
        """Return the rows in view as text."""
        rows = []
        for row in self.window.rows():
            text = "".join(part for part, _ in self.document.draw(row, self.window.column)[0])
            gap = row.missing
            rows.append(f"gap {gap.missing_lines}" if isinstance(gap, LogGap) else text)
        return rows


class PartlySearched:
    """A search that has looked at the bytes from `looked_from` on only."""

    is_complete = False

    def __init__(self, whole: BackgroundLogSearch) -> None:
        self.whole = whole
        self.looked_from = 0

    def next_after(self, offset: int) -> Hit:
        """Return the first hit behind a byte, as far as is known."""
        hit = self.whole.next_after(max(offset, self.looked_from - 1))
        return hit._replace(is_certain=offset + 1 >= self.looked_from)

    def previous_before(self, offset: int) -> Hit:
        """Return the last hit before a byte, as far as is known."""
        hit = self.whole.previous_before(offset)
        is_known = hit.offset is not None and hit.offset >= self.looked_from
        return hit if is_known or not self.looked_from else Hit(None, is_certain=False)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    """Return a log without a line, five rows of twenty cells."""
    log = Log(tmp_path)
    yield log
    log.reader.close()
    log.writer.close()


def _numbers(first: int, last: int) -> list[str]:
    return [f"line {number}" for number in range(first, last + 1)]


def test_an_empty_log_shows_nothing(log: Log) -> None:
    """Without a line there is no row, nothing to scroll and no thumb."""
    assert log.shown() == []
    assert log.window.scroll(-1) is False
    assert log.window.scroll(1) is False
    assert log.window.thumb() == (0, 0)
    assert log.window.follows


def test_the_end_is_followed(log: Log) -> None:
    """New lines push the old ones out at the top."""
    assert log.add(*_numbers(1, 3))
    assert log.shown() == _numbers(1, 3)
    assert log.add(*_numbers(4, 9))
    assert log.shown() == _numbers(5, 9)
    assert log.window.new_lines == 0


def test_scrolling_up_yields(log: Log) -> None:
    """Whoever scrolls up keeps what is read, and learns how much is new below."""
    log.add(*_numbers(1, 9))
    assert log.window.scroll(-2)
    assert log.shown() == _numbers(3, 7)
    assert not log.window.follows
    assert log.window.new_lines == 0
    assert log.add(*_numbers(10, 20)) is False
    assert log.shown() == _numbers(3, 7)
    assert log.window.new_lines == 11


def test_new_lines_that_were_seen_are_not_new(log: Log) -> None:
    """Reading on downwards counts the new lines down."""
    log.add(*_numbers(1, 9))
    log.window.scroll(-2)
    log.add(*_numbers(10, 20))
    log.window.scroll(5)
    assert log.shown() == _numbers(8, 12)
    assert log.window.new_lines == 8


@pytest.mark.parametrize("context", [0, 2])
@pytest.mark.parametrize("follows", [True, False])
def test_hits_stay_in_view_while_what_is_new_is_looked_through(
    log: Log, context: int, *, follows: bool
) -> None:
    """Of a log that grows its hits are shown as well when the newest bytes are not searched yet."""
    log.add(*_numbers(1, 40), "the end")
    search = BackgroundLogSearch(log.reader, read_log_query("/[27]$/"))
    assert search.wait(30)
    log.document = LogDocument(log.reader.filtered(search, context), tells_hidden=context > 0)
    log.window = LogWindow(log.document, 5)
    if not follows:
        log.window.scroll(-2)
    shown = log.shown()
    assert len(shown) == 5
    search.close()
    assert search.ended(30)
    log.add("one more", "line 47")
    search.refresh()
    log.document.changed()
    log.window.stir()
    assert not search.is_complete
    assert log.window.follows is follows
    assert log.shown() == shown
    log.window.hold(log.window.rows()[0].place)
    assert log.shown() == shown


def test_the_first_hits_are_shown_where_there_were_none(log: Log) -> None:
    """Whoever waited before lines that were all left out sees the first ones that are not."""
    log.add(*_numbers(1, 3))
    search = BackgroundLogSearch(log.reader, read_log_query("/[5-9]$/"))
    assert search.wait(30)
    log.document = LogDocument(log.reader.filtered(search, 1), tells_hidden=True)
    log.window = LogWindow(log.document, 5)
    (row,) = log.window.rows()
    log.window.hold(row.place)
    log.add(*_numbers(4, 5))
    search.refresh()
    assert search.wait(30)
    log.document.changed()
    log.window.stir()
    assert log.shown()[-2:] == ["line 4", "line 5"]
    assert not log.window.follows
    search.close()


def test_where_hits_are_still_looked_for_is_no_end(log: Log) -> None:
    """Going down while what is below is not searched yet stays with what was found so far."""
    log.add(*_numbers(1, 30))
    search = BackgroundLogSearch(log.reader, read_log_query("/[27]$/"))
    assert search.wait(30)
    search.close()
    assert search.ended(30)
    log.document = LogDocument(log.reader.filtered(search))
    log.window = LogWindow(log.document, 5)
    log.window.scroll(-9)
    log.add(*_numbers(31, 60))
    search.refresh()
    shown = ["line 7", "line 12", "line 17", "line 22", "line 27"]
    for _ in range(3):
        log.window.scroll(5)
        assert not log.window.follows
        assert log.shown() == shown


def test_hits_that_turn_up_above_fill_the_view(log: Log) -> None:
    """Whoever came to the end before all was looked through sees what is found above it later."""
    log.add(*_numbers(1, 60))
    search = PartlySearched(BackgroundLogSearch(log.reader, read_log_query("/[27]$/")))
    assert search.whole.wait(30)
    search.looked_from = log.reader.lines(50, 1)[0].offset
    log.document = LogDocument(FilteredLogReader(log.reader, cast("LogSearch", search)))
    log.window = LogWindow(log.document, 5)
    log.window.go(log.document.at(search.looked_from))
    assert log.shown() == ["line 52", "line 57"]
    search.looked_from = 0
    log.document.changed()
    log.window.stir()
    assert log.shown() == ["line 37", "line 42", "line 47", "line 52", "line 57"]
    search.whole.close()


def test_of_hits_only_hits_are_new(log: Log) -> None:
    """Where only lines with hits are shown, what is new below is told in hits, not in lines."""
    log.add(*_numbers(1, 30))
    search = BackgroundLogSearch(log.reader, read_log_query("!/5$/"))
    log.document = LogDocument(log.reader.filtered(search))
    log.window = LogWindow(log.document, 5)
    assert search.wait(30)
    assert log.window.scroll(-2)
    assert log.shown() == ["line 23", "line 24", "line 26", "line 27", "line 28"]
    assert log.window.new_lines == 0
    log.add(*_numbers(31, 50))
    search.refresh()
    assert search.wait(30)
    assert log.window.new_lines == 18
    search.close()


def test_reaching_the_end_resumes(log: Log) -> None:
    """Scrolling down to the end follows again, however far one wanted to go."""
    log.add(*_numbers(1, 9))
    log.window.scroll(-3)
    assert log.window.scroll(1)
    before = log.window.follows
    assert log.window.scroll(100)
    assert (before, log.window.follows) == (False, True)
    log.add("more")
    assert log.shown() == [*_numbers(6, 9), "more"]


def test_a_log_that_fits_is_always_followed(log: Log) -> None:
    """Where there is nothing to scroll, scrolling up changes nothing."""
    log.add(*_numbers(1, 5))
    assert log.window.scroll(-1) is False
    assert log.window.follows
    log.add("line 6")
    assert log.shown() == _numbers(2, 6)


def test_top_and_end(log: Log) -> None:
    """One can go to the first line and back to the last."""
    log.add(*_numbers(1, 50))
    assert log.window.go(log.document.first())
    assert log.shown() == _numbers(1, 5)
    assert log.window.follow()
    assert log.window.follow() is False
    assert log.shown() == _numbers(46, 50)


def test_the_unfinished_line_in_view_is_drawn_again(log: Log) -> None:
    """A last line without its end is shown and grows."""
    log.add(*_numbers(1, 4))
    log.writer.append(b"line", 1)
    assert log.look(28, 0)
    assert log.shown()[-1] == "line"
    log.writer.append(b" 5 ...", 1)
    assert log.look(32, 0)
    assert log.shown() == [*_numbers(1, 4), "line 5 ..."]


def test_gaps_stand_where_something_is_missing(log: Log) -> None:
    """A gap is a row of its own between lines, also at the start and at the end."""
    log.gap(1)
    log.add(*_numbers(1, 2))
    log.gap(2)
    log.gap(3)
    assert log.shown() == ["gap 1", "line 1", "line 2", "gap 2", "gap 3"]
    log.add("line 3")
    assert log.shown() == ["line 1", "line 2", "gap 2", "gap 3", "line 3"]
    assert log.window.scroll(-1)
    assert log.shown()[0] == "gap 1"
    assert log.document.first() == Place(0, -1, 0)


def test_a_gap_inside_a_line_comes_after_it(log: Log) -> None:
    """What is missing in the middle of a line is told behind that line."""
    log.add("one")
    log.writer.append(b"tw", 1)
    log.gap(7)
    log.add("o", "three")
    assert log.shown() == ["one", "two", "gap 7", "three"]


def test_wrapped_lines_scroll_row_by_row(log: Log) -> None:
    """A wrapped line is gone through row by row, from either side."""
    log.window.lay_out(4, 5, wraps=True)
    log.add("abcdefghij", "x", "klmnopqrst", "y")
    assert log.shown() == ["x", "klmn", "opqr", "st", "y"]
    log.window.scroll(-1)
    assert log.shown() == ["ij", "x", "klmn", "opqr", "st"]
    log.window.scroll(-9)
    assert log.shown() == ["abcd", "efgh", "ij", "x", "klmn"]
    log.window.scroll(1)
    assert log.shown()[0] == "efgh"


def test_every_row_is_passed_in_both_directions(log: Log) -> None:
    """Going down row by row and up again shows the same rows."""
    log.window.lay_out(7, 5, wraps=True)
    log.add(*["漢字" * (number % 7) for number in range(40)], "z" * 40_000, "é" * 30_000, "end")
    log.gap(1)
    first = log.document.first()
    assert first is not None
    place: Place = first
    down = [place]
    while (below := log.document.forward(place, 1)) != place:
        down.append(below)
        place = below
    assert place == log.document.last()
    up = [place]
    while (above := log.document.back(place, 1)) != place:
        up.append(above)
        place = above
    assert up == down[::-1]
    assert log.document.forward(down[0], 1000) == down[1000]
    assert log.document.back(down[-1], 1000) == down[-1001]
    assert [row.place for row in log.document.rows_from(down[3], 50)] == down[3:53]


def test_the_text_at_the_top_stays_when_the_shape_changes(log: Log) -> None:
    """Another width or wrapping keeps the reader where it was."""
    log.window.lay_out(10, 5, wraps=True)
    log.add("0123456789" * 30, *_numbers(1, 30))
    log.window.go(Place(0, 0, 12))
    log.window.lay_out(20, 5, wraps=True)
    assert log.window.rows()[0].place == Place(0, 0, 6)
    log.window.lay_out(20, 5, wraps=False)
    assert log.window.rows()[0].place == Place(0, 0, 0)
    assert not log.window.follows


def test_columns_end_with_the_text(log: Log) -> None:
    """One can go right until the widest line in view ends, and not beyond."""
    log.add("0123456789" * 3, "short")
    assert log.window.scroll_columns(5)
    assert log.shown() == ["56789012345678901234", ""]
    assert log.window.scroll_columns(100)
    assert log.shown()[0] == "1234567890123456789"[:20]
    assert log.window.scroll_columns(1) is False
    assert log.window.scroll_columns(-100)
    assert log.window.column == 0
    log.window.lay_out(20, 5, wraps=True)
    assert log.window.scroll_columns(5) is False


def test_colours_carry_on_below(log: Log) -> None:
    """A colour left on holds in the lines below, as in a terminal."""
    log.add("\x1b[31mred", *_numbers(1, 8), "\x1b[0mplain")
    rows = [log.document.draw(row)[0][0][1] for row in log.window.rows()]
    assert rows == [Sgr(fg=1)] * 4 + [Sgr()]


def test_the_thumb_tells_where_the_view_is(log: Log) -> None:
    """The thumb touches an end only when the view is there."""
    log.add(*_numbers(1, 100))
    assert log.window.thumb() == (4, 5)
    log.window.scroll(-1)
    assert log.window.thumb() == (3, 4)
    log.window.go(log.document.first())
    assert log.window.thumb() == (0, 1)
    log.window.scroll(1)
    assert log.window.thumb() == (1, 2)
