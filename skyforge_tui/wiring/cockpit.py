"""Makes the cockpit as it starts in a terminal: the picture first, everything else beside it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from skyforge_tui.domain.identity import LOCAL, RunId, native_of, upstream_of
from skyforge_tui.engine.thread import ThreadEngine
from skyforge_tui.settings.frame import read_frame
from skyforge_tui.tui.curtain import CurtainedApp
from skyforge_tui.tui.keymap import Keymap
from skyforge_tui.wiring import current_principal, open_services
from skyforge_tui.wiring.garbage import WRITING_S, settle

if TYPE_CHECKING:
    from skyforge_tui.ports.editor import Editor
    from skyforge_tui.services.contract import Services
    from skyforge_tui.tui.app import SkyforgeApp
    from skyforge_tui.tui.link import Engine


def make_cockpit(config_path: Path | None = None, profile: str | None = None) -> CurtainedApp:
    """Return the cockpit, ready to run; nothing is opened before its first picture."""
    frame = read_frame(config_path, profile)

    def make_engine(app: SkyforgeApp) -> Engine[Services]:
        """Begin what comes after the first picture."""

        @asynccontextmanager
        async def opened() -> AsyncIterator[Services]:
            await asyncio.sleep(WRITING_S)
            from skyforge_tui.integrations.log_file import written_to

            with written_to(frame.state_dir / "skyforge.log"):
                cockpit.load()
                settle()
                async with open_services(
                    frame,
                    watch_runs=True,
                    sync_projects=True,
                    forgive_settings=True,
                    is_attended=True,
                ) as services:
                    settle()
                    yield services

        return ThreadEngine(opened, app.bridge.unheard)

    cockpit = CurtainedApp(
        make_engine,
        current_principal(),
        theme=frame.theme,
        ascii_only=frame.glyphs == "ascii",
        motion=frame.motion,
        few_colours=frame.few_colours,
        profile=frame.profile or "local",
        config_path=_homely(frame.config_path),
        keymap=Keymap(frame.keys, frame.hotkeys),
        program=_program(config_path, profile),
        log_path=lambda run_id: _log_path(frame.state_dir, run_id),
        make_editor=lambda: _editor(frame.state_dir),
    )
    return cockpit


def _editor(state_dir: Path) -> Editor:
    """Return the person's editor; loaded when it is first wanted."""
    from skyforge_tui.providers.machine.editor import LocalEditor

    return LocalEditor(state_dir / "drafts")


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
