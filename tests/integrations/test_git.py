"""Looking at real git work trees."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.git import Absence, NoTree, WorkTree, files, look
from skyforge_tui.integrations.process import run
from tests.builders import NOON
from tests.worktrees import a_repository, git, write


async def _tree(folder: Path) -> WorkTree:
    answer = await look(folder)
    assert isinstance(answer, WorkTree), answer
    return answer


async def _absence(folder: Path) -> NoTree:
    answer = await look(folder)
    assert isinstance(answer, Absence), answer
    return answer.reason


async def test_a_work_tree_is_seen_from_any_folder_in_it(tmp_path: Path) -> None:
    """Top, branch and newest commit are the same from below."""
    top = a_repository(tmp_path / "fabric", {"deep/down/site.yml": "x"})
    tree = await _tree(top / "deep" / "down")
    assert (tree.top, tree.branch, tree.complaint) == (top, "main", "")
    assert tree.head is not None
    assert tree.head.sha == git(top, "rev-parse", "HEAD").strip()
    assert (tree.head.subject, tree.head.author, tree.head.at) == ("First light", "Ada", NOON)


async def test_a_repository_without_commits_has_a_branch_and_no_head(tmp_path: Path) -> None:
    """Before the first commit the branch is known already."""
    tree = await _tree(a_repository(tmp_path / "new"))
    assert (tree.branch, tree.head, tree.complaint) == ("main", None, "")


async def test_a_detached_head_is_on_no_branch(tmp_path: Path) -> None:
    """A checked-out commit has no branch's name."""
    top = a_repository(tmp_path / "r", {"a": "x"})
    git(top, "checkout", "-q", "--detach")
    assert (await _tree(top)).branch == ""


async def test_a_linked_work_tree_is_its_own_top(tmp_path: Path) -> None:
    """A work tree whose `.git` is a file is one like any other."""
    top = a_repository(tmp_path / "r", {"a": "x"})
    git(top, "worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"))
    tree = await _tree(tmp_path / "linked")
    assert (tree.top, tree.branch) == (tmp_path / "linked", "side")


async def test_a_submodule_is_its_own_top(tmp_path: Path) -> None:
    """What is inside of a submodule belongs to the submodule."""
    part = a_repository(tmp_path / "part", {"a": "x"})
    top = a_repository(tmp_path / "whole", {"b": "x"})
    git(top, "-c", "protocol.file.allow=always", "submodule", "add", "-q", str(part), "sub")
    assert (await _tree(top / "sub")).top == top / "sub"
    assert await files(top) == {".gitmodules", "b", "sub"}


async def test_a_path_may_hold_a_line_feed(tmp_path: Path) -> None:
    """The top is read whole, whatever its name is."""
    top = a_repository(tmp_path / "two\nlines", {"a": "x"})
    assert (await _tree(top)).top == top


async def test_why_there_is_no_work_tree_is_told(tmp_path: Path) -> None:
    """A plain folder, a bare repository, a dangling link to one and a bad configuration differ."""
    plain, bare, dangling, bad = (tmp_path / name for name in ("plain", "bare", "dangling", "bad"))
    plain.mkdir()
    bare.mkdir()
    git(bare, "init", "-q", "--bare")
    write(dangling, {".git": "gitdir: /nowhere/at/all\n"})
    a_repository(bad)
    (bad / ".git" / "config").write_text("[core\n")
    assert await _absence(plain) is NoTree.NOT_A_REPOSITORY
    assert await _absence(bare) is NoTree.BARE
    assert await _absence(dangling) is NoTree.BROKEN
    assert await _absence(bad) is NoTree.BROKEN
    assert await _absence(tmp_path / "gone") is NoTree.BROKEN


async def test_a_repository_of_somebody_else_is_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What git calls dubious ownership is not called broken."""
    top = a_repository(tmp_path / "r", {"a": "x"})
    real = shutil.which("git")
    fake = tmp_path / "bin" / "git"
    write(fake.parent, {"git": f'#!/bin/sh\nGIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec {real} "$@"\n'})
    fake.chmod(0o755)
    monkeypatch.setenv("PATH", f"{fake.parent}:{os.environ['PATH']}")
    assert await _absence(top) is NoTree.FOREIGN


async def test_a_machine_without_git_is_told_as_such(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No git is an answer, not a failure."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert await _absence(tmp_path) is NoTree.NO_GIT


async def test_a_missing_commit_is_a_complaint_not_a_failure(tmp_path: Path) -> None:
    """A repository whose objects are gone still has a top and a branch."""
    top = a_repository(tmp_path / "r", {"a": "x"})
    shutil.rmtree(top / ".git" / "objects")
    (top / ".git" / "objects").mkdir()
    tree = await _tree(top)
    assert (tree.branch, tree.head) == ("main", None)
    assert tree.complaint


async def test_files_are_the_tracked_and_the_unignored(tmp_path: Path) -> None:
    """Ignored files are left out; new ones count; odd names survive."""
    top = a_repository(tmp_path / "r", {"a": "x", ".gitignore": "*.log\n", "ü \n.yml": "x"})
    write(top, {"new": "x", "b.log": "x"})
    assert await files(top) == {".gitignore", "a", "new", "ü \n.yml"}


async def test_files_of_no_work_tree_fail(tmp_path: Path) -> None:
    """Asking a plain folder for git's files is a failure with git's words."""
    with pytest.raises(TransportError, match="not a git repository"):
        await files(tmp_path)


async def test_nothing_a_repository_configures_runs(tmp_path: Path) -> None:
    """File monitor, hooks, pager, signature checker and fetching of missing objects stay off."""
    top = a_repository(tmp_path / "r", {"a": "x"})
    marker = tmp_path / "marker"
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\necho $0 >> {marker}\n")
    trap.chmod(0o755)
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for name in ("post-index-change", "post-checkout", "fsmonitor-watchman"):
        (hooks / name).symlink_to(trap)
    for key, value in {
        "core.fsmonitor": str(trap),
        "core.hooksPath": str(hooks),
        "core.pager": str(trap),
        "pager.log": str(trap),
        "core.sshCommand": str(trap),
        "log.showSignature": "true",
        "gpg.program": str(trap),
        "diff.external": str(trap),
        "remote.origin.url": f"ext::{trap}",
        "remote.origin.promisor": "true",
        "protocol.ext.allow": "always",
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
    }.items():
        git(top, "config", key, value)
    await _tree(top)
    await files(top)
    for broken in (top / ".git" / "objects").glob("??/*"):
        broken.chmod(0o644)
        broken.unlink()
    assert (await _tree(top)).head is None
    assert not marker.exists()
    # The trap works: git left to itself springs it.
    await run(["git", "-C", str(top), "status"])
    assert marker.exists()


async def test_the_environment_cannot_point_to_another_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Started from within a git hook, the folder that is asked for is still the one answered."""
    top = a_repository(tmp_path / "r", {"a": "x"})
    other = a_repository(tmp_path / "other", {"b": "x"})
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    monkeypatch.setenv("GIT_WORK_TREE", str(other))
    assert (await _tree(top)).top == top
    assert await files(top) == {"a"}
