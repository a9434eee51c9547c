"""What can be launched in a project, read from its files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from skyforge_tui.domain.identity import ProjectId, TemplateId
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.template import (
    FieldKind,
    Source,
    SurveyField,
    Template,
    TemplateKind,
)
from skyforge_tui.integrations.ansible import layout
from skyforge_tui.integrations.ansible.playbook import (
    MAX_BYTES,
    Playbook,
    PlaybookError,
    begins_as_playbook,
    read_playbook,
)
from skyforge_tui.integrations.manifest import DeclaredTemplate, Manifest, read_manifest
from skyforge_tui.integrations.regular_file import FileStart, UnreadableFileError, read_start
from skyforge_tui.providers.repositories.file_work import Leash
from skyforge_tui.providers.repositories.listing import as_text, is_text

MAX_PLAYBOOKS = 2_000
MAX_NOTICES = 100
MAX_TOTAL_BYTES = 256 << 20
"""How much is read of one project's candidates in all."""
_HEAD_BYTES = 64 * 1024


@dataclass(slots=True)
class TemplateReader:
    """Reads the templates of one project; what it cannot read gathers in `notices`."""

    project_id: ProjectId
    root: Path
    templates: list[Template] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    _configurations: dict[Path, layout.Configuration | UnreadableFileError | None] = field(
        default_factory=dict
    )
    _names: set[str] = field(default_factory=set)
    _playbooks: int = 0
    _left: int = MAX_TOTAL_BYTES
    _more_notices: int = 0

    def read(self, leash: Leash, candidates: list[str]) -> None:
        """Read the manifest and the playbooks among `candidates`, paths relative to the root."""
        manifest = read_manifest(self.root)
        if manifest is not None:
            self._declared(manifest)
        folders: dict[str, bool] = {"": True}
        for name in candidates:
            leash.check()
            folder, _, base = name.rpartition("/")
            if folder not in folders:
                folders[folder] = all(map(layout.may_hold_playbooks, folder.split("/")))
            if base.startswith(".") or not folders[folder]:
                continue
            if self._left <= 0 or self._playbooks >= MAX_PLAYBOOKS:
                self._stopped_at(name)
                break
            self._candidate(name)
        if self._more_notices:
            self.notices.append(
                Notice(Severity.WARNING, f"{self._more_notices:,} more files were not read")
            )

    def _say(self, severity: Severity, title: str, where: Path | str, advice: str = "") -> None:
        if len(self.notices) < MAX_NOTICES:
            place = one_line(as_text(str(where)))
            self.notices.append(Notice(severity, one_line(title), where=place, advice=advice))
        else:
            self._more_notices += 1

    def _stopped_at(self, name: str) -> None:
        what = (
            f"only the first {MAX_PLAYBOOKS:,} playbooks are shown"
            if self._left > 0
            else f"more than {MAX_TOTAL_BYTES >> 20} MiB of YAML, the rest is not read"
        )
        self._say(Severity.WARNING, f"{what}: stopped before {as_text(name)}", self.root)

    def _declared(self, manifest: Manifest) -> None:
        for mistake in manifest.mistakes:
            where = f"{manifest.path}:{mistake.line}" if mistake.line else str(manifest.path)
            self._say(Severity.ERROR, mistake.message, where, mistake.advice)
        for declared in manifest.templates:
            try:
                self.templates.append(self._command(manifest, declared))
            except UnreadableFileError as error:
                self._say(Severity.ERROR, f'template "{declared.name}": {error.reason}', error.path)

    def _command(self, manifest: Manifest, declared: DeclaredTemplate) -> Template:
        config = None
        if uses_ansible(declared.command):
            config = self._configuration(declared.directory)
        name = f"{manifest.path.name}:{declared.name}"
        self._names.add(declared.name)
        return Template(
            TemplateId(f"{self.project_id}#{name}"),
            self.project_id,
            declared.name,
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
            self._sources(source_of(manifest.path, manifest.data), config),
        )

    def _candidate(self, name: str) -> None:
        """Read one file that is called like YAML."""
        where = self.root / name
        try:
            start = read_start(where, self.root, MAX_BYTES, _HEAD_BYTES)
            self._left -= len(start.data)
            if not start.is_whole:
                self._too_large(where, name, start)
                return
            playbook = read_playbook(start.data)
            if playbook is None:
                return
            if not is_text(name):
                self._say(Severity.WARNING, "a playbook whose name is not UTF-8 is left out", where)
                return
            self.templates.append(self._playbook(PurePosixPath(name), playbook, start.data))
            self._playbooks += 1
        except UnreadableFileError as error:
            if not error.is_gone:
                title = f"{as_text(name)} {error.reason}"
                self._say(Severity.WARNING, title, error.path)
        except PlaybookError as error:
            line = f":{error.line}" if error.line else ""
            self._say(Severity.WARNING, f"{as_text(name)}: {error.message}", f"{where}{line}")

    def _too_large(self, where: Path, name: str, start: FileStart) -> None:
        if begins_as_playbook(start.data):
            size = f"{start.size / 2**20:,.1f} MiB"
            limit = f"only files up to {MAX_BYTES >> 20} MiB are read as playbooks"
            self._say(Severity.WARNING, f"{as_text(name)}: {size}, {limit}", where)

    def _playbook(self, path: PurePosixPath, playbook: Playbook, data: bytes) -> Template:
        directory = layout.working_directory(self.root, path)
        config = self._configuration(directory)
        relative = PurePosixPath((self.root / path).relative_to(directory))
        inventory = None
        if config is None or not config.names_inventory:
            inventory = layout.inventory(directory, relative)
        word = f"./{relative}" if str(relative).startswith("-") else str(relative)
        return Template(
            TemplateId(f"{self.project_id}#{path}"),
            self.project_id,
            self._free_name(str(path)),
            TemplateKind.PLAYBOOK,
            ("ansible-playbook", *(("-i", inventory) if inventory else ()), word),
            str(directory),
            one_line(playbook.name),
            terminal=playbook.asks_itself,
            survey=tuple(
                SurveyField(
                    prompt.name,
                    FieldKind.SECRET if prompt.is_private else FieldKind.STRING,
                    prompt.default,
                    description=one_line(prompt.text),
                )
                for prompt in playbook.prompts
            ),
            sources=self._sources(source_of(self.root / path, data), config),
        )

    def _free_name(self, name: str) -> str:
        """Return `name` in one line, marked when another template has it already."""
        free = one_line(name)
        while free in self._names:
            free += " (playbook)"
        self._names.add(free)
        return free

    def _configuration(self, directory: Path) -> layout.Configuration | None:
        if directory not in self._configurations:
            try:
                self._configurations[directory] = layout.configuration(directory, self.root)
            except UnreadableFileError as error:
                self._configurations[directory] = error
        found = self._configurations[directory]
        if isinstance(found, UnreadableFileError):
            raise found
        return found

    def _sources(
        self, declaring: Source, config: layout.Configuration | None
    ) -> tuple[Source, ...]:
        return (declaring,) if config is None else (declaring, source_of(config.path, config.data))


def uses_ansible(command: tuple[str, ...]) -> bool:
    """Return whether a command starts Ansible, which then takes the configuration beside it."""
    return PurePosixPath(command[0]).name.startswith("ansible")


def source_of(path: Path, data: bytes) -> Source:
    """Return the source record of these bytes at `path`."""
    return Source(str(path), hashlib.sha256(data).hexdigest())


def one_line(text: str) -> str:
    """Return `text` with every run of white space and control characters made one space."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
