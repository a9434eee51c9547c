"""What all overlays have in common: whole at every size, with a way out."""

from __future__ import annotations

from functools import partial

import pytest
from textual.app import App

from skyforge_tui.domain.history import SentCommand
from skyforge_tui.tui.look import NAMES
from skyforge_tui.tui.presenters.offers import Untrusted
from skyforge_tui.tui.widgets.command_log import CommandLog
from skyforge_tui.tui.widgets.help import HelpOverlay
from tests.builders import NOON
from tests.tui.drawing import rows_of, until
from tests.tui.overlay_bench import Stage, card, deck, destroy, inside, keys, show, would_run


@pytest.mark.parametrize(
    ("size", "theme"),
    [
        *(((80, 24), theme) for theme in NAMES),
        ((120, 36), "dark"),
        ((40, 12), "dark"),
        ((200, 60), "mono"),
    ],
)
async def test_every_overlay_names_its_way_out_at_every_size(
    size: tuple[int, int], theme: str
) -> None:
    """On every terminal the frame is whole, inside the screen, and says how to leave it."""
    content = Untrusted((("playbooks/site.yml", "9f3a2b11c0de"),), would_run)
    app = Stage(theme=theme)
    async with app.run_test(size=size) as pilot:
        for overlay in (destroy(), HelpOverlay("Runs", keys() * 9), deck("n"), card(content)):
            rows = await show(pilot, overlay)
            top = next(at for at, row in enumerate(rows) if "╭" in row)
            bottom = next(at for at, row in enumerate(rows) if "╰" in row)
            left, right = rows[top].index("╭"), rows[top].index("╮")
            assert (rows[bottom].index("╰"), rows[bottom].index("╯")) == (left, right)
            assert all(row[left] + row[right] == "││" for row in rows[top + 1 : bottom])
            assert top >= 1
            assert bottom <= size[1] - 2
            assert any("esc " in row for row in rows[top:bottom])
            await pilot.press("escape")
            await until(pilot, lambda: len(app.screen_stack) == 1)


async def test_no_slivers_beside_an_overlay() -> None:
    """Close to the full width the place behind is blank between its first and last row."""
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        rows = await show(pilot, deck())
        assert rows[0].startswith("  behind 0")
        assert rows[1] == ""
        assert rows[10].startswith("  │")
        assert rows[23] != ""
    app = Stage()
    async with app.run_test(size=(120, 24)) as pilot:
        rows = await show(pilot, destroy())
        assert rows[1].startswith("  behind 1")
        assert rows[10].startswith("  behind 10")


async def test_a_sent_command_that_is_cut_is_whole_below() -> None:
    """The log of commands cuts long ones in their rows, and writes the chosen one whole below."""
    long = f"skyforge runs launch fabric/backup {'-v site=oslo ' * 8}-v last=word"
    sent = [SentCommand(NOON, "ada", one, "/srv") for one in (long, "skyforge runs stop 7")]
    app = Stage()
    async with app.run_test(size=(80, 24)) as pilot:
        rows = inside(await show(pilot, CommandLog(sent, NOON, on_copy=lambda _: None)))
        assert not any("last=word" in row for row in rows)
        await pilot.press("k")
        await until(pilot, lambda: any("last=word" in row for row in inside(rows_of(app))))
        below = [row.strip() for row in inside(rows_of(app))[3:]]
        assert " ".join(" ".join(below).split()).startswith(long)
        assert len(inside(rows_of(app))) == len(rows)


def is_within(app: App[None], width: int) -> bool:
    """Say whether the deck, with what was typed, ends within a width."""
    rows = rows_of(app)
    fits = any("╮" in row and row.rindex("╮") < width for row in rows)
    return fits and any("› n▏" in row for row in rows)


async def test_resizing_keeps_the_overlay_in_the_screen() -> None:
    """An open overlay fits itself to a smaller terminal and back, its text kept."""
    app = Stage()
    async with app.run_test(size=(120, 36)) as pilot:
        await show(pilot, deck())
        await pilot.press("n")
        for width, height in ((40, 12), (80, 24), (120, 36)):
            await pilot.resize_terminal(width, height)
            await until(pilot, partial(is_within, app, width))
