"""The host names in an OpenSSH client configuration: read, never interpreted, never connected to.

Patterns are not hosts; what `Include` names is read too, as far as its bounds allow.
"""

from __future__ import annotations

import glob
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from skyforge_tui.integrations.regular_file import UnreadableFileError, read_start

MAX_HOSTS = 2_000
MAX_FILES = 64
MAX_DEPTH = 8
MAX_BYTES = 1024 * 1024
_PATTERN = frozenset("*?!")


@dataclass(slots=True)
class Hosts:
    """What a configuration and everything it includes name."""

    names: list[str] = field(default_factory=list)
    """In the order in which they stand, each once."""
    files: list[Path] = field(default_factory=list)
    """The files that were read."""
    is_cut: bool = False
    """Whether a bound was reached, so that there may be more."""


def read_hosts(config: Path) -> Hosts:
    """Return the host names in `config` and what it includes; nothing where it cannot be read."""
    found = Hosts()
    _read(config, config.parent, found, 0)
    found.names = list(dict.fromkeys(found.names))
    return found


def _read(path: Path, home: Path, found: Hosts, depth: int) -> None:
    if path in found.files:
        return
    if len(found.files) >= MAX_FILES or depth > MAX_DEPTH:
        found.is_cut = True
        return
    try:
        # A person's own configuration may be a link to wherever they keep such files.
        start = read_start(path, Path("/"), MAX_BYTES, MAX_BYTES)
    except UnreadableFileError:
        return
    found.files.append(path)
    found.is_cut |= not start.is_whole
    for word, values in _lines(start.data.decode("utf-8", "replace")):
        if word == "host":
            found.names += [one for one in values if one and not _PATTERN & set(one)]
        elif word == "include":
            for value in values:
                for one in _included(value, home, found):
                    _read(one, home, found, depth + 1)
        if len(found.names) > MAX_HOSTS:
            del found.names[MAX_HOSTS:]
            found.is_cut = True
            return


def _lines(text: str) -> Iterator[tuple[str, list[str]]]:
    """Yield every keyword in lower case, with its values."""
    for line in text.splitlines():
        keyword, _, rest = line.strip().replace("=", " ", 1).partition(" ")
        if not keyword or keyword.startswith("#"):
            continue
        try:
            yield keyword.lower(), shlex.split(rest, comments=True)
        except ValueError:  # a quote without its twin
            continue


def _included(pattern: str, home: Path, found: Hosts) -> list[Path]:
    """Return the files that an `Include` means: seen from the configuration's folder."""
    try:
        full = home / Path(pattern).expanduser()
    except RuntimeError:  # the home of nobody
        return []
    names: list[Path] = []
    for name in glob.iglob(str(full)):  # noqa: PTH207 - the pattern is absolute
        if len(names) >= MAX_FILES:
            found.is_cut = True
            break
        names.append(Path(name))
    return sorted(names)
