"""Where a node's console is, as an address that is safe to hand to other programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit, urlunsplit

from skyforge_tui.domain.errors import Invalid

SCHEMES: Final = frozenset({"telnet", "ssh", "vnc", "rdp", "http", "https"})
_LONGEST: Final = 2048


@dataclass(frozen=True, slots=True)
class Console:
    """A console: the way (`telnet`, `vnc` …), host and port, and the whole address."""

    scheme: str
    host: str
    port: int
    url: str

    @property
    def place(self) -> str:
        """Host and port, as one writes them."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def seen_from(self, host: str) -> Console:
        """Return it at another host: what a server calls itself may be its name inside only."""
        if not host or host == self.host:
            return self
        moved = Console(self.scheme, host, self.port, "")
        url = urlunsplit(urlsplit(self.url)._replace(netloc=moved.place))
        return Console(self.scheme, host, self.port, url)


def read_console(url: str) -> Console:
    """Read the address of a console as some server tells it.

    Raises:
        Invalid: it leads to a file, to no host, or holds what no address may.
    """
    if len(url) > _LONGEST or not url.isascii() or not url.isprintable() or " " in url:
        raise Invalid("the console's address holds what no address may")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or _usual(parts.scheme)
    except ValueError:
        raise Invalid("the console's address is none") from None
    if parts.scheme not in SCHEMES:
        raise Invalid(f"a console cannot be at {parts.scheme or 'no'} address")
    if not host or host.startswith("-") or not all(_is_of_a_name(one) for one in host):
        raise Invalid("the console's address names no host")
    return Console(parts.scheme, host, port, url)


def _is_of_a_name(character: str) -> bool:
    return character.isalnum() or character in ".-_:"


def _usual(scheme: str) -> int:
    return {"telnet": 23, "ssh": 22, "vnc": 5900, "rdp": 3389, "http": 80}.get(scheme, 443)
