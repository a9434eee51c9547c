"""The editor of this machine; what is edited lies in files until nobody needs it any more."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from skyforge_tui.domain.errors import Invalid, Unavailable
from skyforge_tui.integrations.editor import run_editor
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.ports.editor import Draft

_OPERATION = "repository.edit"
_LONGEST = 100


class LocalEditor:
    """Keeps drafts in `folder`, readable by their owner only; implements `Editor`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def edit(self, name: str, data: bytes) -> Draft:
        """Let the person edit a text; see `Editor`."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            path = self._folder / f"{secrets.token_hex(3)}-{_plain(name)}"
            with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as new:
                new.write(data)
        except OSError as error:
            words = f"no draft can be kept in {self._folder}: {error.strerror or error}"
            raise Unavailable(words, operation=_OPERATION) from error
        try:
            run_editor(path)
            return Draft(str(path), path.read_bytes())
        except TransportError as error:
            raise Invalid(
                error.message, operation=_OPERATION,
                advice=f"set EDITOR to a program that runs; what was written is in {path}",
            ) from error  # fmt: skip
        except OSError as error:
            words = f"{path} cannot be read: {error.strerror or error}"
            raise Unavailable(words, operation=_OPERATION) from error

    def discard(self, draft: Draft) -> None:
        """Remove the file."""
        Path(draft.path).unlink(missing_ok=True)


def _plain(name: str) -> str:
    """Return a name as a file of this machine may have it; its ending stays."""
    kept = "".join(one if one.isprintable() and one not in "/\\" else "_" for one in name)
    return kept[-_LONGEST:].lstrip(".") or "text"
