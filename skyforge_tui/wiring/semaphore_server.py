"""Assembles one Semaphore server: client, run engine, projects, and where its output is kept."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from skyforge_tui.integrations.http.client import HttpClient
from skyforge_tui.integrations.semaphore.client import SemaphoreClient
from skyforge_tui.integrations.semaphore.session import open_http
from skyforge_tui.providers.runs.semaphore.automation import SemaphoreAutomation
from skyforge_tui.providers.runs.semaphore.engine import SemaphoreRunEngine
from skyforge_tui.providers.runs.semaphore.keeping import SemaphoreKeeping
from skyforge_tui.providers.runs.semaphore.names import Names
from skyforge_tui.providers.runs.semaphore.projects import SemaphoreProjects
from skyforge_tui.providers.runs.semaphore.standing import Standing
from skyforge_tui.store.kept_dropping import KeptLogTrimmer
from skyforge_tui.store.kept_logs import FileKeptLogs
from skyforge_tui.store.logs import FileLogStore
from skyforge_tui.wiring.connections import server_of
from skyforge_tui.wiring.desk import person_before
from skyforge_tui.wiring.run_servers import SEMAPHORE, Attendance
from skyforge_tui.wiring.web import access_of, keep_of

if TYPE_CHECKING:
    from skyforge_tui.ports.clock import Clock
    from skyforge_tui.settings.model import Semaphore


class SemaphoreParts(NamedTuple):
    """What one server is to the rest."""

    engine: SemaphoreRunEngine
    host: SemaphoreProjects
    automation: SemaphoreAutomation
    logs: FileLogStore
    kept: KeptLogTrimmer
    keeping: SemaphoreKeeping


@asynccontextmanager
async def open_semaphore(
    name: str, settings: Semaphore, kept: Path, clock: Clock, attendance: Attendance | None
) -> AsyncIterator[SemaphoreParts]:
    """Make a server known; nothing is sent before something is wanted."""
    http = _http(name, settings, attendance)
    try:
        client = SemaphoreClient(http)
        names = Names(name, Standing(client, clock))
        engine = SemaphoreRunEngine(client, names, FileKeptLogs(kept), clock)
        host = SemaphoreProjects(client, names, settings.url.removesuffix("/api"))
        yield SemaphoreParts(
            engine,
            host,
            SemaphoreAutomation(client, names),
            FileLogStore(kept),
            KeptLogTrimmer(kept),
            SemaphoreKeeping(name, client),
        )
    finally:
        await http.aclose()


def _http(name: str, settings: Semaphore, attendance: Attendance | None) -> HttpClient:
    access = access_of(settings, settings.url)
    keep = keep_of(attendance, server_of(SEMAPHORE, name, settings))
    return open_http(access, person_before(attendance, SEMAPHORE, name), keep)
