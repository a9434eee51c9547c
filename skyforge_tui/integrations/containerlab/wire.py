"""What containerlab says of labs, as shapes: `inspect`, `exec` and `events`, old forms and new.

Source: containerlab 0.79, `inspect --all -f json`; grouped by lab since 0.68, one flat list before;
nothing at all, or `{}`, where there are no labs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.printed_json import elements, members, read_document, read_piece

_GROUPED: Final = msgspec.json.Decoder(dict[str, list[msgspec.Raw] | None])
_INSPECT: Final = "containerlab inspect"
_FLAT: Final = "containers"
"""What stands in the place of a lab's name in the form of the old releases."""


@dataclass(frozen=True, slots=True)
class Container:
    """One node of a lab."""

    lab: str
    name: str
    """The container's; a node's own name is in `node`."""
    node: str
    image: str = ""
    kind: str = ""
    state: str = ""
    """Docker's word: created, running, paused, exited, restarting, dead."""
    status: str = ""
    """Docker's sentence: `Up 4 hours (healthy)`; empty in old releases."""
    ipv4: str = ""
    owner: str = ""
    topology: str = ""
    """The absolute path of the topology; empty where only a relative one is told, which means
    nothing elsewhere than where it was asked for."""

    @property
    def is_up(self) -> bool:
        """Whether it runs."""
        return self.state == "running"

    @property
    def is_ready(self) -> bool | None:
        """Whether it does what it is there for; None where nobody checks that."""
        if not self.is_up:
            return None
        if "(healthy)" in self.status:
            return True
        return False if "(" in self.status else None


@dataclass(frozen=True, slots=True)
class Executed:
    """What a command came to on one node."""

    node: str
    code: int
    output: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a container or an interface."""

    type: str
    action: str
    lab: str = ""


def read_inspect(stdout: bytes) -> tuple[Container, ...]:
    """Return the containers that `inspect` tells of, whichever form it has.

    Raises:
        TransportError: unreadable.
    """
    return tuple(containers(stdout))


def containers(stdout: bytes) -> Iterator[Container]:
    """Yield the containers one by one: there may be many. Raises: as `read_inspect`."""
    if not stdout.strip():
        return  # before 0.68 no labs are told on the other stream only
    if stdout.lstrip().startswith(b"["):
        for one in elements(stdout, _INSPECT):
            yield from _row("", one)
        return
    try:
        grouped = _GROUPED.decode(stdout.strip())
    except (msgspec.DecodeError, RecursionError):
        for lab, some in members(stdout, _INSPECT):
            for one in some if isinstance(some, list) else ():
                yield from _row(lab, one)
        return
    for lab, rows in grouped.items():
        for raw in rows or ():
            yield from _row(lab, read_piece(raw))


def read_exec(stdout: bytes) -> tuple[Executed, ...]:
    """Return what a command came to on every node: containerlab's own exit code does not tell.

    Raises:
        TransportError: unreadable.
    """
    document = read_document(stdout, "containerlab exec")
    if not isinstance(document, Mapping):
        raise TransportError("unreadable", "containerlab exec tells no nodes")
    return tuple(
        _executed(str(node), one)
        for node, some in document.items()
        for one in (some if isinstance(some, list) else [some])
        if isinstance(one, Mapping)
    )


def read_event(line: bytes) -> Event | None:
    """Return an event; None for a blank heartbeat and for what makes no sense."""
    if not line.strip():
        return None
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return None
    if not isinstance(found, Mapping):
        return None
    attributes = found.get("attributes")
    named = attributes if isinstance(attributes, Mapping) else {}
    return Event(
        _text(found.get("type")), _text(found.get("action")),
        _text(named.get("containerlab") or named.get("lab")),
    )  # fmt: skip


def _row(lab: str, row: object) -> Iterator[Container]:
    if isinstance(row, Mapping):
        yield _container("" if lab == _FLAT else lab, row)


def _container(lab: str, row: Mapping[str, Any]) -> Container:
    lab = _text(row.get("lab_name")) or lab
    name = _text(row.get("name"))
    path = _text(row.get("absLabPath")) or _text(row.get("labPath"))
    address = _text(row.get("ipv4_address"))
    return Container(
        lab=lab,
        name=name,
        node=name.removeprefix(f"clab-{lab}-"),
        image=_text(row.get("image")),
        kind=_text(row.get("kind")),
        state=_text(row.get("state")),
        status=_text(row.get("status")),
        ipv4="" if address == "N/A" else address,
        owner=_text(row.get("owner")),
        topology=path if path.startswith("/") else "",
    )


def _executed(node: str, row: Mapping[str, Any]) -> Executed:
    code, stdout = row.get("return-code"), row.get("stdout")
    # Where what was printed is JSON, it is not a text here but what it says.
    text = stdout if isinstance(stdout, str) else json.dumps(stdout) if stdout is not None else ""
    return Executed(node, code if isinstance(code, int) else 0, text + _text(row.get("stderr")))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
