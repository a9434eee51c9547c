"""The programs that runs are made of: how each tells its version, what it is for, how to get it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from skyforge_tui.domain.machine import Check, CheckGroup, CheckState
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.machine import TIMEOUT_S, Programs, last_line


@dataclass(frozen=True, slots=True)
class Tool:
    """A program, and what is to be known of it."""

    name: str
    programs: tuple[str, ...]
    """What it may be called; the first that is there counts, as it does for runs."""
    words: tuple[str, ...]
    """What makes it tell its version."""
    version: re.Pattern[str]
    """Finds the version as its first group, in either stream."""
    purpose: str
    advice: str
    """How to get it."""
    oldest: str = ""
    """The oldest release that is known to do; empty when any does."""
    package: str = ""
    """The Python package it comes from, if it does. Such a program is slow to start and writes into
    the home folder whatever it is asked, so the package is asked first."""


TOOLS: tuple[Tool, ...] = (
    Tool(
        "git", ("git",), ("--version",), re.compile(r"git version (\d\S*)"),
        "projects and their commits", "install git",
    ),
    Tool(
        "ansible", ("ansible-playbook",), ("--version",),
        re.compile(r"\[core (\d[^\]\s]*)\]|ansible-playbook (\d\S*)"),
        "playbooks", "pip install -U ansible-core", "2.18", "ansible-core",
    ),
    Tool(
        "netlab", ("netlab",), ("version",), re.compile(r"netlab version (\d\S*)"),
        "network labs from a topology file", "pip install -U networklab", "26.02",
        "networklab",
    ),
    Tool(
        "containerlab", ("containerlab",), ("version",), re.compile(r"version:\s*v?(\d\S*)"),
        "labs of containers", "install containerlab",
    ),
    Tool(
        "docker", ("docker",), ("--version",), re.compile(r"version (\d[^\s,]*)"),
        "the engine that containers run in", "install Docker, then start its engine",
    ),
    Tool(
        "terraform", ("tofu", "terraform"), ("version", "-json"),
        re.compile(r'"terraform_version":\s*"([^"]+)"'),
        "infrastructure as code", "install opentofu or terraform",
    ),
    Tool(
        "make", ("make",), ("--version",), re.compile(r"Make (\d\S*)"),
        "the targets of Makefiles", "install make",
    ),
)  # fmt: skip
SSH = Tool(
    "ssh", ("ssh",), ("-V",), re.compile(r"_(\d[^\s,]*)"),
    "other machines", "install openssh-client",
)  # fmt: skip


async def check_tool(tool: Tool, programs: Programs) -> Check:
    """Find out whether a program is there, runs, and is young enough."""
    found = next((path for one in tool.programs if (path := programs.find(one))), None)
    if found is None:
        return _check(tool, CheckState.MISSING, "", "", "not found", tool.advice)
    try:
        if tool.package and (version := await programs.package_version(found, tool.package)):
            return _aged(tool, version, str(found))
        done = await programs.ask(found, tool.words, away_from_home=bool(tool.package))
    except TransportError as error:
        if error.kind == "timeout":
            late = f"gave no answer within {TIMEOUT_S:g} s"
            return _check(tool, CheckState.WARNING, "", str(found), late, _try(tool, str(found)))
        said = f"does not run: {error}"
        return _check(tool, CheckState.ERROR, "", str(found), said, _try(tool, str(found)))
    text = (done.stdout + b"\n" + done.stderr).decode("utf-8", "replace")
    match = tool.version.search(text)
    if done.exit_code != 0 or match is None:
        state = CheckState.ERROR if done.exit_code != 0 else CheckState.WARNING
        ill = f"does not run: {last_line(done)}" if done.exit_code else "does not tell its version"
        return _check(tool, state, "", str(found), ill, _try(tool, str(found)))
    return _aged(tool, next(one for one in match.groups() if one), str(found))


def _aged(tool: Tool, version: str, where: str) -> Check:
    """Say whether a program that runs is young enough."""
    if _numbers(version) < _numbers(tool.oldest):
        old = f"older than {tool.oldest}"
        return _check(tool, CheckState.WARNING, version, where, old, tool.advice)
    return _check(tool, CheckState.OK, version, where)


def _check(
    tool: Tool, state: CheckState, version: str, where: str, detail: str = "", advice: str = ""
) -> Check:
    return Check(
        tool.name, CheckGroup.TOOL, state, tool.purpose, version, where, detail, advice
    )  # fmt: skip


def _try(tool: Tool, path: str) -> str:
    return f"try it in a shell: {path} {' '.join(tool.words)}"


def _numbers(version: str) -> tuple[int, ...]:
    """Return the leading numbers of a version: 2.19.0rc1 is (2, 19, 0)."""
    found = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(int(one) for one in found[0].split(".")) if found else ()
