"""Asks netlab, wherever it runs: bounded in every way, and never waiting for an answer of ours.

`netlab inspect`, `report` and `graph` load plugins and snapshots of the folder they work in, which
run code: ask only about folders in which this person started a lab.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

from skyforge_tui.integrations import printed_json
from skyforge_tui.integrations.archiving import packed
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.netlab import inspection, wire
from skyforge_tui.integrations.netlab.place import Surroundings
from skyforge_tui.integrations.process import Completed

TopologyKey = Literal["nodes", "links", "input"]
Piece = TypeVar("Piece")

MOST_SAID = 64 << 20
"""Bytes that are taken of one answer; ten thousand nodes have about half of that."""
_VERSION = re.compile(rb"netlab version (\d+)\.(\d+)")
_REPORT = re.compile(r"[a-z0-9][a-z0-9_-]*(\.(md|html|ascii|text))?")
_PASSED_ON = ("missing", "unreachable", "unauthorized", "untrusted", "invalid")
"""Ways to fail of whoever runs netlab: a file would fail in the same way, or be a lie."""
_USAGE = 2
"""The exit code of a release that does not know an option."""


@dataclass(frozen=True, slots=True)
class StatusAnswer:
    """The labs, and how they were found out."""

    status: wire.Status
    transport: Literal["command", "status file", "http"] = "command"
    why: str = ""
    """Why the command was not used; empty when it was, or when it is too old for it."""


class NetlabQuestions(ABC):
    """Runs netlab; every call says where it works. Where that is decides who inherits."""

    def __init__(self, program: str = "netlab") -> None:
        self._program = program
        self._is_old = False
        self._file_is_elsewhere = False

    async def version(self) -> tuple[int, int]:
        """Return year and month of the release.

        Raises:
            TransportError: missing, timeout, unreadable.
        """
        done = await self._run("version")
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
            done = await self._run("status", "--all", "--format", "json")
            if done.exit_code == _USAGE and b"--format" in done.stderr:
                self._is_old = True
                return StatusAnswer(await self._from_file(), "status file")
            found = wire.read_all(document(done, "netlab status"))
        except TransportError as error:
            if error.kind in _PASSED_ON or not await self._has_file():
                raise
            return StatusAnswer(await self._from_file(), "status file", error.message)
        # It can be moved by anybody's defaults, which only netlab itself puts together.
        self._file_is_elsewhere = bool(found.labs) and not await self._has_file()
        return StatusAnswer(found)

    async def brief_status(self) -> StatusAnswer:
        """Return this person's labs as the status file has them, if it is where it should be.

        Raises: as `status`.
        """
        await self._check_installed()
        if self._file_is_elsewhere:
            return await self.status()
        return StatusAnswer(await self._from_file(), "status file")

    async def folders(self) -> frozenset[str]:
        """Return the folders of this person's labs, as far as netlab's own file tells.

        Raises: as `status`.
        """
        return frozenset(one.directory for one in (await self._from_file()).labs)

    async def instance(self, instance: str) -> wire.InstanceStatus:
        """Return the nodes of a lab instance, asking its provider (docker, libvirt) about them.

        Raises:
            UnknownInstanceError: there is none.
            TransportError: as `status`; failed also when its folder is gone.
        """
        done = await self._run("status", f"--instance={instance}", "--format", "json")
        return wire.read_instance(document(done, "netlab status"))

    async def inspect(self, directory: str, key: TopologyKey) -> Any:
        """Return a top-level part of the topology of the lab in `directory`.

        Raises:
            TransportError: missing, timeout, failed with netlab's words, unreadable.
        """
        return document(await self._inspected(directory, key), "netlab inspect")

    async def nodes(self, directory: str) -> tuple[wire.NodeEntry, ...]:
        """Return the nodes of the topology of the lab in `directory`; raises as `inspect`."""
        done = await self._inspected(directory, "nodes")
        told = _or_words(done, printed_json.members(done.stdout, "netlab inspect"))
        return await printed_json.gathered(inspection.nodes_of(told))

    async def links(self, directory: str) -> tuple[inspection.Link, ...]:
        """Return its links; raises as `inspect`."""
        done = await self._inspected(directory, "links")
        told = _or_words(done, printed_json.elements(done.stdout, "netlab inspect"))
        return await printed_json.gathered(inspection.links_of(told))

    async def _inspected(self, directory: str, key: TopologyKey) -> Completed:
        try:
            return await self._run("inspect", "-q", "--format", "json", key, cwd=directory)
        except TransportError as error:
            if error.kind != "oversized":
                raise
        message = (
            f"netlab has more than {MOST_SAID >> 20} MiB to say of the {key} in {directory}; "
            f"there, netlab inspect --node NAME shows one"
        )
        raise TransportError("oversized", message)

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
            raise TransportError("refused", words(done) or f"there is no report {name}")
        return text

    async def archive(self, directory: str) -> bytes:
        """Return what the lab in `directory` is made from, was made of it, and was collected.

        Raises:
            TransportError: failed, timeout, oversized.
        """
        return packed(await self._pack(directory, "."), directory)

    @property
    @abstractmethod
    def endpoint(self) -> str:
        """Where netlab is, in a word; empty when it is nowhere."""

    @abstractmethod
    async def surroundings(
        self, directories: Collection[str], *, with_changing: bool
    ) -> Surroundings:
        """Look at folders of labs, `with_changing` also for whoever changes labs just now.

        Raises:
            TransportError: as `status`.
        """

    @abstractmethod
    async def _run(self, *arguments: str, cwd: str | Path | None = None) -> Completed: ...

    @abstractmethod
    async def _pack(self, directory: str, *names: str) -> Completed: ...

    @abstractmethod
    async def _from_file(self) -> wire.Status: ...

    @abstractmethod
    async def _has_file(self) -> bool: ...

    @abstractmethod
    async def _check_installed(self) -> None: ...


def document(done: Completed, what: str) -> Any:
    """Return the JSON that a command wrote, whatever its exit code; else raise its own words."""
    try:
        return printed_json.read_document(done.stdout, what)
    except TransportError as error:
        raise _failed(done, what, error) from None


def _or_words(done: Completed, pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Yield the pieces of what a command wrote; raise its own words where there are none."""
    try:
        yield from pieces
    except TransportError as error:
        failure = _failed(done, "netlab inspect", error)
    else:
        return
    raise failure


def _failed(done: Completed, what: str, error: TransportError) -> TransportError:
    if done.exit_code == 0:
        return error
    return TransportError("failed", words(done) or f"{what} ended with code {done.exit_code}")


def words(done: Completed) -> str:
    """Return what a command complained about, on one line; its last line when it has no form."""
    lines = [one.strip() for one in done.stderr.decode(errors="replace").splitlines()]
    said = [one for one in lines if one]
    for line in said:
        if " in " in line and ": " in line and not line.startswith("..."):
            return line.partition(": ")[2]
    return said[-1] if said else ""
