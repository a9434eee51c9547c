"""Terraform and OpenTofu roots as templates: folders in which the tools are meant to be started."""

from __future__ import annotations

import posixpath
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field

from skyforge_tui.domain.notice import Severity
from skyforge_tui.domain.template import Template, TemplateKind
from skyforge_tui.domain.tool_actions import TERRAFORM_SURVEY
from skyforge_tui.integrations.regular_file import UnreadableFileError
from skyforge_tui.integrations.terraform.configuration import MAX_BYTES, read_configuration
from skyforge_tui.providers.repositories.file_work import Leash
from skyforge_tui.providers.repositories.obeyed import of_terraform
from skyforge_tui.providers.repositories.reading import Reading, sources_of

MAX_ROOTS = 500
_MODULES = frozenset({"modules", ".terraform"})


@dataclass(slots=True)
class _Folder:
    """A folder with configuration files; paths are relative to the project, `` is its top."""

    does_something: bool = False
    has_backend: bool = False
    needs_tofu: bool = False
    modules: set[str] = field(default_factory=set)


def read_roots(leash: Leash, reading: Reading, names: Iterable[str]) -> None:
    """Add a template for every root among the folders of these configuration files."""
    folders: dict[str, _Folder] = {}
    for name in names:
        leash.check()
        if not reading.may_read(name):
            return  # what is a root is known when all is read
        _look(reading, name, folders)
    used = {module for one in folders.values() for module in one.modules}
    count = 0
    for path, one in sorted(folders.items()):
        leash.check()
        is_module = path in used or not _MODULES.isdisjoint(path.split("/"))
        if not one.does_something or (is_module and not one.has_backend):
            continue
        if count >= MAX_ROOTS:
            title = f"only the first {MAX_ROOTS:,} Terraform roots are shown"
            reading.say(Severity.WARNING, f"{title}: stopped before {path}", reading.root)
            break
        if not reading.is_nameable(path, "a Terraform root"):
            continue
        try:
            reading.templates.append(_template(reading, path, one))
            count += 1
        except UnreadableFileError as error:
            reading.say_unread(path or ".", error)


def tool(needs_tofu: bool) -> str:
    """Return the program to start: OpenTofu where it is there, else Terraform where that is."""
    if needs_tofu or shutil.which("tofu") or not shutil.which("terraform"):
        return "tofu"
    return "terraform"


def _look(reading: Reading, name: str, folders: dict[str, _Folder]) -> None:
    try:
        start = reading.read(name, MAX_BYTES)
    except UnreadableFileError as error:
        reading.say_unread(name, error)
        return
    if not start.is_whole:
        return
    found = read_configuration(start.data)
    path = posixpath.dirname(name)
    folder = folders.setdefault(path, _Folder())
    folder.does_something |= found.does_something
    folder.has_backend |= found.has_backend
    folder.needs_tofu |= name.endswith(".tofu")
    for source in found.local_modules:
        module = posixpath.normpath(posixpath.join(path, source))
        folder.modules.add("" if module == "." else module)


def _template(reading: Reading, path: str, folder: _Folder) -> Template:
    directory = reading.root / path if path else reading.root
    sources = sources_of(of_terraform(directory, reading.root), reading.root, MAX_BYTES)
    if not sources:
        raise UnreadableFileError(directory, "is not there", is_gone=True)
    return Template(
        reading.template_id(f"{path}/*.tf" if path else "*.tf"),
        reading.project_id,
        reading.take_name(f"terraform {path}".strip(), TemplateKind.TERRAFORM),
        TemplateKind.TERRAFORM,
        (tool(folder.needs_tofu), "{action}"),
        str(directory),
        "1 file" if len(sources) == 1 else f"{len(sources)} files, local modules included",
        survey=TERRAFORM_SURVEY,
        sources=sources,
    )
