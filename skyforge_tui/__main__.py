"""`python -m skyforge_tui` and the `skyforge` command.

Bare, it opens the cockpit without loading the command line's machinery, and so it shows log files
that are only named: nothing may stand between a person and the first picture.
"""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType


def main() -> int:
    """Run the program and return its exit code."""
    sys.excepthook = _report
    _open_what_is_closed()
    try:
        if len(sys.argv) == 1:
            gc.disable()  # what is made while loading stays; `garbage.settle` enables it
            from skyforge_tui.wiring import run_cockpit

            return run_cockpit(config_path=None, profile=None)
        viewed = plainly_viewed(sys.argv[1:])
        if viewed is not None and sys.stdout.isatty():
            gc.disable()
            return _view(*viewed)
        from skyforge_tui.cli import run

        return run(sys.argv[1:])
    except KeyboardInterrupt:  # so early or late that nobody else minds it
        return 130


def _open_what_is_closed() -> None:
    """Let standard streams that whoever started us has closed be empty, or swallow what comes.

    What is opened later would take their numbers else.
    """
    # In this order each gets the number that belongs to it: the lowest one that is free.
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            nothing = open(os.devnull, mode, encoding="utf-8")  # noqa: PTH123, SIM115
            setattr(sys, name, nothing)
            setattr(sys, f"__{name}__", nothing)


def plainly_viewed(arguments: Sequence[str]) -> tuple[list[str], bool] | None:
    """Return which log files are to be shown, and whether to follow, if nothing else is asked."""
    command, *rest = arguments
    names = [one for one in rest if one not in ("-f", "--follow")]
    has_options = any(one.startswith("-") and one != "-" for one in names)
    if command != "view" or not names or has_options:
        return None
    return names, len(names) < len(rest)


def _view(names: Sequence[str], follow: bool) -> int:
    """Do what `skyforge view [-f] FILE…` does on a screen."""
    from skyforge_tui.domain.errors import SkyforgeError
    from skyforge_tui.wiring.viewer import run_viewer

    try:
        return run_viewer(None, None, names, follow=follow)
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
