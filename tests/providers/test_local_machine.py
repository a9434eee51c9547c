"""What is found on a machine is what is there: old, broken, hanging and missing tools, too."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pytest

from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.machine import Check, CheckGroup, CheckState
from skyforge_tui.integrations import machine
from skyforge_tui.integrations.machine import Programs, TerminalFacts
from skyforge_tui.providers.machine import local, tools
from skyforge_tui.providers.machine.local import LocalMachine, Places, terminal_check


def a_tool(folder: Path, name: str, body: str) -> None:
    """Put a scripted tool on the PATH of `a_machine`."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)


def a_machine(folder: Path, **places: object) -> LocalMachine:
    """Return a machine with no tools but those in `folder`/bin, and its own places."""
    environ = {"PATH": str(folder / "bin"), "HOME": str(folder), "LANG": "C.UTF-8"}
    values = {
        "config": folder / "config.toml", "state": folder / "state", "cache": folder / "cache",
    }  # fmt: skip
    return LocalMachine(Places(**(values | places)), Programs(environ))  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _no_tools_beside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the tools that are installed beside the interpreter."""
    monkeypatch.setattr(sys, "executable", "")


async def the(name: str, of: LocalMachine) -> Check:
    """Return one check."""
    return await of.check(name)


TELLING = [
    ("git", "git", "echo git version 2.39.5", "2.39.5"),
    ("ansible", "ansible-playbook", 'echo "ansible-playbook [core 2.19.14]"', "2.19.14"),
    ("netlab", "netlab", 'echo "netlab version 26.10"', "26.10"),
    ("containerlab", "containerlab", 'echo "    version: 0.71.1"', "0.71.1"),
    ("terraform", "terraform", """echo '{"terraform_version": "1.11.4"}'""", "1.11.4"),
    ("terraform", "tofu", """echo '{ "terraform_version":"1.10.0" }'""", "1.10.0"),
    ("make", "make", "echo GNU Make 4.3", "4.3"),
    ("ssh", "ssh", "echo OpenSSH_9.2p1 Debian-2, OpenSSL 3.0 >&2", "9.2p1"),
]


@pytest.mark.parametrize(("name", "program", "body", "version"), TELLING)
async def test_tools_tell_their_version(
    tmp_path: Path, name: str, program: str, body: str, version: str
) -> None:
    """A tool that runs is found with its version and its place."""
    a_tool(tmp_path / "bin", program, body)
    check = await the(name, a_machine(tmp_path))
    assert (check.state, check.version) == (CheckState.OK, version)
    assert check.where == str(tmp_path / "bin" / program)
    assert check.advice == ""


@pytest.mark.parametrize("name", [one.name for one in tools.TOOLS] + ["ssh"])
async def test_a_missing_tool_says_how_to_get_it(tmp_path: Path, name: str) -> None:
    """What is not there is missing, no error, with the name of its package."""
    check = await the(name, a_machine(tmp_path))
    assert (check.state, check.where, check.version) == (CheckState.MISSING, "", "")
    assert "install" in check.advice
    assert check.purpose


@pytest.mark.parametrize(
    ("name", "program", "said", "oldest"),
    [
        ("ansible", "ansible-playbook", "ansible-playbook [core 2.9.27]", "2.18"),
        ("ansible", "ansible-playbook", "ansible-playbook 2.9.27", "2.18"),
        ("netlab", "netlab", "netlab version 25.12", "26.02"),
        ("netlab", "netlab", "netlab version 26.01-rc1", "26.02"),
    ],
)
async def test_an_old_tool_is_a_warning(
    tmp_path: Path, name: str, program: str, said: str, oldest: str
) -> None:
    """A release older than the oldest that is known to do is told, with the way to a newer one."""
    a_tool(tmp_path / "bin", program, f'echo "{said}"')
    check = await the(name, a_machine(tmp_path))
    assert check.state is CheckState.WARNING
    assert check.detail == f"older than {oldest}"
    assert check.version in said
    assert "pip install" in check.advice


async def test_a_hanging_tool_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tool that never answers is left alone after its time, and nothing of it stays behind."""
    monkeypatch.setattr(machine, "TIMEOUT_S", 0.2)
    a_tool(tmp_path / "bin", "git", f"echo $$ > {tmp_path}/pid; exec /bin/sleep 1000")
    check = await the("git", a_machine(tmp_path))
    assert check.state is CheckState.WARNING
    assert "gave no answer within" in check.detail
    assert "git --version" in check.advice
    assert left_behind(tmp_path / "pid") is False


def left_behind(note: Path) -> bool:
    """Say whether the process whose number is in `note` lives; it may have died before noting."""
    if not note.exists() or not (number := note.read_text().strip()):
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return False
    return True


async def test_a_broken_tool_is_an_error(tmp_path: Path) -> None:
    """A tool that fails is in the way, and its last words are told."""
    a_tool(tmp_path / "bin", "ansible-playbook", "echo Traceback >&2; echo no yaml >&2; exit 1")
    check = await the("ansible", a_machine(tmp_path))
    assert (check.state, check.detail) == (CheckState.ERROR, "does not run: no yaml")


async def test_a_tool_without_interpreter_is_an_error(tmp_path: Path) -> None:
    """A script whose interpreter is gone does not run."""
    a_tool(tmp_path / "bin", "netlab", "")
    (tmp_path / "bin" / "netlab").write_text("#!/nowhere/python3\n")
    check = await the("netlab", a_machine(tmp_path))
    assert check.state is CheckState.ERROR
    assert check.detail.startswith("does not run: ")


async def test_a_mumbling_tool_is_a_warning(tmp_path: Path) -> None:
    """A tool that says something else is there, and not understood."""
    a_tool(tmp_path / "bin", "make", "echo hello")
    check = await the("make", a_machine(tmp_path))
    assert (check.state, check.detail) == (CheckState.WARNING, "does not tell its version")


DOCKER = """
case "$1" in
  --version) echo "Docker version 28.2.2, build x";;
  context) echo "%s";;
  version) echo asked >> "$HOME/asked"; %s;;
esac
"""


@pytest.mark.parametrize(
    ("host", "answer", "state", "detail"),
    [
        ("unix:///run/x", "echo 27.1", CheckState.OK, "engine 27.1 answers"),
        ("unix:///run/x", "echo gone >&2; exit 1", CheckState.WARNING, "no engine answers"),
        ("unix:///run/x", "echo permission denied >&2; exit 1", CheckState.WARNING,
         "its engine refuses this person"),
        ("", "echo 27.1", CheckState.OK, "engine 27.1 answers"),
    ],
)  # fmt: skip
async def test_docker_needs_an_engine(
    tmp_path: Path, host: str, answer: str, state: CheckState, detail: str
) -> None:
    """A client without an engine that answers is not enough."""
    a_tool(tmp_path / "bin", "docker", DOCKER % (host, answer))
    check = await the("docker", a_machine(tmp_path))
    assert (check.state, check.detail, check.version) == (state, detail, "28.2.2")


async def test_an_engine_elsewhere_is_not_asked(tmp_path: Path) -> None:
    """An engine on another machine is named; nothing is sent to it."""
    a_tool(tmp_path / "bin", "docker", DOCKER % ("tcp://10.0.0.1:2376", "echo 27.1"))
    check = await the("docker", a_machine(tmp_path))
    assert check.state is CheckState.OK
    assert check.detail == "its engine is elsewhere, not asked: tcp://10.0.0.1:2376"
    assert not (tmp_path / "asked").exists()


async def test_a_sound_configuration_is_ok(tmp_path: Path) -> None:
    """A configuration that is not there is fine; one with mistakes is in the way."""
    check = await the("config", a_machine(tmp_path))
    assert (check.state, check.detail) == (CheckState.OK, "not there: defaults hold")
    (tmp_path / "config.toml").write_text("")
    assert (await the("config", a_machine(tmp_path))).detail == "sound"
    bad = a_machine(tmp_path, complaints=("c.toml:1: unknown key x", "c.toml:2: y"))
    check = await the("config", bad)
    assert check.state is CheckState.ERROR
    assert check.detail == "c.toml:1: unknown key x, and 1 more"
    assert "config validate" in check.advice


async def test_folders_say_what_fits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder that can be written is ok; little room is a warning; none to write is an error."""
    (tmp_path / "file").write_text("")
    plain = await the("state", a_machine(tmp_path))
    assert plain.state is CheckState.OK
    assert plain.detail.endswith("GB free")
    assert not (tmp_path / "state").exists()
    blocked = await the("cache", a_machine(tmp_path, cache=tmp_path / "file" / "cache"))
    assert blocked.state is CheckState.ERROR
    assert "cannot be written" in blocked.detail
    assert "cache_dir" in blocked.advice
    monkeypatch.setattr(local, "_LITTLE_BYTES", 1 << 60)
    assert (await the("state", a_machine(tmp_path))).state is CheckState.WARNING


async def test_hosts_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The hosts of the person's own ssh configuration are counted, some of them named."""
    a_tool(tmp_path / "bin", "ssh", "echo OpenSSH_9.2p1, x >&2")
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".ssh").mkdir()
    (tmp_path / ".ssh" / "config").write_text("Host a b c d\nHost *\n")
    assert (await the("ssh", a_machine(tmp_path))).detail == "4 hosts: a, b, c…"


async def test_unknown_checks_are_refused(tmp_path: Path) -> None:
    """A check that there is not says which there are."""
    with pytest.raises(NotFound, match="nothing is known of pony"):
        await a_machine(tmp_path).check("pony")


async def test_every_check_is_answered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every check answers on a machine with nothing, and is what it is called."""
    monkeypatch.undo()
    of = a_machine(tmp_path)
    found = await asyncio.gather(*(of.check(name) for name in of.names))
    assert tuple(one.name for one in found) == of.names
    assert {one.group for one in found} == set(CheckGroup)
    assert all(one.purpose for one in found)
    assert all("://" not in one.advice for one in found)


def facts(**over: object) -> TerminalFacts:
    """Return a good terminal with changes."""
    values = {
        "is_terminal": True, "columns": 120, "rows": 36, "colours": 1 << 24, "is_utf8": True,
        "name": "xterm-256color", "is_colourless_by_wish": False, "multiplexer": "",
    }  # fmt: skip
    return TerminalFacts(**(values | over))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("over", "state", "detail"),
    [
        ({}, CheckState.OK, "120×36, all colours, UTF-8"),
        ({"multiplexer": "tmux", "colours": 256}, CheckState.OK,
         "120×36, 256 colours, UTF-8, tmux"),
        ({"is_utf8": False}, CheckState.WARNING, "120×36, all colours, not UTF-8"),
        ({"colours": 16}, CheckState.WARNING, "120×36, 16 colours, UTF-8"),
        ({"colours": 0, "is_colourless_by_wish": True}, CheckState.OK, "120×36, NO_COLOR, UTF-8"),
        ({"is_terminal": False, "colours": 0}, CheckState.OK, "not a terminal, no colours, UTF-8"),
    ],
)  # fmt: skip
def test_a_terminal_is_what_it_shows(
    over: dict[str, object], state: CheckState, detail: str
) -> None:
    """A terminal without UTF-8 or with few colours is a warning, unless that was wished."""
    check = terminal_check(facts(**over))
    assert (check.state, check.detail) == (state, detail)
    assert bool(check.advice) is (state is CheckState.WARNING)
