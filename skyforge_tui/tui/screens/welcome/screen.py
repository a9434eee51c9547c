"""The first page, in place of Projects: what this machine has, and three ways on."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

from textual.widget import Widget

from skyforge_tui.domain.machine import Check, CheckGroup
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.services.contract import Services
from skyforge_tui.services.welcome import SAMPLE
from skyforge_tui.tui.base_screen import PlaceScreen
from skyforge_tui.tui.commands import BY_ID, Place
from skyforge_tui.tui.messages import Changes
from skyforge_tui.tui.presenters import welcome as present
from skyforge_tui.tui.presenters.cells import Line
from skyforge_tui.tui.presenters.frame import MARGIN, title_line
from skyforge_tui.tui.presenters.hints import KeyHint
from skyforge_tui.tui.widgets.lines import LinesView

_WAYS = (
    "welcome.sample", "welcome.folder", "connection.connect", "welcome.config", "app.quit",
)  # fmt: skip
_TOOLS = ("git", "ansible", "netlab", "containerlab", "docker", "terraform", "make", "ssh")
"""What is looked for on every machine, before anything is known of this one."""


class WelcomeScreen(PlaceScreen):
    """Show somebody who has nothing yet how to begin; gone once there is something to launch."""

    PLACE = Place.WELCOME
    TAB = Place.PROJECTS
    CSS = """
    WelcomeScreen #welcome { height: 1fr; margin-top: 1; }
    WelcomeScreen.-tall #welcome { margin-top: 2; }
    WelcomeScreen.-wide #welcome { margin-left: 10; }
    """

    def __init__(self, config: str = "") -> None:
        super().__init__()
        self._config = config
        self._tools: tuple[str, ...] = _TOOLS
        self._checks: dict[str, Check] = {}
        self._has_looked = False
        self._lines = LinesView(id="welcome", indent=MARGIN)

    def body(self) -> Iterator[Widget]:
        """Yield the lines."""
        yield self._lines

    def crumb(self) -> Line:
        """Return the title."""
        return title_line("Welcome")

    def concerns(self, changes: Changes) -> bool:
        """Say whether there may be something to launch now."""
        return bool(changes.project_ids)

    def footer_hints(self) -> list[KeyHint]:
        """Return the ways on, and the way out."""
        return [self.hint(BY_ID[one]) for one in _WAYS]

    async def load(self) -> None:
        """Leave when there is something to launch; else look at this machine, once."""
        principal = self.bridge.principal
        self._show()

        async def templates(services: Services) -> int:
            return len(await services.projects.templates(principal))

        if await self.ask(templates):
            _ = self.dismiss()
        elif not self._has_looked:
            self._has_looked = True
            await self._look()

    def on_resize(self) -> None:
        """Give the findings the room there is."""
        self.call_after_refresh(self._show)

    def step_ages(self) -> None:
        """Do nothing: nothing here has an age."""

    # What the keys do.

    def do_welcome_sample(self) -> None:
        """Write the sample project where projects are looked for."""
        self.work(self._sample(), group="welcome", exclusive=True)

    def do_welcome_folder(self) -> None:
        """Ask for a folder, and look for projects there from now on."""
        self.work(self._folder(), group="welcome", exclusive=True)

    def do_welcome_config(self) -> None:
        """Write the commented configuration."""
        self.work(self._write_config(), group="welcome", exclusive=True)

    async def _sample(self) -> None:
        principal = self.bridge.principal

        async def create(services: Services) -> Path:
            return await services.welcome.create_sample(principal)

        path = await self.ask(create)
        self._leave_with("Wrote the sample project", str(path), "enter opens it, L launches")

    async def _folder(self) -> None:
        from skyforge_tui.tui.widgets.name_line import NameLine

        principal = self.bridge.principal
        typed = await self.app.push_screen_wait(
            NameLine(
                "Use another folder",
                "What lies below it are projects. It is kept in the configuration.",
                verb="use it",
                label="folder",
            )
        )
        if typed is None:
            return
        folder = Path(os.path.abspath(os.path.expanduser(typed)))  # noqa: ASYNC240, PTH100, PTH111

        async def use(services: Services) -> Path:
            return await services.welcome.use_folder(principal, folder)

        config = await self.ask(use)
        self._leave_with("Projects are looked for in", str(folder), f"kept in {config}")

    async def _write_config(self) -> None:
        principal = self.bridge.principal

        async def write(services: Services) -> Path:
            return await services.welcome.write_config(principal)

        path = await self.ask(write)
        title = "Wrote a configuration that sets nothing yet"
        advice = "edit it, then start skyforge again; config validate checks it"
        self.say(Notice(Severity.INFO, title, str(path), advice=advice))

    def _leave_with(self, title: str, body: str, advice: str) -> None:
        notice = Notice(Severity.INFO, title, body, advice=advice)
        if self.is_current:
            _ = self.dismiss()
        self.app.call_later(self.cockpit.say, notice)

    # What was found.

    async def _look(self) -> None:
        principal = self.bridge.principal

        async def names(services: Services) -> tuple[str, ...]:
            return await services.doctor.names(principal)

        async def look(name: str) -> None:
            async def check(services: Services) -> Check:
                return await services.doctor.check(principal, name)

            self._checks[name] = found = await self.ask(check)
            if found.group is CheckGroup.TOOL and name not in self._tools:
                self._tools = (*self._tools, name)
            self._show()

        known = await self.ask(names)
        self._tools = tuple(one for one in self._tools if one in known)
        await asyncio.gather(*(look(name) for name in known))

    def _show(self) -> None:
        width, height = self._lines.size
        self._lines.show(
            present.page_lines(
                self._tools, self._checks, folder=SAMPLE, config=self._config,
                width=max(20, width - 2 * MARGIN), height=height,
            )
        )  # fmt: skip
