"""The live log on the screen: exact rows, keys' methods, growth, hostile and narrow cases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC
from pathlib import Path
from unittest.mock import Mock

import pytest
from textual.app import App, ComposeResult
from textual.events import MouseScrollUp
from textual.geometry import Region
from textual.pilot import Pilot

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.store.logs import FileLogReader, LogWriter
from skyforge_tui.tui.ansi import parse
from skyforge_tui.tui.theme import dress
from skyforge_tui.tui.widgets import log_text
from skyforge_tui.tui.widgets.log_view import LogView

START = 1_700_000_800_000
"""2023-11-14 22:26:40 UTC, in milliseconds."""


class Screen(App[None]):
    """Nothing but a log."""

    def __init__(self, theme: str = "dark", *, has_ascii: bool = False) -> None:
        super().__init__()
        self.log_view = LogView(zone=UTC)
        self.moves: list[tuple[bool, int]] = []
        self.stale: list[object] = []
        self.errors: list[Unavailable] = []
        self._look = (theme, has_ascii)

    def compose(self) -> ComposeResult:
        """Show the log."""
        yield self.log_view

    def on_mount(self) -> None:
        """Wear the look."""
        dress(self, self._look[0], ascii=self._look[1])

    def on_log_view_moved(self, message: LogView.Moved) -> None:
        """Remember."""
        self.moves.append((message.is_following, message.new_lines))

    def on_log_view_stale(self, message: LogView.Stale) -> None:
        """Remember."""
        self.stale.append(message.reader)

    def on_log_view_unreadable(self, message: LogView.Unreadable) -> None:
        """Remember."""
        self.errors.append(message.error)

    @property
    def rows(self) -> list[str]:
        """What stands on the screen, trailing blanks cut."""
        lines = self.screen._compositor.render_strips(self.size)
        return ["".join(segment.text for segment in line).rstrip() for line in lines]

    @property
    def texts(self) -> list[str]:
        """The rows without time, scrollbar and margin."""
        return [row[12:-1].rstrip() for row in self.rows]


async def eventually(pilot: Pilot[None], is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(30):
        while not is_so():
            await pilot.pause(0.01)


@asynccontextmanager
async def showing(
    reader: FileLogReader,
    size: tuple[int, int] = (80, 10),
    theme: str = "dark",
    *,
    has_ascii: bool = False,
) -> AsyncIterator[tuple[Screen, LogView, Pilot[None]]]:
    """Show a log in an application."""
    app = Screen(theme, has_ascii=has_ascii)
    async with app.run_test(size=size) as pilot:
        app.log_view.set_reader(reader)
        await pilot.pause()
        yield app, app.log_view, pilot


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


def _write(writer: LogWriter, *lines: str, at_ms: int = START) -> None:
    for line in lines:
        writer.append(f"{line}\n".encode(), at_ms)


def _numbers(first: int, last: int) -> list[str]:
    return [f"line {number}" for number in range(first, last + 1)]


async def test_rows_look_as_drawn(writer: LogWriter, reader: FileLogReader) -> None:
    """Mark, time once per second, text on column 12, cut, rule, gap, scrollbar: to the cell."""
    _write(writer, "changed: [spine1] => (item=10.0.0.14)", "\x1b[32m+  neighbor\x1b[0m")
    _write(writer, "fatal: [leaf3]: UNREACHABLE! => " + "x" * 40, at_ms=START + 33_000)
    _write(writer, "TASK [bgp : push config] ****", at_ms=START + 33_900)
    writer.add_gap(88_000, 1204, "fetched when it answers")
    reader.reopen()
    _write(writer, "ok: [漢字]", at_ms=START + 34_500)
    _write(writer, "[WARNING]: w", at_ms=START + 34_900)
    async with showing(reader, (80, 8)) as (app, view, pilot):
        await eventually(pilot, lambda: app.rows[2].endswith("━"))
        assert app.rows == [
            "  22:26:40  changed: [spine1] => (item=10.0.0.14)                              │",
            "            +  neighbor                                                        │",
            "▌ 22:27:13  fatal: [leaf3]: UNREACHABLE! => xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…  ━",
            "            TASK [bgp : push config] ────────────────────────────────────────  │",
            "  ╌╌╌╌╌╌╌╌╌╌ gap 1,204 lines, 88.0 kB ╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌╌ fetched when it answers │",
            "  22:27:14  ok: [漢字]                                                         │",
            "            [WARNING]: w                                                       ━",
            "                                                                               │",
        ]
        assert view.is_following


async def test_growth_is_followed(writer: LogWriter, reader: FileLogReader) -> None:
    """What is appended appears, at the latest when the writer says so."""
    _write(writer, *_numbers(1, 5))
    async with showing(reader, (80, 10)) as (app, view, pilot):
        assert app.texts[:5] == _numbers(1, 5)
        _write(writer, *_numbers(6, 30))
        view.grew()
        await eventually(pilot, lambda: app.texts == _numbers(21, 30))
        writer.append(b"half", START)
        view.grew()
        await eventually(pilot, lambda: app.texts[-1] == "half")
        assert app.moves == []


async def test_scrolling_up_yields_and_a_pill_counts(
    writer: LogWriter, reader: FileLogReader
) -> None:
    """Scrolled up, the text stands still while the pill counts; F goes back to the end."""
    _write(writer, *_numbers(1, 30))
    async with showing(reader, (80, 10)) as (app, view, pilot):
        view.scroll_lines(-1)
        await pilot.pause()
        assert app.texts == _numbers(20, 29)
        _write(writer, *_numbers(31, 172))
        view.grew()
        await eventually(pilot, lambda: view.new_lines == 142)
        await eventually(pilot, lambda: "142 new" in app.rows[-1])
        pill = " F  142 new ↓ "
        assert app.rows[-1] == f"{'            line 29':<64}{pill} │"
        assert app.texts[:-1] == _numbers(20, 28)
        await eventually(pilot, lambda: app.moves == [(False, 0), (False, 142)])
        view.resume_follow()
        await pilot.pause()
        assert app.texts == _numbers(163, 172)
        assert view.is_following
        await eventually(pilot, lambda: app.moves[-1] == (True, 0))


async def test_every_way_to_move(writer: LogWriter, reader: FileLogReader) -> None:
    """Lines, pages, half pages, top and end go where they say."""
    _write(writer, *_numbers(1, 100))
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
    _write(writer, *_numbers(1, 100))
    async with showing(reader, (80, 10)) as (app, view, pilot):
        await pilot._post_mouse_events([MouseScrollUp], view)
        await eventually(pilot, lambda: app.texts[0] == "line 88")
        _write(writer, "more")
        view.grew()
        await eventually(pilot, lambda: view.new_lines == 1)
        await pilot.click(LogView, offset=(79, 5))
        await eventually(pilot, lambda: app.texts[0] == "line 51")
        await pilot.click(LogView, offset=(30, 9))
        assert not view.is_following
        await pilot.click(LogView, offset=(70, 9))
        await eventually(pilot, lambda: view.is_following)


async def test_long_lines_are_cut_moved_or_wrapped(
    writer: LogWriter, reader: FileLogReader
) -> None:
    """A long line is cut with an ellipsis, moved sideways, or continued below."""
    long = "".join(f"<{number:03d}>" for number in range(30))
    _write(writer, long, "short")
    async with showing(reader, (80, 6)) as (app, view, pilot):
        assert app.texts[:2] == [long[:64] + "…", "short"]
        view.scroll_columns(10)
        await pilot.pause()
        assert app.texts[:2] == [long[10:74] + "…", ""]
        view.scroll_columns(-10)
        view.toggle_wrap()
        await pilot.pause()
        assert view.wraps
        assert app.texts[:4] == [long[:65], long[65:130], long[130:], "short"]
        assert app.rows[1][:12].strip() == ""
        view.toggle_wrap()
        view.toggle_times()
        await pilot.pause()
        assert not view.shows_times
        assert app.rows[0] == f"  {long[:74]}…  │"


async def test_wide_characters_are_never_halved(writer: LogWriter, reader: FileLogReader) -> None:
    """At the edge a wide character makes way for the ellipsis or goes to the next row."""
    _write(writer, "x" + "漢" * 60)
    async with showing(reader, (80, 6)) as (app, view, pilot):
        assert app.rows[0] == f"  22:26:40  x{'漢' * 31} …  │"
        view.toggle_wrap()
        await pilot.pause()
        assert app.texts[0] == "x" + "漢" * 32
        assert app.texts[1] == "漢" * 28


async def test_forty_by_twelve_is_usable(writer: LogWriter, reader: FileLogReader) -> None:
    """Where it is narrow the times give way; text, mark, gap and pill remain."""
    _write(writer, *_numbers(1, 20), "fatal: [leaf3]: UNREACHABLE! => {}...........")
    writer.add_gap(None, 5, "a-reason-that-is-much-too-long-for-this")
    reader.reopen()
    async with showing(reader, (40, 12)) as (app, view, pilot):
        assert app.rows[0] == "  line 11                              │"
        assert app.rows[10][:-1] == "▌ fatal: [leaf3]: UNREACHABLE! => {}…  "
        assert app.rows[11][:-1] == "  ╌╌ gap 5 lines ╌╌ a-reason-that-is-… "
        view.scroll_lines(-2)
        _write(writer, "x")
        view.grew()
        await eventually(pilot, lambda: " F  1 new ↓ " in app.rows[11])
        assert all(len(row) == 40 for row in app.rows)


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (6, 3), (7, 1), (12, 2), (20, 3)])
async def test_no_size_is_too_small(
    writer: LogWriter, reader: FileLogReader, size: tuple[int, int]
) -> None:
    """Whatever the terminal is shrunk to, the view draws something of that size."""
    _write(writer, *_numbers(1, 9), "漢" * 30, "fatal: x")
    writer.add_gap(1, 1, "gone")
    reader.reopen()
    async with showing(reader, size) as (_, view, pilot):
        for change in (view.toggle_wrap, lambda: view.scroll_lines(-1), view.toggle_times):
            change()
            await pilot.pause()
            for strip in view.render_lines(Region(0, 0, *size)):
                assert strip.cell_length == size[0]
                assert sum(segment.cell_length for segment in strip) == size[0]


async def test_resizing_keeps_the_place(writer: LogWriter, reader: FileLogReader) -> None:
    """The line at the top stays at the top, and the end stays the end."""
    _write(writer, *_numbers(1, 100))
    async with showing(reader, (80, 10)) as (app, view, pilot):
        await pilot.resize_terminal(60, 20)
        await eventually(pilot, lambda: app.texts[-1] == "line 100" and app.texts[0] == "line 81")
        view.to_offset(7 * 9 + 8 * 21)
        await pilot.resize_terminal(100, 8)
        await eventually(pilot, lambda: app.texts[0] == "line 31" and len(app.rows) == 8)


async def test_a_hostile_log_stays_in_its_cells(writer: LogWriter, reader: FileLogReader) -> None:
    """Nothing a log writes reaches the terminal as a control."""
    _write(
        writer, "\x1b]52;c;ZXZpbA==\x07\x1b[2J\x1b[H\u202eevil\x07\x00[red]markup[/red]\x1b]0;t\x07"
    )
    async with showing(reader, (80, 4)) as (app, _, _):
        assert app.texts[0] == "<U+202E>evil^G^@[red]markup[/red]"
        assert not any(ord(character) < 32 for row in app.rows for character in row)


@pytest.mark.parametrize("theme", ["dark", "light", "contrast", "mono"])
async def test_every_theme_draws_the_same_text(
    writer: LogWriter, reader: FileLogReader, theme: str
) -> None:
    """Themes change how a log looks, never what it says; monochrome has no colour at all."""
    _write(writer, "\x1b[1;31;44ma\x1b[38;5;208;7mb\x1b[38;2;1;2;3;48;2;9;9;9mc", "fatal: x")
    async with showing(reader, (60, 3), theme) as (app, view, _):
        assert [row[12:-1].rstrip() for row in app.rows[:2]] == ["abc", "fatal: x"]
        if theme == "mono":
            segments = [
                segment for row in view.render_lines(Region(0, 0, 60, 3)) for segment in row
            ]
            assert not any(
                segment.style and (segment.style.color or segment.style.bgcolor)
                for segment in segments
            )


async def test_ascii_signs_where_there_are_no_others(
    writer: LogWriter, reader: FileLogReader
) -> None:
    """With the ASCII set our own signs are ASCII; what the log wrote stays."""
    _write(writer, "fatal: é", "x" * 200, "TASK [t] ****")
    async with showing(reader, (60, 4), has_ascii=True) as (app, _, pilot):
        await eventually(pilot, lambda: app.rows[0].endswith("="))
        assert app.rows[0][:24] == "> 22:26:40  fatal: é    "
        assert app.rows[1].endswith("x~  |")
        assert app.rows[2].endswith("] " + "-" * 36 + "  |")


async def test_a_new_generation_starts_over(
    tmp_path: Path, writer: LogWriter, reader: FileLogReader
) -> None:
    """When the output was replaced, whoever hears of it reopens and the new output is shown."""
    _write(writer, *_numbers(1, 30))
    async with showing(reader, (80, 5)) as (app, view, pilot):
        view.to_top()
        fresh = LogWriter.begin_generation(tmp_path)
        _write(fresh, "first", "second")
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
    _write(writer, "line 1")
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
    _write(writer, *_numbers(1, 30))
    (tmp_path / "other").mkdir()
    other = LogWriter(tmp_path / "other")
    _write(other, "other")
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
    _write(writer, "line 1")
    async with showing(reader, (80, 5)) as (_, view, pilot):
        await eventually(pilot, lambda: view._timer is None)
        for _ in range(100):
            view.grew()
        timer = view._timer
        view.grew()
        assert view._timer is timer is not None
        await eventually(pilot, lambda: view._timer is None)


async def test_hits_are_ticks_where_they_are_few(writer: LogWriter, reader: FileLogReader) -> None:
    """The scrollbar says where something was found, unless that is everywhere."""
    _write(writer, *_numbers(1, 400), "needle", *_numbers(402, 1000))
    async with showing(reader, (80, 20)) as (app, view, pilot):
        view.finding.begin()
        view.finding.look_for("needle")
        await eventually(pilot, lambda: view.finding.found is not None and view.spot is not None)
        view.to_end()
        await eventually(pilot, lambda: [row[-1] for row in app.rows].count("━") == 1)
        spot = reader.read(0, reader.size).index(b"needle")
        assert app.rows[spot * 20 // reader.size].endswith("━")
        view.finding.look_for("line")
        await eventually(
            pilot, lambda: view.finding.found is not None and view.finding.found.hits == 999
        )
        assert not any(row.endswith("━") for row in app.rows)


async def test_a_strip_picks_those_who_are_out() -> None:
    """Of many hosts the strip shows those who failed, in their order, and how many more."""
    from skyforge_tui.domain.outline_scan import OutlineScan
    from skyforge_tui.tui.widgets.run_grid import RunGrid

    scan = OutlineScan()
    words = {3: "fatal: [h3]: FAILED!", 17: "fatal: [h17]: UNREACHABLE!"}
    lines = ["TASK [t] ****", *(words.get(n, f"ok: [h{n}]") for n in range(20)), ""]
    scan.take("\n".join(lines).encode())
    grid = RunGrid()

    class Shown(App[None]):
        async def on_mount(self) -> None:
            dress(self)
            await self.mount(grid)

    async with Shown().run_test(size=(60, 12)) as pilot:
        grid.display = True
        grid.show(scan.outline, None, is_live=False)
        await pilot.pause()
        strips = pilot.app.screen._compositor.render_strips(pilot.app.size)
        names = [strip.text.split("•")[0].split("×")[0].split("!")[0].strip() for strip in strips]
        hosts = ["h0", "h1", "h2", "h3", "h4", "h5", "h17"]
        assert names[:9] == ["hosts", *hosts, "13 more hosts"]
