"""What an object store says of its objects, and how its failures read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from obstore import exceptions

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.object_store.refusals import StoreError, told

if TYPE_CHECKING:
    from obstore import ObjectMeta

_HEAD = re.compile(r"^(Generic \w+ error|Could not parse path): ")
_TAIL = re.compile(r"\s*\(os error \d+\)$")


@dataclass(frozen=True, slots=True)
class StoredObject:
    """One object: its key, size in bytes, and when it was written."""

    key: str
    size: int
    modified_at: datetime
    sha256: str = ""
    """Only after it was put here."""
    etag: str = ""
    """Changes with the bytes; how it is made is the store's own affair."""

    def below(self, start: str) -> StoredObject:
        """Return it with a key that leaves out its beginning."""
        if not start:
            return self
        key = self.key[len(start) :]
        return StoredObject(key, self.size, self.modified_at, self.sha256, self.etag)


@dataclass(frozen=True, slots=True)
class Listing:
    """Folders without their final slash, and objects; each sorted."""

    folders: tuple[str, ...]
    objects: tuple[StoredObject, ...]
    is_more: bool


@dataclass(frozen=True, slots=True)
class Left:
    """An object that was begun and is not there: what came of it, which nobody carries on."""

    ticket: str
    key: str
    """Empty where that is not known."""
    size: int
    begun_at: datetime


def stored(meta: ObjectMeta) -> StoredObject:
    """Return an object as the library describes it."""
    etag = meta["e_tag"] or ""
    return StoredObject(meta["path"], meta["size"], meta["last_modified"], etag=etag)


def failure(error: Exception) -> TransportError:
    """Return a failure of the library (obstore 0.12.1) in few words.

    Its messages go on for a page of debugging; only the first line is for people.
    """
    said = told(str(error))
    if said is not None:
        return said
    first = next(iter(str(error).splitlines()), "") or type(error).__name__
    words = _TAIL.sub("", _HEAD.sub("", first))
    if "InvalidCertificate(" in str(error):
        return StoreError("untrusted", "its certificate is not trusted", "name its authority")
    if "HTTP error: " in words:
        return StoreError("unreachable", "it cannot be reached", "check its address, or try again")
    match error:
        case FileNotFoundError():
            return TransportError("missing", "there is no such object")
        case exceptions.AlreadyExistsError() | FileExistsError():
            return TransportError("exists", "there is one already")
        case exceptions.PermissionDeniedError() | exceptions.UnauthenticatedError():
            return TransportError("refused", words)
        case ValueError() | exceptions.InvalidPathError() | exceptions.NotSupportedError():
            return TransportError("invalid", words)
        case _:
            return TransportError("failed", words)
