"""How a pretend EVE-NG is; all of it may change while it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(slots=True)
class Habits:
    """The knobs of one server."""

    edition: Literal["unetlab", "community", "pro"] = "community"
    version: str = "6.2.0-4"
    """As `/api/status` tells it; Pro puts `-PRO` behind it."""
    php_warnings: bool = False
    """Whether warnings of PHP stand before the JSON of every answer."""
    status_works: bool = True
    """Whether the host's figures can be told at all."""
    start_s: float = 0.4
    """How long the wrapper takes for one node before the request is answered."""
    boot_s: float = 2.0
    """How long a node is locked (status 3) after that."""
    linger_s: float = 0.3
    """How long a node still seems to run after all were told to stop."""
    export_s: float = 1.0
    """How long it takes to read one configuration over a console."""
    broken_nodes: str = ""
    """Names of nodes, with commas, that fail to start."""
    idle_s: float = 3600.0
    """After how long a session ends by itself."""
    lock_patience_s: float = 25.0
    """How long an edit waits for a lab in which something is going on."""
    internal_host: str = ""
    """The host that addresses of consoles name; empty is the one the request came by."""
    cookie_domain: str = ""
    """What the cookie of a session says of where it is for; empty is the host of the request."""
    cpus: int = 16
    cluster: str = ""
    """Names of the members of a cluster, with commas; only Pro has one."""
