"""Real git repositories for tests."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

_DATES = {
    "GIT_AUTHOR_DATE": "2026-03-14T12:00:00+00:00",
    "GIT_COMMITTER_DATE": "2026-03-14T12:00:00+00:00",
}


def git(folder: Path, *words: str) -> str:
    """Run git in `folder` and return what it wrote."""
    done = subprocess.run(
        ["git", *words],
        cwd=folder,
        env=os.environ | _DATES,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.stdout


def a_repository(folder: Path, files: dict[str, str] | None = None) -> Path:
    """Make a repository at `folder`; with `files`, they are committed on branch main."""
    folder.mkdir(parents=True, exist_ok=True)
    git(folder, "init", "-q", "-b", "main")
    if files:
        write(folder, files)
        git(folder, "add", "-A")
        git(folder, "commit", "-q", "-m", "First light")
    return folder


def write(folder: Path, files: dict[str, str]) -> None:
    """Write these files, paths relative to `folder`."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
