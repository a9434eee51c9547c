"""Whom to believe about a server's name: the system, a file of one's own, or one certificate.

A pinned certificate is compared when the handshake ends, before a byte is sent, by the object that
does the handshake: whatever carries it, a proxy or a jump host, cannot go around that.
"""

from __future__ import annotations

import hashlib
import re
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

_HEX = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Trust:
    """How a server proves who it is.

    `fingerprint` is the SHA-256 of its certificate as 64 hexadecimal digits: then nothing else
    counts, neither name nor date. `verify` false believes everybody.
    """

    verify: bool = True
    ca_file: Path | None = None
    fingerprint: str = ""

    @property
    def is_blind(self) -> bool:
        """Whether anybody may answer in the server's name."""
        return not self.verify and not self.fingerprint


SYSTEM_TRUST = Trust()


class OtherCertificateError(ssl.SSLCertVerificationError):
    """The server shows another certificate than the pinned one."""

    def __init__(self, pinned: str, shown: str) -> None:
        super().__init__(1, "another certificate than the pinned one")
        self.pinned = pinned
        self.shown = shown


def normal_fingerprint(text: str) -> str:
    """Read a SHA-256 fingerprint in any usual spelling, as browsers and openssl show it.

    Raises:
        ValueError: it is none.
    """
    digits = text.strip().lower().removeprefix("sha256:").replace(":", "").replace(" ", "")
    if not _HEX.fullmatch(digits):
        raise ValueError("must be the SHA-256 of a certificate: 64 hexadecimal digits")
    return digits


def shown_fingerprint(digits: str) -> str:
    """Spell a fingerprint as openssl and browsers do, to be compared by eye."""
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2)).upper()


def fingerprint_of(certificate: bytes) -> str:
    """Return the fingerprint of a certificate (DER)."""
    return hashlib.sha256(certificate).hexdigest()


def context(trust: Trust, look: Callable[[bytes], None] | None = None) -> ssl.SSLContext:
    """Make what checks a server's certificate; reads files, so it is made beside the loop.

    `look` is given every certificate (DER) when its handshake ends, and may raise.

    Raises:
        OSError: the file of certificates cannot be read.
        ssl.SSLError: it holds none.
    """
    made = _Checking(ssl.PROTOCOL_TLS_CLIENT)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    if trust.fingerprint or not trust.verify:
        made.check_hostname = False
        made.verify_mode = ssl.CERT_NONE
    elif trust.ca_file is not None:
        made.load_verify_locations(cafile=trust.ca_file)
    else:
        _load_system(made)
    made.pinned = trust.fingerprint
    made.look = look
    return made


def _load_system(made: ssl.SSLContext) -> None:
    paths = ssl.get_default_verify_paths()
    if paths.cafile or paths.capath:
        made.load_default_certs()
        return
    import certifi  # interpreters that were built elsewhere know no place of this machine

    made.load_verify_locations(cafile=certifi.where())


class _Checking(ssl.SSLContext):
    """A context whose connections compare the certificate themselves."""

    pinned: str = ""
    look: Callable[[bytes], None] | None = None


class _CheckedObject(ssl.SSLObject):
    """Compares the certificate as soon as there is one, and refuses to go on."""

    def do_handshake(self) -> None:
        super().do_handshake()
        made = self.context
        certificate = self.getpeercert(binary_form=True)
        if not isinstance(made, _Checking) or certificate is None:
            return
        if made.look is not None:
            made.look(certificate)
        shown = fingerprint_of(certificate)
        if made.pinned and shown != made.pinned:
            raise OtherCertificateError(made.pinned, shown)


_Checking.sslobject_class = _CheckedObject
