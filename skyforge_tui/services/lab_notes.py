"""When it is written down how providers answered: at anything new, else once a minute.

The time of an answer alone is not worth a write each time; but whoever asks beside us, or after a
restart, is to be told how old what they see is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from skyforge_tui.domain.lab import LabSource

_EACH: Final = timedelta(minutes=1)


class SourceNotes:
    """Knows which answers of providers were written down last."""

    def __init__(self) -> None:
        self._noted: dict[str, datetime] = {}

    def remember(self, sources: Iterable[LabSource]) -> None:
        """Take note of what is written down now."""
        for one in sources:
            if one.as_of is not None:
                self._noted[one.provider] = one.as_of

    def are_old(self, sources: Iterable[LabSource]) -> bool:
        """Say whether what is written of one of these is older than its answer by a minute."""
        for one in sources:
            noted = self._noted.get(one.provider)
            if one.as_of is not None and (noted is None or one.as_of - noted >= _EACH):
                return True
        return False


def differs(source: LabSource, before: LabSource | None) -> bool:
    """Say whether a source says something else than before; its time alone does not count."""
    return before is None or replace(source, as_of=None) != replace(before, as_of=None)
