"""`skyforge repo` shows what is in repositories of this machine, and writes by commits."""

from __future__ import annotations

import io
import json
import sys
import tempfile
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


def test_two_people_write_one_file(
    config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second is shown both changes and loses none; apart, both are committed when asked for."""
    path, here = "site.yml", tmp_path / "mine"

    def put(text: str, *more: str) -> tuple[int, str]:
        here.write_text(text)
        code = run(
            ["--config", config, "repo", "put", "edge", path, str(here), "-m", "Mine", *more]
        )
        return code, capsys.readouterr().err

    def named() -> str:
        found = json.loads(told(config, "ls", "edge", "--json", capsys=capsys)[1])
        return str(next(one["object_id"] for one in found if one["name"] == path))

    lines = [f"line {number}\n" for number in range(9)]
    assert put("".join(lines))[0] == 0
    seen = named()
    theirs = ["theirs\n", *lines[1:]]
    assert put("".join(theirs), "--replaces", seen)[0] == 0
    mine = [*lines[:-1], "mine\n"]
    code, said = put("".join(mine), "--replaces", seen)
    assert code == 4
    for words in ("Ada, ", "theirs  -line 0", "theirs  +theirs", "yours   +mine", "--together"):
        assert words in said
    assert put("".join(mine), "--replaces", seen, "--together")[0] == 0
    both = told(config, "cat", "edge", path, capsys=capsys)[1]
    assert both == "".join(["theirs\n", *lines[1:-1], "mine\n"])
    # Where both changed one line, nothing is written, and what came by a pipe is kept.
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    stdin = io.TextIOWrapper(io.BytesIO("".join(["other\n", *lines[1:]]).encode()))
    monkeypatch.setattr(sys, "stdin", stdin)
    words = ("put", "edge", path, "-", "-m", "Mine", "--replaces", seen, "--together")
    assert run(["--config", config, "repo", *words]) == 4
    said = capsys.readouterr().err
    assert "they meet in one place" in said
    assert Path(said.split("is kept in ")[1].strip()).read_text().startswith("other\nline 1\n")
    assert told(config, "cat", "edge", path, capsys=capsys)[1] == both
