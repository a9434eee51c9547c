"""What containerlab says of labs, as shapes: `inspect`, `exec` and `events`, old forms and new.

Source: containerlab 0.79, `inspect --all -f json`; grouped by lab since 0.68, one flat list before;
nothing at all, or `{}`, where there are no labs.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from skyforge_tui.integrations.errors import TransportError


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
    if not stdout.strip():
        return ()  # before 0.68 no labs are told on the other stream only
    document = _json(stdout, "containerlab inspect")
    rows: list[tuple[str, object]] = []
    if isinstance(document, list):
        rows = [("", one) for one in document]
    elif isinstance(document, Mapping):
        for lab, some in document.items():
            is_flat = lab == "containers"
            rows += [("" if is_flat else str(lab), one) for one in _list(some)]
    else:
        raise TransportError("unreadable", "containerlab inspect tells no labs")
    return tuple(_container(lab, one) for lab, one in rows if isinstance(one, Mapping))


def read_exec(stdout: bytes) -> tuple[Executed, ...]:
    """Return what a command came to on every node: containerlab's own exit code does not tell.

    Raises:
        TransportError: unreadable.
    """
    document = _json(stdout, "containerlab exec")
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


def _json(stdout: bytes, what: str) -> Any:
    """Read a document; lines of a log before it are passed over."""
    text = stdout.decode("utf-8", "replace")
    for start in _starts(text):
        try:
            return json.JSONDecoder().raw_decode(text, start)[0]
        except (ValueError, RecursionError):
            continue
    raise TransportError("unreadable", f"{what} tells nothing that can be read")


def _starts(text: str) -> Iterator[int]:
    """Yield where a document may begin: at a brace or bracket that begins a line."""
    at = 0
    for line in text.splitlines(keepends=True):
        if line.lstrip()[:1] in ("{", "["):
            yield at + len(line) - len(line.lstrip())
        at += len(line)


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
