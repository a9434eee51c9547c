"""`skyforge repo` shows what is in repositories of this machine, and writes by commits."""

from __future__ import annotations

import io
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from skyforge_tui.cli import run
from skyforge_tui.domain.identity import Principal, ProjectId
from skyforge_tui.domain.repository import FileChange
from skyforge_tui.services.repositories import RepositoryService
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
    sent = ("put", "edge", path, "-", "-m", "Mine", "--replaces", seen, "--together")
    assert run(["--config", config, "repo", *sent]) == 4
    said = capsys.readouterr().err
    assert "they meet in one place" in said
    assert Path(said.split("is kept in ")[1].strip()).read_text().startswith("other\nline 1\n")
    assert told(config, "cat", "edge", path, capsys=capsys)[1] == both


def test_somebody_is_faster_twice(
    config: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever commits while two changes are put together loses nothing either."""
    here, lines = tmp_path / "mine", [f"line {number}\n" for number in range(9)]
    write, calls = RepositoryService.write_files, list[str]()

    async def overtaken(
        self: RepositoryService, principal: Principal, project_id: ProjectId,
        changes: Sequence[FileChange], message: str, branch: str,
    ) -> str:  # fmt: skip
        calls.append(changes[0].replaces)
        if len(calls) == 2:
            now = await self.read_file(principal, project_id, branch, "site.yml", 1000)
            assert now is not None
            other = FileChange("site.yml", now.data.replace(b"line 4", b"again"), now.object_id)
            await write(self, principal, project_id, [other], "Again", branch)
        return await write(self, principal, project_id, changes, message, branch)

    def put(text: str, *more: str) -> int:
        here.write_text(text)
        words = ("put", "edge", "site.yml", str(here), "-m", "Say", *more)
        code = run(["--config", config, "repo", *words])
        capsys.readouterr()
        return code

    text = "".join(lines)
    assert put(text) == 0
    found = json.loads(told(config, "ls", "edge", "--json", capsys=capsys)[1])
    seen = next(one["object_id"] for one in found if one["name"] == "site.yml")
    assert put(text.replace("line 1", "theirs"), "--replaces", seen) == 0
    monkeypatch.setattr(RepositoryService, "write_files", overtaken)
    assert put(text.replace("line 7", "mine"), "--replaces", seen, "--together") == 0
    assert len(set(calls)) == len(calls) == 3
    both = text.replace("line 1", "theirs").replace("line 4", "again").replace("line 7", "mine")
    assert told(config, "cat", "edge", "site.yml", capsys=capsys)[1] == both
