"""One-time codes of an authenticator app, as RFC 6238 makes them."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Final

from skyforge_tui.demo.clock import SECOND

_STEP_S: Final = 30


def code(secret: str, now_ns: int, steps: int = 0) -> str:
    """Return the code for an instant, or `steps` half minutes later; `secret` is Base32."""
    count = now_ns // SECOND // _STEP_S + steps
    key = base64.b32decode(secret)
    digest = hmac.new(key, count.to_bytes(8, "big"), hashlib.sha1).digest()
    offset = digest[-1] & 0x0F
    number = int.from_bytes(digest[offset : offset + 4], "big") & 0x7FFFFFFF
    return f"{number % 10**6:06d}"


def is_right(secret: str, given: str, now_ns: int) -> bool:
    """Say whether a code is good now, or was or will be half a minute away."""
    codes = (code(secret, now_ns, steps) for steps in (-1, 0, 1))
    return any(hmac.compare_digest(given.encode(), one.encode()) for one in codes)
