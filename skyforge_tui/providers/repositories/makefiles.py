"""The targets of makefiles as templates."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath

from skyforge_tui.domain.notice import Severity
from skyforge_tui.domain.template import Source, Template, TemplateKind
from skyforge_tui.integrations.make.makefile import (
    FILE_NAMES,
    MAX_BYTES,
    MAX_TARGETS,
    Target,
    read_makefile,
)
from skyforge_tui.integrations.regular_file import UnreadableFileError
from skyforge_tui.providers.repositories.file_work import Leash
from skyforge_tui.providers.repositories.obeyed import of_make
from skyforge_tui.providers.repositories.reading import Reading, one_line, source_of, sources_of

MAX_MAKEFILES = 100
_OTHER_PEOPLES = frozenset(
    {"vendor", "third_party", "third-party", "external", "deps", "build", "_build", "dist"}
    | {"target", "out"}
)


def read_makefiles(leash: Leash, reading: Reading, names: Iterable[str]) -> None:
    """Add a template for every target of these makefiles, those nearest to the top first."""
    chosen = _preferred(names)
    for name in chosen[:MAX_MAKEFILES]:
        leash.check()
        if not reading.may_read(name):
            break
        try:
            _read(reading, name)
        except UnreadableFileError as error:
            reading.say_unread(name, error)
    if len(chosen) > MAX_MAKEFILES:
        title = f"only the first {MAX_MAKEFILES} of {len(chosen):,} makefiles are read"
        reading.say(Severity.WARNING, title, reading.root)


def _preferred(names: Iterable[str]) -> list[str]:
    """Return of each folder the one that make takes, by depth and then by path."""
    found: dict[PurePosixPath, str] = {}
    for name in names:
        path = PurePosixPath(name)
        if not _OTHER_PEOPLES.isdisjoint(path.parent.parts):
            continue
        other = found.get(path.parent)
        if other is None or FILE_NAMES.index(path.name) < FILE_NAMES.index(other):
            found[path.parent] = path.name
    folders = sorted(found, key=lambda folder: (len(folder.parts), str(folder)))
    return [str(folder / found[folder]) for folder in folders]


def _read(reading: Reading, name: str) -> None:
    start = reading.read(name, MAX_BYTES)
    if not start.is_whole:
        return
    makefile = read_makefile(start.data)
    if not makefile.targets or not reading.is_nameable(name, "a makefile"):
        return
    path = reading.root / name
    included = sources_of(of_make(path, reading.root), reading.root, MAX_BYTES)
    sources = (source_of(path, start.data), *included)
    for target in makefile.targets:
        reading.templates.append(_template(reading, name, target, sources))
    if makefile.count > MAX_TARGETS:
        title = f"{name}: only the first {MAX_TARGETS} of {makefile.count:,} targets are shown"
        reading.say(Severity.WARNING, title, path)


def _template(reading: Reading, name: str, target: Target, sources: tuple[Source, ...]) -> Template:
    folder = str(PurePosixPath(name).parent)
    where = () if folder == "." else ("-C", f"./{folder}" if folder.startswith("-") else folder)
    command = ("make", *where, target.name)
    return Template(
        reading.template_id(f"{name}:{target.name}"),
        reading.project_id,
        reading.take_name(" ".join(command), TemplateKind.MAKE),
        TemplateKind.MAKE,
        command,
        str(reading.root),
        one_line(target.description),
        sources=sources,
    )
