"""A host of one's own with netlab, if `SKYFORGE_LIVE_NETLAB_SSH` names one (`[user@]host[:port]`).

`_KEY` and `_KNOWN_HOSTS` name files, as tests do not look into anybody's home. The
host is looked at, and `netlab status` is run there in the folder of a topology, if there is one.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
from pathlib import Path

import pytest

from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.identity import native_of
from skyforge_tui.domain.run import RunState
from skyforge_tui.integrations.netlab.remote import RemoteNetlab
from skyforge_tui.integrations.ssh.access import read_place
from skyforge_tui.integrations.ssh.detached import Detached
from skyforge_tui.integrations.ssh.host import SshHost
from skyforge_tui.integrations.ssh.person import Nobody
from skyforge_tui.providers.labs.netlab_host import NetlabHostLabs
from skyforge_tui.providers.runs.lab_host.engine import LabHostRunEngine
from skyforge_tui.providers.runs.lab_host.names import Names
from skyforge_tui.providers.runs.lab_host.projects import LabHostProjects
from skyforge_tui.store.kept_logs import FileKeptLogs
from tests.builders import a_spec
from tests.contract.run_benches import SystemClock

LIVE = "SKYFORGE_LIVE_NETLAB_SSH"


@pytest.mark.skipif(not os.environ.get(LIVE), reason=f"no host with netlab: {LIVE} is not set")
async def test_a_host_of_ones_own(tmp_path: Path) -> None:
    """Labs, topologies and a harmless run of a real host are read as those of the pretend one."""
    files = {
        name: Path(path)
        for name in ("key", "known_hosts")
        if (path := os.environ.get(f"{LIVE}_{name.upper()}"))
    }
    ssh = SshHost(read_place(os.environ[LIVE], **files), Nobody())
    try:
        netlab = RemoteNetlab(ssh)
        assert await netlab.version() > (20, 0)
        labs = NetlabHostLabs(netlab, ssh, SystemClock(), owner="me", upstream="live")
        listing = await labs.list_for_user()
        assert [one.mode for one in listing.sources] == [UpstreamState.LIVE]
        for lab in listing.labs:
            assert (await labs.detail(lab.id)).lab.id == lab.id
        names = Names("live")
        host = LabHostProjects(ssh, names, "me")
        (project,) = (await host.list_projects()).projects
        templates = (await host.read_project(project)).templates
        if templates:
            kept, runs = FileKeptLogs(tmp_path), Detached(ssh)
            engine = LabHostRunEngine(runs, names, kept, SystemClock())
            spec = a_spec(template_id=templates[0].id, answers={"action": "status"})
            run = await engine.start(spec, {})
            async with asyncio.timeout(120):
                while not run.state.is_final:
                    await asyncio.sleep(0.5)
                    run = (await engine.fetch([run.id])).runs[0].run
            assert run.state in (RunState.SUCCESS, RunState.ERROR)
            await engine.bring(run.id)
            here = (tmp_path / "runs" / native_of(run.id) / "output.log").read_bytes()
            there = await runs.output(run.number)
            assert hashlib.sha256(here).digest() == hashlib.sha256(there).digest()
    finally:
        await ssh.aclose()
