"""Assembles the servers that run things elsewhere, where any is configured.

What speaks with them is loaded only then.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from skyforge_tui.domain.freshness import Subject
from skyforge_tui.domain.guard import Guard

if TYPE_CHECKING:
    from skyforge_tui.ports.automation import AutomationHost
    from skyforge_tui.ports.clock import Clock
    from skyforge_tui.ports.connector import ConnectionBook
    from skyforge_tui.ports.lab_provider import LabProvider
    from skyforge_tui.ports.log_store import LogStore
    from skyforge_tui.ports.log_trimmer import KeptTrimmer
    from skyforge_tui.ports.project_host import ProjectHost
    from skyforge_tui.ports.run_engine import RunEngine
    from skyforge_tui.ports.run_host import RunHost
    from skyforge_tui.ports.run_keeper import RunKeeper
    from skyforge_tui.ports.sign_in import SignInDesk
    from skyforge_tui.ports.work_files import WorkFiles
    from skyforge_tui.services.authorization import Access
    from skyforge_tui.services.health import HealthBoard
    from skyforge_tui.settings.model import Containerlab, Netlab, Settings

SEMAPHORE = "semaphore"


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who is asked when a sign-in has ended, and where a new token is kept."""

    desk: SignInDesk
    book: ConnectionBook


@dataclass(slots=True)
class RunServers:
    """What there is of them, in the order of the configuration."""

    engines: list[RunEngine] = field(default_factory=list)
    hosts: list[ProjectHost] = field(default_factory=list)
    logs: dict[str, LogStore] = field(default_factory=dict)
    rooms: list[RunHost] = field(default_factory=list)
    """Of those on which projects are set up."""
    labs: list[LabProvider] = field(default_factory=list)
    """Of those that run labs too."""
    kept: dict[str, KeptTrimmer] = field(default_factory=dict)
    """What measures and removes output that is kept here, where it can be had again."""
    keepers: list[RunKeeper] = field(default_factory=list)
    """Of those that keep runs for good until somebody removes them."""
    automation: list[AutomationHost] = field(default_factory=list)
    files: dict[str, WorkFiles] = field(default_factory=dict)
    """What reaches the files that runs left there."""

    @property
    def upstreams(self) -> tuple[str, ...]:
        """Their names."""
        return tuple(self.logs)


@asynccontextmanager
async def open_run_servers(
    settings: Settings | None,
    cache_dir: Path,
    access: Access,
    health: HealthBoard,
    clock: Clock,
    attendance: Attendance | None = None,
) -> AsyncIterator[RunServers]:
    """Make every configured server known; nothing is sent before something is wanted.

    `cache_dir` keeps the output of their runs. Without `attendance` there is nobody to ask.
    """
    servers = RunServers()
    async with AsyncExitStack() as stack:
        for name, one in (settings.semaphore if settings is not None else {}).items():
            from skyforge_tui.wiring.connections import server_of
            from skyforge_tui.wiring.semaphore_server import open_semaphore

            guard = Guard(one.guard)
            access.protect(name, guard)
            is_blind = server_of(SEMAPHORE, name, one).is_blind
            health.register(name, SEMAPHORE, guard, is_unchecked=is_blind, tells=Subject)
            opening = open_semaphore(name, one, cache_dir / "logs" / name, clock, attendance)
            parts = await stack.enter_async_context(opening)
            servers.engines.append(parts.engine)
            servers.hosts.append(parts.host)
            servers.kept[name] = parts.kept
            servers.automation.append(parts.automation)
            servers.logs[name] = parts.logs
            servers.rooms.append(parts.keeping)
        await _open_lab_hosts(
            servers, stack, settings, cache_dir, access, health, clock, attendance
        )
        yield servers


async def _open_lab_hosts(
    servers: RunServers,
    stack: AsyncExitStack,
    settings: Settings | None,
    cache_dir: Path,
    access: Access,
    health: HealthBoard,
    clock: Clock,
    attendance: Attendance | None,
) -> None:
    configured: list[tuple[str, str, Netlab | Containerlab]] = [] if settings is None else [
        *(("netlab", name, one) for name, one in settings.netlab.items()),
        *(("containerlab", name, one) for name, one in settings.containerlab.items()),
    ]  # fmt: skip
    for kind, called, one in configured:
        if one.host is None:
            continue  # this machine: what it runs is assembled with the labs
        from skyforge_tui.services.lab_homes import make_home
        from skyforge_tui.wiring.lab_host import open_lab_host

        taken = called in ("netlab", "containerlab") or health.light(called) is not None
        name, guard = f"{kind}-{called}" if taken else called, Guard(one.guard)
        access.protect(name, guard)
        health.register(name, kind, guard, tells=Subject)
        opening = open_lab_host(name, one, cache_dir / "logs" / name, clock, attendance)
        parts = await stack.enter_async_context(opening)
        make_home(access, name, parts.person, guard)
        servers.engines.append(parts.engine)
        servers.hosts.append(parts.host)
        servers.logs[name] = parts.logs
        servers.labs.append(parts.labs)
        servers.files[name] = parts.files
        servers.kept[name] = parts.kept
        servers.keepers.append(parts.keeper)
