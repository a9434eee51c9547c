"""The composition root: settings → integrations → providers → services → engine.

The only room that names concrete classes of every floor. This half is what starting needs; the
other, `assembly`, loads stores, vendor libraries and pydantic, and is itself loaded on the engine's
side, so that the first picture does not wait for it.
"""

from __future__ import annotations

import gc
import getpass
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from skyforge_tui.domain.identity import LOCAL, Principal, RunId, native_of, upstream_of
from skyforge_tui.settings.frame import FrameSettings, read_frame

if TYPE_CHECKING:
    from skyforge_tui.services.contract import Services
    from skyforge_tui.services.run_parts import RunParts
    from skyforge_tui.tui.app import SkyforgeApp
    from skyforge_tui.tui.bridge import Engine


def current_principal() -> Principal:
    """Return the person who started the program, as this machine knows them."""
    try:
        return Principal(getpass.getuser())
    except (KeyError, OSError):  # an account without a name, as in some containers
        return Principal(str(os.getuid()))


@asynccontextmanager
async def open_services(
    frame: FrameSettings,
    *,
    watch_runs: bool = False,
    sync_projects: bool = False,
    forgive_settings: bool = False,
) -> AsyncIterator[Services]:
    """Open everything that `frame` configures and close it on every way out.

    `watch_runs` and `sync_projects` start the jobs of those names. `forgive_settings` takes what is
    right in a configuration and turns the rest into notices.

    Raises:
        SettingsError: the configuration is wrong; holds every complaint.
    """
    from skyforge_tui.wiring.assembly import assemble

    async with assemble(
        frame,
        current_principal(),
        watch_runs=watch_runs,
        sync_projects=sync_projects,
        forgive_settings=forgive_settings,
    ) as services:
        yield services


@asynccontextmanager
async def open_runs(frame: FrameSettings, *, watch_runs: bool = False) -> AsyncIterator[RunParts]:
    """Open what commands about runs need, without all the rest; otherwise as `open_services`."""
    from skyforge_tui.settings.presence import is_configured
    from skyforge_tui.wiring.run_parts import assemble_runs

    if is_configured(frame.config_path, frame.profile):
        from skyforge_tui.settings.load import load

        load(frame.config_path, frame.profile).checked()
    async with assemble_runs(frame, current_principal(), watch_runs=watch_runs) as parts:
        yield parts


def run_cockpit(config_path: Path | None, profile: str | None) -> int:
    """Run the cockpit until the person leaves it; return the exit code."""
    # What is made while loading stays: looking for garbage in it would delay the first picture.
    gc.disable()
    from skyforge_tui.tui.curtain import CurtainedApp
    from skyforge_tui.tui.keymap import Keymap

    frame = read_frame(config_path, profile)

    def make_engine(app: SkyforgeApp) -> Engine:
        """Begin what comes after the first picture."""
        from skyforge_tui.engine.thread import ThreadEngine

        gc.freeze()
        gc.enable()

        @asynccontextmanager
        async def opened() -> AsyncIterator[Services]:
            cockpit.load()
            async with open_services(
                frame, watch_runs=True, sync_projects=True, forgive_settings=True
            ) as services:
                yield services

        return ThreadEngine(opened, app.bridge.unheard)

    app = cockpit = CurtainedApp(
        make_engine,
        current_principal(),
        theme=frame.theme,
        ascii_only=frame.glyphs == "ascii",
        motion=frame.motion,
        profile=frame.profile or "local",
        config_path=_homely(frame.config_path),
        keymap=Keymap(frame.keys, frame.hotkeys),
        program=_program(config_path, profile),
        log_path=lambda run_id: _log_path(frame.state_dir, run_id),
    )
    app.run()
    return app.return_code or 0


def _log_path(state_dir: Path, run_id: RunId) -> str:
    """Return the file that holds a local run's output; nothing for a run of elsewhere."""
    from skyforge_tui.store.supervisor.places import OUTPUT, Places

    if upstream_of(run_id) != LOCAL:
        return ""
    return str(Places(state_dir).run(int(native_of(run_id))) / OUTPUT)


def _homely(path: Path) -> str:
    """Return a path as people write it, from their home folder on."""
    home = os.path.expanduser("~")  # noqa: PTH111 - takes a missing home
    text = str(path)
    return f"~{text.removeprefix(home)}" if text.startswith(f"{home}/") else text


def _program(config_path: Path | None, profile: str | None) -> tuple[str, ...]:
    """Return how the headless twin is called so that it sees the same configuration."""
    config = () if config_path is None else ("--config", str(config_path.absolute()))
    chosen = () if profile is None else ("--profile", profile)
    return ("skyforge", *config, *chosen)
