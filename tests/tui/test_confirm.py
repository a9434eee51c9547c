"""The question before something is lost: what it shows, and what is no answer."""

from __future__ import annotations

from textual import events

from skyforge_tui.tui.presenters.offers import Question
from skyforge_tui.tui.widgets.confirm import Confirm
from tests.tui.drawing import until
from tests.tui.overlay_bench import Stage, destroy, inside, show


async def test_a_confirmation_is_drawn_whole() -> None:
    """What, what is lost, what is kept, the words, and both ways on stand in the frame."""
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        rows = await show(pilot, destroy())
        top = next(row for row in rows if "╭" in row)
        assert top == (
            "    ╭─ Destroy 3 labs ───────────────────────────────────────── ! confirm ─╮"
        )
        assert inside(rows) == [
            "",
            "  ◐ bgp-fabric    eve-lab1  mara  8 nodes",
            "",
            "  Lost for good   4 unsaved configs, 25 nodes with their disks",
            "  Kept            topologies in the repo, run logs, artifacts",
            "",
            "  eve-lab1 asks for the words. Type  destroy 3",
            "   ▏",
            "",
            "  enter destroy   esc keep all",
            "",
            "  same as skyforge labs destroy bgp-fabric",
        ]


async def test_the_words_must_be_typed_before_it_goes() -> None:
    """Enter does nothing until the words are there; pasting them does not count."""
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, destroy("x 3"))
        await pilot.press("enter")
        app.screen.post_message(events.Paste("x 3"))
        await pilot.press("x", "space", "enter")
        assert app.results == []
        await pilot.press("3", "enter")
        await until(pilot, lambda: app.results == [True])
        assert app.leaks == 0


async def test_leaving_a_confirmation_means_no() -> None:
    """Escape keeps everything; other keys neither answer nor act behind the overlay."""
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, Confirm(Question("Stop run 812", "stop", "keep it running")))
        await pilot.press("y", "q", "1", "escape")
        await until(pilot, lambda: app.results == [False])
        assert app.leaks == 0


async def test_a_second_enter_is_not_a_second_answer() -> None:
    """Keys pressed after the answer are lost with the overlay."""
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        overlay = Confirm(Question("Stop run 812", "stop", "keep it running"))
        await show(pilot, overlay)
        overlay.key("enter", None)
        overlay.key("enter", None)
        overlay.key("escape", None)
        await until(pilot, lambda: app.results == [True])
        assert len(app.screen_stack) == 1
