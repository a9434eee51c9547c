"""Assembles one host that runs labs: a connection, its labs, and the runs of its tool."""

from __future__ import annotations

import getpass
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from skyforge_tui.domain.lab_host_actions import containerlab_words, netlab_words
from skyforge_tui.domain.template import TemplateKind
from skyforge_tui.integrations.containerlab.client import RemoteContainerlab
from skyforge_tui.integrations.netlab.remote import RemoteNetlab
from skyforge_tui.integrations.ssh.access import SshAccess
from skyforge_tui.integrations.ssh.detached import Detached
from skyforge_tui.integrations.ssh.host import SshHost
from skyforge_tui.integrations.ssh.run_folder import RunFolder
from skyforge_tui.providers.artifacts.host_files import HostWorkFiles
from skyforge_tui.providers.labs.containerlab import ContainerlabLabs
from skyforge_tui.providers.labs.netlab_host import NetlabHostLabs
from skyforge_tui.providers.runs.lab_host.engine import LabHostRunEngine, Words
from skyforge_tui.providers.runs.lab_host.keeping import LabHostKeeping
from skyforge_tui.providers.runs.lab_host.names import Names
from skyforge_tui.providers.runs.lab_host.projects import LabHostProjects
from skyforge_tui.settings.model import Containerlab, Netlab, Ssh
from skyforge_tui.store.kept_dropping import KeptLogTrimmer
from skyforge_tui.store.kept_logs import FileKeptLogs
from skyforge_tui.store.logs import FileLogStore
from skyforge_tui.wiring.desk import person_before

if TYPE_CHECKING:
    from skyforge_tui.ports.clock import Clock
    from skyforge_tui.ports.lab_provider import LabProvider
    from skyforge_tui.wiring.run_servers import Attendance


class LabHostParts(NamedTuple):
    """What one host is to the rest."""

    engine: LabHostRunEngine
    host: LabHostProjects
    logs: FileLogStore
    labs: LabProvider
    files: HostWorkFiles
    kept: KeptLogTrimmer
    """What was brought here of the output of its runs."""
    keeper: LabHostKeeping
    person: str
    """Whose labs they are: several people may share an account there."""


@asynccontextmanager
async def open_lab_host(
    name: str,
    settings: Netlab | Containerlab,
    kept: Path,
    clock: Clock,
    attendance: Attendance | None,
) -> AsyncIterator[LabHostParts]:
    """Make a host known; nothing is sent before something is wanted."""
    is_netlab = isinstance(settings, Netlab)
    tool = TemplateKind.NETLAB if is_netlab else TemplateKind.CONTAINERLAB
    ssh = SshHost(access_of(settings), person_before(attendance, str(tool), name))
    user = settings.user or getpass.getuser()
    words = _by(netlab_words if is_netlab else containerlab_words, str(tool), settings.program)
    names = Names(name)
    engine = LabHostRunEngine(Detached(ssh), names, FileKeptLogs(kept), clock, {str(tool): words})
    folders = RemoteNetlab(ssh, settings.program).folders if is_netlab else None
    # Runs are known there by the person who starts them: several may share an account.
    whose = getpass.getuser()
    host = LabHostProjects(ssh, names, whose, settings.labs, tool, folders)
    try:
        labs = _labs(ssh, name, settings, user, clock)
        files = HostWorkFiles(name, RunFolder(ssh))
        keeper = LabHostKeeping(Detached(ssh), names, clock, str(tool), whose)
        yield LabHostParts(
            engine, host, FileLogStore(kept), labs, files, KeptLogTrimmer(kept), keeper, whose
        )
    finally:
        await ssh.aclose()


def _labs(
    ssh: SshHost, name: str, settings: Netlab | Containerlab, user: str, clock: Clock
) -> LabProvider:
    if isinstance(settings, Netlab):
        return NetlabHostLabs(
            RemoteNetlab(ssh, settings.program), ssh, clock, owner=user, upstream=name,
            state_root=str(settings.state_root or ""),
        )  # fmt: skip
    client = RemoteContainerlab(ssh, settings.program)
    return ContainerlabLabs(client, clock, upstream=name, transport="ssh", host=ssh, user=user)


def _by(words: Words, tool: str, program: str) -> Words:
    """Return what makes words of a command, with the `tool` called as it is there."""

    def named(file: str, answers: Mapping[str, str]) -> tuple[str, ...]:
        found = words(file, answers)
        at = found.index(tool)  # variables of its environment may stand before it
        return (*found[:at], program, *found[at + 1 :])

    return named


def access_of(settings: Netlab | Containerlab | Ssh) -> SshAccess:
    """Return how one gets to a configured host, and who one is there."""
    return SshAccess(
        str(settings.host),
        settings.port,
        settings.user,
        key=settings.key,
        passphrase=settings.passphrase,
        password=settings.password,
        known_hosts=settings.known_hosts,
        jump=settings.jump or "",
    )
