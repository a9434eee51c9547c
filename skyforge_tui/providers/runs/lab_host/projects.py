"""A lab host as a project: the topologies that lie there, each something that can be launched."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Final

from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.identity import ProjectId, Role
from skyforge_tui.domain.lab_host_actions import CONTAINERLAB_SURVEY, NETLAB_SURVEY
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.project import Grant, Project, ProjectKind
from skyforge_tui.domain.template import LabOutline, Template, TemplateKind
from skyforge_tui.integrations.containerlab import topology as clab_topology
from skyforge_tui.integrations.netlab import topology_file
from skyforge_tui.integrations.ssh.finding import (
    MOST_BYTES,
    MOST_FILES,
    MOST_IN_ALL,
    Found,
    find_files,
)
from skyforge_tui.integrations.ssh.host import SshHost
from skyforge_tui.integrations.yaml_shape import YamlError, YamlLimitError, read_shape
from skyforge_tui.ports.project_host import ProjectContent, ProjectListing
from skyforge_tui.providers.runs.lab_host.names import Names, Topology
from skyforge_tui.providers.runs.lab_host.trouble import translated

_PATTERN: Final = "*.y*ml"
DEPTH: Final = 3
"""How many levels below the folders of labs a topology is looked for."""
_PERMITS: Final = frozenset(
    {
        Permission.ARTIFACT_DELETE,
        Permission.ARTIFACT_WRITE,
        Permission.RUN_ANSWER,
        Permission.RUN_DELETE,
        Permission.RUN_START,
        Permission.RUN_STOP,
    }
)
_USUAL_FILE: Final = "topology.yml"
_SURVEYS: Final = {
    TemplateKind.NETLAB: NETLAB_SURVEY, TemplateKind.CONTAINERLAB: CONTAINERLAB_SURVEY,
}  # fmt: skip
_RECOGNISERS: Final = {
    TemplateKind.NETLAB: topology_file, TemplateKind.CONTAINERLAB: clab_topology,
}  # fmt: skip


class LabHostProjects:
    """Implements `ProjectHost` for one host: whoever is signed in there may do what can be done.

    `roots` are folders there in which labs are looked for; they are labs of one `tool`. `folders`
    tells of others in which there are labs now.
    """

    def __init__(
        self,
        host: SshHost,
        names: Names,
        user: str,
        roots: Sequence[str] = ("~",),
        tool: TemplateKind = TemplateKind.NETLAB,
        folders: Callable[[], Awaitable[Collection[str]]] | None = None,
    ) -> None:
        self._tool = tool
        self._folders = folders
        self._host = host
        self._names = names
        self._user = user
        self._roots = tuple(roots)

    @property
    def upstream(self) -> str:
        """The instance's name."""
        return self._names.upstream

    async def list_projects(self) -> ProjectListing:
        """Return the one project that stands for the host."""
        with translated(self.upstream, "project.sync"):
            await self._host.connect()
        return ProjectListing((self._project(),))

    def covers(self, project_id: ProjectId) -> bool:
        """Say whether it stands for this host."""
        return project_id == self._names.project_id

    async def describe(self, project_id: ProjectId) -> Project:
        """Return what stands for the host, whether it answers or not.

        Raises:
            NotFound: it is another one.
        """
        if project_id != self._names.project_id:
            raise NotFound(f"no project {project_id}", upstream=self.upstream)
        return self._project()

    async def read_project(self, project: Project) -> ProjectContent:
        """Find the topologies there."""
        with translated(self.upstream, "project.sync"):
            found = await self._find(self._roots, DEPTH)
            found = await self._with_others(found)
        # Large ones take a while to read, in which others have their turn.
        templates, notices = await asyncio.to_thread(self._read_all, found)
        if found.is_cut:
            title = f"{self.upstream}: only {MOST_FILES} files were looked at"
            words = 'say where labs are: labs = ["~/labs"] in its configuration'
            notices.append(Notice(Severity.WARNING, title, words))
        return ProjectContent(replace(project, notices=tuple(notices)), tuple(templates))

    async def _find(self, folders: Sequence[str], depth: int) -> Found:
        telling = _RECOGNISERS[self._tool].LINE
        return await find_files(self._host, folders, _PATTERN, depth, telling=telling)

    async def _with_others(self, found: Found) -> Found:
        """Add what lies in folders elsewhere in which there are labs."""
        folders = () if self._folders is None else await self._folders()
        seen = {str(PurePosixPath(one).parent) for one in found.files}
        others = sorted(set(folders) - seen)
        if not others:
            return found
        more = await self._find(others, 1)
        return Found(
            found.home, found.files | more.files, {**found.large, **more.large},
            found.unnamed + more.unnamed,
        )  # fmt: skip

    async def page_of(self, project: Project) -> str:
        """Return nothing: a host has no page."""
        del project
        return ""

    def _project(self) -> Project:
        return Project(
            self._names.project_id, self.upstream, self.upstream, ProjectKind.HOSTED,
            f"ssh://{self._host.place}", created_by=self._user,
            description="labs on a host of one's own",
            grant=Grant(self._user, "user there", Role.OWNER, _PERMITS),
        )  # fmt: skip

    def _read_all(self, found: Found) -> tuple[list[Template], list[Notice]]:
        """Return what can be launched, and what cannot be read of that."""
        topologies: dict[str, LabOutline] = {}
        notices = [
            self._too_much(_seen_from(found.home, path), f"{size:,} bytes, {_limit(size)}")
            for path, size in found.large.items()
            if PurePosixPath(path).name not in topology_file.SNAPSHOTS
        ]
        if found.unnamed:
            title = f"{found.unnamed} files whose names are not UTF-8 are left out"
            notices.append(Notice(Severity.WARNING, title, "", self.upstream))
        for path, data in found.files.items():
            try:
                read = _read(data, self._tool)
            except YamlLimitError as error:
                where = f"{_seen_from(found.home, path)}:{error.line}"
                notices.append(self._too_much(where, error.message))
            else:
                if read is not None:
                    topologies[path] = read
        names = _names(topologies, found.home)
        templates = [self._template(path, one, names[path]) for path, one in topologies.items()]
        return templates, notices

    def _too_much(self, path: object, why: str) -> Notice:
        name = "".join(one if one.isprintable() else "·" for one in str(path))
        advice = f"divide it, or start it there: {self._tool} takes it as it is"
        return Notice(Severity.WARNING, f"{name} is not read: {why}", "", self.upstream, advice)

    def _template(self, path: str, outline: LabOutline, name: str) -> Template:
        pure = PurePosixPath(path)
        topology = Topology(str(self._tool), str(pure.parent), pure.name)
        count = len(outline.nodes)
        told = (
            f"lab {outline.name}" if outline.name else "",
            f"{count} node{'' if count == 1 else 's'}", outline.provider, outline.device,
        )  # fmt: skip
        return Template(
            self._names.template_id(topology),
            self._names.project_id,
            name,
            self._tool,
            (),
            topology.directory,
            ", ".join(filter(None, told)),
            terminal=True,
            survey=_SURVEYS[self._tool],
            lab=outline,
            is_hosted=True,
            facts=(("topology", path), ("host", self._host.place)),
        )


def _seen_from(home: str, path: str) -> PurePosixPath:
    """Return a path as it is called in a folder, or as it is where it lies elsewhere."""
    pure = PurePosixPath(path)
    return pure.relative_to(home) if home and pure.is_relative_to(home) else pure


def _limit(size: int) -> str:
    """Say which bound a file of so many bytes is beyond."""
    if size > MOST_BYTES:
        return f"more than {MOST_BYTES >> 20} MiB"
    return f"after {MOST_IN_ALL >> 20} MiB of other files there"


def _read(data: bytes, tool: TemplateKind) -> LabOutline | None:
    """Return what a file tells of the lab that is made from it; None if it is of no such tool.

    Raises:
        YamlLimitError: it is one, and larger than anybody writes.
    """
    is_of_netlab = tool is TemplateKind.NETLAB
    if not _RECOGNISERS[tool].may_be_topology(data):
        return None
    try:
        shape = read_shape(data)
    except YamlLimitError:
        raise
    except YamlError:
        return None
    clab = clab_topology.read_topology(shape)
    if not is_of_netlab:
        return None if clab is None else LabOutline(clab.name, clab.names)
    found = None if clab is not None else topology_file.read_topology(shape)
    return (
        None if found is None else LabOutline(found.name, found.nodes, found.provider, found.device)
    )


def _names(paths: Collection[str], home: str) -> Mapping[str, str]:
    """Return what people type for each topology: its folder, and its file if that is no usual one.

    Below the home folder, seen from there.
    """
    named = {}
    for path in paths:
        short = _seen_from(home, path)
        is_usual = short.name == _USUAL_FILE and short.parent.name
        named[path] = "".join(
            one if one.isprintable() else "·" for one in str(short.parent if is_usual else short)
        )
    return named
