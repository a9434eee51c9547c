"""How Semaphore is known.

Source: Semaphore UI 2.8 to 2.18: `/api/ping` answers `pong` to everybody; what is unknown outside
of `/api` is answered by the page of the UI.
"""

from __future__ import annotations

from typing import Final

from skyforge_tui.integrations.http.failures import HttpError
from skyforge_tui.integrations.http.probe import Service
from skyforge_tui.integrations.http.reply import Reply


def _says_pong(answer: HttpError | Reply) -> bool:
    return isinstance(answer, Reply) and answer.body.strip().lower() == b"pong"


SEMAPHORE: Final = Service("semaphore", "Semaphore", "/api/ping", _says_pong)
