"""The commented configuration that a person begins with."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

_ROOTS = '#roots = ["~/labs"]\n'


def sample(roots: Sequence[Path] = ()) -> str:
    """Return the text of a configuration that sets nothing but these roots, and explains all."""
    text = (files("skyforge_tui.settings") / "sample.toml").read_text(encoding="utf-8")
    if not roots:
        return text
    listed = ", ".join(json.dumps(str(root), ensure_ascii=False) for root in roots)
    return text.replace(_ROOTS, f"roots = [{listed}]\n", 1)
