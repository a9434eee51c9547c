"""`skyforge repo` shows what is in repositories of this machine, and writes by commits."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from skyforge_tui.cli import run
from tests.worktrees import a_repository, git

FILES = {"skyforge.toml": "[project]\n", "lab/a b.yml": "x: 1\n", "lab/deep/ü.txt": "u\n"}


@pytest.fixture
def config(tmp_path: Path) -> str:
    """Return a configuration whose workspace has one repository, `edge`."""
    top = a_repository(tmp_path / "work" / "edge", FILES)
    git(top, "config", "user.name", "Ada")
    git(top, "config", "user.email", "ada@example.net")
    path = tmp_path / "c.toml"
    path.write_text(
        f'state_dir = "{tmp_path}/state"\ncache_dir = "{tmp_path}/cache"\n'
        f'[workspace]\nroots = ["{tmp_path}/work"]\n'
    )
    return str(path)


def told(config: str, *words: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    """Run a command and return its code, and what it wrote."""
    code = run(["--config", config, "repo", *words])
    return code, capsys.readouterr().out


def test_a_repository_is_looked_into_and_written_to(
    config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Folders, files, commits and branches are told; a write names what it replaces."""
    code, out = told(config, "ls", "edge", "lab", "--json", capsys=capsys)
    assert (code, [one["name"] for one in json.loads(out)]) == (0, ["a b.yml", "deep"])
    replaced = json.loads(out)[0]["object_id"]
    assert told(config, "cat", "edge", "lab/deep/ü.txt", capsys=capsys) == (0, "u\n")
    assert told(config, "cat", "edge", "lab/nothing", capsys=capsys)[0] == 5
    assert told(config, "ls", "edge", "lab/nothing", capsys=capsys)[0] == 5
    source = tmp_path / "new.yml"
    source.write_text("x: 2\n")
    put = ("put", "edge", "lab/a b.yml", str(source), "-m", "Second thoughts")
    assert told(config, *put, capsys=capsys)[0] == 4
    assert told(config, *put, "--replaces", replaced, capsys=capsys)[0] == 0
    assert told(config, *put, "--replaces", replaced, capsys=capsys)[0] == 4
    code, out = told(config, "log", "edge", "lab/a b.yml", "--json", capsys=capsys)
    assert [one["subject"] for one in json.loads(out)] == ["Second thoughts", "First light"]
    assert (tmp_path / "work" / "edge" / "lab" / "a b.yml").read_text() == "x: 2\n"
    assert git(tmp_path / "work" / "edge", "status", "--short") == ""
    code, out = told(config, "branches", "edge", capsys=capsys)
    assert out.splitlines()[1].startswith("main")
