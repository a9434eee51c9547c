"""Servers of the pretend world that speak like real products, and what all of them can do."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Any, Protocol

from skyforge_tui.demo.chaos import Chaos
from skyforge_tui.demo.estate import Estate


class PretendServer(Protocol):
    """A server of the estate, on a port of its own."""

    @property
    def kind(self) -> str:
        """The product it speaks like."""
        ...

    @property
    def url(self) -> str:
        """Its address."""
        ...

    @property
    def chaos(self) -> Chaos:
        """What goes wrong with it."""
        ...

    @property
    def habits(self) -> Any:
        """Its knobs: a dataclass whose fields may be set while it runs."""
        ...

    async def open(self) -> None:
        """Begin to serve."""
        ...

    async def close(self) -> None:
        """Serve no more."""
        ...

    async def crash(self) -> None:
        """Break off; what lies on disks is there when it is opened again."""
        ...

    async def restart(self, down_s: float = 0.0) -> None:
        """Break off, and come back on the same port after a while."""
        ...

    def cut(self, *, websockets_only: bool = False) -> int:
        """Reset connections; return how many."""
        ...

    def expire(self) -> int:
        """End all sign-ins; return how many."""
        ...

    def credentials(self) -> dict[str, dict[str, str]]:
        """Return how to sign in, by role: username and password, and what else there is."""
        ...

    def status(self) -> dict[str, Any]:
        """Return what is worth knowing of it at the moment, as JSON."""
        ...


KINDS = ("semaphore", "gitea", "eve", "netlab", "netlab_api")
"""Every server that an estate can have."""


def make_server(
    kind: str,
    estate: Estate,
    *,
    tls: ssl.SSLContext | None = None,
    folder: Path | None = None,
    **options: Any,
) -> PretendServer:
    """Return a server of a kind, not yet open; options are what its kind knows.

    What it keeps in files goes into `folder`; without one, into a place of its own.

    Raises:
        ValueError: there is no such kind, or an option is nothing it knows.
    """
    if kind == "semaphore":
        from skyforge_tui.demo.servers.semaphore.server import make_semaphore

        return make_semaphore(estate, tls=tls, **options)
    if kind == "gitea":
        from skyforge_tui.demo.servers.gitea.server import make_gitea

        return make_gitea(estate, tls=tls, folder=folder, **options)
    if kind == "netlab":
        from skyforge_tui.demo.servers.netlab.server import make_netlab_host

        return make_netlab_host(estate, folder=folder, **options)
    if kind == "netlab_api":
        from skyforge_tui.demo.servers.netlab_api.server import make_netlab_api

        return make_netlab_api(estate, tls=tls, **options)
    if kind == "eve":
        from skyforge_tui.demo.servers.eve.server import make_eve

        return make_eve(estate, tls=tls, **options)
    raise ValueError(f"{kind!r} is none of {', '.join(KINDS)}")
