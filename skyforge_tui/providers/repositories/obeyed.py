"""Which files a program obeys without being told, because of where it is started.

What they hold runs too, so it has to be trusted too; one that appears later has to be noticed.
"""

from __future__ import annotations

import os
from collections import deque
from pathlib import Path, PurePosixPath

from skyforge_tui.domain.identity import native_of
from skyforge_tui.domain.template import Template, TemplateKind
from skyforge_tui.integrations.ansible.layout import CONFIG
from skyforge_tui.integrations.make import makefile
from skyforge_tui.integrations.netlab import topology_file
from skyforge_tui.integrations.regular_file import UnreadableFileError, read_start
from skyforge_tui.integrations.terraform import configuration
from skyforge_tui.integrations.yaml_shape import MAX_BYTES, YamlError, read_shape

MAX_OBEYED = 500
"""How many files one template may consist of."""


def uses_ansible(command: tuple[str, ...]) -> bool:
    """Return whether a command starts Ansible, which then takes the configuration beside it."""
    return PurePosixPath(command[0]).name.startswith("ansible")


def obeyed(template: Template) -> list[Path]:
    """Return what `template` obeys now beside its declaring file; not all need be there.

    Raises:
        UnreadableFileError: a file that may name others is there, and is not read.
    """
    root = Path(native_of(template.project_id))
    directory = Path(template.directory)
    declaring = Path(template.sources[0].path)
    match template.kind:
        case TemplateKind.NETLAB:
            return of_netlab(directory, root, declaring)
        case TemplateKind.TERRAFORM:
            return of_terraform(declaring.parent, root)
        case TemplateKind.MAKE:
            return of_make(declaring, root)
        case _ if template.kind is TemplateKind.PLAYBOOK or uses_ansible(template.command):
            return [directory / CONFIG]
    return []


def of_netlab(directory: Path, root: Path, topology: Path) -> list[Path]:
    """Return the defaults beside a topology, and the code of the plugins it names."""
    plugins: tuple[str, ...] = ()
    data = _read(topology, root, MAX_BYTES)
    try:
        found = topology_file.read_topology(read_shape(data)) if data else None
    except YamlError:
        found = None  # then netlab does not read it either
    if found is not None:
        plugins = found.plugins
    places = [directory / topology_file.DEFAULTS, *topology_file.plugin_files(directory, plugins)]
    return [place for place in places if place.is_file()]


def of_terraform(folder: Path, root: Path) -> list[Path]:
    """Return the configuration files in `folder`, and those of the local modules it uses."""
    found: list[Path] = []
    seen = {folder}
    queue = deque([folder])
    while queue:
        folder = queue.popleft()
        files = _configuration_files(folder)
        found += files
        if len(found) > MAX_OBEYED:
            raise UnreadableFileError(folder, f"consists of more than {MAX_OBEYED} files")
        for path in files:
            for source in _local_modules(path, root):
                module = Path(os.path.normpath(folder / source))
                if module not in seen and module.is_relative_to(root):
                    seen.add(module)
                    queue.append(module)
    return found


def of_make(declaring: Path, root: Path) -> list[Path]:
    """Return what make reads where `declaring` is: what it prefers, and what is included."""
    folder = declaring.parent
    preferred = makefile.FILE_NAMES[: makefile.FILE_NAMES.index(declaring.name)]
    found = [folder / name for name in preferred if _is_another(folder / name, declaring)]
    seen = {declaring}
    queue = deque([declaring])
    while queue:
        data = _read(queue.popleft(), root, makefile.MAX_BYTES)
        for name in makefile.read_makefile(data).includes:
            path = Path(os.path.normpath(folder / name))  # whoever includes, names start there
            if path in seen or not path.is_relative_to(root) or not path.is_file():
                continue
            seen.add(path)
            queue.append(path)
            found.append(path)
            if len(found) > MAX_OBEYED:
                raise UnreadableFileError(declaring, f"includes more than {MAX_OBEYED} files")
    return found


def _configuration_files(folder: Path) -> list[Path]:
    try:
        files = sorted(folder.iterdir())
    except OSError:
        return []
    return [
        path
        for path in files
        if path.name.endswith(configuration.OBEYED_SUFFIXES)
        and not path.name.startswith((".", "#"))
    ]


def _local_modules(path: Path, root: Path) -> tuple[str, ...]:
    if not path.name.endswith(configuration.SUFFIXES):
        return ()
    data = _read(path, root, configuration.MAX_BYTES)
    return configuration.read_configuration(data).local_modules


def _is_another(path: Path, declaring: Path) -> bool:
    """Return whether this is there, and not `declaring` under a name that differs in case."""
    try:
        return path.is_file() and not path.samefile(declaring)
    except OSError:
        return False


def _read(path: Path, root: Path, max_bytes: int) -> bytes:
    """Return a file's bytes, none when it is not there."""
    try:
        start = read_start(path, root, max_bytes)
    except UnreadableFileError as error:
        if error.is_gone:
            return b""
        raise
    if not start.is_whole:
        raise UnreadableFileError(path, f"is too large to be read ({start.size:,} bytes)")
    return start.data
