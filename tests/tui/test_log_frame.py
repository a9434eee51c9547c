"""Whatever a log holds and whoever looks at it how: rows of cells, and nothing of the log's own."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from skyforge_tui.domain.log import LogLine
from skyforge_tui.domain.log_query import read_log_query
from skyforge_tui.tui.look import Look
from skyforge_tui.tui.widgets.log_frame import LogFrame, Shape
from skyforge_tui.tui.widgets.log_passed import PassedTasksHidden
from tests.fakes.log_store import MemoryLogReader, MemoryLogStore
from tests.tui.hostile_logs import HOSTILE

EVERYTHING = b"".join(HOSTILE.values())


class Looking:
    """A frame on a log, and what can be done to it."""

    def __init__(self, data: bytes, width: int, height: int, look: Look) -> None:
        self.store = MemoryLogStore()
        self.store.outputs["1"] = data
        self.reader = MemoryLogReader(self.store, "1")
        self.shape = Shape(width, height, wraps=False, wants_times=True, look=look)
        self.frame = LogFrame(self.reader, self.shape, UTC)
        self.look()

    def look(self) -> None:
        """Take in what there is, and look through it."""
        while self.reader.refresh():
            pass
        self.frame.grew()
        while self.frame.scan.look(self.reader.read, self.reader.size):
            pass

    def write(self, data: bytes) -> None:
        """Let the log grow."""
        self.store.grow("1", data)
        self.look()

    def reshape(self, **changes: Any) -> None:
        """Change the shape."""
        self.shape = self.shape._replace(**changes)
        self.frame.take_shape(self.shape)

    def select(self) -> None:
        """Select all that is in view."""
        bounds = self.frame.window.bounds()
        self.frame.emphasis.selected = bounds
        self.frame.emphasis.spot = None if bounds is None else bounds[0]
        self.frame.emphasis.marked = frozenset(bounds or ())

    def hide(self) -> None:
        """Leave passed tasks out."""
        passed = PassedTasksHidden(self.reader, self.frame.scan.outline)
        self.frame.take_lines(passed, tells_hidden=True, of_tasks=True)

    def search(self) -> None:
        """Light up a letter."""
        if self.frame.emphasis.search is None:
            self.frame.emphasis.search = self.reader.search(read_log_query("/[a-z]o|x/"))

    def close(self) -> None:
        """Stop searching."""
        if self.frame.emphasis.search is not None:
            self.frame.emphasis.search.close()

    def check(self) -> None:
        """Fail unless every row has its cells, and nothing in them could do anything."""
        self.frame.moved()
        for y in range(self.shape.height):
            row = self.frame.row(y)
            self.frame._painter._kept.clear()
            assert row == self.frame.row(y), "what was kept is what is drawn anew"
            assert sum(segment.cell_length for segment in row) == self.shape.width
            for segment in row:
                assert segment.control is None
                assert segment.style is None or (not segment.style.link and not segment.style.meta)
                assert all(map(_is_harmless, segment.text))


def test_what_is_new_stays_new_whatever_lines_are_shown() -> None:
    """Nothing is new of what was there at first, though it comes late; what comes then, is."""
    one = Looking(b"x\n" * 50, 80, 10, Look())

    def change_lines() -> None:
        """Look for something, and for nothing again."""
        one.frame.take_lines(None, tells_hidden=False, of_tasks=False)

    one.frame.window.begin()
    change_lines()
    one.write(b"x\n" * 50)
    assert one.frame.window.new_lines == 0
    one.frame.window.settle()
    one.write(b"y\n" * 7)
    for _ in range(2):
        assert one.frame.window.new_lines == 7
        change_lines()


def test_what_is_told_late_of_a_line_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    """When a line came may be written after it, and how long it is while it goes on."""
    known: dict[str, datetime | None] = {"at": None}

    def line(_: MemoryLogReader, number: int, offset: int, data: bytes, __: int) -> LogLine:
        return LogLine(number, offset, data[:20], known["at"], max(0, len(data) - 20))

    def shown() -> str:
        one.frame.moved()
        return "".join(segment.text for segment in one.frame.row(0))

    monkeypatch.setattr(MemoryLogReader, "_line", line)
    one = Looking(b"x" * 20, 90, 3, Look())
    assert "…" not in shown()
    one.write(b"x" * 10)
    assert "… line of 30 B" in shown()
    known["at"] = datetime(2026, 1, 1, 12, tzinfo=UTC)
    one.write(b"x" * 10)
    assert "12:00:00" in shown()
    assert "… line of 40 B" in shown()


def _is_harmless(character: str) -> bool:
    category = unicodedata.category(character)
    return category not in ("Cc", "Cf", "Cs", "Zl", "Zp") and (category != "Zs" or character == " ")


DEEDS: dict[str, Callable[[Looking], object]] = {
    "up": lambda one: one.frame.window.scroll(-3),
    "down": lambda one: one.frame.window.scroll(2),
    "top": lambda one: one.frame.window.go(one.frame.window.document.first()),
    "end": lambda one: one.frame.window.follow(),
    "middle": lambda one: one.frame.window.go(
        one.frame.window.document.at(one.frame.window.document.end // 2)
    ),
    "right": lambda one: one.frame.window.scroll_columns(7),
    "wrap": lambda one: one.reshape(wraps=not one.shape.wraps),
    "times": lambda one: one.reshape(wants_times=not one.shape.wants_times),
    "narrow": lambda one: one.reshape(width=max(1, one.shape.width - 9)),
    "wide": lambda one: one.reshape(width=one.shape.width + 11, height=one.shape.height + 1),
    "select": Looking.select,
    "hide": Looking.hide,
    "all": lambda one: one.frame.take_lines(None, tells_hidden=False, of_tasks=False),
    "search": Looking.search,
    "grow": lambda one: one.write(HOSTILE["passes for Ansible"] + HOSTILE["no end"]),
}


@pytest.mark.parametrize("name", HOSTILE)
@pytest.mark.parametrize("theme", ["dark", "mono"])
def test_a_hostile_log_is_rows_of_cells(name: str, theme: str) -> None:
    """Each of them, cut and wrapped, searched and selected, in colours and without."""
    looking = Looking(HOSTILE[name], 40, 12, Look(theme, ascii=theme == "mono"))
    looking.check()
    for deed in ("wrap", "search", "top", "select", "narrow", "wrap", "right", "down"):
        DEEDS[deed](looking)
        looking.check()
    looking.close()


pieces = st.one_of(
    st.sampled_from(sorted(HOSTILE)).map(lambda name: HOSTILE[name][:2000]),
    st.binary(max_size=60),
    st.text(max_size=30).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.sampled_from([b"TASK [t] ***\n", b"ok: [h]\n", b"fatal: [h]: x\n", b"\n", b"plain text\n"]),
)


@given(
    st.lists(pieces, max_size=12).map(b"".join),
    st.integers(1, 90),
    st.integers(1, 12),
    st.lists(st.sampled_from(sorted(DEEDS)), max_size=12),
)
@settings(max_examples=150, deadline=None)
def test_whatever_is_done_rows_are_rows(
    data: bytes, width: int, height: int, deeds: list[str]
) -> None:
    """Any bytes in any shape under any keys: never an error, a control, or a cell too many."""
    looking = Looking(data, width, height, Look())
    try:
        looking.check()
        for deed in deeds:
            DEEDS[deed](looking)
            looking.check()
    finally:
        looking.close()


def test_all_of_them_at_once() -> None:
    """The whole corpus in one log can be gone through row by row, wrapped, from end to end."""
    looking = Looking(EVERYTHING, 60, 20, Look())
    looking.reshape(wraps=True)
    document = looking.frame.window.document
    place, rows = document.first(), 0
    while place is not None:
        below = document.forward(place, 1)
        rows += 1
        place = below if below != place else None
    assert rows > 400
    assert looking.frame.scan.outline.size > len(EVERYTHING) - 100
