"""`projects`, `templates` and `trust` say what is there, harmlessly; the global options count."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from tests.cli.headless import Headless, ended
from tests.worktrees import a_repository

HOSTILE = "ev\x1bil\u202e"


def test_projects_are_json(sky: Headless) -> None:
    """Projects are listed with kind, role and how many templates they have."""
    (fabric,) = sky("projects", "ls", "--json").json
    assert fabric.items() >= {
        "slug": "fabric", "kind": "folder", "role": "owner", "templates": 8,
        "path": str(sky.project), "notices": [],
    }.items()  # fmt: skip
    shown = sky("projects", "show", "fabric", "--json").json
    assert [one["name"] for one in shown["templates"]] == sorted(
        ["hello", "fails", "gated", "endless", "deaf", "asks", "many", "vault"]
    )


def test_projects_are_found_by_path(sky: Headless) -> None:
    """A project is shown by slug, by id and by path alike."""
    by = [
        sky("projects", "show", one, "--json").out
        for one in ("fabric", f"local:{sky.project}", sky.project)
    ]
    assert by[0] == by[1] == by[2]


def test_templates_say_whether_they_are_trusted(stranger: Headless) -> None:
    """Trusting a folder turns exactly what it declares from untrusted to trusted."""
    before = stranger("templates", "ls", "--json").json
    assert {one["is_trusted"] for one in before} == {False}
    done = stranger("trust", stranger.project, "--json")
    assert [one["path"] for one in done.json] == [str(stranger.manifest)]
    after = stranger("templates", "ls", "--json").json
    assert {one["is_trusted"] for one in after} == {True}


def test_broken_templates_are_told(sky: Headless) -> None:
    """A template that could not be understood is named beside those that could."""
    text = sky.manifest.read_text() + '[[templates]]\nname = "odd"\ncommand = ["{"]\n'
    sky.manifest.write_text(text)
    done = sky("templates", "ls")
    assert done.code == 0
    line = len(text.splitlines())
    assert f"{sky.manifest}:{line}" in done.err
    assert "odd" not in done.text


def test_hostile_text_is_harmless(sky: Headless) -> None:
    """Control and direction characters from a repository do not reach the terminal."""
    folder = a_repository(
        sky.workspace / HOSTILE,
        {
            f"{HOSTILE}.yml": "- hosts: all\n  tasks: []\n",
            "skyforge.toml": (
                f"[project]\nname = {json.dumps(HOSTILE)}\n[[templates]]\n"
                f'name = "x"\ndescription = {json.dumps(HOSTILE)}\ncommand = ["true"]\n'
                f'[[templates]]\nname = {json.dumps(HOSTILE)}\ncommand = ["true"]\n'
            ),
        },
    )
    for arguments in (
        ("projects", "ls"), ("projects", "show", folder), ("templates", "ls"), ("trust", folder),
        ("projects", "show", HOSTILE), ("runs", "launch", HOSTILE), ("runs", "show", HOSTILE),
    ):  # fmt: skip
        done = sky(*arguments)
        assert not set("\x1b\u202e") & set(done.text + done.err), arguments


def test_encodings_that_lack_a_letter(sky: Headless) -> None:
    """A terminal that cannot show a letter is shown its escape."""
    (sky.workspace / "größe").mkdir()
    (sky.workspace / "größe" / "skyforge.toml").write_bytes(sky.manifest.read_bytes())
    done = ended(sky.process("projects", "ls", environ={"PYTHONIOENCODING": "ascii"}))
    assert done.code == 0
    assert rb"gr\xf6\xdfe" in done.out


def test_named_configuration_is_read(sky: Headless, tmp_path: Path) -> None:
    """`--config` and `--profile` decide where everything lies."""
    config = tmp_path / "other.toml"
    config.write_text(
        f'state_dir = "{sky.base}/elsewhere"\n[profiles.third]\nstate_dir = "{sky.base}/third"\n'
    )
    places = [
        sky("--config", config, *profile, "config", "path", "--json").json["state_dir"]
        for profile in ((), ("--profile", "third"))
    ]
    assert places == [f"{sky.base}/elsewhere", f"{sky.base}/third"]
    assert sky("--config", config, "runs", "launch", "hello").code == 4
    assert (sky.base / "elsewhere" / "state.db").exists()


def test_bad_configuration_names_its_line(sky: Headless) -> None:
    """Mistakes stop every command, each on a line with file, line and the nearest key."""
    config = sky.base / "config" / "skyforge" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('[look]\nthmee = "dark"\nmotoin = true\n')
    for command in (("runs", "ls"), ("projects", "ls"), ("trust", sky.project)):
        done = sky(*command)
        assert (done.code, done.out) == (2, b"")
        assert done.err.splitlines() == [
            f"{config}:2: unknown key look.thmee (did you mean theme?)",
            f"{config}:3: unknown key look.motoin (did you mean motion?)",
        ]


@pytest.mark.skipif(sys.platform == "darwin", reason="file names are Unicode there")
def test_names_that_are_no_text_are_left_out(sky: Headless) -> None:
    """A folder whose name is not UTF-8 is said to be left out; the rest is listed."""
    folder = sky.workspace / "b\udcffd"
    folder.mkdir()
    (folder / "skyforge.toml").write_bytes(sky.manifest.read_bytes())
    done = sky("projects", "ls", "--json")
    assert done.code == 0
    assert [one["slug"] for one in done.json] == ["fabric"]
    assert "not UTF-8" in done.err


def test_attention(sky: Headless) -> None:
    """What broke is listed with a key; muted by it, it is left out until it is heard again."""
    assert sky("trust", sky.workspace).code == 0
    assert sky("runs", "launch", "fails", "--wait").code == 1
    (one,) = sky("attention", "ls", "--json").json
    assert (one["why"], one["what"], one["muted"]) == ("broke", "run 1", False)
    assert "exit code 3" in one["note"]
    assert sky("attention", "mute", one["key"]).code == 0
    assert sky("attention", "ls", "--json").json == []
    assert [each["muted"] for each in sky("attention", "ls", "--muted", "--json").json] == [True]
    assert sky("attention", "mute", "nobody").code == 5
    assert sky("attention", "unmute", one["key"]).code == 0
    assert "broke  run 1" in sky("attention", "ls").text
