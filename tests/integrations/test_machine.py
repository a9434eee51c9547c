"""Looking at a machine changes nothing, waits for nobody, and believes nothing."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from skyforge_tui.integrations import machine
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.machine import Programs, space_at, terminal_facts
from skyforge_tui.integrations.ssh_config import MAX_DEPTH, MAX_HOSTS, read_hosts
from tests.worktrees import write


def a_program(folder: Path, name: str, body: str) -> Path:
    """Put a shell script into `folder`."""
    path = folder / name
    folder.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


async def test_a_program_is_asked_in_no_folder_of_anybody(tmp_path: Path) -> None:
    """A program works in `/`, without a terminal, so that no stranger's files are picked up."""
    path = a_program(tmp_path, "tool", 'pwd; [ -t 0 ] || echo "no terminal"; echo "$TERM"')
    done = await Programs().ask(path, [])
    assert done.stdout == b"/\nno terminal\ndumb\n"


async def test_a_program_away_from_home_writes_nowhere(tmp_path: Path) -> None:
    """What writes into its home finds an empty one, which is gone afterwards."""
    path = a_program(tmp_path, "tool", 'echo "$HOME"; echo x > "$HOME/stats"; ls "$HOME"')
    done = await Programs({"HOME": str(tmp_path)}).ask(path, [], away_from_home=True)
    home, listing = done.stdout.decode().split("\n", 1)
    assert listing == "stats\n"
    assert home != str(tmp_path)
    assert os.access(home, os.F_OK) is False


async def test_programs_ask_nobody_for_newer_releases(tmp_path: Path) -> None:
    """Tools that look for newer releases of themselves are told not to."""
    path = a_program(tmp_path, "tool", 'echo "$CHECKPOINT_DISABLE $CLAB_VERSION_CHECK"')
    assert (await Programs().ask(path, [])).stdout == b"1 disable\n"


async def test_a_package_tells_its_version_without_being_started(tmp_path: Path) -> None:
    """The interpreter in a script's first line is asked; the script itself does not run."""
    program = tmp_path / "tool"
    program.write_text(f"#!{sys.executable}\nraise SystemExit(3)\n")
    assert await Programs().package_version(program, "click") != ""
    assert await Programs().package_version(program, "no-such-package") == ""


@pytest.mark.parametrize("first", ["#!/bin/sh", "#!python3", "\x7fELF", ""])
async def test_other_files_name_no_interpreter(tmp_path: Path, first: str) -> None:
    """A file that names no Python by its full path is not taken for a script of one."""
    program = tmp_path / "tool"
    program.write_text(f"{first}\n")
    assert await Programs().package_version(program, "click") == ""


async def test_a_lost_interpreter_is_said(tmp_path: Path) -> None:
    """A script whose interpreter was removed cannot be started."""
    program = tmp_path / "tool"
    program.write_text("#!/nowhere/bin/python3\n")
    with pytest.raises(TransportError) as caught:
        await Programs().package_version(program, "click")
    assert caught.value.kind == "missing"


async def test_a_keyring_in_the_folder_one_stands_in_is_not_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file keyring.py in a stranger's repository does not run."""
    (tmp_path / "keyring.py").write_text("print('owned')\ndef get_keyring(): pass\n")
    monkeypatch.chdir(tmp_path)
    try:
        assert "owned" not in await Programs().keyring()
    except TransportError as error:
        assert "owned" not in str(error)  # noqa: PT017 - a machine's own keyring may be broken


def test_space_is_told_of_a_path_that_is_not_there(tmp_path: Path) -> None:
    """The nearest folder above says what can be written; nothing is made."""
    space = space_at(tmp_path / "a" / "b")
    assert (space.nearest, space.is_writable) == (tmp_path, True)
    assert space.free_bytes > 0
    assert list(tmp_path.iterdir()) == []


def test_space_below_a_file_cannot_be_written(tmp_path: Path) -> None:
    """Below a file, and below a link to nowhere, nothing can be written."""
    (tmp_path / "file").write_text("")
    assert not space_at(tmp_path / "file" / "x").is_writable


@pytest.mark.parametrize(
    ("environ", "colours", "multiplexer"),
    [
        ({"TERM": "xterm"}, 16, ""),
        ({"TERM": "xterm-256color"}, 256, ""),
        ({"TERM": "tmux-256color", "TMUX": "/tmp/x,1,0"}, 256, "tmux"),
        ({"TERM": "screen", "STY": "1.tty"}, 16, "screen"),
        ({"TERM": "xterm", "COLORTERM": "truecolor"}, 1 << 24, ""),
        ({"TERM": "dumb"}, 0, ""),
        ({}, 0, ""),
    ],
)
def test_colours_are_told_from_the_environment(
    environ: Mapping[str, str], colours: int, multiplexer: str
) -> None:
    """TERM and COLORTERM tell the colours, TMUX and STY who sits between."""
    facts = terminal_facts(environ)
    assert (facts.colours, facts.multiplexer) == (colours, multiplexer)


@pytest.mark.parametrize(
    ("environ", "is_utf8"),
    [
        ({"LANG": "C.UTF-8"}, True),
        ({"LANG": "C.UTF-8", "LC_ALL": "C"}, False),
        ({"LANG": "C", "LC_CTYPE": "de_DE.utf8"}, True),
        ({}, False),
    ],
)
def test_the_locale_tells_the_encoding(environ: Mapping[str, str], is_utf8: bool) -> None:
    """The strongest of the locale's variables says whether the terminal speaks UTF-8."""
    assert terminal_facts(environ).is_utf8 is is_utf8


def test_hosts_are_names_not_patterns(tmp_path: Path) -> None:
    """Hosts are listed in their order, each once; patterns, negations and comments are not."""
    write(
        tmp_path,
        {
            "config": 'Host spine1 leaf-* !leaf-9 "spine 2"\nHOST=gw # old\n'
            '# Host nobody\nMatch host x\nHost "broken\nHost spine1\n'
        },
    )
    assert read_hosts(tmp_path / "config").names == ["spine1", "spine 2", "gw"]


def test_includes_are_followed(tmp_path: Path) -> None:
    """Included files are read where they stand, by pattern, relative to the configuration."""
    write(
        tmp_path,
        {
            "config": "Include conf.d/*.conf\nHost last\n",
            "conf.d/2.conf": "Host two\n",
            "conf.d/1.conf": f"Host one\nInclude {tmp_path}/more\n",
            "more": "Host three\n",
        },
    )
    assert read_hosts(tmp_path / "config").names == ["one", "three", "two", "last"]


def test_includes_are_bounded(tmp_path: Path) -> None:
    """Files that include each other end, and so do chains and endless lists."""
    write(tmp_path, {"config": "Include config\nInclude other\n", "other": "Include config\n"})
    assert not read_hosts(tmp_path / "config").is_cut
    chain = {str(one): f"Include {one + 1}\nHost h{one}\n" for one in range(MAX_DEPTH + 5)}
    write(tmp_path, chain)
    assert read_hosts(tmp_path / "0").is_cut
    many = "\n".join(f"Host h{one}" for one in range(MAX_HOSTS + 7))
    write(tmp_path, {"many": many})
    found = read_hosts(tmp_path / "many")
    assert (len(found.names), found.is_cut) == (MAX_HOSTS, True)


def test_no_configuration_is_no_hosts(tmp_path: Path) -> None:
    """Without a configuration, with a folder or a pipe in its place, there are no hosts."""
    os.mkfifo(tmp_path / "pipe")
    for name in ("nothing", "pipe", "."):
        assert read_hosts(tmp_path / name).names == []


def test_probes_are_quick() -> None:
    """No probe may take longer than three seconds."""
    assert machine.TIMEOUT_S == 3.0
