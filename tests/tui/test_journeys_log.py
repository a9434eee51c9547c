"""Reading a run by keystrokes: searching, filtering, jumping, selecting, marking, following."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from textual.pilot import Pilot

from skyforge_tui.domain.events import LogGrew
from skyforge_tui.tui.app import SkyforgeApp
from skyforge_tui.tui.base_screen import PlaceScreen
from skyforge_tui.tui.screens.run.screen import RunScreen
from tests.tui.cockpit_harness import (
    press,
    row_with,
    screen_text,
    shows,
    until_gone,
    until_idle,
    until_shown,
    write,
)
from tests.tui.drawing import until
from tests.tui.pretend import Estate, run_id
from tests.tui.scenes import is_looked_through

END = "FAILED - RETRYING: [leaf2]"
FATAL = "fatal: [leaf3]: UNREACHABLE!"


class Reading:
    """A run's page under a test's hands."""

    def __init__(self, pilot: Pilot[None], estate: Estate, number: int) -> None:
        self.pilot = pilot
        self.estate = estate
        self.number = number

    @property
    def app(self) -> SkyforgeApp:
        """The application."""
        assert isinstance(self.pilot.app, SkyforgeApp)
        return self.pilot.app

    @property
    def screen(self) -> RunScreen:
        """The page."""
        screen = self.app.place()
        assert isinstance(screen, RunScreen)
        return screen

    def write(self, *lines: str) -> None:
        """Let the run write lines."""
        text = "".join(f"{line}\n" for line in lines)
        self.estate.core.logs.grow(str(self.number), text.encode())
        self.screen.log_view.grew()

    @property
    def spot(self) -> str:
        """The row that one has come to, or nothing."""
        return next((row for row in screen_text(self.app) if row[1:2] == "›"), "")

    @property
    def texts(self) -> list[str]:
        """The rows of the log, without margin, time and scrollbar."""
        return [row[12:].rstrip("│█━ ") for row in screen_text(self.app)[4:-1]]


@asynccontextmanager
async def reading(number: int = 812, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Reading]:
    """Open a run's page and wait until all of its output was looked through."""
    estate = Estate()
    app = estate.app()
    async with app.run_test(size=size) as pilot:
        await until_idle(pilot)
        app.open_run(run_id(number))
        await until(pilot, lambda: isinstance(app.place(), RunScreen))
        await until_idle(pilot)
        page = Reading(pilot, estate, number)
        await until(pilot, lambda: is_looked_through(app))
        yield page


async def test_search_while_typing() -> None:
    """Hits are counted and gone to letter by letter; enter keeps them, n and N go round."""
    async with reading() as page:
        await press(page.pilot, "slash", shows="text, /pattern/, !without")
        await write(page.pilot, "deploy")
        await until_shown(page.pilot, "1 of 1", "esc cancels", "PLAY [Deploy BGP on the edge]")
        await press(page.pilot, *("backspace",) * 6)
        await write(page.pilot, "/leaf[34]/")
        await until_shown(page.pilot, "47 of 47")
        await press(page.pilot, "enter", shows="esc clears")
        await press(page.pilot, "n", shows="1 of 47 from the top")
        await press(page.pilot, "n", shows="2 of 47")
        await press(page.pilot, "N", "N", shows="47 of 47 from the end")
        await press(page.pilot, "escape")
        await until_gone(page.pilot, "esc clears")
        frame = page.screen.log_view.frame
        assert frame is not None
        assert frame.emphasis.search is None


async def test_cancelling_a_search_leads_back() -> None:
    """Esc while typing goes back to where one was, following or not."""
    async with reading() as page:
        await press(page.pilot, "slash")
        await write(page.pilot, "gathering")
        await until_shown(page.pilot, "Gathering Facts")
        followed = page.screen.log_view.is_following
        await press(page.pilot, "escape", shows=END)
        assert (followed, page.screen.log_view.is_following) == (False, True)
        await page.pilot.press("k", "k", "k")
        before = page.texts
        await press(page.pilot, "slash")
        await write(page.pilot, "gathering")
        await until_shown(page.pilot, "Gathering Facts")
        await press(page.pilot, "escape")
        await until(page.pilot, lambda: page.texts == before)


async def test_mistakes_are_told_while_typing() -> None:
    """What cannot be read is said in its place; what finds nothing says so."""
    async with reading() as page:
        await press(page.pilot, "slash", "slash", "left_parenthesis", "x", "slash", shows="/(x/")

        def is_mistaken() -> bool:
            found = page.screen.log_view.finding.found
            return found is not None and found.error is not None

        await until(page.pilot, is_mistaken)
        await press(page.pilot, *("backspace",) * 4)
        await write(page.pilot, "no such words")
        await until_shown(page.pilot, "no hit")
        await press(page.pilot, "escape")
        await press(page.pilot, "n", shows="nothing is looked for")


async def test_inverse_search() -> None:
    """Lines without a text are found whole."""
    async with reading() as page:
        await press(page.pilot, "ampersand")
        await write(page.pilot, "!leaf")
        await until_shown(page.pilot, "& !leaf")
        await until(page.pilot, lambda: not any("leaf" in text for text in page.texts[:-2]))


async def test_only_lines_with_hits() -> None:
    """`&` leaves the lines with hits, grows along, takes context, and keeps the place."""
    async with reading() as page:
        await press(page.pilot, "ampersand")
        await write(page.pilot, "changed: ")
        await press(page.pilot, "enter", shows="18 of 18  esc shows all")
        shown = [text for text in page.texts if text]
        assert all(text.startswith("changed: ") for text in shown[:-1])
        await page.pilot.press("F")
        page.write("ok: [leaf1]", "changed: [leaf1] => new", "ok: [leaf4]")
        await until_shown(page.pilot, "of 19", "changed: [leaf1] => new")
        await press(page.pilot, "plus", shows=["±1", "ok: [leaf1]", "ok: [leaf4]"])
        assert shows(page.app, "lines ──")
        await press(page.pilot, "underscore")
        await until_gone(page.pilot, "±1")
        await press(page.pilot, "N", "N", shows="of 19")
        here = page.screen.log_view.spot
        await press(page.pilot, "escape", shows="esc clears")
        assert page.screen.log_view.spot == here
        assert not all(text.startswith("changed: ") for text in page.texts if text)
        await press(page.pilot, "ampersand", shows="esc shows all")


async def test_hits_at_the_side_come_into_view() -> None:
    """A hit beyond the edge is scrolled to, sideways or in its wrapped row, to its columns."""
    async with reading() as page:
        page.write("x" * 500 + " needle " + "y" * 500, *(f"line {n}" for n in range(30)))
        await until_shown(page.pilot, "line 29")
        await press(page.pilot, "slash")
        await write(page.pilot, "needle")
        await press(page.pilot, "enter", shows="1 of 1")
        await until(page.pilot, lambda: any("xx needle yy" in text for text in page.texts))
        await press(page.pilot, "backslash", "G", "n")
        await until(page.pilot, lambda: any("needle" in text for text in page.texts[:-2]))
        assert page.screen.log_view.wraps


async def test_from_failure_to_failure() -> None:
    """E and E go to failed tasks, w and W to warnings, and say when there is none."""
    async with reading() as page:
        await press(page.pilot, "e", shows="no failed task below, 1 above")
        await press(page.pilot, "E", shows="TASK 23")
        assert page.spot.startswith("▌›")
        assert FATAL in page.spot
        await press(page.pilot, "E", shows="no failed task above")
        await press(page.pilot, "w")
        await until(page.pilot, lambda: "[WARNING]" in page.spot)
        await press(page.pilot, "w")
        await until(page.pilot, lambda: END in page.spot)
        await press(page.pilot, "W", "W", shows="no warning above")
        await press(page.pilot, "g", "e")
        await until(page.pilot, lambda: FATAL in page.spot)


async def test_from_task_to_task() -> None:
    """Brackets bring tasks to the top, one after the other, the recap last."""
    async with reading(806) as page:
        await press(page.pilot, "g", "right_square_bracket")
        await until(page.pilot, lambda: page.texts[0].startswith("TASK [Gathering Facts]"))
        await press(page.pilot, *("right_square_bracket",) * 3, shows="TASK 4")
        assert page.texts[0].startswith("TASK [")
        await press(page.pilot, "left_square_bracket", shows="TASK 3")
        await press(page.pilot, "G", "left_square_bracket")
        await until(page.pilot, lambda: "PLAY RECAP" in page.spot)
        await press(page.pilot, "right_square_bracket", shows="no task below")


async def test_passed_tasks_are_hidden() -> None:
    """H leaves out what passed, says how much, follows the play, and esc shows all again."""
    async with reading() as page:
        await press(page.pilot, "H", "g", shows="22 tasks passed, 220 lines")
        assert shows(page.app, FATAL)
        await page.pilot.press("F")
        page.write("ok: [leaf2]", "", "TASK [bgp : check] ****", "ok: [leaf1]", "",
                   "TASK [evpn : vlans] ****", "ok: [leaf1]")  # fmt: skip
        await until_shown(page.pilot, "1 task passed, 3 lines")
        await press(page.pilot, "escape")
        await until_gone(page.pilot, "task passed")


async def test_the_matrix_leads_to_the_output() -> None:
    """M shows hosts by tasks at the first failure; enter goes to what the log says of it."""
    async with reading() as page:
        await press(page.pilot, "m", shows=["hosts × tasks", "out at 23", "TASK 23"])
        assert row_with(page.app, "leaf3").startswith("▌")
        await press(page.pilot, "k", "h", shows="TASK 22")
        await press(page.pilot, "l", "enter")
        await until_gone(page.pilot, "hosts × tasks")
        await until(page.pilot, lambda: "ok: [leaf2]" in page.spot)
        await until_shown(page.pilot, "TASK 23")
        await press(page.pilot, "m", shows="hosts × tasks")
        await press(page.pilot, "escape", shows=FATAL)


async def test_a_large_screen_has_the_matrix_beside_the_log() -> None:
    """From 110 by 30 on hosts and tasks stand below the log."""
    async with reading(size=(120, 36)) as page:
        await until_shown(page.pilot, "hosts × tasks", END, "retry 29", "25/60 tasks")
        page.write("changed: [leaf2]")
        await until_gone(page.pilot, "retry 29")


async def test_without_hosts_there_is_no_matrix() -> None:
    """Output that is no play has neither tasks nor hosts, and every key says so."""
    estate = Estate()
    app = estate.app()
    async with app.run_test(size=(80, 24)) as pilot:
        await until_idle(pilot)
        estate.core.logs.outputs["803"] = b"linting\nall well\n"
        app.open_run(run_id(803))
        await until_shown(pilot, "all well")
        await press(pilot, "m", shows="no host took part in anything here")
        await press(pilot, "right_square_bracket", shows="no task in this output")
        await press(pilot, "H", shows="no task in this output")
        await press(pilot, "e", shows="no failed task in this output")
        await press(pilot, "apostrophe", shows="no bookmark in this output")


async def test_lines_are_copied() -> None:
    """V selects, keys extend, y copies the text as it is seen and lets go."""
    async with reading() as page:
        await press(page.pilot, "E", "v", "j", shows="selecting")
        await press(page.pilot, "y", shows="Copied 2 lines")
        text = page.app.clipboard
        assert text.startswith(FATAL)
        assert text.endswith("\nok: [leaf4]")
        assert "\x1b" not in text
        await press(page.pilot, "escape", "v", "G", "y", shows="Copied")
        assert page.app.clipboard.count("\n") > 10
        await press(page.pilot, "escape", "v", "escape")
        await until_gone(page.pilot, "selecting")
        await press(page.pilot, "y", shows=["Copy run 812", "this line"])


async def test_what_is_too_much_to_copy_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than a clipboard takes is cut at a line, within the first if need be, and said."""
    from skyforge_tui.tui.widgets import log_selecting

    monkeypatch.setattr(log_selecting, "MOST_COPIED", 50)
    async with reading() as page:
        await press(page.pilot, "g", "v", "G", "y", shows="no more fits into a clipboard")
        assert len(page.app.clipboard) <= 50
        monkeypatch.setattr(log_selecting, "MOST_COPIED", 20)
        await press(page.pilot, "escape", "E", "v", "j", "y", shows="Copied 1 line")
        assert page.app.clipboard
        assert FATAL.startswith(page.app.clipboard)
        await press(page.pilot, "escape", "y", shows="what fits of this line")


async def test_bookmarks_stay_with_the_run() -> None:
    """B marks a line, quotes go from mark to mark, and all is there when one comes back."""
    async with reading() as page:
        await press(page.pilot, "E", "b")
        await until(page.pilot, lambda: row_with(page.app, FATAL).startswith("◆"))
        await press(page.pilot, "g", "b")
        await until(page.pilot, lambda: screen_text(page.app)[4].startswith("◆"))
        await until_idle(page.pilot)
        await press(page.pilot, "q", shows="Runs")
        page.app.open_run(run_id(812))
        await until_shown(page.pilot, END)
        await press(page.pilot, "quotation_mark")
        await until(page.pilot, lambda: FATAL in page.spot)
        await press(page.pilot, "quotation_mark")
        await until(page.pilot, lambda: "PLAY [Prepare" in page.spot)
        await press(page.pilot, "quotation_mark", shows="no bookmark above")
        await press(page.pilot, "apostrophe", "b")
        await until(page.pilot, lambda: row_with(page.app, FATAL).startswith("▌"))
        await until_idle(page.pilot)
        assert len(page.estate.core.bookmark_store.held[run_id(812)]) == 1


async def test_the_mouse_marks_and_selects() -> None:
    """A click beside a line marks it; a drag over lines selects them; a click lets go."""
    async with reading() as page:
        view = page.screen.log_view
        await page.pilot.click(view, offset=(0, 3))
        await until(page.pilot, lambda: screen_text(page.app)[7].startswith("◆"))
        await page.pilot.mouse_down(view, offset=(20, 5))
        await page.pilot.hover(view, offset=(25, 7))
        await page.pilot.mouse_up(view, offset=(25, 7))
        await until_shown(page.pilot, "selecting")
        await press(page.pilot, "y", shows="Copied 3 lines")
        assert not view.selection


async def test_follow_yields_and_resumes() -> None:
    """Scrolling up stands still and counts; F follows again, and so does reaching the end."""
    async with reading() as page:
        await press(page.pilot, "k")
        before = page.texts[:-1]
        page.write(*(f"more {n}" for n in range(142)))
        await until_shown(page.pilot, "142 new")
        assert page.texts[:-1] == before
        await press(page.pilot, "F", shows="more 141")
        await press(page.pilot, "E", shows="TASK 23")
        page.write("last of all")
        await until_shown(page.pilot, "1 new")
        await press(page.pilot, "G", shows="last of all")
        assert page.screen.log_view.is_following


async def test_all_of_the_screen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """F gives the log the screen; S saves the bytes as they were written."""
    monkeypatch.chdir(tmp_path)
    async with reading() as page:
        await press(page.pilot, "f")
        await until_gone(page.pilot, "F follow")
        await press(page.pilot, "f", shows="F follow")
        await press(page.pilot, "S", shows="Saved run 812")
        written = (tmp_path / "run-812.log").read_bytes()
        assert written == page.estate.core.logs.outputs["812"]


def _told(drawn: list[str], name: str, real: Callable[..., object], **how: object) -> object:
    drawn.append(name)
    return real(**how)


async def test_what_lies_below_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """While output grows, the list one came from does nothing, and only rows that change are drawn.

    What is drawn below the page in front would have that one drawn anew as a whole.
    """
    async with reading() as page:
        await page.pilot.press("k")
        below = page.app.screen_stack[0]
        compositor = page.screen._compositor
        drawn: list[str] = []
        for name in ("render_full_update", "render_partial_update"):
            real = getattr(compositor, name)
            setattr(compositor, name, partial(_told, drawn, name, real))
        assert isinstance(below, PlaceScreen)
        monkeypatch.setattr(below, "show_frame", partial(_told, drawn, "below", below.show_frame))
        for new in (1, 2):
            # What the list still had to draw when it was covered is drawn the first time.
            drawn.clear()
            page.write("one more")
            page.estate.core.bus.publish(LogGrew(run_id(812), new))
            await until_shown(page.pilot, f"{new} new")
            await until_idle(page.pilot)
        assert set(drawn) == {"render_partial_update"}
