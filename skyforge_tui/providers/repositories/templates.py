"""What can be launched in a project, read from its files."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from skyforge_tui.domain.identity import ProjectId
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.template import Source, SurveyField, Template, TemplateKind
from skyforge_tui.integrations import yaml_shape
from skyforge_tui.integrations.ansible import layout
from skyforge_tui.integrations.ansible.playbook import (
    MAX_BYTES,
    PlaybookError,
    begins_as_playbook,
    read_playbook,
)
from skyforge_tui.integrations.containerlab.topology import SUFFIXES as TOPOLOGY_SUFFIXES
from skyforge_tui.integrations.make.makefile import FILE_NAMES
from skyforge_tui.integrations.manifest import DeclaredTemplate, Manifest, read_manifest
from skyforge_tui.integrations.netlab.topology_file import SNAPSHOTS
from skyforge_tui.integrations.regular_file import FileStart, UnreadableFileError
from skyforge_tui.integrations.terraform.configuration import SUFFIXES
from skyforge_tui.providers.repositories.file_work import Leash
from skyforge_tui.providers.repositories.listing import as_text
from skyforge_tui.providers.repositories.makefiles import read_makefiles
from skyforge_tui.providers.repositories.obeyed import uses_ansible
from skyforge_tui.providers.repositories.playbooks import Configurations, playbook_template
from skyforge_tui.providers.repositories.reading import Reading, source_of
from skyforge_tui.providers.repositories.recognition import may_be_topology
from skyforge_tui.providers.repositories.roots import read_roots
from skyforge_tui.providers.repositories.topologies import topology_template

MAX_PLAYBOOKS = 2_000
"""How many playbooks and topologies are shown of one project."""
_HEAD_BYTES = 64 * 1024


@dataclass(slots=True)
class TemplateReader:
    """Reads the templates of one project; what it cannot read gathers in `notices`."""

    project_id: ProjectId
    root: Path
    _reading: Reading = field(init=False)
    _configurations: Configurations = field(init=False)

    def __post_init__(self) -> None:
        self._reading = Reading(self.project_id, self.root)
        self._configurations = Configurations(self.root)

    @property
    def templates(self) -> list[Template]:
        """What was found."""
        return self._reading.templates

    @property
    def notices(self) -> list[Notice]:
        """What was not read, and why."""
        return self._reading.notices

    def read(self, leash: Leash, candidates: list[str]) -> None:
        """Read the manifest, and what there is among `candidates`, paths relative to the root."""
        manifest = read_manifest(self.root)
        if manifest is not None:
            self._declared(manifest)
        yaml, configurations, makefiles = _by_language(leash, candidates)
        shown = len(self.templates) + MAX_PLAYBOOKS
        for name in yaml:
            leash.check()
            if len(self.templates) >= shown:
                what = f"only the first {MAX_PLAYBOOKS:,} playbooks and topologies are shown"
                title = f"{what}: stopped before {as_text(name)}"
                self._reading.say(Severity.WARNING, title, self.root)
                break
            if not self._reading.may_read(name):
                break
            self._candidate(name)
        read_roots(leash, self._reading, configurations)
        read_makefiles(leash, self._reading, makefiles)
        if more := self._reading.more_notices:
            title = f"{more:,} more files were not read"
            self.notices.append(Notice(Severity.WARNING, title))

    def _declared(self, manifest: Manifest) -> None:
        for mistake in manifest.mistakes:
            where = f"{manifest.path}:{mistake.line}" if mistake.line else str(manifest.path)
            self._reading.say(Severity.ERROR, mistake.message, where, mistake.advice)
        for declared in manifest.templates:
            try:
                self.templates.append(self._command(manifest, declared))
            except UnreadableFileError as error:
                title = f'template "{declared.name}": {error.reason}'
                self._reading.say(Severity.ERROR, title, error.path)

    def _command(self, manifest: Manifest, declared: DeclaredTemplate) -> Template:
        declaring = source_of(manifest.path, manifest.data)
        sources: tuple[Source, ...] = (declaring,)
        if uses_ansible(declared.command):
            sources = self._configurations.sources(declaring, declared.directory)
        return Template(
            self._reading.template_id(f"{manifest.path.name}:{declared.name}"),
            self.project_id,
            self._reading.take_name(declared.name, TemplateKind.COMMAND),
            TemplateKind.COMMAND,
            declared.command,
            str(declared.directory),
            declared.description,
            declared.environment,
            declared.terminal,
            tuple(
                SurveyField(
                    one.name, one.kind, one.default, one.required, one.choices, one.description
                )
                for one in declared.survey
            ),
            declared.artifacts,
            declared.hotkey,
            sources,
        )

    def _candidate(self, name: str) -> None:
        """Read one file that is called like YAML."""
        where = self.root / name
        try:
            start = self._reading.read(name, yaml_shape.MAX_BYTES, _HEAD_BYTES)
            is_large = start.size > MAX_BYTES
            if not start.is_whole or (is_large and not may_be_topology(start.data)):
                self._too_large(where, name, start)
                return
            playbook = None if is_large else read_playbook(start.data)
            if playbook is None:
                found = topology_template(self._reading, name, start.data)
            elif self._reading.is_nameable(name, "a playbook"):
                found = playbook_template(
                    self._reading, self._configurations, name, playbook, start.data
                )
            else:
                found = None
            if found is not None:
                self.templates.append(found)
        except UnreadableFileError as error:
            self._reading.say_unread(name, error)
        except PlaybookError as error:
            line = f":{error.line}" if error.line else ""
            title = f"{as_text(name)}: {error.message}"
            self._reading.say(Severity.WARNING, title, f"{where}{line}")

    def _too_large(self, where: Path, name: str, start: FileStart) -> None:
        head = start.data[:_HEAD_BYTES]
        size = f"{start.size / 2**20:,.1f} MiB"
        if where.name in SNAPSHOTS:
            return
        if name.endswith(TOPOLOGY_SUFFIXES) or may_be_topology(head):
            limit = f"only files up to {yaml_shape.MAX_BYTES >> 20} MiB are read as topologies"
            advice = "divide it, or declare a command for it in skyforge.toml"
            self._reading.say(Severity.WARNING, f"{as_text(name)}: {size}, {limit}", where, advice)
        elif begins_as_playbook(head):
            limit = f"only files up to {MAX_BYTES >> 20} MiB are read as playbooks"
            self._reading.say(Severity.WARNING, f"{as_text(name)}: {size}, {limit}", where)


def _by_language(leash: Leash, candidates: list[str]) -> tuple[list[str], list[str], list[str]]:
    """Return the candidates in YAML, in Terraform's language, and makefiles."""
    yaml: list[str] = []
    configurations: list[str] = []
    makefiles: list[str] = []
    folders: dict[str, bool] = {"": True}
    for name in candidates:
        leash.check()
        folder, _, base = name.rpartition("/")
        if folder not in folders:
            folders[folder] = all(map(layout.may_hold_playbooks, folder.split("/")))
        if base.startswith(".") or not folders[folder]:
            continue
        if base.endswith(SUFFIXES):
            configurations.append(name)
        elif base in FILE_NAMES:
            makefiles.append(name)
        elif base.endswith((".yml", ".yaml")):
            yaml.append(name)
    return yaml, configurations, makefiles
