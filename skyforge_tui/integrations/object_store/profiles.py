"""Reads the two files of AWS in which people keep keys: `credentials` and `config`.

Source: AWS SDKs and Tools Reference Guide, "Shared config and credentials files".
"""

from __future__ import annotations

import configparser
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from skyforge_tui.integrations.object_store.refusals import StoreError

_DEFAULT: Final = "default"


def profile(name: str = "") -> Mapping[str, str]:
    """Return what both files say of a profile, `credentials` the last word; reads them.

    Without a name it is that of AWS_PROFILE, or the default one, which may be missing.

    Raises:
        StoreError: unauthorized, if a file cannot be read, or the profile is in none of them.
    """
    wanted = name or os.environ.get("AWS_PROFILE") or _DEFAULT
    keys = Path(os.environ.get("AWS_SHARED_CREDENTIALS_FILE") or "~/.aws/credentials")
    more = Path(os.environ.get("AWS_CONFIG_FILE") or "~/.aws/config")
    section = wanted if wanted == _DEFAULT else f"profile {wanted}"
    parts = (_section(more, section), _section(keys, wanted))
    if wanted != _DEFAULT and not any(parts):
        raise StoreError(
            "unauthorized", f"there is no profile {wanted} in {keys} or {more}",
            "look at those files, or at AWS_PROFILE",
        )  # fmt: skip
    return {key: value for part in parts for key, value in part.items()}


def _section(path: Path, name: str) -> dict[str, str]:
    parser = configparser.RawConfigParser()
    try:
        parser.read(path.expanduser(), encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError, RuntimeError, OSError):
        message = f"{path} cannot be read as a file of keys"
        raise StoreError("unauthorized", message, "look at that file") from None
    return dict(parser[name]) if parser.has_section(name) else {}
