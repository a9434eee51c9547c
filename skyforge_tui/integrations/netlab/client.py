"""Asks the netlab command line of this machine: in the right folder, without a terminal."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Collection, Mapping
from pathlib import Path

from skyforge_tui.integrations.archiving import MOST_BYTES, PACK, PATIENCE_S
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.netlab import status_file, wire
from skyforge_tui.integrations.netlab.place import SNAPSHOT, SOMEWHERE, Folder, Surroundings
from skyforge_tui.integrations.netlab.questions import MOST_SAID, NetlabQuestions, words
from skyforge_tui.integrations.process import Completed, run

_CHANGES_LABS = re.compile(
    rb"^ *(\d+) (?:.*[/ ])?netlab +(?:up|down|restart|initial|config|create|api)\b", re.MULTILINE
)


class NetlabClient(NetlabQuestions):
    """Runs the netlab of this machine."""

    def __init__(
        self,
        program: str = "netlab",
        environ: Mapping[str, str] | None = None,
        timeout_s: float = 20.0,
    ) -> None:
        super().__init__(program)
        self._environ = _surroundings() if environ is None else dict(environ)
        self._timeout_s = timeout_s

    @property
    def home(self) -> Path:
        """The home folder that netlab sees."""
        return Path(self._environ.get("HOME") or Path.home())

    def path(self) -> str | None:
        """Return where the program is, or None when it is not installed."""
        return shutil.which(self._program, path=self._environ.get("PATH"))

    @property
    def endpoint(self) -> str:
        """Where the program is."""
        return self.path() or ""

    async def surroundings(
        self, directories: Collection[str], *, with_changing: bool
    ) -> Surroundings:
        """Look at folders of labs, and for whoever changes labs just now."""
        folders = await asyncio.to_thread(lambda: {one: _looked_at(one) for one in directories})
        if not with_changing:
            return Surroundings(folders)
        try:
            return Surroundings(folders, await self.changing())
        except TransportError:
            return Surroundings(folders)  # without `ps` nobody knows; netlab's own words stand

    async def graph(self, directory: str) -> str:
        """Return the links of the lab in `directory` in the DOT language.

        Raises:
            TransportError: as `inspect`; failed also when it ends well and wrote no file.
        """
        with tempfile.TemporaryDirectory(prefix="skyforge-") as folder:
            target = Path(folder) / "graph.dot"
            done = await self._run("graph", "-q", str(target), cwd=directory)
            if not target.is_file():
                raise TransportError("failed", words(done) or "netlab graph wrote no file")
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

    async def _has_file(self) -> bool:
        return bool(self.status_files())

    async def _check_installed(self) -> None:
        if self.path() is None:
            raise self._missing()

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
            max_bytes=MOST_SAID,
        )  # fmt: skip

    async def _pack(self, directory: str, *names: str) -> Completed:
        script = ["sh", "-c", PACK, "sh", directory, *names]
        return await run(script, timeout_s=PATIENCE_S, max_bytes=MOST_BYTES)

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


def _looked_at(directory: str) -> Folder:
    path = Path(directory)
    if not path.is_dir():
        return Folder(is_there=False, real=os.path.realpath(directory))
    try:
        snapshot = str((path / SNAPSHOT).stat().st_mtime_ns)
    except OSError:
        snapshot = ""
    return Folder(is_there=True, real=os.path.realpath(directory), snapshot=snapshot)
