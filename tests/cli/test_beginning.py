"""`skyforge doctor`, `skyforge sample` and `skyforge config sample` need nothing to be there."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from skyforge_tui.settings.sample import sample
from tests.cli.headless import Headless


@pytest.fixture
def toolless(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Take every tool away."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setattr("skyforge_tui.integrations.machine.sys.executable", "")


@pytest.mark.usefixtures("toolless")
def test_missing_tools_are_no_error(stranger: Headless) -> None:
    """On a machine without any tool the program is usable, and the doctor says so."""
    done = stranger("doctor", "--json")
    assert (done.code, done.json["ok"]) == (0, True)
    checks = {one["name"]: one for one in done.json["checks"]}
    assert checks["git"]["state"] == "missing"
    assert checks["git"]["advice"] == "install git"
    assert checks["git"]["where"] is None
    assert checks["state"]["where"] == str(stranger.state)
    assert set(checks["git"]) == {
        "name", "group", "state", "purpose", "version", "where", "detail", "advice"
    }  # fmt: skip
    assert not stranger.state.exists()


@pytest.mark.usefixtures("toolless")
def test_a_table_for_people(stranger: Headless) -> None:
    """Without --json there are aligned columns, what to do, and a count."""
    done = stranger("doctor")
    lines = done.text.splitlines()
    assert lines[0].split() == ["STATE", "WHAT", "VERSION", "FOUND", "FOR"]
    column = lines[0].index("WHAT")
    assert {line[column - 1] for line in lines[1 : lines.index("")]} == {" "}
    assert "install git" in done.text
    assert " missing" in lines[-1]
    assert done.err == ""


@pytest.mark.usefixtures("toolless")
def test_a_bad_configuration_is_an_error(stranger: Headless) -> None:
    """With a wrong configuration the doctor still answers, names the mistake, and exits 1."""
    path = stranger.base / "config.toml"
    path.write_text("[local]\nslotz = 2\n")
    done = stranger("--config", path, "doctor", "--json")
    assert (done.code, done.json["ok"]) == (1, False)
    check = next(one for one in done.json["checks"] if one["name"] == "config")
    assert check["state"] == "error"
    assert f"{path}:2: unknown key local.slotz" in check["detail"]


@pytest.mark.usefixtures("toolless")
def test_an_unwritable_state_is_an_error(stranger: Headless) -> None:
    """Where nothing can be kept the doctor still answers, and exits 1."""
    (stranger.base / "file").write_text("")
    environ = {"SKYFORGE_STATE_DIR": str(stranger.base / "file" / "state")}
    done = stranger("doctor", environ=environ)
    assert done.code == 1
    assert "cannot be written" in done.text


def test_a_sample_is_made_and_can_be_launched(stranger: Headless) -> None:
    """The sample lies in the workspace, is trusted, and its script runs at once."""
    done = stranger("sample", "--json")
    folder = stranger.workspace / "sample-lab"
    assert (done.code, done.json) == (0, {"path": str(folder)})
    assert (folder / "skyforge.toml").is_file()
    ran = stranger("runs", "launch", "sample-lab/check", "-v", "rounds=1", "--wait", "--json")
    assert (ran.code, ran.json["state"]) == (0, "success")


def test_a_sample_goes_elsewhere(stranger: Headless) -> None:
    """A folder of one's own choice is taken, outside of the workspace too."""
    folder = stranger.base / "deep" / "mine"
    done = stranger("sample", folder)
    assert (done.code, done.text) == (0, f"{folder}\n")
    assert (folder / "Makefile").is_file()


def test_a_sample_replaces_nothing(stranger: Headless) -> None:
    """Where something is already the command is refused, and says what to do."""
    done = stranger("sample", stranger.project)
    assert done.code == 4
    assert "is there already" in done.err
    assert "name another place" in done.err


def test_a_configuration_to_begin_with(stranger: Headless) -> None:
    """The commented configuration is written as it is, and is sound."""
    done = stranger("config", "sample")
    assert (done.code, done.text) == (0, sample())
    path = stranger.base / "config.toml"
    path.write_bytes(done.out)
    checked = stranger("--config", path, "config", "validate", "--json")
    assert json.loads(checked.out) == {"ok": True, "complaints": []}
