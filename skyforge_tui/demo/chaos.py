"""What can go wrong between a client and a pretend server, said in the same words for all servers.

A trouble is set on paths and lasts for a number of requests or until it is taken away. It works on
the outside of a server: what the server itself believes stays true.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase


class Kind(StrEnum):
    """The ways in which a request goes wrong."""

    LATENCY = "latency"
    """Answered after `seconds`."""
    HANG = "hang"
    """Never answered, until the trouble is taken away."""
    STATUS = "status"
    """Answered with `status` and `headers`, without being carried out."""
    CUT = "cut"
    """The connection is reset before the request is carried out."""
    LOST_ANSWER = "lost_answer"
    """The request is carried out, and the connection reset instead of the answer."""
    HALF = "half"
    """Half of the answer's body, and then the end of the connection."""
    DRIBBLE = "dribble"
    """The body comes in pieces, one every `seconds`."""
    HTML = "html"
    """A page of some gateway, with status 200, as if nothing were wrong."""
    REDIRECT = "redirect"
    """302 to `location`."""
    NO_UPGRADE = "no_upgrade"
    """WebSockets are refused with `status`, as by a proxy that does not know them."""


@dataclass(slots=True)
class Trouble:
    """Something that goes wrong."""

    kind: Kind
    path: str = "*"
    """A glob over the path of the request."""
    method: str = "*"
    times: int | None = None
    """How many requests it hits; None is all of them."""
    share: float = 1.0
    """Which part of those requests it hits, spread evenly: 0.25 is every fourth."""
    seconds: float = 1.0
    status: int = 503
    headers: dict[str, str] = field(default_factory=dict)
    body: str = ""
    location: str = "/elsewhere"
    seen: int = 0
    """Requests that it might have hit so far."""
    hits: int = 0
    over: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when it is taken away."""

    def strikes(self, method: str, path: str) -> bool:
        """Say whether this request is hit, and count it."""
        if not (fnmatchcase(path, self.path) and self.method in ("*", method)):
            return False
        if self.times is not None and self.hits >= self.times:
            return False
        self.seen += 1
        if int(self.seen * self.share) == int((self.seen - 1) * self.share):
            return False
        self.hits += 1
        return True


class Chaos:
    """The troubles of one server."""

    def __init__(self) -> None:
        self.troubles: list[Trouble] = []

    def add(self, trouble: Trouble) -> Trouble:
        """Let something go wrong from now on."""
        self.troubles.append(trouble)
        return trouble

    def remove(self, trouble: Trouble) -> None:
        """Take a trouble away; requests that it lets hang are answered."""
        self.troubles.remove(trouble)
        trouble.over.set()

    def calm(self) -> None:
        """Take all troubles away."""
        for trouble in list(self.troubles):
            self.remove(trouble)

    def striking(self, method: str, path: str) -> list[Trouble]:
        """Return the troubles that hit this request."""
        return [one for one in self.troubles if one.strikes(method, path)]
