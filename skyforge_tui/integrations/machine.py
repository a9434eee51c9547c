"""Looks at this machine: its programs, folders and terminal. Nothing is changed or sent.

Programs are asked in `/`, where no configuration of a stranger's repository is picked up, and those
that write something whenever they are started find an empty home instead of the person's.
"""

from __future__ import annotations

import os
import shutil
import site
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from skyforge_tui.integrations.aside import aside
from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.process import Completed, run
from skyforge_tui.integrations.regular_file import UnreadableFileError, read_start

TIMEOUT_S = 3.0
_MAX_BYTES = 1 << 20
_QUIET = {
    "ANSIBLE_NOCOLOR": "1",
    "CHECKPOINT_DISABLE": "1",  # Terraform asks a server for newer releases
    "CLAB_VERSION_CHECK": "disable",  # so does containerlab
    "LANGUAGE": "C",  # the locale itself stays: Ansible refuses one that is not UTF-8
    "NO_COLOR": "1",
    "TERM": "dumb",
}


@dataclass(frozen=True, slots=True)
class Space:
    """What can be written at a path that need not exist yet."""

    nearest: Path
    """The path itself, or the nearest folder above it that is there."""
    is_writable: bool
    free_bytes: int


@dataclass(frozen=True, slots=True)
class TerminalFacts:
    """What the terminal is, as far as the environment and the descriptors tell."""

    is_terminal: bool
    columns: int
    rows: int
    """Both 0 when no descriptor is a terminal."""
    colours: int
    """0, 16, 256, or 16,777,216."""
    is_utf8: bool
    name: str
    """The value of TERM."""
    is_colourless_by_wish: bool
    """Whether NO_COLOR is set."""
    multiplexer: str
    """`tmux`, `screen`, or empty."""


class Programs:
    """The programs of this machine, found as runs find them."""

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        given = dict(os.environ if environ is None else environ)
        parts = [given.get("PATH", os.defpath)]
        if sys.executable:
            parts.append(str(Path(sys.executable).parent))
        self._environ = given | _QUIET | {"PATH": os.pathsep.join(parts)}

    def find(self, name: str) -> Path | None:
        """Return where a program is, or None."""
        found = shutil.which(name, path=self._environ["PATH"])
        return None if found is None else Path(found).absolute()

    async def ask(
        self, program: Path, words: Sequence[str], *, away_from_home: bool = False
    ) -> Completed:
        """Run a program with these words, for at most three seconds.

        Raises:
            TransportError: missing (it cannot be started), timeout, oversized.
        """
        if not away_from_home:
            return await self._run(program, words, self._environ)
        with tempfile.TemporaryDirectory(prefix="skyforge-", ignore_cleanup_errors=True) as home:
            # What was installed for the person alone is still found.
            moved = {"HOME": home, "ANSIBLE_HOME": home, "PYTHONUSERBASE": site.getuserbase()}
            return await self._run(program, words, self._environ | moved)

    async def package_version(self, program: Path, package: str) -> str:
        """Return the version of the Python package that a script belongs to; empty if not known.

        Its own interpreter is asked, which takes a tenth of what starting the program does.

        Raises:
            TransportError: missing (its interpreter is gone), timeout, oversized.
        """
        interpreter = await aside(lambda: _interpreter(program))
        if interpreter is None:
            return ""
        code = f"from importlib.metadata import version; print(version({package!r}))"
        done = await self._run(interpreter, ["-c", code], self._environ)
        return done.stdout.decode(errors="replace").strip() if done.exit_code == 0 else ""

    async def keyring(self) -> str:
        """Return the name of the keyring's backend; empty when the package is not installed.

        Raises:
            TransportError: timeout, or failed with what Python said last.
        """
        # Loading a backend may talk to a service that never answers: a process can be killed.
        code = (
            "import importlib.util as u, sys\n"
            "if u.find_spec('keyring') is None: sys.exit()\n"
            "import keyring; print(keyring.get_keyring().name)"
        )
        # -P: a file keyring.py in the folder one stands in is not the package.
        done = await self._run(Path(sys.executable), ["-P", "-c", code], self._environ)
        if done.exit_code != 0:
            raise TransportError("failed", last_line(done))
        return done.stdout.decode(errors="replace").strip()

    async def _run(
        self, program: Path, words: Sequence[str], environ: Mapping[str, str]
    ) -> Completed:
        return await run(
            [str(program), *words], cwd="/", env=environ, timeout_s=TIMEOUT_S, max_bytes=_MAX_BYTES
        )


def _interpreter(script: Path) -> Path | None:
    """Return the Python that a script names in its first line, or None."""
    try:
        start = read_start(script, Path("/"), _MAX_BYTES, _MAX_BYTES)
    except UnreadableFileError:
        return None
    first = start.data.partition(b"\n")[0].decode("utf-8", "replace").strip()
    path = Path(first.removeprefix("#!").strip())
    names_python = first.startswith("#!") and path.name.startswith("python")
    return path if names_python and path.is_absolute() else None


def last_line(done: Completed) -> str:
    """Return the last thing a program said, or how it ended."""
    for stream in (done.stderr, done.stdout):
        lines = [one.strip() for one in stream.decode(errors="replace").splitlines()]
        if said := [one for one in lines if one]:
            return said[-1][:200]
    return f"it ended with code {done.exit_code}"


def space_at(path: Path) -> Space:
    """Return what can be written at `path`. It may block: the path may be on a dead network drive.

    Raises:
        OSError: nothing of the path can be looked at.
    """
    nearest = path
    while not os.path.lexists(nearest) and nearest != nearest.parent:
        nearest = nearest.parent
    usable = nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK)
    return Space(nearest, usable, shutil.disk_usage(nearest).free)


def terminal_facts(environ: Mapping[str, str] = os.environ) -> TerminalFacts:
    """Return what is known of the terminal, without asking it."""
    size = None
    for descriptor in (1, 0, 2):
        try:
            size = os.get_terminal_size(descriptor)
        except OSError:
            continue
        break
    locale = environ.get("LC_ALL") or environ.get("LC_CTYPE") or environ.get("LANG") or ""
    name = environ.get("TERM", "")
    multiplexer = "tmux" if environ.get("TMUX") else "screen" if environ.get("STY") else ""
    return TerminalFacts(
        is_terminal=size is not None,
        columns=size.columns if size else 0,
        rows=size.lines if size else 0,
        colours=_colours(name, environ.get("COLORTERM", "")),
        is_utf8="utf8" in locale.lower().replace("-", ""),
        name=name,
        is_colourless_by_wish=bool(environ.get("NO_COLOR")),
        multiplexer=multiplexer,
    )


def _colours(name: str, colorterm: str) -> int:
    if colorterm.lower() in ("truecolor", "24bit") or name.endswith(("-direct", "-truecolor")):
        return 1 << 24
    if name in ("", "dumb"):
        return 0
    return 256 if "256color" in name or "kitty" in name or "alacritty" in name else 16
