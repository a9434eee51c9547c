"""What EVE-NG's figures mean for labs and nodes: pure functions.

Source: EVE-NG Community 2.0.3 and 6.2. A node's state is that of this account's pod: what others
run of the same lab is not told. Before Pro it is read from the console's port, which belongs to the
node's number and not to its lab: of labs with the same numbers it cannot be told which one runs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

from skyforge_tui.domain.errors import Invalid
from skyforge_tui.domain.identity import Role
from skyforge_tui.domain.lab import LabNode, LabState, NodeState
from skyforge_tui.domain.lab_console import Console, read_console
from skyforge_tui.domain.permission import Permission
from skyforge_tui.domain.project import Grant
from skyforge_tui.integrations.eve import wire

POD: Final = "this account's pod"
_EDITORS: Final = frozenset({"admin", "editor"})
_RUNS: Final = frozenset({Permission.LAB_START, Permission.LAB_STOP, Permission.LAB_WIPE})
_STATES: Final = {
    wire.STOPPED: (NodeState.STOPPED, "stopped"),
    wire.BROKEN: (NodeState.DOWN, "stopped, its lock was left behind"),
    wire.RUNNING: (NodeState.UP, "runs"),
    wire.BUILDING: (NodeState.UP, "is being built"),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """A lab's state as its nodes tell it."""

    state: LabState
    up: int | None
    note: str = ""


def grant_of(who: wire.Who) -> Grant:
    """Return what an account may do: whoever has a pod may run labs, editors may change them."""
    is_editor = who.role in _EDITORS
    more = frozenset({Permission.LAB_EDIT}) if is_editor else frozenset()
    role = Role.EDITOR if is_editor else Role.VIEWER
    return Grant(who.username, who.role or "user", role, _RUNS | more)


def is_up(node: wire.Node) -> bool:
    """Say whether a node runs, or is about to."""
    return node.status in (wire.RUNNING, wire.BUILDING)


def ports_in_use(nodes: Sequence[wire.Node]) -> frozenset[str]:
    """Return where the consoles of running nodes are."""
    return frozenset(one.url for one in nodes if is_up(one) and one.url)


def read(
    nodes: Sequence[wire.Node], shared: Mapping[str, Collection[str]], *, is_known: bool
) -> Reading:
    """Return the state of a lab; `shared` says which other labs seem to use a console too.

    `is_known` says that it is this lab that runs: it was started from here, or is the one that the
    account's browser has open.
    """
    up = [one for one in nodes if is_up(one)]
    broken = [one.name for one in nodes if one.status == wire.BROKEN]
    rivals = {name for one in up for name in shared.get(one.url, ())}
    if up and not is_known and all(shared.get(one.url) for one in up):
        note = f"it runs, or {_some(sorted(rivals))}: they share console ports"
        return Reading(LabState.UNKNOWN, None, note)
    note = f"{_some(broken)}: a lock was left behind" if broken else ""
    if not up:
        return Reading(LabState.STOPPED, 0, note)
    building = [one.name for one in up if one.status == wire.BUILDING]
    if building:
        return Reading(LabState.STARTING, len(up) - len(building), f"{_some(building)} starts")
    down = [one.name for one in nodes if one.status == wire.STOPPED]
    return Reading(LabState.RUNNING, len(up), note or (f"{_some(down)} stopped" if down else ""))


def pods_of(running: Iterable[wire.RunningLab], me: str) -> dict[str, tuple[str, ...]]:
    """Return who else runs a lab, by the lab's own id."""
    found: dict[str, set[str]] = {}
    for one in running:
        if one.username and one.username != me:
            found.setdefault(one.uuid, set()).add(one.username)
    return {uuid: tuple(sorted(names)) for uuid, names in found.items()}


def others(names: Sequence[str]) -> str:
    """Return that others run a lab in pods of their own; nothing where nobody does."""
    if not names:
        return ""
    return f"{_some(names)} run{'s' if len(names) == 1 else ''} it in another pod"


def counted(names: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """Return names with how often each is there, the most frequent first; no empty ones."""
    return tuple(Counter(one for one in names if one).most_common())


def lab_node(node: wire.Node, host: str, *, is_told: bool) -> LabNode:
    """Return a node as people see it; its address is that of its console, at `host` if given.

    Where it `is_told` which lab runs, what seems to run does; elsewhere nobody knows.
    """
    state, said = _STATES.get(node.status if node.status is not None else -1, (
        NodeState.UNKNOWN, f"status {node.status}",
    ))  # fmt: skip
    if state is NodeState.UP and not is_told:
        state, said = NodeState.UNKNOWN, "runs, here or in another lab"
    return LabNode(
        name=node.name, device=node.template, image=node.image, address=place_of(node.url, host),
        connection=scheme_of(node.url), state=state, status=said,
        is_ready=False if node.status == wire.BUILDING else None, has_config=node.has_config,
    )  # fmt: skip


def host_of(base_url: str, *, is_pro: bool) -> str:
    """Return at which host all consoles of a server are; empty where each says so itself.

    The Community edition is one host, and calls it by whatever name it has inside; satellites of
    Pro have names of their own.
    """
    return "" if is_pro else urlsplit(base_url).hostname or ""


def place_of(url: str, host: str = "") -> str:
    """Return host and port of a console, or nothing."""
    try:
        found = read_console(url)
        return Console(found.scheme, host or found.host, found.port, "").place
    except Invalid:
        return ""


def scheme_of(url: str) -> str:
    """Return the way to a console, or nothing."""
    try:
        return urlsplit(url).scheme[:10]
    except ValueError:
        return ""


def moment(seconds: int | None) -> datetime | None:
    """Return a time that is told in seconds since 1970; None where it is none."""
    if seconds is None or not 0 < seconds < 32503680000:
        return None
    return datetime.fromtimestamp(seconds, UTC)


def _some(names: Sequence[str]) -> str:
    """Return a few names, and how many more there are."""
    more = f" and {len(names) - 2} more" if len(names) > 2 else ""
    return ", ".join(names[:2]) + more
