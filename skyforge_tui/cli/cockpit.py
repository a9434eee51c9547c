"""Opens the cockpit."""

from __future__ import annotations

import sys
from pathlib import Path


def open_cockpit(config_path: Path | None, profile: str | None) -> int:
    """Run the TUI until the person leaves it and return the exit code."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        sys.stderr.write(
            "skyforge: the cockpit needs a terminal; see skyforge --help for its commands\n"
        )
        return 2
    from skyforge_tui.wiring import run_cockpit

    return run_cockpit(config_path, profile)
