"""How a log looks: in its cells at every size, in every theme, whatever is in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.geometry import Region

from skyforge_tui.store.logs import FileLogReader, LogWriter
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


async def test_rows_look_as_drawn(writer: LogWriter, reader: FileLogReader) -> None:
    """Mark, time once per second, text on column 12, cut, rule, gap, scrollbar: to the cell."""
    written(writer, "changed: [spine1] => (item=10.0.0.14)", "\x1b[32m+  neighbor\x1b[0m")
    written(writer, "fatal: [leaf3]: UNREACHABLE! => " + "x" * 40, at_ms=START + 33_000)
    written(writer, "TASK [bgp : push config] ****", at_ms=START + 33_900)
    writer.add_gap(88_000, 1204, "fetched when it answers")
    reader.reopen()
    written(writer, "ok: [漢字]", at_ms=START + 34_500)
    written(writer, "[WARNING]: w", at_ms=START + 34_900)
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


async def test_long_lines_are_cut_moved_or_wrapped(
    writer: LogWriter, reader: FileLogReader
) -> None:
    """A long line is cut with an ellipsis, moved sideways, or continued below."""
    long = "".join(f"<{number:03d}>" for number in range(30))
    written(writer, long, "short")
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
    written(writer, "x" + "漢" * 60)
    async with showing(reader, (80, 6)) as (app, view, pilot):
        assert app.rows[0] == f"  22:26:40  x{'漢' * 31} …  │"
        view.toggle_wrap()
        await pilot.pause()
        assert app.texts[0] == "x" + "漢" * 32
        assert app.texts[1] == "漢" * 28


async def test_forty_by_twelve_is_usable(writer: LogWriter, reader: FileLogReader) -> None:
    """Where it is narrow the times give way; text, mark, gap and pill remain."""
    written(writer, *numbered(1, 20), "fatal: [leaf3]: UNREACHABLE! => {}...........")
    writer.add_gap(None, 5, "a-reason-that-is-much-too-long-for-this")
    reader.reopen()
    async with showing(reader, (40, 12)) as (app, view, pilot):
        assert app.rows[0] == "  line 11                              │"
        assert app.rows[10][:-1] == "▌ fatal: [leaf3]: UNREACHABLE! => {}…  "
        assert app.rows[11][:-1] == "  ╌╌ gap 5 lines ╌╌ a-reason-that-is-… "
        view.scroll_lines(-2)
        written(writer, "x")
        view.grew()
        await eventually(pilot, lambda: " F  1 new ↓ " in app.rows[11])
        assert all(len(row) == 40 for row in app.rows)


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (6, 3), (7, 1), (12, 2), (20, 3)])
async def test_no_size_is_too_small(
    writer: LogWriter, reader: FileLogReader, size: tuple[int, int]
) -> None:
    """Whatever the terminal is shrunk to, the view draws something of that size."""
    written(writer, *numbered(1, 9), "漢" * 30, "fatal: x")
    writer.add_gap(1, 1, "gone")
    reader.reopen()
    async with showing(reader, size) as (_, view, pilot):
        for change in (view.toggle_wrap, lambda: view.scroll_lines(-1), view.toggle_times):
            change()
            await pilot.pause()
            for strip in view.render_lines(Region(0, 0, *size)):
                assert strip.cell_length == size[0]
                assert sum(segment.cell_length for segment in strip) == size[0]


async def test_a_hostile_log_stays_in_its_cells(writer: LogWriter, reader: FileLogReader) -> None:
    """Nothing a log writes reaches the terminal as a control."""
    written(
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
    written(writer, "\x1b[1;31;44ma\x1b[38;5;208;7mb\x1b[38;2;1;2;3;48;2;9;9;9mc", "fatal: x")
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
    written(writer, "fatal: é", "x" * 200, "TASK [t] ****")
    async with showing(reader, (60, 4), has_ascii=True) as (app, _, pilot):
        await eventually(pilot, lambda: app.rows[0].endswith("="))
        assert app.rows[0][:24] == "> 22:26:40  fatal: é    "
        assert app.rows[1].endswith("x~  |")
        assert app.rows[2].endswith("] " + "-" * 36 + "  |")


async def test_hits_are_ticks_where_they_are_few(writer: LogWriter, reader: FileLogReader) -> None:
    """The scrollbar says where something was found, unless that is everywhere."""
    written(writer, *numbered(1, 400), "needle", *numbered(402, 1000))
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
