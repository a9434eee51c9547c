"""Asks the netlab command line: in the right folder, without a terminal, bounded in every way.

`netlab inspect`, `report` and `graph` load plugins and snapshots of the folder they work in, which
run code: ask only about folders in which this person started a lab.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.netlab import status_file, wire
from skyforge_tui.integrations.process import Completed, run

TopologyKey = Literal["nodes", "links", "input"]

_VERSION = re.compile(rb"netlab version (\d+)\.(\d+)")
_REPORT = re.compile(r"[a-z0-9][a-z0-9_-]*(\.(md|html|ascii|text))?")
_CHANGES_LABS = re.compile(
    rb"^ *(\d+) (?:.*[/ ])?netlab +(?:up|down|restart|initial|config|create|api)\b", re.MULTILINE
)
SOMEWHERE = ""
"""Stands for the folder of a process that does not tell where it is."""
_USAGE = 2
"""The exit code of a release that does not know an option."""


@dataclass(frozen=True, slots=True)
class StatusAnswer:
    """The labs, and how they were found out."""

    status: wire.Status
    transport: Literal["command", "status file"] = "command"
    why: str = ""
    """Why the command was not used; empty when it was, or when it is too old for it."""


class NetlabClient:
    """Runs netlab; every call says where it works and never waits for an answer to a question."""

    def __init__(
        self,
        program: str = "netlab",
        environ: Mapping[str, str] | None = None,
        timeout_s: float = 20.0,
    ) -> None:
        self._program = program
        self._environ = _surroundings() if environ is None else dict(environ)
        self._timeout_s = timeout_s
        self._is_old = False
        self._file_is_elsewhere = False

    @property
    def home(self) -> Path:
        """The home folder that netlab sees."""
        return Path(self._environ.get("HOME") or Path.home())

    def path(self) -> str | None:
        """Return where the program is, or None when it is not installed."""
        return shutil.which(self._program, path=self._environ.get("PATH"))

    async def version(self) -> tuple[int, int]:
        """Return year and month of the release.

        Raises:
            TransportError: missing, timeout, unreadable.
        """
        done = await self._run("version", cwd=self.home)
        found = _VERSION.search(done.stdout)
        if found is None:
            raise TransportError("unreadable", "netlab does not tell its version")
        return int(found[1]), int(found[2])

    async def status(self) -> StatusAnswer:
        """Return this person's labs: from the command, else from the file that it reads.

        The command can be slow or fail after a reboot, and says nothing readable before 26.02.

        Raises:
            TransportError: missing, or neither the command nor the file can be understood.
        """
        if self._is_old:
            return StatusAnswer(await self._from_file(), "status file")
        try:
            done = await self._run("status", "--all", "--format", "json", cwd=self.home)
            if done.exit_code == _USAGE and b"--format" in done.stderr:
                self._is_old = True
                return StatusAnswer(await self._from_file(), "status file")
            found = wire.read_all(_document(done, "netlab status"))
        except TransportError as error:
            if error.kind == "missing" or not self.status_files():
                raise
            return StatusAnswer(await self._from_file(), "status file", error.message)
        # It can be moved by anybody's defaults, which only netlab itself puts together.
        self._file_is_elsewhere = bool(found.labs) and not self.status_files()
        return StatusAnswer(found)

    async def brief_status(self) -> StatusAnswer:
        """Return this person's labs as the status file has them, if it is where it should be.

        Raises: as `status`.
        """
        if self.path() is None:
            raise self._missing()
        if self._file_is_elsewhere:
            return await self.status()
        return StatusAnswer(await self._from_file(), "status file")

    async def instance(self, instance: str) -> wire.InstanceStatus:
        """Return the nodes of a lab instance, asking its provider (docker, libvirt) about them.

        Raises:
            UnknownInstanceError: there is none.
            TransportError: as `status`; failed also when its folder is gone.
        """
        done = await self._run("status", f"--instance={instance}", "--format", "json")
        return wire.read_instance(_document(done, "netlab status"))

    async def inspect(self, directory: str, key: TopologyKey) -> Any:
        """Return a top-level part of the topology of the lab in `directory`.

        Raises:
            TransportError: missing, timeout, failed with netlab's words, unreadable.
        """
        done = await self._run("inspect", "-q", "--format", "json", key, cwd=directory)
        return _document(done, "netlab inspect")

    async def report(self, directory: str, name: str) -> str:
        """Return a report on the lab in `directory`; netlab ends with 0 when there is none such.

        Raises:
            TransportError: refused, when there is no such report; else as `inspect`.
        """
        if not _REPORT.fullmatch(name):
            raise TransportError("refused", f"{name!r} is not the name of a report")
        done = await self._run("report", "-q", name, cwd=directory)
        text = done.stdout.decode(errors="replace")
        if not text.strip() or b"Cannot find" in done.stderr:
            raise TransportError("refused", _words(done) or f"there is no report {name}")
        return text

    async def graph(self, directory: str) -> str:
        """Return the links of the lab in `directory` in the DOT language.

        Raises:
            TransportError: as `inspect`; failed also when it ends well and wrote no file.
        """
        with tempfile.TemporaryDirectory(prefix="skyforge-") as folder:
            target = Path(folder) / "graph.dot"
            done = await self._run("graph", "-q", str(target), cwd=directory)
            if not target.is_file():
                raise TransportError("failed", _words(done) or "netlab graph wrote no file")
            return target.read_text("utf-8", errors="replace")

    async def changing(self) -> frozenset[str]:
        """Return the folders in which a netlab that changes labs runs, for whomever.

        SOMEWHERE is among them when one runs whose folder cannot be known.

        Raises:
            TransportError: the processes cannot be listed.
        """
        done = await run(["ps", "-A", "-ww", "-o", "pid=,args="], timeout_s=self._timeout_s)
        pids = [int(one) for one in _CHANGES_LABS.findall(done.stdout)]
        folders = await asyncio.to_thread(lambda: [_folder_of(one) for one in pids])
        return frozenset(one for one in folders if one is not None)

    def status_files(self) -> list[Path]:
        """Return the status files that are there."""
        return [one for one in status_file.candidates(self.home) if one.exists()]

    async def stamp(self) -> str:
        """Return a text that differs whenever the status file was written."""
        return await asyncio.to_thread(status_file.stamp, self.home)

    async def _from_file(self) -> wire.Status:
        return await status_file.read(self.home)

    async def _run(self, *arguments: str, cwd: str | Path | None = None) -> Completed:
        program = self.path()
        if program is None:
            raise self._missing()
        # Wide and plain: what netlab prints for people is cut to the width of the terminal.
        environ = self._environ | {"NO_COLOR": "1", "COLUMNS": "1000", "TERM": "dumb"}
        folder = self.home if cwd is None else Path(cwd)
        if not folder.is_dir():
            raise TransportError("failed", f"{folder} is not there any more")
        return await run(
            [program, *arguments], cwd=folder, env=environ, timeout_s=self._timeout_s,
            max_bytes=64 << 20,
        )  # fmt: skip

    def _missing(self) -> TransportError:
        return TransportError("missing", f"{self._program} is not installed here")


def _folder_of(pid: int) -> str | None:
    """Return the folder that a process works in, None when it has ended; only Linux tells."""
    processes = Path("/proc")
    try:
        return str((processes / str(pid) / "cwd").readlink())
    except FileNotFoundError:
        return None if (processes / "self").exists() else SOMEWHERE
    except OSError:
        return SOMEWHERE  # somebody else's


def _surroundings() -> dict[str, str]:
    """Return our environment; what is installed beside this program is found last."""
    beside = str(Path(sys.executable).parent)
    return {**os.environ, "PATH": os.pathsep.join([os.environ.get("PATH", os.defpath), beside])}


def _document(done: Completed, what: str) -> Any:
    """Return the JSON that a command wrote, whatever its exit code; else raise its own words."""
    try:
        return wire.read_json(done.stdout, what)
    except TransportError:
        if done.exit_code == 0:
            raise
        words = _words(done) or f"{what} ended with code {done.exit_code}"
        raise TransportError("failed", words) from None


def _words(done: Completed) -> str:
    """Return what a command complained about, on one line; its last line when it has no form."""
    lines = [one.strip() for one in done.stderr.decode(errors="replace").splitlines()]
    said = [one for one in lines if one]
    for line in said:
        if " in " in line and ": " in line and not line.startswith("..."):
            return line.partition(": ")[2]
    return said[-1] if said else ""
