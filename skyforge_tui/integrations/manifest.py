"""What a repository declares in its `skyforge.toml`, checked key by key.

One wrong template is left out and said; it does not hide the others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from skyforge_tui.domain.errors import Invalid
from skyforge_tui.domain.launch import placeholders
from skyforge_tui.domain.template import FieldKind
from skyforge_tui.integrations.declared_survey import DeclaredField, read_survey, variable_of
from skyforge_tui.integrations.declared_table import Mistake, Table, did_you_mean, shown
from skyforge_tui.integrations.regular_file import UnreadableFileError, read_start
from skyforge_tui.integrations.toml import TomlError, parse

FILE_NAMES = ("skyforge.toml", ".skyforge.toml")
"""The first that is there counts."""
MAX_BYTES = 1024 * 1024
_MAX_TEMPLATES = 500
_LONGEST_NAME = 80

_TEMPLATE_KEYS = (
    "name", "command", "description", "working_directory", "environment", "terminal",
    "artifacts", "hotkey", "survey",
)  # fmt: skip
_KEY = re.compile(r"(?:(?:ctrl|alt|shift)\+)*(?:[a-z0-9]|f(?:[1-9]|1[0-2]))|[!-~]")


@dataclass(frozen=True, slots=True)
class DeclaredTemplate:
    """One declared command; `directory` is absolute and inside of the project."""

    name: str
    command: tuple[str, ...]
    directory: Path
    description: str = ""
    environment: Mapping[str, str] = field(default_factory=dict)
    terminal: bool = False
    artifacts: tuple[str, ...] = ()
    hotkey: str = ""
    survey: tuple[DeclaredField, ...] = ()


@dataclass(frozen=True, slots=True)
class Manifest:
    """All that a manifest says, as far as it could be understood."""

    path: Path
    data: bytes = field(default=b"", repr=False)
    """The bytes it was read from; empty when it was not read."""
    name: str = ""
    description: str = ""
    templates: tuple[DeclaredTemplate, ...] = ()
    mistakes: tuple[Mistake, ...] = ()


def read_manifest(root: Path) -> Manifest | None:
    """Return what the manifest of the project at `root` says, or None when there is none."""
    found = [root / name for name in FILE_NAMES if _exists(root / name)]
    if not found:
        return None
    manifest = _read(found[0], root)
    if len(found) == 1:
        return manifest
    mistake = Mistake(0, f"{found[1].name} is not read, because {found[0].name} is there too")
    return replace(manifest, mistakes=(*manifest.mistakes, mistake))


def _exists(path: Path) -> bool:
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True  # reading it will say why not
    return True


def _read(path: Path, root: Path) -> Manifest:
    try:
        start = read_start(path, root, MAX_BYTES)
    except UnreadableFileError as error:
        return Manifest(path, mistakes=(Mistake(0, f"{path.name} {error.reason}"),))
    if not start.is_whole:
        size = f"{start.size:,} bytes, only files of up to {MAX_BYTES // 1024} KiB are read"
        return Manifest(path, mistakes=(Mistake(0, size),))
    try:
        document = parse(start.data.decode("utf-8-sig"), path)
    except UnicodeDecodeError as error:
        line = start.data.count(b"\n", 0, error.start) + 1
        return Manifest(path, start.data, mistakes=(Mistake(line, "not UTF-8 text"),))
    except TomlError as error:
        return Manifest(path, start.data, mistakes=(Mistake(error.line, error.message),))
    top = Table(document, (), document.data, "")
    top.know("project", "templates")
    project = top.table("project", "project") or Table(document, (), {}, "", top.mistakes)
    project.know("name", "description")
    name, description = project.line("name"), project.line("description")
    templates = _templates(top, root.resolve())
    return Manifest(path, start.data, name, description, templates, tuple(top.mistakes))


def _templates(top: Table, root: Path) -> tuple[DeclaredTemplate, ...]:
    found: dict[str, DeclaredTemplate] = {}
    for table in top.tables("templates", _MAX_TEMPLATES):
        template = _template(table, root)
        if not table.mistakes and template.name in found:
            table.complain("name", "another template has the same name", "rename one of them")
        if table.mistakes:
            top.mistakes += table.mistakes
        else:
            found[template.name] = template
    return tuple(found.values())


def _template(table: Table, root: Path) -> DeclaredTemplate:
    name = _template_name(table)
    table.know(*_TEMPLATE_KEYS)
    survey = read_survey(table)
    command = _command(table, survey)
    return DeclaredTemplate(
        name,
        command,
        _directory(table, root),
        table.line("description"),
        _environment(table),
        table.flag("terminal"),
        _artifacts(table),
        _hotkey(table),
        survey,
    )


def _template_name(table: Table) -> str:
    table.title = f"template {int(table.place[-1]) + 1}"
    name = table.text("name", is_required=True)
    if not name:
        return ""
    table.title = f"template {shown(name)}"
    if not name.isprintable() or name != name.strip() or len(name) > _LONGEST_NAME:
        table.complain(
            "name",
            f"a name is up to {_LONGEST_NAME} printable characters, no spaces around it",
        )
    return name


def _command(table: Table, survey: tuple[DeclaredField, ...]) -> tuple[str, ...]:
    command = table.texts("command", is_required=True)
    if command and not command[0].strip():
        table.complain("command", "the first word of command, the program, is empty")
    kinds = {one.name: one.kind for one in survey}
    for argument in command:
        try:
            names = placeholders(argument)
        except Invalid as error:
            table.complain("command", error.message, error.advice)
            continue
        for name in names:
            if kinds.get(name) is FieldKind.SECRET:
                variable = "SKYFORGE_SECRET_" + variable_of(name)
                table.complain(
                    "command",
                    f"{{{name}}} is secret, and command lines are readable by everybody",
                    f"read it from the environment: {variable}",
                )
            elif name not in kinds:
                table.complain(
                    "command", f"no survey field is named {shown(name)}", did_you_mean(name, kinds)
                )
    return command


def _directory(table: Table, root: Path) -> Path:
    key = "working_directory"
    text = table.text(key)
    try:
        directory = (root / text).resolve()
        is_folder = directory.is_dir()
    except (OSError, RuntimeError):  # RuntimeError is how Python 3.11 reports a loop of links
        table.complain(key, f"{shown(text)} cannot be looked at: too long, or a loop of links")
        return root
    if text.startswith(("/", "~")) or not directory.is_relative_to(root):
        table.complain(
            key, f"{shown(text)} lies outside of the project", "name a folder relative to its top"
        )
    elif not is_folder:
        table.complain(key, f"there is no folder {shown(text)} in the project")
    return directory


def _environment(table: Table) -> dict[str, str]:
    inner = table.table("environment", f"{table.title}: environment")
    if inner is None:
        return {}
    for name in inner.data:
        if not name or "=" in name or "\x00" in name:
            inner.complain(name, f"{shown(name)} is no name for a variable")
        elif name.startswith("SKYFORGE_"):
            inner.complain(name, f"{shown(name)}: names that begin with SKYFORGE_ are taken")
    return {name: inner.text(name) for name in inner.data}


def _artifacts(table: Table) -> tuple[str, ...]:
    globs = table.texts("artifacts")
    for glob in globs:
        if not glob or glob.startswith(("/", "~")) or ".." in PurePosixPath(glob).parts:
            table.complain(
                "artifacts",
                f"{shown(glob)} is not a pattern inside of the working directory",
                "name files relative to it, without ..",
            )
    return globs


def _hotkey(table: Table) -> str:
    key = table.text("hotkey")
    if key and not _KEY.fullmatch(key):
        table.complain("hotkey", f"{shown(key)} is not one key", 'write "u", "f5" or "ctrl+u"')
    return key
