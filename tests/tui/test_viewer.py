"""Log files in a program of their own: shown at once, in order, followed, searched, saved."""

from __future__ import annotations

import gzip
import os
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from skyforge_tui.domain.identity import Principal
from skyforge_tui.engine.inline import InlineEngine
from skyforge_tui.jobs.file_follow import FileFollow
from skyforge_tui.jobs.runner import running
from skyforge_tui.services.file_parts import FileParts
from skyforge_tui.settings.frame import FrameSettings
from skyforge_tui.store import log_pages
from skyforge_tui.tui import key_order
from skyforge_tui.tui.keymap import Keymap
from skyforge_tui.tui.viewer import ViewerApp
from skyforge_tui.tui.widgets.log_view import LogView
from skyforge_tui.tui.widgets.search_line import SearchLine
from skyforge_tui.wiring.file_parts import file_parts
from skyforge_tui.wiring.ground import SystemClock
from tests.tui.cockpit_harness import press, row_with, screen_text, until_gone, until_shown, write
from tests.tui.drawing import until

ADA = Principal("ada")
Viewing = Callable[..., AbstractAsyncContextManager[Pilot[Any]]]


@pytest.fixture
def viewing(tmp_path: Path) -> Viewing:
    """Return what opens the viewer on files of the test's folder."""
    frame = FrameSettings(tmp_path / "config.toml", tmp_path / "state", tmp_path / "cache")

    @asynccontextmanager
    async def view(
        *names: str, piped: int | None = None, follow: bool = False
    ) -> AsyncGenerator[Pilot[Any], None]:
        parts = file_parts(frame)
        paths = [one if one == "-" else str(tmp_path / one) for one in names]
        log = await parts.files.open(ADA, paths, piped)

        @asynccontextmanager
        async def opened() -> AsyncIterator[FileParts]:
            clock = SystemClock()
            async with running([FileFollow(parts.files, log, clock)], parts.bus, clock):
                yield parts

        app = ViewerApp(
            lambda app: InlineEngine(opened, app.link.unheard), ADA, log,
            keymap=Keymap(), follow=follow, motion=False,
        )  # fmt: skip
        try:
            async with app.run_test(size=(100, 12)) as pilot:
                yield pilot
        finally:
            log.close()

    return view


def numbered(first: int, last: int) -> str:
    """Return some lines."""
    return "".join(f"line {number}\n" for number in range(first, last + 1))


def saved_by(folder: Path) -> bytes:
    """Return what was saved of a pipe."""
    (saved,) = folder.glob("piped-*.log")
    return saved.read_bytes()


async def test_a_file_is_there_at_once(viewing: Viewing, tmp_path: Path) -> None:
    """The first picture has the first lines; what comes later is counted until one follows."""
    path = tmp_path / "log"
    path.write_text(numbered(1, 500))
    async with viewing("log") as pilot:
        assert screen_text(pilot.app)[1].startswith("  line 1 ")
        await until_shown(pilot, "500 lines")
        with path.open("a") as file:
            file.write(numbered(501, 520))
        await until_shown(pilot, "20 new")
        await press(pilot, "t", shows="nobody knows when its lines came")
        await press(pilot, "escape")
        assert screen_text(pilot.app)[1].startswith("  line 1 ")
        await press(pilot, "F", shows="line 520")
        with path.open("a") as file:
            file.write("the end\n")
        await until_shown(pilot, "the end")


async def test_files_stand_in_order_of_time(viewing: Viewing, tmp_path: Path) -> None:
    """Lines of several files stand by their times, beside the name of their file; all is found."""
    (tmp_path / "leaf1.log").write_text("2026-11-23T10:00:01Z up\n2026-11-23T10:00:03Z down\n")
    (tmp_path / "spine").write_text("Nov 23 10:00:02 changed\n  at once\n")
    (tmp_path / "notes").write_text("no time here\n")
    for name in ("leaf1.log", "spine", "notes"):
        os.utime(tmp_path / name, (1_795_500_000, 1_795_500_000))
    async with viewing("leaf1.log", "spine", "notes") as pilot:
        await until_shown(pilot, "Lines without a time stand first")
        await pilot.press("escape")
        rows = screen_text(pilot.app)
        assert [" ".join(row.rstrip("│█ ").split()) for row in rows[1:6]] == [
            "notes no time here",
            "10:00:01 leaf1.log 2026-11-23T10:00:01Z up",
            "10:00:02 spine Nov 23 10:00:02 changed",
            "at once",
            "10:00:03 leaf1.log 2026-11-23T10:00:03Z down",
        ]
        await pilot.press("slash")
        await write(pilot, "chan")
        await press(pilot, "enter", shows="1 of 1")


@pytest.mark.parametrize("lines", [3, 8000])
async def test_files_are_merged_anew(viewing: Viewing, tmp_path: Path, lines: int) -> None:
    """R merges files anew; everything is there again, also where nothing else can come."""
    clocks = (f"{at // 3600:02}:{at // 60 % 60:02}:{at % 60:02}" for at in range(lines))
    data = "".join(f"2026-11-23T{clock}Z up\n" for clock in clocks).encode()
    names = ("one.gz", "other.gz")
    for name in names:
        (tmp_path / name).write_bytes(gzip.compress(data))
    async with viewing(*names) as pilot:
        await until_shown(pilot, f"{2 * lines:,} lines")
        await until_gone(pilot, "unpacks")
        shown = screen_text(pilot.app)
        reader = pilot.app.query_one(LogView).reader
        assert reader is not None
        for _ in range(2):
            before = reader.generation
            await pilot.press("R")
            await until(pilot, lambda was=before: reader.generation > was)  # type: ignore[misc]
            await until(pilot, lambda: screen_text(pilot.app) == shown)


async def test_a_pipe_is_followed_and_saved(
    viewing: Viewing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is piped in is followed to its end, and is saved byte for byte."""
    monkeypatch.chdir(tmp_path)
    ours, theirs = os.pipe()
    data = (numbered(1, 3000) + "\x1b[31mthat is all").encode()
    async with viewing("-", piped=ours, follow=True) as pilot:
        await until_shown(pilot, "is piped in")
        with os.fdopen(theirs, "wb") as writer:
            writer.write(data)
        await until_shown(pilot, "that is all")
        await until_gone(pilot, "is piped in")
        await press(pilot, "S", shows="Saved")
    assert saved_by(tmp_path) == data


async def test_accidents_of_files_are_followed(viewing: Viewing, tmp_path: Path) -> None:
    """A file that is replaced, then cut short, is shown as it is then, from its beginning."""
    path = tmp_path / "log"
    path.write_text(numbered(1, 500))
    async with viewing("log") as pilot:
        await until_shown(pilot, "500 lines")
        path.rename(tmp_path / "log.1")
        path.write_text("another\n" + numbered(1, 300))
        await until_shown(pilot, "another", "301 lines")
        path.write_text("short\n")
        await until_shown(pilot, "log 6 B 1 line")
        assert screen_text(pilot.app)[1].startswith("  short ")


async def test_a_file_that_cannot_be_read_yet_is_tried_again(
    viewing: Viewing, tmp_path: Path
) -> None:
    """What takes a file's place and cannot be read is said so, and shown once it can be read."""
    path = tmp_path / "log"
    path.write_text(numbered(1, 500))
    async with viewing("log") as pilot:
        await until_shown(pilot, "500 lines")
        path.unlink()
        path.mkdir()
        await until_shown(pilot, "Unavailable", "was removed")
        path.rmdir()
        path.write_text("readable at last\n")
        await until_shown(pilot, "readable at last", "log 17 B 1 line")


async def test_only_q_leaves(viewing: Viewing, tmp_path: Path) -> None:
    """Esc leaves what is transient and never the program; a file need not be saved."""
    (tmp_path / "log").write_text(numbered(1, 50))
    async with viewing("log") as pilot:
        await press(pilot, "S", shows="is a file already")
        await pilot.press("escape", "escape", "escape")
        await until_gone(pilot, "is a file already")
        await press(pilot, "question_mark", shows="Keys in Files")
        await pilot.press("escape")
        await until_gone(pilot, "Keys in Files")
        assert "q quit" in row_with(pilot.app, "F follow")
        await pilot.press("q")
        assert pilot.app.return_code == 0


async def test_keys_that_come_at_once(viewing: Viewing, tmp_path: Path) -> None:
    """Keys that arrive together mean what they mean one by one: behind a `/` they are text."""
    (tmp_path / "log").write_text("nothing\nwhy q?\nnothing\nyes: why q? there\n")
    async with viewing("log") as pilot:
        await until_shown(pilot, "4 lines")
        app = pilot.app
        typed = (*"/q?", "enter", *"n/", "ctrl+u", *"y:", "escape", *"/there", "enter")
        keys = (*typed, "?", *"vy", "escape", *"vy")
        names = {"/": "slash", "?": "question_mark", ":": "colon"}
        for key in keys:
            app.post_message(events.Key(names.get(key, key), key if len(key) == 1 else None))
        await until_shown(pilot, "Copied 1 line")
        assert app.clipboard == "yes: why q? there"
        assert "1 of 1" in row_with(app, "/ there")


async def test_keys_that_come_before_they_are_let_in(viewing: Viewing, tmp_path: Path) -> None:
    """What is typed while the program still loads is carried out in order when it has loaded."""
    (tmp_path / "log").write_text("nothing\nwhy q?\n")
    async with viewing("log") as pilot:
        await until_shown(pilot, "2 lines")
        assert isinstance(pilot.app, ViewerApp)
        pilot.app.hold_input()
        await pilot.press("slash", *"why", "space", "q", "question_mark", "enter", *"vy")
        assert "why q?▏" not in screen_text(pilot.app)
        pilot.app.let_in()
        await until_shown(pilot, "Copied 1 line")
        assert pilot.app.clipboard == "why q?"


async def test_a_slow_program_keeps_keys_in_order(
    viewing: Viewing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How long a key waits for the one before is counted in turns of the program, not in time."""
    monkeypatch.setattr(key_order, "BEAT_S", 0.0)
    (tmp_path / "log").write_text("nothing\nwhy q?\n")
    async with viewing("log") as pilot:
        await until_shown(pilot, "2 lines")
        for key in "/why q?":
            name = {"/": "slash", " ": "space", "?": "question_mark"}.get(key, key)
            pilot.app.post_message(events.Key(name, key))
        await until_shown(pilot, "/ why q?▏", "of 1 ")


async def test_the_end_of_typing_before_is_not_the_end_of_this(
    viewing: Viewing, tmp_path: Path
) -> None:
    """A search line that is told late how its keys went before keeps those it has now."""
    (tmp_path / "log").write_text(numbered(1, 50))
    async with viewing("log") as pilot:
        await until_shown(pilot, "50 lines")
        line = pilot.app.screen.query_one(SearchLine)
        line.take_keys("")
        line.post_message(events.Blur())
        await pilot.press(*"line", "space", *"50")
        await until_shown(pilot, "/ line 50▏", "1 of 1 ")


async def test_a_search_begins_with_what_was_looked_for(viewing: Viewing, tmp_path: Path) -> None:
    """The first letter typed replaces the old text; keys that move go on with it instead."""
    (tmp_path / "log").write_text(numbered(1, 50))
    async with viewing("log") as pilot:
        for keys, hits in (("line 4", "11"), ("line 5", "2")):
            await pilot.press("slash")
            await write(pilot, keys)
            await pilot.press("enter")
            await until_shown(pilot, f"of {hits} ")
        await pilot.press("slash", "end", "0", "enter")
        await until_shown(pilot, "/ line 50", "1 of 1 ")
        await pilot.press("slash", "backspace", "9", "enter")
        await until_shown(pilot, "/ 9 ", "of 5 ")


async def test_a_refusal_goes_with_the_next_key(viewing: Viewing, tmp_path: Path) -> None:
    """What was refused is no longer said when something else is done; esc takes it away alone."""
    (tmp_path / "log").write_text(numbered(1, 50))
    async with viewing("log") as pilot:
        await press(pilot, "n", shows="nothing is looked for")
        await press(pilot, "slash", shows="text, /pattern/")
        await until_gone(pilot, "nothing is looked for")
        await pilot.press("escape")
        await press(pilot, "n", shows="nothing is looked for")
        await pilot.press("escape")
        await until_gone(pilot, "nothing is looked for")
        assert screen_text(pilot.app)[1].startswith("  line 1 ")


async def test_a_file_that_is_removed_says_so(viewing: Viewing, tmp_path: Path) -> None:
    """Its lines stay, with its true size, until another file has its name."""
    path = tmp_path / "log"
    path.write_text(numbered(1, 9))
    async with viewing("log", follow=True) as pilot:
        await until_shown(pilot, "9 lines")
        path.unlink()
        await until_shown(pilot, "log  63 B  9 lines  was removed", "line 9")
        path.write_text(numbered(10, 12))
        await until_shown(pilot, "24 B  3 lines", "line 12", "Written anew")
        await until_gone(pilot, "was removed")


async def test_a_file_written_anew_in_its_place_is_shown_anew(
    viewing: Viewing, tmp_path: Path
) -> None:
    """Other bytes in the same file, even as many as before, are shown, and it is said."""
    path = tmp_path / "log"
    path.write_text(numbered(1, 9))
    os.utime(path, ns=(0, 1))
    async with viewing("log") as pilot:
        await until_shown(pilot, "9 lines", "line 1")
        with path.open("r+") as file:
            file.write(numbered(1, 9).replace("line", "LINE"))
        await until_shown(pilot, "LINE 5", "Written anew, and read from its start")
        await until_gone(pilot, "line 1")


async def test_what_was_piped_in_is_not_lost_without_a_question(
    viewing: Viewing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Leaving asks once; esc stays, asking again leaves, and what was saved needs no question."""
    monkeypatch.chdir(tmp_path)
    for then in (("escape", "q", "enter"), ("ctrl+q",), ("escape", "S", "q")):
        ours, theirs = os.pipe()
        os.write(theirs, numbered(1, 9).encode())
        os.close(theirs)
        async with viewing("-", piped=ours) as pilot:
            await until_shown(pilot, "9 lines")
            await press(pilot, "q", shows=("Leave without saving", "63 B, 9 lines"))
            for key in then:
                assert pilot.app._exit is False
                await pilot.press(key)
                if key == "S":
                    await until_shown(pilot, "Saved")
                elif key == "escape":
                    await until_gone(pilot, "Leave without saving")
            await until(pilot, partial(getattr, pilot.app, "_exit"))
    assert saved_by(tmp_path) == numbered(1, 9).encode()


async def test_an_enormous_line_says_how_large_it_is(
    viewing: Viewing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hits behind what is shown of it are found and counted; going there says how far off it is."""
    monkeypatch.setattr(log_pages, "MAX_LINE_BYTES", 5_000)
    text = b"a" * 3000 + b"NEEDLE" + b"b" * 6000 + b"NEEDLE" + b"c" * 3000
    (tmp_path / "log").write_bytes(text + b"\nshort NEEDLE\n")
    async with viewing("log") as pilot:
        await until_shown(pilot, "a… line of 12.0 kB", "short")
        await pilot.press("slash")
        await write(pilot, "NEEDLE")
        await press(pilot, "enter", shows=("1 of 3 ", "NEEDLEbb", "b… line of 12.0 kB"))
        await press(pilot, "n", shows=("2 of 3  4.0 kB behind what is shown", "b… line of 12.0 kB"))
        assert "NEEDLE" not in screen_text(pilot.app)[1]
        await press(pilot, "backslash", shows="aaaa")
        await press(pilot, "n", shows=("3 of 3  esc", "short NEEDLE"))
        await press(pilot, "N", shows=("2 of 3  4.0 kB behind", "b… line of 12.0 kB"))
