"""The cockpit on real stores, a real workspace and real processes, below one folder of a test."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from textual.pilot import Pilot

from skyforge_tui.domain.identity import RunId
from skyforge_tui.engine.inline import InlineEngine
from skyforge_tui.settings.frame import FrameSettings
from skyforge_tui.tui.app import SkyforgeApp
from skyforge_tui.wiring import current_principal, open_services
from tests.tui.cockpit_harness import until_gone, until_idle, until_shown
from tests.worktrees import a_repository

_STEPS = """\
i=0
echo "begin $1"
until test -e "$3"; do i=$((i+1)); test $i -lt 1200 || exit 9; sleep 0.05; done
echo "the gate is open"
exit "$2"
"""
MANIFEST = """\
[project]
name = "Edge fabric"
description = "The edge of every site"

[[templates]]
name = "steps"
description = "waits at a gate, then ends"
command = ["sh", "steps.sh", "{topology}", "{code}", "@GATE@"]

  [[templates.survey]]
  name = "topology"
  default = "dc1"
  required = true

  [[templates.survey]]
  name = "code"
  type = "int"
  default = 0

[[templates]]
name = "cutover"
description = "asks before it pushes"
command = ["sh", "-c", "printf 'push to pe1, pe2? '; read answer; echo \\"heard $answer\\""]
terminal = true

[[templates]]
name = "vault"
description = "needs a password"
command = ["sh", "-c", "test -n \\"$SKYFORGE_SECRET_VAULT_PW\\" && echo with $SKYFORGE_VAR_DEVICE"]

  [[templates.survey]]
  name = "device"
  type = "enum"
  choices = ["frr", "eos"]
  default = "eos"

  [[templates.survey]]
  name = "vault_pw"
  type = "secret"
  required = true
"""


@dataclass(frozen=True)
class Site:
    """A workspace with one repository, and where the program keeps things."""

    folder: Path
    is_attended: bool = False
    """Whether servers may ask the person in front."""

    @property
    def workspace(self) -> Path:
        """The folder whose projects are shown."""
        return self.folder / "work"

    @property
    def state(self) -> Path:
        """Where runs are kept."""
        return self.folder / "state"

    @property
    def config(self) -> Path:
        """The file of settings."""
        return self.folder / "config.toml"

    @property
    def gate(self) -> Path:
        """What lets `steps` go on when it is there."""
        return self.folder / "gate"

    @property
    def manifest(self) -> Path:
        """What the repository declares."""
        return self.workspace / "edge-fabric" / "skyforge.toml"

    def prepare(self) -> Site:
        """Write the workspace, and a configuration that sets nothing."""
        files = {"skyforge.toml": MANIFEST.replace("@GATE@", str(self.gate)), "steps.sh": _STEPS}
        a_repository(self.workspace / "edge-fabric", files)
        self.config.touch()
        return self

    def open_gate(self) -> None:
        """Let runs of `steps` go on to their end."""
        self.gate.touch()

    def app(self) -> SkyforgeApp:
        """Return a new cockpit on this site."""
        frame = FrameSettings(
            config_path=self.config, state_dir=self.state, cache_dir=self.folder / "cache",
            roots=(self.workspace,), motion=False,
        )  # fmt: skip

        def make_engine(app: SkyforgeApp) -> InlineEngine[Any]:
            return InlineEngine(
                lambda: open_services(
                    frame,
                    watch_runs=True,
                    sync_projects=True,
                    forgive_settings=True,
                    is_attended=self.is_attended,
                ),
                app.bridge.unheard,
            )

        return SkyforgeApp(make_engine, current_principal(), motion=False)

    @asynccontextmanager
    async def cockpit(self, size: tuple[int, int] = (80, 24)) -> AsyncGenerator[Pilot[Any], None]:
        """Open a cockpit until the block ends; its projects have been read."""
        async with self.app().run_test(size=size) as pilot:
            await until_shown(pilot, "edge")  # where another one is called so, it is cut
            await until_gone(pilot, "reading")
            await until_idle(pilot)
            yield pilot

    async def output(self, pilot: Pilot[Any], number: int) -> bytes:
        """Return every byte that is kept of a run."""
        app = pilot.app
        assert isinstance(app, SkyforgeApp)
        target = self.folder / f"copy-{number}"
        target.unlink(missing_ok=True)
        await app.bridge.ask(
            lambda services: services.runs.export_log(
                app.bridge.principal, RunId(f"local:{number}"), str(target)
            )
        )
        return target.read_bytes()

    def files_with(self, text: str) -> list[Path]:
        """Return the files below the test's folder that hold a text."""
        files = (Path(root, name) for root, _, names in os.walk(self.folder) for name in names)
        return [one for one in files if one.is_file() and text.encode() in one.read_bytes()]
