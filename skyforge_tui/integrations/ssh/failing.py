"""What goes wrong on the way to an SSH host, in words, without any secret."""

from __future__ import annotations

import asyncssh

from skyforge_tui.integrations.errors import TransportError, TransportErrorKind
from skyforge_tui.integrations.redaction import redact

_LONGEST_SAID = 200


def failure(error: Exception, place: str) -> TransportError:
    """Return the error for what asyncssh, or this machine, said while connecting to `place`."""
    kind: TransportErrorKind
    is_retryable = False
    match error:
        case TransportError():
            return error
        case TimeoutError():
            kind, message, is_retryable = "timeout", f"{place} did not answer in time", True
        case asyncssh.HostKeyNotVerifiable():
            kind, message = "untrusted", (
                f"the host key of {place} is not the known one, or none is known;"
                f" run: ssh {place}"
            )  # fmt: skip
        case asyncssh.PermissionDenied():
            kind, message = "unauthorized", f"{place} refused the sign-in; try: ssh {place}"
        case asyncssh.ConfigParseError() | asyncssh.KeyImportError() | ValueError():
            kind, message = "invalid", f"the SSH configuration for {place}: {plain(error)}"
        case asyncssh.Error():
            kind, is_retryable = "unreachable", True
            message = f"{place} broke the SSH connection off: {plain(error)}"
        case _:
            reason = getattr(error, "strerror", None) or "no such host"
            kind, message = "unreachable", f"{place} cannot be reached by SSH: {reason}"
            is_retryable = True
    return TransportError(kind, redact(message), is_retryable=is_retryable)


def plain(said: object) -> str:
    """Return what somebody said on one short line, without what a terminal would obey."""
    printable = "".join(one if one.isprintable() else " " for one in str(said))
    return " ".join(printable.split())[:_LONGEST_SAID]
