"""Commands by name, by keystroke: `:`, `@`, `y`, and that nothing acts unasked."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from skyforge_tui.domain.history import LineKind, Outcome
from skyforge_tui.domain.identity import Principal, ProjectId
from skyforge_tui.tui import palette
from skyforge_tui.tui.app import SkyforgeApp
from skyforge_tui.tui.presenters.cells import text_of
from skyforge_tui.tui.widgets.command_line import CommandLine
from skyforge_tui.tui.widgets.confirm import Confirm
from skyforge_tui.tui.widgets.launch_card import LaunchCard
from tests.tui.cockpit_harness import press, row_with, until_gone, until_idle, until_shown, write
from tests.tui.drawing import until
from tests.tui.pretend import EDGE, Estate, run_id

SIZE = (100, 40)


async def say(pilot: Pilot[None], line: str) -> None:
    """Type a command line and send it."""
    await press(pilot, "colon", shows="enter do it")
    await write(pilot, line)
    await pilot.press("enter")


@pytest.fixture
def estate() -> Estate:
    """Return a pretended workspace."""
    return Estate()


async def test_places_by_name(estate: Estate) -> None:
    """A place is gone to by its name."""
    app = estate.app()
    async with app.run_test(size=SIZE) as pilot:
        await until_idle(pilot)
        await say(pilot, "attention")
        await until(pilot, lambda: app.current_mode == "attention" and not app.screen.is_modal)


async def test_a_card_filled_in(estate: Estate) -> None:
    """`run NAME k=v` opens the card with these answers; esc starts nothing."""
    app = estate.app()
    async with app.run_test(size=SIZE) as pilot:
        await until_idle(pilot)
        before = len(estate.core.engine.held)
        await say(pilot, "run netlab-up topology=dc7 device=eos")
        await until_shown(pilot, "Launch netlab-up")
        assert isinstance(app.screen, LaunchCard)
        answers = app.screen.form.plain_answers
        assert (answers["topology"], answers["device"]) == ("dc7", "eos")
        await pilot.press("escape")
        await until_gone(pilot, "Launch netlab-up")
        assert len(estate.core.engine.held) == before
        assert estate.core.history_store.commands == []


async def test_stopping_by_name(estate: Estate) -> None:
    """`stop N` asks first; what was sent is in the log, and can be asked for again from there."""
    app = estate.app()
    async with app.run_test(size=SIZE) as pilot:
        await until_idle(pilot)
        await say(pilot, "stop 812")
        await until_shown(pilot, "Stop run 812")
        assert estate.core.engine.stopped == []
        await pilot.press("enter")
        await until(pilot, lambda: estate.core.history_store.commands != [])
        assert estate.core.engine.stopped == [run_id(812)]
        await until_idle(pilot)
        await press(pilot, "at", shows=("Commands sent", "skyforge runs stop 812"))
        assert "✓ ok" in row_with(app, "skyforge runs stop 812")
        await press(pilot, "enter", shows="Stop run 812")
        assert isinstance(app.screen, Confirm)
        await pilot.press("escape")
        await until_gone(pilot, "Stop run 812")
        assert estate.core.engine.stopped == [run_id(812)]


async def test_refusals_are_logged(estate: Estate) -> None:
    """What was refused is in the log as refused, with why."""
    app = estate.app()
    async with app.run_test(size=SIZE) as pilot:
        await until_idle(pilot)
        await say(pilot, "stop 809")
        await press(pilot, "enter", shows="has ended")
        [sent] = estate.core.history_store.commands
        assert (sent.line, sent.outcome) == ("skyforge runs stop 809", Outcome.REFUSED)
        await press(pilot, "escape", "at", shows="¬ refused")
        await until_shown(pilot, "run 809 has ended")


async def test_mistakes_stay(estate: Estate) -> None:
    """A word that means nothing is pointed at, with what was meant; the line stays open."""
    app = estate.app()
    async with app.run_test(size=SIZE) as pilot:
        await until_idle(pilot)
        await say(pilot, "run netlab-pu")
        rows = await until_shown(pilot, "did you mean netlab-up?")
        typed = next(row for row in rows if ":run netlab-pu" in row)
        wrong = next(row for row in rows if "did you mean" in row)
        assert wrong.index("↑") == typed.index("netlab-pu")
        await pilot.press("escape")
        await until_gone(pilot, "did you mean")


async def test_completing_and_recalling(estate: Estate) -> None:
    """Tab takes what is listed first; ↑ brings back what was sent before."""
    estate.core.history_store.typed[LineKind.COMMAND] = ["labs", "runs failed"]
    app = estate.app()
    async with app.run_test(size=SIZE) as pilot:
        await until_idle(pilot)
        await press(pilot, "colon", shows="enter do it")
        line = app.screen
        assert isinstance(line, CommandLine)
        await write(pilot, "run netlab-u")
        await pilot.press("tab")
        assert line.text == "run netlab-up "
        await write(pilot, "dev")
        await pilot.press("right")
        assert line.text == "run netlab-up device="
        await pilot.press("ctrl+u", "up")
        assert line.text == "runs failed"
        await pilot.press("up", "up")
        assert line.text == "labs"
        await pilot.press("down", "down")
        assert line.text == ""


async def test_the_log_copies(estate: Estate) -> None:
    """`y` in the log copies the line, with the way to its folder when it is another one."""
    app = estate.app()
    async with app.run_test(size=SIZE) as pilot:
        await until_idle(pilot)
        core = estate.core
        await core.history.log(Principal("mara"), "skyforge runs stop 1", "/srv/my net")
        await press(pilot, "at", shows="skyforge runs stop 1")
        await press(pilot, "y", shows="Copied.")
        assert app.clipboard == "cd '/srv/my net' && skyforge runs stop 1"


async def test_yanking(estate: Estate) -> None:
    """A letter copies; runs, templates and projects each have their own."""
    app = estate.app(log_path=lambda one: f"/state/{one}/output.log")
    async with app.run_test(size=SIZE) as pilot:
        await until_idle(pilot)
        await press(pilot, "y", shows="letter copies")
        await pilot.press("p")
        await until(pilot, lambda: app.clipboard.startswith("/srv/net/"))
        await say(pilot, "open 812")
        await until_shown(pilot, "812 deploy-bgp")
        await until_idle(pilot)
        await press(pilot, "y", shows="log path")
        await pilot.press("l")
        await until(pilot, lambda: app.clipboard == f"/state/{run_id(812)}/output.log")


async def test_remapped(estate: Estate) -> None:
    """Keys of one's own work, the old ones do not, and every list shows the new ones."""
    from skyforge_tui.tui.keymap import Keymap

    keymap = Keymap({"launch.deck": ("f6",), "app.help": ("f2",), "run.stop": ()})
    app: SkyforgeApp = estate.app(keymap=keymap)
    async with app.run_test(size=SIZE) as pilot:
        await until_idle(pilot)
        rows = await until_shown(pilot, "f2 keys", "f6 launch")
        await pilot.press("L")
        await until_idle(pilot)
        assert not app.screen.is_modal
        await press(pilot, "f6", shows="ctrl+o pin")
        await pilot.press("escape")
        rows = await press(pilot, "f2", shows="Keys in Projects")
        assert any("f6" in row and "launch" in row for row in rows)
        await pilot.press("escape")
        await pilot.press("3")
        await until_idle(pilot)
        await pilot.press("x")
        await until_idle(pilot)
        assert not app.screen.is_modal
        assert "run.stop" not in {one.command_id for one in app.place().footer_hints()}


def test_printed_lines_run(tmp_path: Path) -> None:
    """What the card and the log print is a command that a shell runs, odd answers included."""
    from skyforge_tui.tui.presenters.headless import Launch, OnRun, Trust, line_of

    folder = tmp_path / "my net"
    folder.mkdir()
    (folder / "skyforge.toml").write_text(
        '[[templates]]\nname = "say it"\ncommand = ["echo", "{word}"]\n'
        'survey = [{ name = "word", type = "string" }, { name = "pw", type = "secret" }]\n'
    )
    program = (sys.executable, "-m", "skyforge_tui")

    def sh(line: str) -> subprocess.CompletedProcess[str]:
        words = shlex.join(program) + line.removeprefix("skyforge")
        return subprocess.run(
            ["sh", "-c", words], cwd=folder, env={**os.environ, "PW": "geheim"},
            capture_output=True, text=True, timeout=100, check=False,
        )  # fmt: skip

    trusted = sh(line_of(Trust((str(folder / "skyforge.toml"),))))
    assert trusted.returncode == 0, trusted.stderr
    act = Launch("my net/say it", {"word": "it's $HOME; rm *"}, ("pw",))
    launched = sh(line_of(act) + " --wait")
    assert launched.returncode == 0, launched.stderr
    shown = sh("skyforge runs logs 1")
    assert shown.stdout.splitlines() == ["it's $HOME; rm *"]
    stopped = sh(line_of(OnRun("stop", "1")))
    assert (stopped.returncode, "has ended" in stopped.stderr) == (4, True)
    again = sh(line_of(OnRun("rerun", "1")) + " -v pw=env:PW --wait")
    assert again.returncode == 0, again.stderr


async def test_filtering_by_name(estate: Estate) -> None:
    """Words behind a place filter it; a view is shown by its name."""
    app = estate.app()
    async with app.run_test(size=SIZE) as pilot:
        await until_idle(pilot)
        await say(pilot, "runs lint")
        await until(pilot, lambda: app.current_mode == "runs")
        await until_idle(pilot)
        await until_gone(pilot, "wan-cutover")
        await until_shown(pilot, "lint")
        await say(pilot, "runs")
        await until_shown(pilot, "wan-cutover")


async def test_filtering_looks_behind_a_page(estate: Estate) -> None:
    """Words behind a place filter its rows, whichever page of it one had gone away from."""
    app = estate.app()
    async with app.run_test(size=SIZE) as pilot:
        await until_idle(pilot)
        await press(pilot, "3", "enter", shows="runs › 813")
        await pilot.press("1")
        await until(pilot, lambda: app.current_mode == "projects")
        await say(pilot, "runs wan")
        await until_shown(pilot, "Runs 1 of 16", "wan-cutover")
        await until_gone(pilot, "deploy-bgp")


async def test_views_by_name(estate: Estate) -> None:
    """A filter is kept as a view, brought back and dropped by lines."""
    app = estate.app()
    async with app.run_test(size=SIZE) as pilot:
        await until_idle(pilot)
        await say(pilot, "runs lint")
        await until_gone(pilot, "wan-cutover")
        await say(pilot, "view save of lint")
        await until_shown(pilot, "Kept of lint")
        await say(pilot, "runs")
        await until_shown(pilot, "wan-cutover")
        await say(pilot, "view of lint")
        await until_gone(pilot, "wan-cutover")
        await say(pilot, "view rm of lint")
        await until_shown(pilot, "Dropped view of lint")
        assert not estate.core.view_store.held


async def test_remap_hint(estate: Estate) -> None:
    """F2 in the help page shows the line to write, and where."""
    app = estate.app(config_path="/etc/sky/config.toml")
    async with app.run_test(size=(110, 44)) as pilot:
        await until_idle(pilot)
        await press(pilot, "question_mark", shows="F2 remap")
        await write(pilot, "launch.deck")
        await press(pilot, "f2", shows=('[keys] "launch.deck" = "L"', "/etc/sky/config.toml"))


async def test_palette_knows_past_launches(estate: Estate) -> None:
    """A past launch is found by its answers, and opens its card with them."""
    lines = estate.core.history_store.typed
    lines[LineKind.LAUNCH] = ["run edge-fabric/netlab-up topology=dc77 gone=1"]
    app = estate.app()
    async with app.run_test(size=SIZE) as pilot:
        await until_idle(pilot)
        await press(pilot, "ctrl+p", shows="Palette")
        await write(pilot, "dc77")
        await until_shown(pilot, "again")
        await press(pilot, "enter", shows="Launch netlab-up")
        assert isinstance(app.screen, LaunchCard)
        assert app.screen.form.plain_answers["topology"] == "dc77"


def test_palette_tells_projects_of_one_name_apart(estate: Estate) -> None:
    """Of a project that is kept on a server as well, the palette says which."""
    there = replace(EDGE, id=ProjectId("emea:3"))
    offered = palette._Offered([], [], [EDGE, there], [], [])
    shown = [text_of(one.cells["note"]) for one in palette._things(estate.app(), offered)]
    assert shown == [EDGE.description, f"emea  {EDGE.description}"]


async def test_palette_goes_to_projects(estate: Estate) -> None:
    """A project picked in the palette is shown among the projects."""
    app = estate.app()
    async with app.run_test(size=SIZE) as pilot:
        await until_idle(pilot)
        await press(pilot, "3", "ctrl+p", shows="Palette")
        await write(pilot, "dc1-underlay")
        await pilot.press("enter")
        await until(pilot, lambda: app.current_mode == "projects" and not app.screen.is_modal)
        await until_gone(pilot, "telemetry-poc")
