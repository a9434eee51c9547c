"""Somebody without anything is shown what this machine has, and three ways on."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from textual.pilot import Pilot

from skyforge_tui.domain.machine import Check, CheckState
from skyforge_tui.engine.inline import InlineEngine
from skyforge_tui.services.contract import Services
from skyforge_tui.settings.frame import FrameSettings
from skyforge_tui.tui.app import SkyforgeApp
from skyforge_tui.tui.base_screen import PlaceScreen
from skyforge_tui.tui.presenters import glyphs
from skyforge_tui.tui.presenters.cells import text_of
from skyforge_tui.tui.presenters.welcome import check_line, page_lines
from skyforge_tui.wiring import current_principal, open_services
from tests.builders import a_project, a_template
from tests.fakes.waiting import Gate
from tests.tui.cockpit_harness import press, shows, until_gone, until_idle, until_shown, write
from tests.tui.drawing import until
from tests.tui.pretend import MACHINE, Estate

BY_NAME = {one.name: one for one in MACHINE}
TOOLS = ("git", "ansible", "netlab", "containerlab", "docker", "terraform", "make", "ssh")


def page(width: int = 76, height: int = 21, **checks: Check) -> list[str]:
    """Return the page as text."""
    found = page_lines(
        TOOLS, {**BY_NAME, **checks}, folder="sample-lab", config="~/.config/skyforge/config.toml",
        width=width, height=height,
    )  # fmt: skip
    return [text_of(one, width) for one in found]


def test_findings_say_what_matters() -> None:
    """What is well says what it is good for; what is not, what is wrong and what to do."""
    assert [text_of(check_line(name, BY_NAME[name], 76)) for name in TOOLS[:5]] == [
        "● found     git           2.47.1   projects and their commits",
        "▲ partly    ansible       2.16.3   older than 2.18; pip install -U ansible-…",
        "● found     netlab        26.10    network labs from a topology file",
        "– missing   containerlab           labs of containers; install containerlab",
        "▲ partly    docker        28.2.2   no engine answers; start the engine",
    ]
    assert text_of(check_line("git", None, 76)) == f"{glyphs.PENDING} looking   git"


def test_what_is_well_besides_tools_is_left_out() -> None:
    """Folders and the terminal stand on the page only where something is wrong."""
    text = "\n".join(page())
    assert "only 0.2 GB free; make room" in text
    assert "xterm" not in text
    well = replace(BY_NAME["state"], state=CheckState.OK)
    assert "GB free" not in "\n".join(page(state=well))


def test_what_does_not_fit_is_counted() -> None:
    """On a low terminal the ways on stay, and the findings that miss are counted."""
    rows = page(height=14)
    assert len(rows) == 14
    assert "6 more: skyforge doctor shows all" in rows
    assert any(row.startswith("enter  make a sample project") for row in rows)


async def test_found_things_stream_in() -> None:
    """The page is there before anything has answered, each thing with its own spinner."""
    estate = Estate(is_new=True)
    checking = estate.core.machine.checking
    checking.close()
    async with estate.app().run_test(size=(80, 24)) as pilot:
        rows = await until_shown(pilot, "looking   git")
        assert any("looking" in row and "ssh" in row for row in rows)
        checking.open()
        await until_shown(pilot, "2.47.1")
        await until_gone(pilot, "looking")


@pytest.mark.parametrize("size", [(40, 12), (80, 24), (200, 60)])
async def test_every_way_is_shown(size: tuple[int, int]) -> None:
    """The ways on are complete on any terminal."""
    async with Estate(is_new=True).app().run_test(size=size) as pilot:
        await until_shown(pilot, "make a sample project", "use another folder", "write it yourself")


async def test_who_has_something_never_sees_it() -> None:
    """With a project to launch from, or a configuration, Projects is the first place."""
    for estate in (Estate(), Estate(is_empty=True)):
        async with estate.app().run_test(size=(80, 24)) as pilot:
            await until_idle(pilot)
            await until_shown(pilot, "Projects")
            assert not shows(pilot.app, "Welcome")
            assert estate.core.machine.asked == []


async def test_a_key_at_the_very_beginning_is_for_the_page(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is typed while the page is on its way is for the page, not for what it covers."""
    estate, gate = Estate(is_new=True), Gate()
    has_config = estate.core.starter.has_config

    async def late() -> bool:
        await gate.pass_through()
        return await has_config()

    monkeypatch.setattr(estate.core.starter, "has_config", late)
    gate.close()
    async with estate.app().run_test(size=(80, 24)) as pilot:
        await gate.reached()
        await until(pilot, lambda: not cast("PlaceScreen", pilot.app.screen).is_arriving)
        await pilot.press("f")
        assert not shows(pilot.app, "Refused")
        gate.open()
        await until_shown(pilot, "Use another folder")


async def test_enter_makes_the_sample() -> None:
    """The sample is written, and once it is there the page gives way to Projects."""
    estate = Estate(is_new=True)
    core = estate.core
    project = a_project(slug="sample-lab", path="/srv/sample-lab", created_by="mara")
    async with estate.app().run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "Welcome", "make a sample project")
        core.host.put(project, a_template(project_id=project.id, name="check"))
        await press(pilot, "enter", shows=("Wrote the sample project", "sample-lab"))
        await until_gone(pilot, "Welcome")
        assert list(core.starter.samples) == [Path("/srv/sample-lab")]


async def test_a_refused_sample_says_why() -> None:
    """Where the folder is taken, the page stays and says so."""
    estate = Estate(is_new=True)
    estate.core.starter.samples[Path("/srv/sample-lab")] = False
    async with estate.app().run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "make a sample project")
        await press(pilot, "enter", shows=("is there already", "name another place"))
        assert shows(pilot.app, "Welcome")
        await press(pilot, "escape")
        await until_gone(pilot, "is there already")


async def test_another_folder_is_used(tmp_path: Path) -> None:
    """A typed folder is kept in the configuration, and Projects looks there."""
    estate = Estate(is_new=True)
    async with estate.app().run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "use another folder")
        await press(pilot, "f", shows="Use another folder")
        await write(pilot, "/labs")
        await press(pilot, "enter", shows=("Projects are looked for in", "No project here yet"))
        assert estate.core.starter.config_roots == [Path("/labs")]


async def test_a_configuration_is_written() -> None:
    """A configuration is written, its place told, and the page stays until there is a project."""
    estate = Estate(is_new=True)
    async with estate.app().run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "write it yourself")
        await press(pilot, "e", shows=("/home/mara/.config/skyforge/config.toml", "Welcome"))
        await press(pilot, "e", shows="is there already")


async def test_the_page_is_at_home_in_projects() -> None:
    """Other places are reached from it; the digit of Projects and esc lead back to it."""
    async with Estate(is_new=True).app().run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "Welcome")
        await press(pilot, "3", shows="No run yet")
        await press(pilot, "1", shows="Welcome")
        await press(pilot, "1", "escape", "q", shows="Welcome")
        await press(pilot, "question_mark", shows=("Keys in Welcome", "write config"))


async def test_a_project_from_elsewhere_ends_it() -> None:
    """When something to launch appears in the folder, the page gives way by itself."""
    estate = Estate(is_new=True)
    project = a_project(slug="fabric", created_by="mara")
    async with estate.app().run_test(size=(80, 24)) as pilot:
        await until_shown(pilot, "Welcome")
        estate.core.host.put(project, a_template(project_id=project.id))
        await estate.core.catalog.read_all()
        await until_gone(pilot, "Welcome")
        await until_shown(pilot, "fabric")


async def test_themes_change_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """The palette changes the theme at once, and says which line keeps it."""
    async with Estate().app().run_test(size=(80, 24)) as pilot:
        await until_idle(pilot)
        await press(pilot, "ctrl+p", shows="Palette")
        await write(pilot, "theme: light")
        await press(
            pilot, "enter",
            shows=("Theme light", 'theme = "light"', "~/.config/skyforge/config.toml"),
        )  # fmt: skip
        assert pilot.app.theme == "skyforge-light"


async def test_no_color_outranks_themes(monkeypatch: pytest.MonkeyPatch) -> None:
    """With NO_COLOR set, colours are refused and the theme without any is not."""
    monkeypatch.setenv("NO_COLOR", "1")
    app = Estate().app(theme="mono")
    async with app.run_test(size=(80, 24)) as pilot:
        await until_idle(pilot)
        app.do_look_dark()
        await until_shown(pilot, "NO_COLOR is set")
        assert app.theme == "skyforge-mono"
        app.do_look_mono()
        await until_shown(pilot, "Theme mono")


@asynccontextmanager
async def a_real_cockpit(folder: Path) -> AsyncGenerator[Pilot[Any], None]:
    """Open the cockpit on real services in an empty folder."""
    work = folder / "work"
    work.mkdir()
    frame = FrameSettings(
        config_path=folder / "config.toml", state_dir=folder / "state",
        cache_dir=folder / "cache", roots=(work,),
    )  # fmt: skip

    @asynccontextmanager
    async def services() -> AsyncGenerator[Services, None]:
        async with open_services(frame, sync_projects=True, forgive_settings=True) as opened:
            yield opened

    app = SkyforgeApp(
        lambda app: InlineEngine(services, app.bridge.unheard), current_principal(), motion=False
    )
    async with app.run_test(size=(80, 24)) as pilot:
        yield pilot


async def test_a_newcomer_has_a_project_after_one_key(tmp_path: Path) -> None:
    """In an empty folder, one key leads to a project whose templates are trusted and launch."""
    async with a_real_cockpit(tmp_path) as pilot:
        await until_shown(pilot, "Welcome", "make a sample project")
        await press(pilot, "enter", shows=("Sample lab", "in sync"))
        await press(pilot, "L", shows=("Launch", "lab/topology.yml", "playbooks/site.yml"))
    assert (tmp_path / "work" / "sample-lab" / "skyforge.toml").is_file()
    assert not (tmp_path / "config.toml").exists()
