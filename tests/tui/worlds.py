"""The pretended workspace in trouble: silent upstreams, nobody's rights, services that fail."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

from skyforge_tui.domain.errors import Unavailable
from skyforge_tui.domain.identity import LOCAL, Principal
from skyforge_tui.services.contract import Services
from skyforge_tui.tui.app import SkyforgeApp
from tests.tui.pretend import Estate

NOBODY = Principal("nobody")


class Failing:
    """A service of which every call fails."""

    def __getattr__(self, name: str) -> Any:
        async def fail(*_: object, **__: object) -> None:
            raise Unavailable(f"{name}: the disk is gone", upstream=LOCAL, advice="R try now")

        return fail


@dataclass
class StaleEstate(Estate):
    """Everything is known, and nobody answers any more."""

    @asynccontextmanager
    async def _open(self) -> AsyncGenerator[Services, None]:
        async with super()._open() as services:
            gone = Unavailable("no route to host", upstream=LOCAL)
            self.core.host.down = gone
            for light in services.health.lights():
                services.health.failed(light.name, gone)
            yield services


@dataclass
class ErrorEstate(Estate):
    """Nothing can be asked: every service fails."""

    @asynccontextmanager
    async def _open(self) -> AsyncGenerator[Services, None]:
        async with super()._open() as services:
            failing: Any = Failing()
            yield replace(
                services, projects=failing, runs=failing, labs=failing, artifacts=failing,
                attention=failing, comparisons=failing, history=failing, views=failing,
            )  # fmt: skip


@dataclass
class RefusedEstate(Estate):
    """Everything is there, and the one who looks is nobody in it."""

    def app(self, **options: Any) -> SkyforgeApp:
        """Return the application, used by nobody."""
        app = super().app(**options)
        app.bridge.principal = NOBODY
        return app
