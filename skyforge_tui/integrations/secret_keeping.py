"""Keeps secrets: in the system's keyring, or in a file that only its owner may read."""

from __future__ import annotations

import asyncio
import os
import re
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Final

from skyforge_tui.integrations.aside import aside
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.secret_reference import SecretRef
from skyforge_tui.integrations.secrets import KEYRING_SERVICE, Secret

TIMEOUT_S: Final = 20.0
"""A keyring may be locked, and wait for somebody at another screen."""
_ODD = re.compile(r"[^A-Za-z0-9._-]+")


async def has_keyring() -> bool:
    """Say whether this machine has a keyring that secrets can be put into."""
    try:
        async with asyncio.timeout(TIMEOUT_S):
            return await aside(_has_keyring, "keyring")
    except TimeoutError:
        return False


async def to_keyring(name: str, secret: Secret) -> SecretRef:
    """Put a secret into the keyring under `name`.

    Raises:
        TransportError: unreachable, if there is none or it does not take it.
    """
    try:
        async with asyncio.timeout(TIMEOUT_S):
            problem = await aside(lambda: _put(name, secret), "keyring")
    except TimeoutError:
        problem = f"gave no answer within {TIMEOUT_S:g} s"
    if problem:
        raise TransportError("unreachable", f"the keyring {problem}")
    return SecretRef("keyring", name)


async def to_file(path: Path, secret: Secret) -> SecretRef:
    """Put a secret into a file, whole or not at all, that only its owner may read.

    Raises:
        TransportError: refused, if it cannot be written.
    """
    try:
        await aside(lambda: _write(path.expanduser(), secret), "secret")
    except (OSError, RuntimeError) as error:  # RuntimeError: there is no such home folder
        reason = getattr(error, "strerror", None) or type(error).__name__
    else:
        return SecretRef("file", str(path))
    raise TransportError("refused", f"{path} cannot be written ({reason.lower()})")


def file_name(name: str) -> str:
    """Return a file name for a secret."""
    return _ODD.sub("-", name).strip("-.") or "secret"


def _has_keyring() -> bool:
    try:
        backend = import_module("keyring").get_keyring()
    except (ImportError, RuntimeError):
        return False
    # What cannot work says so by its priority; the chain of all that could has parts of its own.
    parts = getattr(backend, "backends", (backend,))
    return any(getattr(one, "priority", 0) > 0 for one in parts)


def _put(name: str, secret: Secret) -> str:
    """Return what went wrong, or nothing."""
    try:
        keyring = import_module("keyring")
        errors = import_module("keyring.errors")
    except ImportError:
        return "needs the package keyring"
    try:
        keyring.set_password(KEYRING_SERVICE, name, secret.reveal())
    except errors.KeyringError as error:
        return f"did not take it ({type(error).__name__})"
    return ""


def _write(path: Path, secret: Secret) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor, draft = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:  # for its owner only
            file.write(secret.reveal() + "\n")
            file.flush()
            os.fsync(file.fileno())
        Path(draft).replace(path)
    except OSError:
        Path(draft).unlink(missing_ok=True)
        raise
