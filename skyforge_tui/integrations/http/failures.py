"""What goes wrong between here and a web service, in words, without any secret."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import Final

from skyforge_tui.integrations.errors import TransportError, TransportErrorKind
from skyforge_tui.integrations.redaction import redact

_KINDS: Final[Mapping[int, TransportErrorKind]] = {
    401: "unauthorized",
    403: "forbidden",
    404: "missing",
    408: "timeout",
    409: "exists",
    410: "missing",
    429: "limited",
}
_AGAIN: Final = frozenset({408, 429, 502, 503, 504})
"""Answers of a server, or of a proxy before it, that may be different in a moment."""
_LONGEST_SAID: Final = 200


class HttpError(TransportError):
    """Say what an exchange with a web service failed of.

    `status` is 0 where no answer came. `body` is the beginning of what was answered. `was_sent`
    is false when the server cannot have seen the request. `location` is where a redirect leads.
    """

    def __init__(
        self,
        kind: TransportErrorKind,
        message: str,
        *,
        status: int = 0,
        body: bytes = b"",
        is_retryable: bool = False,
        was_sent: bool = True,
        retry_after_s: float | None = None,
        location: str = "",
    ) -> None:
        super().__init__(kind, redact(message), is_retryable=is_retryable)
        self.status = status
        self.body = body
        self.was_sent = was_sent
        self.retry_after_s = retry_after_s
        self.location = location


def refusal(
    asked: str, status: int, headers: Mapping[str, str], body: bytes, now_s: float
) -> HttpError:
    """Make an error of an answer that is none: `asked` is method and path, `now_s` the epoch."""
    if 300 <= status < 400:
        target = plain(headers.get("location", "nowhere"))
        return HttpError(
            "moved",
            f"{asked} was answered by a redirect to {target}",
            status=status,
            body=body,
            location=headers.get("location", ""),
        )
    kind: TransportErrorKind = _KINDS.get(status) or ("failed" if status >= 500 else "invalid")
    said = _said(body)
    message = f"{asked} was answered {status}" + (f": {said}" if said else "")
    return HttpError(
        kind,
        message,
        status=status,
        body=body,
        is_retryable=status in _AGAIN,
        retry_after_s=_retry_after(headers.get("retry-after", ""), now_s),
    )


def oversized(asked: str, max_bytes: int) -> HttpError:
    """Make the error of a body that is longer than what is taken."""
    return HttpError("oversized", f"{asked} was answered with more than {max_bytes >> 20} MiB")


def plain(text: str, longest: int = _LONGEST_SAID) -> str:
    """Return text of strangers as one short line without control characters."""
    line = " ".join(text.split())
    harmless = "".join(one if one.isprintable() else "�" for one in line)
    return harmless if len(harmless) <= longest else f"{harmless[:longest]}…"


def _said(body: bytes) -> str:
    """Return what a server says of its refusal: `error` or `message` of JSON, or plain text."""
    start = body[: 4 * _LONGEST_SAID].decode("utf-8", "replace").strip()
    if not start or start.startswith("<"):
        return ""
    if start.startswith("{"):
        import msgspec

        try:
            told = msgspec.json.decode(body, type=dict[str, object])
        except msgspec.DecodeError:
            return plain(start)
        words = next((told[key] for key in ("error", "message") if told.get(key)), "")
        return plain(words) if isinstance(words, str) else ""
    return plain(start)


def _retry_after(value: str, now_s: float) -> float | None:
    """Read Retry-After, which is a number of seconds or a date (RFC 9110, 10.2.3)."""
    value = value.strip()
    if value.isascii() and value.isdecimal():
        return float(value[:9])
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - now_s)
    except (ValueError, OverflowError, TypeError):
        return None
