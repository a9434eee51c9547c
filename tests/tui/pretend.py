"""A pretended workspace that is the same on every machine: what pictures are made from.

Names, times and output are fixed; nothing of it touches a disk. `NOW` is when everybody looks.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from skyforge_tui.domain.identity import LOCAL, Principal, ProjectId, RunId, TemplateId
from skyforge_tui.domain.log import LogLine
from skyforge_tui.domain.machine import Check, CheckGroup, CheckState
from skyforge_tui.domain.members import Members
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.project import Commit, Project, ProjectKind, RepositoryFile
from skyforge_tui.domain.run import RunState
from skyforge_tui.domain.template import FieldKind, Source, SurveyField, Template, TemplateKind
from skyforge_tui.engine.inline import InlineEngine
from skyforge_tui.ports.log_store import LogReader
from skyforge_tui.services.contract import Services
from skyforge_tui.tui.app import SkyforgeApp
from tests.builders import a_detail, a_project, a_template
from tests.fakes.clock import FakeClock
from tests.fakes.core import Core
from tests.fakes.log_store import MemoryLogReader, MemoryLogStore
from tests.tui import pretend_output as output

NOW = datetime(2026, 11, 23, 14, 31, 45, tzinfo=UTC)
MARA = Principal("mara")
ROOT = "/srv/net"

_S, _E, _R = RunState.SUCCESS, RunState.ERROR, RunState.RUNNING


def _ago(**parts: float) -> datetime:
    return NOW - timedelta(**parts)


# Projects.


def a_place(slug: str, description: str, *, by: str = "mara", **over: Any) -> Project:
    """Return a project of the pretended workspace, created by `by`; mara edits it."""
    commit = Commit("9ab31fe0" * 5, "raise the scrape interval", "mara", _ago(hours=2, minutes=4))
    members = Members(owners=frozenset({by}), editors=frozenset({"mara"}))
    values: dict[str, Any] = {
        "path": f"{ROOT}/{slug}", "description": description, "created_by": by, "commit": commit,
        "seen_at": _ago(seconds=8), "members": members,
    }  # fmt: skip
    return a_project(**(values | over))


FILES = (
    RepositoryFile("README.md", 4012),
    RepositoryFile("netlab-labs/srl-leafspine.yml", 1204),
    RepositoryFile("netlab-labs/srl-telemetry.yml", 1411),
    RepositoryFile("playbooks/deploy.yml", 3108),
    RepositoryFile("playbooks/gnmi-check.yml", 2210),
    RepositoryFile("roles/gnmi/tasks/main.yml", 912),
    RepositoryFile("skyforge.toml", 618),
)
BROKEN = Notice(
    Severity.WARNING, 'template 2: unknown key "comand"', "", f"{ROOT}/wan-refresh/skyforge.toml:7",
    'did you mean "command"?',
)  # fmt: skip

EDGE = a_place("edge-fabric", "The edge of every site, one playbook")
TELEMETRY = a_place(
    "telemetry-poc", "streaming telemetry from SR Linux", files=FILES, file_count=len(FILES)
)
WAN = a_place("wan-refresh", "", by="tomek", notices=(BROKEN,), files=FILES[-1:], file_count=1)
OTHERS = (
    a_place("dc1-underlay", "underlay of the first data centre", by="jonas"),
    a_place("mpls-core", "P and PE routers", by="ines"),
    a_place("sandbox-mara", "", kind=ProjectKind.FOLDER, commit=None, branch=""),
    a_place("sandbox-jo", "", by="jo", members=Members()),
)


def a_playbook(project: Project, name: str, description: str = "", **over: Any) -> Template:
    """Return a template that is a playbook of a project."""
    path = f"{project.path}/{name}"
    return a_template(
        project_id=project.id, name=name, kind=TemplateKind.PLAYBOOK, survey=(),
        command=("ansible-playbook", name), directory=project.path, description=description,
        sources=(Source(path, "7c41be5d" * 8),), **over,
    )  # fmt: skip


def a_command(project: Project, name: str, description: str = "", **over: Any) -> Template:
    """Return a template that a project's skyforge.toml declares."""
    values: dict[str, Any] = {
        "command": (name,), "survey": (), "directory": project.path, "description": description,
        "sources": (Source(f"{project.path}/skyforge.toml", "41d0e9aa" * 8),),
    }  # fmt: skip
    return a_template(project_id=project.id, name=name, **(values | over))


SURVEY = (
    SurveyField("topology", default="dc1-evpn-v6", required=True, description="file in topologies"),
    SurveyField("device", FieldKind.ENUM, default="frr", choices=("frr", "eos", "srlinux", "iosv")),
    SurveyField("wipe_first", FieldKind.BOOL, default="false", description="no saved configs"),
    SurveyField("asn_base", FieldKind.INT, default="65000", description="64512–65534"),
    SurveyField("vault_pw", FieldKind.SECRET, required=True),
)
NETLAB_UP = a_command(
    EDGE, "netlab-up", "bring a topology up", survey=SURVEY,
    command=("netlab", "up", "topologies/{topology}.yml", "-d", "{device}"),
)  # fmt: skip
DEPLOY = a_command(
    EDGE, "deploy-bgp", "render and push BGP neighbours",
    command=("ansible-playbook", "playbooks/deploy.yml", "--diff"),
)  # fmt: skip
TEMPLATES = {
    EDGE.id: (
        DEPLOY, NETLAB_UP,
        a_command(EDGE, "netlab-down", "take it down again"),
        a_command(EDGE, "collect-facts", "facts of every device"),
        a_command(EDGE, "lint", command=("ansible-lint", "playbooks")),
    ),
    TELEMETRY.id: (
        a_playbook(TELEMETRY, "playbooks/deploy.yml", "collectors and subscriptions"),
        a_playbook(TELEMETRY, "playbooks/gnmi-check.yml", "is every path answered"),
        a_command(TELEMETRY, "srl-telemetry", "the lab of the proof"),
    ),
    WAN.id: (a_command(WAN, "wan-cutover", "asks before it pushes", terminal=True),),
}  # fmt: skip
UNTRUSTED = frozenset({f"{TELEMETRY.path}/playbooks/gnmi-check.yml"})
"""Files that nobody has trusted."""


# Runs.

_RUNS: tuple[tuple[int, str, str, RunState, datetime, float, dict[str, Any]], ...] = (
    (813, "lint", "ci-bot", RunState.WAITING, _ago(seconds=20), 0, {"note": "4 runs before it"}),
    (812, "deploy-bgp", "mara", _R, _ago(minutes=4, seconds=12), 0, {}),
    (811, "wan-cutover", "jonas", _R, _ago(minutes=11), 0,
     {"waits_for_input": True, "note": "push to pe1, pe2?"}),
    (810, "netlab-up", "ci-bot", _R, _ago(minutes=7, seconds=5), 0, {}),
    (809, "collect-facts", "jonas", _S, _ago(hours=1), 192, {}),
    (808, "srl-telemetry", "mara", _E, _ago(hours=1, minutes=11), 58,
     {"note": "exit code 137: out of memory"}),
    (807, "netlab-down", "mara", _S, _ago(hours=1, minutes=31), 104, {}),
    (806, "deploy-bgp", "mara", _S, _ago(hours=1, minutes=33), 391, {}),
    (805, "playbooks/deploy.yml", "ines", RunState.LOST, _ago(hours=1, minutes=51), 540,
     {"note": "no exit record: its supervisor vanished"}),
    (804, "netlab-up", "ines", RunState.STOPPED, _ago(hours=2), 40, {}),
    (803, "lint", "ci-bot", _S, _ago(hours=2, minutes=1), 22, {}),
    (802, "netlab-up", "ci-bot", _S, _ago(hours=3), 370, {}),
    (799, "deploy-bgp", "mara", _E, _ago(days=1, hours=3), 422, {"note": "exit code 2"}),
    (798, "collect-facts", "jonas", _S, _ago(days=1, hours=4), 178, {}),
    (791, "deploy-bgp", "mara", _S, _ago(days=2), 400, {}),
    (788, "deploy-bgp", "mara", _S, _ago(days=2, hours=6), 398, {}),
)  # fmt: skip

_CALM = frozenset({_S, RunState.STOPPED})


def _template(name: str) -> Template:
    return next(one for some in TEMPLATES.values() for one in some if one.name == name)


def _put_runs(core: Core, *, calm: bool) -> None:
    slugs = {one.id: one.slug for one in (EDGE, TELEMETRY, WAN)}
    for number, name, who, state, at, took_s, more in _RUNS:
        if calm and (state not in _CALM or number == 809):
            continue
        template = _template(name)
        started = None if state is RunState.WAITING else at
        run = a_detail(
            number=number, state=state, template=name, template_id=template.id, started_by=who,
            project_id=template.project_id, project=slugs[template.project_id], created_at=at,
            started_at=started, ended_at=at + timedelta(seconds=took_s) if took_s else None,
            log_bytes=len(_output(state)), **more,
        )  # fmt: skip
        core.engine.put(_with_spec(run, template))
        core.logs.outputs[str(number)] = _output(state)


def created_at(number: int) -> datetime:
    """Return when a pretended run was created."""
    return next(at for one, _, _, _, at, _, _ in _RUNS if one == number)


def _output(state: RunState) -> bytes:
    return {_S: output.PASSED, _E: output.FAILED}.get(state, output.UNDER_WAY)


def _with_spec(detail: Any, template: Template) -> Any:
    answers = {} if template.name != "deploy-bgp" else {"limit": "all", "dry_run": "no"}
    names = ("vault_pw",) if answers else ()
    spec = replace(
        detail.spec, command=template.command, directory=template.directory, answers=answers,
        secret_names=names, commit="4f1c9e2a" * 5,
    )  # fmt: skip
    return replace(detail, spec=spec)


# Output.


class PretendLogs(MemoryLogStore):
    """Outputs whose lines came three to a second."""

    def open(self, native_run_id: str, on_close: Callable[[], None] | None = None) -> LogReader:
        """Return a reader; a run that was just launched has written nothing."""
        self.outputs.setdefault(native_run_id, None)
        reader = _TimedReader(self, native_run_id, on_close)
        self.readers.append(reader)
        return reader


class _TimedReader(MemoryLogReader):
    def _line(self, number: int, offset: int, data: bytes, lines: int) -> LogLine:
        line = super()._line(number, offset, data, lines)
        return replace(line, at=NOW - timedelta(seconds=(lines - number) // 3))


# This machine.


def _tool(name: str, version: str, purpose: str, **over: Any) -> Check:
    state = CheckState.OK if version else CheckState.MISSING
    check = Check(name, CheckGroup.TOOL, state, purpose, version, f"/usr/bin/{name}")
    return replace(check, **over)


MACHINE = (
    _tool("git", "2.47.1", "projects and their commits"),
    _tool("ansible", "2.16.3", "playbooks", state=CheckState.WARNING, detail="older than 2.18",
          advice="pip install -U ansible-core"),
    _tool("netlab", "26.10", "network labs from a topology file"),
    _tool("containerlab", "", "labs of containers", advice="install containerlab"),
    _tool("docker", "28.2.2", "the engine that containers run in", state=CheckState.WARNING,
          detail="no engine answers", advice="start the engine"),
    _tool("terraform", "", "infrastructure as code", advice="install opentofu"),
    _tool("make", "4.4.1", "the targets of Makefiles"),
    _tool("ssh", "9.9p1", "other machines", detail="12 hosts: spine1, spine2, leaf1…"),
    Check("config", CheckGroup.PLACE, CheckState.OK, "what is set", detail="not there"),
    Check("state", CheckGroup.PLACE, CheckState.WARNING, "runs and their output",
          where="/home/mara/.local/state/skyforge", detail="only 0.2 GB free", advice="make room"),
    Check("terminal", CheckGroup.TERMINAL, CheckState.OK, "what one sees", "xterm-256color"),
)  # fmt: skip


# The whole.


@dataclass
class Estate:
    """The pretended workspace, and the application on it."""

    core: Core = field(default_factory=lambda: Core(clock=FakeClock(NOW), logs=PretendLogs()))
    is_calm: bool = False
    """Nothing broke, nothing runs, nothing asks."""
    is_empty: bool = False
    """No project and no run."""
    is_new: bool = False
    """Not even a configuration: what somebody finds who is here for the first time."""
    untrusted: frozenset[str] = UNTRUSTED
    templates: dict[ProjectId, tuple[Template, ...]] = field(default_factory=lambda: TEMPLATES)

    def put_more(self) -> None:
        """Put what a richer world has besides, before anything is opened."""

    def app(self, *, theme: str = "dark", ascii_only: bool = False, **over: Any) -> SkyforgeApp:
        """Return the application, at rest: no motion, the clock stands still."""
        values: dict[str, Any] = {
            "theme": theme, "ascii_only": ascii_only, "motion": False, "profile": "emea",
            "clock": lambda: NOW, "config_path": "~/.config/skyforge/config.toml",
        }  # fmt: skip
        return SkyforgeApp(
            lambda app: InlineEngine(self._open, app.bridge.unheard), MARA, **(values | over)
        )

    @property
    def has_projects(self) -> bool:
        """Whether there are any."""
        return not (self.is_empty or self.is_new)

    @asynccontextmanager
    async def _open(self) -> AsyncGenerator[Services, None]:
        core = self.core
        if self.is_new:
            core.machine.checks = {one.name: one for one in MACHINE}
        else:
            core.starter.config = Path("/home/mara/.config/skyforge/config.toml")
        if self.has_projects:
            wan = replace(WAN, notices=()) if self.is_calm else WAN
            for project in (EDGE, TELEMETRY, wan, *OTHERS):
                core.host.put(project, *self.templates.get(project.id, ()))
            _put_runs(core, calm=self.is_calm)
        self.put_more()
        await core.catalog.open()
        await core.lab_index.open()
        await core.projects.sync(MARA)
        for project_id, templates in (self.templates if self.has_projects else {}).items():
            sources = {
                source
                for one in templates
                for source in one.sources
                if source.path not in self.untrusted
            }
            await core.projects.trust(Principal("root", is_admin=True), project_id, tuple(sources))
        await core.runs.refresh(MARA, LOCAL)
        await core.labs.sync(MARA)
        core.clock.move(8)
        yield core.services


def run_id(number: int) -> RunId:
    """Return the id of a pretended run."""
    return RunId(f"{LOCAL}:{number}")


def template_id(name: str) -> TemplateId:
    """Return the id of a pretended template."""
    return _template(name).id


Condition = Callable[[], bool]
