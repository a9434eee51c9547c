"""Signs requests to S3 that the library does not make: AWS Signature Version 4, for no body.

Source: S3 API reference, "Authenticating Requests: Using the Authorization Header".
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Final
from urllib.parse import quote, urlsplit

from skyforge_tui.integrations.object_store.bucket import Keys

_NOTHING: Final = hashlib.sha256(b"").hexdigest()
_METHOD: Final = "AWS4-HMAC-SHA256"
_SIGNED: Final = "host;x-amz-content-sha256;x-amz-date"


def spelled(query: Mapping[str, str]) -> str:
    """Return a query as it is sent and signed: sorted, and quoted in one way only."""
    quoted = sorted((quote(key, safe="~"), quote(value, safe="~")) for key, value in query.items())
    return "&".join(f"{key}={value}" for key, value in quoted)


def signed(
    method: str, url: str, query: Mapping[str, str], keys: Keys, region: str, now: datetime
) -> dict[str, str]:
    """Return the headers that prove who asks.

    `url` has no query and its path is quoted already; `now` is in UTC.
    """
    parts = urlsplit(url)
    stamp, day = f"{now:%Y%m%dT%H%M%SZ}", f"{now:%Y%m%d}"
    headers = {"host": parts.netloc, "x-amz-content-sha256": _NOTHING, "x-amz-date": stamp}
    names = _SIGNED
    if keys.token is not None:
        headers["x-amz-security-token"] = keys.token.reveal()
        names += ";x-amz-security-token"
    lines = "".join(f"{name}:{headers[name]}\n" for name in names.split(";"))
    request = "\n".join((method, parts.path or "/", spelled(query), lines, names, _NOTHING))
    scope = f"{day}/{region}/s3/aws4_request"
    text = "\n".join((_METHOD, stamp, scope, hashlib.sha256(request.encode()).hexdigest()))
    secret = f"AWS4{keys.secret.reveal()}".encode()
    for part in scope.split("/"):
        secret = hmac.digest(secret, part.encode(), "sha256")
    proof = hmac.new(secret, text.encode(), "sha256").hexdigest()
    headers["authorization"] = (
        f"{_METHOD} Credential={keys.access}/{scope}, SignedHeaders={names}, Signature={proof}"
    )
    del headers["host"]  # the client puts it there itself
    return headers
