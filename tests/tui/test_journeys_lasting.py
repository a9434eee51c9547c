"""What outlives a cockpit, what two of them share, and what is wrong with files but not with it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

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
from tests.tui.real_cockpit import Site


@pytest.fixture
def site(tmp_path: Path) -> Site:
    """Return a workspace nobody has trusted anything of."""
    return Site(tmp_path).prepare()


async def launch_steps(pilot: Pilot[Any]) -> None:
    """Trust and launch the run that waits at the gate."""
    await press(pilot, "L", shows="type to filter")
    await write(pilot, "steps")
    await press(pilot, "enter", shows="nobody here has trusted it yet")
    await pilot.press("ctrl+t")
    await until_gone(pilot, "nobody here has trusted it yet")
    await press(pilot, "enter", shows=("◐ running", "begin dc1"))


async def test_run_outlives_the_cockpit(site: Site) -> None:
    """A run goes on when the program is left, and is followed to its end by the next one."""
    async with site.cockpit() as pilot:
        await launch_steps(pilot)
        await pilot.press("ctrl+q")
    async with site.cockpit() as pilot:
        await press(pilot, "3", shows="◐ running")
        await press(pilot, "enter", shows="begin dc1")
        site.open_gate()
        await until_shown(pilot, "✓ passed", "the gate is open")
        assert await site.output(pilot, 1) == b"begin dc1\nthe gate is open\n"


async def test_run_ends_while_nobody_looks(site: Site) -> None:
    """What a run wrote while no program was open is all there."""
    async with site.cockpit() as pilot:
        await launch_steps(pilot)
    site.open_gate()
    async with site.cockpit() as pilot:
        await press(pilot, "3", shows="✓ passed")
        await press(pilot, "enter", shows=("begin dc1", "the gate is open"))
        assert await site.output(pilot, 1) == b"begin dc1\nthe gate is open\n"


async def test_two_cockpits_see_the_same(site: Site) -> None:
    """Two programs on one state directory show the same runs, and neither disturbs the other."""
    async with site.cockpit() as first, site.cockpit() as second:
        await press(second, "3", shows="No run yet")
        await launch_steps(first)
        await until_shown(second, "◐ running")
        await press(second, "enter", shows="begin dc1")
        await press(second, "x", shows="Stop run 1")
        await pilot_confirms(second)
        await until_shown(first, "■ stopped")
        await until_shown(second, "■ stopped")


async def pilot_confirms(pilot: Pilot[Any]) -> None:
    """Say yes."""
    await pilot.press("enter")


async def test_wrong_config_is_a_notice(site: Site) -> None:
    """A mistake in the configuration is named with file and line, and the program is usable."""
    site.config.write_text("[local]\nslots = 2\n\n[look]\nteme = 'light'\n")
    async with site.cockpit(size=(120, 36)) as pilot:
        await until_shown(pilot, "teme", "config.toml:5")
        await until_shown(pilot, "edge-fabric")
        await pilot.press("escape")
        await until_gone(pilot, "teme")
        await press(pilot, "j", "enter", shows="enter open")
        await press(pilot, "3", shows="No run yet")


async def test_malformed_manifest_is_told_in_the_pane(site: Site) -> None:
    """A skyforge.toml that cannot be read is named with its line; the others are not hidden."""
    broken = site.workspace / "broken"
    broken.mkdir()
    (broken / "skyforge.toml").write_text('[[templates]]\nname = "x"\ncomand = ["true"]\n')
    async with site.cockpit(size=(120, 36)) as pilot:
        await until_shown(pilot, "▲ 2 errors", "skyforge.toml:3", 'unknown key "comand"')
        assert "? trust" in row_with(pilot.app, "edge-fabric")
        await press(pilot, "j", shows=("Templates 3", "steps"))


async def test_new_files_are_found(site: Site) -> None:
    """What came into the workspace meanwhile is there after looking again."""
    async with site.cockpit() as pilot:
        await until_shown(pilot, "edge-fabric")
        (site.workspace / "notes").mkdir()
        (site.workspace / "notes" / "README.md").write_text("hello\n")
        await press(pilot, "R", shows=("notes", "Projects 2"))


async def test_trust_names_all_it_lets_run(site: Site) -> None:
    """Trust is in files: what else a file declares is named before it is trusted with it."""
    async with site.cockpit() as pilot:
        await press(pilot, "L", shows="type to filter")
        await write(pilot, "steps")
        await press(pilot, "enter", shows="cutover, vault  trusted with it")
        await press(pilot, "escape", "enter", shows="Repository")
        await press(pilot, "t", shows=("Trust one file", "cutover  ", "steps  ", "vault  "))


async def test_changed_content_is_asked_about_again(site: Site) -> None:
    """Trust ends when the content changes; launching then asks again."""
    async with site.cockpit() as pilot:
        await press(pilot, "t", shows="Trust one file")
        await press(pilot, "enter", shows="● in sync")
        site.manifest.write_text(site.manifest.read_text() + "# another line\n")
        await press(pilot, "R", shows="? trust")
        await press(pilot, "L", shows="type to filter")
        await write(pilot, "steps")
        await press(pilot, "enter", shows="nobody here has trusted it yet")


async def test_content_changed_behind_the_card_does_not_run(site: Site) -> None:
    """Content that changes between the card and the launch does not run."""
    async with site.cockpit() as pilot:
        await press(pilot, "t", shows="Trust one file")
        await press(pilot, "enter", shows="● in sync")
        await press(pilot, "L", shows="type to filter")
        await write(pilot, "steps")
        await press(pilot, "enter", shows="Launch steps")
        site.manifest.write_text(site.manifest.read_text() + "# another line\n")
        await press(pilot, "enter", shows="¬ Refused")
        await until_idle(pilot)
        assert not shows(pilot.app, "running")
        await press(pilot, "3", shows="No run yet")
        assert screen_text(pilot.app)
