"""The person's own editor: a text goes in, and comes out as they left it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Draft:
    """What an editor left: the text, and the file that keeps it until it is discarded."""

    path: str
    data: bytes = field(repr=False)


class Editor(Protocol):
    """Opens texts in the editor of this machine; it takes the terminal while it runs.

    Both calls block: they are for a thread that has nothing else to do.
    """

    def edit(self, name: str, data: bytes) -> Draft:
        """Let the person edit a text and return what they left; `name` tells what it is.

        Raises:
            Invalid: there is no editor, or it failed; what was written is where the advice says.
            Unavailable: the text cannot be kept in a file.
        """
        ...

    def discard(self, draft: Draft) -> None:
        """Remove the file: its text is somewhere else by now."""
        ...
