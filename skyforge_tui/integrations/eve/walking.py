"""Goes through the folders of an EVE-NG, several at a time and within bounds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from skyforge_tui.integrations.eve import paths
from skyforge_tui.integrations.eve.client import EveClient
from skyforge_tui.integrations.eve.wire import LabFile
from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.together import together

MOST_FOLDERS: Final = 500
MOST_LABS: Final = 5000
DEEPEST: Final = 12


@dataclass(slots=True)
class Found:
    """Every lab that was found, and where nobody could look."""

    labs: list[LabFile] = field(default_factory=list)
    folders: int = 0
    closed: list[str] = field(default_factory=list)
    """Folders that cannot be asked for, or read."""
    is_cut: bool = False
    """Whether there is more than was looked at."""


async def walk(client: EveClient) -> Found:
    """Return every lab; a folder that is gone meanwhile is empty.

    Raises:
        HttpError: the server did not answer: half of a list is none.
    """
    found = Found()
    seen = {"/"}
    level = ["/"]
    for _ in range(DEEPEST):
        inside: list[str] = []
        answers = await together(_inside(client, one, found) for one in level)
        for folders in answers:
            for one in folders:
                if one not in seen:
                    seen.add(one)
                    inside.append(one)
        left = MOST_FOLDERS - found.folders
        found.is_cut = found.is_cut or len(inside) > left
        level = inside[:left]
        if not level:
            break
    else:
        found.is_cut = True
    known: dict[str, LabFile] = {one.path: one for one in found.labs}
    found.is_cut = found.is_cut or len(known) > MOST_LABS
    found.labs = list(known.values())[:MOST_LABS]
    return found


async def _inside(client: EveClient, path: str, found: Found) -> tuple[str, ...]:
    """Look into a folder: keep its labs and return the folders in it."""
    found.folders += 1
    if not paths.can_be_asked_for(path):
        found.closed.append(path)
        return ()
    try:
        listed = await client.folder(path)
    except HttpError as error:
        if error.kind == "missing" and path != "/":
            return ()
        if error.kind not in ("invalid", "forbidden", "unreadable") or path == "/":
            raise
        found.closed.append(path)
        return ()
    found.labs += listed.labs
    return listed.folders
