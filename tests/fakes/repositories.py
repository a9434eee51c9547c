"""A repository host in memory: one repository for all its projects, with files and a history."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from skyforge_tui.domain.errors import NotFound, Stale
from skyforge_tui.domain.project import Commit, Project
from skyforge_tui.domain.repository import (
    Branch,
    CommitPage,
    Entry,
    EntryKind,
    FileChange,
    FileContent,
    FolderPage,
    Patch,
)
from skyforge_tui.ports.editor import Draft
from skyforge_tui.ports.repository_host import COMMIT_PAGE
from tests.fakes.project_host import FakeRepositoryHost

FILES = {
    "README.md": b"# edge-fabric\n\nThe **edge** of every site: `netlab up` makes it.\n",
    "site.yml": b"# Everything, everywhere\n- name: Configure the fabric\n  hosts: leaves\n"
    b"  gather_facts: false\n  vars:\n    asn: 65001\n    peer: '{{ uplink.peer }}'\n",
    "inventory/hosts.ini": b"[leaves]\nleaf1 ansible_host=10.0.0.11\nleaf2\n",
    "inventory/group_vars/all.yml": b"ntp:\n  - 10.1.1.1\n",
    "labs/dc1/topology.yml": b"nodes: [r1, r2]\n",
    "tools/check.sh": b'#!/bin/sh\nset -e\nfor one in r1 r2; do echo "$one"; done\n',
    "firmware.bin": bytes(range(256)) * 64,
}
SUBJECTS = (
    "Raise the maximum prefix count on transit", "Name the loopbacks after their router",
    "Let the backup ignore uptime lines", "Take leaf6 into the fabric", "First light",
)  # fmt: skip
PATCH = """\
diff --git a/site.yml b/site.yml
index 1a2b3c4..5d6e7f8 100644
--- a/site.yml
+++ b/site.yml
@@ -4,3 +4,3 @@
   vars:
-    asn: 65000
+    asn: 65001
"""


class FakeRepositories(FakeRepositoryHost):
    """Shows `files` in every project; what is written is kept in `written`."""

    def __init__(self, now: datetime, upstream: str = "local") -> None:
        super().__init__(upstream)
        self.files_held = dict(FILES)
        self.written: list[tuple[str, str]] = []
        self.commits_held = [
            Commit(f"{number:x}" * 40, subject, ("Ada", "Mara")[number % 2],
                   now - timedelta(days=number * 3, hours=2))
            for number, subject in enumerate(SUBJECTS)
        ]  # fmt: skip

    async def branches(self, project: Project) -> tuple[Branch, ...]:
        """Return two branches."""
        newest, older = self.commits_held[0], self.commits_held[2]
        return (
            Branch(project.branch, newest, is_default=True),
            Branch("feature/evpn-multihoming", older, is_protected=True),
        )

    async def commits(
        self, project: Project, ref: str, *, path: str = "", start: int = 0
    ) -> CommitPage:
        """Return the history; of a path, its newest commit."""
        known = self.commits_held[:1] if path else self.commits_held
        known = known[2:] if ref.startswith("feature/") else known
        return CommitPage(tuple(known[start : start + COMMIT_PAGE]), start, len(known), False)

    async def patch(self, project: Project, commit: str, most: int) -> Patch:
        """Return a change."""
        return Patch(PATCH, is_whole=True)

    async def folder(self, project: Project, tree: str, start: int = 0) -> FolderPage:
        """Return what is in a folder."""
        above = tree.removeprefix("tree:") if tree.startswith("tree:") else ""
        found: dict[str, Entry] = {}
        for path, data in sorted(self.files_held.items()):
            if not path.startswith(above):
                continue
            name, slash, _ = path.removeprefix(above).partition("/")
            if slash:
                found[name] = Entry(name, EntryKind.FOLDER, f"tree:{above}{name}/")
            else:
                found[name] = Entry(name, EntryKind.FILE, f"blob:{path}", len(data),
                                    is_executable=name.endswith(".sh"))  # fmt: skip
        return FolderPage(tuple(found.values()), start, len(found))

    async def read_file(
        self, project: Project, commit: str, path: str, most: int
    ) -> FileContent | None:
        """Return a file."""
        data = self.files_held.get(path)
        return None if data is None else FileContent(data[:most], len(data), str(hash(data)))

    async def write_files(
        self, project: Project, changes: Sequence[FileChange], message: str, *, branch: str
    ) -> str:
        """Keep what is written."""
        for one in changes:
            held = self.files_held.get(one.path)
            if one.replaces != ("" if held is None else str(hash(held))):
                raise Stale(one.path)
            if one.data is None:
                raise NotFound(f"{one.path} is not deleted here")
            self.files_held[one.path] = one.data
            self.written.append((one.path, message))
        return "f" * 40


class Rewriting:
    """An editor that puts one text in the place of another."""

    def __init__(self, old: bytes, new: bytes) -> None:
        self._old, self._new = old, new

    def edit(self, name: str, data: bytes) -> Draft:
        """Rewrite."""
        return Draft(f"/home/ada/.local/state/skyforge/drafts/5d1f3a-{name}",
                     data.replace(self._old, self._new))  # fmt: skip

    def discard(self, draft: Draft) -> None:
        """Do nothing: nothing is kept."""
