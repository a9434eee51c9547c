"""The composition root: settings → integrations → providers → services → engine.

The only room that names concrete classes of every floor. This half is what starting needs; the
other, `assembly`, loads stores, vendor libraries and pydantic, and is itself loaded on the engine's
side, so that the first picture does not wait for it.
"""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from skyforge_tui.domain.identity import Principal
from skyforge_tui.settings.frame import FrameSettings

if TYPE_CHECKING:
    from skyforge_tui.services.contract import Services
    from skyforge_tui.services.run_parts import RunParts

_WITHOUT_SCREENS = frozenset({"dumb", "unknown"})
"""Values of `TERM` of what prints one line below the other, as an editor's shell does."""


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
    is_attended: bool = False,
) -> AsyncIterator[Services]:
    """Open everything that `frame` configures and close it on every way out.

    `watch_runs` and `sync_projects` start the jobs of those names. `forgive_settings` takes what is
    right in a configuration and turns the rest into notices. `is_attended` says that a person sits
    in front, whom servers may ask who they are.

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
        is_attended=is_attended,
    ) as services:
        yield services


@asynccontextmanager
async def open_runs(frame: FrameSettings, *, watch_runs: bool = False) -> AsyncIterator[RunParts]:
    """Open what commands about runs need, without all the rest; otherwise as `open_services`."""
    from skyforge_tui.settings.presence import is_configured
    from skyforge_tui.wiring.run_parts import assemble_runs

    settings = None
    if is_configured(frame.config_path, frame.profile):
        from skyforge_tui.settings.load import load

        loaded = load(frame.config_path, frame.profile)
        loaded.checked()
        settings = loaded.settings
    async with assemble_runs(frame, settings, current_principal(), watch_runs=watch_runs) as parts:
        yield parts


def why_no_screen() -> str:
    """Say why this terminal shows no screens, and what to do; nothing if it does."""
    kind = os.environ.get("TERM", "")
    if kind not in _WITHOUT_SCREENS:
        return ""
    return f"TERM={kind} says that this terminal shows no screens: set TERM to what it is"


def run_cockpit(config_path: Path | None, profile: str | None) -> int:
    """Run the cockpit until the person leaves it; return the exit code."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return _told_to_use_commands("the cockpit needs a terminal")
    if why := why_no_screen():
        return _told_to_use_commands(why)
    from skyforge_tui.wiring.garbage import defer

    defer()
    from skyforge_tui.wiring.cockpit import make_cockpit

    cockpit = make_cockpit(config_path, profile)
    cockpit.run()
    return cockpit.return_code or 0


def _told_to_use_commands(why: str) -> int:
    sys.stderr.write(f"skyforge: {why}; see skyforge --help for its commands\n")
    return 2
