"""The commented configuration can be used line by line, and mentions everything there is."""

from __future__ import annotations

import re
from pathlib import Path

from skyforge_tui.settings import shape
from skyforge_tui.settings.load import load
from skyforge_tui.settings.model import Settings
from skyforge_tui.settings.sample import sample

_SETTING = re.compile(r"^#(?=[\w\"\[])", re.MULTILINE)
"""What stands before a setting that is not in force; prose has a blank there."""


def test_as_it_is_it_sets_nothing(tmp_path: Path) -> None:
    """Fresh from the command, every value is still its default."""
    path = tmp_path / "config.toml"
    path.write_text(sample())
    loaded = load(path)
    assert loaded.complaints == ()
    assert loaded.values() == load(tmp_path / "none.toml").values()


def test_every_line_can_be_used(tmp_path: Path) -> None:
    """With every setting in force there is nothing to complain of."""
    path = tmp_path / "config.toml"
    path.write_text(_SETTING.sub("", sample()))
    loaded = load(path)
    assert [str(one) for one in loaded.complaints] == []
    assert loaded.settings.profile == "travel"
    assert loaded.settings.look.motion is False


def test_everything_is_mentioned() -> None:
    """Every table, and every key that is not of a server, stands in it."""
    text = _SETTING.sub("", sample())
    tables = set(re.findall(r"^\[([\w.]+)\]", text, re.MULTILINE))
    for name, kind in shape.fields(Settings).items():
        if shape.named(kind) is not None:
            assert any(one == name or one.startswith(f"{name}.") for one in tables), name
        elif inner := shape.fields(kind):
            section = text.partition(f"[{name}]\n")[2].partition("\n[")[0]
            assert set(re.findall(r"^(\w+) =", section, re.MULTILINE)) == set(inner), name
        else:
            assert re.search(rf"^{name} =", text, re.MULTILINE), name


def test_folders_are_written_in(tmp_path: Path) -> None:
    """Given folders are the workspace's, and all else stays a comment."""
    path = tmp_path / "config.toml"
    path.write_text(sample([tmp_path]))
    loaded = load(path)
    assert loaded.complaints == ()
    assert loaded.settings.workspace.roots == (tmp_path,)
