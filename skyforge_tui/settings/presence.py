"""Tells whether anything is configured at all: where nothing is, nothing need be checked."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from skyforge_tui.settings import places

_PREFIX = "SKYFORGE_"


def is_configured(
    config_path: Path | None, profile: str | None, environ: Mapping[str, str] = os.environ
) -> bool:
    """Say whether a file, a profile or a variable could hold a mistake."""
    path, is_named = places.config_path(config_path, environ)
    return (
        is_named
        or profile is not None
        or os.path.lexists(path)
        or any(name.startswith(_PREFIX) for name in environ)
    )
