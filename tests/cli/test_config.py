"""`skyforge config` shows values, origins and mistakes, and exits 2 on a bad configuration."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from skyforge_tui.cli import Invocation
from skyforge_tui.cli.config import config

GOOD = (
    '[local]\nslots = 2\n[semaphore.prod]\nurl = "https://s.example"\ntoken = "cmd:pass s3cr3t"\n'
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return the path of the file that `_config` reads."""
    return tmp_path / "config.toml"


def _config(path: Path, *arguments: str, profile: str | None = None) -> Result:
    return CliRunner().invoke(
        config, arguments, obj=Invocation(path, profile), catch_exceptions=False
    )


def test_show_lists_values_in_columns(path: Path) -> None:
    """Every value in force stands beside its key; a secret is its reference without arguments."""
    path.write_text(GOOD)
    result = _config(path, "show")
    assert result.exit_code == 0
    rows = dict(line.split(maxsplit=1) for line in result.stdout.splitlines())
    assert rows["local.slots"] == "2"
    assert rows["look.theme"] == "dark"
    assert rows["semaphore.prod.token"] == "cmd:pass …"
    assert "semaphore.prod.password" not in rows
    assert "s3cr3t" not in result.output


def test_show_says_where_each_value_comes_from(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With --origin each value names its file and line, variable or default."""
    path.write_text(GOOD)
    monkeypatch.setenv("SKYFORGE_LOOK__THEME", "light")
    document = json.loads(_config(path, "show", "--origin", "--json").stdout)
    origins = {entry["key"]: (entry["value"], entry["origin"]) for entry in document["values"]}
    assert origins["local.slots"] == (2, f"{path}:2")
    assert origins["look.theme"] == ("light", "environment variable SKYFORGE_LOOK__THEME")
    assert origins["look.motion"] == (True, "default")
    assert origins["semaphore.prod.token"] == ("cmd:pass …", f"{path}:5")
    assert origins["semaphore.prod.password"] == (None, "default")
    head = _config(path, "show", "--origin").stdout.splitlines()[0]
    assert head.split() == ["KEY", "VALUE", "ORIGIN"]


def test_validate_says_ok(path: Path) -> None:
    """A sound configuration is ok and exits 0."""
    path.write_text(GOOD)
    result = _config(path, "validate")
    assert (result.exit_code, result.stdout) == (0, "ok\n")
    assert json.loads(_config(path, "validate", "--json").stdout) == {"ok": True, "complaints": []}


def test_validate_names_every_mistake_and_exits_2(path: Path) -> None:
    """Each mistake has file, line, words and what was meant."""
    path.write_text('[local]\nslotz = 2\n[look]\ntheme = "drak"\n')
    result = _config(path, "validate")
    assert result.exit_code == 2
    assert result.stdout.splitlines() == [
        f"{path}:2: unknown key local.slotz (did you mean slots?)",
        f"{path}:4: look.theme must be one of dark, light, contrast, mono (did you mean dark?)",
    ]
    document = json.loads(_config(path, "validate", "--json").stdout)
    assert document["ok"] is False
    assert document["complaints"][0] == {
        "where": f"{path}:2",
        "message": "unknown key local.slotz",
        "suggestion": "slots",
    }


def test_show_of_a_bad_file_narrates_and_exits_2(path: Path) -> None:
    """What is sound is shown, what is not is told on standard error."""
    path.write_text("[local]\nslots = 3\nslotz = 2\n")
    result = _config(path, "show", "--json")
    assert result.exit_code == 2
    assert {"key": "local.slots", "value": 3} in json.loads(result.stdout)["values"]
    assert result.stderr == f"{path}:3: unknown key local.slotz (did you mean slots?)\n"


def test_an_unknown_profile_exits_2(path: Path) -> None:
    """Asking for a profile that is not there is a mistake of configuration."""
    path.write_text("[profiles.lab.local]\nslots = 3\n")
    assert _config(path, "validate", profile="lab").exit_code == 0
    result = _config(path, "validate", profile="labb")
    assert result.exit_code == 2
    assert "did you mean lab?" in result.stdout


def test_path_names_the_places_in_use(path: Path, tmp_path: Path) -> None:
    """File, folders and roots are listed, and whether they are there."""
    path.write_text(f'state_dir = "{tmp_path}/state"\n[workspace]\nroots = ["{tmp_path}"]\n')
    document = json.loads(_config(path, "path", "--json").stdout)
    assert document["config"] == str(path)
    assert document["config_exists"] is True
    assert document["state_dir"] == f"{tmp_path}/state"
    assert document["roots"] == [str(tmp_path)]
    lines = [line.split() for line in _config(path, "path").stdout.splitlines()]
    assert ["config", str(path)] in lines
    assert ["state_dir", f"{tmp_path}/state", "missing"] in lines
    assert ["root", str(tmp_path)] in lines


def test_keys_in_force(path: Path) -> None:
    """Every command stands with the keys in force and where they come from; hotkeys too."""
    path.write_text(
        '[keys]\nrun.stop = ["ctrl+x", "F8"]\n"app.palette" = ""\n'
        '[hotkeys]\n"ctrl+l" = "fabric/lint"\n'
        '"f7" = { template = "up", answers = { count = 3, fast = true } }\n'
    )
    result = _config(path, "keys", "--json")
    assert (result.exit_code, result.stderr) == (0, "")
    shown = json.loads(result.stdout)
    keys = {one["command"]: (one["keys"], one["origin"]) for one in shown["commands"]}
    assert keys["run.stop"] == (["ctrl+x", "f8"], f"{path}:2")
    assert keys["app.palette"] == ([], f"{path}:3")
    assert keys["launch.deck"] == (["L"], "default")
    assert shown["hotkeys"] == [
        {"key": "ctrl+l", "template": "fabric/lint", "answers": {}},
        {"key": "f7", "template": "up", "answers": {"count": "3", "fast": "true"}},
    ]
    assert shown["problems"] == []
    rows = _config(path, "keys").stdout.splitlines()
    assert any(row.startswith("ctrl+x f8 ") and "run.stop" in row for row in rows)
    assert any(row.startswith("ctrl+l ") and "card of fabric/lint" in row for row in rows)


def test_key_mistakes(path: Path) -> None:
    """A key that is not to be had is told in its line: both commands, place, nearest."""
    path.write_text(
        '[keys]\nrun.stop = "r"\n"run.stp" = "f5"\nlaunch.deck = "ctrl+b"\nlog.wrap = "xyz"\n'
        '[hotkeys]\nL = "lint"\n'
    )
    result = _config(path, "keys", "--json")
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        f"{path}:2: keys.run.stop: r is also run.rerun in attention, run, runs",
        f"{path}:3: keys.run.stp: there is no command run.stp (did you mean run.stop?)",
        f"{path}:4: keys.launch.deck: ctrl+b cannot be bound: tmux lives on it",
        f"{path}:5: keys.log.wrap: there is no key 'xyz'",
    ]
    # The deck lost its key to the mistake, so that the hotkey is free to have it.
    shown = json.loads(result.stdout)
    assert [one["key"] for one in shown["hotkeys"]] == ["L"]
    faults = {one["entry"]: (one["fault"], one["other"]) for one in shown["problems"]}
    assert faults["run.stop"] == ("conflict", "run.rerun")
    assert faults["run.stp"] == ("unknown command", None)


def test_profiles_change_keys(path: Path) -> None:
    """A profile's keys lie over those of the file, in the settings as in the first picture."""
    from skyforge_tui.settings.frame import read_frame

    path.write_text(
        'profile = "lab"\n[keys]\nrun.stop = "f8"\nlaunch.deck = "f9"\n'
        '[profiles.lab.keys]\n"run.stop" = "f10"\n[profiles.lab.hotkeys]\nf5 = "lint"\n'
    )
    shown = json.loads(_config(path, "keys", "--json").stdout)
    keys = {one["command"]: one["keys"] for one in shown["commands"]}
    assert (keys["run.stop"], keys["launch.deck"]) == (["f10"], ["f9"])
    frame = read_frame(path, None, {})
    assert frame.keys == {"run.stop": ("f10",), "launch.deck": ("f9",)}
    assert {key: one.template for key, one in frame.hotkeys.items()} == {"f5": "lint"}


def test_the_first_picture_believes_no_nonsense(path: Path) -> None:
    """Keys of the wrong type are left out of the first picture and told by the settings."""
    from skyforge_tui.settings.frame import read_frame

    path.write_text("[keys]\nrun.stop = 3\n[hotkeys]\nf5 = { answers = {} }\nf6 = 7\n")
    frame = read_frame(path, None, {})
    assert (frame.keys, frame.hotkeys) == ({}, {})
    assert _config(path, "validate").exit_code == 2
