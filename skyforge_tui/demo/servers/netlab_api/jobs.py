"""The jobs of a pretend `netlab api`, and the labs that they make: all in memory, gone with it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any, Final

from skyforge_tui.demo.clock import SECOND
from skyforge_tui.demo.estate import Estate
from skyforge_tui.demo.servers.netlab_api.habits import Habits

TOPOLOGIES: Final[Mapping[str, tuple[str, ...]]] = {
    "/srv/labs/core": ("p1", "p2", "pe1", "pe2"),
    "/srv/labs/nightly": ("r1", "r2"),
}
"""What lies on the disk of a new server: folders with a topology of these nodes."""
INSTANCE: Final = "default"
_NO_TRACE: Final = "Traceback (most recent call last):\nValueError: {0}\n"


class GivenUpError(Exception):
    """netlab ends itself, and takes the thread of its job along."""


@dataclass(slots=True)
class Job:
    """A job as it is told, and its log, which is there when it has ended."""

    id: str
    action: str
    workdir: str
    created_at: str
    state: str = "queued"
    started_at: str | None = None
    finished_at: str | None = None
    error: str | None = None
    log: str = ""

    def told(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "id": self.id, "action": self.action, "state": self.state,
            "createdAt": self.created_at, "startedAt": self.started_at,
            "finishedAt": self.finished_at, "error": self.error, "workdir": self.workdir,
            "logPath": f"/tmp/netlab/api/logs/{self.id}.log",  # noqa: S108 - nobody opens it
        }  # fmt: skip


@dataclass(slots=True)
class Works:
    """What a server does, one thing at a time."""

    estate: Estate
    habits: Habits
    labs: dict[str, dict[str, Any]] = field(default_factory=dict)
    """The entries of netlab's status, by instance."""
    topologies: dict[str, tuple[str, ...]] = field(default_factory=lambda: dict(TOPOLOGIES))
    jobs: dict[str, Job] = field(default_factory=dict)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def begin(self, payload: Mapping[str, Any]) -> Job:
        """Begin a job; whatever it is, it is taken."""
        number, now = len(self.jobs) + 1, self._now()
        rolls = self.estate.dice("netlab_api", str(number))
        job_id = f"job-{self.estate.clock.now() // 1_000_000}-{rolls.getrandbits(24):06x}"
        job = Job(job_id, str(payload.get("action") or "up"), str(payload.get("workdir")), now)
        self.jobs[job.id] = job
        job.state, job.started_at = "running", now  # those that wait say so too
        task = asyncio.get_running_loop().create_task(self._do(job, payload))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        return job

    async def _do(self, job: Job, payload: Mapping[str, Any]) -> None:
        async with self.turn:
            if self.habits.job_s > 0:
                await self.estate.clock.sleep(self.habits.job_s)
            try:
                job.log = self._done(job, payload)
            except GivenUpError:
                pass  # neither its state nor its log tell
            except ValueError as error:
                job.state, job.error, job.log = "failed", str(error), _NO_TRACE.format(error)
            else:
                job.state = "success"
            job.finished_at = self._now()

    def _done(self, job: Job, payload: Mapping[str, Any]) -> str:
        folder = job.workdir
        if folder not in self.topologies:
            raise ValueError(f"[Errno 2] No such file or directory: '{folder}'")
        name = PurePosixPath(folder).name
        match job.action:
            case "up":
                return self._up(folder, name, payload)
            case "down":
                return self._down(folder)
            case "create" | "collect" | "status":
                return f"[CREATED] {job.action} of {name}\n"
            case other:
                raise ValueError(f"unknown action {other}")

    def _up(self, folder: str, name: str, payload: Mapping[str, Any]) -> str:
        if not payload.get("topologyPath"):
            raise ValueError("topologyPath or topologyUrl required")
        entry: dict[str, Any] = {
            "dir": folder, "name": name, "providers": ["clab"], "timestamp": self._now(),
            "log": [f"{self._now()}: starting lab"], "status": "starting lab",
        }  # fmt: skip
        if INSTANCE in self.labs or name in self.habits.fatal.split(","):
            self.labs.setdefault(INSTANCE, entry)
            raise GivenUpError
        for step in ("starting provider clab", "initial configuration complete", "started"):
            entry["log"].append(f"{self._now()}: {step}")
        self.labs[INSTANCE] = {**entry, "status": "started"}
        return "[SUCCESS] Lab devices configured\n"

    def _down(self, folder: str) -> str:
        entry = self.labs.get(INSTANCE)
        if entry is None or entry["dir"] != folder:
            raise GivenUpError
        if self.habits.lies_when_down:
            return "Fatal error in netlab: Containerlab is not installed\n"
        del self.labs[INSTANCE]
        return "[SUCCESS] Lab stopped\n"

    def instance(self, instance: str) -> dict[str, Any]:
        """Return one lab with its nodes; an unknown one is told with status 200."""
        entry = self.labs.get(instance)
        if entry is None:
            return {"error": f"Unknown lab instance {instance}"}
        if entry["status"] != "started":
            return {"error": "Lab is not started, cannot display node/tool status"}
        nodes = {
            node: {"device": "frr", "image": "quay.io/frrouting/frr:10.5.1", "provider": "clab",
                   "mgmt": f"192.168.121.{100 + number}", "connection": "docker",
                   "provider_name": f"clab-{entry['name']}-{node}", "status": "Up 2 minutes"}
            for number, node in enumerate(self.topologies[entry["dir"]], 1)
        }  # fmt: skip
        return {**entry, "topology": "topology.yml", "nodes": nodes}

    def _now(self) -> str:
        seconds = self.estate.clock.now() / SECOND
        return datetime.fromtimestamp(seconds, UTC).replace(microsecond=0).isoformat()
