"""Reads a project's manifest, key by key, and writes it back with everything else left as it was.

::

    [project]
    name = "Edge fabric"
    description = "Spine and leaf of the north site"
    visibility = "private"            # or "public"
    engine = "semaphore"
    lab_servers = ["eve"]
    blueprint = "blueprints/fabric"
    artifacts = "edge-fabric"

    [members]
    owners = ["mara"]
    editors = ["ines"]
    viewers = []

    [[templates]]
    name = "Deploy"
    playbook = "deploy.yml"

    [variables]
    SITE = "north"

    [deployments.north]
    template = "Deploy"
    destroy = "Tear down"             # where the template cannot undo it itself
    answers = { site = "north" }
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final, cast

from skyforge_tui.domain.members import Members, is_user_name
from skyforge_tui.domain.project_manifest import (
    MAX_BYTES,
    PATH,
    DeclaredDeployment,
    DeclaredPlay,
    ProjectManifest,
)
from skyforge_tui.integrations.declared_table import Mistake, Table, did_you_mean, shown
from skyforge_tui.integrations.toml import TomlError, parse

_VISIBILITIES: Final = {"public": True, "private": False}
_VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")
_MOST_TEMPLATES: Final = 500
_MOST_DEPLOYMENTS: Final = 50
_DEPLOYMENT: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_LONGEST_GROUP: Final = 512


@dataclass(frozen=True, slots=True)
class ManifestReading:
    """What could be understood, and what could not; a whole file that cannot be read is None."""

    manifest: ProjectManifest | None
    mistakes: tuple[Mistake, ...] = ()


def read_project(data: bytes) -> ManifestReading:
    """Read a manifest.

    What is wrong in it is a mistake, and the rest counts; but who is what counts as a whole or
    not at all, since a misspelt role would let people in or out.
    """
    if len(data) > MAX_BYTES:
        size = f"{len(data):,} bytes, only files of up to {MAX_BYTES // 1024} KiB are read"
        return ManifestReading(None, (Mistake(0, size),))
    try:
        document = parse(data.decode("utf-8-sig"), Path(PATH))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return ManifestReading(None, (Mistake(line, "not UTF-8 text"),))
    except TomlError as error:
        return ManifestReading(None, (Mistake(error.line, error.message),))
    top = Table(document, (), document.data, "")
    top.know("project", "members", "templates", "variables", "deployments")
    project = top.table("project", "project") or Table(document, (), {}, "", top.mistakes)
    project.know(
        "name", "description", "visibility", "engine", "lab_servers", "blueprint", "artifacts"
    )
    manifest = ProjectManifest(
        project.line("name"),
        project.line("description"),
        _visibility(project),
        _members(top),
        project.line("engine"),
        project.texts("lab_servers"),
        project.line("blueprint"),
        _prefix(project),
        _templates(top),
        _variables(top),
        _deployments(top),
    )
    return ManifestReading(manifest, tuple(top.mistakes))


def written(data: bytes, manifest: ProjectManifest) -> bytes:
    """Return a manifest file that says what `manifest` does; comments of `data` are kept.

    Raises:
        ValueError: `data` is no TOML.
    """
    import tomlkit

    document = tomlkit.parse(data.decode("utf-8-sig"))
    project = _section(document, "project")
    visible = None if manifest.is_public is None else "private"
    told: dict[str, object] = {
        "name": manifest.name, "description": manifest.description,
        "visibility": "public" if manifest.is_public else visible, "engine": manifest.engine,
        "lab_servers": list(manifest.lab_servers), "blueprint": manifest.blueprint,
        "artifacts": manifest.artifacts,
    }  # fmt: skip
    _write(project, told)
    people = manifest.members
    if people or "members" in document:
        _write(
            _section(document, "members"),
            {
                "owners": sorted(people.owners), "editors": sorted(people.editors),
                "viewers": sorted(people.viewers), "owner_groups": sorted(people.owner_groups),
                "editor_groups": sorted(people.editor_groups),
                "viewer_groups": sorted(people.viewer_groups),
            },
        )  # fmt: skip
    return tomlkit.dumps(document).encode()


def _section(document: Any, name: str) -> Any:
    import tomlkit

    if not isinstance(document.get(name), dict):
        document[name] = tomlkit.table()
    return document[name]


def _write(table: Any, values: dict[str, object]) -> None:
    """Write what differs; what is empty and was not there stays away."""
    for key, value in values.items():
        if value or key in table:
            if value in (None, "", []) and value != table.get(key):
                del table[key]
            elif table.get(key) != value:
                table[key] = value


def _visibility(project: Table) -> bool | None:
    word = project.text("visibility")
    if not word:
        return None
    if word not in _VISIBILITIES:
        project.complain("visibility", f"no visibility {shown(word)}",
                         did_you_mean(word, _VISIBILITIES))  # fmt: skip
        return None
    return _VISIBILITIES[word]


def _members(top: Table) -> Members:
    table = top.table("members", "members")
    if table is None:
        return Members()
    keys = (
        "owners", "editors", "viewers", "owner_groups", "editor_groups", "viewer_groups",
    )  # fmt: skip
    before = len(top.mistakes)
    table.know(*keys)
    lists = {key: frozenset(table.texts(key)) for key in keys}
    for key in keys:
        for name in sorted(lists[key]):
            is_group = key.endswith("groups")
            is_fine = 0 < len(name) <= _LONGEST_GROUP if is_group else is_user_name(name)
            if not is_fine:
                table.complain(key, f"{shown(name)} can be nobody's name")
    _complain_of_doubles(table, [lists[key] for key in keys[:3]])
    if len(top.mistakes) > before:
        top.complain("members", "members count only when every line of them is right")
        return Members()
    return Members(**lists)


def _complain_of_doubles(table: Table, lists: Iterable[frozenset[str]]) -> None:
    seen: set[str] = set()
    for names in lists:
        for name in sorted(names):
            if name.lower() in seen:
                table.complain(None, f"{shown(name)} is named twice", "give everybody one role")
            seen.add(name.lower())


def _prefix(project: Table) -> str:
    text = project.text("artifacts")
    if text.startswith("/") or ".." in PurePosixPath(text).parts:
        project.complain("artifacts", f"{shown(text)} is no prefix", "write it without / and ..")
        return ""
    return text.strip("/")


def _templates(top: Table) -> tuple[DeclaredPlay, ...]:
    found: dict[str, DeclaredPlay] = {}
    for table in top.tables("templates", _MOST_TEMPLATES):
        table.title = f"template {int(cast('int', table.place[-1])) + 1}"
        table.know("name", "playbook", "description")
        name, playbook = (table.text(key, is_required=True) for key in ("name", "playbook"))
        path = PurePosixPath(playbook)
        if playbook.startswith(("/", "~")) or ".." in path.parts:
            table.complain("playbook", f"{shown(playbook)} lies outside of the repository")
        if name in found:
            table.complain("name", f"another template is called {shown(name)} too")
        if not table.mistakes:
            found[name] = DeclaredPlay(name, playbook, table.line("description"))
        top.mistakes += table.mistakes
    return tuple(found.values())


def _deployments(top: Table) -> tuple[DeclaredDeployment, ...]:
    found: list[DeclaredDeployment] = []
    tables = top.table("deployments", "deployments")
    for name in tables.data if tables is not None else ():
        if len(found) == _MOST_DEPLOYMENTS:
            top.complain("deployments", f"only the first {_MOST_DEPLOYMENTS} deployments count")
            break
        if tables is None or (table := tables.table(name, f"deployment {shown(name)}")) is None:
            continue
        table.mistakes = []
        table.know("template", "destroy", "answers")
        if not _DEPLOYMENT.fullmatch(name):
            table.complain(None, f"{shown(name)} is no name for a deployment",
                           "write letters a to z, digits and dashes")  # fmt: skip
        template, undoes = table.line("template", is_required=True), table.line("destroy")
        answers = table.table("answers", f"answers of {shown(name)}")
        given = _answers(answers) if answers is not None else ()
        if not table.mistakes:
            found.append(DeclaredDeployment(name, template, given, undoes))
        top.mistakes += table.mistakes
    return tuple(found)


def _answers(table: Table) -> tuple[tuple[str, str], ...]:
    """Return answers as text: what is written as a number or a truth reads alike."""
    given: list[tuple[str, str]] = []
    for name, value in table.data.items():
        if isinstance(value, bool):
            given.append((name, "true" if value else "false"))
        elif isinstance(value, int):
            given.append((name, str(value)))
        else:
            given.append((name, table.text(name)))
    return tuple(given)


def _variables(top: Table) -> tuple[tuple[str, str], ...]:
    table = top.table("variables", "variables")
    if table is None:
        return ()
    for name in table.data:
        if not _VARIABLE.fullmatch(name):
            table.complain(name, f"{shown(name)} is no name for a variable")
    return tuple((name, table.text(name)) for name in table.data if _VARIABLE.fullmatch(name))
