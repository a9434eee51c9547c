"""The way to a server: through a proxy or an SSH host or neither, and whom to believe there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.http.tls import SYSTEM_TRUST, Trust
from skyforge_tui.integrations.redaction import remember


class Pipe(Protocol):
    """An open connection through a tunnel. What breaks raises OSError."""

    async def read(self, max_bytes: int) -> bytes:
        """Wait for bytes and return them; none means the end."""
        ...

    async def write(self, data: bytes) -> None:
        """Send bytes; waits while too many are on their way."""
        ...

    async def aclose(self) -> None:
        """Close the connection."""
        ...


class Tunnel(Protocol):
    """Opens connections that begin elsewhere, such as on an SSH host."""

    @property
    def name(self) -> str:
        """What people call the place where the connections begin."""
        ...

    async def open(self, host: str, port: int) -> Pipe:
        """Open a connection from there to `host`.

        Raises:
            TransportError: it cannot be opened.
        """
        ...

    async def aclose(self) -> None:
        """Close the tunnel and everything in it; whoever opens something again reopens it."""
        ...


@dataclass(frozen=True, slots=True)
class Way:
    """How one gets to a server.

    `proxy` is an address, `""` for none, or None for what the environment says.
    """

    trust: Trust = SYSTEM_TRUST
    proxy: str | None = None
    jump: Tunnel | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy, and its sign-in apart from its address."""

    url: str
    auth: tuple[str, str] | None = field(default=None, repr=False)


def proxy_for(url: str, way: Way) -> Proxy | None:
    """Return the proxy for `url`: the one that was chosen, or what the environment says.

    Through a jump host only a chosen one counts: the environment's is for this machine.

    Raises:
        TransportError: invalid, it is of a kind that is not spoken here.
    """
    chosen = way.proxy
    if chosen is None:
        if way.jump is not None:
            return None
        chosen = _from_environment(url)
    return _read(chosen) if chosen else None


def _from_environment(url: str) -> str:
    parts = urlsplit(url)
    proxies = getproxies()
    if proxy_bypass(parts.netloc.rpartition("@")[2], proxies):
        return ""
    return proxies.get(parts.scheme) or proxies.get("all") or ""


def _read(address: str) -> Proxy:
    parts = urlsplit(address if "://" in address else f"http://{address}")
    if parts.scheme not in ("http", "https") or not parts.hostname:
        name = parts.scheme if parts.hostname else "nowhere"
        raise TransportError(
            "invalid", f"a proxy of the kind {name} is not spoken here; only http and https are"
        )
    auth = None
    if parts.username is not None:
        auth = (unquote(parts.username), unquote(parts.password or ""))
        remember(auth[1])
        remember(parts.password or "")
    port = f":{parts.port}" if parts.port else ""
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return Proxy(f"{parts.scheme}://{host}{port}", auth)
