"""Labs without netlab: a provider, a cache and a netlab command that say what they are told to."""

from __future__ import annotations

import asyncio
import json
import stat
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from skyforge_tui.domain.errors import NotFound, Unavailable
from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.identity import LabId
from skyforge_tui.domain.lab import Lab, LabDetail, LabSource, LabState
from skyforge_tui.ports.lab_provider import EVERY_LAB, LabListing, LabQuery, Metadata
from tests.builders import NOON

NETLAB = "netlab"


def a_lab(**over: Any) -> Lab:
    """Return a lab: `bgp` of ada, two FRR nodes in `/srv/edge-fabric/bgp`, running and ready."""
    values: dict[str, Any] = {
        "id": LabId(f"{NETLAB}:default"),
        "name": "bgp",
        "state": LabState.RUNNING,
        "provider": NETLAB,
        "kind": NETLAB,
        "owner": "ada",
        "directory": "/srv/edge-fabric/bgp",
        "topology": "/srv/edge-fabric/bgp/topology.yml",
        "nodes_total": 2,
        "nodes_up": 2,
        "ready": 2,
        "updated_at": NOON,
    }
    return Lab(**(values | over))


def a_lab_source(**over: Any) -> LabSource:
    """Return how netlab answered: well, by its command, at NOON."""
    values: dict[str, Any] = {
        "provider": NETLAB,
        "kind": NETLAB,
        "mode": UpstreamState.LIVE,
        "transport": "command",
        "endpoint": "/usr/bin/netlab",
        "as_of": NOON,
    }
    return LabSource(**(values | over))


class FakeLabProvider:
    """Holds labs; a provider whose source is not live holds none for anybody."""

    kind = NETLAB

    def __init__(self, *labs: Lab, upstream: str = NETLAB) -> None:
        self.upstream = upstream
        self.held: dict[LabId, Lab] = {one.id: one for one in labs}
        self.details: dict[LabId, LabDetail] = {}
        self.unreadable: set[LabId] = set()
        self.source = a_lab_source(provider=upstream)
        self.stamp = ""
        self.answering = asyncio.Event()
        """Cleared, it holds back what is asked of one lab."""
        self.answering.set()
        self.asked: list[LabQuery] = []
        """Every query of a listing, in order."""

    def put(self, *labs: Lab) -> None:
        """Hold these labs too, or in their new state."""
        self.held.update((one.id, one) for one in labs)
        self.stamp += "."

    def drop(self, lab_id: LabId) -> None:
        """Hold a lab no longer."""
        del self.held[lab_id]
        self.stamp += "."

    async def list_running(self, query: LabQuery = EVERY_LAB) -> LabListing:
        """Return the labs that run or are on their way."""
        listing = await self.list_for_user(query)
        running = (LabState.RUNNING, LabState.STARTING, LabState.STOPPING)
        return replace(listing, labs=tuple(one for one in listing.labs if one.state in running))

    async def list_for_user(self, query: LabQuery = EVERY_LAB) -> LabListing:
        """Return what is held."""
        self.asked.append(query)
        if self.source.mode is not UpstreamState.LIVE:
            return LabListing((), (self.source,), is_brief=query.is_brief)
        labs = tuple(one for one in self.held.values() if query.owner in ("", one.owner))
        return LabListing(labs, (self.source,), frozenset(self.unreadable), query.is_brief)

    async def list_metadata(self, query: LabQuery = EVERY_LAB) -> tuple[Metadata, ...]:
        """Return id and name of each lab."""
        self._answer()
        labs = (await self.list_for_user(query)).labs
        return tuple({"lab_id": one.id, "name": one.name} for one in labs)

    async def get_metadata(self, lab_id: LabId) -> Metadata:
        """Return id and name of one lab."""
        lab = (await self.detail(lab_id)).lab
        return {"lab_id": lab.id, "name": lab.name}

    async def detail(self, lab_id: LabId) -> LabDetail:
        """Return the detail that was put, or the lab alone."""
        await self.answering.wait()
        self._answer()
        if lab_id not in self.held:
            raise NotFound(f"no lab {lab_id}", upstream=self.upstream)
        lab = self.held[lab_id]
        return replace(self.details.get(lab_id, LabDetail(lab)), lab=lab)

    async def progress_stamp(self) -> str:
        """Return what differs whenever something was put or dropped."""
        return self.stamp

    def _answer(self) -> None:
        if self.source.mode is not UpstreamState.LIVE:
            raise Unavailable(self.source.error, upstream=self.upstream)


class MemoryLabCache:
    """Remembers labs in memory; counts its writes."""

    def __init__(self) -> None:
        self.held: dict[LabId, Lab] = {}
        self.answers: dict[str, LabSource] = {}
        self.writes = 0

    async def labs(self) -> list[Lab]:
        """Return all remembered labs."""
        return [self.held[key] for key in sorted(self.held)]

    async def sources(self) -> list[LabSource]:
        """Return how each provider answered last."""
        return list(self.answers.values())

    async def write(
        self, changed: Sequence[Lab], gone: Collection[LabId], sources: Sequence[LabSource]
    ) -> None:
        """Store the difference."""
        self.writes += 1
        self.held = {key: one for key, one in self.held.items() if key not in gone}
        self.held.update((one.id, one) for one in changed)
        self.answers.update((one.provider, one) for one in sources)


_SCRIPT = """#!/bin/sh
here={answers}
name=$1
for word in "$@"; do
  case "$word" in
    --all) name=status-all ;;
    --instance=*) name=status-${{word#--instance=}} ;;
    nodes|links|input) name=inspect-$word ;;
    */graph.dot) [ -e "$here/graph.dot" ] && cp "$here/graph.dot" "$word" ;;
  esac
done
echo "$PWD|$NO_COLOR|$COLUMNS|$*" >> "$here/calls"
if read -r line; then echo "somebody typed: $line" >&2; exit 9; fi
[ -e "$here/$name.hang" ] && exec sleep 600
[ -e "$here/$name.out" ] && cat "$here/$name.out"
[ -e "$here/$name.err" ] && cat "$here/$name.err" >&2
exit "$(cat "$here/$name.code" 2>/dev/null || echo 0)"
"""


class ScriptedNetlab:
    """A `netlab` on a PATH of its own whose answers are files, and a home with a status file."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.answers = folder / "answers"
        self._bin = folder / "bin"
        for one in (self.home / ".netlab", self.answers, self._bin):
            one.mkdir(parents=True)
        program = self._bin / "netlab"
        program.write_text(_SCRIPT.format(answers=self.answers))
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        self.answer("status-all", {"warning": "No netlab-managed labs"}, code=1)
        self.answer("version", "netlab version 26.10\n  executable location: here\n")

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment in which this netlab is found."""
        return {"PATH": f"{self._bin}:/usr/bin:/bin", "HOME": str(self.home)}

    @property
    def calls(self) -> list[tuple[str, str, str, str]]:
        """Every call: folder, NO_COLOR, COLUMNS, arguments."""
        calls = self.answers / "calls"
        lines = calls.read_text().splitlines() if calls.exists() else []
        return [tuple(line.split("|", 3)) for line in lines]  # type: ignore[misc]

    def answer(self, name: str, out: object = "", err: str = "", code: int = 0) -> None:
        """Say this from now on; anything but text is written as JSON."""
        text = out if isinstance(out, str) else json.dumps(out, indent=2) + "\n"
        (self.answers / f"{name}.out").write_text(text)
        (self.answers / f"{name}.err").write_text(err)
        (self.answers / f"{name}.code").write_text(str(code))
        (self.answers / f"{name}.hang").unlink(missing_ok=True)

    def hang(self, name: str) -> None:
        """Never answer this from now on."""
        (self.answers / f"{name}.hang").touch()

    def write_status(self, text: str, name: str = "status.yaml") -> Path:
        """Write the status file."""
        path = self.home / ".netlab" / name
        path.write_text(text)
        return path

    def uninstall(self) -> None:
        """Take the program away."""
        (self._bin / "netlab").unlink()
