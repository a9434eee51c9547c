"""Certificates made for a test: an authority of one's own, and servers it vouches for or not."""

from __future__ import annotations

import hashlib
import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_NOW = datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Served:
    """A server's certificate with its key in one file, as a context and as a fingerprint."""

    path: Path
    fingerprint: str

    def context(self) -> ssl.SSLContext:
        """Return what a server needs to show it."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(self.path)
        return made


class Authority:
    """Signs certificates; `path` is what whoever believes it loads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _named("A test's own authority")
        made = (
            _begun(self._name, self._name, self._key, days=30)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.path = folder / "authority.pem"
        self.path.write_bytes(made.public_bytes(serialization.Encoding.PEM))

    def serve(
        self, name: str, host: str = "127.0.0.1", *, days: int = 30, is_alone: bool = False
    ) -> Served:
        """Make a certificate for `host`; `is_alone` signs it by itself."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = _named(name)
        begun = _begun(subject, subject if is_alone else self._name, key, days=days)
        try:
            alternative: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(host))
        except ValueError:
            alternative = x509.DNSName(host)
        made = begun.add_extension(x509.SubjectAlternativeName([alternative]), critical=False).sign(
            key if is_alone else self._key, hashes.SHA256()
        )
        path = self._folder / f"{name}.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + made.public_bytes(serialization.Encoding.PEM)
        )
        der = made.public_bytes(serialization.Encoding.DER)
        return Served(path, hashlib.sha256(der).hexdigest())


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _begun(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, *, days: int
) -> x509.CertificateBuilder:
    end = _NOW + timedelta(days=days)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(min(_NOW, end) - timedelta(days=1))
        .not_valid_after(end)
    )
