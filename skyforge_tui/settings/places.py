"""Where files of this program lie: the XDG places, or what the platform has instead."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

NAME = "skyforge"


def config_path(given: Path | None, environ: Mapping[str, str]) -> tuple[Path, bool]:
    """Return the path of the configuration file, and whether a person named it.

    The order is: `given`, the variable SKYFORGE_CONFIG, the XDG place.
    """
    usual = _place(environ, "XDG_CONFIG_HOME", "user_config_path") / "config.toml"
    named = given or environ.get("SKYFORGE_CONFIG")
    path = absolute(named) if named else usual
    return path, path != usual


def state_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of what must last: run directories and state.db."""
    return _place(environ, "XDG_STATE_HOME", "user_state_path")


def cache_dir(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of what can be fetched again: cache.db."""
    return _place(environ, "XDG_CACHE_HOME", "user_cache_path")


def absolute(text: str | Path) -> Path:
    """Expand `~` and make a path absolute, seen from where one stands."""
    return Path(os.path.abspath(os.path.expanduser(text)))  # noqa: PTH100, PTH111 - no error


def _place(environ: Mapping[str, str], variable: str, fallback: str) -> Path:
    # The XDG specification has relative paths ignored.
    value = environ.get(variable, "")
    if os.path.isabs(value):  # noqa: PTH117 - before the first frame, and a plain string
        return Path(value) / NAME
    import platformdirs

    place: Path = getattr(platformdirs, fallback)(NAME)
    return place
