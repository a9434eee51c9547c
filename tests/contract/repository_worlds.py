"""Where the contract of repository hosts is kept: this machine, a pretend Gitea, a real one."""

from __future__ import annotations

import os
import secrets
import subprocess
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Protocol

import pytest

from skyforge_tui.demo.servers.gitea.server import GiteaServer
from skyforge_tui.domain.project import Project
from skyforge_tui.domain.repository import FileChange
from skyforge_tui.integrations.gitea.client import GiteaClient
from skyforge_tui.integrations.gitea.session import open_http
from skyforge_tui.integrations.secret_reference import SecretRef
from skyforge_tui.integrations.web_access import WebAccess
from skyforge_tui.ports.repository_host import RepositoryHost
from skyforge_tui.providers.repositories.gitea.host import GiteaRepositoryHost
from skyforge_tui.providers.repositories.gitea.names import Names
from skyforge_tui.providers.repositories.local import LocalRepositoryHost
from tests.giteas import served_gitea
from tests.worktrees import git, write

PREFIX = "skyforge-contract-"
"""What repositories are called that are made, and removed, on a real server."""


class World(Protocol):
    """A host with one repository in it, which holds `FILES` in one commit on `main`."""

    project: Project
    is_live: bool

    @property
    def host(self) -> RepositoryHost:
        """The host."""
        ...

    async def branch(self, name: str) -> None:
        """Begin a branch where `main` is."""
        ...

    async def empty(self) -> Project:
        """Return a project without a commit."""
        ...

    async def remove(self) -> None:
        """Remove the repository."""
        ...

    def folder(self) -> Path:
        """Return where git keeps it; not of a real server."""
        ...


FILES = {"README.md": b"# Edges\n", "lab/a b.yml": b"x: 1\n", "lab/deep/ü.txt": b"u\n"}


class LocalWorld:
    """A work tree of this machine."""

    is_live = False

    def __init__(self, base: Path) -> None:
        self.base = base
        self.top = base / "edge"
        self.top.mkdir()
        begin(self.top)
        for path, data in FILES.items():
            target = self.top / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        git(self.top, "add", "-A")
        git(self.top, "commit", "-q", "-m", "First light")
        self.host = LocalRepositoryHost([base], "ada")
        self.project: Project

    async def branch(self, name: str) -> None:
        """Begin a branch."""
        git(self.top, "branch", name)

    async def empty(self) -> Project:
        """Return a repository without a commit."""
        other = self.base / "void"
        other.mkdir()
        begin(other)
        write(other, {"site.yml": "- hosts: all\n"})
        listing = await self.host.list_projects()
        return next(one for one in listing.projects if one.slug == "void")

    async def remove(self) -> None:
        """Remove the folder."""
        self.top.rename(self.base.parent / f"gone-{secrets.token_hex(4)}")

    def folder(self) -> Path:
        """Return where git keeps it."""
        return self.top / ".git"


def begin(top: Path) -> None:
    """Make a repository in which somebody commits."""
    git(top, "init", "-q")
    git(top, "config", "user.name", "Ada")
    git(top, "config", "user.email", "ada@example.net")


def name_of(project: Project) -> str:
    """Return `OWNER/NAME` of a project of a server."""
    return "/".join(project.path.rsplit("/", 2)[1:])


class GiteaWorld:
    """A repository of a Gitea server, made for the test."""

    def __init__(self, host: GiteaRepositoryHost, client: GiteaClient, *, is_live: bool) -> None:
        self.host = host
        self.client = client
        self.is_live = is_live
        self.project: Project
        self.made: list[Project] = []
        self.bare: Path | None = None
        self.server: GiteaServer | None = None

    async def make(self) -> Project:
        """Make a repository, empty."""
        made = await self.host.create_repository(f"{PREFIX}{secrets.token_hex(4)}")
        self.made.append(made)
        return made

    async def branch(self, name: str) -> None:
        """Begin a branch."""
        await self.client.history.create_branch(name_of(self.project), name, "main")

    async def empty(self) -> Project:
        """Return a repository without a commit."""
        return await self.make()

    async def remove(self) -> None:
        """Delete the repository."""
        await self.host.delete_repository(self.project)

    def folder(self) -> Path:
        """Return where git keeps it."""
        assert self.bare is not None
        return self.bare


@asynccontextmanager
async def local_world(base: Path) -> AsyncIterator[World]:
    """Give a work tree with its host."""
    world = LocalWorld(base)
    (world.project,) = (await world.host.list_projects()).projects
    yield world


@asynccontextmanager
async def estate_world(base: Path) -> AsyncIterator[World]:
    """Give a repository of a pretend server."""
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(served_gitea())
        access = WebAccess(server.url, token=_secret(base, server.token("mika")))
        world = await stack.enter_async_context(_gitea(access, is_live=False))
        repo = server.state.repo(name_of(world.project))
        assert repo is not None
        world.bare, world.server = repo.bare.path, server
        yield world


@asynccontextmanager
async def live_world(base: Path) -> AsyncIterator[World]:
    """Give a repository of the server that the environment names, or skip."""
    say = os.environ.get
    url = say("SKYFORGE_LIVE_GITEA_URL", "")
    if not url:
        pytest.skip("SKYFORGE_LIVE_GITEA_URL names no server")
    token, password = say("SKYFORGE_LIVE_GITEA_TOKEN"), say("SKYFORGE_LIVE_GITEA_PASSWORD")
    access = WebAccess(
        url,
        username=say("SKYFORGE_LIVE_GITEA_USER", ""),
        token=_secret(base, token) if token else None,
        password=_secret(base, password) if password else None,
    )
    async with _gitea(access, is_live=True) as world:
        yield world


@asynccontextmanager
async def _gitea(access: WebAccess, *, is_live: bool) -> AsyncIterator[GiteaWorld]:
    http = open_http(access)
    client = GiteaClient(http)
    world = GiteaWorld(GiteaRepositoryHost(client, Names("git", client)), client, is_live=is_live)
    try:
        world.project = await world.make()
        changes = [FileChange(path, data) for path, data in FILES.items()]
        await world.host.write_files(world.project, changes, "First light", branch="main")
        world.project = await world.host.describe(world.project.id)
        yield world
    finally:
        for one in world.made:
            await world.host.delete_repository(one)
        await http.aclose()


def _secret(base: Path, value: str) -> SecretRef:
    path = base / f"secret-{secrets.token_hex(2)}"
    path.write_text(value)
    path.chmod(0o600)
    return SecretRef("file", str(path))


WORLDS = {"local": local_world, "estate": estate_world, "live": live_world}


def make_large(folder: Path, spare: Path, files: int, size: int, commits: int) -> None:
    """Add a flat folder of many files, a large file, and as many commits, to the repository."""

    def told(*words: str, given: bytes = b"") -> bytes:
        light = ("-c", "core.bigFileThreshold=1m", "-c", "core.compression=0")
        command = ["git", "--git-dir", str(folder), *light, *words]
        return subprocess.run(command, input=given, check=True, capture_output=True).stdout

    with spare.open("wb") as hollow:
        hollow.truncate(size)
    big = told("hash-object", "-w", "--no-filters", str(spare)).strip()
    one = told("hash-object", "-w", "--stdin", given=b"x\n").strip()
    rows = (b"100644 blob %s\tfile %05d.yml\n" % (one, number) for number in range(files))
    flat = told("mktree", given=b"".join(rows)).strip()
    stream = bytearray()
    for number in range(commits):
        stream += b"commit refs/heads/main\ncommitter A <a@x> %d +0000\n" % (1700000000 + number)
        stream += b"data 4\nc%03d" % number + b"\n"
        stream += b"from refs/heads/main^0\n" if not number else b""
        stream += b"" if number else b"M 100644 %s big.bin\nM 040000 %s flat\n" % (big, flat)
    told("fast-import", "--quiet", "--force", given=bytes(stream))
