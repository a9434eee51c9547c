"""Showing what is piped in under an audit hook: python -m tests.tui.watched_viewing FILE.

Prints one JSON object: what the UI thread did after the first picture that it should leave to
others, with the lines of the program that did it; and how seldom garbage is sought.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import sys

from skyforge_tui.domain.log_source import PIPED
from skyforge_tui.settings.frame import read_frame
from skyforge_tui.wiring import current_principal
from skyforge_tui.wiring.file_parts import file_parts
from skyforge_tui.wiring.viewer import make_viewer
from tests.tui.watch import Watch

WATCH = Watch()


async def journey(name: str) -> None:
    """Start, move, search, filter, select, copy, ask for help, leave what would be lost."""
    from skyforge_tui.tui.viewer import ViewerApp
    from tests.tui.drawing import rows_of, until

    start = ViewerApp._start

    def watched(self: ViewerApp) -> None:
        WATCH.arm()
        start(self)

    ViewerApp._start = watched  # type: ignore[method-assign]
    frame = read_frame()
    parts = file_parts(frame)
    piped = os.open(name, os.O_RDONLY)
    log = await parts.files.open(current_principal(), [PIPED], piped)
    progress = await parts.files.advance(current_principal(), log)
    app = make_viewer(frame, parts, log, progress, follow=False)
    async with app.run_test(size=(100, 12)) as pilot:

        async def press(*keys: str, shows: str) -> None:
            await pilot.press(*keys)
            await until(pilot, lambda: any(shows in row for row in rows_of(app)))

        await press("G", shows="line 500")  # typed before anything is there
        await press("g", "backslash", "backslash", "right_square_bracket", shows="TASK [last]")
        await press("slash", *"line", "space", *"499", "enter", shows="1 of 1")
        await press("n", "N", "ampersand", "plus", shows="\u00b11")
        await press("escape", "escape", "m", "v", "j", "y", shows="Copied")
        await press("escape", "escape", "y", shows="Copied this line")
        await press("question_mark", shows="Keys in Files")
        await pilot.press("escape")
        await press("q", shows="Leave without saving")
        await pilot.press("enter")
    WATCH.is_armed = False
    log.close()


def main(name: str) -> None:
    """Go, and report."""
    asyncio.run(journey(name))
    sys.stdout.write(json.dumps({"seen": WATCH.seen, "collecting": gc.get_threshold()}))


if __name__ == "__main__":
    main(sys.argv[1])
