"""What the readers of a project's templates share: what was found, and what may be read yet."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from skyforge_tui.domain.identity import ProjectId, TemplateId
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.template import Source, Template, TemplateKind
from skyforge_tui.integrations.regular_file import FileStart, UnreadableFileError, read_start
from skyforge_tui.providers.repositories.listing import as_text, is_text

MAX_NOTICES = 100
MAX_TOTAL_BYTES = 256 << 20
"""How much is read of one project's candidates in all."""


@dataclass(slots=True)
class Reading:
    """One look through a project; what cannot be read gathers in `notices`."""

    project_id: ProjectId
    root: Path
    templates: list[Template] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    bytes_left: int = MAX_TOTAL_BYTES
    more_notices: int = 0
    """Notices that nobody would read any more."""
    _names: set[str] = field(default_factory=set)
    _has_said_full: bool = False

    def may_read(self, name: str) -> bool:
        """Return whether more may be read; say once that the reading stopped before `name`."""
        if self.bytes_left > 0:
            return True
        if not self._has_said_full:
            self._has_said_full = True
            what = f"more than {MAX_TOTAL_BYTES >> 20} MiB of files, the rest is not read"
            self.say(Severity.WARNING, f"{what}: stopped before {as_text(name)}", self.root)
        return False

    def read(self, name: str, max_bytes: int, head_bytes: int = 0) -> FileStart:
        """Read a file of the project; larger ones up to `head_bytes`.

        Raises:
            UnreadableFileError: it is not read.
        """
        start = read_start(self.root / name, self.root, max_bytes, head_bytes)
        self.bytes_left -= len(start.data)
        return start

    def say(self, severity: Severity, title: str, where: Path | str, advice: str = "") -> None:
        """Note something, as long as anybody would read it."""
        if len(self.notices) < MAX_NOTICES:
            place = one_line(as_text(str(where)))
            self.notices.append(Notice(severity, one_line(title), where=place, advice=advice))
        else:
            self.more_notices += 1

    def say_unread(self, name: str, error: UnreadableFileError) -> None:
        """Note a file that is there and is not read."""
        if not error.is_gone:
            self.say(Severity.WARNING, f"{as_text(name)} {error.reason}", error.path)

    def is_nameable(self, name: str, what: str) -> bool:
        """Return whether a file's name can be stored and typed; say so when it cannot."""
        if is_text(name):
            return True
        title = f"{what} whose name is not UTF-8 is left out"
        self.say(Severity.WARNING, title, self.root / name)
        return False

    def template_id(self, native: str) -> TemplateId:
        """Return the id of the template that is called `native` within its project."""
        return TemplateId(f"{self.project_id}#{native}")

    def take_name(self, name: str, kind: TemplateKind) -> str:
        """Return `name` in one line, marked when another template has it already."""
        free = one_line(name)
        while free in self._names:
            free += f" ({kind})"
        self._names.add(free)
        return free


def source_of(path: Path, data: bytes) -> Source:
    """Return the source record of these bytes at `path`."""
    return Source(str(path), hashlib.sha256(data).hexdigest())


def sources_of(paths: Iterable[Path], root: Path, max_bytes: int) -> tuple[Source, ...]:
    """Return the source records of these files; those that are not there are left out.

    Raises:
        UnreadableFileError: one is there, and it is not read.
    """
    sources = []
    for path in paths:
        try:
            start = read_start(path, root, max_bytes)
        except UnreadableFileError as error:
            if error.is_gone:
                continue
            raise
        if not start.is_whole:
            raise UnreadableFileError(path, f"is too large to be read ({start.size:,} bytes)")
        sources.append(source_of(path, start.data))
    return tuple(sources)


def one_line(text: str) -> str:
    """Return `text` with every run of white space and control characters made one space."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())
