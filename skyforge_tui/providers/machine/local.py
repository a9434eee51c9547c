"""This machine, check by check; each is bounded, and none depends on another."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from pathlib import Path

from skyforge_tui.domain.errors import NotFound
from skyforge_tui.domain.machine import Check, CheckGroup, CheckState
from skyforge_tui.integrations.aside import aside
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.machine import (
    TIMEOUT_S,
    Programs,
    TerminalFacts,
    space_at,
    terminal_facts,
)
from skyforge_tui.integrations.ssh_config import Hosts, read_hosts
from skyforge_tui.providers.machine.tools import SSH, TOOLS, Tool, check_tool

_LITTLE_BYTES = 500_000_000
"""Free space below which a run's output may soon not fit."""
_SHOWN_HOSTS = 3


@dataclass(frozen=True, slots=True)
class Places:
    """Where this program keeps its files, and what is wrong with its configuration."""

    config: Path
    state: Path
    cache: Path
    complaints: tuple[str, ...] = ()


class LocalMachine:
    """Looks at the machine this program runs on; implements `Machine`."""

    def __init__(self, places: Places, programs: Programs | None = None) -> None:
        self._places = places
        self._programs = programs or Programs()
        self._checks: dict[str, Callable[[], Awaitable[Check]]] = {
            tool.name: self._of_tool(tool) for tool in TOOLS
        }
        self._checks |= {
            "docker": self._docker,
            "ssh": self._ssh,
            "config": self._config,
            "state": self._folder("state", places.state, "runs, their output, what is remembered"),
            "cache": self._folder("cache", places.cache, "what can be fetched again"),
            "keyring": self._keyring,
            "terminal": self._terminal,
        }

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all checks: tools, places, the terminal."""
        return tuple(self._checks)

    async def check(self, name: str) -> Check:
        """Find out about one thing.

        Raises:
            NotFound: there is no check of that name.
        """
        check = self._checks.get(name)
        if check is None:
            raise NotFound(f"nothing is known of {name}", advice=f"ask for {', '.join(self.names)}")
        return await check()

    def _of_tool(self, tool: Tool) -> Callable[[], Awaitable[Check]]:
        return lambda: check_tool(tool, self._programs)

    async def _docker(self) -> Check:
        """Check client and engine; an engine on another machine is named and not asked."""
        tool = next(one for one in TOOLS if one.name == "docker")
        found = await check_tool(tool, self._programs)
        if found.state is not CheckState.OK:
            return found
        docker = Path(found.where)
        silent = replace(
            found,
            state=CheckState.WARNING,
            detail="no engine answers",
            advice="start the engine",
        )
        try:
            context = ["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"]
            host = (await self._programs.ask(docker, context)).stdout.decode("utf-8", "replace")
            if host.strip() and not host.strip().startswith(("unix:", "npipe:")):
                return replace(found, detail=f"its engine is elsewhere, not asked: {host.strip()}")
            version = ["version", "--format", "{{.Server.Version}}"]
            answer = await self._programs.ask(docker, version)
        except TransportError:
            return silent
        if b"permission denied" in answer.stderr:
            refused, advice = "its engine refuses this person", "join the group docker"
            return replace(silent, detail=refused, advice=advice)
        engine = answer.stdout.decode("utf-8", "replace").strip()
        if answer.exit_code != 0 or not engine:
            return silent
        return replace(found, detail=f"engine {engine} answers")

    async def _ssh(self) -> Check:
        """Check the client, and name some of the hosts that the person has configured."""
        found = await check_tool(SSH, self._programs)
        config = _ssh_config()
        try:
            async with asyncio.timeout(TIMEOUT_S):
                hosts = await aside(lambda: read_hosts(config))
        except TimeoutError:
            return replace(found, detail=f"{config} was not read within {TIMEOUT_S:g} s")
        return replace(found, detail=found.detail or _in_words(hosts))

    async def _config(self) -> Check:
        path, complaints = self._places.config, self._places.complaints
        check = Check(
            "config", CheckGroup.PLACE, CheckState.OK, "what is set", where=str(path)
        )  # fmt: skip
        if complaints:
            more = f", and {len(complaints) - 1} more" if len(complaints) > 1 else ""
            return replace(
                check, state=CheckState.ERROR, detail=complaints[0] + more,
                advice="correct it; skyforge config validate says all",
            )  # fmt: skip
        if not await aside(path.exists):
            return replace(check, detail="not there: defaults hold")
        return replace(check, detail="sound")

    def _folder(self, name: str, path: Path, purpose: str) -> Callable[[], Awaitable[Check]]:
        check = Check(name, CheckGroup.PLACE, CheckState.OK, purpose, where=str(path))

        async def look() -> Check:
            try:
                async with asyncio.timeout(TIMEOUT_S):
                    space = await aside(lambda: space_at(path))
            except TimeoutError:
                late = f"the disk gave no answer within {TIMEOUT_S:g} s"
                return replace(
                    check, state=CheckState.ERROR, detail=late, advice="look at its mount"
                )
            except OSError as error:
                said = f"cannot be looked at ({(error.strerror or str(error)).lower()})"
                return replace(check, state=CheckState.ERROR, detail=said)
            free = f"{space.free_bytes / 1e9:,.1f} GB free"
            if not space.is_writable:
                return replace(
                    check, state=CheckState.ERROR, detail=f"{space.nearest} cannot be written",
                    advice=f"let yourself write there, or set {name}_dir elsewhere",
                )  # fmt: skip
            if space.free_bytes < _LITTLE_BYTES:
                return replace(
                    check, state=CheckState.WARNING, detail=f"only {free}", advice="make room"
                )
            return replace(check, detail=free)

        return look

    async def _keyring(self) -> Check:
        check = Check("keyring", CheckGroup.PLACE, CheckState.OK, "passwords that nobody types")
        others = "or keep secrets as env:NAME, file:PATH or cmd:PROGRAM"
        try:
            backend = await self._programs.keyring()
        except TransportError as error:
            return replace(
                check, state=CheckState.WARNING, detail=f"gave no answer: {error.message}",
                advice=f"unlock it, {others}",
            )  # fmt: skip
        if not backend:
            return replace(
                check, state=CheckState.MISSING, detail="not installed",
                advice=f"pip install keyring, {others}",
            )  # fmt: skip
        if backend.startswith(("fail ", "null ")):
            return replace(
                check, state=CheckState.MISSING, detail="this machine keeps no keyring",
                advice=others.removeprefix("or "),
            )  # fmt: skip
        return replace(check, detail=backend)

    async def _terminal(self) -> Check:
        return terminal_check(terminal_facts())


def terminal_check(facts: TerminalFacts) -> Check:
    """Say what a terminal can show, and what it lacks."""
    colours = {0: "no colours", 16: "16 colours", 256: "256 colours"}
    parts = [
        f"{facts.columns}×{facts.rows}" if facts.is_terminal else "not a terminal",
        "NO_COLOR" if facts.is_colourless_by_wish else colours.get(facts.colours, "all colours"),
        "UTF-8" if facts.is_utf8 else "not UTF-8",
        facts.multiplexer,
    ]
    check = Check(
        "terminal", CheckGroup.TERMINAL, CheckState.OK, "what one sees", facts.name,
        detail=", ".join(one for one in parts if one),
    )  # fmt: skip
    if not facts.is_utf8:
        advice = "signs are drawn in ASCII; a UTF-8 locale in LANG gives all of them"
        return replace(check, state=CheckState.WARNING, advice=advice)
    if facts.is_terminal and facts.colours < 256 and not facts.is_colourless_by_wish:
        advice = 'set TERM to what the terminal is, such as xterm-256color; or theme = "mono"'
        return replace(check, state=CheckState.WARNING, advice=advice)
    return check


def _ssh_config() -> Path:
    return Path(os.path.expanduser("~/.ssh/config"))  # noqa: PTH111 - takes a missing home


def _in_words(hosts: Hosts) -> str:
    if not hosts.names:
        return "no hosts configured"
    some = ", ".join(hosts.names[:_SHOWN_HOSTS])
    more = "…" if len(hosts.names) > _SHOWN_HOSTS else ""
    count = f"{len(hosts.names):,}{'+' if hosts.is_cut else ''}"
    return f"{count} host{'s' if count != '1' else ''}: {some}{more}"
