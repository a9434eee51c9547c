"""Says in words what keeps one of our folders from being used."""

from __future__ import annotations

import os
from pathlib import Path


def hindrance(folder: Path, error: OSError) -> str:
    """Return why `folder` cannot be used: the file that stands in its way, else the system's words.

    Of a file in the way the system says only that something is none of what it should be.
    """
    for one in (*reversed(folder.parents), folder):
        # What may not be looked at is not known to be in the way, and no new failure.
        if os.path.lexists(one) and not os.path.isdir(one):  # noqa: PTH112
            return f"{one} is no folder, and one is needed there"
    return error.strerror.lower() if error.strerror else str(error)
