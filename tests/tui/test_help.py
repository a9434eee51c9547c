"""Help by keystroke: every key, why one is refused, and what the cursor runs."""

from __future__ import annotations

from skyforge_tui.tui.widgets.help import HelpOverlay
from tests.tui.drawing import rows_of, until
from tests.tui.overlay_bench import Stage, inside, keys, show


async def test_help_shows_every_key_and_why_one_is_refused() -> None:
    """Keys stand in groups; one that asks and one that is refused say so."""
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        rows = inside(await show(pilot, HelpOverlay("Runs", keys())))
        assert rows[0] == "  / ▏type to filter, enter runs it"
        assert [row.split() for row in rows[2:6]] == [
            ["This", "run", "Find", "Places"],
            ["▌", "enter", "open", "/", "filter", "1", "Projects"],
            ["x", "stop", "asks"],
            ["r", "rerun", "no"],
        ]
        assert rows[-2] == "  r refused: it still runs"
        assert rows[-1] == "  enter run  esc close"


async def test_help_runs_what_is_under_the_cursor() -> None:
    """Typing filters, arrows move, enter returns the command; a refused one stays."""
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        overlay = HelpOverlay("Runs", keys())
        await show(pilot, overlay)
        await pilot.press("r", "e", "r", "enter")
        assert app.results == []
        assert overlay.current is not None
        assert overlay.current.command_id == "run.rerun"
        await pilot.press("ctrl+u", "right", "right", "left", "enter")
        await until(pilot, lambda: app.results == ["filter"])
        assert app.leaks == 0


async def test_help_finds_nothing_and_says_so() -> None:
    """A filter that matches nothing leaves a sentence and the way out."""
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        await show(pilot, HelpOverlay("Runs", keys()))
        await pilot.press("z", "z", "z", "enter", "down", "right")
        await until(pilot, lambda: any("No key matches." in row for row in rows_of(app)))
        await pilot.press("escape")
        await until(pilot, lambda: app.results == [None])
