"""Where labs and folders are below `/api`, and which of them can be asked for at all.

Source: the router of EVE-NG Community: letters, digits, blanks and `_ + -`; anything else in a
name, a dot or an umlaut too, is no request. A blank is `%20`; a `+` stands for itself.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote

from skyforge_tui.integrations.http.failures import HttpError, plain

LAB_ENDING: Final = ".unl"
_SEGMENT: Final = re.compile(r"[A-Za-z0-9_+\- ]+")
_ALLOWED: Final = "letters, digits, blanks, _ + -"
_LONGEST: Final = 1000


def can_be_asked_for(path: str) -> bool:
    """Say whether the server's router takes the path of a lab or a folder."""
    inside = path.removesuffix(LAB_ENDING).strip("/")
    if len(path) > _LONGEST or not path.startswith("/"):
        return False
    return not inside or all(_SEGMENT.fullmatch(one) for one in inside.split("/"))


def lab_at(path: str) -> str:
    """Return where a lab is asked for.

    Raises:
        HttpError: missing, if the server cannot be asked for a lab of that name.
    """
    if not path.endswith(LAB_ENDING) or not stem(path) or not can_be_asked_for(path):
        raise _nowhere("lab", path)
    return f"/api/labs{_quoted(path)}"


def folder_at(path: str) -> str:
    """Return where a folder is asked for; the root needs its slash.

    Raises:
        HttpError: missing, if the server cannot be asked for a folder of that name.
    """
    if not can_be_asked_for(path):
        raise _nowhere("folder", path)
    return f"/api/folders{_quoted(path)}"


def why_not_asked_for(path: str) -> str:
    """Say why a lab that is there cannot be asked for; empty when it can."""
    return "" if can_be_asked_for(path) else f"EVE-NG can be asked for names of {_ALLOWED} only"


def stem(path: str) -> str:
    """Return what a lab's file is called, without its ending."""
    return path.rpartition("/")[2].removesuffix(LAB_ENDING)


def above(path: str) -> str:
    """Return the folder that holds a lab or a folder."""
    return path.rpartition("/")[0] or "/"


def _quoted(path: str) -> str:
    return quote("/" + path.strip("/"), safe="/+")


def _nowhere(what: str, path: str) -> HttpError:
    message = f"EVE-NG cannot be asked for a {what} called {plain(path, 80)}: only {_ALLOWED}"
    return HttpError("missing", message, was_sent=False)
