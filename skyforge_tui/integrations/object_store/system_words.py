"""Puts what the system says of a directory's files into words, with what to do next."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.object_store.refusals import StoreError


@contextmanager
def told_of(name: str) -> Iterator[None]:
    """Put what the system says into words; whether something is there is left as it is."""
    try:
        yield
    except (FileNotFoundError, FileExistsError):
        raise
    except OSError as error:
        failure = _failure(error, name)
    else:
        return
    raise failure


def _failure(error: OSError, name: str) -> TransportError:
    words = (error.strerror or str(error)).lower()
    if error.errno in (errno.ELOOP, errno.ENOTDIR, errno.EISDIR, errno.ENXIO):
        return no_file(name)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StoreError(
            "failed", "there is no room left in it", "make room there, then try again"
        )
    if error.errno == errno.EFBIG:
        return StoreError("oversized", "it is larger than what may be written there")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return StoreError("refused", f"{name[:80]}: {words}", "see who may write there")
    return StoreError("failed", f"{name[:80]}: {words}")


def no_file(name: str) -> TransportError:
    """Return the error about something that no key leads to."""
    words = f"{name[:80]} is a link, or no file of this store"
    return StoreError("invalid", words, "choose another key")


def is_folder(name: str) -> TransportError:
    """Return the error about a folder that was taken for an object."""
    return StoreError("invalid", f"{name[:80]} is a folder", "-r takes all that lies below it")
