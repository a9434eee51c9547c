"""What can be done with a lab or a node of it, as far as whatever runs it knows how."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from skyforge_tui.domain.permission import Permission

if TYPE_CHECKING:
    from skyforge_tui.domain.lab import LabStep


class LabAction(StrEnum):
    """One thing; each is a capability that a provider has or lacks."""

    START = "start"
    STOP = "stop"
    WIPE = "wipe"
    """Forget what the nodes keep: they start again as if for the first time."""
    SAVE = "save"
    """Keep the running configurations in the lab."""
    EXPORT = "export"
    NODE_START = "start-node"
    NODE_STOP = "stop-node"
    LINK = "link"
    """Take a link down, or up again."""
    CONSOLE = "console"
    CONFIG = "config"
    PAGE = "page"
    CREATE = "create"
    LOCK = "lock"
    """Let nobody edit it, or anybody again."""
    SERVER = "server"
    """Tell how the machine is that runs it."""

    @property
    def permission(self) -> Permission:
        """What one must be allowed to do."""
        return _NEEDS[self]

    @property
    def words(self) -> str:
        """What it is, in a few words behind `cannot`."""
        return _WORDS[self]


_NEEDS: Final[Mapping[LabAction, Permission]] = {
    LabAction.START: Permission.LAB_START,
    LabAction.STOP: Permission.LAB_STOP,
    LabAction.WIPE: Permission.LAB_WIPE,
    LabAction.SAVE: Permission.LAB_EDIT,
    LabAction.EXPORT: Permission.LAB_READ,
    LabAction.NODE_START: Permission.LAB_START,
    LabAction.NODE_STOP: Permission.LAB_STOP,
    LabAction.LINK: Permission.LAB_EDIT,
    LabAction.CONSOLE: Permission.LAB_READ,
    LabAction.CONFIG: Permission.LAB_READ,
    LabAction.PAGE: Permission.LAB_READ,
    LabAction.CREATE: Permission.LAB_EDIT,
    LabAction.LOCK: Permission.LAB_EDIT,
    LabAction.SERVER: Permission.LAB_LIST,
}
_WORDS: Final[Mapping[LabAction, str]] = {
    LabAction.START: "start labs",
    LabAction.STOP: "stop labs",
    LabAction.WIPE: "wipe labs",
    LabAction.SAVE: "save configurations",
    LabAction.EXPORT: "export labs",
    LabAction.NODE_START: "start single nodes",
    LabAction.NODE_STOP: "stop single nodes",
    LabAction.LINK: "take links down",
    LabAction.CONFIG: "tell configurations",
    LabAction.CONSOLE: "tell where consoles are",
    LabAction.PAGE: "show labs on a web page",
    LabAction.CREATE: "create labs",
    LabAction.LOCK: "lock labs",
    LabAction.SERVER: "tell how its machine is",
}


@dataclass(frozen=True, slots=True)
class LabProgress:
    """How far something long has come."""

    text: str
    done: int | None = None
    total: int | None = None
    step: LabStep | None = None
    """What of it was done just now."""


@dataclass(frozen=True, slots=True)
class NewLab:
    """A lab to be made; `folder` is where the provider keeps it, empty for its own choice."""

    name: str
    folder: str = ""
    description: str = ""


@dataclass(frozen=True, slots=True)
class ExportedLab:
    """A lab as a file; `name` has no folder in it."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class LabServer:
    """How the machine is that runs labs; percentages are whole numbers of 0 to 100."""

    upstream: str
    version: str = ""
    edition: str = ""
    user: str = ""
    """Who one is there."""
    role: str = ""
    """As the server calls it."""
    cpu_percent: int | None = None
    memory_percent: int | None = None
    disk_percent: int | None = None
    cpus: int | None = None
    counts: tuple[tuple[str, int], ...] = ()
    """What runs there, for everybody, by kind (`qemu`, `docker` …)."""
    members: tuple[tuple[str, int], ...] = ()
    """Of a cluster, each member with how many labs run on it."""
    pods: tuple[tuple[str, int], ...] = ()
    """Who runs labs there, and how many."""
    note: str = ""
