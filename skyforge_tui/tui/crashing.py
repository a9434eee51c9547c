"""How the program breaks: the terminal as it was, and a traceback that tells no secrets.

Textual's own prints local variables, and among them are passwords.
"""

from __future__ import annotations

import logging
import sys

from textual.app import App

log = logging.getLogger(__name__)


class Crashing(App[None]):
    """Says what broke, without what the variables held."""

    def _fatal_error(self) -> None:
        """Leave, and print the traceback once the terminal is given back.

        Textual (8.2.8) calls this while it handles what broke.
        """
        import traceback

        from rich.text import Text

        from skyforge_tui.integrations.redaction import redact

        error = sys.exc_info()[1] or self._exception
        text = "".join(traceback.format_exception(error)) if error else ""
        log.critical("the cockpit broke", exc_info=error)
        self._exit_renderables.append(Text(redact(text), end=""))
        self._close_messages_no_wait()
