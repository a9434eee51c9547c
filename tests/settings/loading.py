"""Settings from a text."""

from __future__ import annotations

from pathlib import Path

from skyforge_tui.settings.load import Loaded, load


def loaded_from(
    tmp_path: Path, text: str, profile: str | None = None, **environ: str
) -> tuple[Loaded, str]:
    """Return what is loaded from a file of this text, and the file."""
    path = tmp_path / "config.toml"
    path.write_text(text)
    return load(path, profile, environ), str(path)


def said(loaded: Loaded) -> list[str]:
    """Return the complaints as they are told."""
    return [str(complaint) for complaint in loaded.complaints]
