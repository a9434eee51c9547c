"""Names the place where a secret lies, without the secret."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, cast

SecretKind = Literal["env", "file", "keyring", "cmd"]

FORMS: Final = "env:NAME, file:PATH, keyring:NAME or cmd:PROGRAM"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LONGEST: Final = 4096


@dataclass(frozen=True, slots=True)
class SecretRef:
    """Refer to a secret as `env:NAME`, `file:PATH`, `keyring:NAME` or `cmd:PROGRAM ARGUMENTS…`.

    Shown as text it names kind and place; of a command only the program, because arguments may
    hold secrets themselves.
    """

    kind: SecretKind
    target: str = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> SecretRef:
        """Read a reference.

        Raises:
            ValueError: it is none; the message never contains `text`, which may be a secret.
        """
        kind, colon, target = text.partition(":")
        target = target.strip()
        if not colon or kind not in ("env", "file", "keyring", "cmd") or len(text) > _LONGEST:
            raise ValueError(f"must not be the secret itself: write {FORMS}")
        complaint = _complaint(kind, target)
        if complaint:
            raise ValueError(complaint)
        return cls(cast("SecretKind", kind), target)

    @property
    def text(self) -> str:
        """The whole reference as it stands in a configuration; may show a command's arguments."""
        return f"{self.kind}:{self.target}"

    def __str__(self) -> str:
        if self.kind == "cmd":
            program, *arguments = shlex.split(self.target)
            return f"cmd:{program} …" if arguments else f"cmd:{program}"
        return f"{self.kind}:{self.target}"

    def __repr__(self) -> str:
        return f"SecretRef({self})"


def _complaint(kind: str, target: str) -> str:
    """Return what is wrong with the part behind the colon, or nothing."""
    if "\0" in target or "\n" in target:
        return f"{kind}: must be one line"
    if kind == "env" and not _NAME.fullmatch(target):
        return "env: must be followed by the name of an environment variable"
    if kind == "file" and not (Path(target).is_absolute() or target.startswith("~")):
        return "file: must be followed by an absolute path, or one that begins with ~/"
    if kind == "keyring" and not target:
        return "keyring: must be followed by the name of an entry"
    if kind == "cmd":
        try:
            words = shlex.split(target)
        except ValueError:
            return "cmd: has a quote that is never closed"
        if not words or not words[0]:
            return "cmd: must be followed by a program and its arguments"
    return ""
