"""Turns references into secrets, without blocking the loop and without showing what comes out."""

from __future__ import annotations

import asyncio
import os
import shlex
import stat
from importlib import import_module
from pathlib import Path
from typing import Final, NoReturn

from skyforge_tui.integrations import process, redaction
from skyforge_tui.integrations.aside import aside
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.secret_reference import SecretRef

TIMEOUT_S: Final = 20.0
MAX_BYTES: Final = 64 * 1024
KEYRING_SERVICE: Final = "skyforge"


class SecretError(Exception):
    """Say why a reference gave no secret, and what to do; holds nothing of the secret."""

    def __init__(self, reference: SecretRef, message: str, advice: str) -> None:
        super().__init__(f"{reference}: {message}")
        self.reference = reference
        self.message = message
        self.advice = advice


class Secret:
    """Hold a secret; only `reveal` gives it away.

    Printing, formatting, pickling and serialising show or refuse, and never contain the value.
    """

    __slots__ = ("_value", "caution")

    def __init__(self, value: str, caution: str = "") -> None:
        redaction.remember(value)
        self._value = value
        self.caution = caution
        """One sentence on how carelessly it is kept; may be empty."""

    def reveal(self) -> str:
        """Return the value; use it at once and keep it nowhere."""
        return self._value

    def __repr__(self) -> str:
        return f"Secret({redaction.MASK})"

    def __str__(self) -> str:
        return redaction.MASK

    def __format__(self, spec: str) -> str:
        return format(redaction.MASK, spec)

    def __bool__(self) -> bool:
        return bool(self._value)

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: object) -> Secret:
        return self

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a secret is not written anywhere")


async def resolve(reference: SecretRef | str) -> Secret:
    """Fetch the secret that `reference` names; takes at most 20 seconds.

    Raises:
        ValueError: the text is no reference.
        SecretError: nothing is there, or it could not be fetched.
    """
    ref = SecretRef.parse(reference) if isinstance(reference, str) else reference
    caution = ""
    try:
        async with asyncio.timeout(TIMEOUT_S):
            if ref.kind == "env":
                value = _from_environment(ref)
            elif ref.kind == "file":
                value, caution = await aside(lambda: _from_file(ref), "secret")
            elif ref.kind == "keyring":
                value = await aside(lambda: _from_keyring(ref), "secret")
            else:
                value = await _from_command(ref)
    except TimeoutError:
        message = f"gave no answer within {TIMEOUT_S:g} s"
        raise SecretError(ref, message, "Check whether it waits for input or a device.") from None
    if not value:
        raise SecretError(ref, "is empty", "Put the secret there.")
    return Secret(value, caution)


def _from_environment(ref: SecretRef) -> str:
    if ref.target not in os.environ:
        raise SecretError(ref, "is not set", f"Export {ref.target} before starting skyforge.")
    return os.environ[ref.target]


def _from_file(ref: SecretRef) -> tuple[str, str]:
    try:
        path = Path(ref.target).expanduser()
        with open(path, "rb", opener=_open_without_waiting) as file:
            mode = os.fstat(file.fileno()).st_mode
            if not stat.S_ISREG(mode):
                raise SecretError(ref, "is not a regular file", "Name a regular file.")
            raw = bytearray(file.read(MAX_BYTES + 1))
    except (OSError, RuntimeError) as error:  # RuntimeError: there is no such home folder
        reason = error.strerror if isinstance(error, OSError) else None
        message = f"cannot be read ({reason or 'no such home folder'})"
        raise SecretError(ref, message, "Check the path and who may read it.") from None
    caution = ""
    if mode & (stat.S_IRGRP | stat.S_IROTH):
        caution = f"{path} can be read by others; run: chmod 600 {shlex.quote(str(path))}"
    return _text(ref, raw), caution


def _open_without_waiting(path: str, flags: int) -> int:
    # Opening a pipe would wait for a writer; the flag changes nothing for regular files.
    return os.open(path, flags | os.O_NONBLOCK)


def _from_keyring(ref: SecretRef) -> str:
    try:
        keyring = import_module("keyring")
        errors = import_module("keyring.errors")
    except ImportError:
        advice = "Install skyforge-tui[keyring], or write env:NAME, file:PATH or cmd:PROGRAM."
        raise SecretError(ref, "needs the package keyring", advice) from None
    try:
        value = keyring.get_password(KEYRING_SERVICE, ref.target)
    except errors.NoKeyringError:
        advice = "Write env:NAME, file:PATH or cmd:PROGRAM on this machine."
        raise SecretError(ref, "this machine has no keyring", advice) from None
    except errors.KeyringError as error:
        message = f"the keyring did not answer ({type(error).__name__})"
        raise SecretError(ref, message, "Unlock the keyring.") from None
    if value is None:
        advice = f"Run: keyring set {KEYRING_SERVICE} {shlex.quote(ref.target)}"
        raise SecretError(ref, "is not in the keyring", advice)
    return str(value)


async def _from_command(ref: SecretRef) -> str:
    try:
        done = await process.run(_argv(ref), timeout_s=TIMEOUT_S, max_bytes=MAX_BYTES)
    except TransportError as error:
        message, advice = {
            "missing": ("there is no such program", "Check its name and the PATH."),
            "timeout": (
                f"did not end within {TIMEOUT_S:g} s",
                "It cannot ask: it has no terminal.",
            ),
            "oversized": (f"wrote more than {MAX_BYTES} bytes", "Let it write the secret only."),
        }.get(error.kind, ("could not be run", "Try it in a shell."))
        raise SecretError(ref, message, advice) from None
    raw, code = bytearray(done.stdout), done.exit_code
    del done
    if code == 0:
        return _text(ref, raw)
    raw.clear()
    ending = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
    raise SecretError(ref, ending, "Try it in a shell.")


def _argv(ref: SecretRef) -> list[str]:
    words = shlex.split(ref.target)
    try:
        return [str(Path(word).expanduser()) if word[:2] == "~/" else word for word in words]
    except RuntimeError:
        advice = "Set HOME, or write the whole path."
        raise SecretError(ref, "there is no home folder", advice) from None


def _text(ref: SecretRef, raw: bytearray) -> str:
    """Decode what was read and take away the one line end that editors and programs add.

    On failure `raw` is emptied, so that no traceback with local variables can show it.
    """
    if len(raw) > MAX_BYTES:
        raw.clear()
        raise SecretError(ref, f"is longer than {MAX_BYTES} bytes", "Name the secret only.")
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        raw.clear()
        raise SecretError(ref, "is not UTF-8 text", "Store it as text.") from None
    return text.removesuffix("\n").removesuffix("\r")
