"""Showing a page in the browser of this machine, if somebody sits before one.

A browser that runs in the terminal itself is never started: the terminal is taken.
"""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from collections.abc import Callable, Mapping

from skyforge_tui.integrations.errors import TransportError
from skyforge_tui.integrations.process import run

_TEXTUAL = frozenset({"browsh", "elinks", "links", "links2", "lynx", "w3m", "www-browser"})
_DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY")
_ALIVE = """
"$@" </dev/null >/dev/null 2>&1 &
pid=$!
for _ in 1 2 3 4 5 6 7 8 9 10; do
    kill -0 "$pid" 2>/dev/null || { wait "$pid"; exit; }
    sleep 0.2
done
"""
"""Starts a program that may stay; it is well if it lives for two seconds or ends with 0."""


def opener(
    environ: Mapping[str, str],
    platform: str = sys.platform,
    which: Callable[[str], str | None] = shutil.which,
) -> tuple[str, ...]:
    """Return the command that shows a page given as its last word; nothing where none can.

    `$BROWSER` is a list as the standard library's `webbrowser` reads it: split at `:`, `%s` stands
    for the page.
    """
    for wanted in environ.get("BROWSER", "").split(os.pathsep):
        words = _words(wanted)
        if words and which(words[0]) and words[0].rpartition("/")[2] not in _TEXTUAL:
            return words
    if platform == "darwin":
        return ("open",)
    if environ.get("WSL_DISTRO_NAME") and which("wslview"):
        return ("wslview",)
    if any(environ.get(one) for one in _DISPLAYS) and which("xdg-open"):
        return ("xdg-open",)
    return ()


async def open_page(url: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Show a web page; return whether something here shows it."""
    words = opener(environ)
    if not words or not url.startswith(("https://", "http://")):
        return False
    has_place = any("%s" in one for one in words)
    command = [one.replace("%s", url) for one in words] if has_place else [*words, url]
    try:
        done = await run(["/bin/sh", "-c", _ALIVE, "sh", *command], env=environ, timeout_s=10.0)
    except TransportError:
        return False
    return done.exit_code == 0


def _words(text: str) -> tuple[str, ...]:
    try:
        return tuple(shlex.split(text.removesuffix("&").strip()))
    except ValueError:
        return ()
