"""Signs requests to S3 that the library does not make: AWS Signature Version 4.

Source: S3 API reference, "Authenticating Requests: Using the Authorization Header".
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import quote, urlsplit

from skyforge_tui.integrations.object_store.bucket import Keys
from skyforge_tui.integrations.object_store.refusals import StoreError

NOTHING: Final = hashlib.sha256(b"").hexdigest()
"""What stands for no body."""
UNSIGNED: Final = "UNSIGNED-PAYLOAD"
"""What stands for a body that the connection itself protects."""
_METHOD: Final = "AWS4-HMAC-SHA256"


def spelled(query: Mapping[str, str]) -> str:
    """Return a query as it is sent and signed: sorted, and quoted in one way only."""
    quoted = sorted((quote(key, safe="~"), quote(value, safe="~")) for key, value in query.items())
    return "&".join(f"{key}={value}" for key, value in quoted)


def presigned(url: str, keys: Keys, region: str, now: datetime, lasts: timedelta) -> str:
    """Return an address for GET that proves by itself who lends it, for a while.

    `url` has no query and its path is quoted already; `now` is in UTC. Source: S3 API reference,
    "Authenticating Requests: Using Query Parameters".

    Raises:
        StoreError: invalid, if the keys end sooner, and the address with them.
    """
    if keys.ends_at is not None and now + lasts > keys.ends_at:
        left = max(0, int((keys.ends_at - now).total_seconds() // 60))
        raise StoreError(
            "invalid", f"its keys end in {left} min, and any address with them",
            "say a shorter time by --lasts, or take keys that do not end",
        )  # fmt: skip
    parts = urlsplit(url)
    stamp, scope = f"{now:%Y%m%dT%H%M%SZ}", _scope(region, now)
    query = {
        "X-Amz-Algorithm": _METHOD, "X-Amz-Credential": f"{keys.access}/{scope}",
        "X-Amz-Date": stamp, "X-Amz-Expires": str(int(lasts.total_seconds())),
        "X-Amz-SignedHeaders": "host",
    }  # fmt: skip
    if keys.token is not None:
        query["X-Amz-Security-Token"] = keys.token.reveal()
    asked = spelled(query)
    request = f"GET\n{parts.path or '/'}\n{asked}\nhost:{parts.netloc}\n\nhost\n{UNSIGNED}"
    return f"{url}?{asked}&X-Amz-Signature={_proof(keys, scope, stamp, request)}"


def signed(
    method: str,
    url: str,
    query: Mapping[str, str],
    keys: Keys,
    region: str,
    now: datetime,
    *,
    payload: str = NOTHING,
    more: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return the headers that prove who asks.

    `url` has no query and its path is quoted already; `now` is in UTC. `payload` is the SHA-256 of
    the body in hex, or `UNSIGNED`; `more` are headers of lower-case names that are signed, too.
    """
    parts = urlsplit(url)
    stamp = f"{now:%Y%m%dT%H%M%SZ}"
    headers = {"host": parts.netloc, "x-amz-content-sha256": payload, "x-amz-date": stamp}
    headers |= more or {}
    if keys.token is not None:
        headers["x-amz-security-token"] = keys.token.reveal()
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    request = "\n".join((method, parts.path or "/", spelled(query), lines, names, payload))
    scope = _scope(region, now)
    proof = _proof(keys, scope, stamp, request)
    headers["authorization"] = (
        f"{_METHOD} Credential={keys.access}/{scope}, SignedHeaders={names}, Signature={proof}"
    )
    del headers["host"]  # the client puts it there itself
    return headers


def _scope(region: str, now: datetime) -> str:
    return f"{now:%Y%m%d}/{region}/s3/aws4_request"


def _proof(keys: Keys, scope: str, stamp: str, request: str) -> str:
    text = "\n".join((_METHOD, stamp, scope, hashlib.sha256(request.encode()).hexdigest()))
    secret = f"AWS4{keys.secret.reveal()}".encode()
    for part in scope.split("/"):
        secret = hmac.digest(secret, part.encode(), "sha256")
    return hmac.new(secret, text.encode(), "sha256").hexdigest()
