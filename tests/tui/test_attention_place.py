"""Journeys in Attention: what asks, why, where it leads, and hearing no more of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.domain.identity import LOCAL
from skyforge_tui.tui.app import SkyforgeApp
from skyforge_tui.tui.commands import Place
from tests.tui.cockpit_harness import (
    press,
    screen_text,
    shows,
    until_gone,
    until_idle,
    until_shown,
    write,
)
from tests.tui.drawing import until
from tests.tui.pretend import EDGE, MARA, Estate


@asynccontextmanager
async def attending(
    estate: Estate | None = None, size: tuple[int, int] = (80, 24)
) -> AsyncIterator[Pilot[Any]]:
    """Yield the cockpit at Attention."""
    app = (estate or Estate()).app()
    async with app.run_test(size=size) as pilot:
        await until_idle(pilot)
        await press(pilot, "5", shows="Broke 2")
        await until_idle(pilot)
        yield pilot


def chosen(pilot: Pilot[Any]) -> str:
    """Return the row under the cursor."""
    return next((row for row in screen_text(pilot.app) if row.startswith("▌")), "")


async def test_the_cursor_passes_over_headings() -> None:
    """Headings are neither stood on nor marked: the cursor goes from the last to the next."""
    async with attending() as pilot:
        assert "run 808" in chosen(pilot)
        names = []
        for _ in range(7):
            await pilot.press("j")
            await pilot.pause()
            names.append(chosen(pilot)[14:22].strip())
        runs = [f"run {number}" for number in (813, 812, 810, 810)]
        assert names == ["run 805", "run 811", "project", *runs]
        await pilot.press("g", "k")
        await until(pilot, lambda: "run 808" in chosen(pilot))
        assert shows(pilot.app, "Broke 2")
        await press(pilot, "asterisk", shows="◆ 7 marked")


async def test_why_is_shown_below() -> None:
    """Below the rows stand the last lines of the failure under the cursor, or what was said."""
    async with attending() as pilot:
        await until_shown(pilot, "run 808 srl-telemetry, 1h11m ago", "fatal: [leaf3]: UNREACHABLE!")
        await pilot.press("j", "j", "j")
        await until_shown(pilot, 'template 2: unknown key "comand"', "wan-refresh/skyforge.toml:7")


async def test_each_concern_leads_somewhere() -> None:
    """`enter` goes to the run's output, or to the project among the projects."""
    async with attending() as pilot:
        await press(pilot, "enter", shows="telemetry-poc › runs › 808 srl-telemetry")
        await press(pilot, "5", shows="Broke 2")
        await pilot.press("j", "j", "j", "enter")
        await until(pilot, lambda: pilot.app.current_mode == Place.PROJECTS.value)
        await until_shown(pilot, "Projects 1 of 7", "wan-refresh")


async def test_what_is_known_is_muted() -> None:
    """`m` leaves it out and says so, `M` shows it in grey, and `m` there hears of it again."""
    estate = Estate()
    async with attending(estate) as pilot:
        await press(pilot, "m", shows=("Muted until it changes", "run 808 srl-telemetry"))
        await press(pilot, "escape", shows=("6 things, 1 broke, 1 muted", "Broke 1"))
        assert pilot.app.attention[0] == 1  # type: ignore[attr-defined]
        await press(pilot, "M", shows=("Broke 2", "run 808"))
        await pilot.press("g", "j")
        await until(pilot, lambda: "run 808" in chosen(pilot))
        await press(pilot, "m", shows="Heard again")
        await press(pilot, "escape", shows="7 things, 2 broke")
        assert estate.core.mutes.held == {}
        assert estate.core.history_store.commands == []
        await press(pilot, "M", shows="nothing is muted")


async def test_several_are_muted() -> None:
    """Marked concerns are muted together; what is left is calm."""
    async with attending() as pilot:
        await pilot.press("asterisk", "m")
        await until_shown(pilot, "Nothing broke", "Nothing needs you", "7 muted", "last failure")
        assert screen_text(pilot.app)[-1].startswith("  L launch  2 labs  3 runs  : command")


async def test_a_lost_upstream_asks() -> None:
    """An upstream that stops answering asks at once; `enter` says what it said."""
    estate = Estate()
    async with attending(estate) as pilot:
        estate.core.health.failed(LOCAL, Unavailable("permission denied"))
        await until_shown(pilot, "Broke 3", "× lost upstream local")
        await pilot.press("j", "j")
        await until(pilot, lambda: "upstream" in chosen(pilot))
        await press(pilot, "enter", shows=("local does not answer", "permission denied"))
        await press(pilot, "x", shows="local is no run")


async def test_a_changed_file_asks_to_be_trusted() -> None:
    """A file that changed after it was trusted asks; `t` asks whether to trust it anew."""
    estate = Estate()
    async with attending(estate) as pilot:
        estate.core.host.edit(f"{EDGE.path}/skyforge.toml", "9" * 64)
        await estate.core.projects.sync(MARA)
        await until_shown(pilot, "Needs me 3", "? trust project edge-fabric skyforge.toml changed")
        await pilot.press("slash")
        await write(pilot, "edge trust")
        await pilot.press("enter")
        await until(pilot, lambda: "edge-fabric" in chosen(pilot))
        await press(pilot, "t", shows="Trust one file")
        await pilot.press("enter")
        await until_gone(pilot, "? trust")


async def test_calm() -> None:
    """Where nothing asks, what was last is told, and the keys are the ways on."""
    app: SkyforgeApp = Estate(is_calm=True).app()
    async with app.run_test(size=(80, 24)) as pilot:
        await until_idle(pilot)
        await press(pilot, "5", shows=("Nothing broke.", "last run run 807 netlab-down ✓ 1h ago"))
