"""A bucket of any service that speaks S3: where it is, and with which keys one is let in."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, urlsplit

from skyforge_tui.integrations.http.tls import SYSTEM_TRUST, Trust
from skyforge_tui.integrations.secret_reference import SecretRef
from skyforge_tui.integrations.secrets import Secret

USUAL_REGION = "us-east-1"
"""What services without regions take, and S3 itself where none is said."""


@dataclass(frozen=True, slots=True)
class Keys:
    """What signs requests; `token` belongs to keys that end."""

    access: str
    secret: Secret
    token: Secret | None = None
    ends_at: datetime | None = None
    """None where they do not end, or do not tell."""


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket, or what lies below `prefix` in it; references say where its keys are."""

    name: str
    endpoint: str = ""
    """Empty is Amazon's own service."""
    region: str = ""
    prefix: str = ""
    is_path_style: bool = True
    """Whether the bucket is a part of the path, and not of the host's name."""
    access_name: str = ""
    """The access key, where it is no secret."""
    access_key: SecretRef | None = None
    secret_key: SecretRef | None = None
    session_token: SecretRef | None = None
    credentials: str = ""
    """`instance` or `profile:NAME`; empty looks through the usual places."""
    trust: Trust = SYSTEM_TRUST
    proxy: str | None = None
    jump: str = ""
    """`[user@]host[:port]` to go through by SSH; empty goes directly."""

    @property
    def place(self) -> str:
        """The region that requests are signed for."""
        said = os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
        return self.region or said or USUAL_REGION

    @property
    def root(self) -> str:
        """The address of the bucket, without a final slash."""
        service = (self.endpoint or f"https://s3.{self.place}.amazonaws.com").rstrip("/")
        if self.is_path_style:
            return f"{service}/{quote(self.name, safe='')}"
        parts = urlsplit(service)
        return f"{parts.scheme}://{self.name}.{parts.netloc}{parts.path}"

    @property
    def start(self) -> str:
        """What every key in the bucket begins with, with its final slash; may be empty."""
        bare = self.prefix.strip("/")
        return f"{bare}/" if bare else ""
