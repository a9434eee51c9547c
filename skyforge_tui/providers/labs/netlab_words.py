"""What netlab's own words mean for a lab and its nodes: pure functions.

Source: netlab 26.10. A lab's status is a sentence about what `up` or `down` does at the moment, and
stays as it is when they are killed; a node's is that of docker, vagrant or virsh.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from skyforge_tui.domain.lab import Lab, LabNode, LabState, LabStep, NodeState
from skyforge_tui.integrations.netlab.wire import LabEntry, NodeEntry

_STARTED = "started"
_STARTS = re.compile(
    r"starting |restarting lab|.* workload started$|deploying |normalizing |devices are ready"
    r"|configuration deployment complete|initial configuration complete|reloading saved"
    r"|saved initial configurations reloaded|\d+/\d+ external tools started"
)
_DEPLOYS = re.compile(
    r"deploying |normalizing |configuration deployment complete|initial configuration complete"
)
"""What `netlab initial` leaves behind, by itself and as a part of `up`."""
_STOPS = re.compile(r"lab shutdown requested|stopping |external tools stopped")
_CONFLICT = re.compile(r"conflict\b")
_BEGINS = re.compile(r"(re)?starting lab$")
_CONFIGURED = frozenset(
    {
        "initial configuration complete",
        "configuration deployment complete",
        "saved initial configurations reloaded",
    }
)
_NODE_UP = re.compile(r"up\b(?!.*\(paused\))|running\b", re.IGNORECASE)
_UNWELL = re.compile(r"\((?:health: starting|unhealthy)\)", re.IGNORECASE)
"""What docker adds where an image says how its health is found out: it runs, and boots yet."""
_NODE_DOWN = re.compile(
    r"up\b.*\(paused\)|exited|created|dead|removing|restarting|paused|not running|not created|"
    r"poweroff|shutoff|shut off|saved|aborted|crashed|inaccessible",
    re.IGNORECASE,
)
_BY_HAND = "external"
_TELLING_PROVIDERS = frozenset({"clab", "libvirt", "virtualbox"})
"""Providers that netlab asks about their nodes; of others it knows nothing."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A lab's state as its entry tells it."""

    state: LabState
    step: str = ""
    note: str = ""


def read(entry: LabEntry, *, is_anything_moving: bool | None) -> Reading:
    """Return what the entry says.

    `is_anything_moving` says whether a netlab that changes labs runs at all, None when nobody
    knows. Without one, a lab that "is starting" was left behind.
    """
    status = entry.status
    steps = [step.text for step in entry.log]
    if status == _STARTED:
        return Reading(LabState.RUNNING)
    if _CONFLICT.match(status):
        # Somebody tried to start another lab as this one; it runs on if it ran before.
        state = LabState.RUNNING if _STARTED in steps else LabState.UNKNOWN
        return Reading(state, note=status)
    if _STARTED in _present_start(entry) and _DEPLOYS.match(status):
        return Reading(LabState.RUNNING, note=_configured_again(status, steps, is_anything_moving))
    if not status:
        moving, step = LabState.STARTING, steps[-1] if steps else ""
    elif _STARTS.match(status):
        moving, step = LabState.STARTING, status
    elif _STOPS.match(status):
        moving, step = LabState.STOPPING, status
    else:
        return Reading(LabState.UNKNOWN, note=status)
    if steps and steps[-1].startswith("ERROR"):
        why = f"while {status}" if status else "the start ended early"
        return Reading(LabState.FAILED, note=why)
    if is_anything_moving is False:
        return Reading(LabState.FAILED, note=f"netlab ended during: {step or 'the start'}")
    return Reading(moving, step=step)


def _configured_again(status: str, steps: Sequence[str], is_anything_moving: bool | None) -> str:
    """Return how it is with `netlab initial` on a lab that runs: its last word is not `started`."""
    if status in _CONFIGURED:
        return ""
    if steps[-1].startswith("ERROR"):
        return f"while {status}"
    return f"netlab ended during: {status}" if is_anything_moving is False else status


def is_configured(entry: LabEntry) -> bool:
    """Say whether the present start of the lab went as far as configuring its nodes."""
    return not _CONFIGURED.isdisjoint(_present_start(entry))


def are_started(entry: LabEntry) -> bool:
    """Say whether the present start of the lab went as far as starting all of its nodes.

    Devices that are wired by hand are started by nobody, unless a command was set to do it.
    """
    steps = _present_start(entry)
    return bool(entry.providers) and all(_has_started(one, steps) for one in entry.providers)


def _has_started(provider: str, steps: Sequence[str]) -> bool:
    begins, ends = f"starting provider {provider}", f"{provider} workload started"
    if begins not in steps or ends not in steps:
        return False
    between = steps[steps.index(begins) + 1 : steps.index(ends)]
    return provider != _BY_HAND or any(one.startswith("OK: ") for one in between)


def _present_start(entry: LabEntry) -> Sequence[str]:
    """Return the steps since the lab was started last."""
    steps = [step.text for step in entry.log]
    first = max((at for at, text in enumerate(steps) if _BEGINS.match(text)), default=0)
    return steps[first:]


def steps(entry: LabEntry) -> tuple[LabStep, ...]:
    """Return the log of a lab."""
    return tuple(
        LabStep(step.text, moment(step.at), failed=step.text.startswith("ERROR"))
        for step in entry.log
    )


def changed_at(entry: LabEntry) -> datetime | None:
    """Return when the lab's state last changed."""
    at = moment(entry.timestamp)
    return at if at is not None or not entry.log else moment(entry.log[-1].at)


def moment(text: str) -> datetime | None:
    """Return an aware moment, or None; netlab's own are in UTC when they do not say."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def nodes(entries: Iterable[NodeEntry], lab: LabEntry) -> tuple[LabNode, ...]:
    """Return nodes of a lab: as its provider sees them, else as far as the lab's start went."""
    configured, started = is_configured(lab), are_started(lab)
    return tuple(_node(one, configured=configured, started=started) for one in entries)


def _node(entry: NodeEntry, *, configured: bool, started: bool) -> LabNode:
    state, status = node_state(entry.status), entry.status or ""
    if entry.status is None and not is_watched(entry):
        if configured:
            state, status = NodeState.UP, "took its configuration when the lab was started"
        elif started:
            state, status = NodeState.UP, "started with the lab"
    return LabNode(
        name=entry.name,
        device=entry.device,
        image=entry.image,
        address=entry.address,
        connection=entry.connection,
        state=state,
        is_ready=configured and not _UNWELL.search(status) if state is NodeState.UP else None,
        status=status,
        machine=entry.machine,
    )


def node_state(status: str | None) -> NodeState:
    """Return what a provider's word for a node's state means."""
    if status is None:
        return NodeState.UNKNOWN
    if _NODE_UP.match(status):
        return NodeState.UP
    return NodeState.DOWN if _NODE_DOWN.match(status) else NodeState.UNKNOWN


def machines(entries: tuple[NodeEntry, ...]) -> tuple[NodeEntry, ...]:
    """Return the nodes without the tools that serve them."""
    return tuple(one for one in entries if not one.is_tool)


def up(nodes: Sequence[LabNode]) -> int | None:
    """Return how many nodes run; None when nothing is known of any."""
    states = [one.state for one in nodes]
    if all(one is NodeState.UNKNOWN for one in states):
        return None
    return states.count(NodeState.UP)


def so_far(lab: Lab, entry: LabEntry, total: int | None) -> Lab:
    """Return a lab whose start is under way, or failed, with what it has come to.

    netlab tells nothing of nodes before it says `started`; its log says how far it went with all.
    """
    is_begun = lab.state in (LabState.STARTING, LabState.FAILED) and not _STOPS.match(entry.status)
    if not is_begun or not total or lab.nodes_up is not None:
        return lab
    return replace(
        lab,
        nodes_total=total,
        nodes_up=total if are_started(entry) else None,
        ready=total if is_configured(entry) else 0,
    )


def why_not_all(nodes: Sequence[LabNode], is_configured: bool) -> str:
    """Return which node is down, or boots yet, in a few words; empty when all do what they should.

    Before its nodes are configured a lab waits for none of them in particular.
    """
    down = [one for one in nodes if one.state is NodeState.DOWN]
    lost = [one for one in nodes if one.state is NodeState.UNKNOWN]
    boots = [one for one in nodes if one.is_ready is False] if is_configured else []
    if down:
        return f"{down[0].name}: {down[0].status}" if len(down) == 1 else f"{len(down)} are down"
    if lost and len(lost) < len(nodes):
        return f"{lost[0].name} was not found" if len(lost) == 1 else f"{len(lost)} were not found"
    if boots:
        return f"{boots[0].name} boots yet" if len(boots) == 1 else f"{len(boots)} nodes boot yet"
    return ""


def is_watched(entry: NodeEntry) -> bool:
    """Say whether netlab would know of a node like this, if it ran."""
    return entry.provider in _TELLING_PROVIDERS
