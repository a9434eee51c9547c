"""What is in repositories of a Gitea server: the reading and writing half of the host."""

from __future__ import annotations

from collections.abc import Sequence

from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.repository import (
    Branch,
    CommitPage,
    FileChange,
    FileContent,
    FolderPage,
    Patch,
)
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.gitea import files
from skyforge_tui.integrations.gitea.client import GiteaClient
from skyforge_tui.ports.repository_host import COMMIT_PAGE, FOLDER_PAGE
from skyforge_tui.providers.repositories.gitea import words
from skyforge_tui.providers.repositories.gitea.names import Names
from skyforge_tui.providers.repositories.gitea.trouble import translated

READ, WRITE = "repository.read", "repository.write"


class GiteaContents:
    """Reads and writes repositories; see `RepositoryHost`."""

    def __init__(self, client: GiteaClient, names: Names) -> None:
        self._client = client
        self._names = names

    @property
    def upstream(self) -> str:
        """The instance's name."""
        return self._names.upstream

    async def branches(self, project: Project) -> tuple[Branch, ...]:
        """Return the branches, the default one first."""
        with translated(self.upstream, READ):
            name = await self._names.of(project)
            told = (await self._client.history.branches(name)).items
        found = (words.branch_of(one, project.branch) for one in told)
        return tuple(sorted(found, key=lambda one: (not one.is_default, one.name)))

    async def commits(
        self, project: Project, ref: str, *, path: str = "", start: int = 0
    ) -> CommitPage:
        """Return a page of commits."""
        with translated(self.upstream, READ):
            name = await self._names.of(project)
            page = start // COMMIT_PAGE + 1
            try:
                told = await self._client.history.commits(
                    name, ref, path=path, page=page, size=COMMIT_PAGE
                )
            except TransportError as error:
                if error.kind != "missing":
                    raise
                await self._names.ask(project.id)  # it may be the repository that is missing
                what = f"{path} on {ref}" if path else f"branch or commit {ref}"
                raise NotFound(
                    f"{project.slug} has no {what}", upstream=self.upstream, operation=READ,
                    advice=f"skyforge repo branches {project.full_name} lists them",
                ) from None  # fmt: skip
        commits = tuple(words.commit_of(one) for one in told.items)
        return CommitPage(commits, start, told.total or None, told.has_more)

    async def patch(self, project: Project, commit: str, most: int) -> Patch:
        """Return what a commit changed."""
        with translated(self.upstream, READ):
            name = await self._names.of(project)
            return Patch(*await self._client.history.diff(name, commit, most))

    async def folder(self, project: Project, tree: str, start: int = 0) -> FolderPage:
        """Return a page of a folder; how long pages are is the server's to say."""
        with translated(self.upstream, READ):
            name = await self._names.of(project)
            told = await self._client.files.tree(
                name, tree, page=start // FOLDER_PAGE + 1, page_size=FOLDER_PAGE
            )
            rows = list(told.tree or ())
            # A server that likes shorter pages is asked for as many as one of ours takes.
            while told.truncated and rows and len(rows) < FOLDER_PAGE:
                size = len(told.tree or ())
                number = (start + len(rows)) // size + 1
                told = await self._client.files.tree(name, tree, page=number, page_size=size)
                rows += told.tree or ()
        total = max(told.total_count, start + len(rows))
        return FolderPage(tuple(words.entry_of(one) for one in rows[:FOLDER_PAGE]), start, total)

    async def read_file(
        self, project: Project, commit: str, path: str, most: int
    ) -> FileContent | None:
        """Return the first bytes of a file, by one request."""
        with translated(self.upstream, READ):
            name = await self._names.of(project)
            try:
                part = await self._client.files.bytes_of(name, path, commit, most)
            except TransportError as error:
                if error.kind != "missing":
                    raise
                await self._names.ask(project.id)  # it may be the repository that is missing
                return None
            size, sha = part.size, part.sha
            if size is None or not sha:
                told = await self._client.files.content(name, path, commit)
                size, sha = (told.size, told.sha) if told is not None else (len(part.data), "")
        return FileContent(part.data, max(size, len(part.data)), sha)

    async def write_files(
        self, project: Project, changes: Sequence[FileChange], message: str, *, branch: str
    ) -> str:
        """Write files by a commit, or where the release takes but one file, by one for each."""
        with translated(self.upstream, WRITE):
            name = await self._names.of(project)
            made = await self._client.files.write_all(
                name, [_change(one) for one in changes], message, branch=branch
            )
        return made[-1] if made else ""


def _change(change: FileChange) -> files.FileChange:
    if change.data is None:
        return files.FileChange("delete", change.path, sha=change.replaces)
    operation = "update" if change.replaces else "create"
    return files.FileChange(operation, change.path, change.data, change.replaces)  # type: ignore[arg-type]
