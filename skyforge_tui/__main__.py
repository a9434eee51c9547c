"""`python -m skyforge_tui` and the `skyforge` command.

Bare, it opens the cockpit without loading the command line's machinery: nothing may stand between
a person and the first picture.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType


def main() -> int:
    """Run the program and return its exit code."""
    sys.excepthook = _report
    try:
        if len(sys.argv) == 1:
            from skyforge_tui.wiring import run_cockpit

            return run_cockpit(config_path=None, profile=None)
        from skyforge_tui.cli import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:  # so early or late that nobody else minds it
        return 130


def _report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print the trace of what nobody expected, without the secrets in it."""
    import traceback

    from skyforge_tui.integrations.redaction import redact

    sys.stderr.write(redact("".join(traceback.format_exception(kind, error, trace))))


if __name__ == "__main__":
    sys.exit(main())
