"""The composition root: settings → integrations → providers → services → engine.

The only file that names concrete classes of every floor. Vendor libraries and pydantic are loaded
where they are used, on the engine's side, so that the first picture does not wait for them.
"""

from __future__ import annotations

import asyncio
import getpass
import hashlib
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from skyforge_tui.domain.identity import LOCAL, Principal
from skyforge_tui.settings.frame import FrameSettings, read_frame

if TYPE_CHECKING:
    from skyforge_tui.services.contract import Services
    from skyforge_tui.tui.bridge import Engine


class SystemClock:
    """The time as it is."""

    def now(self) -> datetime:
        """Return the current time in UTC."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """Wait."""
        await asyncio.sleep(seconds)


def current_principal() -> Principal:
    """Return the person who started the program, as this machine knows them."""
    try:
        return Principal(getpass.getuser())
    except (KeyError, OSError):  # an account without a name, as in some containers
        return Principal(str(os.getuid()))


def cache_path(frame: FrameSettings) -> Path:
    """Return where the index of this state directory is kept.

    Every state directory has its own: two that shared one would each forget the other's runs.
    """
    digest = hashlib.sha256(os.fsencode(frame.state_dir)).hexdigest()[:12]
    return frame.cache_dir / digest / "cache.db"


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
    from skyforge_tui.jobs.project_sync import ProjectSync
    from skyforge_tui.jobs.run_watch import RunWatch
    from skyforge_tui.jobs.runner import running
    from skyforge_tui.providers.repositories.local import LocalRepositoryHost
    from skyforge_tui.providers.runs.local import LocalRunEngine
    from skyforge_tui.services.authorization import Access
    from skyforge_tui.services.bus import Bus
    from skyforge_tui.services.catalog import Catalog
    from skyforge_tui.services.contract import Services
    from skyforge_tui.services.health import HealthBoard
    from skyforge_tui.services.history import HistoryService
    from skyforge_tui.services.projects import ProjectService
    from skyforge_tui.services.run_index import RunIndex
    from skyforge_tui.services.runs import RunService
    from skyforge_tui.settings.load import load
    from skyforge_tui.store.database import CACHE, STATE, open_database
    from skyforge_tui.store.history import SqliteHistoryStore
    from skyforge_tui.store.logs import FileLogStore
    from skyforge_tui.store.projects import SqliteProjectCache
    from skyforge_tui.store.run_directories import FileRunDirectories
    from skyforge_tui.store.runs import SqliteRunCache
    from skyforge_tui.store.trust import SqliteTrustStore

    loaded = load(frame.config_path, frame.profile)
    settings = loaded.settings if forgive_settings else loaded.checked()
    principal, clock, bus, access = current_principal(), SystemClock(), Bus(), Access()
    async with AsyncExitStack() as stack:
        cache = await stack.enter_async_context(open_database(cache_path(frame), CACHE))
        state = await stack.enter_async_context(open_database(frame.state_dir / "state.db", STATE))
        host = LocalRepositoryHost(frame.roots or (Path.cwd(),), principal.username)
        directories = FileRunDirectories(frame.state_dir, slots=settings.local.slots)
        engine = LocalRunEngine(directories)
        health = HealthBoard(bus)
        health.register(LOCAL, "workspace")
        catalog = Catalog(
            [host], SqliteProjectCache(cache), SqliteTrustStore(state), access, bus, health, clock
        )
        await catalog.open()
        index = RunIndex(
            [engine], {LOCAL: FileLogStore(frame.state_dir)}, SqliteRunCache(cache), catalog, bus
        )
        services = Services(
            projects=ProjectService(catalog, access, bus),
            runs=RunService(index, catalog, access, bus, clock),
            history=HistoryService(SqliteHistoryStore(state), access, bus, clock),
            access=access,
            bus=bus,
            health=health,
            catalog=catalog,
            run_upstreams=(LOCAL,),
            notices=(
                *(one.as_notice() for one in loaded.complaints),
                *cache.notices,
                *state.notices,
            ),
        )
        jobs = [RunWatch(engine, services.runs)] if watch_runs else []
        syncs = [ProjectSync(services.projects, bus)] if sync_projects else []
        await stack.enter_async_context(running([*jobs, *syncs], bus, clock))
        yield services


def run_cockpit(config_path: Path | None, profile: str | None) -> int:
    """Run the cockpit until the person leaves it; return the exit code."""
    from skyforge_tui.tui.app import SkyforgeApp

    frame = read_frame(config_path, profile)

    def make_engine(app: SkyforgeApp) -> Engine:
        from skyforge_tui.engine.thread import ThreadEngine

        return ThreadEngine(
            lambda: open_services(
                frame, watch_runs=True, sync_projects=True, forgive_settings=True
            ),
            app.bridge.unheard,
        )

    app = SkyforgeApp(
        make_engine,
        current_principal(),
        theme=frame.theme,
        ascii_only=frame.glyphs == "ascii",
        motion=frame.motion,
        profile=frame.profile or "local",
    )
    app.run()
    return app.return_code or 0
