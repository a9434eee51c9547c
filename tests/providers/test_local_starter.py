"""First files are put down whole or not at all, and never over another."""

from __future__ import annotations

import hashlib
import os
import stat
import tomllib
from pathlib import Path

import pytest

from skyforge_tui.domain.errors import Conflict, Invalid, Unavailable
from skyforge_tui.providers.starter.local import LocalStarter
from skyforge_tui.providers.starter.sample import TOPOLOGY, sample_files
from skyforge_tui.settings.sample import sample
from tests.worktrees import a_repository, git

IDENTITY = "[user]\n\tname = Ada\n\temail = ada@example.net\n[init]\n\tdefaultBranch = main\n"


@pytest.fixture
def identity(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the person have told git who they are."""
    (tmp_path / "gitconfig").write_text(IDENTITY)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "gitconfig"))


@pytest.fixture
def starter(tmp_path: Path) -> LocalStarter:
    """Return a starter whose configuration is not there yet."""
    return LocalStarter(tmp_path / "config" / "skyforge" / "config.toml", sample)


def files_in(folder: Path) -> dict[str, bytes]:
    """Return what is in a folder but git's own."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".git/" not in f"{path.relative_to(folder)}/"
    }


def mode_of(path: Path) -> int:
    """Return a file's permissions."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("identity")
async def test_the_sample_is_a_repository_with_one_commit(
    tmp_path: Path, starter: LocalStarter
) -> None:
    """The sample is committed whole, by the person, and every file's hash is told."""
    target = tmp_path / "new" / "sample-lab"
    written = await starter.write_sample(target, with_containers=False)
    held = files_in(target)
    assert set(held) == {
        ".gitignore", "Makefile", "README.md", "lab/topology.yml", "playbooks/site.yml",
        "scripts/check.sh", "skyforge.toml",
    }  # fmt: skip
    assert {one.path: one.sha256 for one in written} == {
        str(target / name): hashlib.sha256(data).hexdigest() for name, data in held.items()
    }
    assert git(target, "log", "--format=%an %s").strip() == "Ada Begin with the sample lab"
    assert git(target, "status", "--porcelain") == ""
    assert mode_of(target) == 0o755
    assert os.listdir(target.parent) == ["sample-lab"]  # noqa: PTH208


async def test_nobody_is_made_up(
    tmp_path: Path, starter: LocalStarter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a name in the person's configuration everything is staged, nothing committed."""
    (tmp_path / "empty").write_text("")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "empty"))
    target = tmp_path / "sample-lab"
    await starter.write_sample(target, with_containers=False)
    assert len(git(target, "diff", "--cached", "--name-only").splitlines()) == 7
    assert git(target, "for-each-ref") == ""


@pytest.mark.usefixtures("identity")
async def test_no_repository_within_another(tmp_path: Path, starter: LocalStarter) -> None:
    """Within a work tree the sample is a part of that one."""
    outer = a_repository(tmp_path / "outer", {"README": "x"})
    await starter.write_sample(outer / "sample-lab", with_containers=False)
    assert not (outer / "sample-lab" / ".git").exists()
    assert "sample-lab/" in git(outer, "status", "--porcelain")


async def test_without_git_it_is_a_folder(
    tmp_path: Path, starter: LocalStarter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where git is not installed the sample is a plain folder."""
    monkeypatch.setenv("PATH", str(tmp_path))
    await starter.write_sample(tmp_path / "sample-lab", with_containers=False)
    assert not (tmp_path / "sample-lab" / ".git").exists()
    assert (tmp_path / "sample-lab" / "skyforge.toml").exists()


def test_the_topology_runs_where_it_can() -> None:
    """With containers the routers run here; without, they are devices elsewhere."""
    here, there = (sample_files(with_containers=one)[TOPOLOGY] for one in (True, False))
    assert b"provider: clab" in here
    assert b"provider: external" in there


async def test_an_empty_folder_gives_way(tmp_path: Path, starter: LocalStarter) -> None:
    """An empty folder of that name is taken."""
    (tmp_path / "sample-lab").mkdir()
    await starter.write_sample(tmp_path / "sample-lab", with_containers=False)
    assert (tmp_path / "sample-lab" / "skyforge.toml").exists()


@pytest.mark.parametrize("there", ["folder", "file", "link"])
async def test_nothing_is_replaced(tmp_path: Path, starter: LocalStarter, there: str) -> None:
    """Where something is already, nothing is written, and nothing is left behind."""
    target = tmp_path / "at" / "sample-lab"
    target.parent.mkdir()
    if there == "folder":
        target.mkdir()
        (target / "mine").write_text("x")
    elif there == "file":
        target.write_text("x")
    else:
        target.symlink_to("nowhere")
    with pytest.raises(Conflict, match="is there already") as caught:
        await starter.write_sample(target, with_containers=False)
    assert caught.value.advice
    assert os.listdir(target.parent) == ["sample-lab"]  # noqa: PTH208


async def test_an_unwritable_place_is_said(tmp_path: Path, starter: LocalStarter) -> None:
    """A place that cannot be written says so."""
    (tmp_path / "file").write_text("")
    with pytest.raises(Unavailable, match="cannot be written"):
        await starter.write_sample(tmp_path / "file" / "sample-lab", with_containers=False)


async def test_a_configuration_is_written_once(tmp_path: Path, starter: LocalStarter) -> None:
    """The configuration is for its owner alone, sets nothing, and is never replaced."""
    assert await starter.has_config() is False
    path = await starter.write_config()
    assert await starter.has_config() is True
    assert path == tmp_path / "config" / "skyforge" / "config.toml"
    assert mode_of(path) == 0o600
    assert path.read_text() == sample()
    path.write_text("# mine\n")
    with pytest.raises(Conflict, match="is there already"):
        await starter.write_config()
    assert path.read_text() == "# mine\n"


async def test_a_folder_is_kept_in_the_configuration(tmp_path: Path, starter: LocalStarter) -> None:
    """A chosen folder becomes the root of the workspace, however it is called."""
    folder = tmp_path / 'my "labs" \\ ünïcode'
    folder.mkdir()
    path = await starter.write_config([folder])
    assert tomllib.loads(path.read_text())["workspace"] == {"roots": [str(folder)]}


async def test_a_folder_that_is_none_is_refused(tmp_path: Path, starter: LocalStarter) -> None:
    """A file, a relative path and nothing at all are no folders; no configuration is written."""
    (tmp_path / "file").write_text("")
    for wrong in (tmp_path / "file", tmp_path / "gone", Path("relative")):
        with pytest.raises(Invalid, match="is not a folder"):
            await starter.write_config([wrong])
    assert await starter.has_config() is False
