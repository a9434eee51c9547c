"""Runs the person's editor in the terminal; whoever calls has stepped aside from it."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Mapping
from pathlib import Path

from skyforge_tui.integrations.errors import TransportError

USUAL = "vi"


def editor_of(environ: Mapping[str, str]) -> list[str]:
    """Return the command of the editor: VISUAL, else EDITOR, else vi.

    Raises:
        TransportError: invalid; its quotes do not end.
    """
    said = environ.get("VISUAL") or environ.get("EDITOR") or USUAL
    try:
        words = shlex.split(said)
    except ValueError as error:
        raise TransportError("invalid", f"EDITOR cannot be read: {error}") from None
    return words or [USUAL]


def run_editor(path: Path, environ: Mapping[str, str] | None = None) -> None:
    """Run the editor on a file to its end.

    Raises:
        TransportError: missing; invalid; or failed, with how it ended.
    """
    words = editor_of(os.environ if environ is None else environ)
    try:
        done = subprocess.run([*words, str(path)], check=False)
    except OSError as error:
        raise TransportError("missing", f"{words[0]}: {error.strerror or error}") from None
    if done.returncode:
        raise TransportError("failed", f"{words[0]} ended with {done.returncode}")
