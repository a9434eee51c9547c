"""Going from place to place, asking for keys and commands, on terminals of every kind."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from skyforge_tui.domain.identity import LOCAL
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.run import RunState
from skyforge_tui.settings.frame import read_frame
from skyforge_tui.tui import base_screen
from skyforge_tui.tui.commands import TABS
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
from tests.tui.drawing import segments_of
from tests.tui.pretend import MARA, NOW, Estate, run_id


@pytest.fixture
def estate() -> Estate:
    """Return the pretended workspace."""
    return Estate()


async def opened(pilot: Pilot[Any], text: str = "Projects 7") -> None:
    """Wait for the first picture with something in it."""
    await until_idle(pilot)
    await until_shown(pilot, text)


async def test_every_place_has_its_digit(estate: Estate) -> None:
    """Digits lead to the places, from each to each."""
    async with estate.app().run_test() as pilot:
        await opened(pilot)
        for number, place in enumerate(TABS, start=1):
            await press(pilot, str(number))
            await until_idle(pilot)
            assert screen_text(pilot.app)[1].startswith(f"  {place.value.title()}")
        await press(pilot, "1", shows="Projects 7")


async def test_from_project_to_card(estate: Estate) -> None:
    """Enter leads from a project into its templates, and from there to a card; h leads back."""
    async with estate.app().run_test() as pilot:
        await opened(pilot)
        await press(pilot, "j", "enter", shows="› edge-fabric")
        await press(pilot, "j", shows="▌ deploy-bgp")
        await press(pilot, "enter", shows="Launch deploy-bgp")
        await pilot.press("escape")
        await until_gone(pilot, "Launch deploy-bgp")
        await press(pilot, "h", shows="▌ edge-fabric")


async def test_palette_runs_a_command(estate: Estate) -> None:
    """The palette finds a command by its words and carries it out."""
    async with estate.app().run_test() as pilot:
        await opened(pilot)
        await press(pilot, "ctrl+p", shows="Palette")
        await write(pilot, "Attention")
        await press(pilot, "enter", shows="Needs me")


async def test_palette_opens_a_run(estate: Estate) -> None:
    """The palette finds a run by its number."""
    async with estate.app().run_test() as pilot:
        await opened(pilot)
        await press(pilot, "ctrl+p", shows="Palette")
        await write(pilot, "806")
        await press(pilot, "enter", shows=("806 deploy-bgp", "✓ passed"))


async def test_help_runs_a_key_and_tells_why_not(estate: Estate) -> None:
    """Help carries out the chosen key, and says why one cannot be done."""
    async with estate.app().run_test() as pilot:
        await opened(pilot)
        await press(pilot, "3", "G", shows="▌ ✓ passed 788")
        await press(pilot, "question_mark", shows="Keys in Runs")
        await write(pilot, "stop")
        await press(pilot, "enter", shows="run 788 has ended already")
        await pilot.press("escape")
        await press(pilot, "question_mark", shows="Keys in Runs")
        await write(pilot, "attention")
        await press(pilot, "enter", shows="Needs me")


async def test_refused_keys_stay_in_the_footer(estate: Estate) -> None:
    """What cannot be done here stays in the footer, and its key says why."""
    async with estate.app().run_test() as pilot:
        await opened(pilot)
        await press(pilot, "3", shows="▌ … queued")
        await press(pilot, "a", shows=("¬ Refused", "run 813 asks nothing. Nothing was sent"))
        assert "a answer" in screen_text(pilot.app)[-1]
        await pilot.press("escape")
        await until_gone(pilot, "Refused")


async def test_editor_cannot_trust(estate: Estate) -> None:
    """Who is not the owner cannot trust what a project declares, and is told whom to ask."""
    estate.untrusted = frozenset({"/srv/net/wan-refresh/skyforge.toml"})
    async with estate.app().run_test() as pilot:
        await opened(pilot)
        await press(pilot, *"jjjjj", shows="▌ wan-refresh")
        await press(pilot, "t", shows=("¬ Refused", "needs owner in wan-refresh; you are editor"))
        assert shows(pilot.app, "ask tomek")


async def test_attention_names_what_there_is(estate: Estate) -> None:
    """Attention names what broke, what asks and what runs, and the header counts what broke."""
    async with estate.app().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await press(pilot, "5", shows="7 things, 2 broke")
        states = ("× failed", "× lost", "? asks you", "… queued", "◐ running")
        assert all(shows(pilot.app, state) for state in states)
        assert "out of memory" in row_with(pilot.app, "808")
        assert "push to pe1, pe2?" in row_with(pilot.app, "811")
        assert "5 Attention 2" in screen_text(pilot.app)[0]


async def test_attention_can_be_empty() -> None:
    """When nothing broke, runs or asks, Attention says just that."""
    async with Estate(is_calm=True).app().run_test() as pilot:
        await opened(pilot)
        await press(pilot, "5", shows=("Nothing broke", "Nothing runs", "Nothing needs you"))
        assert screen_text(pilot.app)[0].rstrip().endswith("emea · mara")


async def test_place_catches_up_when_one_comes_back(estate: Estate) -> None:
    """What changed while one was elsewhere is there on coming back."""
    async with estate.app().run_test() as pilot:
        await opened(pilot)
        await press(pilot, "3", shows="◐ running 812")
        await press(pilot, "1", shows="Projects 7")
        held = estate.core.engine.held[run_id(812)]
        ended = replace(held.run, state=RunState.STOPPED, ended_at=estate.core.clock.now())
        estate.core.engine.put(replace(held, run=ended))
        await estate.core.runs.refresh(MARA, LOCAL)
        await until_idle(pilot)
        await press(pilot, "3", shows="■ stopped 812")


async def test_list_follows_what_happens(estate: Estate) -> None:
    """The cursor stays on its run when another one arrives above it."""
    async with estate.app().run_test() as pilot:
        await opened(pilot)
        await press(pilot, "3", "j", "j", shows="▌ ◐ running 810")
        held = estate.core.engine.held[run_id(813)]
        run = replace(held.run, state=RunState.STOPPED, ended_at=estate.core.clock.now())
        estate.core.engine.put(replace(held, run=run))
        await estate.core.runs.refresh(MARA, LOCAL)
        await until_shown(pilot, "■ stopped 813")
        assert shows(pilot.app, "▌ ◐ running 810")


async def test_run_is_left_to_the_list(estate: Estate) -> None:
    """From a run, q leads back to the runs, with the cursor where it was."""
    async with estate.app().run_test() as pilot:
        await opened(pilot)
        await press(pilot, "3", "j", "enter", shows="runs › 812 deploy-bgp")
        await press(pilot, "q", shows=("Runs 16", "▌ ◐ running 812"))


async def test_full_screen_output(estate: Estate) -> None:
    """The key f gives the output the whole screen and takes it back."""
    async with estate.app().run_test() as pilot:
        await opened(pilot)
        await press(pilot, "3", "j", "enter", shows="runs › 812 deploy-bgp")
        await pilot.press("f")
        await until_gone(pilot, "1 Projects")
        await press(pilot, "f", shows="1 Projects")


@pytest.mark.parametrize("place", ["1", "2", "3", "4", "5"])
async def test_tiny_terminal_is_usable(place: str, estate: Estate) -> None:
    """At 40×12 every place shows its name and its way out, and no row is too long."""
    async with estate.app().run_test(size=(40, 12)) as pilot:
        await until_idle(pilot)
        await pilot.press(place)
        await until_idle(pilot)
        rows = screen_text(pilot.app)
        assert len(rows) == 12
        assert TABS[int(place) - 1].value.title() in rows[0]
        assert "? keys" in rows[-1]


async def test_tiny_terminal_launches(estate: Estate) -> None:
    """At 40×12 a template is found, its card opens, and it is launched."""
    async with estate.app().run_test(size=(40, 12)) as pilot:
        await until_idle(pilot)
        await press(pilot, "L", shows="Launch")
        await write(pilot, "down")
        await press(pilot, "enter", shows="Launch netlab-down")
        await press(pilot, "enter", shows="814 netlab-down")
        assert estate.core.engine.held[run_id(814)].run.template == "netlab-down"


async def test_one_thing_at_a_time_where_two_have_no_room(estate: Estate) -> None:
    """Where a list and what it lists do not fit side by side, keys lead from one to the other."""
    async with estate.app().run_test(size=(40, 12)) as pilot:
        await opened(pilot)
        await press(pilot, "j", shows="▌ edge-fabric")
        assert not shows(pilot.app, "Templates")
        await press(pilot, "enter", shows="Templates")
        await press(pilot, "G", shows="▌")
        assert not shows(pilot.app, "PROJECT")
        await pilot.resize_terminal(100, 30)
        await until_shown(pilot, "› edge-fabric")
        await pilot.resize_terminal(40, 12)
        await until_gone(pilot, "› edge-fabric")
        await press(pilot, "escape", shows="▌ edge-fabric")
        assert not shows(pilot.app, "Templates")


async def test_resizing_keeps_the_place(estate: Estate) -> None:
    """A terminal that shrinks and grows shows the same thing again."""
    async with estate.app().run_test(size=(120, 36)) as pilot:
        await opened(pilot)
        await press(pilot, "3", "j", shows="NOTE")
        before = screen_text(pilot.app)
        for size in ((80, 24), (40, 12), (30, 6), (200, 60), (120, 36)):
            await pilot.resize_terminal(*size)
            await until_idle(pilot)
            assert len(screen_text(pilot.app)) == size[1]
        assert screen_text(pilot.app) == before


async def test_monochrome_has_no_colours(tmp_path: Path, estate: Estate) -> None:
    """With NO_COLOR set there is one fore- and one background; words and signs say it all."""
    frame = read_frame(tmp_path / "none.toml", None, {"NO_COLOR": "1", "LANG": "C.UTF-8"})
    assert frame.theme == "mono"
    async with estate.app(theme=frame.theme).run_test() as pilot:
        await opened(pilot)
        await press(pilot, "3", shows=("× failed", "? asks you", "◐ running"))
        colours = {
            (one.style.color, one.style.bgcolor)
            for row in segments_of(pilot.app)
            for one in row
            if one.style is not None
        }
        assert len({fore for fore, _ in colours}) <= 1
        assert len({back for _, back in colours}) <= 1


@pytest.mark.parametrize("place", ["1", "2", "3", "4", "5"])
async def test_ascii_set_is_ascii(place: str) -> None:
    """With the ASCII set no sign outside ASCII is drawn."""
    async with Estate().app(theme="mono", ascii_only=True).run_test() as pilot:
        await until_idle(pilot)
        await pilot.press(place)
        await until_idle(pilot)
        assert [row for row in screen_text(pilot.app) if not row.isascii()] == []


async def test_leaving_with_a_key(estate: Estate) -> None:
    """ctrl+q leaves the program at once, with nothing to report."""
    app = estate.app()
    async with app.run_test() as pilot:
        await opened(pilot)
        await pilot.press("ctrl+q")
    assert app.return_code == 0


async def test_ages_are_of_now_when_one_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a place says of ages is as old as it says, however long one was elsewhere."""
    monkeypatch.setattr(base_screen, "AGE_STEP_S", 3600)
    now = [NOW]
    app = Estate().app(clock=lambda: now[0])
    async with app.run_test(size=(80, 24)) as pilot:
        await until_idle(pilot)
        await until_shown(pilot, "in sync 10s")
        await press(pilot, "3", shows="Runs 16")
        now[0] += timedelta(hours=3)
        await press(pilot, "1", shows="in sync 3h")


async def test_why_something_failed_stays_until_it_is_read(estate: Estate) -> None:
    """What nobody asked for comes after a failure, not over it."""
    app = estate.app()
    failed = Notice(Severity.ERROR, "Failed  start run", "no space left")
    beside = Notice(Severity.WARNING, "Not remembered", "no space left")
    async with app.run_test(size=(80, 24)) as pilot:
        await until_idle(pilot)
        app.say(failed)
        app.bridge.notify(beside)
        await until_idle(pilot)
        assert shows(app, "Failed start run")
        assert not shows(app, "Not remembered")
        await pilot.press("escape")
        await until_gone(pilot, "Failed start run")
        app.bridge.notify(beside)
        await until_shown(pilot, "Not remembered")
