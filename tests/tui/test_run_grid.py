"""Hosts by tasks, as the strip below a run's output."""

from __future__ import annotations

from textual.app import App

from skyforge_tui.domain.outline_scan import OutlineScan
from skyforge_tui.tui.theme import dress
from skyforge_tui.tui.widgets.run_grid import RunGrid


async def test_a_strip_picks_those_who_are_out() -> None:
    """Of many hosts the strip shows those who failed, in their order, and how many more."""
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
