"""`python -m skyforge_tui` and the `skyforge` command.

Bare, it opens the cockpit without loading the command line's machinery, and so it shows log files
that are only named: nothing may stand between a person and the first picture.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType


def main() -> int:
    """Run the program and return its exit code."""
    sys.excepthook = _report
    try:
        if len(sys.argv) == 1:
            gc.disable()  # what is made while loading stays; `garbage.settle` enables it
            from skyforge_tui.wiring import run_cockpit

            return run_cockpit(config_path=None, profile=None)
        if _names_files_only(sys.argv[1:]):
            gc.disable()
            return _view(sys.argv[2:])
        from skyforge_tui.cli import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:  # so early or late that nobody else minds it
        return 130


def _names_files_only(arguments: Sequence[str]) -> bool:
    """Return whether log files are to be shown on a screen, without any option."""
    command, *names = arguments
    has_options = any(one.startswith("-") for one in names)
    return command == "view" and bool(names) and not has_options and sys.stdout.isatty()


def _view(names: Sequence[str]) -> int:
    """Do what `skyforge view FILE…` does there."""
    from skyforge_tui.domain.errors import SkyforgeError
    from skyforge_tui.wiring.viewer import run_viewer

    try:
        return run_viewer(None, None, names, follow=False)
    except SkyforgeError as error:
        from skyforge_tui.cli.answers import told

        return told(error)


def _report(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Print the trace of what nobody expected, without the secrets in it."""
    import traceback

    from skyforge_tui.integrations.redaction import redact

    sys.stderr.write(redact("".join(traceback.format_exception(kind, error, trace))))


if __name__ == "__main__":
    sys.exit(main())
