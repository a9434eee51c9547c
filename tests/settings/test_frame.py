"""The frame reads what it needs with the standard library, and believes no nonsense."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from skyforge_tui.settings.frame import FrameSettings, read_frame
from skyforge_tui.settings.load import load

UTF8 = {"LANG": "en_US.UTF-8"}


def _frame(tmp_path: Path, text: str, profile: str | None = None, **environ: str) -> FrameSettings:
    path = tmp_path / "config.toml"
    path.write_text(text)
    return read_frame(path, profile, UTF8 | environ)


def test_reading_the_frame_loads_neither_pydantic_nor_asyncio(tmp_path: Path) -> None:
    """What stands before the first picture costs the standard library only."""
    code = (
        "import sys, json; from skyforge_tui.settings.frame import read_frame; read_frame();"
        "print(json.dumps(sorted({name.partition('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, cwd=tmp_path, timeout=60
    )
    loaded = set(json.loads(done.stdout))
    assert loaded.isdisjoint({"pydantic", "pydantic_settings", "asyncio", "textual", "difflib"})


def test_the_frame_and_the_settings_agree(tmp_path: Path) -> None:
    """What the frame reads is what the settings say a moment later."""
    text = (
        'profile = "lab"\nstate_dir = "/var/s"\ncache_dir = "~/k"\n'
        '[look]\ntheme = "light"\nglyphs = "ascii"\nmotion = false\n'
        '[workspace]\nname = "home"\nroots = ["~/work", "/srv"]\n'
        '[profiles.lab]\nstate_dir = "/var/lab"\n[profiles.lab.look]\ntheme = "contrast"\n'
        '[profiles.lab.workspace]\nname = "lab"\n'
    )
    for environ in (
        {},
        {"SKYFORGE_LOOK__THEME": "mono", "SKYFORGE_LOOK__MOTION": "yes"},
        {"SKYFORGE_WORKSPACE__ROOTS": "/a:/b", "SKYFORGE_STATE_DIR": "rel"},
        {
            "SKYFORGE_PROFILE": "other",
            "SKYFORGE_CACHE_DIR": "/c",
            "SKYFORGE_LOOK__GLYPHS": "unicode",
        },
    ):
        frame = _frame(tmp_path, text, **environ)
        settings = load(frame.config_path, None, environ).settings
        assert frame.profile == settings.profile
        assert frame.theme == settings.look.theme
        assert frame.glyphs == settings.look.glyphs
        assert frame.motion == settings.look.motion
        assert frame.workspace == settings.workspace.name
        assert frame.roots == settings.workspace.roots
        assert frame.state_dir == settings.state_dir
        assert frame.cache_dir == settings.cache_dir


def test_the_file_lies_where_the_person_says_or_at_the_xdg_place(tmp_path: Path) -> None:
    """The option beats SKYFORGE_CONFIG, which beats the XDG place."""
    environ = {"XDG_CONFIG_HOME": str(tmp_path), "XDG_STATE_HOME": "relative/is/ignored"}
    assert read_frame(environ=environ).config_path == tmp_path / "skyforge/config.toml"
    assert read_frame(environ=environ).state_dir.is_absolute()
    environ["SKYFORGE_CONFIG"] = "here.toml"
    assert read_frame(environ=environ).config_path == Path.cwd() / "here.toml"
    assert read_frame(tmp_path / "a", environ=environ).config_path == tmp_path / "a"


@pytest.mark.parametrize(
    "text",
    [
        "theme = ",
        "look = 3\nworkspace = []\nprofiles = 4\nprofile = 5",
        '[look]\ntheme = "drak"\nglyphs = 1\nmotion = "no"\n[workspace]\nname = 1\nroots = "x"',
        'state_dir = "relative"\ncache_dir = 4\n[workspace]\nroots = ["rel", 3, "", "/a\\u0000b"]',
        "a = " + "[" * 100_000,
        "x" * (1024 * 1024 + 1),
    ],
)
def test_nonsense_becomes_the_default(tmp_path: Path, text: str) -> None:
    """Whatever the file holds, the first picture is drawn."""
    frame = _frame(tmp_path, text, XDG_STATE_HOME="/s", XDG_CACHE_HOME="/k")
    assert frame == FrameSettings(
        tmp_path / "config.toml", Path("/s/skyforge"), Path("/k/skyforge"), few_colours=True
    )


@pytest.mark.parametrize(
    ("environ", "few"),
    [
        ({"TERM": "tmux-256color"}, True),
        ({"TERM": "tmux-256color", "COLORTERM": "truecolor"}, False),
        ({"COLORTERM": " 24bit"}, False),
        ({"COLORTERM": "truecolor", "TEXTUAL_COLOR_SYSTEM": "256"}, True),
        ({"TEXTUAL_COLOR_SYSTEM": "truecolor"}, False),
    ],
)
def test_terminals_of_few_colours(tmp_path: Path, environ: dict[str, str], few: bool) -> None:
    """A terminal that does not say that it knows all colours is drawn on with 256."""
    assert read_frame(tmp_path / "none", environ=environ).few_colours is few


def test_a_pipe_or_a_folder_as_file_does_not_stop_the_frame(tmp_path: Path) -> None:
    """Nothing is waited for before the first picture."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, tmp_path, tmp_path / "missing", tmp_path / "nul\0"):
        assert read_frame(path, environ=UTF8).theme == "dark"


@pytest.mark.parametrize(
    ("locale", "glyphs"),
    [
        ({"LANG": "de_DE.utf8"}, "unicode"),
        ({"LANG": "C.UTF-8"}, "unicode"),
        ({"LANG": "C.UTF-8", "LC_ALL": "C"}, "ascii"),
        ({"LANG": "C.UTF-8", "LC_CTYPE": "de_DE.ISO-8859-1"}, "ascii"),
        ({"LANG": "C", "LC_ALL": "", "LC_CTYPE": "en_US.UTF-8"}, "unicode"),
        ({}, "ascii"),
    ],
)
def test_the_locale_decides_the_glyphs_unless_they_are_configured(
    tmp_path: Path, locale: dict[str, str], glyphs: str
) -> None:
    """Without UTF-8 the glyphs are ASCII; a person may say otherwise."""
    path = tmp_path / "config.toml"
    assert read_frame(path, environ=locale).glyphs == glyphs
    path.write_text('[look]\nglyphs = "auto"\n')
    assert read_frame(path, environ=locale).glyphs == glyphs
    path.write_text('[look]\nglyphs = "unicode"\n')
    assert read_frame(path, environ=locale).glyphs == "unicode"


def test_no_color_means_monochrome(tmp_path: Path) -> None:
    """NO_COLOR outranks every theme; empty it says nothing."""
    assert _frame(tmp_path, '[look]\ntheme = "light"\n', NO_COLOR="1").theme == "mono"
    assert _frame(tmp_path, '[look]\ntheme = "light"\n', NO_COLOR="").theme == "light"
