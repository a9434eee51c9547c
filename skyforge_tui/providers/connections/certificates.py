"""What a certificate says of itself, in a few words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from skyforge_tui.integrations.http.failures import plain
from skyforge_tui.integrations.http.tls import fingerprint_of, shown_fingerprint

SOON = timedelta(days=21)


@dataclass(frozen=True, slots=True)
class Shown:
    """A certificate as a person compares it."""

    fingerprint: str
    subject: str
    issuer: str
    ends: datetime | None

    @property
    def words(self) -> str:
        """Who it is of, who signed it, until when."""
        signed = "signed by itself" if self.subject == self.issuer else f"by {self.issuer}"
        until = f", until {self.ends:%Y-%m-%d}" if self.ends else ""
        return f"{self.subject}, {signed}{until}"

    @property
    def fingerprint_words(self) -> str:
        """The fingerprint as openssl and browsers spell it."""
        return shown_fingerprint(self.fingerprint)


def shown(der: bytes) -> Shown:
    """Read a certificate; what cannot be read of it is left out."""
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    def name(of: x509.Name) -> str:
        found = of.get_attributes_for_oid(NameOID.COMMON_NAME)
        return plain(str(found[0].value), 60) if found else plain(of.rfc4514_string(), 60)

    try:
        read = x509.load_der_x509_certificate(der)
        subject, issuer, ends = name(read.subject), name(read.issuer), read.not_valid_after_utc
    except (ValueError, TypeError):
        return Shown(fingerprint_of(der), "unreadable", "nobody", None)
    return Shown(fingerprint_of(der), subject or "nameless", issuer or "nobody", ends)
