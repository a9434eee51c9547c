"""Why no answer came, found in what broke: names, sockets, certificates, proxies, patience."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator
from typing import Final, Literal
from urllib.parse import urlsplit

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.http.failures import HttpError, plain
from skyforge_tui.integrations.http.tls import OtherCertificateError, shown_fingerprint

Phase = Literal["connect", "proxy", "exchange", "address", "encoding"]

_REASONS: Final = {
    errno.ECONNREFUSED: "nothing listens there",
    errno.EHOSTUNREACH: "there is no way to this host",
    errno.ENETUNREACH: "there is no way to this network",
    errno.ETIMEDOUT: "nobody answered",
    errno.ECONNRESET: "the connection was cut",
    errno.EPIPE: "the connection was cut",
}
_DATES: Final = ("certificate has expired", "certificate is not yet valid")


class UntrustedError(HttpError):
    """The server cannot prove who it is.

    `pinned` and `shown` are fingerprints where another certificate than the pinned one came.
    `url` is the address of the server, without any path.
    """

    def __init__(self, message: str, *, pinned: str = "", shown: str = "", url: str = "") -> None:
        super().__init__("untrusted", message, was_sent=False)
        self.url = url
        self.pinned = pinned
        self.shown = shown


def late(url: str, seconds: float, what: str, *, was_sent: bool) -> HttpError:
    """Make the error of a phase that took longer than its `seconds`."""
    message = f"{place_of(url)} {what} within {seconds:g} s"
    return HttpError("timeout", message, is_retryable=True, was_sent=was_sent)


def broken(error: BaseException, url: str, phase: Phase) -> HttpError:
    """Make an error of what broke, looking at everything that led to it."""
    place = place_of(url)
    if phase == "address":
        return HttpError("invalid", f"{plain(url)} is not an address", was_sent=False)
    if phase == "encoding":
        return HttpError("unreadable", f"{place} sent a body that cannot be unpacked")
    for cause in _causes(error):
        if isinstance(cause, HttpError):
            return cause
        if isinstance(cause, TransportError):
            return HttpError(
                cause.kind, cause.message, is_retryable=cause.is_retryable, was_sent=False
            )
        if (found := _told(cause, place)) is not None:
            return found
    if phase == "proxy":
        return HttpError(
            "unreachable", f"the proxy before {place} refused: {plain(str(error))}", was_sent=False
        )
    if phase == "connect":
        return HttpError(
            "unreachable", f"{place} cannot be reached", is_retryable=True, was_sent=False
        )
    return HttpError("unreachable", f"{place} broke the connection off", is_retryable=True)


def _told(cause: BaseException, place: str) -> HttpError | None:
    """Return an error when this is the cause that explains it all."""
    if isinstance(cause, OtherCertificateError):
        return UntrustedError(
            f"{place} shows another certificate than the pinned one:"
            f" {shown_fingerprint(cause.shown)} instead of {shown_fingerprint(cause.pinned)}",
            pinned=cause.pinned,
            shown=cause.shown,
            url=f"https://{place}",
        )
    if isinstance(cause, ssl.SSLCertVerificationError):
        return UntrustedError(
            f"the certificate of {place} is not trusted: {_reason(cause)}", url=f"https://{place}"
        )
    if isinstance(cause, ssl.SSLError):
        return _no_tls(cause, place)
    if isinstance(cause, socket.gaierror):
        return HttpError(
            "unreachable", f"there is no host of the name in {place}", was_sent=False,
            is_retryable=cause.errno == socket.EAI_AGAIN,
        )  # fmt: skip
    if isinstance(cause, OSError) and cause.errno in _REASONS:
        was_cut = cause.errno in (errno.ECONNRESET, errno.EPIPE)
        return HttpError(
            "unreachable", f"{place} cannot be reached: {_REASONS[cause.errno]}",
            is_retryable=True, was_sent=was_cut,
        )  # fmt: skip
    return None


def _reason(cause: ssl.SSLCertVerificationError) -> str:
    """Say in words why a certificate was refused (OpenSSL's own words are kept)."""
    words = str(getattr(cause, "verify_message", "") or "no reason given")
    if words in _DATES:
        return f"{words}; is this machine's clock right?"
    if "self-signed" in words or "self signed" in words:
        return "it is signed by itself, or by somebody this machine does not know"
    if "unable to get local issuer" in words:
        return "it is signed by somebody this machine does not know"
    return plain(words)


def _no_tls(cause: ssl.SSLError, place: str) -> HttpError:
    reason = cause.reason or ""
    if reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"):
        return HttpError("invalid", f"{place} does not speak TLS: it may be http", was_sent=False)
    told = reason.replace("_", " ").lower() or "the handshake broke off"
    return HttpError("unreachable", f"no TLS with {place}: {told}", was_sent=False)


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Walk from an error to what caused it, into groups too, each once."""
    waiting, seen = [error], set[int]()
    while waiting:
        one = waiting.pop(0)
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        if isinstance(one, BaseExceptionGroup):
            waiting += one.exceptions
        waiting += [next_one for next_one in (one.__cause__, one.__context__) if next_one]


def place_of(url: str) -> str:
    """Return host and port of an address: never a name or password in it."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "the server"
    shown = f"[{host}]" if ":" in host else host
    return plain(f"{shown}:{port}" if port else shown) or "the server"
