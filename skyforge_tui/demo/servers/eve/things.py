"""What a pretend EVE-NG keeps: accounts, labs, nodes and networks."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Account:
    """Somebody who may sign in; `tenant` is the number of their pod."""

    username: str
    password: str
    name: str
    role: str = "admin"
    tenant: int = 0
    html5: int = 1
    folder: str | None = None
    """What they looked at last."""
    lab: str | None = None
    """What their browser jumps to."""


@dataclass(slots=True)
class Network:
    """A network of a lab."""

    id: int
    name: str
    type: str = "bridge"
    left: int = 0
    top: int = 0
    visibility: int = 1


@dataclass(slots=True)
class Node:
    """A machine of a lab."""

    id: int
    name: str
    type: str = "qemu"
    template: str = "vios"
    image: str = "vios-adventerprisek9-m-15.6.2T"
    console: str = "telnet"
    icon: str = "Router.png"
    left: int = 100
    top: int = 100
    delay: int = 0
    ram: int = 512
    cpu: int = 1
    ethernet: int = 4
    config: int = 0
    configuration: str = ""
    links: dict[int, int] = field(default_factory=dict)
    """Network by number of the interface."""


@dataclass(slots=True)
class Run:
    """A node that runs, in one pod."""

    built_at: int
    """Until then it is locked; nanoseconds since 1970."""
    ends_at: int | None = None
    """When it is gone, where it was told to go."""


@dataclass(slots=True)
class Lab:
    """A lab; `path` is that of its file."""

    path: str
    name: str
    id: str
    author: str = ""
    description: str = ""
    body: str = ""
    version: str = "1"
    scripttimeout: int = 300
    lock: int = 0
    saved_at: int = 0
    nodes: dict[int, Node] = field(default_factory=dict)
    networks: dict[int, Network] = field(default_factory=dict)
    is_busy: bool = False
    """Whether its file is locked by something that goes on."""

    @property
    def file(self) -> str:
        """The name of its file."""
        return self.path.rpartition("/")[2]

    @property
    def folder(self) -> str:
        """Where it is."""
        return self.path.rpartition("/")[0] or "/"
