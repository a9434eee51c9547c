"""How talking to something outside fails; providers translate it into domain errors, once."""

from __future__ import annotations

from typing import Literal

TransportErrorKind = Literal[
    "missing",
    "timeout",
    "unreachable",
    "refused",
    "failed",
    "oversized",
    "unreadable",
    "exists",
    "invalid",
    "unauthorized",
    "forbidden",
    "limited",
    "moved",
    "untrusted",
]
"""What went wrong: the thing is not there, late, does not answer, turned the request down, ended in
failure, said more than was allowed, or said something that cannot be understood; there is one
already, or the request can never be right. Of servers also: nobody is signed in, this person may
not, too many requests came, the thing is elsewhere, or the server cannot prove who it is."""


class TransportError(Exception):
    """Say which kind of failure it was, in words, and whether a second try makes sense."""

    def __init__(
        self, kind: TransportErrorKind, message: str, *, is_retryable: bool = False
    ) -> None:
        super().__init__(message)
        self.kind: TransportErrorKind = kind
        self.message = message
        self.is_retryable = is_retryable
