"""The local workspace: git repositories and folders of this machine, found by reading."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

from skyforge_tui.domain.errors import NotFound, Unavailable
from skyforge_tui.domain.identity import LOCAL, ProjectId, native_of
from skyforge_tui.domain.members import Members
from skyforge_tui.domain.notice import Notice, Severity
from skyforge_tui.domain.project import Project, ProjectKind
from skyforge_tui.domain.project_manifest import MAX_BYTES, PATH
from skyforge_tui.domain.template import Source, Template
from skyforge_tui.domain.web import web_page
from skyforge_tui.integrations import git
from skyforge_tui.integrations.declared_table import Mistake
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.manifest import read_manifest
from skyforge_tui.integrations.project_toml import ManifestReading, read_project
from skyforge_tui.integrations.regular_file import UnreadableFileError, read_start
from skyforge_tui.ports.project_host import ProjectContent, ProjectListing
from skyforge_tui.providers.repositories.file_work import Leash, in_thread
from skyforge_tui.providers.repositories.fingerprint import fingerprint
from skyforge_tui.providers.repositories.listing import (
    MAX_ENTRIES,
    Listing,
    as_text,
    listing_of,
    walk,
)
from skyforge_tui.providers.repositories.local_git import LocalGit
from skyforge_tui.providers.repositories.manifest import with_manifest
from skyforge_tui.providers.repositories.places import find_places
from skyforge_tui.providers.repositories.reading import one_line
from skyforge_tui.providers.repositories.search import repository_above
from skyforge_tui.providers.repositories.slugs import unique_slugs
from skyforge_tui.providers.repositories.templates import TemplateReader
from skyforge_tui.providers.repositories.trees import Tree, ask_git, tree_of

_MAX_UNREADABLE = 20
_AT_ONCE = 4
"""How many repositories are asked at the same time."""


class LocalRepositoryHost(LocalGit):
    """Finds the projects at and below `roots`; `user` owns those that this process may write."""

    def __init__(self, roots: Sequence[Path], user: str) -> None:
        super().__init__()
        self._roots = tuple(roots)
        self._user = user

    @property
    def upstream(self) -> str:
        """The name of this machine's workspace."""
        return LOCAL

    @property
    def roots(self) -> tuple[Path, ...]:
        """The folders at and below which projects are found."""
        return self._roots

    def look_in(self, roots: Sequence[Path]) -> None:
        """Find projects at and below these folders from now on instead."""
        self._roots = tuple(roots)
        self.__dict__.pop("_real_roots", None)

    @cached_property
    def _real_roots(self) -> tuple[Path, ...]:
        # Paths of projects are resolved, and roots may be links. These functions, unlike those of
        # Path, take a root that is gone, a loop or the home of nobody.
        return tuple(
            Path(os.path.realpath(os.path.expanduser(root)))  # noqa: PTH111
            for root in self._roots
        )

    async def list_projects(self) -> ProjectListing:
        """Return the projects: branch, commit, name and description, no files, no templates.

        Raises:
            Unavailable: no root can be read.
        """
        places = await find_places(self._roots)
        if places.unreadable_roots and len(places.unreadable_roots) == len(self._roots):
            names = ", ".join(map(str, places.unreadable_roots))
            raise Unavailable(f"cannot read {names}", upstream=LOCAL, operation="project.sync")
        slugs = unique_slugs(places.projects)
        turns = asyncio.Semaphore(_AT_ONCE)

        async def seen(path: Path) -> Project | None:
            async with turns:
                found = await self._seen(path, slugs[path])
                return None if found is None else found[0]

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(seen(path)) for path in places.projects]
        projects = (task.result() for task in tasks)
        return ProjectListing(
            tuple(project for project in projects if project is not None),
            frozenset(_id_of(path) for path in places.unreadable),
            tuple(places.notices),
        )

    def covers(self, project_id: ProjectId) -> bool:
        """Say whether a project lies at or below a root, or a root within it."""
        path = Path(native_of(project_id))
        return any(
            path == root or path.is_relative_to(root) or root.is_relative_to(path)
            for root in self._real_roots
        )

    async def describe(self, project_id: ProjectId) -> Project:
        """Return one project, shallow; a folder that is gone belongs to whoever asks.

        What remains of it are the runs in this person's own state directory.
        """
        path = Path(native_of(project_id))
        found = await self._seen(path, one_line(path.name))
        if found is not None:
            return found[0]
        kind = ProjectKind.UNKNOWN
        return Project(project_id, one_line(path.name), one_line(path.name), kind, str(path),
                       created_by=self._user)  # fmt: skip

    async def read_project(self, project: Project) -> ProjectContent:
        """Read files and templates; what cannot be read becomes a notice of the project.

        Raises:
            NotFound: its folder is gone.
            Unavailable: its folder cannot be read.
        """
        root = Path(project.path)
        found = await self._seen(root, project.slug)
        if found is None:
            raise NotFound(f"{root} is gone", upstream=LOCAL, operation="project.sync")
        seen, tree = found
        try:
            listing, missed = await _listing(root, tree)
        except (FileNotFoundError, NotADirectoryError) as error:
            what = f"{root} is gone"
            raise NotFound(what, upstream=LOCAL, operation="project.sync") from error
        except OSError as error:
            what = f"{root} cannot be read ({(error.strerror or str(error)).lower()})"
            raise Unavailable(what, upstream=LOCAL, operation="project.sync") from error
        reader = TemplateReader(seen.id, root)
        await in_thread(reader.read, listing.candidates)
        notices = (*seen.notices, *missed, *reader.notices)
        return ProjectContent(
            replace(seen, files=listing.first, file_count=listing.count, notices=notices),
            tuple(reader.templates),
        )

    async def fingerprint(self, template: Template) -> tuple[Source, ...]:
        """Return the template's sources with their present hashes.

        Files that appeared since and would be obeyed are among them, such as an `ansible.cfg`.

        Raises:
            NotFound: the declaring file is gone.
            Unavailable: a source file cannot be read.
        """
        return await in_thread(fingerprint, template)

    async def page_of(self, project: Project) -> str:
        """Return the web page of the repository that this one was cloned from, if it is on the web.

        Raises:
            Unavailable: git did not answer.
        """
        if project.kind is not ProjectKind.GIT:
            return ""
        try:
            return web_page(await git.remote_of(Path(project.path)))
        except TransportError as error:
            raise Unavailable(error.message, upstream=LOCAL, operation="page.open") from error

    async def _seen(self, path: Path, slug: str) -> tuple[Project, Tree] | None:
        """Return the project at `path` without what is in it; None when it is gone."""
        tree = tree_of(path, await ask_git(path), await in_thread(_has_git_data, path))
        project = await in_thread(self._described, path, slug, tree)
        if project is None:
            return None
        return with_manifest(project, await in_thread(_manifest, path)), tree

    def _described(self, _: Leash, path: Path, slug: str, tree: Tree) -> Project | None:
        if not os.access(path, os.F_OK):
            return None
        manifest = read_manifest(path)
        is_mine = os.access(path, os.W_OK)
        return Project(
            _id_of(path),
            slug,
            (manifest.name if manifest else "") or one_line(path.name) or slug,
            tree.kind,
            str(path),
            created_by=self._user if is_mine else "",
            description=manifest.description if manifest else "",
            members=Members() if is_mine else Members(viewers=frozenset({self._user})),
            branch=tree.branch,
            commit=tree.commit,
            notices=tree.notices,
        )


def _id_of(path: Path) -> ProjectId:
    return ProjectId(f"{LOCAL}:{as_text(str(path))}")


def _manifest(_: Leash, root: Path) -> ManifestReading | None:
    try:
        return read_project(read_start(root / PATH, root, MAX_BYTES, MAX_BYTES + 1).data)
    except UnreadableFileError as error:
        return None if error.is_gone else ManifestReading(None, (Mistake(0, error.reason),))


def _has_git_data(_: Leash, path: Path) -> bool:
    return repository_above(path) == path


async def _listing(root: Path, tree: Tree) -> tuple[Listing, tuple[Notice, ...]]:
    """Return the project's files, and notices about those that are missing from them.

    Raises:
        OSError: the folder is gone or may not be read.
    """
    if tree.is_read_by_git:
        try:
            return await in_thread(listing_of, root, await git.files(root)), ()
        except TransportError as error:
            title = f"git cannot name the files: {error.message}"
            said = [Notice(Severity.WARNING, title, where=str(root))]
    else:
        said = []
    listing = await in_thread(walk, root)
    for name, why in list(listing.unreadable.items())[:_MAX_UNREADABLE]:
        title = f"the folder {as_text(name)} cannot be read ({why})"
        said.append(Notice(Severity.WARNING, title, where=as_text(str(root / name))))
    if len(listing.unreadable) > _MAX_UNREADABLE:
        title = f"{len(listing.unreadable):,} folders in all cannot be read"
        said.append(Notice(Severity.WARNING, title, where=str(root)))
    if listing.is_capped:
        title = f"only the first {MAX_ENTRIES:,} files of this folder were looked at"
        advice = "make it a git repository, or name a narrower root"
        said.append(Notice(Severity.WARNING, title, where=str(root), advice=advice))
    return listing, tuple(said)
