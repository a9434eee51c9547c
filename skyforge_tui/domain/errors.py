"""What can go wrong, sorted by what a person can do about it.

::

    SkyforgeError
    ├── Unavailable      wait: unreachable, timed out, broken, unreadable, no space
    │   └── Lost         what was brought before is of no use any more
    ├── Refused          change the request
    │   ├── NotSignedIn
    │   ├── Forbidden    this person may not
    │   ├── Untrusted    this content was not trusted yet
    │   ├── Invalid      the request itself is wrong
    │   └── Conflict     the thing is in another state than the request needs
    │       └── Stale    a file changed since it was read
    └── NotFound         look elsewhere
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

LOOK_AGAIN: Final = "R looks again"
"""The advice where nothing helps but to ask once more; at a shell that goes without saying."""


_TOLD: Final = 8
"""Names that an advice tells; of more it says how many."""


def there_are(names: Sequence[str]) -> str:
    """Return the advice that tells what there is, where somebody asked for another name."""
    more = len(names) - _TOLD
    known = ", ".join(names[:_TOLD]) or "none"
    return f"there are: {known}{f' and {more} more' if more > 0 else ''}"


class SkyforgeError(Exception):
    """Say what failed, where, while doing what, and what to do next."""

    def __init__(
        self, message: str, *, upstream: str = "", operation: str = "", advice: str = ""
    ) -> None:
        super().__init__(message)
        self.message = message
        self.upstream = upstream
        """The instance that answered (or did not), as named in the configuration; may be empty."""
        self.operation = operation
        """What was tried, as a command id such as `run.start`; may be empty."""
        self.advice = advice
        """The next thing to do, one imperative sentence; may be empty."""

    def __str__(self) -> str:
        return f"{self.upstream}: {self.message}" if self.upstream else self.message


class Unavailable(SkyforgeError):  # noqa: N818
    """Wait: the other side is unreachable, late, broken or unreadable."""


class Lost(Unavailable):
    """What was brought before is of no use any more: the next try begins anew."""


class Refused(SkyforgeError):  # noqa: N818
    """Change the request: it was understood and turned down."""


class NotSignedIn(Refused):
    """Sign in first."""


class Forbidden(Refused):
    """Ask somebody who may."""


class Untrusted(Refused):
    """Read and trust the content first."""


class Invalid(Refused):
    """Correct the request."""


class Conflict(Refused):
    """The thing is in another state than the request needs."""


class Stale(Conflict):
    """A file changed since it was read: look at both before writing again."""

    def __init__(
        self, path: str, *, upstream: str = "", operation: str = "", advice: str = ""
    ) -> None:
        super().__init__(
            f"{path} was changed by somebody else", upstream=upstream, operation=operation,
            advice=advice or "look at both versions, then write again",
        )  # fmt: skip
        self.path = path


class NotFound(SkyforgeError):  # noqa: N818
    """Look elsewhere."""
