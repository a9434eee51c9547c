"""`python -m skyforge_tui` and the `skyforge` command.

Bare, it opens the cockpit without loading the command line's machinery: nothing may stand between
a person and the first picture.
"""

from __future__ import annotations

import sys


def main() -> int:
    """Run the program and return its exit code."""
    try:
        if len(sys.argv) == 1:
            from skyforge_tui.cli.cockpit import open_cockpit

            return open_cockpit(config_path=None, profile=None)
        from skyforge_tui.cli import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:  # so early or late that nobody else minds it
        return 130


if __name__ == "__main__":
    sys.exit(main())
