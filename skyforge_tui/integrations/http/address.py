"""What a person means by an address: with or without scheme, of any page below the service."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from skyforge_tui.integrations.http.failures import HttpError, plain

_SCHEMES = {"http": ("http",), "https": ("https",), "ws": ("http",), "wss": ("https",)}
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class Address:
    """A host, the schemes to try in order, and the path that was typed, without a slash at its end.

    `place` is host and port as they stand in an address.
    """

    schemes: tuple[str, ...]
    place: str
    host: str
    port: int | None
    path: str

    def bases(self, scheme: str) -> Iterator[str]:
        """Yield what may be the beginning of the service, the longest path first."""
        parts = [part for part in self.path.split("/") if part][:_DEEPEST]
        for length in range(len(parts), -1, -1):
            yield "/".join((f"{scheme}://{self.place}", *parts[:length]))


def read_address(typed: str) -> Address:
    """Read what a person typed or pasted.

    Raises:
        HttpError: invalid, with what is wrong and never with a name or password in it.
    """
    text = typed.strip().strip("\"'<>").strip()
    if not text:
        raise _invalid("an address is needed, such as semaphore.example.net")
    has_scheme = "://" in text
    try:
        parts = urlsplit(text if has_scheme else f"//{text}")
        port = parts.port
    except ValueError:
        raise _invalid("host or port of this address are wrong") from None
    schemes = _SCHEMES.get(parts.scheme.lower()) if has_scheme else ("https", "http")
    if schemes is None:
        raise _invalid(f"{plain(parts.scheme, 20)} is not spoken here: write https:// or http://")
    if parts.username is not None or parts.password is not None:
        raise _invalid("leave name and password out of the address")
    host = parts.hostname or ""
    if not host or any(one.isspace() or not one.isprintable() for one in text):
        raise _invalid("the host of this address is missing or has spaces")
    if not has_scheme and port in (80, 443):
        schemes = ("http",) if port == 80 else ("https",)
    shown = f"[{host}]" if ":" in host else host
    place = f"{shown}:{port}" if port else shown
    return Address(schemes, place, host, port, parts.path.rstrip("/"))


def _invalid(message: str) -> HttpError:
    return HttpError("invalid", message, was_sent=False)
