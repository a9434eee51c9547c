"""The live log by its methods: how one moves, what grows, and what is told of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any
from unittest.mock import Mock

import pytest
from textual.events import MouseScrollUp

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.store.log_search import BackgroundLogSearch
from skyforge_tui.store.logs import FileLogReader, LogWriter
from skyforge_tui.tui.ansi import parse
from skyforge_tui.tui.widgets import log_text
from skyforge_tui.tui.widgets.log_view import LogView
from tests.tui.log_bench import START, eventually, numbered, showing, written


@pytest.fixture
def writer(tmp_path: Path) -> Iterator[LogWriter]:
    """Return a log to write to."""
    writer = LogWriter(tmp_path)
    yield writer
    writer.close()


@pytest.fixture
def reader(tmp_path: Path, writer: LogWriter) -> Iterator[FileLogReader]:
    """Return what reads it."""
    reader = FileLogReader(tmp_path)
    yield reader
    reader.close()


async def test_growth_is_followed(writer: LogWriter, reader: FileLogReader) -> None:
    """What is appended appears, at the latest when the writer says so."""
    written(writer, *numbered(1, 5))
    async with showing(reader, (80, 10)) as (app, view, pilot):
        assert app.texts[:5] == numbered(1, 5)
        written(writer, *numbered(6, 30))
        view.grew()
        await eventually(pilot, lambda: app.texts == numbered(21, 30))
        writer.append(b"half", START)
        view.grew()
        await eventually(pilot, lambda: app.texts[-1] == "half")
        assert app.moves == []


async def test_scrolling_up_yields_and_a_pill_counts(
    writer: LogWriter, reader: FileLogReader
) -> None:
    """Scrolled up, the text stands still while the pill counts; F goes back to the end."""
    written(writer, *numbered(1, 30))
    async with showing(reader, (80, 10)) as (app, view, pilot):
        view.scroll_lines(-1)
        await pilot.pause()
        assert app.texts == numbered(20, 29)
        written(writer, *numbered(31, 172))
        view.grew()
        await eventually(pilot, lambda: view.new_lines == 142)
        await eventually(pilot, lambda: "142 new" in app.rows[-1])
        pill = " F  142 new ↓ "
        assert app.rows[-1] == f"{'            line 29':<64}{pill} │"
        assert app.texts[:-1] == numbered(20, 28)
        await eventually(pilot, lambda: app.moves == [(False, 0), (False, 142)])
        view.resume_follow()
        await pilot.pause()
        assert app.texts == numbered(163, 172)
        assert view.is_following
        await eventually(pilot, lambda: app.moves[-1] == (True, 0))


async def test_every_way_to_move(writer: LogWriter, reader: FileLogReader) -> None:
    """Lines, pages, half pages, top and end go where they say."""
    written(writer, *numbered(1, 100))
    async with showing(reader, (80, 10)) as (app, view, pilot):

        async def first_after(move: Callable[[], None]) -> str:
            move()
            await pilot.pause()
            return app.texts[0]

        assert app.texts[0] == "line 91"
        assert await first_after(lambda: view.page(-1)) == "line 82"
        assert await first_after(lambda: view.half_page(-1)) == "line 77"
        assert await first_after(lambda: view.scroll_lines(-1)) == "line 76"
        assert await first_after(lambda: view.scroll_lines(1)) == "line 77"
        assert await first_after(lambda: view.half_page(1)) == "line 82"
        assert await first_after(view.to_top) == "line 1"
        assert await first_after(lambda: view.page(-1)) == "line 1"
        assert await first_after(lambda: view.page(1)) == "line 10"
        assert await first_after(lambda: view.to_offset(len("line 1\n") * 49)) == "line 45"
        followed = [view.is_following]
        assert await first_after(view.to_end) == "line 91"
        followed.append(view.is_following)
        view.scroll_lines(-1)
        followed.append(view.is_following)
        assert await first_after(lambda: view.page(1)) == "line 91"
        assert [*followed, view.is_following] == [False, True, False, True]


async def test_the_wheel_scrolls_and_clicks_go_there(
    writer: LogWriter, reader: FileLogReader
) -> None:
    """The mouse scrolls by three, jumps on the scrollbar and presses the pill."""
    written(writer, *numbered(1, 100))
    async with showing(reader, (80, 10)) as (app, view, pilot):
        await pilot._post_mouse_events([MouseScrollUp], view)
        await eventually(pilot, lambda: app.texts[0] == "line 88")
        written(writer, "more")
        view.grew()
        await eventually(pilot, lambda: view.new_lines == 1)
        await pilot.click(LogView, offset=(79, 5))
        await eventually(pilot, lambda: app.texts[0] == "line 51")
        await pilot.click(LogView, offset=(30, 9))
        assert not view.is_following
        await pilot.click(LogView, offset=(70, 9))
        await eventually(pilot, lambda: view.is_following)


async def test_resizing_keeps_the_place(writer: LogWriter, reader: FileLogReader) -> None:
    """The line at the top stays at the top, and the end stays the end."""
    written(writer, *numbered(1, 100))
    async with showing(reader, (80, 10)) as (app, view, pilot):
        await pilot.resize_terminal(60, 20)
        await eventually(pilot, lambda: app.texts[-1] == "line 100" and app.texts[0] == "line 81")
        view.to_offset(7 * 9 + 8 * 21)
        await pilot.resize_terminal(100, 8)
        await eventually(pilot, lambda: app.texts[0] == "line 31" and len(app.rows) == 8)


async def test_a_new_generation_starts_over(
    tmp_path: Path, writer: LogWriter, reader: FileLogReader
) -> None:
    """When the output was replaced, whoever hears of it reopens and the new output is shown."""
    written(writer, *numbered(1, 30))
    async with showing(reader, (80, 5)) as (app, view, pilot):
        view.to_top()
        fresh = LogWriter.begin_generation(tmp_path)
        written(fresh, "first", "second")
        fresh.publish()
        view.grew()
        await eventually(pilot, lambda: app.stale == [reader])
        await asyncio.to_thread(reader.reopen)
        view.grew()
        await eventually(pilot, lambda: app.texts[:2] == ["first", "second"])
        assert view.is_following
        assert app.stale == [reader]
        fresh.close()


async def test_an_unreadable_log_is_told(writer: LogWriter, reader: FileLogReader) -> None:
    """A disk that fails leaves what was drawn and says so."""
    written(writer, "line 1")
    async with showing(reader, (80, 5)) as (app, view, pilot):

        def fail(budget_bytes: int = 0) -> bool:
            raise Unavailable("gone")

        reader.refresh = fail  # type: ignore[method-assign]
        view.grew()
        await eventually(pilot, lambda: [str(error) for error in app.errors] == ["gone"])
        assert app.texts[0] == "line 1"


async def test_another_log_replaces_the_first(
    tmp_path: Path, writer: LogWriter, reader: FileLogReader
) -> None:
    """A view shows whichever log it is given, from its end, or none."""
    written(writer, *numbered(1, 30))
    (tmp_path / "other").mkdir()
    other = LogWriter(tmp_path / "other")
    written(other, "other")
    other_reader = FileLogReader(tmp_path / "other")
    async with showing(reader, (80, 5)) as (app, view, pilot):
        view.to_top()
        view.set_reader(other_reader)
        await pilot.pause()
        assert app.texts[0] == "other"
        assert view.is_following
        view.set_reader(None)
        await pilot.pause()
        assert app.rows == [""] * 5
        view.grew()
        view.scroll_lines(-1)
        view.to_end()
        assert view.new_lines == 0
    other.close()
    other_reader.close()


async def test_only_what_is_seen_is_parsed(
    writer: LogWriter, reader: FileLogReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opening a long log and jumping in it parses screens, not the log."""
    writer.append(b"\x1b[32mok: [leaf1]\x1b[0m\n" * 200_000, START)
    parsed = Mock(wraps=parse)
    monkeypatch.setattr(log_text, "parse", parsed)
    async with showing(reader, (80, 20)) as (_, view, pilot):
        await eventually(pilot, lambda: reader.line_count == 200_000)
        view.to_offset(reader.size // 2)
        view.to_top()
        await pilot.pause()
        assert parsed.call_count < 10 * 20


async def test_counting_is_told_by_itself(
    writer: LogWriter, reader: FileLogReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How many lines there are is told when it is known, whatever else is known by then."""
    writer.append(b"a line\n" * 200_000, START)
    monkeypatch.setattr(LogView, "_scan", lambda _: None)
    told: list[int] = []
    monkeypatch.setattr(LogView, "_tell_shown", lambda _: told.append(reader.line_count))
    async with showing(reader, (80, 20)) as (_, _view, pilot):
        await eventually(pilot, lambda: 200_000 in told)


async def test_nothing_ticks_when_nothing_moves(writer: LogWriter, reader: FileLogReader) -> None:
    """A view that has shown all there is has no timer; a burst of news makes one."""
    written(writer, "line 1")
    async with showing(reader, (80, 5)) as (_, view, pilot):
        await eventually(pilot, lambda: view._timer is None)
        for _ in range(100):
            view.grew()
        timer = view._timer
        view.grew()
        assert view._timer is timer is not None
        await eventually(pilot, lambda: view._timer is None)


async def test_the_end_of_the_hits_is_looked_for_where_it_is_followed(
    writer: LogWriter, reader: FileLogReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever wants the last hit of a large log does not wait for all those before it."""
    written(writer, *numbered(1, 60_000))
    step, has_begun, may_go_on = BackgroundLogSearch._step, Event(), Event()

    def first_step_only(self: BackgroundLogSearch, *args: Any, **options: Any) -> None:
        if has_begun.is_set():
            may_go_on.wait()
        step(self, *args, **options)
        has_begun.set()

    monkeypatch.setattr(BackgroundLogSearch, "_step", first_step_only)
    async with showing(reader, (80, 10)) as (app, view, pilot):
        await eventually(pilot, lambda: reader.line_count == 60_000)
        view.to_top()
        view.finding.begin(is_filter=True)
        view.finding.look_for("/777$/")
        await eventually(pilot, has_begun.is_set)
        await eventually(pilot, lambda: app.texts[0] == "line 777")
        view.finding.keep()
        view.to_end()
        search = view.finding._search
        assert isinstance(search, BackgroundLogSearch)
        await eventually(pilot, lambda: search._attention == reader.size)
        may_go_on.set()
        await eventually(pilot, lambda: app.texts[-1] == "line 59777")
