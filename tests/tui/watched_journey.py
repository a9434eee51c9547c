"""A whole journey through the cockpit under an audit hook: python -m tests.tui.watched_journey DIR.

Prints one JSON object: what the UI thread did after the first picture that it should leave to
others, with the lines of the program that did it; and what was there at the first picture.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys
from pathlib import Path

from skyforge_tui.tui.app import SkyforgeApp
from skyforge_tui.tui.curtain import CurtainedApp
from skyforge_tui.wiring.cockpit import make_cockpit
from tests.tui.watch import Watch

WATCH = Watch()


async def journey(folder: Path) -> None:
    """Start, look around, launch, follow, scroll, filter, stop, rerun, ask for help, leave."""
    from tests.tui.cockpit_harness import press, until_gone, until_shown, write

    app = make_cockpit()
    async with app.run_test(size=(100, 30)) as pilot:
        await press(pilot, "3", shows="No run yet")  # typed before anything is there
        await press(pilot, "1", shows="edge-fabric")
        await press(pilot, "R", "L", shows="type to filter")
        await write(pilot, "flood")
        await press(pilot, "enter", shows="nobody here has trusted it yet")
        await pilot.press("ctrl+t")
        await until_gone(pilot, "nobody here has trusted it yet")
        await press(pilot, "enter", shows=("◐ running", "line 500"))
        await pilot.press("k", "k", "pageup", "g", "t", "backslash", "e", "E")
        await until_shown(pilot, "line 3")
        await press(pilot, "slash", shows="text, /pattern/, !without")
        await write(pilot, "/line 4[0-9]+/")
        await press(pilot, "enter", shows="of 110")
        await press(pilot, "n", "N", "ampersand", "plus", shows="±1")
        await pilot.press(
            "escape", "escape", "E", "right_square_bracket", "H", "m", "v", "j", "y", "escape"
        )
        await press(pilot, "b", "F", shows="line 500")
        await press(pilot, "question_mark", shows="Keys in Run")
        await pilot.press("escape")
        await press(pilot, "x", shows="Stop run 1")
        await press(pilot, "enter", shows="■ stopped")
        await press(pilot, "r", shows="Launch flood")
        await pilot.press("escape")
        for place in "2345":
            await pilot.press(place)
        await until_shown(pilot, "Attention")
        await press(pilot, "3", "3", shows=("STATE", "flood"))
        await pilot.press("slash")
        await write(pilot, "flo")
        await pilot.press("enter", "y")
        await until_shown(pilot, "run 1 flood")
        await pilot.press("escape", "escape")
        await press(pilot, "colon", shows=":")
        await write(pilot, "projects")
        await press(pilot, "enter", shows="edge-fabric")
        await press(pilot, "at", shows="runs launch")
        await pilot.press("escape")
        await press(pilot, "ctrl+p", shows="Palette")
        await write(pilot, "attention")
        await press(pilot, "enter", shows="Attention")
        await pilot.press("ctrl+q")


def main(folder: Path) -> None:
    """Go, and report."""
    os.chdir(folder)
    start = CurtainedApp._start

    def watched(self: SkyforgeApp) -> None:
        WATCH.arm()  # where the engine is about to start: right behind the first picture
        start(self)

    CurtainedApp._start = watched  # type: ignore[method-assign]
    asyncio.run(journey(folder))
    WATCH.is_armed = False
    garbage = {
        "is_looked_for": gc.isenabled(), "thresholds": gc.get_threshold(),
        "at_the_picture": WATCH.kept, "frozen": gc.get_freeze_count(),
    }  # fmt: skip
    report = {"seen": WATCH.seen, "threads": WATCH.threads, "garbage": garbage}
    sys.stdout.write(json.dumps(report))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
