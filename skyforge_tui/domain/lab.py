"""A lab: a network of nodes on one machine or server, and how far it has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from skyforge_tui.domain.freshness import UpstreamState
from skyforge_tui.domain.identity import LabId, ProjectId, RunId
from skyforge_tui.domain.lab_action import LabServer
from skyforge_tui.domain.project import Grant


class LabState(StrEnum):
    """Where a lab is on its way. Running is not ready: see `Lab.ready`."""

    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    FAILED = "failed"
    MARKER = "marker"
    """Only a run says that it is there: nobody has seen it."""
    UNKNOWN = "unknown"

    @classmethod
    def _missing_(cls, value: object) -> LabState:  # noqa: ARG003
        return cls.UNKNOWN

    @property
    def is_moving(self) -> bool:
        """Whether it is on its way to another state."""
        return self in (LabState.STARTING, LabState.STOPPING)

    @property
    def is_active(self) -> bool:
        """Whether it runs or is on its way to another state."""
        return self is LabState.RUNNING or self.is_moving


class NodeState(StrEnum):
    """Whether a node's machine runs."""

    UP = "up"
    DOWN = "down"
    STOPPED = "stopped"
    """Nobody started it, as its lab does not run."""
    UNKNOWN = "unknown"

    @classmethod
    def _missing_(cls, value: object) -> NodeState:  # noqa: ARG003
        return cls.UNKNOWN


@dataclass(frozen=True, slots=True)
class LabStep:
    """One thing that was done to bring a lab up or down, as whoever did it says."""

    text: str
    at: datetime | None = None
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Lab:
    """A lab as last seen: what a table row needs."""

    id: LabId
    name: str
    state: LabState
    provider: str
    """The instance's name."""
    kind: str
    """What runs it (`netlab`, `eve`, …)."""
    owner: str = ""
    directory: str = ""
    """Where it is kept on this machine: an absolute folder, or empty."""
    folder: str = ""
    """Where its server keeps it, as that calls the place."""
    topology: str = ""
    """The absolute path of the file that describes it, where that is known."""
    project_id: ProjectId | None = None
    project: str = ""
    nodes_total: int | None = None
    nodes_up: int | None = None
    ready: int | None = None
    """Nodes that do what they are there for; None where nobody can tell."""
    updated_at: datetime | None = None
    """When its state last changed at the provider; or its content, where only that is told."""
    step: str = ""
    """What is being done right now, while it is on its way."""
    note: str = ""
    """Why it deviates, in a few words; empty when it does not."""
    scope: str = ""
    """Through whose eyes its state is seen, where the provider tells no more than that."""
    is_locked: bool = False
    """Whether nobody may edit it."""
    description: str = ""
    run_id: RunId | None = None
    """The run that builds or built it."""
    asks: bool = False
    """Whether that run waits for a person's answer."""

    @property
    def is_ready(self) -> bool:
        """Whether every node does what it is there for."""
        is_running = self.state is LabState.RUNNING
        return is_running and bool(self.ready) and self.ready == self.nodes_total

    @property
    def is_degraded(self) -> bool:
        """Whether it runs, but some nodes do not."""
        return (
            self.state is LabState.RUNNING
            and self.nodes_up is not None
            and self.nodes_total is not None
            and self.nodes_up < self.nodes_total
        )


@dataclass(frozen=True, slots=True)
class LabNode:
    """One machine of a lab."""

    name: str
    device: str = ""
    image: str = ""
    address: str = ""
    """Its management address, or empty."""
    connection: str = ""
    """How one gets into it (`docker`, `ssh`, …)."""
    state: NodeState = NodeState.UNKNOWN
    is_ready: bool | None = None
    """Whether it does what it is there for; None where nobody can tell."""
    status: str = ""
    """Its state in the provider's own words."""
    machine: str = ""
    """What the provider calls it; not what the topology calls it."""
    has_config: bool | None = None
    """Whether a configuration is kept for it; None where nobody tells."""


@dataclass(frozen=True, slots=True)
class LabLinkEnd:
    """Where a link meets a node."""

    node: str
    interface: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class LabLink:
    """A link between any number of nodes."""

    name: str
    kind: str = ""
    ends: tuple[LabLinkEnd, ...] = ()
    is_up: bool | None = None
    """Whether it carries anything; None where nobody tells."""


@dataclass(frozen=True, slots=True)
class LabDetail:
    """A lab with all that is known of it."""

    lab: Lab
    nodes: tuple[LabNode, ...] = ()
    links: tuple[LabLink, ...] = ()
    steps: tuple[LabStep, ...] = ()
    """Oldest first."""
    missing: tuple[str, ...] = ()
    """What could not be found out, and why; a sentence each."""


@dataclass(frozen=True, slots=True)
class LabSource:
    """A provider as it answered: what its labs can be believed."""

    provider: str
    kind: str
    mode: UpstreamState
    transport: str = ""
    endpoint: str = ""
    error: str = ""
    """What went wrong; a live one may name it too, when a second way led to the answer."""
    advice: str = ""
    as_of: datetime | None = None
    """When it last answered."""
    grant: Grant | None = None
    """What it allows whoever this program is signed in as there, where it decides."""
    server: LabServer | None = None
    """How its machine is, where that comes with a listing."""
