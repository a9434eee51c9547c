"""Assembles one EVE-NG server: client and labs."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from skyforge_tui.integrations.eve.client import EveClient
from skyforge_tui.integrations.eve.joint_session import JointSession
from skyforge_tui.integrations.eve.session import base_url, open_http
from skyforge_tui.providers.labs.eve.provider import EveLabProvider
from skyforge_tui.wiring.desk import person_before
from skyforge_tui.wiring.web import access_of

if TYPE_CHECKING:
    from pathlib import Path

    from skyforge_tui.ports.clock import Clock
    from skyforge_tui.providers.labs.eve.by_ssh import EveFileLabs
    from skyforge_tui.settings.model import Eve, Ssh
    from skyforge_tui.wiring.run_servers import Attendance

EVE = "eve"


@asynccontextmanager
async def open_eve_files(
    upstream: str, settings: Eve, ssh: Ssh, clock: Clock, attendance: Attendance | None
) -> AsyncIterator[EveFileLabs]:
    """Make a server known that only SSH leads to; nothing is sent before something is wanted."""
    from skyforge_tui.integrations.ssh.host import SshHost
    from skyforge_tui.providers.labs.eve.by_ssh import EveFileLabs
    from skyforge_tui.wiring.lab_host import access_of as ssh_access_of

    host = SshHost(ssh_access_of(ssh), person_before(attendance, EVE, upstream))
    try:
        labs, running = str(settings.labs_path), str(settings.tmp_path)
        yield EveFileLabs(host, clock, upstream=upstream, labs=labs, running=running)
    finally:
        await host.aclose()


@asynccontextmanager
async def open_eve(
    upstream: str,
    settings: Eve,
    url: str,
    clock: Clock,
    attendance: Attendance | None,
    sessions: Path,
) -> AsyncIterator[EveLabProvider]:
    """Make a server known, by SSH too where that is configured; nothing is sent yet.

    The session is shared with whoever has the same folder of `sessions`.
    """
    access = access_of(settings, url)
    async with AsyncExitStack() as stack:
        shared = JointSession(sessions, access)
        http = open_http(access, person_before(attendance, EVE, upstream), shared=shared)
        stack.push_async_callback(http.aclose)
        files: EveFileLabs | None = None
        if settings.ssh is not None:
            by_ssh = open_eve_files(upstream, settings, settings.ssh, clock, attendance)
            files = await stack.enter_async_context(by_ssh)
        web_url = settings.web_url or base_url(url)
        client = EveClient(http)
        yield EveLabProvider(client, clock, upstream=upstream, web_url=web_url, files=files)
