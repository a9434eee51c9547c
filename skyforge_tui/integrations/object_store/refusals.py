"""Why an object store did not do what it was asked, in words, with what to do next.

The codes are those of S3 (API reference, "Error responses") and of services that speak it: Ceph
16.2, MinIO, rclone 1.75.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from skyforge_tui.integrations.errors import TransportError, TransportErrorKind
from skyforge_tui.integrations.http.failures import HttpError

CHANGED: Final = "Changed"
"""The code of an error that says that an object is another one by now."""
OTHER_BYTES: Final = "OtherBytes"
"""The code of an error that says that what is there already is of another source."""
LOST: Final = frozenset({OTHER_BYTES, "InvalidPart", "NoSuchUpload"})
"""Codes that say that what was sent before is of no use: the next try begins anew."""
_CODE: Final = re.compile(r"<Code>\s*(\w{1,80})\s*</Code>")
_REGION: Final = re.compile(r"<Region>\s*([\w-]{1,40})\s*</Region>")


class StoreError(TransportError):
    """Say what an object store refused or failed of, and what to do next.

    `code` is the store's own word; empty where it gave none.
    """

    def __init__(
        self, kind: TransportErrorKind, message: str, advice: str = "", *, code: str = ""
    ) -> None:
        super().__init__(kind, message)
        self.advice = advice
        self.code = code


@dataclass(frozen=True, slots=True)
class _Words:
    kind: TransportErrorKind
    message: str
    advice: str


_AGAIN: Final = "nothing was changed; try again"
_KEYS: Final = "correct its keys, then try again: skyforge connect s3"
_FULL: Final = _Words("failed", "there is no room left in it", "make room there, then try again")
_BUSY: Final = _Words("limited", "it is too busy", "try again in a while")
_ENDED: Final = _Words("unauthorized", "the keys have expired", "get new keys, then try again")
_ELSEWHERE: Final = _Words(
    "invalid", "the bucket is in another region", "say its region in the configuration"
)
_WORDS: Final = {
    "SignatureDoesNotMatch": _Words("unauthorized", "the secret key is not the right one", _KEYS),
    "InvalidAccessKeyId": _Words("unauthorized", "the access key is not known there", _KEYS),
    "ExpiredToken": _ENDED,
    "TokenRefreshRequired": _ENDED,
    "InvalidToken": _Words("unauthorized", "the session token is not the right one", _KEYS),
    "RequestTimeTooSkewed": _Words(
        "failed", "this machine's clock and the store's are too far apart",
        "set this machine's clock, then try again",
    ),
    "RequestExpired": _Words("failed", "the request took too long to arrive", _AGAIN),
    "AccessDenied": _Words(
        "forbidden", "these keys may not do that", "ask whoever gives out its keys"
    ),
    "AllAccessDisabled": _Words("forbidden", "the bucket is closed", "ask whoever runs it"),
    "NoSuchBucket": _Words(
        "failed", "the bucket is not there",
        "check its name in the configuration, or have it made; nothing here is lost",
    ),
    "NoSuchKey": _Words("missing", "there is no such object", ""),
    "NoSuchUpload": _Words("failed", "the upload is not known there any more", _AGAIN),
    "InvalidPart": _Words("failed", "a part of the upload was lost there", _AGAIN),
    "NotImplemented": _Words("invalid", "it does not know how to do that", ""),
    "PreconditionFailed": _Words("exists", "there is one already", ""),
    "ConditionalRequestConflict": _Words("exists", "somebody stores it at this moment", ""),
    "InvalidObjectState": _Words(
        "failed", "the object is in an archive, out of reach", "have it restored there first"
    ),
    "EntityTooLarge": _Words("oversized", "it is larger than that store takes", ""),
    "KeyTooLongError": _Words("invalid", "the key is too long", ""),
    "QuotaExceeded": _FULL,
    "InsufficientCapacity": _FULL,
    "InsufficientStorage": _FULL,
    "StorageFull": _FULL,
    "XMinioStorageFull": _FULL,
    "SlowDown": _BUSY,
    "ServiceUnavailable": _BUSY,
    "TooManyRequests": _BUSY,
    "PermanentRedirect": _ELSEWHERE,
    "AuthorizationHeaderMalformed": _ELSEWHERE,
    "InternalError": _Words("failed", "it failed inside", "try again; ask whoever runs it"),
    "MissingSecurityHeader": _Words("unauthorized", "it wants signed requests", _KEYS),
}  # fmt: skip


def code_of(error: TransportError) -> str:
    """Return the store's own word for a failure; empty where it gave none."""
    return error.code if isinstance(error, StoreError) else ""


def told(text: str) -> StoreError | None:
    """Return the error that an answer (XML, or a text with it inside) tells; None if none."""
    found = _CODE.search(text)
    words = _WORDS.get(found[1]) if found else None
    if found is None or words is None:
        return None
    message = words.message
    if words is _ELSEWHERE and (region := _REGION.search(text)):
        message += f": {region[1]}"
    return StoreError(words.kind, message, words.advice, code=found[1])


def from_http(error: HttpError) -> TransportError:
    """Return what a refused request means."""
    found = told(error.body.decode("utf-8", "replace"))
    if found is not None:
        return found
    if error.status in (401, 403):
        return StoreError("forbidden", "these keys may not do that", "check its keys")
    if error.status == 404:
        return told("<Code>NoSuchBucket</Code>") or error
    if error.status in (502, 503, 504):
        return StoreError("failed", _BUSY.message, _BUSY.advice)
    if error.kind == "moved":
        return StoreError(_ELSEWHERE.kind, _ELSEWHERE.message, _ELSEWHERE.advice)
    return error
