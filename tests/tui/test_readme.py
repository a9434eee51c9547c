"""The README is true: its keys, its example, its commands."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from skyforge_tui.cli import skyforge
from skyforge_tui.domain.identity import Role
from skyforge_tui.integrations.manifest import read_manifest
from skyforge_tui.integrations.project_toml import read_project
from tests.tui.readme_keys import README, with_table

TEXT = README.read_text(encoding="utf-8")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


def test_the_keys_are_those_of_the_registry() -> None:
    """The key table is what the registry says; `python -m tests.tui.readme_keys` writes it."""
    assert with_table(TEXT) == TEXT


def test_the_example_is_read_without_a_complaint(tmp_path: Path) -> None:
    """The skyforge.toml in the README declares what it says, and nothing in it is wrong."""
    (example,) = [block for block in _blocks("toml") if "command = " in block]
    (tmp_path / "tools").mkdir()
    (tmp_path / "skyforge.toml").write_text(example, encoding="utf-8")
    manifest = read_manifest(tmp_path)
    assert manifest is not None
    assert manifest.mistakes == ()
    assert [one.name for one in manifest.templates] == ["backup", "cutover"]


def test_every_command_it_names_exists() -> None:
    """Every `skyforge …` line of the README is a command with its options."""
    lines = [line for block in _blocks("sh") for line in block.splitlines()]
    named = [line.split("#")[0].split()[1:] for line in lines if line.startswith("skyforge ")]
    assert len(named) > 10
    for words in named:
        path: list[str] = []
        for word in words:
            if not word.isalpha() or word.isupper() or len(path) == 2:
                break
            path.append(word)
        result = CliRunner().invoke(skyforge, [*path[:2], "--help"], catch_exceptions=False)
        if result.exit_code:
            result = CliRunner().invoke(skyforge, [path[0], "--help"], catch_exceptions=False)
        assert result.exit_code == 0, (words, result.output)
        for option in (word for word in words if word.startswith("--")):
            assert option in result.output, (words, option)


def test_it_names_the_test_command_that_ci_runs() -> None:
    """What the README says passes the tests is what `.ci/run` calls."""
    ci = (README.parent / ".ci" / "run").read_text(encoding="utf-8")
    assert "check pytest\n" in ci
    assert any(block.strip().splitlines()[-1].startswith("pytest") for block in _blocks("sh"))


def _typed() -> list[str]:
    prose = re.sub(r"```.*?```", "", TEXT, flags=re.DOTALL)
    spans = re.findall(r"`(skyforge [^`]+)`", prose)
    lines = [line.partition("#")[0] for block in _blocks("sh") for line in block.splitlines()]
    return sorted({one for one in (*lines, *spans) if one.startswith("skyforge ")})


@pytest.mark.parametrize("line", _typed())
def test_commands_take_what_they_are_given(line: str) -> None:
    """Every command line in the README is one that the program understands, word for word."""
    words = shlex.split(line)[1:]
    command: click.Command = skyforge
    while isinstance(command, click.Group):
        if command.invoke_without_command and (not words or words[0].startswith("-")):
            break
        found = command.get_command(click.Context(command), words[0])
        assert found is not None, f"there is no {words[0]}"
        command, words = found, words[1:]
    command.make_context("skyforge", words)


def test_what_it_points_to_is_there() -> None:
    """Every file that the README shows or points to is there."""
    targets = re.findall(r"\]\(([^)]+)\)", TEXT)
    assert targets
    assert [one for one in targets if not (README.parent / one).is_file()] == []


def test_the_project_manifest_is_read_without_a_complaint() -> None:
    """The .skyforge/project.toml of the README says what it seems to; nothing in it is wrong."""
    (example,) = [block for block in _blocks("toml") if "[members]" in block]
    reading = read_project(example.encode())
    assert reading.mistakes == ()
    assert reading.manifest is not None
    assert reading.manifest.members.role_of("mika") is Role.EDITOR
